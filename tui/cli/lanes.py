"""`tridesk lanes`: the lanes with what waits in each, and tickets moved to the lanes that they belong in now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from data.records.tickets import Lane
from queues.desk.lane_moves import lanes_before, plan_moves
from queues.desk.route_again import EXAMPLES, Plan, lanes_of
from queues.routing.lanes import described
from tui.cli.common import acting, db_option, json_option, write_json
from tui.lanes.lane_stands import LaneStand, lanes_with_none, stand_of
from tui.look.lane_titles import lane_title
from tui.look.short_times import span
from tui.look.shown import safe_line
from tui.look.words import words
from tui.look.written_values import iso
from tui.setup.clock import wall_clock

if TYPE_CHECKING:
    from queues.desk.desk import Desk


@click.command()
@click.option("--again", is_flag=True, help="Move open tickets to the lanes where they belong now; can be undone.")
@click.option("--dry-run", is_flag=True, help="With --again: count what would move, and move nothing.")
@db_option
@json_option
def lanes(again: bool, dry_run: bool, db: Path | None, as_json: bool) -> None:
    """List the lanes in their order: what each takes, how many tickets wait, and its next deadline.

    They come from `[[lane]]` in config.toml; without it they are mail, app and safety. A ticket that fits none is
    listed under "no lane". When the lanes have changed, the screen moves tickets at its next start; --again does it at
    once. What an agent has placed stays.
    """
    if dry_run and not again:
        raise click.UsageError("--dry-run goes with --again.")
    with acting(db) as desk:
        if again:
            moves = plan_moves(desk.store, desk.rules.routing, desk.rules.lanes)
            done = None if dry_run else desk.move_lanes(moves)
            _report(moves, done.action if done else None, moved=len(done.ticket_ids) if done else 0, as_json=as_json)
            return
        now = wall_clock()
        for stand in _stands(desk, now):
            if as_json:
                write_json(_keys(stand))
            elif stand.number or stand.active:
                click.echo(safe_line(_line(stand, now)))
        if lanes_before(desk.store) is not None and not as_json:
            click.echo(
                words(
                    "The lanes have changed since tickets were placed; "
                    "`tridesk lanes --again --dry-run` shows what moves."
                ),
                err=True,
            )


def lane_counts(desk: Desk) -> list[dict[str, Any]]:
    """Return the lanes and what waits in each, under the keys that scripts know."""
    return [_keys(stand) for stand in _stands(desk, wall_clock())]


def _stands(desk: Desk, now: int) -> list[LaneStand]:
    everything = lanes_with_none(desk.rules.lanes)
    return [stand_of(desk.store, place if lane.name else 0, lane, now) for place, lane in enumerate(everything, 1)]


def _report(moves: Plan, action: int | None, *, moved: int, as_json: bool) -> None:
    groups = [{"change": said, "tickets": count} for said, count in moves.lanes()]
    if as_json:
        examples = [
            {"ticket": move.ticket_id, "subject": move.subject, "lane": [move.before["lane"], move.after["lane"]]}
            for move in moves.moves[:EXAMPLES]
        ]
        counts = {"looked_at": moves.looked_at, "moves": len(moves.moves), "by_hand": moves.by_hand}
        write_json({**counts, "groups": groups, "examples": examples, "moved": moved, "action": action})
        return
    text = words("{n:,} open tickets, {moving:,} belong in another lane{kept}.")
    kept = words("; {n:,} stay where an agent has put them").format(n=moves.by_hand) if moves.by_hand else ""
    click.echo(text.format(n=moves.looked_at, moving=len(moves.moves), kept=kept))
    for said, count in moves.lanes():
        click.echo(f"  {count:>7,}  {said}")
    for move in moves.moves[:EXAMPLES]:
        click.echo(f"  #{move.ticket_id}  {lanes_of(move)}  {safe_line(move.subject)[:50]}")
    if action is not None:
        click.echo(words("Moved {n:,}; `tridesk undo` takes it back.").format(n=moved))


def _keys(stand: LaneStand) -> dict[str, Any]:
    lane = stand.lane
    conditions = {name: list(values) for name, values in _conditions(lane).items()}
    return {
        "lane": lane.name, "title": lane_title(lane), "number": stand.number, "harm": lane.harm, "order": lane.order,
        "filter": conditions, "waiting": stand.active, "late": stand.late, "next_due": iso(stand.due_at),
    }  # fmt: skip


def _conditions(lane: Lane) -> dict[str, tuple[str, ...]]:
    from dataclasses import asdict

    return {name: tuple(values) for name, values in asdict(lane.filter).items() if values}


def _line(stand: LaneStand, now: int) -> str:
    lane = stand.lane
    waits = words("{n} waiting").format(n=stand.active)
    late = words(", {n} late").format(n=stand.late) if stand.late else ""
    due = words(", next in {span}").format(span=span(stand.due_at - now)) if stand.due_at is not None else ""
    takes = "; ".join(
        part
        for part in (
            words("handles harm") if lane.harm else "",
            described(lane.filter),
            words("{order} first").format(order=lane.order) if lane.order != "due" else "",
        )
        if part
    )
    name = f"{stand.number} {lane.name or words('no lane'):<12} {lane_title(lane):<16}"
    return f"{name} {f'{waits}{late}{due}':<36} {takes}".rstrip()

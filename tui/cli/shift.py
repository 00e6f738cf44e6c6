"""`tridesk shift`: an agent's own figures, and the start and end of a shift."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from data import safe_text as gate
from data.errors import InputError
from queues.figures.shift import Own, OwnFigures, own_figures
from queues.shifts import shift as shifts
from queues.shifts.handover import hand_over, to_hand_over
from queues.shifts.shift_start import ShiftStart, shift_start
from tui.cli.common import acting, db_option, json_option, reading, reveal_option, write_json
from tui.cli.periods import period_of
from tui.look.short_times import day_end
from tui.look.shown import safe_line, safe_text
from tui.look.written_values import iso
from tui.setup.clock import wall_clock
from tui.setup.open_desk import agent_name, zone_name
from tui.setup.settings import config_folder, load
from tui.shifts.shift_lines import contribution, figure_lines, hand_over_note, note_head, start_lines

if TYPE_CHECKING:
    from data.records.shifts import Shift
    from data.store import Store
    from queues.desk.desk import Desk


@click.group(invoke_without_command=True)
@click.option("--since", default="", help="All shifts since then, instead of this one: a date, today, 24h, 7d, 4w.")
@click.option("--agent", default="", help="Whose shift (default: yours).")
@click.option("--behind", type=click.Choice([str(own) for own in Own]), help="List the tickets behind a figure.")
@reveal_option()
@db_option
@json_option
@click.pass_context
def shift(ctx: click.Context, since: str, agent: str, behind: str | None, db: Path | None, as_json: bool) -> None:
    """Show your shift's figures so far; `shift start` begins one, `shift end` ends it with a hand-over.

    The figures are those of `tridesk report`, for one agent.
    """
    if ctx.invoked_subcommand is not None:
        return
    settings = load().settings
    with reading(db) as store:
        figures = _figures(store, agent or agent_name(settings), since, wall_clock(), zone_name(settings))
    if behind is not None:
        _print_tickets_of(figures, Own(behind), as_json)
    elif as_json:
        write_json(_keys(figures))
    else:
        click.echo(
            f"{safe_line(figures.agent)}, since {iso(figures.since)}, {figures.seconds / 3600:.1f} hours of shift"
        )
        for _, line in figure_lines(figures):
            click.echo(line)


@shift.command()
@db_option
@json_option
def start(db: Path | None, as_json: bool) -> None:
    """Begin your shift: shows the hand-over, changed rules, promises for today and your tickets."""
    from macros.files.library import Library
    from tui.procedures.current_wording import wordings_now

    settings, now = load().settings, wall_clock()
    zone = zone_name(settings)
    with acting(db) as desk:
        going = shifts.going_on(desk.store, desk.agent)
        if going is not None and not shifts.is_over(desk.store, going, now, settings.shift.away_hours * 3600):
            message = f"Your shift goes on since {iso(going.began_at)}; `tridesk shift end` ends it."
            raise InputError("In a shift", message)
        wordings = wordings_now(Library.standard(config_folder() / "macros"), desk.rules.procedures)
        result = shift_start(desk.store, desk.agent, wordings, day_ends=day_end(now, ZoneInfo(zone)))
        begun = desk.begin_shift(wordings)
        if as_json:
            _print_start(result, begun)
            return
        for _, line in start_lines(desk.store, result, now, zone):
            click.echo(line)
    click.echo(f"Your shift began at {iso(begun.began_at)}; `tridesk shift end` ends it.")


@shift.command()
@click.option("--note", metavar="TEXT", help="The hand-over, - for standard input (default: drafted from the events).")
@click.option("--edit", is_flag=True, help="Edit it in $EDITOR, starting from the draft.")
@click.option("--to", "colleague", default="", metavar="NAME", help="Hand what is left of your tickets to a colleague.")
@db_option
@json_option
def end(note: str | None, edit: bool, colleague: str, db: Path | None, as_json: bool) -> None:
    """End your shift with a hand-over, which `tridesk handover` shows; `tridesk undo` resumes the shift."""
    with acting(db) as desk:
        text = sys.stdin.read() if note == "-" else note if note is not None else _written(desk)
        if edit:
            text = click.edit(text, extension=".txt") or text
        texts = to_hand_over(desk.store, desk.agent, wall_clock()) if colleague else {}
        ended = desk.end_shift(gate.safe_text(text), hand_to=colleague, texts=texts)
    if as_json:
        write_json(_shift_keys(ended))
        return
    click.echo(f"{note_head(ended, zone_name(load().settings))}\n{safe_text(ended.note)}")


def _figures(store: Store, agent: str, since: str, now: int, zone: str) -> OwnFigures:
    """Return the figures of the running or latest shift; with `since`, of all shifts from then on."""
    if since:
        begin, until = period_of(since, "now", ZoneInfo(zone), now).since, now
    else:
        latest = store.shifts.latest(agent)
        if latest is None:
            raise InputError(
                "No shift", f"{agent} has not begun a shift; use `tridesk shift start`, or give --since 7d."
            )
        begin, until = latest.began_at, latest.ended_at or now
    return own_figures(store, agent, begin, until, shifts.seconds_worked(store, agent, begin, until))


def _written(desk: Desk) -> str:
    now, zone = wall_clock(), zone_name(load().settings)
    figures = _figures(desk.store, desk.agent, "", now, zone)
    return hand_over_note(figures, hand_over(desk.store, now), now, zone)


def _print_tickets_of(figures: OwnFigures, own: Own, as_json: bool) -> None:
    for value in figures.tickets_behind.get(own, ()):
        if as_json:
            write_json({"ticket": value.ticket_id, "figure": own, "value": value.value})
        else:
            click.echo(f"#{value.ticket_id:<8} {contribution(own, value.value)}".rstrip())


def _keys(own_figures: OwnFigures) -> dict[str, Any]:
    figures = {
        own.value.replace(" ", "_"): {"value": own_figures.value(own), "count": own_figures.count(own)} for own in Own
    }
    return {
        "agent": own_figures.agent,
        "since": iso(own_figures.since),
        "until": iso(own_figures.until),
        "seconds": own_figures.seconds,
        **figures,
    }


def _shift_keys(shift: Shift) -> dict[str, Any]:
    return {"agent": shift.agent, "began": iso(shift.began_at), "ended": iso(shift.ended_at), "note": shift.note}


def _print_start(start: ShiftStart, begun: Shift) -> None:
    write_json({"kind": "shift", **_shift_keys(begun)})
    for note in start.notes:
        write_json({"kind": "note", **_shift_keys(note)})
    for revision in start.revised:
        write_json(
            {
                "kind": f"changed {revision.kind}",
                "name": revision.name,
                "new": not revision.old,
                "gone": not revision.new,
            }
        )
    for promise in start.promises:
        write_json({"kind": "promise", "ticket": promise.ticket_id, "due": iso(promise.due_at), "text": promise.text})
    for row in start.mine:
        write_json({"kind": "ticket", "ticket": row.id, "status": row.status, "subject": row.subject})
    for draft in start.drafts:
        write_json({"kind": "draft", "ticket": draft.ticket_id, "at": iso(draft.updated_at)})

"""`tridesk shift`: an agent's own figures, and the beginning and end of a shift."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from data.errors import InputError
from data.safe_text import safe_line, safe_text
from queues.figures.shift import Own, OwnFigures, own_figures
from queues.shifts import shift as shifts
from queues.shifts.handover import hand_over
from queues.shifts.shift_start import ShiftStart, shift_start
from tui.cli.common import acting, db_option, json_option, put, reading
from tui.cli.periods import period_of
from tui.look.short_times import day_end
from tui.look.written_values import iso
from tui.setup.clock import wall_clock
from tui.setup.open_desk import agent_name, zone_name
from tui.setup.settings import config_folder, load
from tui.shifts.shift_lines import behind_word, figure_lines, hand_over_note, note_head, start_lines

if TYPE_CHECKING:
    from data.records.shifts import Shift
    from data.store import Store
    from queues.desk.desk import Desk


@click.group(invoke_without_command=True)
@click.option("--since", default="", help="All shifts since then, instead of this one: a date, today, 24h, 7d, 4w.")
@click.option("--agent", default="", help="Whose; yours where nobody is named.")
@click.option("--behind", type=click.Choice([str(own) for own in Own]), help="List the tickets behind a figure.")
@db_option
@json_option
@click.pass_context
def shift(ctx: click.Context, since: str, agent: str, behind: str | None, db: Path | None, as_json: bool) -> None:
    """Tell what your shift came to so far; `shift start` begins one, `shift end` ends it with a hand-over.

    The figures are those of `tridesk report`, of one agent.
    """
    if ctx.invoked_subcommand is not None:
        return
    settings = load().settings
    with reading(db) as store:
        found = _figures(store, agent or agent_name(settings), since, wall_clock(), zone_name(settings))
    if behind is not None:
        _put_behind(found, Own(behind), as_json)
    elif as_json:
        put(_keys(found))
    else:
        click.echo(f"{safe_line(found.agent)}, since {iso(found.since)}, {found.seconds / 3600:.1f} hours of shift")
        for _, line in figure_lines(found):
            click.echo(line)


@shift.command()
@db_option
@json_option
def start(db: Path | None, as_json: bool) -> None:
    """Begin your shift: the hand-over, what changed in the rules, what is promised for today, what is yours."""
    from macros.files.library import Library
    from tui.procedures.current_wording import wordings_now

    settings, now = load().settings, wall_clock()
    zone = zone_name(settings)
    with acting(db) as desk:
        going = shifts.going_on(desk.store, desk.agent)
        if going is not None and not shifts.is_over(desk.store, going, now, settings.shift.away_hours * 3600):
            told = f"Your shift goes on since {iso(going.began_at)}; `tridesk shift end` ends it."
            raise InputError("In a shift", told)
        wordings = wordings_now(Library.standard(config_folder() / "macros"), desk.rules.procedures)
        found = shift_start(desk.store, desk.agent, wordings, day_ends=day_end(now, ZoneInfo(zone)))
        begun = desk.begin_shift(wordings)
        if as_json:
            _put_start(found, begun)
            return
        for _, line in start_lines(desk.store, found, now, zone):
            click.echo(line)
    click.echo(f"Your shift began at {iso(begun.began_at)}; `tridesk shift end` ends it.")


@shift.command()
@click.option("--note", metavar="TEXT", help="The hand-over, - for standard input; else it is written from the events.")
@click.option("--edit", is_flag=True, help="Write it in $EDITOR, beginning with what the events say.")
@db_option
@json_option
def end(note: str | None, edit: bool, db: Path | None, as_json: bool) -> None:
    """End your shift and leave a hand-over, which `tridesk handover` shows; `tridesk undo` lets the shift go on."""
    with acting(db) as desk:
        text = sys.stdin.read() if note == "-" else note if note is not None else _written(desk)
        if edit:
            text = click.edit(text, extension=".txt") or text
        ended = desk.end_shift(safe_text(text))
    if as_json:
        put(_shift_keys(ended))
        return
    click.echo(f"{note_head(ended, zone_name(load().settings))}\n{safe_text(ended.note)}")


def _figures(store: Store, agent: str, since: str, now: int, zone: str) -> OwnFigures:
    """Return the figures of the shift that goes on, or ended last; of all shifts `since` then."""
    if since:
        begin, until = period_of(since, "now", ZoneInfo(zone), now).since, now
    else:
        latest = store.shifts.latest(agent)
        if latest is None:
            raise InputError("No shift", f"{agent} has begun no shift; `tridesk shift start`, or give --since 7d.")
        begin, until = latest.began_at, latest.ended_at or now
    return own_figures(store, agent, begin, until, shifts.seconds_worked(store, agent, begin, until))


def _written(desk: Desk) -> str:
    now, zone = wall_clock(), zone_name(load().settings)
    found = _figures(desk.store, desk.agent, "", now, zone)
    return hand_over_note(found, hand_over(desk.store, now), now, zone)


def _put_behind(found: OwnFigures, own: Own, as_json: bool) -> None:
    for one in found.behind.get(own, ()):
        if as_json:
            put({"ticket": one.ticket_id, "figure": own, "value": one.value})
        else:
            click.echo(f"#{one.ticket_id:<8} {behind_word(own, one.value)}".rstrip())


def _keys(found: OwnFigures) -> dict[str, Any]:
    figures = {own.value.replace(" ", "_"): {"value": found.value(own), "count": found.count(own)} for own in Own}
    return {
        "agent": found.agent,
        "since": iso(found.since),
        "until": iso(found.until),
        "seconds": found.seconds,
        **figures,
    }


def _shift_keys(one: Shift) -> dict[str, Any]:
    return {"agent": one.agent, "began": iso(one.began_at), "ended": iso(one.ended_at), "note": one.note}


def _put_start(found: ShiftStart, begun: Shift) -> None:
    put({"kind": "shift", **_shift_keys(begun)})
    for note in found.notes:
        put({"kind": "note", **_shift_keys(note)})
    for one in found.revised:
        put({"kind": f"changed {one.kind}", "name": one.name, "new": not one.old, "gone": not one.new})
    for promise in found.promises:
        put({"kind": "promise", "ticket": promise.ticket_id, "due": iso(promise.due_at), "text": promise.text})
    for row in found.mine:
        put({"kind": "ticket", "ticket": row.id, "status": row.status, "subject": row.subject})
    for draft in found.drafts:
        put({"kind": "draft", "ticket": draft.ticket_id, "at": iso(draft.updated_at)})

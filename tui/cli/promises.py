"""`tridesk promises` and `handover`: promises made to customers, and what a shift hands over to the next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from data.errors import InputError
from data.records.mentions import MOST_SHOWN
from data.records.promises import GivenPromise, PromiseState
from data.records.shifts import Shift
from tui.cli.common import db_option, json_option, reading, reveal_option, write_json
from tui.cli.listing import promise_keys
from tui.cli.periods import period_of, zone_of
from tui.look.short_times import moment, span
from tui.look.shown import beginning, safe_line, safe_text
from tui.look.words import words
from tui.look.written_values import iso
from tui.shifts.handover_line import item_line

if TYPE_CHECKING:
    from data.store import Store
    from queues.shifts.handover import HandoverItem

_SETTLED = (PromiseState.KEPT, PromiseState.BROKEN)


@click.command()
@click.option("--due", metavar="WHEN", help="Only those due by then: 2h, today, tomorrow, Friday 17:00.")
@click.option("--all", "everything", is_flag=True, help="Include kept and broken promises.")
@reveal_option()
@db_option
@json_option
def promises(due: str | None, everything: bool, db: Path | None, as_json: bool) -> None:
    """List promises to customers that are not kept yet, earliest due first."""
    from tui.setup.clock import wall_clock

    now = wall_clock()
    until = None if due is None else _until(due, now)
    states = (PromiseState.OPEN, *_SETTLED) if everything else (PromiseState.OPEN,)
    with reading(db) as store:
        given_promises = [
            promise for promise in store.promises.each(states=states) if until is None or promise.due_at <= until
        ]
        zone = _zone()
        for promise in given_promises:
            if as_json:
                write_json(_keys(promise, store, now))
            else:
                stand = f"#{promise.ticket_id:<6} {_stand(promise, now):<14} {moment(promise.due_at, zone):<17}"
                click.echo(f"{stand} {_words(promise, store)}")
        if not given_promises and not as_json:
            click.echo(words("No promises here."), err=True)


@click.command()
@click.option("--since", default="", help="Every hand-over since then, not only the latest: a date, today, 24h, 7d.")
@reveal_option()
@db_option
@json_option
def handover(since: str, db: Path | None, as_json: bool) -> None:
    """List what is still open at the end of a shift: the latest hand-over, promises, replies, drafts."""
    from queues.shifts.handover import hand_over
    from tui.setup.clock import wall_clock
    from tui.shifts.shift_lines import note_head

    now = wall_clock()
    with reading(db) as store:
        begin = period_of(since, "now", zone_of(""), now).since if since else now + 1
        open_items, notes = hand_over(store, now), store.shifts.left_notes(begin)
    for note in notes:
        if as_json:
            write_json(_note_keys(note))
        else:
            click.echo(f"{note_head(note, _zone())}\n{safe_text(note.note)}\n")
    for open_item in open_items:
        if as_json:
            write_json(_left_keys(open_item))
        else:
            click.echo(item_line(open_item, now))
    if not open_items and not as_json:
        click.echo(words("Nothing is open; have a good evening."), err=True)


def _until(answer: str, now: int) -> int:
    from queues.clocks.clock_settings import calendars_of
    from queues.clocks.time_words import read_due
    from tui.setup.open_desk import office
    from tui.setup.settings import load

    configuration = load()
    until = read_due(
        answer,
        now,
        office(calendars_of(configuration.settings.calendar, str(configuration.path)), configuration.settings),
    )
    if until is None:
        raise InputError("No such time", f"--due {answer!r} is not a future time; write 2h, today or Friday 17:00.")
    return until


def _zone() -> str:
    from tui.setup.open_desk import zone_name
    from tui.setup.settings import load

    return zone_name(load().settings)


def _stand(promise: GivenPromise, now: int) -> str:
    if promise.state is not PromiseState.OPEN:
        return str(promise.state)
    remaining = promise.due_at - now
    return f"in {span(remaining)}" if remaining > 0 else f"{span(-remaining)} late"


def _words(promise: GivenPromise, store: Store) -> str:
    row = store.tickets.row(promise.ticket_id)
    return f"{safe_line(row.customer_name if row else '')[:20]:<20} {safe_line(promise.text)}"


def _keys(promise: GivenPromise, store: Store, now: int) -> dict[str, Any]:
    row = store.tickets.row(promise.ticket_id)
    late = promise.state is PromiseState.OPEN and promise.due_at < now
    return promise_keys(promise) | {"customer": row.customer_name if row else "", "late": late}


def _note_keys(note: Shift) -> dict[str, Any]:
    """Return a hand-over under the keys of the other lines, and its agent."""
    return {
        "kind": "note",
        "ticket": None,
        "customer": "",
        "subject": "",
        "at": iso(note.ended_at),
        "text": note.note,
        "late": False,
        "agent": note.agent,
    }


def _left_keys(open_item: HandoverItem) -> dict[str, Any]:
    return {
        "kind": open_item.kind,
        "ticket": open_item.ticket_id,
        "customer": open_item.customer,
        "subject": open_item.subject,
        "at": iso(open_item.at),
        "text": beginning(open_item.text, MOST_SHOWN) if open_item.addressee else open_item.text,
        "late": open_item.late,
        "from": open_item.author or None,
        "to": open_item.addressee or None,
    }

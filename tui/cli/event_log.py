"""`tridesk history`: who did what to a ticket, and when; `tridesk undo --action` undoes one of your actions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from data.store import Store
from tui.cli.common import db_option, json_option, reading, reveal_option, the_ticket, write_json
from tui.cli.completing import TICKET
from tui.look.written_values import iso
from tui.setup.clock import wall_clock
from tui.setup.open_desk import agent_name, zone_named
from tui.setup.settings import load
from tui.ticket.history_lines import HistoryLine, history_lines


@click.command()
@click.argument("ticket_id", metavar="TICKET", type=TICKET)
@db_option
@reveal_option()
@json_option
def history(ticket_id: int, db: Path | None, as_json: bool) -> None:
    """List who did what to a ticket, newest first; `*` marks what `undo --action` can still undo."""
    with reading(db, ticket_id) as store:
        if as_json:
            for values in events_of(store, ticket_id):
                write_json(values)
            return
        zone = zone_named(load().settings.time_zone)
        for line in _lines(store, ticket_id):
            mark = "*" if line.can_undo else " "
            click.echo(f"{mark}{line.action:>6}  {line.shown(zone)}")


def events_of(store: Store, ticket_id: int) -> list[dict[str, Any]]:
    """Return a ticket's history, newest first, under the keys that scripts know. Raises InputError."""
    return [event_keys(line) for line in _lines(store, ticket_id)]


def _lines(store: Store, ticket_id: int) -> Iterator[HistoryLine]:
    return history_lines(store, the_ticket(store, ticket_id).id, agent_name(load().settings), wall_clock())


def event_keys(line: HistoryLine) -> dict[str, Any]:
    """Return a line of the history under the keys that scripts know."""
    return {
        "event": line.event,
        "action": line.action,
        "at": iso(line.at),
        "agent": line.actor,
        "kind": line.kind,
        "text": line.text,
        "changed": dict(line.changed),
        "state": line.state,
        "can_undo": line.can_undo,
    }

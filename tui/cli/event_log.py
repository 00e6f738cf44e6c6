"""`tridesk history`: who did what to a ticket, and when; `tridesk undo --action` undoes one of your actions."""

from __future__ import annotations

from pathlib import Path

import click

from data.errors import InputError
from tui.cli.common import db_option, json_option, reading, reveal_option, write_json
from tui.cli.completing import TICKET
from tui.look.written_values import iso
from tui.setup.clock import wall_clock
from tui.setup.open_desk import agent_name, zone_named
from tui.setup.settings import load
from tui.ticket.history_lines import history_lines


@click.command()
@click.argument("ticket_id", metavar="TICKET", type=TICKET)
@db_option
@reveal_option()
@json_option
def history(ticket_id: int, db: Path | None, as_json: bool) -> None:
    """List who did what to a ticket, newest first; `*` marks what `undo --action` can still undo."""
    settings = load().settings
    with reading(db, ticket_id) as store:
        if store.tickets.get(ticket_id) is None:
            raise InputError(
                "No such ticket", f"There is no ticket #{ticket_id}; `tridesk list --all` shows the numbers."
            )
        for line in history_lines(store, ticket_id, agent_name(settings), wall_clock()):
            if as_json:
                write_json(
                    {
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
                )
            else:
                mark = "*" if line.can_undo else " "
                click.echo(f"{mark}{line.action:>6}  {line.shown(zone_named(settings.time_zone))}")

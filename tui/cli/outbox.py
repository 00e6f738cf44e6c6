"""`tridesk outbox`: list the replies that have not been delivered, and decide about each."""

from __future__ import annotations

from pathlib import Path

import click

from tui.cli.common import NUMBER, acting, db_option, json_option, reading, reveal_option, write_json
from tui.look.shown import safe_line
from tui.look.words import piecewise
from tui.look.written_values import iso


@click.group()
def outbox() -> None:
    """List waiting replies, and decide about those that were not sent."""


@outbox.command("list")
@reveal_option()
@db_option
@json_option
def list_(db: Path | None, as_json: bool) -> None:
    """List unsent replies: queued, held, in doubt, failed, and what is known of each."""
    from queues.outgoing.known_of_reply import known_of

    with reading(db) as store:
        for entry in store.outbox.waiting():
            row = {
                "id": entry.id,
                "ticket": entry.ticket_id,
                "state": entry.state,
                "to": entry.recipient,
                "cc": list(entry.cc),
                "connector": entry.connector,
                "due": iso(entry.due_at),
                "attempts": entry.attempts,
                "reason": entry.reason,
                "known": known_of(entry, _at),
                "proofs": sorted(entry.proofs),
                "looked_at": iso(entry.looked_at) if entry.looked_at is not None else None,
            }
            if as_json:
                write_json(row)
            else:
                why = "; ".join(part for part in (entry.reason, *known_of(entry, _at)) if part)
                why = f"  {safe_line(why)}" if why else ""
                to = safe_line(", ".join((entry.recipient, *entry.cc)))
                click.echo(f"{entry.id:<5} #{entry.ticket_id:<6} {entry.state:<9} {to}{why}")


def _at(at: int) -> str:
    return f"at {iso(at)}"


def _settle(entry_id: int, wish: str, db: Path | None, as_json: bool) -> None:
    from queues.desk.waiting_replies import Wish

    with acting(db) as desk:
        done = desk.settle(entry_id, Wish(wish))
    if as_json:
        write_json({"action": done.action, "summary": done.summary, "tickets": list(done.ticket_ids)})
    else:
        click.echo(piecewise(done.summary))


@outbox.command()
@click.argument("entry_id", metavar="ID", type=NUMBER)
@db_option
@json_option
def resend(entry_id: int, db: Path | None, as_json: bool) -> None:
    """Send a held or failed reply anyway, or one in doubt (it may then arrive twice)."""
    _settle(entry_id, "send", db, as_json)


@outbox.command()
@click.argument("entry_id", metavar="ID", type=NUMBER)
@db_option
@json_option
def arrived(entry_id: int, db: Path | None, as_json: bool) -> None:
    """Confirm that a reply in doubt arrived; nothing is sent."""
    _settle(entry_id, "arrived", db, as_json)


@outbox.command()
@click.argument("entry_id", metavar="ID", type=NUMBER)
@click.option("--keep-draft", is_flag=True, help="Keep its text as the ticket's draft.")
@db_option
@json_option
def drop(entry_id: int, keep_draft: bool, db: Path | None, as_json: bool) -> None:
    """Drop it; `tridesk undo` restores it."""
    _settle(entry_id, "edit" if keep_draft else "drop", db, as_json)

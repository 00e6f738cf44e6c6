"""`tridesk merge`, `split` and `move`: what belongs together is in one ticket, and what does not is in two."""

from __future__ import annotations

from pathlib import Path

import click

from data.errors import InputError
from data.records.changes import Change
from data.records.messages import Direction
from queues.desk.desk import Desk
from tui.cli.acting import carry_out, tell
from tui.cli.common import NUMBER, acting, db_option, json_option
from tui.cli.completing import TICKET

_messages = click.option(
    "--message", "messages", type=NUMBER, multiple=True, help="The message's number, as `show` prints it; repeatable."
)
_other = click.option("--other-customer", is_flag=True, help="Do it although the tickets are from different customers.")


@click.command()
@click.argument("ticket_ids", metavar="TICKET...", type=TICKET, nargs=-1, required=True)
@click.argument("into", metavar="INTO", type=TICKET)
@_other
@db_option
@json_option
def merge(ticket_ids: tuple[int, ...], into: int, other_customer: bool, db: Path | None, as_json: bool) -> None:
    """Merge tickets into INTO, which gets their messages, files, replies on their way and later mail; all or none.

    The merged tickets are closed and point there; `tridesk undo` takes the merge back. Another customer's messages are
    merged only with --other-customer, and replies and copies do not go to them.
    """
    carry_out(ticket_ids, Change(merge_into=into, other_customer=other_customer), db, as_json)


@click.command()
@click.argument("ticket_id", metavar="TICKET", type=TICKET)
@_messages
@db_option
@json_option
def split(ticket_id: int, messages: tuple[int, ...], db: Path | None, as_json: bool) -> None:
    """Split messages off a ticket into a new one; without --message the customer's newest.

    Answers to these messages then join the new ticket; `tridesk undo` takes it back.
    """
    with acting(db) as desk:
        tell(desk.act([ticket_id], Change(move=messages or _newest(desk, ticket_id))), as_json)


@click.command()
@click.argument("ticket_id", metavar="TICKET", type=TICKET)
@click.argument("into", metavar="INTO", type=TICKET)
@_messages
@_other
@db_option
@json_option
def move(
    ticket_id: int, into: int, messages: tuple[int, ...], other_customer: bool, db: Path | None, as_json: bool
) -> None:
    """Move messages of a ticket to the ticket INTO; without --message the customer's newest.

    Answers to these messages then join INTO; `tridesk undo` takes it back.
    """
    with acting(db) as desk:
        chosen = messages or _newest(desk, ticket_id)
        tell(desk.act([ticket_id], Change(move=chosen, move_to=into, other_customer=other_customer)), as_json)


def _newest(desk: Desk, ticket_id: int) -> tuple[int, ...]:
    """Return the customer's newest message. Raises InputError if there is none."""
    incoming = [one.id for one in desk.store.messages.of(ticket_id) if one.direction is Direction.IN]
    if not incoming:
        raise InputError("No message", f"#{ticket_id} has no message of a customer; name one with --message.")
    return (incoming[-1],)

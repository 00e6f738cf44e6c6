"""`tridesk merge`: tickets that are about one matter become one."""

from __future__ import annotations

from pathlib import Path

import click

from data.records.changes import Change
from tui.cli.acting import carry_out
from tui.cli.common import NUMBER, db_option, json_option


@click.command()
@click.argument("ticket_ids", metavar="TICKET...", type=NUMBER, nargs=-1, required=True)
@click.argument("into", metavar="INTO", type=NUMBER)
@click.option("--other-customer", is_flag=True, help="Merge although the tickets are from different customers.")
@db_option
@json_option
def merge(ticket_ids: tuple[int, ...], into: int, other_customer: bool, db: Path | None, as_json: bool) -> None:
    """Merge tickets into INTO, which gets their messages, files, replies on their way and later mail; all or none.

    The merged tickets are closed and point there; `tridesk undo` takes the merge back. Another customer's messages are
    merged only with --other-customer, and replies and copies do not go to them.
    """
    carry_out(ticket_ids, Change(merge_into=into, other_customer=other_customer), db, as_json)

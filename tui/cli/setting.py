"""`tridesk set`: sets the language, register and region of tickets' customers, as the key `d` does."""

from __future__ import annotations

from pathlib import Path

import click

from data.records.changes import Change
from queues.desk.customer_language import REGISTERS
from tui.cli.acting import carry_out
from tui.cli.common import NUMBER, db_option, json_option


@click.command("set")
@click.argument("ticket_ids", metavar="TICKET...", type=NUMBER, nargs=-1, required=True)
@click.option("--language", metavar="CODE", help="The language, ISO 639-1; `und` forgets it.")
@click.option("--register", type=click.Choice([*REGISTERS, "none"]), help="How Spanish addresses the customer.")
@click.option("--region", metavar="LOCALE", help="Such as es-MX; `none` forgets it.")
@db_option
@json_option
def set_(
    ticket_ids: tuple[int, ...],
    language: str | None,
    register: str | None,
    region: str | None,
    db: Path | None,
    as_json: bool,
) -> None:
    """Set the language of tickets and how their customers are addressed; remembered for the customers."""
    if language is None and register is None and region is None:
        raise click.UsageError("Nothing to set: give --language, --register or --region.")
    carry_out(ticket_ids, Change(language=language, register=_or_none(register), region=_or_none(region)), db, as_json)


def _or_none(value: str | None) -> str | None:
    return "" if value == "none" else value

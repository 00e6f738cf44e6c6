"""`tridesk set`: corrects what a ticket and its customer are known as, as the keys `U`, `W` and `d` do."""

from __future__ import annotations

from pathlib import Path

import click

from data.records.changes import AUTOMATIC, Change
from data.records.tickets import Priority, Severity
from queues.desk.customer_language import REGISTERS
from queues.routing.harm_model import HARM
from queues.routing.rules import NO_HARM
from tui.cli.acting import carry_out
from tui.cli.common import db_option, json_option
from tui.cli.completing import LANE, PROCEDURE, TICKET

_NONE = "none"
"""Clears a value."""


@click.command("set")
@click.argument("ticket_ids", metavar="TICKET...", type=TICKET, nargs=-1, required=True)
@click.option("--lane", type=LANE, help="The lane.")
@click.option(
    "--harm",
    type=click.Choice([*HARM, NO_HARM]),
    help="What the customer reports; lane, severity, topic and procedure follow, and the desk learns from it.",
)
@click.option(
    "--automatic",
    multiple=True,
    type=click.Choice([*AUTOMATIC, "all"]),
    help="What the rules set again, as if no agent had; may be given several times.",
)
@click.option("--topic", help="What it is about, such as refund; `none` for nothing known.")
@click.option(
    "--severity", type=click.Choice([*map(str, Severity), _NONE]), help="Harm: S0 is a life at risk, S4 a nuisance."
)
@click.option("--priority", type=click.Choice([*map(str, Priority)]), help="How urgent it is.")
@click.option(
    "--procedure", type=PROCEDURE, metavar="NAME", help="The procedure to follow; `none` for what the rules give."
)
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="NAME=VALUE",
    help="A custom field and its value, `none` for no value; may be given several times.",
)
@click.option("--tier", help="The customer's tier; `none` for the standard one.")
@click.option("--name", help="The customer's name.")
@click.option("--language", metavar="CODE", help="The customer's language, ISO 639-1; `und` forgets it.")
@click.option("--register", type=click.Choice([*REGISTERS, _NONE]), help="How Spanish addresses the customer.")
@click.option("--region", metavar="LOCALE", help="Such as es-MX; `none` forgets it.")
@click.option("--reason", default="", help="Why required steps of a procedure are left; kept with the event.")
@db_option
@json_option
def set_(
    ticket_ids: tuple[int, ...],
    lane: str | None,
    harm: str | None,
    automatic: tuple[str, ...],
    topic: str | None,
    severity: str | None,
    priority: str | None,
    procedure: str | None,
    fields: tuple[str, ...],
    tier: str | None,
    name: str | None,
    language: str | None,
    register: str | None,
    region: str | None,
    reason: str,
    db: Path | None,
    as_json: bool,
) -> None:
    """Correct tickets and their customers, all or none; what is set of a customer is remembered."""
    change = Change(
        lane=lane,
        harm=harm,
        automatic=AUTOMATIC if "all" in automatic else automatic,
        topic=_or_none(topic),
        severity=None if severity is None else "" if severity == _NONE else Severity(severity),
        priority=None if priority is None else Priority(priority),
        procedure=_or_none(procedure),
        fields=dict(map(_field, fields)),
        tier=_or_none(tier),
        customer_name=name,
        language=language,
        register=_or_none(register),
        region=_or_none(region),
        override_reason=reason,
    )
    if change == Change(override_reason=reason):
        raise click.UsageError("Nothing to set: give --harm, --lane, --topic, --field or another of the options.")
    carry_out(ticket_ids, change, db, as_json)


def _field(given: str) -> tuple[str, str]:
    """Return the name and the value of a field. Raises UsageError."""
    name, equals, value = given.partition("=")
    if not equals or not name.strip():
        raise click.UsageError(f"--field {given!r} has no value: write --field NAME=VALUE, --field order=A-17.")
    return name.strip(), "" if value.strip() in ("", _NONE) else value.strip()


def _or_none(value: str | None) -> str | None:
    return "" if value == _NONE else value

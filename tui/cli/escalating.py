"""`tridesk escalate`, `escalations` and `escalation`: escalate tickets to other teams, and record their answers."""

from __future__ import annotations

from pathlib import Path

import click

from data.errors import InputError
from data.records.changes import Change
from data.records.escalations import Escalation, EscalationState, TeamAnswer
from tui.cli.acting import tell
from tui.cli.common import (
    acting,
    db_option,
    escalation_keys,
    escalation_line,
    json_option,
    reading,
    reveal_option,
    write_json,
)
from tui.cli.completing import TEAM, TICKET
from tui.deciding.escalation_text import HandingOver, due_of
from tui.look.words import words
from tui.setup.clock import wall_clock
from tui.setup.settings import config_folder


@click.command()
@click.argument("ticket_id", metavar="TICKET", type=TICKET)
@click.argument("team", type=TEAM)
@click.argument("reason", required=False, default="")
@click.option("--due", default="", help="When the team should answer: 24h, 2d or a date (else as the settings say).")
@click.option("--reference", default="", help="The team's own reference number.")
@click.option("--note", default="", help="The text for the team (default: its template).")
@db_option
@json_option
def escalate(
    ticket_id: int, team: str, reason: str, due: str, reference: str, note: str, db: Path | None, as_json: bool
) -> None:
    """Hand a ticket over to TEAM, with a REASON; it is on hold until the team answers.

    A team with an address in the settings gets a mail; its answer comes back as a note of the ticket.
    """
    now = wall_clock()
    with acting(db) as desk:
        ticket = desk.store.tickets.get(ticket_id)
        if ticket is None:
            raise InputError("No such ticket", f"There is no ticket #{ticket_id}; check the number.")
        due_at = due_of(due, now, desk.rules.office.time_zone)
        asked = Escalation(team.strip(), reason.strip(), reference.strip(), due_at, note=note)
        change = HandingOver(config_folder()).completed(Change(escalate=asked), ticket, desk, now)
        tell(desk.act([ticket_id], change), as_json)


@click.command()
@click.option("--overdue", is_flag=True, help="Only overdue escalations.")
@click.option("--all", "everything", is_flag=True, help="Include closed escalations.")
@click.option("--team", type=TEAM, default="", help="Only this team's.")
@reveal_option()
@db_option
@json_option
def escalations(overdue: bool, everything: bool, team: str, db: Path | None, as_json: bool) -> None:
    """List what other teams have, or sent back; the earliest due first."""
    now = wall_clock()
    with reading(db) as store:
        results = store.escalations.standing(closed=everything, team=team)
    if overdue:
        results = [escalation for escalation in results if escalation.is_overdue(now)]
    for escalation in results:
        write_json(escalation_keys(escalation, now)) if as_json else click.echo(escalation_line(escalation, now))
    if not results and not as_json:
        click.echo(words("No escalations here."), err=True)


@click.group()
def escalation() -> None:
    """Record what became of an escalation: answered, returned, closed."""


def _command(name: str, state: EscalationState, help_text: str) -> None:
    @escalation.command(name, help=help_text)
    @click.argument("number", metavar="E-NUMBER")
    @click.argument("text", required=False, default="")
    @click.option("--reference", default="", help="The team's own reference number.")
    @db_option
    @json_option
    def settle(number: str, text: str, reference: str, db: Path | None, as_json: bool) -> None:
        with acting(db) as desk:
            child = desk.store.escalations.get(_number(number))
            if child is None or child.state is EscalationState.WITHDRAWN:
                raise InputError("No such escalation", f"There is no {number}; `tridesk escalations` lists all.")
            answer = TeamAnswer(child.id, text.strip(), state, reference.strip())
            tell(desk.act([child.ticket_id], Change(team_answer=answer)), as_json)


_command("answer", EscalationState.ANSWERED, "Record TEXT as the team's answer; the ticket is no longer on hold.")
_command("return", EscalationState.RETURNED, "The team sent it back, with TEXT if it gave a reason.")
_command("close", EscalationState.CLOSED, "Close it: nothing more is expected of the team.")


def _number(text: str) -> int:
    digits = text.strip().upper().removeprefix("E-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 16):
        raise InputError("No such escalation", f"{text!r} is not an escalation; use a name such as E-1.")
    return int(digits)

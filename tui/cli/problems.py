"""`tridesk problem`: several tickets with one cause, and their common answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from data.errors import InputError
from data.records.changes import Change
from data.records.problems import Problem
from data.records.tickets import Status
from data.safe_text import safe_line
from queues.desk.problems import known
from tui.cli.acting import tell
from tui.cli.common import NUMBER, acting, db_option, iso, json_option, put, reading
from tui.deciding.escalation_text import HandingOver
from tui.replying.bulk_plan import AS_SAID, Plan, plan
from tui.setup.clock import wall_clock
from tui.setup.settings import config_folder


@click.group()
def problem() -> None:
    """Link tickets to one problem, and answer them together when it is solved."""


@problem.command("list")
@click.option("--all", "everything", is_flag=True, help="Solved ones too.")
@db_option
@json_option
def list_them(everything: bool, db: Path | None, as_json: bool) -> None:
    """List the open problems, the newest first."""
    with reading(db) as store:
        found = store.problems.all(solved=everything)
    for one in found:
        put(_keys(one)) if as_json else click.echo(_line(one))
    if not found and not as_json:
        click.echo("No problems here.", err=True)


@problem.command()
@click.argument("number", metavar="P-NUMBER")
@db_option
@json_option
def show(number: str, db: Path | None, as_json: bool) -> None:
    """Show a problem and the tickets that are linked to it."""
    with reading(db) as store:
        found = known(store, _number(number))
        tickets = [store.tickets.get(one) for one in store.problems.tickets(found.id)]
        linked = [ticket for ticket in tickets if ticket is not None]
        if as_json:
            put(_keys(found) | {"linked": [{"id": one.id, "status": one.status} for one in linked]})
            return
        click.echo(_line(found))
        for one in linked:
            click.echo(f"  #{one.id:<6} {one.status:<8} {one.language:<4} {safe_line(one.subject)}")


@problem.command()
@click.argument("title")
@click.argument("ticket_ids", metavar="TICKET...", type=NUMBER, nargs=-1, required=True)
@db_option
@json_option
def new(title: str, ticket_ids: tuple[int, ...], db: Path | None, as_json: bool) -> None:
    """Open a problem called TITLE and link the tickets to it."""
    with acting(db) as desk:
        tell(desk.act(ticket_ids, Change(new_problem=title or " ")), as_json)


@problem.command()
@click.argument("number", metavar="P-NUMBER")
@click.argument("ticket_ids", metavar="TICKET...", type=NUMBER, nargs=-1, required=True)
@db_option
@json_option
def link(number: str, ticket_ids: tuple[int, ...], db: Path | None, as_json: bool) -> None:
    """Link tickets to a problem, instead of any other."""
    with acting(db) as desk:
        tell(desk.act(ticket_ids, Change(problem=_number(number))), as_json)


@problem.command()
@click.argument("ticket_ids", metavar="TICKET...", type=NUMBER, nargs=-1, required=True)
@db_option
@json_option
def unlink(ticket_ids: tuple[int, ...], db: Path | None, as_json: bool) -> None:
    """Link tickets to no problem any more."""
    with acting(db) as desk:
        tell(desk.act(ticket_ids, Change(problem=0)), as_json)


@problem.command()
@click.argument("number", metavar="P-NUMBER")
@click.option("--macro", required=True, help="The macro that answers every linked ticket, in its own language.")
@click.option("--answer", "answers", multiple=True, metavar="NAME=VALUE", help="A value that the macro asks for.")
@click.option("--dry-run", is_flag=True, help="Tell what would be sent and what is held back; send nothing.")
@db_option
@json_option
def solve(number: str, macro: str, answers: tuple[str, ...], dry_run: bool, db: Path | None, as_json: bool) -> None:
    """Answer every ticket that waits for the problem, as one action, and solve the problem.

    Each ticket becomes what the macro says: pending where it asks. What a check holds back stays as it is.
    """
    from tui.digits.macros_at_hand import Answering

    given = dict(one.split("=", 1) for one in answers if "=" in one)
    if len(given) != len(answers):
        raise click.UsageError("--answer takes NAME=VALUE.")
    with acting(db) as desk:
        found = known(desk.store, _number(number))
        ids = [one for one in desk.store.problems.tickets(found.id) if _waits(desk.store.tickets.get(one))]
        answering, handing_over = Answering(desk.store, wall_clock, desk.agent), HandingOver(config_folder())
        answering.load()
        made = plan(
            desk,
            answering,
            [(answering.macro(macro).name, given)],
            ids,
            complete=lambda change, ticket: handing_over.completed(change, ticket, desk, wall_clock()),
            outcomes=[AS_SAID],
        )
        changes, held = made.changes(AS_SAID), made.held[AS_SAID]
        if not dry_run and changes:
            done = desk.act_each(changes, versions=made.versions, solves=found.id)
            tell(done, as_json)
    if dry_run or not changes:
        _tell_plan(made, as_json)
    for ticket_id, reason in held.items():
        click.echo(f"#{ticket_id} held back: {safe_line(reason)}", err=True)
    if not changes:
        raise InputError("Nothing sent", f"{found.label}: no linked ticket can be answered; nothing was changed.")


def _waits(ticket: Any) -> bool:
    return ticket is not None and ticket.status not in (Status.SOLVED, Status.CLOSED)


def _tell_plan(made: Plan, as_json: bool) -> None:
    if as_json:
        held = [{"ticket": one, "reason": reason} for one, reason in made.held[AS_SAID].items()]
        languages = made.languages(AS_SAID)
        put({"tickets": list(made.changes(AS_SAID)), "languages": languages, "held": held})
        return
    click.echo(made.words(AS_SAID))


def _number(text: str) -> int:
    digits = text.strip().upper().removeprefix("P-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 16):
        raise InputError("No such problem", f"{text!r} is no problem; they are named P-1, P-2 and so on.")
    return int(digits)


def _keys(one: Problem) -> dict[str, Any]:
    return {
        "problem": one.label,
        "title": one.title,
        "state": one.state,
        "opened": iso(one.opened_at),
        "opened_by": one.opened_by,
        "tickets": one.tickets,
        "waiting": one.waiting,
    }


def _line(one: Problem) -> str:
    return f"{one.label:<6} {one.state:<7} {one.waiting:>4} of {one.tickets:<4} wait  {safe_line(one.title)}"

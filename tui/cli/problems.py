"""`tridesk problem`: link tickets with one cause, and answer them together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from data.errors import InputError
from data.records.changes import Change
from data.records.problems import Problem
from data.records.tickets import Status
from queues.desk.problems import known
from tui.cli.acting import tell
from tui.cli.common import acting, db_option, json_option, reading, reveal_option, write_json
from tui.cli.completing import MACRO, TICKET
from tui.deciding.escalation_text import HandingOver
from tui.look.shown import safe_line
from tui.look.words import words
from tui.look.written_values import iso
from tui.replying.bulk_plan import AS_SAID, Plan, plan
from tui.setup.clock import wall_clock
from tui.setup.settings import config_folder


@click.group()
def problem() -> None:
    """Link tickets to one problem, and answer them together when it is solved."""


@problem.command("list")
@click.option("--all", "everything", is_flag=True, help="Include solved problems.")
@reveal_option()
@db_option
@json_option
def list_them(everything: bool, db: Path | None, as_json: bool) -> None:
    """List the open problems, the newest first."""
    with reading(db) as store:
        problems = store.problems.all(solved=everything)
    for item in problems:
        write_json(_keys(item)) if as_json else click.echo(_line(item))
    if not problems and not as_json:
        click.echo(words("No problems here."), err=True)


@problem.command()
@click.argument("number", metavar="P-NUMBER")
@reveal_option()
@db_option
@json_option
def show(number: str, db: Path | None, as_json: bool) -> None:
    """Show a problem and the tickets that are linked to it."""
    with reading(db) as store:
        result = known(store, _number(number))
        tickets = [store.tickets.get(ticket) for ticket in store.problems.tickets(result.id)]
        linked = [ticket for ticket in tickets if ticket is not None]
        if as_json:
            write_json(_keys(result) | {"linked": [{"id": ticket.id, "status": ticket.status} for ticket in linked]})
            return
        click.echo(_line(result))
        for item in linked:
            click.echo(f"  #{item.id:<6} {item.status:<8} {item.language:<4} {safe_line(item.subject)}")


@problem.command()
@click.argument("title")
@click.argument("ticket_ids", metavar="TICKET...", type=TICKET, nargs=-1, required=True)
@db_option
@json_option
def new(title: str, ticket_ids: tuple[int, ...], db: Path | None, as_json: bool) -> None:
    """Open a problem called TITLE and link the tickets to it."""
    with acting(db) as desk:
        tell(desk.act(ticket_ids, Change(new_problem=title or " ")), as_json)


@problem.command()
@click.argument("number", metavar="P-NUMBER")
@click.argument("ticket_ids", metavar="TICKET...", type=TICKET, nargs=-1, required=True)
@db_option
@json_option
def link(number: str, ticket_ids: tuple[int, ...], db: Path | None, as_json: bool) -> None:
    """Link tickets to a problem, replacing any earlier one."""
    with acting(db) as desk:
        tell(desk.act(ticket_ids, Change(problem=_number(number))), as_json)


@problem.command()
@click.argument("ticket_ids", metavar="TICKET...", type=TICKET, nargs=-1, required=True)
@db_option
@json_option
def unlink(ticket_ids: tuple[int, ...], db: Path | None, as_json: bool) -> None:
    """Unlink tickets from their problem."""
    with acting(db) as desk:
        tell(desk.act(ticket_ids, Change(problem=0)), as_json)


@problem.command()
@click.argument("number", metavar="P-NUMBER")
@click.option(
    "--macro", type=MACRO, required=True, help="The macro that answers every linked ticket, in its own language."
)
@click.option("--answer", "answers", multiple=True, metavar="NAME=VALUE", help="A value that the macro asks for.")
@click.option("--drop-cc", is_flag=True, help="Send no copies to the people in Cc of these tickets.")
@click.option("--anyway", is_flag=True, help="Send a macro that is not sure to fit all of them.")
@click.option("--dry-run", is_flag=True, help="Show what would be sent, to whom copies go and what is held back.")
@db_option
@json_option
def solve(
    number: str,
    macro: str,
    answers: tuple[str, ...],
    drop_cc: bool,
    anyway: bool,
    dry_run: bool,
    db: Path | None,
    as_json: bool,
) -> None:
    """Answer every ticket that waits for the problem, as one action, and solve the problem.

    Each ticket gets the macro's status: pending if it asks. Tickets held back by a check stay as they are.
    """
    from tui.cli.macro_reply import check_fit
    from tui.digits.macros_at_hand import Answering

    given = dict(answer.split("=", 1) for answer in answers if "=" in answer)
    if len(given) != len(answers):
        raise click.UsageError("--answer takes NAME=VALUE.")
    with acting(db) as desk:
        result = known(desk.store, _number(number))
        ids = [ticket for ticket in desk.store.problems.tickets(result.id) if _waits(desk.store.tickets.get(ticket))]
        answering, handing_over = Answering(desk.store, wall_clock, desk.agent), HandingOver(config_folder())
        answering.load()
        if not (anyway or dry_run):
            tickets = [ticket for ticket in map(desk.store.tickets.get, ids) if ticket is not None]
            check_fit(answering, tickets, [answering.macro(macro).name])
        made = plan(
            desk,
            answering,
            [(answering.macro(macro).name, given)],
            ids,
            complete=lambda change, ticket: handing_over.completed(change, ticket, desk, wall_clock()),
            outcomes=[AS_SAID],
        )
        made = replace(made, no_copies=drop_cc)
        changes, held = made.changes(AS_SAID), made.held[AS_SAID]
        if not dry_run and changes:
            done = desk.act_each(changes, versions=made.versions, solves=result.id)
            tell(done, as_json)
    if dry_run or not changes:
        _tell_plan(made, as_json)
    for ticket_id, reason in held.items():
        click.echo(f"#{ticket_id} held back: {safe_line(reason)}", err=True)
    if not changes:
        raise InputError("Nothing sent", f"{result.label}: no linked ticket can be answered; nothing was changed.")


def _waits(ticket: Any) -> bool:
    return ticket is not None and ticket.status not in (Status.SOLVED, Status.CLOSED)


def _tell_plan(made: Plan, as_json: bool) -> None:
    if as_json:
        held = [{"ticket": item, "reason": reason} for item, reason in made.held[AS_SAID].items()]
        languages = made.languages(AS_SAID)
        copies = {} if made.no_copies else {str(one): list(people) for one, people in made.copied(AS_SAID).items()}
        write_json({"tickets": list(made.changes(AS_SAID)), "languages": languages, "held": held, "copies": copies})
        return
    click.echo(made.words(AS_SAID))
    if made.copies and not made.no_copies:
        click.echo(safe_line(made.copy_words(AS_SAID)))


def _number(text: str) -> int:
    digits = text.strip().upper().removeprefix("P-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 16):
        raise InputError("No such problem", f"{text!r} is not a problem; use a name such as P-1.")
    return int(digits)


def _keys(problem: Problem) -> dict[str, Any]:
    return {
        "problem": problem.label,
        "title": problem.title,
        "state": problem.state,
        "opened": iso(problem.opened_at),
        "opened_by": problem.opened_by,
        "tickets": problem.tickets,
        "waiting": problem.waiting,
    }


def _line(problem: Problem) -> str:
    waiting = f"{problem.waiting:>4} of {problem.tickets:<4} wait"
    return f"{problem.label:<6} {problem.state:<7} {waiting}  {safe_line(problem.title)}"

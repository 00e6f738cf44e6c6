"""`tridesk macros`: list, show, check, fill in and suggest macros."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import click

from data.errors import InputError
from data.records.customers import Customer
from data.records.tickets import Priority, Status, Ticket
from data.safe_text import safe_line, safe_text
from macros.files.library import Library, Verdict, check_paths
from macros.filling.context import Context
from macros.filling.macro import Macro
from macros.render import render
from tui.cli.common import db_option, json_option, reading, write_json
from tui.cli.completing import MACRO, TICKET
from tui.cli.macro_export import export_them
from tui.cli.macro_folder import FOLDER, library_of
from tui.cli.macro_import import import_them
from tui.cli.macro_stats import stats
from tui.cli.suggesting import evaluate, suggest
from tui.setup.settings import config_folder, load


@click.group()
def macros() -> None:
    """List, show, check, fill in and suggest macros."""


@macros.command("list")
@FOLDER
@json_option
def list_them(folder: Path | None, as_json: bool) -> None:
    """List the macros: name, key, languages and title."""
    for macro in library_of(folder):
        if as_json:
            write_json(macro_keys(macro), as_given=True)
        else:
            languages = ",".join(macro.languages) or "-"
            click.echo(
                safe_line(f"{macro.name:<36} {macro.key or '-':<3} {languages:<8} {macro.title.for_language('en')}")
            )


@macros.command()
@click.argument("name", type=MACRO)
@FOLDER
@json_option
def show(name: str, folder: Path | None, as_json: bool) -> None:
    """Show one macro: what it says in each language, what it asks for and what it does."""
    macro = library_of(folder).get(name)
    if as_json:
        write_json(macro_with_texts(macro), as_given=True)
        return
    click.echo(safe_line(f"{macro.name}: {macro.title.for_language('en')}"))
    for ask in macro.asks:
        click.echo(safe_line(f"asks for {ask.name} ({ask.kind}{', optional' if ask.optional else ''})"))
    if macro.attachments:
        click.echo(safe_line(f"attaches {', '.join(macro.attachments)}"))
    for body in macro.bodies:
        click.echo(f"\n=== {body.language or 'any language'}\n{safe_text(body.text)}")


@macros.command()
@click.argument("paths", type=click.Path(path_type=Path), nargs=-1)
@FOLDER
@json_option
def check(paths: tuple[Path, ...], folder: Path | None, as_json: bool) -> None:
    """Check macro files or folders (default: all in use); exit 1 if one is refused."""
    verdicts = check_paths(paths) if paths else library_of(folder).verdicts()
    for verdict in verdicts:
        _tell(verdict, as_json)
    refused = sum(not verdict.accepted for verdict in verdicts)
    if not as_json:
        click.echo(f"{len(verdicts)} checked, {refused} refused.")
    if refused:
        sys.exit(1)


@macros.command("render")
@click.argument("name", type=MACRO)
@click.option("--language", default="", help="The customer's language (else the ticket's, else English).")
@click.option("--answer", "answers", multiple=True, metavar="NAME=VALUE", help="A value the macro asks for.")
@click.option("--ticket", "ticket_id", type=TICKET, help="Fill in for this ticket.")
@click.option("--customer", default="", help="Without a ticket: the customer's name.")
@FOLDER
@db_option
@json_option
def render_one(
    name: str,
    language: str,
    answers: tuple[str, ...],
    ticket_id: int | None,
    customer: str,
    folder: Path | None,
    db: Path | None,
    as_json: bool,
) -> None:
    """Fill in a macro and print the reply; missing values stay as {{ name }}. Changes nothing."""
    from tui.setup.clock import wall_clock
    from tui.setup.open_desk import agent_name, brand_of, zone_of

    ticket, person, token = _ticket(db, ticket_id) if ticket_id is not None else (*_unknown_customer(customer), "")
    settings = load().settings
    context = Context(
        ticket, person, agent_name(settings), wall_clock(), brand_of(settings), zone_of(settings), settings.register,
        token, settings.csat.link,
    )  # fmt: skip
    wanted = language or (ticket.language if ticket_id is not None else "en")
    made = render(Library.only(name, folder or config_folder() / "macros").get(name), wanted, context, _pairs(answers))
    if as_json:
        holes = [{"name": hole.name, "start": hole.start, "end": hole.end} for hole in made.holes]
        write_json(
            {
                "macro": made.change.macro,
                "language": made.language,
                "subject": made.subject,
                "text": made.text,
                "attachments": [file.filename for file in made.change.attachments],
                "holes": holes,
            },
            as_given=True,
        )
    else:
        click.echo(safe_text(made.text))


def macro_keys(macro: Macro) -> dict[str, Any]:
    """Return what a list says of a macro, under the keys that scripts know."""
    return {
        "name": macro.name,
        "title": dict(macro.title.by_language),
        "key": macro.key,
        "topics": list(macro.topics),
        "tags": list(macro.tags),
        "languages": list(macro.languages),
    }


def macro_with_texts(macro: Macro) -> dict[str, Any]:
    """Return a macro with what it says and asks for, under the keys that scripts know."""
    asks = [{"name": ask.name, "kind": str(ask.kind), "optional": ask.optional} for ask in macro.asks]
    bodies = {body.language: body.text for body in macro.bodies}
    parts = {"snippets": [snippet.name for snippet in macro.snippets], "attachments": macro.attachments}
    return {**macro_keys(macro), "asks": asks, "bodies": bodies, **parts}


def _tell(verdict: Verdict, as_json: bool) -> None:
    if as_json:
        line = verdict.line if not verdict.accepted else None
        write_json(
            {"file": str(verdict.file), "accepted": verdict.accepted, "line": line, "reason": verdict.reason},
            as_given=True,
        )
    elif not verdict.accepted:
        click.echo(safe_line(f"{verdict.file}:{verdict.line}: {verdict.reason}"))


def _ticket(db: Path | None, ticket_id: int) -> tuple[Ticket, Customer, str]:
    """Return a ticket, its customer, and the token of the rating request that a reply to it carries."""
    from queues.quality.csat import token_of

    with reading(db) as store:
        ticket = store.tickets.get(ticket_id)
        customer = store.customers.get(ticket.customer_id) if ticket else None
        token = token_of(store, ticket_id)
    if ticket is None:
        raise InputError("No such ticket", f"There is no ticket {ticket_id}; `tridesk list` shows the numbers.")
    return ticket, customer or Customer(ticket.customer_id, ""), token


def _unknown_customer(customer: str) -> tuple[Ticket, Customer]:
    now = int(time.time())
    return Ticket(0, "", Status.NEW, Priority.NORMAL, "", 0, now, now), Customer(0, customer)


def _pairs(answers: tuple[str, ...]) -> dict[str, str]:
    for answer in answers:
        if "=" not in answer:
            raise click.BadParameter(f"{answer!r} has to be NAME=VALUE", param_hint="--answer")
    return {name: value for name, _, value in (answer.partition("=") for answer in answers)}


macros.add_command(suggest)
macros.add_command(evaluate)
macros.add_command(import_them)
macros.add_command(export_them)
macros.add_command(stats)

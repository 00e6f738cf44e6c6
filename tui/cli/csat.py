"""`tridesk csat`: what customers said of how we did, taken in, listed and corrected."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from data.errors import InputError
from data.records.ratings import SATISFIED, UNHAPPY, Rating
from data.safe_text import safe_line, shortened
from tui.cli.acting import tell
from tui.cli.common import NUMBER, acting, db_option, json_option, put, reading
from tui.cli.listing import rating_keys
from tui.look.written_values import iso

if TYPE_CHECKING:
    from data.store import Store
    from queues.quality.rating import FormAnswer


@click.group()
def csat() -> None:
    """Customers' ratings: read from their answers to our question, or taken in from a form (docs/csat.md)."""


@csat.command("import")
@click.argument("file", type=click.File(encoding="utf-8", errors="replace"))
@click.option("--reopen", is_flag=True, help="Open solved tickets again whose answer is bad and has words.")
@db_option
@json_option
def import_(file: TextIO, reopen: bool, db: Path | None, as_json: bool) -> int:
    """Take a form's answers in, one JSON object a line; FILE - is standard input. What is known is not doubled.

    Keys: ticket, message_id or token; score; scale (5), comment, at, id.
    """
    from queues.quality.form_answers import read_answer

    counts = {"taken": 0, "known": 0, "refused": 0}
    answers: list[FormAnswer] = []
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            answers.append(read_answer(line, number))
        except InputError as error:
            counts["refused"] += 1
            click.echo(shortened(safe_line(error.message)), err=True)
    with acting(db) as desk:
        found, opened = desk.take_ratings(answers) if reopen else (desk.ratings.take_answers(answers), {})
        for taken in found:
            counts[taken.outcome] += 1
            if taken.reason:
                click.echo(shortened(safe_line(taken.reason)), err=True)
        for number, reason in opened.items():
            if reason:
                click.echo(safe_line(f"#{number}: {reason}"), err=True)
    told = counts | ({"reopened": sum(not reason for reason in opened.values())} if reopen else {})
    put(told) if as_json else click.echo(", ".join(f"{word} {n}" for word, n in told.items()))
    return 1 if counts["refused"] else 0


@csat.command("list")
@click.option("--since", default="", metavar="WHEN", help="A date, today, or how far back: 24h, 7d, 4w (else all).")
@click.option("--low", is_flag=True, help="Only those of 1 and 2.")
@click.option("--ticket", type=NUMBER, help="Only this ticket's.")
@click.option("--all", "everything", is_flag=True, help="Replaced and removed ones too.")
@db_option
@json_option
def list_them(since: str, low: bool, ticket: int | None, everything: bool, db: Path | None, as_json: bool) -> None:
    """List what customers said, the earliest first."""
    from tui.cli.periods import period_of, zone_of
    from tui.setup.clock import wall_clock

    start = period_of(since, "now", zone_of(""), wall_clock()).since if since else 0
    with reading(db) as store:
        found = [
            one
            for one in store.csat.each(start, everything=everything)
            if (not low or one.value <= UNHAPPY) and ticket in (None, one.ticket_id)
        ]
        for one in found:
            put(keys(one, store)) if as_json else click.echo(line(one))
    if not found and not as_json:
        click.echo("No ratings here.", err=True)
    elif not as_json:
        standing = [one for one in found if one.state == "stands"]
        good = sum(one.value >= SATISFIED for one in standing)
        if standing:
            mean = sum(one.value for one in standing) / len(standing)
            number = f"{len(standing)} rating{'s' if len(standing) > 1 else ''}"
            click.echo(f"{number}, CSAT {good / len(standing):.0%}, average {mean:.2f}", err=True)


@csat.command("set")
@click.argument("rating", type=NUMBER)
@click.argument("value", type=click.IntRange(1, 5))
@db_option
@json_option
def set_(rating: int, value: int, db: Path | None, as_json: bool) -> None:
    """Correct RATING (its number in the list) to VALUE, 1 to 5; `tridesk undo` takes it back."""
    with acting(db) as desk:
        tell(desk.ratings.correct_rating(rating, value), as_json)


@csat.command()
@click.argument("rating", type=NUMBER)
@db_option
@json_option
def remove(rating: int, db: Path | None, as_json: bool) -> None:
    """Take RATING away: it was none; `tridesk undo` takes that back."""
    with acting(db) as desk:
        tell(desk.ratings.correct_rating(rating, None), as_json)


def line(one: Rating) -> str:
    """Return a rating on one line for people; the customer's words are made safe."""
    given = f"{one.score:g}/{one.scale}"
    stand = f"{one.id:<6} #{one.ticket_id:<6} {iso(one.at)}  {one.value}  {given:<6} {one.via:<7} {one.state:<9}"
    return f"{stand} {safe_line(one.agent)[:16]:<16} {safe_line(one.comment)}".rstrip()


def keys(one: Rating, store: Store) -> dict[str, Any]:
    """Return a rating and what its ticket is under the keys that scripts know."""
    ticket = store.tickets.get(one.ticket_id)
    return rating_keys(one) | {name: getattr(ticket, name, "") for name in ("lane", "language", "topic")}

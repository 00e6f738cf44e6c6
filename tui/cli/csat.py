"""`tridesk csat`: customers' ratings, imported, listed and corrected."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from data.errors import InputError
from data.records.ratings import SATISFIED, UNHAPPY, Rating
from data.safe_text import shortened
from tui.cli.acting import tell
from tui.cli.common import NUMBER, acting, db_option, json_option, reading, reveal_option, write_json
from tui.cli.completing import TICKET
from tui.cli.listing import rating_keys
from tui.look.shown import safe_line
from tui.look.words import words
from tui.look.written_values import iso

if TYPE_CHECKING:
    from data.store import Store
    from queues.quality.rating import FormAnswer


@click.group()
def csat() -> None:
    """Customers' ratings, read from their answers or imported from a form (docs/csat.md)."""


@csat.command("import")
@click.argument("file", type=click.File(encoding="utf-8", errors="replace"))
@click.option("--reopen", is_flag=True, help="Reopen solved tickets whose rating is bad and has a comment.")
@db_option
@json_option
def import_(file: TextIO, reopen: bool, db: Path | None, as_json: bool) -> int:
    """Import a form's answers, one JSON object per line; FILE - is standard input. Known answers are skipped.

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
        outcomes, opened = desk.take_ratings(answers) if reopen else (desk.ratings.take_answers(answers), {})
        for taken in outcomes:
            counts[taken.outcome] += 1
            if taken.reason:
                click.echo(shortened(safe_line(taken.reason)), err=True)
        for number, reason in opened.items():
            if reason:
                click.echo(safe_line(f"#{number}: {reason}"), err=True)
    totals = counts | ({"reopened": sum(not reason for reason in opened.values())} if reopen else {})
    write_json(totals) if as_json else click.echo(", ".join(f"{word} {n}" for word, n in totals.items()))
    return 1 if counts["refused"] else 0


@csat.command("list")
@click.option("--since", default="", metavar="WHEN", help="A date, today, or how far back: 24h, 7d, 4w (else all).")
@click.option("--low", is_flag=True, help="Only ratings of 1 and 2.")
@click.option("--ticket", type=TICKET, help="Only this ticket's.")
@click.option("--all", "everything", is_flag=True, help="Replaced and removed ratings too.")
@reveal_option()
@db_option
@json_option
def list_them(since: str, low: bool, ticket: int | None, everything: bool, db: Path | None, as_json: bool) -> None:
    """List ratings, earliest first."""
    from tui.cli.periods import period_of, zone_of
    from tui.setup.clock import wall_clock

    start = period_of(since, "now", zone_of(""), wall_clock()).since if since else 0
    with reading(db) as store:
        ratings = [
            rating
            for rating in store.csat.each(start, everything=everything)
            if (not low or rating.value <= UNHAPPY) and ticket in (None, rating.ticket_id)
        ]
        for rating in ratings:
            write_json(keys(rating, store)) if as_json else click.echo(line(rating))
    if not ratings and not as_json:
        click.echo(words("No ratings here."), err=True)
    elif not as_json:
        standing = [rating for rating in ratings if rating.state == "stands"]
        good = sum(rating.value >= SATISFIED for rating in standing)
        if standing:
            mean = sum(rating.value for rating in standing) / len(standing)
            number = f"{len(standing)} rating{'s' if len(standing) > 1 else ''}"
            click.echo(f"{number}, CSAT {good / len(standing):.0%}, average {mean:.2f}", err=True)


@csat.command("set")
@click.argument("rating", type=NUMBER)
@click.argument("value", type=click.IntRange(1, 5))
@db_option
@json_option
def set_(rating: int, value: int, db: Path | None, as_json: bool) -> None:
    """Correct RATING (its number in the list) to VALUE, 1 to 5; `tridesk undo` restores it."""
    with acting(db) as desk:
        tell(desk.ratings.correct_rating(rating, value), as_json)


@csat.command()
@click.argument("rating", type=NUMBER)
@db_option
@json_option
def remove(rating: int, db: Path | None, as_json: bool) -> None:
    """Remove RATING, which was not one; `tridesk undo` restores it."""
    with acting(db) as desk:
        tell(desk.ratings.correct_rating(rating, None), as_json)


def line(rating: Rating) -> str:
    """Return a rating as one readable line; the customer's text is made safe."""
    given = f"{rating.score:g}/{rating.scale}"
    head = f"{rating.id:<6} #{rating.ticket_id:<6} {iso(rating.at)}  {rating.value}"
    tail = f"{rating.state:<9} {safe_line(rating.agent)[:16]:<16} {safe_line(rating.comment)}"
    return f"{head}  {given:<6} {rating.via:<7} {tail}".rstrip()


def keys(rating: Rating, store: Store) -> dict[str, Any]:
    """Return a rating and its ticket's attributes under the keys that scripts know."""
    ticket = store.tickets.get(rating.ticket_id)
    return rating_keys(rating) | {name: getattr(ticket, name, "") for name in ("lane", "language", "topic")}

"""`tridesk glossary`: what slang, emoji and terms mean, and which of them a ticket has."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from data.errors import InputError
from data.safe_text import safe_line
from tui.cli.common import db_option, json_option, reading, the_ticket, write_json
from tui.cli.completing import TICKET
from tui.look.glossary_lines import meaning_line

if TYPE_CHECKING:
    from queues.glossary.glossary import Entry

SORTS = ("abbreviation", "emoji", "community", "safety", "slang", "house")
NEWEST = 200


@click.command()
@click.argument("word", required=False)
@click.option("--ticket", "ticket_id", type=TICKET, default=None, help="The known words of this ticket's messages.")
@click.option("--sort", type=click.Choice(SORTS), default=None, help="Only entries of this sort.")
@db_option
@json_option
def glossary(word: str | None, ticket_id: int | None, sort: str | None, db: Path | None, as_json: bool) -> None:
    """Explain a WORD of internet slang, an emoji or a term of this desk; without one, list all.

    Your own entries go into TOML files in the folder `glossary` of the settings; `docs/glossary.md` shows the format.
    """
    from queues.glossary.glossary import standard
    from tui.setup.settings import config_folder

    known = standard(config_folder() / "glossary")
    if word and ticket_id is not None:
        raise click.UsageError("Either WORD or --ticket.")
    entries = known.about(word) if word else [*known.entries]
    if ticket_id is not None:
        with reading(db, ticket_id) as store:
            ticket = the_ticket(store, ticket_id)
            entries = known.in_messages(store.messages.beginnings(ticket.id, NEWEST, 1_000_000))
    if word and not entries:
        typed, near = safe_line(word), ", ".join(known.near(word))
        if near:
            raise InputError("Unknown word", f"The glossary does not have {typed!r}; did you mean {near}?")
        raise InputError("Unknown word", f"The glossary does not have {typed!r}; add it to your own (see --help).")
    for entry in entries:
        if sort and entry.sort.value != sort:
            continue
        write_json(_keys(entry)) if as_json else click.echo(safe_line(meaning_line(entry)))


def _keys(entry: Entry) -> dict[str, Any]:
    return {
        "word": entry.word, "meaning": dict(entry.meaning), "sort": entry.sort.value, "language": entry.language,
        "places": [*entry.places], "also": [*entry.also], "unsure": entry.is_unsure,
    }  # fmt: skip

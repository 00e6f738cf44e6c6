"""`tridesk mentions`: the notes in which colleagues wrote `@name` to the agent."""

from __future__ import annotations

from pathlib import Path

import click

from data.records.mentions import MOST_SHOWN
from tui.cli.common import acting, db_option, json_option, reveal_option, write_json
from tui.cli.completing import TICKET
from tui.look.short_times import span
from tui.look.shown import beginning, safe_line
from tui.look.words import words
from tui.look.written_values import iso
from tui.setup.clock import wall_clock


@click.command()
@click.option("--seen", "seen", multiple=True, type=TICKET, metavar="TICKET", help="Mark those on this ticket as seen.")
@click.option("--all", "everything", is_flag=True, help="Include those that you have seen or answered.")
@reveal_option()
@db_option
@json_option
def mentions(seen: tuple[int, ...], everything: bool, db: Path | None, as_json: bool) -> None:
    """List the notes that mention you, the newest first, until you have seen them or done something on the ticket."""
    with acting(db) as desk:
        for ticket_id in seen:
            desk.see_mentions(ticket_id)
        listed, now = desk.mentions(everything=everything), wall_clock()
        for mention in listed:
            if as_json:
                write_json(
                    {
                        "ticket": mention.ticket_id,
                        "message": mention.message_id,
                        "by": mention.author,
                        "at": iso(mention.at),
                        "text": beginning(mention.text, MOST_SHOWN),
                        "state": mention.state,
                    }
                )
            else:
                state = f"{mention.state:<9}" if everything else ""
                text = beginning(mention.text, MOST_SHOWN)
                line = f"{safe_line(mention.author)}, {span(max(0, now - mention.at))}: {text}"
                click.echo(f"#{mention.ticket_id:<6} {state}{line}")
        if not listed and not as_json:
            click.echo(words("No note mentions you, or you have seen them all."), err=True)

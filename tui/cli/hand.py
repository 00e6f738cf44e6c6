"""`tridesk hand`: hand tickets over to a colleague, answer what was handed to the agent, or list it."""

from __future__ import annotations

from pathlib import Path

import click

from data.records.changes import Change
from data.records.handovers import HandoverState
from data.records.mentions import MOST_SHOWN
from tui.cli.acting import carry_out
from tui.cli.common import acting, db_option, json_option, reveal_option, write_json
from tui.cli.completing import TICKET
from tui.look.short_times import span
from tui.look.shown import beginning, safe_line
from tui.look.words import words
from tui.look.written_values import iso
from tui.setup.clock import wall_clock


@click.command()
@click.argument("ticket_ids", metavar="[TICKET]...", type=TICKET, nargs=-1)
@click.option("--to", "colleague", default="", metavar="NAME", help="The colleague to hand them over to.")
@click.option("--accept", "answer", flag_value=HandoverState.ACCEPTED.value, help="Accept them; they are then yours.")
@click.option("--back", "answer", flag_value=HandoverState.GIVEN_BACK.value, help="Give them back.")
@click.option(
    "--take-back", "answer", flag_value=HandoverState.TAKEN_BACK.value, help="Take back what you handed over."
)
@click.option("--note", "said", default="", metavar="TEXT", help="What is left to do, or why they come back.")
@reveal_option()
@db_option
@json_option
def hand(
    ticket_ids: tuple[int, ...], colleague: str, answer: str | None, said: str, db: Path | None, as_json: bool
) -> None:
    """Hand tickets over to a colleague, or answer a hand-over; without tickets, list those handed over to you."""
    if bool(ticket_ids) != bool(colleague or answer) or (colleague and answer):
        raise click.UsageError("Give tickets with one of --to, --accept, --back and --take-back, or none of them.")
    if ticket_ids:
        change = Change(hand_to=colleague, hand_answer=answer or "", note=said or None)
        carry_out(ticket_ids, change, db, as_json)
        return
    with acting(db) as desk:
        waiting, now = desk.handovers(), wall_clock()
    for item in waiting:
        text = beginning(item.text, MOST_SHOWN)
        if as_json:
            write_json({"ticket": item.ticket_id, "message": item.message_id, "by": item.author, "at": iso(item.at),
                        "text": text})  # fmt: skip
        else:
            click.echo(f"#{item.ticket_id:<6} {safe_line(item.author)}, {span(max(0, now - item.at))}: {text}")
    if not waiting and not as_json:
        click.echo(words("Nothing is handed over to you."), err=True)

"""A reply from macros and with files, for scripts: what the card on the screen would send."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from data.errors import InputError, RuleError
from data.macro_names import joined
from data.records.changes import Change
from data.records.outbox import Enclosure
from tui.cli.common import the_ticket
from tui.setup.clock import wall_clock
from tui.setup.settings import config_folder

if TYPE_CHECKING:
    from data.records.tickets import Ticket
    from queues.desk.desk import Desk
    from tui.digits.macros_at_hand import Answering


LEARNED = 1_000
"""The newest replies, of which one command learns before it judges whether a macro fits."""


def filled(
    desk: Desk, ticket_id: int, macros: Sequence[str], answers: Sequence[str], language: str, *, anyway: bool
) -> Change:
    """Return the change of one or more macros for a ticket.

    Raises InputError if a value is missing or wrong, and RuleError if a macro may not fit and is not sent `anyway`.
    """
    from tui.deciding.escalation_text import HandingOver
    from tui.digits.macros_at_hand import Answering

    given = dict(item.split("=", 1) for item in answers if "=" in item)
    if len(given) != len(answers):
        raise click.UsageError("--answer takes NAME=VALUE.")
    ticket = the_ticket(desk.store, ticket_id)
    answering = Answering(desk.store, wall_clock, desk.agent)
    answering.load()
    results = [answering.macro(name) for name in macros]
    unknown = given.keys() - {ask.name for macro in results for ask in macro.asks}
    if unknown:
        raise InputError("Unknown answer", f"No given macro asks for {', '.join(sorted(unknown))}; check the names.")
    if not anyway:
        check_fit(answering, [ticket], [macro.name for macro in results])
    answer = answering.fill_all(ticket, [(macro.name, given) for macro in results], language)
    return HandingOver(config_folder()).completed(answer.change, ticket, desk, wall_clock())


def check_fit(answering: Answering, tickets: Iterable[Ticket], macros: Sequence[str]) -> None:
    """Raise RuleError if macros may not fit one of the tickets, as the card of the screen asks before it sends them."""
    answering.learn(LEARNED)
    unsure = [ticket.id for ticket in tickets if answering.weak(ticket, joined(macros))]
    if unsure:
        numbers = ", ".join(f"#{number}" for number in unsure)
        message = f"{' + '.join(macros)} may not fit {numbers}: compare it with the ticket, then add --anyway."
        raise RuleError("Not sure to fit", message)


def enclosed(paths: Sequence[Path]) -> tuple[Enclosure, ...]:
    """Return files as a reply sends them. Raises InputError for one that is not there."""
    try:
        return tuple(Enclosure(str(path.resolve()), path.name, path.stat().st_size) for path in paths)
    except OSError as error:
        message = f"{error.filename}: {error.strerror}; give an existing file."
        raise InputError("Attachment missing", message) from None

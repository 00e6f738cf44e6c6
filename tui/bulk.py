"""One macro for many tickets: filled in for each, in its language and with its name, and tried on the desk first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from data.errors import InputError
from data.records import UNKNOWN_LANGUAGE, Change, Status, Ticket
from tui.words import words

if TYPE_CHECKING:
    from queues.desk import Desk
    from tui.answering import Answering


@dataclass(frozen=True, slots=True)
class Plan:
    """What a macro would do to many tickets."""

    changes: Mapping[int, Change]
    """Of the tickets that it can be sent to."""
    held: Mapping[int, str]
    """Why the others are held back."""
    versions: Mapping[int, int]
    """The tickets as they were looked at."""

    def ending(self, status: Status) -> dict[int, Change]:
        """Return the changes with what becomes of the tickets, those that are handed over as they are."""
        return {
            one: change if change.escalate is not None else replace(change, status=status)
            for one, change in self.changes.items()
        }

    @property
    def languages(self) -> dict[str, int]:
        """How many replies are in which language, the most first."""
        return dict(Counter(change.reply_language for change in self.changes.values()).most_common())

    @property
    def words(self) -> str:
        """Say it in one line: `sends to 12: 7 es, 5 en; 2 held back`."""
        told = ", ".join(f"{n} {language}" for language, n in self.languages.items())
        line = words("sends to {n}: {told}").format(n=len(self.changes), told=told)
        if not self.changes:
            line = words("sends to none")
        return line + (words("; {n} held back").format(n=len(self.held)) if self.held else "")


def plan(
    desk: Desk,
    answering: Answering,
    given: Sequence[tuple[str, Mapping[str, str]]],
    ticket_ids: Sequence[int],
    *,
    complete: Callable[[Change, Ticket], Change],
    status: Status,
) -> Plan:
    """Fill macros (name and answers) in for each ticket and try the change on the desk; nothing is written.

    `answering` reads the desk's own store; `complete` adds what a hand-over needs; `status` is what becomes of tickets
    that are not handed over. Run it where the desk lives. Raises InputError where there is no such macro.
    """
    found: dict[int, Change] = {}
    held: dict[int, str] = {}
    versions: dict[int, int] = {}
    for ticket_id in ticket_ids:
        ticket = desk.store.tickets.get(ticket_id)
        if ticket is None:
            continue
        versions[ticket_id] = ticket.version
        if ticket.language == UNKNOWN_LANGUAGE:
            held[ticket_id] = words("its language is not known; say it first.")
            continue
        try:
            change = complete(answering.fill_all(ticket, given).change, ticket)
        except InputError as error:
            held[ticket_id] = error.message
            continue
        found[ticket_id] = replace(change, status=Status.ON_HOLD if change.escalate is not None else status)
    refused = desk.rehearse(found)
    held |= {ticket_id: reason for ticket_id, reason in refused.items() if reason}
    changes = {ticket_id: change for ticket_id, change in found.items() if not refused[ticket_id]}
    return Plan(changes, dict(sorted(held.items())), {one: versions[one] for one in changes})

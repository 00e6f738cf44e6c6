"""One macro for many tickets: filled in for each, in its language and with its name, and tried on the desk first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from data.errors import InputError
from data.records import Change, Customer, Status
from tui.words import words

if TYPE_CHECKING:
    from macros.macro import Macro
    from queues.desk import Desk
    from tui.handing_over import HandingOver


@dataclass(frozen=True, slots=True)
class Plan:
    """What a macro would do to many tickets."""

    title: str
    changes: Mapping[int, Change]
    """Of the tickets that it can be sent to."""
    held: Mapping[int, str]
    """Why the others are held back."""
    versions: Mapping[int, int]
    """The tickets as they were looked at."""

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
    macro: Macro,
    ticket_ids: Sequence[int],
    *,
    agent: str,
    now: int,
    answers: Mapping[str, str] | None = None,
    status: Status | None = None,
    handing_over: HandingOver,
) -> Plan:
    """Fill the macro in for each ticket and try it on the desk; `status` is what becomes of tickets not escalated.

    Run it where the desk lives. Nothing is written.
    """
    from macros.context import Context
    from macros.render import render

    found: dict[int, Change] = {}
    held: dict[int, str] = {}
    versions: dict[int, int] = {}
    for ticket_id in ticket_ids:
        ticket = desk.store.tickets.get(ticket_id)
        if ticket is None:
            continue
        versions[ticket_id] = ticket.version
        customer = desk.store.customers.get(ticket.customer_id) or Customer(0, "")
        try:
            filled = render(macro, ticket.language, Context(ticket, customer, agent, now), answers or {})
            change = replace(filled.change, reply=filled.text)
            change = handing_over.change(change, ticket, customer, known=desk.rules.teams, agent=agent, now=now)
        except InputError as error:
            held[ticket_id] = error.message
            continue
        outcome = Status.ON_HOLD if change.escalate is not None else status
        found[ticket_id] = replace(change, status=outcome or change.status)
    refused = desk.rehearse(found)
    held |= {ticket_id: reason for ticket_id, reason in refused.items() if reason}
    changes = {ticket_id: change for ticket_id, change in found.items() if not refused[ticket_id]}
    title = macro.title.for_language("en")
    return Plan(title, changes, dict(sorted(held.items())), {one: versions[one] for one in changes})

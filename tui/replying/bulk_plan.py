"""One macro for many tickets: filled in for each, in its language and with its name, and first tested on the desk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from data.errors import InputError, RuleError
from data.macro_names import joined
from data.records.changes import Change
from data.records.tickets import UNKNOWN_LANGUAGE, Status, Ticket
from tui.look.words import translated, words
from tui.replying.outcomes import outcome

if TYPE_CHECKING:
    from queues.desk.desk import Desk
    from tui.digits.macros_at_hand import Answering

AS_SAID = None
"""Each ticket gets the status that its macro says: what Enter does."""
_MOST_NAMED = 4
"""So many people in Cc are named."""
OUTCOMES = (AS_SAID, Status.PENDING, Status.OPEN)
"""The possible new statuses; tickets handed over to another team go on hold."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a macro would do to many tickets."""

    filled: Mapping[int, Change]
    held: Mapping[Status | None, Mapping[int, str]]
    """Which tickets are held back and why, by new status: some gates apply only to solving."""
    versions: Mapping[int, int]
    """The tickets as they were read."""
    weak: frozenset[int] = frozenset()
    """Tickets that the macro may not fit."""
    copies: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """Who gets a copy, by ticket; tickets without copies are left out."""
    no_copies: bool = False
    """The agent wants none of these copies sent."""

    def copied(self, status: Status | None) -> dict[int, tuple[str, ...]]:
        """Return who would get copies, by ticket, whether or not the agent wants them sent."""
        held = self.held.get(status, {})
        return {one: people for one, people in self.copies.items() if one not in held}

    def copy_words(self, status: Status | None) -> str:
        """Return a line on copies: `copies for 2 of them, to bob@x.example, eve@y.example`; empty without any."""
        copied = self.copied(status)
        people = list(dict.fromkeys(address for people in copied.values() for address in people))
        if not people:
            return ""
        who = ", ".join(people[:_MOST_NAMED])
        who += words(" and {n} more").format(n=len(people) - _MOST_NAMED) if len(people) > _MOST_NAMED else ""
        return words("copies for {n} of them, to {who}").format(n=len(copied), who=who)

    def outcomes(self) -> list[Status]:
        """Return the statuses that Enter sets, the most frequent first."""
        said = Counter(outcome(change) for change in self.changes(AS_SAID).values())
        return [status for status, _ in said.most_common()]

    def changes(self, status: Status | None) -> dict[int, Change]:
        """Return what would be sent."""
        held = self.held.get(status, {})
        sent = {ticket_id: ending(change, status) for ticket_id, change in self.filled.items() if ticket_id not in held}
        if not self.no_copies:
            return sent
        return {
            ticket_id: replace(change, cc=()) if ticket_id in self.copies else change
            for ticket_id, change in sent.items()
        }

    def languages(self, status: Status | None) -> dict[str, int]:
        """The number of replies in each language, most frequent first."""
        return dict(Counter(change.reply_language for change in self.changes(status).values()).most_common())

    def words(self, status: Status | None) -> str:
        """Return a summary line: `sends to 12: 7 es, 5 en; 2 held back`."""
        languages, held = self.languages(status), len(self.held.get(status, {}))
        counts = ", ".join(f"{n} {language}" for language, n in languages.items())
        line = words("sends to {n}: {counts}").format(n=sum(languages.values()), counts=counts)
        if not languages:
            line = words("sends to no one")
        return line + (words("; {n} held back").format(n=held) if held else "")


def ending(change: Change, status: Status | None) -> Change:
    """Return the change with its ticket's new status; None keeps what its macro says."""
    if status is AS_SAID:
        return replace(change, status=outcome(change))
    # waiting for the customer replaces a snooze
    return replace(change, status=Status.ON_HOLD if change.escalate is not None else status, snooze_until=None)


def plan(
    desk: Desk,
    answering: Answering,
    given: Sequence[tuple[str, Mapping[str, str]]],
    ticket_ids: Sequence[int],
    *,
    complete: Callable[[Change, Ticket], Change],
    outcomes: Sequence[Status | None] = OUTCOMES,
) -> Plan:
    """Fill macros (name and answers) in for each ticket and test every outcome on the desk; nothing is written.

    `answering` reads the desk's own store; `complete` adds what an escalation needs. Run it in the desk's thread.
    """
    filled: dict[int, Change] = {}
    held: dict[int, str] = {}
    versions: dict[int, int] = {}
    for ticket_id in ticket_ids:
        ticket = desk.store.tickets.get(ticket_id)
        if ticket is None:
            continue
        versions[ticket_id] = ticket.version
        if ticket.language == UNKNOWN_LANGUAGE:
            held[ticket_id] = words("its language is unknown; set it first.")
            continue
        try:
            filled[ticket_id] = complete(answering.fill_all(ticket, given).change, ticket)
        except InputError as error:
            held[ticket_id] = translated(error.message)
    refusals: dict[Status | None, dict[int, str]] = {}
    for status in outcomes:
        if status is Status.OPEN and Status.PENDING in refusals:
            refusals[status] = refusals[Status.PENDING]  # if pending is allowed, so is open: no need to test both
            continue
        refused = desk.rehearse({ticket_id: ending(change, status) for ticket_id, change in filled.items()})
        refusals[status] = dict(sorted((held | {ticket_id: why for ticket_id, why in refused.items() if why}).items()))
    named = joined([name for name, _ in given])
    weak = frozenset(
        number for number in filled if (seen := desk.store.tickets.get(number)) and answering.weak(seen, named)
    )
    copies = {number: people for number, change in filled.items() if (people := _copies(desk, number, change))}
    return Plan(filled, refusals, {ticket_id: versions[ticket_id] for ticket_id in filled}, weak, copies)


def _copies(desk: Desk, ticket_id: int, change: Change) -> tuple[str, ...]:
    try:
        return desk.copies(ticket_id, change)
    except RuleError:  # without an address the ticket is held back anyway
        return ()

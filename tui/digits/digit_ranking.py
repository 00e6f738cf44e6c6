"""Which macros the first digits of a ticket hold, and why; stable while the agent looks at the ticket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.records.tickets import Ticket
from tui.look.words import words

if TYPE_CHECKING:
    from data.store import Store
    from macros.files.library import Library
    from macros.filling.macro import Macro
    from macros.suggesting.learning import Learner
    from macros.suggesting.offering import Offer, Situation

COUNTED = 3
"""The fewest similar answered tickets that are counted rather than named."""
KEPT = 200
"""Tickets whose digits are remembered."""
WEAK = "~"
"""Marks the title of a macro that is not sure to fit, so that no colour is needed to see it."""
MOST_READ = 20_000
"""Characters of a mail that its macros are ranked by."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The macro on a digit, as the strip shows it."""

    number: int
    """0 for text without a digit."""
    title: str
    note: str = ""
    """How many similar tickets were answered with it."""
    weak: bool = False
    """It is not sure that it fits."""


class Ranking:
    """Ranks the macros for a ticket when it is opened, when its customer writes again, or when its topic changes."""

    def __init__(self, store: Store, library: Library, learner: Learner, threshold: float) -> None:
        self._store, self._library, self._learner, self._threshold = store, library, learner, threshold
        self._kept: dict[int, tuple[tuple[int, Situation], dict[str, Offer]]] = {}

    def anew(self, ticket_id: int) -> None:
        """Rank again at the next request: the ticket is being opened."""
        self._kept.pop(ticket_id, None)

    def of(self, ticket: Ticket, situation: Situation) -> dict[str, Offer]:
        """Return every macro that may be suggested by name, best first."""
        from macros.suggesting.offering import offers

        latest, text = self._store.messages.latest_from_outside(ticket.id, MOST_READ) or (0, "")
        text = text or ticket.subject
        kept = self._kept.get(ticket.id)
        if kept is None or kept[0] != (latest, situation):
            macros = {macro.name: macro for macro in self._library}
            ranked = offers(macros, text, situation, self._learner.rank, self._threshold)
            kept = self._kept[ticket.id] = ((latest, situation), {item.macro: item for item in ranked})
            if len(self._kept) > KEPT:
                del self._kept[next(iter(self._kept))]
        return kept[1]


def why(offer: Offer | None) -> str:
    """Return the evidence for a macro, for the card; empty if there is none."""
    if offer is None or not offer.basis.alike:
        return ""
    if offer.basis.of >= COUNTED:
        return words("{n} of {of} like this").format(n=offer.basis.alike, of=offer.basis.of)
    return words("as for “{subject}”").format(subject=offer.basis.because)


def is_weak(offer: Offer | None, situation: Situation, macro: Macro) -> bool:
    """Return whether a macro is not sure to fit.

    Where no harm is possible, a macro for all topics with a key of its own, such as an acknowledgement, fits any
    ticket.
    """
    if offer is None or offer.sure:
        return offer is None
    return situation.safety or not macro.key or bool(macro.topics)


def slot(offer: Offer | None, number: int, title: str, *, weak: bool) -> Slot:
    """Return what the strip shows for a digit."""
    counts = offer is not None and offer.basis.alike and offer.basis.of >= COUNTED
    note = f"{offer.basis.alike}/{offer.basis.of}" if offer is not None and counts else ""
    return Slot(number, title, note, weak)

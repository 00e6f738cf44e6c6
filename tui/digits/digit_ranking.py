"""Which macros stand on the first digits of a ticket, and why; steady for as long as the agent looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.records.messages import Direction, MessageKind
from data.records.tickets import Ticket
from tui.look.words import words

if TYPE_CHECKING:
    from data.store import Store
    from macros.files.library import Library
    from macros.filling.macro import Macro
    from macros.suggesting.learning import Learner
    from macros.suggesting.offering import Offer, Situation

COUNTED = 3
"""Answered tickets like this one, before they are counted rather than named."""
KEPT = 200
"""Tickets whose digits are remembered."""
WEAK = "~"
"""Stands before the title of a macro that nothing speaks for: no colour is needed to see it."""
_NOBODY_WROTE = frozenset({MessageKind.AUTO, MessageKind.BOUNCE, MessageKind.RATING})
"""What nobody is suggested an answer to."""


@dataclass(frozen=True, slots=True)
class Slot:
    """What a digit holds, as the strip shows it."""

    number: int
    """0 for words that no digit goes with."""
    title: str
    note: str = ""
    """How many tickets like this one were answered with it."""
    weak: bool = False
    """Nothing speaks for it."""


class Ranking:
    """Ranks macros for a ticket once, when it is opened, when its customer wrote again, or when its case changed."""

    def __init__(self, store: Store, library: Library, learner: Learner) -> None:
        self._store, self._library, self._learner = store, library, learner
        self._kept: dict[int, tuple[tuple[int, Situation], dict[str, Offer]]] = {}

    def anew(self, ticket_id: int) -> None:
        """Rank again at the next look: the ticket is being opened."""
        self._kept.pop(ticket_id, None)

    def of(self, ticket: Ticket, situation: Situation) -> dict[str, Offer]:
        """Return every macro that may be suggested by name, best first."""
        from macros.suggesting.offering import offers

        messages = self._store.messages.of(ticket.id)
        incoming = [one for one in messages if one.direction is Direction.IN and one.kind not in _NOBODY_WROTE]
        latest, text = (incoming[-1].id, incoming[-1].new_text or ticket.subject) if incoming else (0, ticket.subject)
        kept = self._kept.get(ticket.id)
        if kept is None or kept[0] != (latest, situation):
            macros = {macro.name: macro for macro in self._library}
            found = offers(macros, text, situation, self._learner.rank)
            kept = self._kept[ticket.id] = ((latest, situation), {one.macro: one for one in found})
            if len(self._kept) > KEPT:
                del self._kept[next(iter(self._kept))]
        return kept[1]

    def why(self, ticket: Ticket, situation: Situation, macro: str) -> str:
        """Say what speaks for a macro, for the card; empty where nothing does."""
        one = self.of(ticket, situation).get(macro)
        if one is None or not one.basis.alike:
            return ""
        if one.basis.of >= COUNTED:
            return words("{n} of {of} like this").format(n=one.basis.alike, of=one.basis.of)
        return words("as for “{subject}”").format(subject=one.basis.because)

    def weak(self, ticket: Ticket, situation: Situation, macro: Macro) -> bool:
        """Tell whether nothing speaks for a macro here, or more than its words has to and does not.

        Where harm is possible the topic alone is not enough; elsewhere a macro of the topic, and one for all topics
        on a key of its own, are what their authors meant for such a ticket.
        """
        one = self.of(ticket, situation).get(macro.name)
        if one is None or one.sure:
            return one is None
        return situation.safety or not (situation.is_about(macro) or (macro.key and not macro.topics))

    def slot(self, ticket: Ticket, situation: Situation, number: int, macro: Macro) -> Slot:
        """Return what the strip shows of a digit."""
        one = self.of(ticket, situation).get(macro.name)
        title = macro.title.for_language(ticket.language)
        note = f"{one.basis.alike}/{one.basis.of}" if one and one.basis.alike and one.basis.of >= COUNTED else ""
        return Slot(number, title, note, self.weak(ticket, situation, macro))

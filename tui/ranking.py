"""Which macros stand on the first digits of a ticket, and why; steady for as long as the agent looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.records import Direction, MessageKind, Ticket
from tui.words import words

if TYPE_CHECKING:
    from data.store import Store
    from macros.library import Library
    from macros.macro import Macro
    from macros.suggest import Suggestion
    from macros.suggesting.learning import Learner

TOPIC = 8.0
"""What being of the ticket's own topic counts for, in log odds: rules know more than titles, much history more yet."""
EFFORT = 0.7
"""What asking for a value counts against a macro, and escalating: at equal odds, what can leave as it is goes first."""
COUNTED = 3
"""Answered tickets like this one, before they are counted rather than named."""
FOREIGN = 4.0
"""What having no words in the ticket's language counts against a macro."""
KEPT = 200
"""Tickets whose digits are remembered."""
_NOBODY_WROTE = frozenset({MessageKind.AUTO, MessageKind.BOUNCE, MessageKind.RATING})
"""What nobody is suggested an answer to."""


@dataclass(frozen=True, slots=True)
class Slot:
    """What a digit holds, as the strip shows it."""

    number: int
    title: str
    note: str = ""
    """How many tickets like this one were answered with it."""
    weak: bool = False
    """Nothing speaks for it."""


class Ranking:
    """Ranks macros for a ticket once, when it is opened or its customer wrote again."""

    def __init__(self, store: Store, library: Library, learner: Learner) -> None:
        self._store, self._library, self._learner = store, library, learner
        self._kept: dict[int, tuple[int, dict[str, Suggestion]]] = {}

    def anew(self, ticket_id: int) -> None:
        """Rank again at the next look: the ticket is being opened."""
        self._kept.pop(ticket_id, None)

    def of(self, ticket: Ticket) -> dict[str, Suggestion]:
        """Return every macro by name, best first."""
        messages = self._store.messages.of(ticket.id)
        incoming = [one for one in messages if one.direction is Direction.IN and one.kind not in _NOBODY_WROTE]
        latest, text = (incoming[-1].id, incoming[-1].new_text or ticket.subject) if incoming else (0, ticket.subject)
        kept = self._kept.get(ticket.id)
        if kept is None or kept[0] != latest:
            macros = list(self._library)
            lean = {macro.name: _lean(macro, ticket) for macro in macros}
            found = self._learner.suggest(text, len(macros), frozenset(lean), ticket.language, lean)
            kept = self._kept[ticket.id] = (latest, {one.macro: one for one in found})
            if len(self._kept) > KEPT:
                del self._kept[next(iter(self._kept))]
        return kept[1]

    def why(self, ticket: Ticket, macro: str) -> str:
        """Say what speaks for a macro, for the card; empty where nothing does."""
        one = self.of(ticket).get(macro)
        if one is None or not one.alike:
            return ""
        if one.of >= COUNTED:
            return words("{n} of {of} like this").format(n=one.alike, of=one.of)
        return words("as for “{subject}”").format(subject=one.because)

    def slot(self, ticket: Ticket, number: int, macro: Macro) -> Slot:
        """Return what the strip shows of a digit."""
        one = self.of(ticket).get(macro.name)
        title = macro.title.for_language(ticket.language)
        if one is None:
            return Slot(number, title)
        note = f"{one.alike}/{one.of}" if one.alike and one.of >= COUNTED else ""
        return Slot(number, title, note, one.weak and not of_topic(macro, ticket))


def of_topic(macro: Macro, ticket: Ticket) -> bool:
    """Tell whether a macro is for the ticket's topic."""
    return bool(ticket.topic) and ticket.topic in macro.topics


def _lean(macro: Macro, ticket: Ticket) -> float:
    asks = any(not ask.optional and not ask.default for ask in macro.asks)
    speaks = any(body.language.split("-")[0] in ("", ticket.language.split("-")[0]) for body in macro.bodies)
    against = EFFORT * (asks + (macro.actions.escalate is not None)) + FOREIGN * (not speaks)
    return TOPIC * of_topic(macro, ticket) - against

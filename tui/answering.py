"""What the screen asks of the macros. A thread loads them after the first paint: no start waits for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from data.errors import InputError
from data.protocols import Clock
from data.records import Change, Customer, Ticket
from tui.words import words

if TYPE_CHECKING:
    from data.store import Store
    from macros.library import Library
    from macros.macro import Macro

SLOTS = 9
"""Keys 1 to 9."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A macro filled in for one ticket."""

    macro: str
    title: str
    language: str
    change: Change
    holes: tuple[str, ...] = ()


class Answering:
    """Finds and fills macros for a ticket of the store that the screen reads."""

    def __init__(self, store: Store, clock: Clock, agent: str) -> None:
        self._store, self._clock, self._agent = store, clock, agent
        self._library: Library | None = None
        self.last = ""
        """The macro used last."""

    def load(self) -> None:
        """Read the library; called in a thread. Files that cannot be used do not keep the others away."""
        from macros import render
        from macros.library import Library

        del render  # loading it here is what keeps the first preview fast
        self._library = Library.standard()

    @property
    def ready(self) -> bool:
        """The library is there."""
        return self._library is not None

    def slots(self, ticket: Ticket) -> list[Macro | None]:
        """Return what the keys 1 to 9 mean for a ticket: macros that name the key, then its topic's, then others."""
        if self._library is None:
            return [None] * SLOTS
        named = self._library.keys(ticket)
        taken = {macro.name for macro in named.values()}
        rest = [macro for macro in self._library.offered(ticket) if macro.name not in taken]
        others = iter(sorted(rest, key=lambda macro: ticket.topic not in macro.topics if ticket.topic else False))
        return [named.get(str(n)) or next(others, None) for n in range(1, SLOTS + 1)]

    def titles(self, ticket: Ticket, language: str) -> list[tuple[str, str]]:
        """Return name and title of every macro offered for a ticket."""
        if self._library is None:
            return []
        return [(macro.name, macro.title.for_language(language)) for macro in self._library.offered(ticket)]

    def fill(self, ticket: Ticket, name: str, language: str = "") -> Answer:
        """Fill a macro in. Raises InputError where there is no such macro or it cannot be filled."""
        from macros.context import Context
        from macros.render import render

        if self._library is None:
            raise InputError(words("Macros are loading"), words("Press the key again in a moment."))
        macro = self._library.get(name)
        customer = self._store.customers.get(ticket.customer_id) or Customer(0, "")
        context = Context(ticket, customer, self._agent, self._clock())
        filled = render(macro, language or ticket.language, context, {})
        self.last = macro.name
        return Answer(
            macro.name,
            macro.title.for_language(filled.language),
            filled.language,
            replace(filled.change, reply=filled.text),
            tuple(hole.name for hole in filled.holes),
        )

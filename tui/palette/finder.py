"""Finds what the palette lists, in a thread with a connection of its own: no key waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from data.errors import DeskError
from data.records.tickets import NO_LANE
from tui.look.one_line import one_line
from tui.look.stored_words import subject_line
from tui.look.words import counted, translated, words
from tui.palette.entries import GROUPS, Entry, Group, Kind, Listed, best_of, fitting
from tui.palette.matching import Fit

if TYPE_CHECKING:
    from data.store import Store
    from tui.setup.writer import Writer

LEAST_LETTERS = 3
"""Shorter beginnings match too many tickets and people to be of use."""
MOST_TICKETS, MOST_PEOPLE = 50, 20
IN_MEMORY = (Kind.MACRO, Kind.ACTION, Kind.SETTING)
"""Kinds that need no search in the file."""

DIRECT = Fit(0, exact=True)
"""How the search of the file fits: it forgives nothing."""

Known = Callable[[Kind], Sequence[Entry]]
"""Returns the macros, actions and settings that there are; called in the screen's thread."""


class Finder:
    """Answers for the newest text only: a search that is overtaken while it waits is not run."""

    def __init__(self, reader: Writer[Store], known: Known, now: int, zone: tzinfo) -> None:
        self._reader, self._known, self._now, self._zone = reader, known, now, zone
        self._asked = 0

    async def find(self, group: Group, text: str) -> Listed | None:
        """Return what fits a text, in the kinds of a group; in all others where these have nothing.

        None if another text was asked for meanwhile.
        """
        self._asked += 1
        asked = self._asked
        entries: dict[Kind, Sequence[Entry]] = {kind: self._known(kind) for kind in IN_MEMORY}

        def look(store: Store) -> Listed | None:
            return self._look(store, group, text, entries) if asked == self._asked else None

        return await asyncio.wrap_future(self._reader.submit(look))

    def _look(self, store: Store, group: Group, text: str, known: dict[Kind, Sequence[Entry]]) -> Listed:
        try:
            hits = self._hits(store, group.kinds, text, known)
            if hits or not text.strip():
                note = "" if hits else self._nothing_yet(group)
                return Listed(tuple(entry for entry, _ in hits), bool(hits) and hits[0][1].exact, note)
            others = [kind for other in GROUPS for kind in other.kinds if kind not in group.kinds]
            hits = self._hits(store, list(dict.fromkeys(others)), text, known)
        except DeskError as error:  # an operator whose value is not written to its end, a file that cannot be read
            return Listed(note=translated(error.message))
        note = words("nothing among {kinds}").format(kinds=group.title) if hits else words("Nothing found.")
        return Listed(tuple(entry for entry, _ in hits), exact=False, note=note)

    def _hits(
        self, store: Store, kinds: Sequence[Kind], text: str, known: dict[Kind, Sequence[Entry]]
    ) -> list[tuple[Entry, Fit]]:
        """Return what fits, kind after kind; with a text, the kind of the best entry comes first."""
        by_kind = [hits for kind in kinds if (hits := self._of_kind(store, kind, text, known))]
        if text.strip():
            by_kind.sort(key=lambda hits: hits[0][1].cost)
        return best_of([hit for hits in by_kind for hit in hits])

    def _nothing_yet(self, group: Group) -> str:
        if Kind.MACRO in group.kinds:
            return words("no macro is offered here")
        return words("a text, name, telephone number or #number; three letters or more")

    def _of_kind(
        self, store: Store, kind: Kind, text: str, known: dict[Kind, Sequence[Entry]]
    ) -> list[tuple[Entry, Fit]]:
        if kind in known:
            return fitting(known[kind], text)
        match = self._tickets(store, text) if kind is Kind.TICKET else self._people(store, text)
        return [(entry, DIRECT) for entry in match]

    def _tickets(self, store: Store, text: str) -> list[Entry]:
        number = text.strip().removeprefix("#")
        tickets = []
        if number.isascii() and number.isdigit():
            ticket = store.tickets.get(int(number[:15]))
            tickets += [(ticket.id, ticket.subject, ticket.lane, str(ticket.status))] if ticket is not None else []
        if len(text.strip()) >= LEAST_LETTERS and not text.strip().startswith("#"):
            hits = store.search(text, limit=MOST_TICKETS, now=self._now, zone=self._zone)
            tickets += [(hit.ticket_id, hit.subject, hit.lane, str(hit.status)) for hit in hits]
        return [
            Entry(
                Kind.TICKET,
                str(ticket_id),
                f"#{ticket_id} {subject_line(subject)}",
                f"{one_line(lane or NO_LANE)} · {words(status)}",
            )
            for ticket_id, (subject, lane, status) in {match[0]: match[1:] for match in tickets}.items()
        ]

    def _people(self, store: Store, text: str) -> list[Entry]:
        if len(text.strip()) < LEAST_LETTERS:
            return []
        entries = []
        for number in store.customers.matching(text, MOST_PEOPLE):
            customer = store.customers.get(number)
            if customer is not None:
                name = one_line(customer.name) or words("(no name)")
                known_as = one_line(", ".join(identity.value for identity in customer.identities[:2]))
                tickets = len(store.tickets.of_customer(number, limit=MOST_TICKETS))
                count = counted("{n} ticket", "{n} tickets", tickets).format(n=tickets)
                entries.append(Entry(Kind.PERSON, str(number), name, " · ".join(filter(None, (known_as, count)))))
        return entries

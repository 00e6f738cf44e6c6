"""Where a list on the screen reads its rows: a lane of the store, or what a search found in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from data.records import ACTIVE, LaneRow

if TYPE_CHECKING:
    from data.store import Store


class LaneSource:
    """The active tickets of one lane; `among` keeps only those ids."""

    def __init__(self, store: Store, lane: str, among: Sequence[int] | None = None) -> None:
        self._store = store
        self._lane = lane
        self._among = among

    def page(self, start: tuple[int, int] | None, *, backwards: bool, inclusive: bool, limit: int) -> Sequence[LaneRow]:
        """Return a page of the lane by key, in display order."""
        return self._store.tickets.page(
            self._lane, start, backwards=backwards, inclusive=inclusive, limit=limit, among=self._among
        )

    def row(self, ticket_id: int) -> LaneRow | None:
        """Return the row if it still waits in this lane."""
        if self._among is not None and ticket_id not in self._among:
            return None
        ticket = self._store.tickets.get(ticket_id)
        if ticket is None or ticket.lane != self._lane or ticket.status not in ACTIVE:
            return None
        return self._store.tickets.row(ticket_id)

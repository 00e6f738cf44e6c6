"""Where a list on the screen reads its rows: a view of a lane of the store, or search results in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING

from data.records.tickets import Lane, LaneRow, View
from tui.lanes.lane_stands import stored_names

if TYPE_CHECKING:
    from data.store import Store


class LaneSource:
    """The tickets of one lane that a view shows; `among` keeps only those ids."""

    def __init__(self, store: Store, lane: Lane, among: Sequence[int] | None = None, view: View | None = None) -> None:
        self._store = store
        self._lane = lane.name
        self._among = among
        self._view = replace(view or View(), order=lane.order)

    def page(self, start: tuple[int, int] | None, *, backwards: bool, inclusive: bool, limit: int) -> Sequence[LaneRow]:
        """Return a page by key, in display order."""
        return self._page(start, backwards, inclusive, limit, self._among)

    def row(self, ticket_id: int) -> LaneRow | None:
        """Return the row if this list still holds it."""
        if self._among is not None and ticket_id not in self._among:
            return None
        return next(iter(self._page(None, False, False, 1, [ticket_id])), None)

    def _page(
        self, start: tuple[int, int] | None, backwards: bool, inclusive: bool, limit: int, among: Sequence[int] | None
    ) -> list[LaneRow]:
        names = stored_names(self._store, self._lane)
        pages = [
            self._store.tickets.page(
                name, start, backwards=backwards, inclusive=inclusive, limit=limit, among=among, view=self._view
            )
            for name in names
        ]
        if len(pages) == 1:
            return pages[0]
        rows = list(merge(*pages, key=lambda row: row.key))
        return rows[max(0, len(rows) - limit) :] if backwards else list(islice(rows, limit))

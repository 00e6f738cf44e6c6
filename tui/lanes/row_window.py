"""A window of rows over a lane of any length: read by key, never by offset; the cursor's ticket is its anchor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from data.records.tickets import LaneRow

MARGIN = 2
"""How many screens the window extends above and below the view."""


class RowSource(Protocol):
    """Where rows come from: `store.tickets` of one lane, or a filter over it."""

    def page(self, start: tuple[int, int] | None, *, backwards: bool, inclusive: bool, limit: int) -> Sequence[LaneRow]:
        """Return rows from `start` on in display order; `backwards` returns those before it, also in display order."""
        ...

    def row(self, ticket_id: int) -> LaneRow | None:
        """Return the row as it is now, or None if it has left this list."""
        ...


class RowWindow:
    """The rows around the view: `top` is the first line shown, `cursor` the chosen row, both as indices into `rows`."""

    def __init__(self, source: RowSource, height: int = 1) -> None:
        self.source = source
        self.rows: list[LaneRow] = []
        self.top = 0
        self.cursor = 0
        self.height = height
        self.unseen = 0
        """New rows above the view that have not been seen yet."""

    @property
    def current(self) -> LaneRow | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    @property
    def line(self) -> int:
        """The cursor's line within the view."""
        return self.cursor - self.top

    def first(self) -> None:
        """Go to the most urgent row."""
        self.rows = list(self.source.page(None, backwards=False, inclusive=False, limit=self._reach))
        self.top = self.cursor = self.unseen = 0

    def last(self) -> None:
        """Go to the least urgent row."""
        self.rows = list(self.source.page(None, backwards=True, inclusive=False, limit=self._reach))
        self.cursor = max(0, len(self.rows) - 1)
        self.top = max(0, len(self.rows) - self.height)

    def move(self, step: int) -> bool:
        """Move the cursor by `step` rows, at most to the end; True if the view had to jump."""
        self._extend(step)
        self.cursor = min(max(0, self.cursor + step), max(0, len(self.rows) - 1))
        return self._follow(abs(step))

    def resize(self, height: int) -> None:
        """Show `height` lines, with the cursor among them."""
        self.height = max(1, height)
        self._extend(self.height)
        if not self.top <= self.cursor < self.top + self.height:
            self.top = max(0, self.cursor - self.height + 1)

    def reload(self) -> None:
        """Read the rows again; the cursor's ticket keeps its line, or the ticket after it takes its place."""
        anchor = self.current
        if anchor is None:
            self.first()
            return
        known, edge = {row.id for row in self.rows}, self.rows[0].key
        at_start = self.cursor < self._reach
        fresh = self.source.row(anchor.id)
        self._around((fresh or anchor).key, self.line)
        come = sum(row.id not in known and (at_start or row.key > edge) for row in self.rows[: self.top])
        self.unseen = min(self.top, self.unseen + come)

    def select(self, ticket_id: int) -> bool:
        """Put the cursor on a ticket; False if it is not in this list."""
        row = self.source.row(ticket_id)
        if row is None:
            return False
        for place, shown in enumerate(self.rows[self.top : self.top + self.height]):
            if shown.key == row.key:
                self.cursor = self.top + place
                return True
        self._around(row.key, self.height // 2)
        return True

    @property
    def _reach(self) -> int:
        return self.height * (MARGIN + 1)

    def _around(self, key: tuple[int, int], line: int) -> None:
        """Read the rows around `key` and put that row on `line` of the view."""
        before = list(self.source.page(key, backwards=True, inclusive=False, limit=self._reach))
        after = list(self.source.page(key, backwards=False, inclusive=True, limit=self._reach))
        self.rows = before + after
        self.cursor = min(len(before), max(0, len(self.rows) - 1))
        self.top = max(0, self.cursor - line)

    def _extend(self, step: int) -> None:
        """Read more rows where the next step would leave the window, and drop rows far away."""
        if not self.rows:
            return
        if step > 0 and self.cursor + step + self.height > len(self.rows):
            limit = step + self._reach
            self.rows += self.source.page(self.rows[-1].key, backwards=False, inclusive=False, limit=limit)
            spare = self.top - self._reach
            if spare > 0:
                del self.rows[:spare]
                self.top -= spare
                self.cursor -= spare
        elif step < 0 and self.cursor + step - self.height < 0:
            limit = -step + self._reach
            before = list(self.source.page(self.rows[0].key, backwards=True, inclusive=False, limit=limit))
            self.rows[:0] = before
            self.top += len(before)
            self.cursor += len(before)
            del self.rows[self.cursor + self._reach + self.height :]

    def _follow(self, step: int) -> bool:
        """Bring the cursor into view: half a page at an edge, so that a held key rarely repaints everything."""
        old = self.top
        if self.cursor < self.top:
            self.top = max(0, self.cursor - (self.height // 2 if step == 1 else 0))
        elif self.cursor >= self.top + self.height:
            end = max(0, len(self.rows) - self.height)
            ahead = self.height // 2 if step == 1 else self.height - 1
            self.top = min(end, self.cursor - ahead)
        self.unseen = min(self.unseen, self.top)
        return self.top != old

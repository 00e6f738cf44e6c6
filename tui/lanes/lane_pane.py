"""A lane on the screen: its tickets in a frame that names it, counts them, and says when the next clock runs out."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from data.protocols import Clock
from data.records.tickets import Lane, LaneRow
from tui.lanes.row_window import RowSource
from tui.lanes.ticket_list import TicketList
from tui.lanes.views import NamedView
from tui.look.lane_titles import lane_title
from tui.look.one_line import one_line
from tui.look.words import counted, words

COUNTED = 1000
"""The number up to which late tickets are counted."""


class ColumnHeads(Widget):
    """One quiet line over a list that says what its columns are."""

    def __init__(self, rows: TicketList) -> None:
        super().__init__(classes="column-heads", markup=False)
        self._rows = rows
        rows.on_columns = self.refresh
        self.display = False

    def render(self) -> Content:
        """Return the heads over the columns."""
        return Content(self._rows.heads() if self._rows.window.rows else "")


class LanePane(Vertical):
    """One lane: `title · open · late`, then the list."""

    def __init__(
        self, lane: Lane, number: int, source: RowSource, clock: Clock, first_words: Callable[[LaneRow], str]
    ) -> None:
        super().__init__(id=f"lane-{number}", classes="lane")
        self.lane = lane
        self.number = number
        self.empty = words("Nothing is waiting here. Press . for the most urgent ticket.")
        """What the list shows when it is empty."""
        self.named = NamedView()
        """Which part of the lane the list shows."""
        self.list = TicketList(lane.name, source, clock, self.empty, first_words)
        self.heads = ColumnHeads(self.list)
        self.open_ticket: int | None = None
        self.summary = Content("")
        self._burn = ""
        self.short = ""
        """Number, title and counts in few cells, for a narrow screen."""

    def compose(self) -> ComposeResult:
        """The list under the heads of its columns; title and counts are in the frame."""
        yield self.heads
        yield self.list

    def show_burn(self, line: str) -> None:
        """Show upcoming breaches at the foot of the frame."""
        if line != self._burn:
            self._burn = line
            self.border_subtitle = Content(line) if line else None

    def show_counts(self, active: int, late: int, unseen: int, triage: int = 0) -> None:
        """Draw the title: how many tickets wait, are late, have an unknown language, are new above the view."""
        title = f"{self.number} {lane_title(self.lane)}"
        if not self.named.plain:
            title += f": {one_line(self.named.title)}"
        parts = [title, counted("{n} open", "{n} open", active).format(n=active)]
        if late:
            parts.append(counted("{n} late!", "{n} late!", late).format(n=f"{late}+" if late >= COUNTED else late))
        if triage:
            parts.append(words("{n} ??").format(n=triage))
        if self.open_ticket is not None:
            parts.append(f"▸#{self.open_ticket}")
        if unseen:
            parts.append(f"↑{unseen}")
        summary = Content(" · ".join(parts))
        if summary.plain != self.summary.plain:
            self.summary = summary
            self.border_title = summary

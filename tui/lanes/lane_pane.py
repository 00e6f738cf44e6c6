"""A lane on the screen: its title with counts, and its tickets."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from data.protocols import Clock
from data.records.tickets import Lane
from tui.lanes.row_window import RowSource
from tui.lanes.ticket_list import TicketList
from tui.lanes.views import NamedView
from tui.look.one_line import one_line
from tui.look.stored_words import lane_title
from tui.look.words import words

COUNTED = 1000
"""The number up to which late tickets are counted."""
ROOMY = 52
"""The width, as of three lanes in 160 columns, from which the title has room for upcoming breaches."""


class LanePane(Vertical):
    """One lane: `title · open · late`, then the list."""

    def __init__(self, lane: Lane, number: int, source: RowSource, clock: Clock) -> None:
        super().__init__(id=f"lane-{number}", classes="lane")
        self.lane = lane
        self.number = number
        self._title = Static("", classes="lane-title", markup=False)
        self._burn = Static("", classes="lane-burn", markup=False)
        self.empty = words("Nothing is waiting here. Press . for the most urgent ticket.")
        """What the list shows when it is empty."""
        self.named = NamedView()
        """Which part of the lane the list shows."""
        self.list = TicketList(lane.name, source, clock, self.empty)
        self.open_ticket: int | None = None
        self.summary = Content("")
        self.short = ""
        """Number, title and counts in few cells, for a narrow screen."""

    def compose(self) -> ComposeResult:
        """Title above list."""
        with Horizontal(classes="lane-head"):
            yield self._title
            yield self._burn
        yield self.list

    def on_resize(self, event: Resize) -> None:
        """Show upcoming breaches if there is room."""
        self.set_class(event.size.width >= ROOMY, "-roomy")

    def show_burn(self, line: str) -> None:
        """Show upcoming breaches at the right end of the title; a narrow pane has no room for them."""
        self._burn.update(Content(line), layout=False)

    def show_counts(self, active: int, late: int, unseen: int, triage: int = 0) -> None:
        """Draw the title: how many tickets wait, are late, have an unknown language, are new above the view."""
        title = f"{self.number} {lane_title(self.lane)}"
        if not self.named.plain:
            title += f": {one_line(self.named.title)}"
        parts = [title, words("{n} open").format(n=active)]
        if late:
            parts.append(words("{n} late!").format(n=f"{late}+" if late >= COUNTED else late))
        if triage:
            parts.append(words("{n} ??").format(n=triage))
        if self.open_ticket is not None:
            parts.append(f"▸#{self.open_ticket}")
        if unseen:
            parts.append(f"↑{unseen}")
        self.short = f"{title} {active}" + (f"/{late}!" if late else "")
        summary = Content(" · ".join(parts))
        if summary.plain != self.summary.plain:
            self.summary = summary
            self._title.update(summary, layout=False)

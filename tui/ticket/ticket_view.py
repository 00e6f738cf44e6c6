"""The open ticket of a lane: a scrolling text drawn line by line, foreign text is always marked in the margin."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from data.protocols import Clock
from tui.look.drawn import Drawn
from tui.look.inked_lines import Ink, Line
from tui.look.one_line import fit
from tui.look.words import words
from tui.ticket.ticket_text import Conversation, ticket_lines

BOLD = (Ink.TITLE, Ink.LATE)


class TicketView(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows a `Conversation`, or which key opens a ticket."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"ticket-view--{ink.value}" for ink in Ink}

    def __init__(self, lane: str, clock: Clock) -> None:
        super().__init__(classes="ticket-view")
        self.lane = lane
        self.shown: Conversation | None = None
        self.quotes = False
        self.drawn = Drawn()
        """Since when the open ticket has been visible."""
        self._clock = clock
        self._lines: list[Line] = []

    @property
    def ticket_id(self) -> int | None:
        """The ticket open here."""
        return self.shown.ticket.id if self.shown else None

    def show(self, conversation: Conversation | None) -> None:
        """Open a conversation at its newest message; the same ticket keeps its scroll position."""
        same = conversation is not None and conversation.ticket.id == self.ticket_id
        self.shown = conversation
        if not same:
            self.quotes = False
        self._lay_out()
        if not same:
            self.scroll_to(y=self._opening(), animate=False)

    def toggle_quotes(self) -> None:
        """Unfold or fold quoted text."""
        self.quotes = not self.quotes
        self._lay_out()

    def step_message(self, step: int) -> None:
        """Go to the next or the previous message."""
        here = round(self.scroll_y)
        heads = [place for place, line in enumerate(self._lines) if line.head]
        there = [place for place in heads if (place > here if step > 0 else place < here)]
        if there:
            self.scroll_to(y=there[0] if step > 0 else there[-1], animate=False)

    def scroll_lines(self, step: int) -> None:
        """Scroll by lines."""
        self.scroll_to(y=self.scroll_y + step, animate=False)

    def on_hide(self) -> None:
        """Another lane's ticket is shown."""
        self.drawn.forget()

    def on_resize(self, event: events.Resize) -> None:
        """Wrap again."""
        self._lay_out()

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width, base = self.size.width, self.rich_style
        self.drawn.note(self.ticket_id)
        place = y + round(self.scroll_y)
        if self.shown is None:
            empty = words("Enter opens the ticket under the cursor.") if y == 1 else ""
            return Strip([Segment(fit(f" {empty}", width), base + self._ink(Ink.QUIET))])
        if place >= len(self._lines):
            return Strip.blank(width, base)
        line = self._lines[place]
        style = base + self._ink(line.ink) + Style(bold=line.head or line.ink in BOLD)
        return Strip([Segment(fit(f" {line.text}", width), style)])

    def _ink(self, ink: Ink) -> Style:
        return Style(color=self.get_component_rich_style(f"ticket-view--{ink.value}", partial=True).color)

    def _lay_out(self) -> None:
        # two cells of margin: one on the left, one before the scrollbar
        width = max(10, self.container_size.width - self.styles.scrollbar_size_vertical - 2)
        if self.shown is None:
            self._lines = []
        else:
            self._lines = ticket_lines(self.shown, width, self._clock(), quotes=self.quotes)
        self.virtual_size = Size(width, len(self._lines))
        self.refresh()

    def _opening(self) -> int:
        """The first line to show: the top if everything fits, else the start of the newest message."""
        if len(self._lines) <= self.size.height:
            return 0
        return max((place for place, line in enumerate(self._lines) if line.head), default=0)

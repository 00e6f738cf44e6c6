"""A lane's ticket as it is read: its facts stay at the top, the conversation scrolls under them.

While the agent is in the list, the view shows the ticket under the cursor, so that opening it moves nothing.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Hashable, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.cache import LRUCache
from textual.content import Content
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.worker import Worker

from data.protocols import Clock
from data.records.messages import Direction, Message
from tui.look.drawn import Drawn
from tui.look.inked_lines import Ink, Line
from tui.look.one_line import fit
from tui.look.words import words
from tui.ticket.ticket_text import (
    LEAST,
    MOST,
    MOST_AT_ONCE,
    MOST_IN_ALL,
    MOST_IN_ALL_AT_ONCE,
    Conversation,
    fact_lines,
    rooms,
    text_in_steps,
    ticket_lines,
    title_line,
)

WIDEST = 90
"""Cells to which text is wrapped at most: longer lines are hard to read."""
MOST_STRIPS = 120
"""Drawn lines that are kept."""
PINNED_FROM = 9
"""Lines of the view from which the ticket's facts stay at the top; in a lower one they scroll away."""


class TicketView(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows a `Conversation`: the open ticket, or the ticket under the cursor of the list.

    It scrolls by itself, without Textual's scrollbars: those would lay out the whole screen with each ticket.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"ticket-view--{ink.value}" for ink in Ink}

    def __init__(self, lane: str, clock: Clock) -> None:
        super().__init__(classes="ticket-view")
        self.lane = lane
        self.shown: Conversation | None = None
        """The open ticket."""
        self.glanced: Conversation | None = None
        """The ticket under the cursor, drawn in place of the open ticket while the agent is in the list."""
        self.quotes = False
        self.top = 0
        """The first line of the conversation that is drawn."""
        self.drawn = Drawn()
        """Since when the ticket has been visible."""
        self._clock = clock
        self._facts: list[Line] = []
        self._lines: list[Line] = []
        self._rows: list[Line | None] = []
        """What is drawn, by line of the view."""
        self._fits = self._last = Size(0, 0)
        """The size that the lines were laid out for, and the last that the view was shown with."""
        self._left_at: tuple[int, int] | None = None
        """The open ticket, and its first line in view, when the agent went to the list."""
        self._named = ("", "")
        """What the frame says: the ticket, and what is out of sight."""
        self._texts: dict[int, tuple[Hashable, list[Line]]] = {}
        """Long texts of the open ticket that are laid out, by message, each with what it was laid out for."""
        self._rest: tuple[Conversation, Sequence[tuple[Message, int, bool, int]]] | None = None
        """Long texts that are still to be laid out, each with width, whether quotes are unfolded, and characters."""
        self._to_the_end = False
        """The agent went to the last line before all was laid out."""
        self.seen: set[tuple[int, int]] = set()
        """Tickets that were drawn, each with the number of its newest message then."""
        self._newest = (0, 0)
        """What drawing the ticket in sight adds to them."""
        self._strips: LRUCache[tuple[Line | None, int], Strip] = LRUCache(MOST_STRIPS)
        """Lines as they were drawn, by line and width."""
        self._look: object = None
        """The theme and colours that they were drawn with."""

    @property
    def ticket_id(self) -> int | None:
        """The ticket open here."""
        return self.shown.ticket.id if self.shown else None

    @property
    def in_sight(self) -> Conversation | None:
        """What is drawn: the ticket under the cursor, or the open one."""
        return self.glanced or self.shown

    @property
    def fits(self) -> bool:
        """The whole conversation is in view."""
        return len(self._lines) <= self._room

    @property
    def text_in_view(self) -> str:
        """The lines of the ticket that are drawn now, as text."""
        return "\n".join(line.text for line in self._rows if line is not None)

    @property
    def drawn_id(self) -> int | None:
        """The number of the ticket that is drawn."""
        return self.in_sight.ticket.id if self.in_sight is not None else None

    def show(self, conversation: Conversation | None) -> None:
        """Open a conversation at its newest message; the same ticket keeps its scroll position."""
        before = self.drawn_id
        if conversation is None or conversation.ticket.id != self.ticket_id:
            self.quotes = self._to_the_end = False
            self._left_at = None
        self.shown, self.glanced = conversation, None
        self._draw_other(before)

    def glance(self, conversation: Conversation | None) -> None:
        """Show a ticket without opening it; None shows the open ticket again, where it was."""
        before = self.drawn_id
        if conversation is not None and conversation.ticket.id == self.ticket_id:
            conversation = None
        if conversation is not None and self.glanced is None and self.ticket_id is not None:
            self._left_at = (self.ticket_id, self.top)
        self.glanced = conversation
        self._draw_other(before)

    def _draw_other(self, before: int | None) -> None:
        """Lay out what is in sight; another ticket than `before` is shown from its newest message on."""
        self._lay_out()
        if self.drawn_id != before:
            left_at, self._left_at = self._left_at, None
            resumes = left_at is not None and left_at[0] == self.drawn_id
            self.top = left_at[1] if resumes and left_at is not None else self._opening()
            if self.glanced is not None:
                self._left_at = left_at
        self._show_rows()

    def toggle_quotes(self) -> None:
        """Unfold or fold quoted text."""
        self.quotes = not self.quotes
        self._lay_out()
        self._show_rows()

    def step_message(self, step: int) -> None:
        """Go to the next or the previous message."""
        there = [place for place in self._heads() if (place > self.top if step > 0 else place < self.top)]
        if there:
            self._scroll(there[0] if step > 0 else there[-1])

    def scroll_lines(self, step: int) -> None:
        """Scroll by lines."""
        self._scroll(self.top + step)

    def page(self, pages: int) -> None:
        """Scroll by whole pages."""
        self._scroll(self.top + pages * max(1, self._room - 1))

    def first(self) -> None:
        """Go to the first line."""
        self._scroll(0)

    def last(self) -> None:
        """Go to the last line."""
        self._scroll(len(self._lines))
        self._to_the_end = True

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down with the wheel."""
        event.stop()
        self.scroll_lines(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up with the wheel."""
        event.stop()
        self.scroll_lines(-3)

    def on_hide(self) -> None:
        """Another lane's ticket is shown."""
        self.drawn.forget()

    def on_resize(self, event: events.Resize) -> None:
        """Wrap again; a message that was at the top stays there."""
        self.virtual_size = Size(event.size.width, event.size.height)
        self._last = self.size
        if self.size == self._fits and len(self._rows) == self.size.height:
            return  # it is only shown again
        self._strips.clear()
        at_opening = self.top == self._opening() or not self._rows
        self._rows = []
        self._lay_out()
        self.top = self._opening() if at_opening else self.top
        self._show_rows()

    def notify_style_update(self) -> None:
        """Draw in the colours of the new theme; Textual calls this whenever the focus moves, too."""
        look = (self.app.theme, self.rich_style)
        if look != self._look:
            self._look = look
            self._rows = []
            self._strips.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width = self.size.width
        self.drawn.note(self.drawn_id)
        if self.in_sight is None:
            empty = words("The ticket under the cursor is shown here.") if y == 1 else ""
            return Strip([Segment(fit(f" {empty}", width), self.rich_style + self._ink(Ink.QUIET))])
        self.seen.add(self._newest)
        line = self._row(y)
        strip = self._strips.get((line, width))
        if strip is None:
            strip = self._strips[line, width] = self._draw(line, width)
        return strip

    def _draw(self, line: Line | None, width: int) -> Strip:
        base = self.rich_style
        if line is None:
            return Strip.blank(width, base)
        style = base + self._ink(line.ink) + Style(bold=line.head or line.ink is Ink.TITLE)
        segments, at, text = [Segment(" ", base)], 0, fit(line.text, width - 1)
        for start, end, ink in line.marked:
            segments += [Segment(text[at:start], style), Segment(text[start:end], base + self._ink(ink, bold=True))]
            at = end
        return Strip([*segments, Segment(text[at:], style)])

    def _ink(self, ink: Ink, *, bold: bool = False) -> Style:
        colour = self.get_component_rich_style(f"ticket-view--{ink.value}", partial=True).color
        return Style(color=colour, bold=bold or None)

    @property
    def _area(self) -> Size:
        """The size of the view, or while it is hidden that which it had: it will most likely have it again."""
        return self.size or self._last

    @property
    def _pinned(self) -> int:
        """How many lines at the top do not scroll: the facts and an empty line."""
        return len(self._facts) + 1 if self._facts and self._area.height >= PINNED_FROM else 0

    @property
    def _room(self) -> int:
        return max(1, self._area.height - self._pinned)

    def _row(self, y: int) -> Line | None:
        pinned = self._pinned
        if y < pinned:
            return self._facts[y] if y < len(self._facts) else None
        place = self.top + y - pinned
        return self._lines[place] if place < len(self._lines) else None

    def _lay_out(self) -> None:
        """Lay out what a key may wait for; the rest of an open ticket follows in steps."""
        self._fits = self._area
        drawn, width = self.in_sight, min(WIDEST, max(10, self._area.width - 2))
        self._facts, self._lines = [], []
        if drawn is None:
            return
        self._newest = newest_of(drawn)
        now, quotes = self._clock(), self.quotes and self.glanced is None
        room = rooms(drawn.messages, MOST_AT_ONCE, MOST_IN_ALL_AT_ONCE, quotes=quotes)
        full = rooms(drawn.messages, MOST, MOST_IN_ALL, quotes=quotes, least=LEAST)
        laid_out: dict[int, list[Line]] = {}
        rest: list[tuple[Message, int, bool, int]] = []
        for message, at_once, most in zip(drawn.messages, room, full, strict=True):
            wanted = (message, width, quotes, most)
            if message.id in self._texts and self._texts[message.id][0] == wanted:
                laid_out[message.id] = self._texts[message.id][1]
            elif at_once < most and not (drawn.folded and message.direction is Direction.IN):
                rest.insert(0, wanted)
        self._facts = fact_lines(drawn, max(10, self._area.width - 2), now)
        self._lines = ticket_lines(drawn, width, now, quotes=quotes, room=room, laid_out=laid_out)
        if not self._pinned:
            self._lines = [*self._facts, Line(Ink.PLAIN, ""), *self._lines]
        if rest and self.glanced is None:
            self._rest = drawn, rest
            # mypy takes a callable without the result's type for one that returns no coroutine
            _: Worker[None] = self.run_worker(self._lay_out_rest, group="lay-out", exclusive=True)

    async def _lay_out_rest(self) -> None:
        """Lay the long texts out, the newest first, between the keys; then show them, each line where it was."""
        if self._rest is None:
            return
        (drawn, rest), self._rest = self._rest, None
        laid_out: dict[int, tuple[Hashable, list[Line]]] = {}
        for message, width, quotes, most in rest:
            steps = text_in_steps(message, width, quotes=quotes, most=most)
            while message.id not in laid_out:
                await asyncio.sleep(0)
                if self.in_sight is not drawn:
                    return
                try:
                    next(steps)
                except StopIteration as done:
                    laid_out[message.id] = ((message, width, quotes, most), done.value)
        of_this = {message.id for message in drawn.messages}
        self._texts = {number: text for number, text in self._texts.items() if number in of_this} | laid_out
        heads = self._heads()
        at = bisect_right(heads, self.top) - 1
        self._lay_out()
        if self._to_the_end:
            self.top = len(self._lines)
        elif at >= 0:
            self.top = self._heads()[at] + self.top - heads[at]
        self._show_rows()

    def _heads(self) -> list[int]:
        return [place for place, line in enumerate(self._lines) if line.head]

    def _scroll(self, top: int) -> None:
        self._to_the_end = False
        self.top = top
        self._show_rows()

    def _show_rows(self) -> None:
        """Repaint the lines that changed, and say at the foot what is out of sight."""
        self.top = max(0, min(self.top, len(self._lines) - self._room))
        height, before = self._area.height, self._rows
        self._rows = [self._row(y) for y in range(height)]
        if len(before) != height or self.in_sight is None:
            self.refresh()
        else:
            changed = [y for y in range(height) if before[y] != self._rows[y]]
            if changed or self.drawn.since(self.drawn_id) == float("inf"):
                # a ticket that looks the same line by line is drawn all the same: keys wait for its drawing
                lines = changed or [0]
                self.refresh(*(Region(0, y, self._area.width, 1) for y in lines))
        below = len(self._lines) - self._room - self.top
        foot = words("↓ {n} more").format(n=below) if below > 0 else ""
        named = (title_line(self.in_sight) if self.in_sight is not None else "", foot)
        if named != self._named:
            self._named = named
            self.border_title, self.border_subtitle = (Content(text) if text else None for text in named)

    def has_shown(self, ticket_id: int, newest: int) -> bool:
        """Return whether the ticket was drawn here since its newest message came."""
        return (ticket_id, newest) in self.seen

    def _opening(self) -> int:
        """The first line to show: the top if everything fits, else the start of the newest message."""
        if len(self._lines) <= self._room:
            return 0
        return max((place for place, line in enumerate(self._lines) if line.head), default=0)


def newest_of(conversation: Conversation) -> tuple[int, int]:
    """Return the ticket's number and that of its newest message, 0 without any."""
    return conversation.ticket.id, max((message.id for message in conversation.messages), default=0)

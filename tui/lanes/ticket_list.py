"""A lane's tickets as a virtual list: as fast with a million tickets as with ten."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from data.protocols import Clock
from data.records.tickets import LaneRow, Priority, Severity
from queues.ground.presence import Present
from tui.lanes.lane_messages import TicketChosen, TicketHighlighted
from tui.lanes.row_line import (
    FULL,
    TIGHT,
    Columns,
    Pressure,
    RowParts,
    columns_of,
    heads_line,
    pressure,
    row_parts,
    words_line,
)
from tui.lanes.row_window import RowSource, RowWindow
from tui.look.drawn import Drawn
from tui.look.one_line import fit

MOST_STRIPS = 80
"""Drawn rows that are kept, each of some kilobytes: those of a few pages."""
MOST_WORDS = 500
TALL = 16
"""Lines of a list from which each row has two."""


def _no_words(row: LaneRow) -> str:
    return ""


class TicketList(ScrollView, can_focus=True, inherit_bindings=False):
    """Draws a `RowWindow`; a cursor move repaints two lines, and nothing else."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "ticket-list--cursor",
        "ticket-list--cursor-focused",
        "ticket-list--pressing",
        "ticket-list--late",
        "ticket-list--soon",
        "ticket-list--quiet",
        "ticket-list--empty",
        "ticket-list--pointer",
    }

    def __init__(
        self, lane: str, source: RowSource, clock: Clock, empty: str, first_words: Callable[[LaneRow], str] = _no_words
    ) -> None:
        """`first_words` returns the beginning of a ticket's newest mail, for rows of two lines."""
        super().__init__(classes="ticket-list")
        self.lane = lane
        self.window = RowWindow(source)
        self.selected: set[int] = set()
        self.drawn = Drawn()
        """Since when the ticket under the cursor has been visible."""
        self._range_from: int | None = None
        self._clock = clock
        self._empty = empty
        self._strips: LRUCache[tuple[object, ...], Strip] = LRUCache(MOST_STRIPS)
        self._look: object = None
        """The theme and colours that they were drawn with."""
        self._loaded = False
        self._first_words = first_words
        self._words: LRUCache[tuple[int, int], str] = LRUCache(MOST_WORDS)
        """The first words of each ticket as it was last updated."""
        self._columns = FULL
        self._colleagues: Mapping[int, Present] = {}
        """The colleagues at tickets, shown by a sign."""
        self.lines = 1
        """Lines of a row: two where there is room."""
        self.is_here = True
        """The agent is in this lane; the cursor of other lanes is not drawn."""
        self.on_columns: Callable[[], object] = lambda: None
        """Called when the columns have changed."""
        self._headed: tuple[Columns, int, bool] | None = None
        """The columns, lines of a row, and whether there are rows, that the heads were last drawn for."""

    @property
    def current_id(self) -> int | None:
        """The ticket under the cursor."""
        row = self.window.current
        return row.id if row else None

    def on_resize(self, event: events.Resize) -> None:
        """Fit the window to the new height; the first size is when rows are first read."""
        self.virtual_size = Size(event.size.width, event.size.height)
        self._strips.clear()
        if not self._loaded and event.size.height:
            self._loaded = True
            self.window.resize(event.size.height)
            self.window.reload()  # a cursor that was put on a ticket before the list was shown stays there
            self._tell()
        self._make_room()
        self.refresh()

    def _make_room(self) -> None:
        """Give rows a second line where the list is tall, or all tickets fit; new mail alone changes nothing."""
        height, width = self.size.height, self.size.width
        self.window.resize(height)
        tall = height >= TALL or 2 * len(self.window.rows) <= height
        self.lines = 2 if tall and width >= TIGHT else 1
        self.window.resize(height // self.lines)
        self._measure()

    def _measure(self) -> None:
        """Find the columns that the rows need now."""
        columns = columns_of(self.window.rows)
        if columns != self._columns:
            self._columns = columns
            self.refresh()
        shape = (columns, self.lines, bool(self.window.rows))
        if shape != self._headed:
            self._headed = shape
            self.on_columns()

    def heads(self) -> str:
        """Return the heads of the columns, as the rows are drawn now."""
        return "  " + heads_line(self.size.width - 2, self._columns, who=self.lines > 1)

    def move(self, step: int) -> None:
        """Move the cursor by `step` rows; a whole page is `page`."""
        old = self.window.line
        jumped = self.window.move(step)
        if jumped:
            self._measure()
            self.refresh()
        elif old != self.window.line:
            self._refresh_row(old)
            self._refresh_row(self.window.line)
        self._tell()

    def page(self, pages: int) -> None:
        """Move by whole pages."""
        self.move(pages * max(1, self.window.height - 1))

    def first(self) -> None:
        """Go to the most urgent ticket."""
        self.window.first()
        self._changed()

    def last(self) -> None:
        """Go to the least urgent ticket."""
        self.window.last()
        self._changed()

    def reload(self) -> None:
        """Show what the store holds now; the ticket under the cursor keeps its line."""
        if not self._loaded:
            return
        self.window.reload()
        self._changed()

    def show_source(self, source: RowSource, empty: str) -> None:
        """List something else, such as search results, from the top."""
        self.window.source = source
        self._empty = empty
        self.first()
        self._make_room()

    def holds(self, ticket_id: int | None) -> bool:
        """Return whether the ticket is in this list, at any position."""
        return ticket_id is not None and self.window.source.row(ticket_id) is not None

    def select_ticket(self, ticket_id: int) -> bool:
        """Put the cursor on a ticket; False if it is not in this list."""
        is_listed = self.window.select(ticket_id)
        if is_listed:
            self._changed()
        return is_listed

    def toggle_selected(self) -> None:
        """Select or unselect the ticket under the cursor."""
        row = self.window.current
        if row is not None:
            self.selected ^= {row.id}
            self._range_from = row.id
            self._refresh_row(self.window.line)

    def select_range(self) -> None:
        """Select from the ticket last selected to the one under the cursor."""
        ids = [row.id for row in self.window.rows]
        start = ids.index(self._range_from) if self._range_from in ids else self.window.cursor
        low, high = sorted((start, self.window.cursor))
        self.selected.update(ids[low : high + 1])
        self.refresh()

    def select_shown(self) -> None:
        """Select every ticket in view."""
        window = self.window
        self.selected.update(row.id for row in window.rows[window.top : window.top + window.height])
        self.refresh()

    def show_colleagues(self, at_tickets: Mapping[int, Present]) -> None:
        """Mark the tickets where colleagues are."""
        if at_tickets != self._colleagues:
            self._colleagues = at_tickets
            self.refresh()

    def clear_selected(self) -> bool:
        """Clear the selection; False if it was empty."""
        had = bool(self.selected)
        self.selected.clear()
        self._range_from = None
        if had:
            self.refresh()
        return had

    def set_here(self, is_here: bool) -> None:
        """Show the cursor, or hide it while the agent is in another lane."""
        if is_here != self.is_here:
            self.is_here = is_here
            self._refresh_row(self.window.line)

    def on_focus(self) -> None:
        """Show the cursor as active."""
        self._refresh_row(self.window.line)

    def on_blur(self) -> None:
        """Show the cursor as inactive."""
        self._refresh_row(self.window.line)

    def on_click(self, event: events.Click) -> None:
        """Open the ticket under the mouse."""
        place = self.window.top + event.y // self.lines
        if place < len(self.window.rows):
            self.move(place - self.window.cursor)
            if self.current_id is not None:
                self.post_message(TicketChosen(self.lane, self.current_id))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Move down with the wheel."""
        event.stop()
        self.move(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Move up with the wheel."""
        event.stop()
        self.move(-3)

    def notify_style_update(self) -> None:
        """Clear the lines cached in the old theme; Textual calls this whenever the focus moves, too."""
        look = (self.app.theme, self.rich_style)
        if look != self._look:
            self._look = look
            self._strips.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """Draw line `y` of the view."""
        width, now = self.size.width, self._clock()
        line, part = divmod(y, self.lines)
        place = self.window.top + line
        if place >= len(self.window.rows):
            return self._empty_line(y, width)
        row = self.window.rows[place]
        under = 0 if place != self.window.cursor or not self.is_here else 2 if self.has_focus else 1
        if under:
            self.drawn.note(row.id)
        if part:
            text = words_line(row, self._words_of(row), width - 2, self._columns)
            ground = self._ground(under)
            mark = Segment(f"{self._mark(row, under)[0]} ", ground + self._ink("pointer"))
            return Strip([mark, Segment(text, ground + self._ink("quiet"))])
        there = self._colleagues.get(row.id)
        parts = row_parts(row, width - 2, now, self._columns, who=self.lines > 1, colleagues=there)
        clock = pressure(row, now)
        key = (parts, row.priority, row.severity, row.touches > 0, clock, under, row.id in self.selected, width)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self._draw(row, parts, clock, under)
        return strip

    def _words_of(self, row: LaneRow) -> str:
        """Read the beginning of a ticket's newest mail, once for each change of the ticket."""
        key = (row.id, row.updated_at)
        first = self._words.get(key)
        if first is None:
            first = self._words[key] = self._first_words(row)
        return first

    def forget_words(self) -> None:
        """Read the beginnings of mails again: a text was folded or unfolded."""
        self._words.clear()
        self.refresh()

    def _ground(self, under: int) -> Style:
        names = ("", "ticket-list--cursor", "ticket-list--cursor-focused")
        return self.rich_style + self.get_component_rich_style(names[under]) if under else self.rich_style

    def _mark(self, row: LaneRow, under: int) -> str:
        return ("▌" if under == 2 else "│" if under else " ") + ("x" if row.id in self.selected else " ")

    def _draw(self, row: LaneRow, parts: RowParts, clock: Pressure, under: int) -> Strip:
        """Draw the first line; bold is only what waits for a first answer and presses."""
        base = self._ground(under)
        head, subject, due = parts
        grave = row.priority is Priority.URGENT or row.severity in (Severity.S0, Severity.S1)
        head_style = base + self._ink("pressing" if grave else "quiet")
        due_style = base + self._ink(clock.value)
        presses = grave or clock is not Pressure.QUIET
        subject_style = base + (self._ink("quiet") if row.touches else Style(bold=True) if presses else Style())
        return Strip(
            [
                Segment(self._mark(row, under), head_style if under < 2 else base + self._ink("pointer")),
                Segment(head, head_style),
                Segment(subject, subject_style),
                Segment(due, due_style),
            ]
        )

    def _ink(self, name: str) -> Style:
        """The foreground of a component class, to combine with any background."""
        style = self.get_component_rich_style(f"ticket-list--{name}", partial=True)
        return Style(color=style.color, bold=style.bold)

    def _empty_line(self, y: int, width: int) -> Strip:
        base = self.rich_style
        if not self.window.rows and y == min(1, self.size.height - 1):
            return Strip([Segment(fit(f" {self._empty}", width), base + self._ink("empty"))])
        return Strip.blank(width, base)

    def _refresh_row(self, line: int) -> None:
        self.refresh(Region(0, line * self.lines, self.size.width, self.lines))

    def _changed(self) -> None:
        self._measure()
        self.refresh()
        self._tell()

    def _tell(self) -> None:
        self.post_message(TicketHighlighted(self.lane, self.current_id))

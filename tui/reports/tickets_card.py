"""The card of tickets behind a figure: each ticket's value, time and agent; greatest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import DataTable, Static

from data.records.tickets import LaneRow
from queues.figures.metrics import Measure
from tui.cards.base_screen import BaseScreen
from tui.keys.actions import Scope
from tui.keys.bindings import bindings
from tui.look.one_line import one_line
from tui.look.short_times import day_and_time
from tui.look.stored_words import subject_line
from tui.look.words import words
from tui.reports.tickets_behind import Behind, value_words


@dataclass(frozen=True, slots=True)
class Opened:
    """What to show on the desk."""

    ticket_id: int | None
    """A ticket, or None for all of `tickets_behind` in their lanes."""
    tickets_behind: Behind
    line: int
    """The position in the list."""


class BehindCard(BaseScreen[Opened]):
    """Returns the choice; Esc returns nothing."""

    CSS_PATH = "report.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.BEHIND)

    def __init__(self, tickets_behind: Behind, zone: tzinfo, line: int = 0) -> None:
        super().__init__()
        self._tickets_of, self._zone, self._line = tickets_behind, zone, line
        self.list: DataTable[Text] = DataTable(id="behind-list", cursor_type="row", zebra_stripes=True)

    def compose(self) -> ComposeResult:
        """The figure, its tickets, keys."""
        yield Static(Content(self._tickets_of.title), id="report-title", markup=False)
        yield self.list
        yield Static(Content(self._keys()), id="report-said", markup=False)

    def on_mount(self) -> None:
        """Draw the lines."""
        heads = (words("ticket"), words(self._tickets_of.metric), words("when"), words("agent"), words("subject"))
        lines = [self._texts(measure, row) for measure, row in self._tickets_of.lines]
        # counts have no value per ticket, and not every figure has an agent
        held = [place for place in range(len(heads)) if any(line[place] for line in lines)]
        for place in held:
            self.list.add_column(Text(heads[place]))
        for line in lines:
            self.list.add_row(*(Text(line[place]) for place in held))
        self.list.move_cursor(row=self._line)
        self.list.focus()

    def action_move(self, step: int) -> None:
        """Select another line."""
        self.list.move_cursor(row=self.list.cursor_row + step)

    def action_open(self) -> None:
        """Open the selected ticket on the desk."""
        place = self.list.cursor_row
        if place < len(self._tickets_of.lines):
            self.dismiss(Opened(self._tickets_of.lines[place][0].ticket_id, self._tickets_of, place))

    def action_lanes(self) -> None:
        """Show all in their lanes, to work on them."""
        self.dismiss(Opened(None, self._tickets_of, self.list.cursor_row))

    def action_leave(self) -> None:
        """Go back to the figures."""
        self.dismiss(None)

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Enter, or a click, opens."""
        event.stop()
        self.action_open()

    def _texts(self, measure: Measure, row: LaneRow | None) -> tuple[str, ...]:
        when = day_and_time(datetime.fromtimestamp(measure.at, self._zone))
        subject = subject_line(row.subject) if row is not None else ""
        return (f"#{measure.ticket_id}", value_words(measure), when, one_line(measure.agent), subject)

    def _keys(self) -> str:
        key_line, listed = words("Enter opens · v all on the desk · Esc back"), len(self._tickets_of.lines)
        if listed < self._tickets_of.total:
            most = words("the first {n} of {total}").format(n=f"{listed:,}", total=f"{self._tickets_of.total:,}")
            return f"{most} · {key_line}"
        return key_line

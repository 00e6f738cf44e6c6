"""The report screen: choose period, grouping and hours by keys; each figure opens its tickets."""

from __future__ import annotations

from dataclasses import replace
from datetime import tzinfo
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.coordinate import Coordinate
from textual.events import Resize
from textual.widgets import DataTable, Static

from data.errors import DeskError
from data.protocols import Clock
from data.store import Store
from queues.figures.grouping import By
from queues.figures.reporting import Progress, reports
from tui.keys.actions import Scope, of_scope
from tui.keys.bindings import bindings
from tui.look.shown import safe_text
from tui.look.words import as_sentence, counted, words
from tui.reports.background_read import ReportReading, ReportState
from tui.reports.hours import calendars, elapsed_of
from tui.reports.question import WALL, Asked
from tui.reports.table import TIMES, Answer, Cell, Table, across, detail, meaning, over_time, table
from tui.reports.tickets_behind import Behind, open_cell
from tui.reports.tickets_card import BehindCard, Opened

ROOMY = 100
"""The width in columns from which cells show the change of their figure."""
BESIDE = 140
"""The width in columns from which the plot is beside the table, if no group makes the table wide."""
TWO_PLOTS = 136
"""The cells in which two plots fit."""
LEAST_LINES, MOST_LINES = 3, 16
"""The height of a plot."""
REMEMBERED = 12
"""How many answered questions are cached while the report is open."""


class ReportScreen(ReportReading):
    """Returns what to open on the desk; its state records how to come back."""

    CSS_PATH = "report.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.REPORT)

    def __init__(self, path: Path, state: ReportState, zone: tzinfo, clock: Clock) -> None:
        super().__init__(path, state, zone, clock)
        self.table = Table((), ())
        self.figures: DataTable[Text] = DataTable(id="report-table", fixed_columns=1, zebra_stripes=True)
        self._title, self._by, self._detail, self._meaning = (
            Static("", id=f"report-{name}", markup=False) for name in ("title", "by", "detail", "meaning")
        )
        self._empty = Static("", id="report-empty", markup=False)
        self._plots = Horizontal(id="report-plots")
        self._plot, self._across = (Static("", classes="report-plot", markup=False) for _ in range(2))

    def compose(self) -> ComposeResult:
        """The question, the figures, the selected figure in full."""
        yield self._title
        yield self._by
        yield self.bar
        with Container(id="report-body"):
            yield self.figures
            yield self._empty
            with Vertical(id="report-one"):
                yield self._detail
                yield self._meaning
                with self._plots:
                    yield self._plot
                    yield self._across
        yield self.said

    def on_mount(self) -> None:
        """Show the last question; go back to the list that a ticket was opened from."""
        self.figures.focus()
        self._ask(self.state.asked)
        if self.state.tickets_behind is not None:
            self._show_tickets_of(self.state.tickets_behind)

    def on_resize(self, event: Resize) -> None:
        """Update the layout after a resize."""
        self._lay_out()
        self.after_drawing(self._fill)

    def _lay_out(self) -> None:
        """Put the plot beside the table of all figures on a wide screen, else below it."""
        self.set_class(self.size.width >= BESIDE and self.state.asked.by is By.ALL, "-beside")

    @property
    def marked(self) -> Cell | None:
        """The figure under the cursor."""
        row, column = self.figures.cursor_coordinate
        if not row < len(self.table.lines):
            return None
        cells = self.table.lines[row][1]
        return cells[min(max(0, column - 1), len(cells) - 1)]

    def action_by(self, by: str) -> None:
        """Group again."""
        self.state.cursor = Coordinate(0, 0)
        self._ask(replace(self.state.asked, by=By(by)))

    def action_span(self, span: str) -> None:
        """Choose a period of another length, up to now."""
        self._ask(replace(self.state.asked, span=span, back=0))

    def action_earlier(self, step: int) -> None:
        """Go a period back or forward."""
        self._ask(self.state.asked.moved(step))

    def action_hours(self) -> None:
        """Measure in the hours of the next calendar; after the last, in all hours again."""
        try:
            names = [WALL, *sorted(name for name, calendar in calendars().items() if not calendar.is_always)]
        except DeskError as error:
            self.say(as_sentence(error))
            return
        if len(names) == 1:
            self.say(words("There is no calendar with open hours; config.toml names them: [calendar.office]."))
            return
        place = names.index(self.state.asked.calendar) if self.state.asked.calendar in names else -1
        self._ask(replace(self.state.asked, calendar=names[(place + 1) % len(names)]))

    def action_refresh(self) -> None:
        """Read again, up to now."""
        self.state.answers.clear()
        self._ask(replace(self.state.asked, now=self.clock() + 1))

    def action_move(self, down: int, right: int) -> None:
        """Select another figure."""
        row, column = self.figures.cursor_coordinate
        self.figures.move_cursor(row=row + down, column=max(1, column + right))

    def action_open(self) -> None:
        """List the tickets behind the selected figure."""
        cell, asked = self.marked, self.state.asked
        if cell is None or asked not in self.state.answers:
            return
        title = detail(asked, self.state.answers[asked], cell)
        zone = self.zone
        self.read(
            lambda store, on_progress: open_cell(store, asked, cell, title, zone, on_progress), self._show_tickets_of
        )

    def action_across(self) -> None:
        """Plot over time, or compare groups."""
        self.state.across = not self.state.across
        self._show_marked()

    def action_copy(self) -> None:
        """Copy the table to the terminal's clipboard as tab-separated values."""
        from tui.look.written_values import safe_cell

        lines = ["\t".join(self.table.heads)]
        lines += ["\t".join([safe_cell(name), *(cell.text for cell in cells)]) for name, cells in self.table.lines]
        copied = "\n".join(safe_text(line) for line in lines)
        self.app.copy_to_clipboard(copied)
        message = counted("Copied by the terminal (OSC 52): {n} line", "Copied by the terminal (OSC 52): {n} lines",
                          len(lines))  # fmt: skip
        self.say(message.format(n=len(lines)))

    def action_write(self) -> None:
        """Ask for a file and write the report to it."""
        from tui.cards.ask_line import AskLine
        from tui.cards.typed_path import typed_path
        from tui.reports.report_files import default_path, write_report

        asked, zone = self.state.asked, self.zone

        def named(path: str | None) -> None:
            if path:
                into = typed_path(path)
                self.read(lambda store, on_progress: write_report(store, into, asked, zone, on_progress), self._written)

        question = words("Write the report into which file? .html has charts; .csv or .jsonl has the figures")
        self.app.push_screen(AskLine(question, "report.html", default_path(asked, zone)), named)

    def action_leave(self) -> None:
        """Stop what is being read, else go back to the desk."""
        if self.reading:
            self.stop()
        else:
            self.dismiss(None)

    def on_data_table_cell_highlighted(self, event: DataTable.CellHighlighted) -> None:
        """Another figure was selected."""
        event.stop()
        self.state.cursor = event.coordinate
        self._show_marked()

    def on_data_table_cell_selected(self, event: DataTable.CellSelected) -> None:
        """A click opens the selected figure."""
        event.stop()
        self.action_open()

    def _ask(self, asked: Asked) -> None:
        self.state.asked = asked
        self._lay_out()
        self._show_question()
        if asked in self.state.answers:
            if self.reading:
                self.stop()
            self._fill()
            return

        def answer(store: Store, on_progress: Progress) -> Answer:
            elapsed = elapsed_of(asked.calendar)
            return reports(
                store, asked.period(self.zone), asked.groupings, self.zone, elapsed=elapsed, on_progress=on_progress
            )

        self.read(answer, lambda figures: self._answered(asked, figures))

    def _answered(self, asked: Asked, answer: Answer) -> None:
        while len(self.state.answers) >= REMEMBERED:
            del self.state.answers[next(iter(self.state.answers))]
        self.state.answers[asked] = answer
        self._fill()

    def _show_question(self) -> None:
        asked = self.state.asked
        self._title.update(Content(asked.title(self.zone)))
        keys = {action.run: action.keys[0] for action in of_scope(Scope.REPORT)}
        named = {by: keys[f"by('{by}')"] + " " + words(by) for by in By}
        parts = [f"[{name}]" if by is asked.by else f" {name} " for by, name in named.items()]
        self._by.update(Content("".join(parts)))

    def _fill(self) -> None:
        """Fill the table, and put the cursor where it was."""
        asked, cursor = self.state.asked, self.state.cursor
        if asked not in self.state.answers:
            return
        answer = self.state.answers[asked]
        self.table = table(asked, answer, self.zone, roomy=self.size.width >= ROOMY)
        self.figures.clear(columns=True)
        for place, head in enumerate(self.table.heads):
            self.figures.add_column(Text(head, justify="right" if place else "left"))
        inks = {1: self._ink("success"), -1: self._ink("error"), 0: ""}
        for name, cells in self.table.lines:
            # Text: a group's name may come from a customer or a file, which is not markup
            texts = (Text(cell.text, style=inks[cell.turn], justify="right") for cell in cells)
            self.figures.add_row(Text(name), *texts)
        self.figures.move_cursor(row=cursor.row, column=max(1, cursor.column))
        nothing = words("No activity in this period. m shows 30 days, y a year, b the period before.")
        self._empty.update("" if self.table.lines else Content(nothing))
        for part, is_shown in ((self._empty, not self.table.lines), (self.figures, bool(self.table.lines))):
            part.display = is_shown
        self.query_one("#report-one").display = bool(self.table.lines)
        self.figures.focus()
        self.after_drawing(self._show_marked)  # once the height that the table leaves is known

    def _show_marked(self) -> None:
        cell, asked = self.marked, self.state.asked
        answer = self.state.answers.get(asked)
        if cell is None or answer is None:
            for shown in (self._detail, self._meaning, self._plot, self._across):
                shown.update("")
            return
        self._detail.update(Content(detail(asked, answer, cell)))
        self._meaning.update(Content(meaning(cell)))
        width, height = self._plots.size.width - 2, min(MOST_LINES, self._plots.size.height)
        grouped = asked.by in TIMES or asked.by is By.AGE  # figures grouped by time are already plotted over time
        both = width >= TWO_PLOTS and asked.by is not By.ALL and not grouped
        width = width // 2 - 2 if both else width
        time_lines, other = list[str](), list[str]()
        if height >= LEAST_LINES and (both or not (self.state.across or grouped)):
            time_lines = over_time(asked, answer, cell, self.zone, width, height)
        if height >= LEAST_LINES and (both or self.state.across or grouped):
            other = across(asked, answer, cell, width, height)
        for shown, lines in ((self._plot, time_lines), (self._across, other)):
            shown.update(Content("\n".join(lines)))
            shown.display = bool(lines)

    def _ink(self, name: str) -> str:
        """The colour of the theme as a table cell takes it."""
        return self.app.get_css_variables()[name]

    def _show_tickets_of(self, tickets_behind: Behind) -> None:
        if self.app.screen is not self:
            self.say(words("You moved on meanwhile, so nothing was opened; press the key again."))
            return
        self.state.tickets_behind, line = None, self.state.line
        self.state.line = 0

        def chosen(opened: Opened | None) -> None:
            if opened is not None:
                self.state.tickets_behind, self.state.line = tickets_behind, opened.line
                self.dismiss(opened)

        self.app.push_screen(BehindCard(tickets_behind, self.zone, line), chosen)

    def _written(self, path: Path) -> None:
        self.say(words("Written: {path}").format(path=path))

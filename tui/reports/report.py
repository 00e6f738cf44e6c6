"""The way from the desk to the report and back: its figures open tickets here, and Esc goes back to their list."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui.lanes.views import LISTED, NamedView
from tui.look.words import words
from tui.shifts.begin_and_end import ShiftTurns

if TYPE_CHECKING:
    from tui.reports.background_read import ReportState
    from tui.reports.tickets_behind import Behind
    from tui.reports.tickets_card import Opened


class Reporting(ShiftTurns):
    """`g r` shows the figures."""

    report_state: ReportState | None = None
    """How the report was left."""
    _from_report: int | None = None
    """The ticket that was opened from it; 0 for all in their lanes."""

    def action_desk_report(self) -> None:
        """Show the figures up to now, grouped as they were last; at first of the last seven days."""
        from tui.reports.background_read import ReportState
        from tui.reports.question import Asked

        now = self.clock() + 1  # with what this second brought
        last = self.report_state
        self.report_state = ReportState(Asked(now) if last is None else replace(last.asked, now=now, back=0))
        self._show_report(self.report_state)

    def _show_report(self, state: ReportState) -> None:
        from zoneinfo import ZoneInfo

        from tui.reports.screen import ReportScreen

        self.app.push_screen(
            ReportScreen(self.store.path, state, ZoneInfo(self._zone()), self.clock), self._figure_opened
        )

    def action_nav_back(self) -> None:
        """From what the report opened, go back to it; else as everywhere."""
        opened, filtering = self._from_report, self.line is not None and self.line.display
        if opened is None or self.list.selected or filtering or self.view.ticket_id != (opened or None):
            super().action_nav_back()
            return
        self._from_report = None
        if opened:
            self.show_ticket(None)
            self.lane_shown()
        else:
            self.show_everywhere(NamedView())
        if self.report_state is not None:
            self._show_report(self.report_state)

    def _figure_opened(self, opened: Opened | None) -> None:
        self._from_report = None if opened is None else opened.ticket_id or 0
        if opened is None:
            self.say("")
            return
        if opened.ticket_id is None:
            self._list(opened.behind)
            return
        self.jump_to(opened.ticket_id)
        if self.view.ticket_id == opened.ticket_id:
            self.say(words("#{n} · Esc goes back to the report").format(n=opened.ticket_id))

    def _list(self, behind: Behind) -> None:
        """Show these tickets in their lanes, whatever their status."""
        self.show_everywhere(NamedView(LISTED, name=behind.name, among=behind.tickets))
        self.say(words("{n} tickets · Esc goes back to the report").format(n=f"{len(behind.tickets):,}"))

"""Opens the report from the desk: its figures open tickets here, and Esc goes back to their list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.context.desk_context import DeskContext
from tui.context.going import Going
from tui.context.hooks import Act
from tui.context.part import Part
from tui.lanes.views import LISTED, NamedView
from tui.look.words import counted, words
from tui.moving.view_choice import ViewChoice

if TYPE_CHECKING:
    from tui.reports.background_read import ReportState
    from tui.reports.tickets_behind import Behind
    from tui.reports.tickets_card import Opened


class Reports(Part):
    """`g r` shows the figures."""

    def __init__(self, desk: DeskContext, going: Going, view_choice: ViewChoice) -> None:
        super().__init__(desk)
        self.going, self.view_choice = going, view_choice
        self._state: ReportState | None = None
        """The state in which the report was left."""
        self._opened: int | None = None
        """The ticket that was opened from it; 0 for all in their lanes."""

    def actions(self) -> Mapping[str, Act]:
        """The report."""
        return {"desk.report": self._open}

    def _open(self) -> None:
        """Show the figures up to now, grouped as last time; initially for the last seven days."""
        from tui.reports.background_read import ReportState
        from tui.reports.question import Asked

        now = self.desk.clock() + 1  # includes the current second
        last = self._state
        self._state = ReportState(Asked(now) if last is None else replace(last.asked, now=now, back=0))
        self._show_report(self._state)

    def _show_report(self, state: ReportState) -> None:
        from zoneinfo import ZoneInfo

        from tui.reports.screen import ReportScreen

        self.desk.push_screen(
            ReportScreen(self.desk.store.path, state, ZoneInfo(self.desk.zone()), self.desk.clock), self._figure_opened
        )

    def go_back(self) -> bool:
        """Go back to the report from what it opened; False if something else is open."""
        opened = self._opened
        if opened is None or self.desk.view.ticket_id != (opened or None):
            return False
        self._opened = None
        if opened:
            self.desk.show_ticket(None)
            self.desk.lane_shown()
        else:
            self.view_choice.show_everywhere(NamedView())
        if self._state is not None:
            self._show_report(self._state)
        return True

    def _figure_opened(self, opened: Opened | None) -> None:
        self._opened = None if opened is None else opened.ticket_id or 0
        if opened is None:
            self.desk.say("")
            return
        if opened.ticket_id is None:
            self._list(opened.tickets_behind)
            return
        self.going.jump_to(opened.ticket_id)
        if self.desk.view.ticket_id == opened.ticket_id:
            self.desk.say(words("#{n} · Esc goes back to the report").format(n=opened.ticket_id))

    def _list(self, tickets_behind: Behind) -> None:
        """Show these tickets in their lanes, whatever their status."""
        self.view_choice.show_everywhere(NamedView(LISTED, name=tickets_behind.name, among=tickets_behind.tickets))
        n = len(tickets_behind.tickets)
        message = counted("{n} ticket · Esc goes back to the report", "{n} tickets · Esc goes back to the report", n)
        self.desk.say(message.format(n=f"{n:,}"))

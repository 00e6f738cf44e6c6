"""The ticket's history on the screen, from which the agent's own actions can be undone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from tui.context.desk_context import DeskContext
from tui.context.hooks import Act
from tui.context.part import Part
from tui.look.words import words


class TicketHistory(Part):
    """Shows who did what to the open ticket, and when."""

    def __init__(self, desk: DeskContext, undo: Callable[[int], Awaitable[None]]) -> None:
        """`undo` undoes an action by its number."""
        super().__init__(desk)
        self._undo = undo

    def actions(self) -> Mapping[str, Act]:
        """The history."""
        return {"ticket.history": self._show}

    def _show(self) -> None:
        from queues.figures.ticket_figures import figures_of
        from tui.deciding.history_card import HistoryCard
        from tui.ticket.figures_line import figures_line
        from tui.ticket.history_lines import history_lines

        desk, ticket = self.desk, self.desk.ticket()
        if ticket is None:
            desk.say_no_ticket()
            return
        now = desk.clock()
        lines = list(history_lines(desk.store, ticket.id, desk.agent, now))
        title = words("History of #{n}").format(n=ticket.id)
        figures = figures_line(figures_of(desk.store, ticket.id, now))

        async def chosen(action: int | None) -> None:
            if action:
                await self._undo(action)

        desk.push_screen(HistoryCard(title, figures, lines, desk.zone()), chosen)

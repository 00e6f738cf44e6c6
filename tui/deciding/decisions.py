"""Keys that change tickets in one press: status, owner, priority."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from data.records.changes import Change
from data.records.tickets import Priority, Status
from tui.context.changing import Changing
from tui.context.desk_context import DeskContext
from tui.context.hooks import Act
from tui.context.part import Part

LADDER = tuple(Priority)


class Decisions(Part):
    """Each submits one `Change`, for one ticket or for all selected."""

    def __init__(self, desk: DeskContext, changing: Changing) -> None:
        super().__init__(desk)
        self.changing = changing

    def actions(self) -> Mapping[str, Act]:
        """Solve, wait, close, reopen, take, and the priority."""
        change = self.changing.change
        return {
            "ticket.solve": partial(change, Change(status=Status.SOLVED)),
            "ticket.pending": partial(change, Change(status=Status.PENDING)),
            "ticket.hold": partial(change, Change(status=Status.ON_HOLD)),
            "ticket.close": partial(change, Change(status=Status.CLOSED)),
            "ticket.reopen": partial(change, Change(status=Status.OPEN)),
            "ticket.spam": partial(change, Change(status=Status.SUSPENDED, add_tags=("spam",))),
            "ticket.take": partial(change, Change(assignee=self.desk.agent)),
            "ticket.raise": partial(self._priority, 1),
            "ticket.lower": partial(self._priority, -1),
        }

    async def _priority(self, step: int) -> None:
        ticket = self.desk.ticket()
        if ticket is None:
            return
        place = min(max(0, LADDER.index(ticket.priority) + step), len(LADDER) - 1)
        await self.changing.change(Change(priority=LADDER[place]))

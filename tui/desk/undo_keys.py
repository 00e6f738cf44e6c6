"""The keys that undo and redo the last action."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from data.errors import LeftError
from data.records.changes import Done
from tui.context.changing import Changing
from tui.context.desk_context import DeskContext
from tui.context.going import Going
from tui.context.hooks import Act
from tui.context.part import Part
from tui.look.words import piecewise, translated, words

if TYPE_CHECKING:
    from queues.desk.desk import Desk


class Undo(Part):
    """`z` undoes, `Z` redoes."""

    def __init__(self, desk: DeskContext, going: Going, changing: Changing) -> None:
        super().__init__(desk)
        self.going, self.changing = going, changing
        self._sent_already: int | None = None
        """The action that could not be undone as a whole because its reply had been sent."""

    def actions(self) -> Mapping[str, Act]:
        """Undo and redo."""
        return {"desk.undo": self.undo, "desk.redo": self.redo}

    async def undo(self) -> None:
        """Undo the whole last action; if its reply has been sent, a second press undoes the rest."""
        rest, self._sent_already = self._sent_already, None
        await self._undo(rest, rest)

    async def undo_number(self, number: int) -> None:
        """Undo an action of the agent that is not the last, unless something was changed again since."""
        self._sent_already = None
        await self._undo(number, None)

    async def _undo(self, number: int | None, rest: int | None) -> None:
        def undo(desk: Desk) -> Done | LeftError:
            try:
                return desk.undo(rest_of=rest, number=number)
            except LeftError as error:
                return error

        await self.desk.ask(undo, self._undone)

    async def redo(self) -> None:
        """Redo what was undone."""
        await self.desk.ask(lambda desk: desk.redo(), self.changing.changed)

    def _undone(self, done: Done | LeftError) -> None:
        if isinstance(done, LeftError):
            self._sent_already = done.action
            key = words("{key} undoes the rest").format(key=self.desk.key("desk.undo"))
            self.desk.say(f"{translated(done.title)}: {translated(done.message)} · {key}", severe=True)
            return
        self.desk.last_done = None
        self.desk.refresh_lanes()
        again = words("{key} redoes it").format(key=self.desk.key("desk.redo"))
        undone = words("Undone: {summary}").format(summary=piecewise(done.summary))
        self.desk.say(undone + ("" if done.partly else f" · {again}"))
        for ticket_id in done.ticket_ids[:1]:
            self.going.return_to(ticket_id)

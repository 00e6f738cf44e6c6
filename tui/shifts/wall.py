"""The wall on the screen: who works on what, and what breaches next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tui.context.desk_context import DeskContext
from tui.context.going import Going
from tui.context.hooks import Act
from tui.context.part import Part
from tui.look.words import words

if TYPE_CHECKING:
    from queues.desk.desk import Desk
    from queues.figures.wall import Wall


class WallView(Part):
    """Shows the wall; Enter on a ticket opens it, R reads it again."""

    def __init__(self, desk: DeskContext, going: Going) -> None:
        super().__init__(desk)
        self._going = going

    def actions(self) -> Mapping[str, Act]:
        """The wall."""
        return {"desk.wall": self._read}

    async def _read(self) -> None:
        from queues.figures.wall import wall

        now = self.desk.clock()

        def read(desk: Desk) -> Wall:
            return wall(desk.store, now)

        await self.desk.ask(read, self.desk.only_here(self._show, of_ticket=False))

    def _show(self, wall: Wall) -> None:
        from tui.cards.lines_card import LinesCard
        from tui.shifts.wall_lines import wall_lines

        lines = list(wall_lines(wall, self.desk.clock()))
        note = words("Enter opens the ticket · R reads again · Esc back")
        self.desk.push_screen(LinesCard(words("The wall"), lines, note, {"R": "again"}), self._chosen)

    async def _chosen(self, chosen: str | None) -> None:
        if chosen == "again":
            await self._read()
        elif chosen:
            self._going.jump_to(int(chosen))

"""The hand-over on the screen: everything still open, one line each; Enter opens its ticket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tui.context.desk_context import DeskContext
from tui.context.going import Going
from tui.context.hooks import Act
from tui.context.part import Part
from tui.look.words import words
from tui.shifts.begin_and_end import Shifts
from tui.shifts.figures import END

if TYPE_CHECKING:
    from queues.shifts.handover import HandoverItem


class HandOver(Part):
    """`H` lists promises, unsent replies and drafts."""

    def __init__(self, desk: DeskContext, going: Going, shifts: Shifts) -> None:
        super().__init__(desk)
        self.going, self.shifts = going, shifts

    def actions(self) -> Mapping[str, Act]:
        """The list."""
        return {"desk.handover": self._show}

    def _show(self) -> None:
        """Show what is still open and go to the chosen line."""
        from queues.shifts.handover import hand_over
        from tui.cards.pick_list import PickList

        items = hand_over(self.desk.store, self.desk.clock())
        lines = self._lines(items)
        if not lines:
            self.desk.say(words("Nothing is open: no promises, drafts or waiting replies."))
            return

        def chosen(name: str | None) -> None:
            if name:
                self._chosen(items, name)

        self.desk.push_screen(PickList(lines), chosen)

    def _lines(self, items: Sequence[HandoverItem]) -> list[tuple[str, str]]:
        """Return the lines of the list by index; the end of the shift comes first, if a shift is running."""
        from tui.shifts.handover_line import item_line

        lines = [(str(n), item_line(item, self.desk.clock())) for n, item in enumerate(items)]
        if self.shifts.going_on is not None:
            lines.insert(0, (END, words("End the shift and leave a hand-over…")))
        return lines

    def _chosen(self, items: Sequence[HandoverItem], name: str) -> None:
        """End the shift, or go to the ticket of a line."""
        if name == END:
            self.shifts.end()
        else:
            self.going.go_to(items[int(name)].ticket_id)

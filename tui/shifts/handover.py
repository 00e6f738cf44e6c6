"""The end of a shift on the screen: everything that is left, one line each; Enter opens its ticket."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.deciding.questions import Questions
from tui.look.words import words

if TYPE_CHECKING:
    from queues.shifts.handover import Left


class HandOver(Questions):
    """`H` lists promises, replies that did not leave and drafts."""

    def action_desk_handover(self) -> None:
        """Show what is left and go to what is chosen."""
        from queues.shifts.handover import hand_over
        from tui.cards.pick_list import PickList

        found = hand_over(self.store, self.clock())
        lines = self.hand_over_lines(found)
        if not lines:
            self.say(words("Nothing is left: no promise, no draft, no reply that waits for you."))
            return

        def chosen(name: str | None) -> None:
            if name:
                self.hand_over_chosen(found, name)

        self.app.push_screen(PickList(lines), chosen)

    def hand_over_lines(self, left: Sequence[Left]) -> list[tuple[str, str]]:
        """Return the lines of the list by their place."""
        from tui.shifts.handover_line import left_line

        return [(str(n), left_line(one, self.clock())) for n, one in enumerate(left)]

    def hand_over_chosen(self, left: Sequence[Left], name: str) -> None:
        """Go to the ticket of a line."""
        self._go_to(left[int(name)].ticket_id)

    def _go_to(self, ticket_id: int) -> None:
        ticket, here = self.store.tickets.get(ticket_id), self.target()
        place = next((n for n, pane in enumerate(self.panes) if ticket and pane.lane.name == ticket.lane), None)
        if place is None:
            return
        if here is not None:
            self.came_from.append((self.active, here))
        self.open_ticket(place, ticket_id)

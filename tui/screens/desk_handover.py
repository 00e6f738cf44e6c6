"""The end of a shift on the screen: everything that is left, one line each; Enter opens its ticket."""

from __future__ import annotations

from tui.screens.desk_questions import Questions
from tui.words import words


class HandOver(Questions):
    """`H` lists promises, replies that did not leave and drafts."""

    def action_desk_handover(self) -> None:
        """Show what is left and go to what is chosen."""
        from queues.handover import hand_over
        from tui.left_line import left_line
        from tui.screens.pick_list import PickList

        now = self.clock()
        found = hand_over(self.store, now)
        if not found:
            self.say(words("Nothing is left: no promise, no draft, no reply that waits for you."))
            return

        def chosen(place: str | None) -> None:
            if place:
                self._go_to(found[int(place)].ticket_id)

        self.app.push_screen(PickList([(str(n), left_line(one, now)) for n, one in enumerate(found)]), chosen)

    def _go_to(self, ticket_id: int) -> None:
        ticket, here = self.store.tickets.get(ticket_id), self.target()
        place = next((n for n, pane in enumerate(self.panes) if ticket and pane.lane.name == ticket.lane), None)
        if place is None:
            return
        if here is not None:
            self.came_from.append((self.active, here))
        self.open_ticket(place, ticket_id)

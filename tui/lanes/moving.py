"""Keys that move about: between tickets, lanes and regions. They change nothing in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.desk.base import DeskBase
from tui.look.one_line import one_line
from tui.look.words import words

if TYPE_CHECKING:
    from queues.next_up.urgency import NextUp


class Moves(DeskBase):
    """Moving, selecting, opening and going back."""

    def action_ticket_next(self) -> None:
        """Go down a ticket, or a line when reading."""
        self._step(1)

    def action_ticket_previous(self) -> None:
        """Go up a ticket, or a line when reading."""
        self._step(-1)

    def _step(self, step: int) -> None:
        if self.reading:
            self.view.scroll_lines(step)
        else:
            self.list.move(step)

    def action_page(self, pages: int) -> None:
        """Move by whole views in the list or in the ticket."""
        if self.reading:
            self.view.scroll_lines(pages * max(1, self.view.size.height - 1))
        else:
            self.list.page(pages)

    def action_ticket_first(self) -> None:
        """Go to the most urgent ticket of the lane, or to the ticket's first line."""
        if self.reading:
            self.view.scroll_to(y=0, animate=False)
        else:
            self.list.first()

    def action_ticket_last(self) -> None:
        """Go to the least urgent ticket of the lane, or to the ticket's last line."""
        if self.reading:
            self.view.scroll_to(y=self.view.virtual_size.height, animate=False)
        else:
            self.list.last()

    def action_message_next(self) -> None:
        """Go to the next message."""
        self.view.step_message(1)

    def action_message_previous(self) -> None:
        """Go to the message before."""
        self.view.step_message(-1)

    def action_message_quotes(self) -> None:
        """Unfold or fold quoted text."""
        self.view.toggle_quotes()

    def action_lane_left(self) -> None:
        """Go to the lane on the left."""
        self.go_lane(self.active - 1)

    def action_lane_right(self) -> None:
        """Go to the lane on the right."""
        self.go_lane(self.active + 1)

    def action_lane_go(self, number: int) -> None:
        """Go to lane `number`, from 1."""
        self.go_lane(number - 1)

    def go_lane(self, place: int) -> None:
        """Make a lane the active one; its ticket, cursor and draft are as they were left."""
        if not 0 <= place < len(self.panes) or place == self.active:
            self.list.focus()
            return
        self.active = place
        self.show_active()
        self.list.focus()

    def show_active(self) -> None:
        """Put the active lane's ticket on the screen and mark its title."""
        for place, (pane, view) in enumerate(zip(self.panes, self.views, strict=True)):
            pane.set_class(place == self.active, "-active")
            view.set_class(place == self.active, "-active")
        self.set_class(self.view.ticket_id is not None, "-ticket-open")
        self.lane_shown()

    def lane_shown(self) -> None:
        """Called whenever another lane, or another ticket, came to stand under the agent's keys."""

    def action_region_next(self) -> None:
        """Go from the list to the open ticket and back."""
        if self.reading or self.view.ticket_id is None:
            self.list.focus()
        else:
            self.view.focus()

    def action_region_previous(self) -> None:
        """The same round the other way."""
        self.action_region_next()

    def action_ticket_view(self) -> None:
        """Open the ticket under the cursor; one that is being read stays, whether the lane lists it or not."""
        here = self.target()
        if here is not None:
            self.open_ticket(self.active, here)

    def open_ticket(self, place: int, ticket_id: int) -> None:
        """Open a ticket of a lane and go to it."""
        self.active = place
        self.list.select_ticket(ticket_id)
        self.answering.opened(ticket_id)
        self.show_ticket(ticket_id)
        self.show_active()
        self.view.focus()

    def jump_to(self, ticket_id: int) -> None:
        """Open a ticket of any lane and status; `,` comes back from it."""
        ticket = self.store.tickets.get(ticket_id)
        lane = ticket.lane if ticket is not None else ""
        place = next((n for n, pane in enumerate(self.panes) if pane.lane.name == lane), None)
        if place is None:
            self.say(words("#{n} is in the lane {lane}, which is not on the screen.").format(n=ticket_id, lane=lane))
            return
        here = self.target()
        if here is not None:
            self.came_from.append((self.active, here))
        self.open_ticket(place, ticket_id)

    def _came(self, found: NextUp | None) -> None:
        """Open what next-up gave; `,` comes back from it."""
        here = self.target()
        if here is not None:
            self.came_from.append((self.active, here))
        self.opened(found)

    async def open_next(self, leaving: int | None) -> None:
        """Open what is most urgent besides `leaving`; an empty desk says so."""
        await self.ask(lambda desk: desk.next_up(leaving=leaving), self.opened)

    def opened(self, found: NextUp | None) -> None:
        """Open what next-up gave and say why."""
        if found is None:
            self.say(self.nothing_else())
            return
        place = next((n for n, pane in enumerate(self.panes) if pane.lane.name == found.lane), None)
        # what stands in a lane that is not shown is opened in the lane that the agent is in
        self.open_ticket(self.active if place is None else place, found.ticket_id)
        told = words("Most urgent: {why}").format(why=found.why)
        unseen = words(" · not shown: {lanes}").format(lanes=", ".join(self._waiting(shown=False)))
        self.say(told if place is not None else told + unseen)

    def nothing_else(self) -> str:
        """Say that nothing comes next and, where tickets wait all the same, how many and where."""
        waiting = self._waiting(shown=True)
        unseen = [words("{lane} (not shown)").format(lane=lane) for lane in self._waiting(shown=False)]
        if not (waiting or unseen):
            return words("Nothing waits in any lane. Well done.")
        return words("Nothing else comes next; still waiting: {lanes}.").format(lanes=", ".join([*waiting, *unseen]))

    def _waiting(self, *, shown: bool) -> list[str]:
        """Return how many tickets wait in each lane that the screen shows, or in each that it does not."""
        titles = {lane.name: lane.title for lane in self.store.lanes.all()}
        here = {pane.lane.name for pane in self.panes}
        counts = sorted((lane, count.active) for lane, count in self.store.tickets.counts().items())
        return [f"{n} {one_line(titles.get(lane) or lane)}" for lane, n in counts if n and (lane in here) is shown]

    def action_ticket_return(self) -> None:
        """Go back to where the last jump started."""
        if not self.came_from:
            self.say(words("There is nowhere to go back to."))
            return
        place, ticket_id = self.came_from.pop()
        self.open_ticket(place, ticket_id)
        self.say(words("Back at #{n}").format(n=ticket_id))

    def action_nav_back(self) -> None:
        """Let a selection go, else leave the filter, else close the ticket, else leave the view; never quits."""
        if self.list.clear_selected():
            return
        if self.leave_filter():
            return
        if self.view.ticket_id is not None:
            self.show_ticket(None)
            self.lane_shown()
        else:
            self.leave_view()
        self.list.focus()

    def leave_filter(self) -> bool:
        """Show the whole lanes again; False when they are whole already."""
        return False

    def leave_view(self) -> bool:
        """Show what waits in the lane again; False when it does already."""
        return False

    def action_select_toggle(self) -> None:
        """Select the ticket under the cursor, or let it go."""
        self.list.toggle_selected()
        self._say_selected()

    def action_select_range(self) -> None:
        """Select from the last selected ticket to this one."""
        self.list.select_range()
        self._say_selected()

    def action_select_all(self) -> None:
        """Select every ticket shown."""
        self.list.select_shown()
        self._say_selected()

    def _say_selected(self) -> None:
        count = len(self.list.selected)
        self.say(words("{n} selected; keys now mean all of them, Esc lets go").format(n=count) if count else "")

    def action_desk_refresh(self) -> None:
        """Take in what is new and go to the top of the lane."""
        self.refresh_lanes()
        self.list.first()
        self.say(words("All that is new is taken in; the cursor is at the top."))

    def action_desk_zoom(self) -> None:
        """Give the lane or the ticket that has the focus the whole screen, or take it back."""
        self.toggle_class("-zoom")
        if self.has_class("-narrow"):
            self.say(words("The screen is narrow: what has the focus has all of it already."))

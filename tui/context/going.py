"""Navigation to lanes and tickets: the only way to change the ticket that keys act on."""

from __future__ import annotations

from tui.context.desk_context import DeskContext
from tui.look.words import words


class Going:
    """Opens tickets and remembers where the agent came from."""

    def __init__(self, desk: DeskContext) -> None:
        self._desk = desk
        self.came_from: list[tuple[int, int]] = []
        """Lane and ticket to go back to."""

    def go_lane(self, place: int) -> None:
        """Make a lane active; its ticket, cursor and draft are unchanged."""
        desk = self._desk
        if place not in desk.places or place == desk.active:
            desk.list.focus()
            return
        desk.active = place
        self.show_active()
        desk.list.focus()

    def go_beside(self, step: int) -> None:
        """Go to the lane on the right (1) or left (-1)."""
        places = self._desk.places
        beside = places.index(self._desk.active) + step
        self.go_lane(places[beside] if 0 <= beside < len(places) else self._desk.active)

    def go_number(self, number: int) -> None:
        """Go to the lane of this number; 0 are the tickets in no lane."""
        desk = self._desk
        place = next((n for n, pane in enumerate(desk.panes) if pane.number == number), None)
        if place is None:
            desk.say(words("There is no lane {n}; the last is {last}.").format(n=number, last=len(desk.panes) - 1))
        elif place not in desk.places:
            desk.say(words("Every ticket is in a lane."))
        else:
            self.go_lane(place)

    def show_active(self) -> None:
        """Put the active lane's ticket on the screen and mark its title."""
        desk = self._desk
        for place, (pane, view) in enumerate(zip(desk.panes, desk.views, strict=True)):
            pane.set_class(place == desk.active, "-active")
            view.set_class(place == desk.active, "-active")
            pane.list.set_here(place == desk.active)
        desk.show_ticket_open()
        desk.lane_shown()
        for show in desk.hooks.on_lane_shown:
            show()

    def open_ticket(self, place: int, ticket_id: int) -> None:
        """Open a ticket of a lane and go to it."""
        desk = self._desk
        desk.active = place
        desk.list.select_ticket(ticket_id)
        desk.answering.opened(ticket_id)
        desk.focus(desk.view)
        desk.show_ticket(ticket_id)
        self.show_active()
        for opened in desk.hooks.on_ticket_opened:
            opened(ticket_id)

    def open_under_cursor(self) -> None:
        """Open the ticket under the cursor; a ticket being read stays open, whether its lane lists it or not."""
        here = self._desk.target()
        if here is not None:
            self.open_ticket(self._desk.active, here)

    def jump_to(self, ticket_id: int) -> None:
        """Open a ticket of any lane and status; `,` comes back from it."""
        if not self.go_to(ticket_id):
            self._desk.say(words("There is no ticket #{n}.").format(n=ticket_id))

    def go_to(self, ticket_id: int) -> bool:
        """Open a ticket and remember where to go back to; False if there is no such ticket."""
        place = self.place_of(ticket_id)
        if place is None:
            return False
        self.remember()
        self.open_ticket(place, ticket_id)
        return True

    def remember(self) -> None:
        """Remember the ticket that keys act on as the one to go back to."""
        here = self._desk.target()
        if here is not None:
            self.came_from.append((self._desk.active, here))

    def place_of(self, ticket_id: int) -> int | None:
        """Return the index of the ticket's lane, of no lane if it is in none of the desk's; None without a ticket."""
        ticket = self._desk.store.tickets.get(ticket_id)
        if ticket is None:
            return None
        names = [pane.lane.name for pane in self._desk.panes]
        return names.index(ticket.lane) if ticket.lane in names else len(names) - 1

    def return_to(self, ticket_id: int) -> None:
        """Put the cursor on a ticket, in any lane; open it if a ticket is already open there."""
        desk, place = self._desk, self.place_of(ticket_id)
        if place is None:
            return
        if desk.reading:
            self.open_ticket(place, ticket_id)
            return
        desk.active = place
        if desk.list.select_ticket(ticket_id):
            self.show_active()
            desk.list.focus()
        else:  # a ticket that the lane does not list is opened, so that it can be worked on
            self.open_ticket(place, ticket_id)

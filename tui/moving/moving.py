"""Keys for navigation between tickets, lanes and regions, and back. They change nothing in the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from tui.cards.desk_message import DeskMessage
from tui.context.desk_context import DeskContext
from tui.context.going import Going
from tui.context.hooks import Act
from tui.context.part import Part
from tui.lanes.lane_line import short
from tui.lanes.lane_messages import TicketChosen
from tui.lanes.lane_stands import stand_of
from tui.look.words import counted, words


class Movement(Part):
    """Moving, opening, going back, selecting."""

    def __init__(self, desk: DeskContext, going: Going, show_in_sight: Act) -> None:
        """`show_in_sight` shows the ticket that keys act on."""
        super().__init__(desk)
        self.going, self.show_in_sight = going, show_in_sight

    def actions(self) -> Mapping[str, Act]:
        """The navigation actions."""
        return {
            "ticket.next": partial(self._step, 1),
            "ticket.previous": partial(self._step, -1),
            "ticket.first": self._first,
            "ticket.last": self._last,
            "ticket.page_down": partial(self._page, 1),
            "ticket.page_up": partial(self._page, -1),
            "message.quotes": lambda: self.desk.view.toggle_quotes(),
            "message.next": lambda: self.desk.view.step_message(1),
            "message.previous": lambda: self.desk.view.step_message(-1),
            "lane.left": partial(self.going.go_beside, -1),
            "lane.right": partial(self.going.go_beside, 1),
            **{f"lane.{n}": partial(self.going.go_number, n) for n in range(10)},
            "lane.choose": self._choose_lane,
            "region.next": self._other_region,
            "region.previous": self._other_region,
            "ticket.view": self.going.open_under_cursor,
            "ticket.return": self._return,
            "nav.back": self._go_back,
            "select.toggle": lambda: self._select(self.desk.list.toggle_selected),
            "select.range": lambda: self._select(self.desk.list.select_range),
            "select.all": lambda: self._select(self.desk.list.select_shown),
            "desk.refresh": self._refresh,
            "desk.zoom": self._zoom,
        }

    def messages(self) -> Mapping[type[DeskMessage], Callable[..., object]]:
        """A click opens."""
        return {TicketChosen: self._open_chosen}

    def _open_chosen(self, message: TicketChosen) -> None:
        place = self.going.place_of(message.ticket_id)
        if place is not None:
            self.going.open_ticket(place, message.ticket_id)

    def _step(self, step: int) -> None:
        """Go up or down by a ticket, or by a line when reading."""
        if self.desk.reading:
            self.desk.view.scroll_lines(step)
        else:
            self.desk.list.move(step)

    def _page(self, pages: int) -> None:
        """Move by pages in the list or in the ticket."""
        view = self.desk.view
        if self.desk.reading:
            view.page(pages)
        else:
            self.desk.list.page(pages)

    def _first(self) -> None:
        """Go to the most urgent ticket of the lane, or to the ticket's first line."""
        if self.desk.reading:
            self.desk.view.first()
        else:
            self.desk.list.first()

    def _last(self) -> None:
        """Go to the least urgent ticket of the lane, or to the ticket's last line."""
        view = self.desk.view
        if self.desk.reading:
            view.last()
        else:
            self.desk.list.last()

    def _choose_lane(self) -> None:
        """Choose a lane from the list of all, with what waits in each."""
        from tui.cards.pick_list import PickList

        desk, now = self.desk, self.desk.clock()
        panes = [desk.panes[place] for place in desk.places]
        stands = [stand_of(desk.store, pane.number, pane.lane, now) for pane in panes]
        stands.sort(key=lambda stand: not stand.active)  # where nothing waits there is nothing to do now
        lines = [(str(stand.number), short(stand, now)) for stand in stands]

        def chosen(number: str | None) -> None:
            if number:
                self.going.go_number(int(number))

        hint = words("number, title, waiting/late!, time to the next deadline · type to filter; Enter goes there")
        desk.push_screen(PickList(lines, hint), chosen)

    def _other_region(self) -> None:
        """Go from the list to the open ticket and back."""
        if self.desk.reading or self.desk.view.ticket_id is None:
            self.desk.list.focus()
        else:
            self.desk.view.focus()

    def _return(self) -> None:
        """Go back to where the last jump started."""
        if not self.going.came_from:
            self.desk.say(words("There is nowhere to go back to."))
            return
        place, ticket_id = self.going.came_from.pop()
        self.going.open_ticket(place, ticket_id)
        self.desk.say(words("Back at #{n}").format(n=ticket_id))

    def _go_back(self) -> None:
        """Go back one step; never quits."""
        if not any(step() for step in self.desk.hooks.go_back):
            self.desk.list.focus()

    def let_selection_go(self) -> bool:
        """Clear the selection; False if nothing is selected."""
        cleared = self.desk.list.clear_selected()
        self.desk.place_changed()
        return cleared

    def close_ticket(self) -> bool:
        """Close the open ticket; False if none is open."""
        if self.desk.view.ticket_id is None:
            return False
        self.desk.focus(self.desk.list)
        self.desk.show_ticket(None)
        self.show_in_sight()
        return True

    def _select(self, select: Act) -> None:
        """Select or unselect, and show how many tickets keys act on now."""
        select()
        self.desk.place_changed()
        count = len(self.desk.list.selected)
        selected = counted(
            "{n} selected; keys now act on it, Esc clears",
            "{n} selected; keys now act on all of them, Esc clears",
            count,
        )
        self.desk.say(selected.format(n=count) if count else "")

    def _refresh(self) -> None:
        """Load new tickets, go to the top of the lane and draw everything anew."""
        self.desk.redraw()
        self.desk.refresh_lanes()
        self.desk.list.first()
        self.desk.say(words("New tickets are loaded; the cursor is at the top."))

    def _zoom(self) -> None:
        """Zoom the focused lane or ticket to the whole screen, or back."""
        self.desk.screen.toggle_class("-zoom")
        if self.desk.screen.has_class("-narrow"):
            self.desk.say(words("The screen is narrow: the focused pane already fills it."))

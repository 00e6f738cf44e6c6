"""The ticket under the cursor, shown without opening it, and its digits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from time import monotonic

from tui.cards.desk_message import DeskMessage
from tui.context.desk_context import DeskContext
from tui.context.going import Going
from tui.context.part import Part
from tui.lanes.lane_messages import TicketHighlighted
from tui.look.words import words

PAUSE = 0.04
"""Seconds without a move after which the ticket is read: a held key moves the cursor and nothing else."""


class Glance(Part):
    """Keeps the ticket that keys act on in sight."""

    def __init__(self, desk: DeskContext, going: Going) -> None:
        super().__init__(desk)
        self.going = going
        self._moved_at = 0.0
        self._waiting = False
        self._shown = (0, 0)
        """The ticket that was read last, and the version of the store then."""

    def messages(self) -> Mapping[type[DeskMessage], Callable[..., object]]:
        """The cursor moved."""
        return {TicketHighlighted: self._moved}

    def _moved(self, message: TicketHighlighted) -> None:
        if message.lane == self.desk.pane.lane.name:
            self._moved_at = monotonic()
            if not self._waiting:
                self._waiting = True
                self.desk.run_worker(self._show_soon, group="glance")

    async def _show_soon(self) -> None:
        while (rest := self._moved_at + PAUSE - monotonic()) > 0:
            await asyncio.sleep(rest)
        self._waiting = False
        self.show()

    def show(self) -> None:
        """Show the ticket that keys act on: the open one while it is read or answered, else that under the cursor."""
        desk = self.desk
        ticket_id = desk.list.current_id
        there = desk.reading or desk.writing() or ticket_id == desk.view.ticket_id
        if there or ticket_id is None:
            desk.view.glance(None)
        elif (shown := (ticket_id, desk.store.data_version())) != self._shown or desk.view.drawn_id != ticket_id:
            self._shown = shown
            desk.view.glance(desk.read_newest(ticket_id))
        desk.place_changed()
        desk.show_macros()

    def show_first(self) -> bool:
        """Open the ticket that keys act on if it was never shown; True if it had to be, so that no digit answers it."""
        ticket = self.desk.ticket()
        if ticket is None or self.desk.list.selected or self.desk.has_shown(ticket.id):
            return False
        self.going.open_ticket(self.desk.active, ticket.id)
        self.desk.say(words("Here is #{n}; the same key then shows the answer.").format(n=ticket.id))
        return True

"""Splitting a message off into a new ticket, or moving it to another one, by key."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from data.records.changes import Change
from data.records.messages import Direction, Message
from data.records.tickets import Ticket
from tui.context.changing import Changing
from tui.context.desk_context import DeskContext
from tui.context.hooks import Act
from tui.context.part import Part
from tui.deciding.ticket_choice import choose_ticket, confirm_other_customer
from tui.look.one_line import one_line
from tui.look.short_times import span
from tui.look.shown import beginning
from tui.look.words import words

_ARROWS = {Direction.IN: "←", Direction.OUT: "→", Direction.NOTE: "┃"}


class Separating(Part):
    """`T` asks which message, then where to."""

    def __init__(self, desk: DeskContext, changing: Changing) -> None:
        super().__init__(desk)
        self.changing = changing

    def actions(self) -> Mapping[str, Act]:
        """Splitting and moving."""
        return {"ticket.move": self._choose}

    def _choose(self) -> None:
        """Ask which message of the ticket goes elsewhere, the newest first."""
        ticket = self.desk.ticket()
        if ticket is None:
            self.desk.say_no_ticket()
            return
        from tui.cards.pick_list import PickList

        messages = {
            str(message.id): message for message in reversed(self.desk.store.messages.of(ticket.id, most=1_000))
        }

        def chosen(line: str | None) -> None:
            if line:
                self._ask_where(ticket, messages[line])

        lines = [(number, self._line(message)) for number, message in messages.items()]
        self.desk.push_screen(PickList(lines, words("which message? Enter takes it")), chosen)

    def _line(self, message: Message) -> str:
        message = self.desk.covered(message)
        ago = words("{span} ago").format(span=span(max(0, self.desk.clock() - message.at)))
        name = one_line(message.from_name) or one_line(message.from_address)
        return f"{_ARROWS[message.direction]} {name}, {ago}: {beginning(message.new_text or message.text, 300)}"

    def _ask_where(self, ticket: Ticket, message: Message) -> None:
        from tui.cards.key_menu import KeyMenu, Line

        async def chosen(answer: str | None) -> None:
            if answer == "new":
                await self._carry_out(ticket, Change(move=(message.id,)))
            elif answer == "other":
                hint = words("letters of its subject, or its number; Enter moves the message there")
                there = partial(self._move, ticket, message)
                choose_ticket(self.desk, (ticket.id,), hint, words("Move to #{n}"), there)

        lines = [Line("n", "new", words("into a new ticket")), Line("m", "other", words("to another ticket…"))]
        self.desk.push_screen(KeyMenu(self._line(message), lines), chosen)

    async def _move(self, ticket: Ticket, message: Message, number: int) -> None:
        into = self.desk.store.tickets.get(number)
        other = into is not None and into.customer_id != ticket.customer_id
        change = Change(move=(message.id,), move_to=number, other_customer=other)
        if into is not None and other:
            confirm_other_customer(self.desk, into, (ticket,), partial(self._carry_out, ticket, change))
        else:
            await self._carry_out(ticket, change)

    async def _carry_out(self, ticket: Ticket, change: Change) -> None:
        await self.changing.change_of((ticket.id,), change, versions={ticket.id: ticket.version})

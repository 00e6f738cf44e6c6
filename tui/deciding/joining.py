"""Merging tickets by key: the ticket that stays is chosen from a list or by its number."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from data.records.changes import Change, Done
from data.records.tickets import Ticket
from tui.cards.key_menu import KeyMenu, Line
from tui.context.changing import Changing
from tui.context.desk_context import DeskContext
from tui.context.hooks import Act
from tui.context.part import Part
from tui.look.one_line import one_line
from tui.look.words import words

_TYPED = "typed:"
"""What the ids of typed numbers begin with."""


class Joining(Part):
    """`I` merges the tickets that keys act on into another."""

    def __init__(self, desk: DeskContext, changing: Changing) -> None:
        super().__init__(desk)
        self.changing = changing

    def actions(self) -> Mapping[str, Act]:
        """Merging."""
        return {"ticket.merge": self._choose}

    def _choose(self) -> None:
        """Ask which ticket stays: another of the customer's, one of the selected, or any by its number."""
        ids = self.desk.targets()
        if not ids:
            self.desk.say_no_ticket()
            return
        from tui.cards.pick_list import PickList

        async def chosen(line: str | None) -> None:
            if line:
                await self._merge(ids, int(line.removeprefix(_TYPED)))

        hint = words("letters of its subject, or its number; Enter merges into it")
        self.desk.push_screen(PickList(self._candidates(ids), hint, _by_number, offer_first=True), chosen)

    def _candidates(self, ids: Sequence[int]) -> list[tuple[str, str]]:
        selected = list(ids) if len(ids) > 1 else []
        customers = dict.fromkeys(ticket.customer_id for ticket in map(self.desk.store.tickets.get, ids) if ticket)
        theirs = [row.id for customer in customers for row in self.desk.store.tickets.of_customer(customer)]
        numbers = dict.fromkeys((*selected, *(number for number in theirs if number not in ids)))
        tickets = (self.desk.store.tickets.get(number) for number in numbers)
        return [_line(ticket) for ticket in tickets if ticket is not None and ticket.merged_into is None]

    async def _merge(self, ids: Sequence[int], into: int) -> None:
        """Merge, after a question where another customer's ticket is among them."""
        tickets = [self.desk.store.tickets.get(number) for number in ids if number != into]
        kept = self.desk.store.tickets.get(into)
        merged = tuple(ticket.id for ticket in tickets if ticket is not None)
        if kept is None or not merged:
            self.desk.say(words("There is no other ticket #{n}; nothing was merged.").format(n=into), severe=True)
            return
        versions = {ticket.id: ticket.version for ticket in tickets if ticket is not None}
        others = [ticket for ticket in tickets if ticket is not None and ticket.customer_id != kept.customer_id]
        if not others:
            await self._carry_out(merged, versions, Change(merge_into=into))
            return
        self._ask(
            kept, others, partial(self._carry_out, merged, versions, Change(merge_into=into, other_customer=True))
        )

    def _ask(self, kept: Ticket, others: Sequence[Ticket], then: Callable[[], Awaitable[None]]) -> None:
        names = ", ".join(f"#{ticket.id} {self._customer(ticket)}" for ticket in others)
        title = words("Different customers: {others}; #{n} is from {customer}").format(
            others=names, n=kept.id, customer=self._customer(kept)
        )
        note = words("Replies and copies do not go to the merged customer until you take them in · Esc leaves")

        async def answered(answer: str | None) -> None:
            if answer == "yes":
                await then()

        lines = [Line("y", "yes", words("merge into #{n} all the same").format(n=kept.id))]
        self.desk.push_screen(KeyMenu(title, lines, note), answered)

    def _customer(self, ticket: Ticket) -> str:
        customer = self.desk.store.customers.get(ticket.customer_id)
        return one_line(customer.name) if customer is not None and customer.name else words("(no name)")

    async def _carry_out(self, ids: tuple[int, ...], versions: dict[int, int], change: Change) -> None:
        await self.changing.change_of(ids, change, self._merged, versions=versions)

    def _merged(self, done: Done) -> None:
        """Show the kept ticket if the merged one was open, so that the agent goes on where its messages are."""
        merged = self.desk.store.tickets.get(done.ticket_ids[0])
        was_open = self.desk.view.ticket_id in done.ticket_ids and self.desk.reading
        self.changing.changed(done)
        if was_open and merged is not None and merged.merged_into is not None:
            self.desk.show_ticket(merged.merged_into)
            self.desk.view.focus()
        self.changing.tell(done)


def _line(ticket: Ticket) -> tuple[str, str]:
    return str(ticket.id), f"#{ticket.id} {ticket.status.value}: {one_line(ticket.subject)}"


def _by_number(typed: str) -> tuple[str, str]:
    number = typed.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 16:
        return f"{_TYPED}{number}", words("Merge into #{n}").format(n=int(number))
    return "", words("Type the number of a ticket, or letters of a subject above")

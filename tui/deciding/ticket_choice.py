"""Choosing another ticket: from the customer's, the selected, or by its number; a question about other customers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from data.records.tickets import Ticket
from tui.context.desk_context import DeskContext
from tui.look.one_line import one_line
from tui.look.stored_words import subject_line
from tui.look.words import words

_TYPED = "typed:"
"""What the ids of typed numbers begin with."""


def choose_ticket(
    desk: DeskContext, ids: Sequence[int], hint: str, offer: str, then: Callable[[int], Awaitable[None]]
) -> None:
    """Ask for a ticket besides `ids`, or one of them where there are several; `offer` names a typed number `{n}`."""
    from tui.cards.pick_list import PickList

    def by_number(typed: str) -> tuple[str, str]:
        number = typed.removeprefix("#")
        if number.isascii() and number.isdigit() and len(number) < 16:
            return f"{_TYPED}{number}", offer.format(n=int(number))
        return "", words("Type the number of a ticket, or letters of a subject")

    async def chosen(line: str | None) -> None:
        if line:
            await then(int(line.removeprefix(_TYPED)))

    desk.push_screen(PickList(_candidates(desk, ids), hint, by_number, offer_first=True), chosen)


def _candidates(desk: DeskContext, ids: Sequence[int]) -> list[tuple[str, str]]:
    selected = list(ids) if len(ids) > 1 else []
    customers = dict.fromkeys(ticket.customer_id for ticket in map(desk.store.tickets.get, ids) if ticket)
    theirs = [row.id for customer in customers for row in desk.store.tickets.of_customer(customer)]
    numbers = dict.fromkeys((*selected, *(number for number in theirs if number not in ids)))
    tickets = (desk.store.tickets.get(number) for number in numbers)
    return [_line(ticket) for ticket in tickets if ticket is not None and ticket.merged_into is None]


def _line(ticket: Ticket) -> tuple[str, str]:
    return str(ticket.id), f"#{ticket.id} {words(ticket.status.value)}: {subject_line(ticket.subject)}"


def confirm_other_customer(
    desk: DeskContext, kept: Ticket, others: Sequence[Ticket], then: Callable[[], Awaitable[None]]
) -> None:
    """Ask whether messages of another customer's tickets shall go to `kept` all the same."""
    from tui.cards.key_menu import KeyMenu, Line

    names = ", ".join(f"#{ticket.id} {_customer(desk, ticket)}" for ticket in others)
    title = words("Different customers: {others}; #{n} is from {customer}").format(
        others=names, n=kept.id, customer=_customer(desk, kept)
    )
    note = words("Replies and copies do not go to the other customer until you take them in · Esc leaves")

    async def answered(answer: str | None) -> None:
        if answer == "yes":
            await then()

    lines = [Line("y", "yes", words("put it into #{n} all the same").format(n=kept.id))]
    desk.push_screen(KeyMenu(title, lines, note), answered)


def _customer(desk: DeskContext, ticket: Ticket) -> str:
    customer = desk.store.customers.get(ticket.customer_id)
    return one_line(customer.name) if customer is not None and customer.name else words("(no name)")

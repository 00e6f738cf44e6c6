"""Details: the customer's card, and copying text to the clipboard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from data import safe_text as gate
from data.confidential.items import Kind
from data.records.messages import Message
from data.records.ratings import Rating
from data.records.tickets import Ticket
from tui.context.desk_context import DeskContext
from tui.context.going import Going
from tui.context.hooks import Act
from tui.context.part import Part
from tui.lanes.lane_stands import lanes_with_none
from tui.look.lane_titles import lane_title
from tui.look.one_line import fit
from tui.look.shown import beginning, first_part
from tui.look.theme import THEME_SETTING
from tui.look.words import counted, words

if TYPE_CHECKING:
    from queues.desk.desk import Desk

MOST_TICKETS = 30
"""Tickets of one customer that the card lists."""

MOST_COPIED = 20_000
"""Characters that are copied: a terminal does not take much more."""


class CloserLook(Part):
    """The customer's card, the copy menu, and the colours."""

    def __init__(self, desk: DeskContext, going: Going) -> None:
        super().__init__(desk)
        self.going = going

    def actions(self) -> Mapping[str, Act]:
        """The customer, copying, the theme."""
        return {"ticket.customer": self._customer, "ticket.copy": self._choose_copy, "desk.theme": self._choose_theme}

    def _customer(self) -> None:
        """Show the customer of the ticket and all their tickets."""
        ticket = self._ticket_or_say()
        if ticket is not None:
            self.show_customer(ticket.customer_id, ticket)

    def show_customer(self, customer_id: int, here: Ticket | None = None) -> None:
        """Show a customer and all their tickets; `here` is the one that the agent comes from."""
        customer = self.desk.store.customers.get(customer_id)
        if customer is None:
            return
        from tui.customer.customer_card import CustomerCard, Past

        titles = {lane.name: lane_title(lane) for lane in lanes_with_none(self.desk.store.lanes.all())}
        past = [
            Past(
                row,
                titles.get(lane, lane),
                next((self.desk.covered(message) for message in self._last_message(row.id)), None),
            )
            for row in self.desk.store.tickets.of_customer(customer_id, limit=MOST_TICKETS)
            for lane in [getattr(self.desk.store.tickets.get(row.id), "lane", "")]
        ]
        ratings = [self._folded_rating(rating) for rating in self.desk.store.csat.of_customer(customer.id)]
        number, reason = (here.id, here.reason) if here is not None else (0, "")
        card = CustomerCard(customer, past, number, self.desk.clock(), ratings, reason)
        self.desk.push_screen(card, self._past_chosen)

    def _folded_rating(self, rating: Rating) -> Rating:
        """Return a rating, without its comment if its ticket's text is folded."""
        ticket = self.desk.store.tickets.get(rating.ticket_id)
        return replace(rating, comment="") if ticket is not None and self.desk.folds(ticket) else rating

    def _last_message(self, ticket_id: int) -> list[Message]:
        return self.desk.store.messages.of(ticket_id, limit=1)

    def _past_chosen(self, ticket_id: int | None) -> None:
        if ticket_id:
            self.going.jump_to(ticket_id)

    def _choose_copy(self) -> None:
        """Choose what to copy."""
        ticket = self._ticket_or_say()
        if ticket is None:
            return
        from tui.cards.key_menu import KeyMenu, Line

        copies = self._copies(ticket)
        lines = [
            Line(key, key, f"{name}: {fit(beginning(text, 300), 40).rstrip()}") for key, (name, text) in copies.items()
        ]

        def chosen(key: str | None) -> None:
            if key:
                self._copy(*copies[key], ticket.id if key == "a" else 0)

        self.desk.push_screen(KeyMenu(words("Copy what?"), lines), chosen)

    def _copies(self, ticket: Ticket) -> dict[str, tuple[str, str]]:
        """Return what can be copied, by key: its name and its text."""
        newest = next((message for message in self._last_message(ticket.id) if not self.desk.folds(ticket)), None)
        customer = self.desk.store.customers.get(ticket.customer_id)
        numbers = " ".join(f"#{number}" for number in self.desk.targets())
        copies = {
            "y": (words("newest message"), newest.new_text or newest.text if newest is not None else ""),
            "n": (words("number"), numbers),
            "s": (words("subject"), ticket.subject),
            "a": (words("address"), customer.identities[0].value if customer and customer.identities else ""),
        }
        return {key: (name, text) for key, (name, text) in copies.items() if text.strip()}

    def _copy(self, name: str, text: str, address_of: int) -> None:
        """Copy safe text to the terminal's clipboard (OSC 52, as Textual writes it), masked but for the address.

        Copying the address of the ticket `address_of` shows it to the agent, which is recorded.
        """
        copied = gate.safe_text(text) if address_of else first_part(text, MOST_COPIED)
        if address_of:
            self.desk.writer.submit(lambda desk: desk.note_unmasked(address_of, [Kind.EMAIL], "clipboard"))
        self.desk.app.copy_to_clipboard(copied)
        n = len(copied)
        message = counted("Copied by the terminal (OSC 52): {name}, {n} character",
                          "Copied by the terminal (OSC 52): {name}, {n} characters", n)  # fmt: skip
        self.desk.say(message.format(name=name, n=n))

    def _choose_theme(self) -> None:
        """Choose the colours; the desk file remembers them."""
        from tui.cards.key_menu import KeyMenu, Line

        names = {"dark": words("Dark"), "light": words("Light"), "contrast": words("More contrast")}
        lines = [Line(name[0], name, text) for name, text in names.items()]
        note = words("A theme in config.toml takes precedence at the next start · Esc leaves")

        async def chosen(name: str | None) -> None:
            if name:
                self.desk.app.theme = name
                await self.desk.ask(lambda desk: keep_theme(desk, name), lambda _: self.desk.say(names[name]))

        self.desk.push_screen(KeyMenu(words("Which colours?"), lines, note), chosen)

    def _ticket_or_say(self) -> Ticket | None:
        ticket = self.desk.ticket()
        if ticket is None:
            self.desk.say_no_ticket()
        return ticket


def keep_theme(desk: Desk, name: str) -> None:
    """Store the theme chosen on the screen."""
    with desk.store.write():
        desk.store.settings.save(THEME_SETTING, name)

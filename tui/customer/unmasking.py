"""`*` lists what is masked on the ticket and shows one item of it, which is recorded: who, when, what kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from data.errors import DeskError
from data.store import Store
from tui.context.hooks import Act
from tui.context.part import Part
from tui.look.words import words

if TYPE_CHECKING:
    from tui.customer.hidden_items import HiddenItem


class Unmasking(Part):
    """The key that shows masked data."""

    def actions(self) -> Mapping[str, Act]:
        """Show what is masked."""
        return {"ticket.unmask": self._start}

    def _start(self) -> None:
        """Look for what is masked on the ticket that keys act on, in a thread: its texts may be long."""
        from tui.customer.hidden_items import hidden_items

        ticket = self.desk.ticket()
        if ticket is None:
            self.desk.say_no_ticket()
            return
        number, path, now, folded = ticket.id, self.desk.store.path, self.desk.clock(), self.desk.folds(ticket)
        look = self.desk.only_here(lambda items: self._look(number, items))

        def read() -> None:
            try:
                with closing(Store.open(path, create=False)) as store:
                    items = hidden_items(store, number, now, folded=folded)
            except DeskError as error:
                self.desk.from_thread(self.desk.refused, error)
                return
            self.desk.from_thread(look, items)

        self.desk.in_thread("unmask", read)

    def _look(self, ticket_id: int, items: Sequence[HiddenItem]) -> None:
        """Open the card, or say that there is nothing masked."""
        from tui.customer.hidden_card import HiddenCard

        if not items:
            self.desk.say(words("Nothing is masked on #{n}.").format(n=ticket_id))
            return

        def showing(item: HiddenItem) -> None:
            self.desk.writer.submit(lambda desk: desk.note_unmasked(ticket_id, [item.kind], "screen"))

        self.desk.push_screen(HiddenCard(items, showing))

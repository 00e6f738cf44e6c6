"""Merging tickets by key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from data.records.changes import Change, Done
from tui.context.changing import Changing
from tui.context.desk_context import DeskContext
from tui.context.hooks import Act
from tui.context.part import Part
from tui.deciding.ticket_choice import choose_ticket, confirm_other_customer
from tui.look.words import words


class Joining(Part):
    """`I` merges the tickets that keys act on into another."""

    def __init__(self, desk: DeskContext, changing: Changing) -> None:
        super().__init__(desk)
        self.changing = changing

    def actions(self) -> Mapping[str, Act]:
        """Merging."""
        return {"ticket.merge": self._choose}

    def _choose(self) -> None:
        """Ask which ticket stays."""
        ids = self.desk.targets()
        if not ids:
            self.desk.say_no_ticket()
            return
        hint = words("letters of its subject, or its number; Enter merges into it")
        choose_ticket(self.desk, ids, hint, words("Merge into #{n}"), partial(self._merge, ids))

    async def _merge(self, ids: Sequence[int], into: int) -> None:
        """Merge, after a question where another customer's ticket is among them."""
        kept = self.desk.store.tickets.get(into)
        absorbed = [self.desk.store.tickets.get(number) for number in ids if number != into]
        tickets = [ticket for ticket in absorbed if ticket is not None]
        if kept is None or not tickets:
            self.desk.say(words("There is no other ticket #{n}; nothing was merged.").format(n=into), severe=True)
            return
        others = [ticket for ticket in tickets if ticket.customer_id != kept.customer_id]
        versions = {ticket.id: ticket.version for ticket in tickets}
        change = Change(merge_into=into, other_customer=bool(others))
        carry_out = partial(self.changing.change_of, tuple(versions), change, self._merged, versions=versions)
        if others:
            confirm_other_customer(self.desk, kept, others, carry_out)
        else:
            await carry_out()

    def _merged(self, done: Done) -> None:
        """Show the kept ticket if the merged one was open, so that the agent goes on where its messages are."""
        merged = self.desk.store.tickets.get(done.ticket_ids[0])
        was_open = self.desk.view.ticket_id in done.ticket_ids and self.desk.reading
        self.changing.changed(done)
        if was_open and merged is not None and merged.merged_into is not None:
            self.desk.show_ticket(merged.merged_into)
            self.desk.view.focus()
        self.changing.tell(done)

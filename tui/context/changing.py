"""The one way from the screen to the desk: submit a change, report what it did, and name the key that undoes it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from data.records.changes import Change, Done
from data.records.tickets import ACTIVE, Ticket
from tui.context.desk_context import DeskContext
from tui.look.short_times import span
from tui.look.words import piecewise, words

if TYPE_CHECKING:
    from queues.desk.desk import Desk

BURST_KEYS = 4
BURST_SECONDS = 0.05
"""More changes than this in so short a time were pasted, or typed for another window."""


Complete = Callable[[Change, Ticket, "Desk", int], Change]
"""Fills in the escalation text of a change, for a given time; called in the writer's thread."""


class Changing:
    """Changes tickets for the parts."""

    def __init__(self, desk: DeskContext, complete: Complete) -> None:
        self._desk, self.complete = desk, complete
        self.key_time = 0.0
        """When the key being handled was read, on Textual's monotonic clock."""
        self._changed_at: deque[float] = deque(maxlen=BURST_KEYS)

    async def change(self, change: Change, then: Callable[[Done], None] | None = None) -> None:
        """Apply `change` to the tickets that keys act on; `then` replaces the default follow-up."""
        ids = self._desk.targets()
        if not ids:
            self._desk.say_no_ticket()
            return
        await self.change_of(ids, change, then)

    async def change_of(
        self,
        ids: tuple[int, ...],
        change: Change,
        then: Callable[[Done], None] | None = None,
        *,
        versions: dict[int, int] | None = None,
    ) -> None:
        """Apply `change` to these tickets, unless keys come faster than a person types.

        `versions` are those that the agent saw when deciding, as on a card; by default that of the open ticket.
        """
        if self.burst():
            return
        versions = self._versions(ids) if versions is None else versions
        await self._desk.ask(lambda desk: self._carried_out(desk, ids, change, versions), then or self.changed)

    def _carried_out(self, desk: Desk, ids: tuple[int, ...], change: Change, versions: dict[int, int]) -> Done:
        """Apply it in the writer's thread; an escalation gets the text of its template there."""
        changes = dict.fromkeys(ids, change)
        for ticket_id in ids if change.escalate is not None else ():
            ticket = desk.store.tickets.get(ticket_id)
            if ticket is not None:
                changes[ticket_id] = self.complete(change, ticket, desk, self._desk.clock())
        return desk.act_each(changes, versions=versions)

    def changed(self, done: Done) -> None:
        """Show the result of a change; if a ticket left its lane, go to the next."""
        desk, reading = self._desk, self._desk.reading
        desk.list.clear_selected()
        desk.refresh_lanes()
        self.tell(done)
        if desk.view.ticket_id in done.ticket_ids and not desk.list.holds(desk.view.ticket_id):
            desk.show_ticket(desk.list.current_id if reading else None)
            (desk.view if reading and desk.view.ticket_id is not None else desk.list).focus()
        desk.lane_shown()

    def tell(self, done: Done) -> None:
        """Show the result, and by which key and until when it can be undone."""
        self._desk.say(f"{piecewise(done.summary)} · {self.undo_words(done)}")

    def tell_late(self, result: object) -> None:
        """Show the result of a change that was saved after the agent had moved on."""
        if isinstance(result, Done):
            self.tell(result)

    def undo_words(self, done: Done) -> str:
        """Return which key undoes it and, if something is sent, for how long."""
        key = self._desk.key("desk.undo")
        if done.leaves_at is None:
            return words("{key} undoes it").format(key=key)
        remaining = span(max(0, done.leaves_at - self._desk.clock()))
        return words("{key} recalls it within {span}").format(key=key, span=remaining)

    def waits(self, ticket_id: int) -> bool:
        """Return whether a ticket still waits for an agent."""
        ticket = self._desk.store.tickets.get(ticket_id)
        return ticket is not None and ticket.status in ACTIVE

    def burst(self) -> bool:
        """Return whether changing keys come faster than a person types, and warn the agent if so."""
        self._changed_at.append(self.key_time)
        full = len(self._changed_at) == BURST_KEYS
        fast = full and 0 < self._changed_at[-1] - self._changed_at[0] < BURST_SECONDS
        if fast:
            self._desk.say(words("Keys came faster than anyone types; nothing was changed."), severe=True)
        return fast

    def _versions(self, ids: tuple[int, ...]) -> dict[int, int]:
        """The open ticket's version as shown, to detect conflicting changes."""
        shown = self._desk.view.shown
        return {shown.ticket.id: shown.ticket.version} if shown is not None and shown.ticket.id in ids else {}

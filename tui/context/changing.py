"""The one way from the screen to the desk: submit a change, report what it did, and name the key that undoes it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from data.records.changes import Change, Done
from data.records.tickets import ACTIVE, Ticket
from tui.context.desk_context import DeskContext
from tui.look.short_times import span
from tui.look.words import words

if TYPE_CHECKING:
    from queues.desk.desk import Desk

BURST_KEYS = 4
BURST_SECONDS = 0.05
"""So many changes in so short a time were pasted or typed for another window; nobody presses keys like that."""


Complete = Callable[[Change, Ticket, "Desk", int], Change]
"""Writes the text of an escalation into a change, at a time; called in the writer's thread."""


class Changing:
    """Changes tickets for the parts."""

    def __init__(self, desk: DeskContext, complete: Complete) -> None:
        self._desk, self.complete = desk, complete
        self.key_time = 0.0
        """When the key being handled was read, on Textual's monotonic clock."""
        self._changed_at: deque[float] = deque(maxlen=BURST_KEYS)

    async def change(self, change: Change, then: Callable[[Done], None] | None = None) -> None:
        """Carry `change` out on the tickets that the keys mean; `then` replaces what follows it."""
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
        """Carry `change` out on these tickets, unless the keys come faster than hands move.

        `versions` are the ones that the agent decided on, as on a card; without them the open ticket's counts.
        """
        if self.burst():
            return
        versions = self._versions(ids) if versions is None else versions
        await self._desk.ask(lambda desk: self._carried_out(desk, ids, change, versions), then or self.changed)

    def _carried_out(self, desk: Desk, ids: tuple[int, ...], change: Change, versions: dict[int, int]) -> Done:
        """Do it in the writer's thread; an escalation gets the text of its template there."""
        changes = dict.fromkeys(ids, change)
        for ticket_id in ids if change.escalate is not None else ():
            ticket = desk.store.tickets.get(ticket_id)
            if ticket is not None:
                changes[ticket_id] = self.complete(change, ticket, desk, self._desk.clock())
        return desk.act_each(changes, versions=versions)

    def changed(self, done: Done) -> None:
        """Show what a change did; a ticket that left its lane makes room for the next."""
        desk, reading = self._desk, self._desk.reading
        desk.list.clear_selected()
        desk.refresh_lanes()
        self.tell(done)
        if desk.view.ticket_id in done.ticket_ids and not desk.list.holds(desk.view.ticket_id):
            desk.show_ticket(desk.list.current_id if reading else None)
            (desk.view if reading and desk.view.ticket_id is not None else desk.list).focus()
        desk.lane_shown()

    def tell(self, done: Done) -> None:
        """Say what was done, and by which key and until when it can be undone."""
        self._desk.say(f"{done.summary} · {self.undo_words(done)}")

    def tell_late(self, result: object) -> None:
        """Say the same of a change that was saved after the agent had gone on."""
        if isinstance(result, Done):
            self.tell(result)

    def undo_words(self, done: Done) -> str:
        """Say which key undoes it and, where something leaves, for how long."""
        key = self._desk.key("desk.undo")
        if done.leaves_at is None:
            return words("{key} undoes it").format(key=key)
        remaining = span(max(0, done.leaves_at - self._desk.clock()))
        return words("{key} calls it back for {span}").format(key=key, span=remaining)

    def waits(self, ticket_id: int) -> bool:
        """Tell whether a ticket still waits for an agent."""
        ticket = self._desk.store.tickets.get(ticket_id)
        return ticket is not None and ticket.status in ACTIVE

    def burst(self) -> bool:
        """Tell whether the keys that change something come faster than hands type, and say so to the agent."""
        self._changed_at.append(self.key_time)
        full = len(self._changed_at) == BURST_KEYS
        fast = full and 0 < self._changed_at[-1] - self._changed_at[0] < BURST_SECONDS
        if fast:
            self._desk.say(words("Keys came faster than anybody types; they changed nothing."), severe=True)
        return fast

    def _versions(self, ids: tuple[int, ...]) -> dict[int, int]:
        """The open ticket's version as shown, so that a change made meanwhile is noticed."""
        shown = self._desk.view.shown
        return {shown.ticket.id: shown.ticket.version} if shown is not None and shown.ticket.id in ids else {}

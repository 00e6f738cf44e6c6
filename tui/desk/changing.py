"""Keys that decide what becomes of tickets. Each asks the desk for one `Change`, for one ticket or for all selected."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from data.errors import LeftError
from data.records.changes import Change, Done
from data.records.tickets import ACTIVE, Priority, Status
from tui.deciding.escalation_text import HandingOver
from tui.lanes.passing_over import Passing
from tui.look.short_times import span
from tui.look.words import words
from tui.setup.settings import config_folder

if TYPE_CHECKING:
    from queues.desk.desk import Desk

BURST_KEYS = 4
BURST_SECONDS = 0.05
"""So many changes in so short a time were pasted or typed for another window; nobody presses keys like that."""

LADDER = tuple(Priority)


class Changes(Passing):
    """Deciding, undoing and redoing."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as given
        self.key_time = 0.0
        """When the key being handled was read, on Textual's monotonic clock."""
        self.handing_over = HandingOver(config_folder())
        """Used in the writer's thread alone."""
        self._left: int | None = None
        """The action whose reply had left when undoing was tried."""
        self._changed_at: deque[float] = deque(maxlen=BURST_KEYS)

    async def change(self, change: Change, then: Callable[[Done], None] | None = None) -> None:
        """Carry `change` out on the tickets that the keys mean; `then` replaces what follows it."""
        ids = self.targets()
        if not ids:
            self.say(words("There is no ticket here; . goes to the most urgent one."))
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
        await self.ask(lambda desk: self._carried_out(desk, ids, change, versions), then or self.changed)

    def _carried_out(self, desk: Desk, ids: tuple[int, ...], change: Change, versions: dict[int, int]) -> Done:
        """Do it in the writer's thread; what goes to another team gets the words of its template there."""
        changes = dict.fromkeys(ids, change)
        for ticket_id in ids if change.escalate is not None else ():
            ticket = desk.store.tickets.get(ticket_id)
            if ticket is not None:
                changes[ticket_id] = self.handing_over.completed(change, ticket, desk, self.clock())
        return desk.act_each(changes, versions=versions)

    def changed(self, done: Done) -> None:
        """Show what a change did; a ticket that left its lane makes room for the next."""
        reading = self.reading
        self.list.clear_selected()
        self.refresh_lanes()
        self.tell(done)
        if self.view.ticket_id in done.ticket_ids and not self.list.holds(self.view.ticket_id):
            self.show_ticket(self.list.current_id if reading else None)
            (self.view if reading and self.view.ticket_id is not None else self.list).focus()
        self.lane_shown()

    def came_late(self, result: object) -> None:
        """Tell what was done, where the agent has gone on meanwhile."""
        super().came_late(result)
        if isinstance(result, Done):
            self.tell(result)

    def tell(self, done: Done) -> None:
        """Say what was done, and by which key and until when it can be undone."""
        self.say(f"{done.summary} · {self.undo_words(done)}")

    def undo_words(self, done: Done) -> str:
        """Say which key undoes it and, where something leaves, for how long."""
        if done.leaves_at is None:
            return words("{key} undoes it").format(key=self.key("desk.undo"))
        left = span(max(0, done.leaves_at - self.clock()))
        return words("{key} calls it back for {span}").format(key=self.key("desk.undo"), span=left)

    async def action_ticket_solve(self) -> None:
        """Mark as solved."""
        await self.change(Change(status=Status.SOLVED))

    async def action_ticket_pending(self) -> None:
        """Wait for the customer."""
        await self.change(Change(status=Status.PENDING))

    async def action_ticket_hold(self) -> None:
        """Wait for somebody else."""
        await self.change(Change(status=Status.ON_HOLD))

    async def action_ticket_reopen(self) -> None:
        """Make it ours again."""
        await self.change(Change(status=Status.OPEN))

    async def action_ticket_take(self) -> None:
        """Assign to the agent at the keys."""
        await self.change(Change(assignee=self.agent))

    async def action_ticket_raise(self) -> None:
        """Make more urgent."""
        await self._priority(1)

    async def action_ticket_lower(self) -> None:
        """Make less urgent."""
        await self._priority(-1)

    async def action_desk_undo(self) -> None:
        """Take the whole last action back; where a reply of it has left, once more takes back the rest."""
        rest, self._left = self._left, None

        def undo(desk: Desk) -> Done | LeftError:
            try:
                return desk.undo(rest_of=rest)
            except LeftError as error:
                return error

        await self.ask(undo, self._undone)

    async def action_desk_redo(self) -> None:
        """Do again what was taken back."""
        await self.ask(lambda desk: desk.redo(), self.changed)

    def _undone(self, done: Done | LeftError) -> None:
        if isinstance(done, LeftError):
            self._left = done.action
            key = words("{key} takes the rest back").format(key=self.key("desk.undo"))
            self.say(f"{done.title}: {done.message} · {key}", severe=True)
            return
        self.refresh_lanes()
        again = words("{key} does it again").format(key=self.key("desk.redo"))
        self.say(words("Undone: {summary}").format(summary=done.summary) + ("" if done.partly else f" · {again}"))
        for ticket_id in done.ticket_ids[:1]:
            self.return_to(ticket_id)

    def return_to(self, ticket_id: int) -> None:
        """Put the cursor on a ticket, in whatever lane it stands; open it where one is open already."""
        row = self.store.tickets.get(ticket_id)
        place = next((n for n, pane in enumerate(self.panes) if row is not None and pane.lane.name == row.lane), None)
        if place is None:
            return
        if self.reading:
            self.open_ticket(place, ticket_id)
            return
        self.active = place
        if self.list.select_ticket(ticket_id):
            self.show_active()
            self.list.focus()
        else:  # what the lane does not show is opened, so that it can be read and worked on
            self.open_ticket(place, ticket_id)

    async def _priority(self, step: int) -> None:
        ticket = self.ticket()
        if ticket is None:
            return
        place = min(max(0, LADDER.index(ticket.priority) + step), len(LADDER) - 1)
        await self.change(Change(priority=LADDER[place]))

    def _waits(self, ticket_id: int | None) -> bool:
        ticket = None if ticket_id is None else self.store.tickets.get(ticket_id)
        return ticket is not None and ticket.status in ACTIVE

    def _versions(self, ids: tuple[int, ...]) -> dict[int, int]:
        """The open ticket's version as shown, so that a change made meanwhile is noticed."""
        shown = self.view.shown
        return {shown.ticket.id: shown.ticket.version} if shown is not None and shown.ticket.id in ids else {}

    def burst(self) -> bool:
        """Tell, the agent too, whether the keys that change something come faster than anybody types."""
        self._changed_at.append(self.key_time)
        full = len(self._changed_at) == BURST_KEYS
        fast = full and 0 < self._changed_at[-1] - self._changed_at[0] < BURST_SECONDS
        if fast:
            self.say(words("Keys came faster than anybody types; they changed nothing."), severe=True)
        return fast

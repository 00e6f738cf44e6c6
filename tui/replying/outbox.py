"""Mail on the screen: replies that wait, with both texts side by side and what becomes of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.records.messages import Direction
from data.records.outbox import OutboxEntry, OutboxState
from tui.coaching.coach import Coached
from tui.look.words import words

if TYPE_CHECKING:
    from tui.replying.outbox_card import Decision, Waiting

_FIRST = (OutboxState.HELD, OutboxState.IN_DOUBT, OutboxState.FAILED, OutboxState.SENDING, OutboxState.QUEUED)
"""What needs the agent comes before what leaves by itself."""


class Outbox(Coached):
    """`g o` lists what has not left."""

    def action_desk_outbox(self) -> None:
        """Show the replies that wait and carry out what is decided about one."""
        self._show_outbox_card(0)

    def _show_outbox_card(self, marked: int) -> None:
        from tui.replying.outbox_card import OutboxCard

        entries = sorted(self.store.outbox.waiting(), key=lambda entry: (_FIRST.index(entry.state), entry.id))
        if not entries:
            self.say(words("No reply waits."))
            return
        waiting = [self._both_texts(entry) for entry in entries]

        async def decided(decision: Decision | None) -> None:
            if decision is not None:
                await self._settle_reply(decision, [entry.id for entry in entries].index(decision.entry_id))

        self.app.push_screen(OutboxCard(waiting, marked), decided)

    def _both_texts(self, entry: OutboxEntry) -> Waiting:
        from tui.replying.outbox_card import Waiting

        own = self.store.messages.ours(entry.ticket_id, entry.message_id)
        newer = [
            self.covered(message)
            for message in self.store.messages.of(entry.ticket_id)
            if own is not None and message.id > own.id and message.direction is not Direction.NOTE
        ]
        told = [f"{one.from_name or one.from_address}:\n{one.new_text}" for one in newer]
        return Waiting(entry, own.text if own is not None else "", "\n\n".join(told) or entry.reason or "—")

    async def _settle_reply(self, decision: Decision, marked: int) -> None:
        from queues.desk.waiting_replies import Wish

        if decision.wish == "open":
            self._go_to(decision.ticket_id)
            return
        wish = Wish(decision.wish)
        await self.ask(lambda desk: desk.settle(decision.entry_id, wish), self.changed)
        if wish is Wish.EDIT:
            self._go_to(decision.ticket_id)
            await self.write(Direction.OUT)
        elif self.store.outbox.counts():
            self._show_outbox_card(marked)

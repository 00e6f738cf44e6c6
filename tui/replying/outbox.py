"""The outbox on the screen: waiting replies, and the decisions about them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from data.records.messages import Direction
from data.records.outbox import OutboxEntry, OutboxState
from tui.context.changing import Changing
from tui.context.desk_context import DeskContext
from tui.context.going import Going
from tui.context.hooks import Act
from tui.context.part import Part
from tui.look.short_times import away
from tui.look.words import words
from tui.replying.composer_place import ComposerPlace

if TYPE_CHECKING:
    from tui.replying.outbox_card import Decision, Waiting

_FIRST = (OutboxState.HELD, OutboxState.IN_DOUBT, OutboxState.FAILED, OutboxState.SENDING, OutboxState.QUEUED)
"""Replies that need the agent come before those that will be sent by themselves."""


class Outbox(Part):
    """`g o` lists unsent replies."""

    def __init__(self, desk: DeskContext, going: Going, changing: Changing, writing: ComposerPlace) -> None:
        super().__init__(desk)
        self.going, self.changing, self.writing = going, changing, writing

    def actions(self) -> Mapping[str, Act]:
        """The waiting replies."""
        return {"desk.outbox": partial(self._show, 0)}

    def _show(self, marked: int) -> None:
        """Show the waiting replies and carry out the decision about one of them."""
        from tui.replying.outbox_card import OutboxCard

        entries = sorted(self.desk.store.outbox.waiting(), key=lambda entry: (_FIRST.index(entry.state), entry.id))
        if not entries:
            self.desk.say(words("No replies are waiting."))
            return
        waiting = [self._both_texts(entry) for entry in entries]

        async def decided(decision: Decision | None) -> None:
            if decision is not None:
                await self._settle_reply(decision, [entry.id for entry in entries].index(decision.entry_id))

        self.desk.push_screen(OutboxCard(waiting, marked), decided)

    def _both_texts(self, entry: OutboxEntry) -> Waiting:
        from queues.outgoing.known_of_reply import known_of
        from tui.replying.outbox_card import Waiting

        now = self.desk.clock()
        own = self.desk.store.messages.sent_by_us(entry.ticket_id, entry.message_id)
        newer = [
            self.desk.covered(message)
            for message in self.desk.store.messages.of(entry.ticket_id)
            if own is not None and message.id > own.id and message.direction is not Direction.NOTE
        ]
        texts = [f"{message.from_name or message.from_address}:\n{message.new_text}" for message in newer]
        known = [part for part in (entry.reason, *known_of(entry, lambda at: away(at, now))) if part]
        said = [*texts, "\n".join(f"· {part}" for part in known)]
        return Waiting(entry, own.text if own is not None else "", "\n\n".join(part for part in said if part) or "—")

    async def _settle_reply(self, decision: Decision, marked: int) -> None:
        from queues.desk.waiting_replies import Wish

        if decision.wish == "open":
            self.going.go_to(decision.ticket_id)
            return
        wish = Wish(decision.wish)
        await self.desk.ask(lambda desk: desk.settle(decision.entry_id, wish), self.changing.changed)
        if wish is Wish.EDIT:
            self.going.go_to(decision.ticket_id)
            await self.writing.write(Direction.OUT)
        elif self.desk.store.outbox.counts():
            self._show(marked)

"""What we wrote into a ticketing system, known again when it comes back: by the mark that it carries."""

from __future__ import annotations

import secrets
from collections.abc import Set

from data.records.outbox import OutboxEntry, OutboxState
from queues.connectors.base import Capability, Happened
from queues.remotes.tracker_mirror import Mirror

BROUGHT = "in."
"""What the mark of a message begins with that a desk brought to its team; the rest is what the message is known by."""

WRITTEN_BY = "tridesk.by"
"""What a desk says with a message of ours that it brings: the agent, of whom the mail may say nothing."""


class SentByUs:
    """Our own messages in the system."""

    def __init__(self, mirror: Mirror) -> None:
        self._mirror, self._store = mirror, mirror.store

    def prefix(self) -> str:
        """Return what the marks of this file's notes begin with; two desks of one agent number theirs alike."""
        result = self._store.settings.get("tracker.notes")
        if not result:
            result = secrets.token_hex(8)
            with self._store.write():
                self._store.settings.save("tracker.notes", result)
        return f"note.{result}."

    def number(self, event: Happened) -> int | None:
        """Return the number of our message that a mark names, None if it is not ours."""
        ticket = self._store.tickets.by_external_ref(self._mirror.name, event.ref)
        if not event.mark or ticket is None:
            return None
        if event.mark.startswith(self.prefix()):
            number = event.mark.removeprefix(self.prefix())
            return int(number) if number.isdigit() else None
        if event.mark.startswith(BROUGHT):
            return self._store.messages.of_content(event.mark.removeprefix(BROUGHT))
        message = self._store.messages.sent_by_us(ticket, f"<{event.mark}>")
        return message.id if message else None

    def recognise(self, event: Happened) -> None:
        """Note of a message that is ours under which number the system has it."""
        own = self.number(event)
        if own is not None:
            self._mirror.identify(own, event.number)

    def sent(self, own: int, number: int) -> None:
        """Note under which number the system has our message; 0 if it did not say."""
        if number:
            with self._store.write():
                self._mirror.identify(own, number)

    def doubtful(self) -> list[OutboxEntry]:
        """Return the replies in doubt."""
        waiting = self._store.outbox.waiting()
        return [
            entry for entry in waiting if entry.connector == self._mirror.name and entry.state is OutboxState.IN_DOUBT
        ]

    def settle(self, looked_for: Set[int]) -> None:
        """Decide about replies in doubt: what is there arrived; what is not stays with the agent to decide.

        A system that takes each reply once is offered it again, if it could be looked for.
        """
        now = self._mirror.clock()
        for entry in self.doubtful():
            own = self._store.messages.sent_by_us(entry.ticket_id, entry.message_id)
            if own is not None and self._store.messages.is_outside(own.id):
                with self._store.write():
                    self._store.outbox.arrived(entry.id, OutboxState.IN_DOUBT, now)
            elif entry.id in looked_for and Capability.ONCE in self._mirror.system.capabilities:
                with self._store.write():
                    self._store.outbox.move(entry.id, OutboxState.IN_DOUBT, OutboxState.QUEUED)

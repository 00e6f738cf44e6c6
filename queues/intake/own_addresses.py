"""Which addresses are the desk's own, learned from the mail itself: those that many different people write to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

from data.records.incoming import Incoming
from data.records.messages import Direction
from queues.mail.own_mailbox import is_ours
from queues.mail.senders import unmasked

_LEAST_SENDERS = 3
_LEAST_SHARE = 0.1
"""An own address gets at least this share of all mail."""


class OwnAddresses:
    """Learns as messages pass by, and marks those that come from an own address as outgoing."""

    def __init__(self) -> None:
        self._received: Counter[str] = Counter()
        self._senders: defaultdict[str, set[str]] = defaultdict(set)
        self._messages = 0

    def learn(self, items: Iterable[Incoming]) -> None:
        """Count who wrote to whom."""
        for item in items:
            self._messages += 1
            for address in item.to:
                self._received[address] += 1
                # A few senders are enough to know; holding them all would grow with the mailbox.
                if len(self._senders[address]) < _LEAST_SENDERS and item.from_address != address:
                    self._senders[address].add(item.from_address)

    def known(self) -> list[str]:
        """Return the addresses taken as our own so far, the busiest first."""
        least = max(_LEAST_SENDERS, self._messages * _LEAST_SHARE)
        return [
            address
            for address, count in self._received.most_common(20)
            if count >= least and len(self._senders[address]) >= _LEAST_SENDERS
        ]

    def marked(self, item: Incoming) -> Incoming:
        """Return the message, outgoing if we sent it; mail forwarded by our group or form belongs to the person.

        A sender who writes to itself in someone else's name is such a form, even after few messages.
        """
        known = self.known()
        own = {*known, item.from_address} if item.from_address in item.to else known
        shown = unmasked(item, own)
        return replace(shown, direction=Direction.OUT) if is_ours(shown.from_address, known) else shown

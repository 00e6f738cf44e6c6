"""Claims on systems that cannot be told to give a ticket only to whoever is first.

Of several who take a ticket at one moment, each reads that no one has it, and then writes. The last who writes has it
in the end; so everyone looks again until the owner stays, and all see the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from queues.connectors.base import RemoteTicket

SETTLE = 1.0
"""Seconds after which a ticket that was taken is looked at again; longer where the system is slow."""
TRIES = 8
"""How often it is looked at, at most."""


def settled(take: Callable[[], object], look: Callable[[], RemoteTicket], least: float = SETTLE) -> RemoteTicket:
    """Take a ticket, and return its state once its owner stays for `least` seconds or more."""
    began = time.monotonic()
    take()
    span = max(least, 3 * (time.monotonic() - began))  # time enough for any who read before us to write
    seen = look()
    for _ in range(TRIES):
        time.sleep(span)
        last, seen = seen, look()
        if seen.owner == last.owner:
            break
    return seen

"""A slow line: `python -m bench.relay MILLISECONDS BITS COMMAND …` runs a program on a terminal that is far away.

Half of the milliseconds pass each way; no more than so many bits a second go through, each way.
"""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
import termios
import time
import tty
from collections import deque

CHUNK = 1400
"""Bytes that travel together, as in a packet."""


class Way:
    """One direction: what goes in comes out later."""

    def __init__(self, source: int, target: int, seconds: float, bits: float) -> None:
        self.source, self._target, self._seconds, self._bits = source, target, seconds, bits
        self._free = 0.0
        """When the line has sent what was given to it."""
        self._under_way: deque[tuple[float, bytes]] = deque()

    @property
    def next(self) -> float | None:
        """When the next bytes arrive; None if nothing is under way."""
        return self._under_way[0][0] if self._under_way else None

    def take(self, now: float) -> bool:
        """Take in what is there; return whether the program or the terminal is still there."""
        try:
            given = os.read(self.source, 65536)
        except OSError:
            return False
        for start in range(0, len(given), CHUNK):
            part = given[start : start + CHUNK]
            self._free = max(self._free, now) + len(part) * 8 / self._bits
            self._under_way.append((self._free + self._seconds, part))
        return bool(given)

    def give(self, now: float) -> None:
        """Hand over what has arrived."""
        while self._under_way and self._under_way[0][0] <= now:
            rest = self._under_way.popleft()[1]
            while rest:
                rest = rest[os.write(self._target, rest) :]


def main(milliseconds: float, bits: float, command: list[str]) -> None:
    """Run the command until it ends or the terminal is gone."""
    child, far = pty.fork()
    if child == 0:
        os.execvp(command[0], command)
    tty.setraw(0)

    def resized(*_: object) -> None:
        termios.tcsetwinsize(far, termios.tcgetwinsize(0))

    signal.signal(signal.SIGWINCH, resized)
    resized()
    ways = [Way(0, far, milliseconds / 2000, bits), Way(far, 1, milliseconds / 2000, bits)]
    open_ = True
    while open_ or ways[1].next is not None:
        now = time.monotonic()
        waits = [at - now for way in ways if (at := way.next) is not None]
        sources = [way.source for way in ways] if open_ else []
        ready = select.select(sources, [], [], max(0.0, min(waits)) if waits else None)[0]
        now = time.monotonic()
        for way in ways:
            open_ = (way.source not in ready or way.take(now)) and open_
            way.give(now)


if __name__ == "__main__":
    main(float(sys.argv[1]), float(sys.argv[2]), sys.argv[3:])

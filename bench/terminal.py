"""A program on a pseudo-terminal: when it first shows a text, and how long it takes to answer a key."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from dataclasses import dataclass, field

QUIET = 0.12
"""Seconds without output after which a picture counts as drawn."""
LONG_QUIET = 0.5
"""The same where what is drawn later has to be counted too."""
LONGEST = 60.0


@dataclass
class Run:
    """What one run showed, in milliseconds."""

    first_paint: float = 0.0
    cpu: float = 0.0
    keys: list[float] = field(default_factory=list)
    bytes_a_key: float = 0.0


class Session:
    """A program on a pseudo-terminal of 160 by 48, killed at the end."""

    def __init__(self, command: list[str], shows: str, environment: dict[str, str] | None = None) -> None:
        """Start the command and wait until it shows the text."""
        started = time.perf_counter()
        self._child, self._terminal = pty.fork()
        if self._child == 0:
            os.execvpe(
                command[0],
                command,
                {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(environment or {})},
            )
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 48, 160, 0, 0))
        self.first_paint = _until(self._terminal, shows.encode(), started)
        _settle(self._terminal)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        os.kill(self._child, signal.SIGKILL)
        os.waitpid(self._child, 0)
        os.close(self._terminal)

    @property
    def cpu(self) -> float:
        """The processor time used so far, in milliseconds."""
        return _cpu(self._child)

    def wait(self, seconds: float) -> None:
        """Let the program work for a while, and drop what it draws."""
        time.sleep(seconds)
        _settle(self._terminal)

    def press(self, key: str, quiet: float = QUIET) -> tuple[float, int, float]:
        """Press a key; return milliseconds to the first byte, the bytes, and milliseconds of processor time."""
        before, pressed = self.cpu, time.perf_counter()
        os.write(self._terminal, key.encode())
        first, count = _settle(self._terminal, quiet)
        return (first - pressed) * 1000, count, self.cpu - before


def run(command: list[str], shows: str, keys: str = "", environment: dict[str, str] | None = None) -> Run:
    """Start the command, wait until it shows the text, press each key and wait for its picture, then end it."""
    with Session(command, shows, environment) as session:
        pressed = [session.press(key) for key in keys]
        result = Run(session.first_paint, session.cpu, [first for first, _, _ in pressed])
        result.bytes_a_key = sum(count for _, count, _ in pressed) / len(keys) if keys else 0
        return result


def _until(terminal: int, wanted: bytes, started: float) -> float:
    seen = b""
    while wanted not in seen:
        if time.perf_counter() - started > LONGEST:
            raise TimeoutError(f"{wanted!r} was never shown")
        if select.select([terminal], [], [], 0.5)[0]:
            seen += os.read(terminal, 65536)
    return (time.perf_counter() - started) * 1000


def _settle(terminal: int, quiet: float = QUIET) -> tuple[float, int]:
    """Read until nothing comes for a while; return when the first byte came and how many there were."""
    first, count = 0.0, 0
    while select.select([terminal], [], [], quiet if count else 1.0)[0]:
        read = len(os.read(terminal, 65536))
        first = first or time.perf_counter()
        count += read
    return first or time.perf_counter(), count


def _cpu(child: int) -> float:
    with open(f"/proc/{child}/stat", encoding="ascii") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")

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
from typing import NamedTuple

QUIET = 0.12
"""Seconds without output after which a picture counts as drawn."""
LONG_QUIET = 0.5
"""The same where what is drawn later has to be counted too."""
LONGEST = 60.0


class Press(NamedTuple):
    """What a key cost."""

    first: float
    """Milliseconds to the first byte."""
    size: int
    """Bytes."""
    cpu: float
    """Milliseconds of processor time."""
    last: float
    """Milliseconds to the last byte."""


@dataclass
class Run:
    """What one run showed, in milliseconds."""

    first_paint: float = 0.0
    cpu: float = 0.0
    keys: list[float] = field(default_factory=list)
    bytes_a_key: float = 0.0
    memory: float = 0.0
    """Megabytes at the end."""


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

    @property
    def memory(self) -> float:
        """The megabytes of memory that the program has."""
        with open(f"/proc/{self._child}/statm", encoding="ascii") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

    def write(self, keys: str) -> None:
        """Press keys without waiting for what they draw."""
        os.write(self._terminal, keys.encode())

    def wait(self, seconds: float) -> None:
        """Let the program work for a while, and drop what it draws."""
        time.sleep(seconds)
        _settle(self._terminal)

    def press(self, key: str, quiet: float = QUIET) -> Press:
        """Press a key, and wait until nothing more is drawn."""
        before, pressed = self.cpu, time.perf_counter()
        os.write(self._terminal, key.encode())
        first, count, last = _settle(self._terminal, quiet)
        return Press((first - pressed) * 1000, count, self.cpu - before, (last - pressed) * 1000)


def run(command: list[str], shows: str, keys: str = "", environment: dict[str, str] | None = None) -> Run:
    """Start the command, wait until it shows the text, press each key and wait for its picture, then end it."""
    with Session(command, shows, environment) as session:
        pressed = [session.press(key) for key in keys]
        result = Run(session.first_paint, session.cpu, [press.first for press in pressed], memory=session.memory)
        result.bytes_a_key = sum(press.size for press in pressed) / len(keys) if keys else 0
        return result


def _until(terminal: int, wanted: bytes, started: float) -> float:
    seen = b""
    while wanted not in seen:
        if time.perf_counter() - started > LONGEST:
            raise TimeoutError(f"{wanted!r} was never shown")
        if select.select([terminal], [], [], 0.5)[0]:
            seen += os.read(terminal, 65536)
    return (time.perf_counter() - started) * 1000


def _settle(terminal: int, quiet: float = QUIET) -> tuple[float, int, float]:
    """Read until nothing comes for a while; return when the first byte came, how many there were, and the last one."""
    first, count, last = 0.0, 0, 0.0
    while select.select([terminal], [], [], quiet if count else 1.0)[0]:
        read = len(os.read(terminal, 65536))
        last = time.perf_counter()
        first = first or last
        count += read
    now = time.perf_counter()
    return first or now, count, last or now


def _cpu(child: int) -> float:
    with open(f"/proc/{child}/stat", encoding="ascii") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")

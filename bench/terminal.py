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
LONGEST = 60.0


@dataclass
class Run:
    """What one run showed, in milliseconds."""

    first_paint: float = 0.0
    cpu: float = 0.0
    keys: list[float] = field(default_factory=list)
    bytes_a_key: float = 0.0


def run(command: list[str], shows: str, keys: str = "", environment: dict[str, str] | None = None) -> Run:
    """Start the command, wait until it shows the text, press each key and wait for its picture, then end it."""
    started = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.execvpe(
            command[0],
            command,
            {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(environment or {})},
        )
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 48, 160, 0, 0))
    result = Run()
    try:
        result.first_paint = _until(terminal, shows.encode(), started)
        _settle(terminal)
        total = 0
        for key in keys:
            pressed = time.perf_counter()
            os.write(terminal, key.encode())
            first, count = _settle(terminal)
            result.keys.append((first - pressed) * 1000)
            total += count
        result.bytes_a_key = total / len(keys) if keys else 0
        result.cpu = _cpu(child)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(terminal)
    return result


def _until(terminal: int, wanted: bytes, started: float) -> float:
    seen = b""
    while wanted not in seen:
        if time.perf_counter() - started > LONGEST:
            raise TimeoutError(f"{wanted!r} was never shown")
        if select.select([terminal], [], [], 0.5)[0]:
            seen += os.read(terminal, 65536)
    return (time.perf_counter() - started) * 1000


def _settle(terminal: int) -> tuple[float, int]:
    """Read until nothing comes for a while; return when the first byte came and how many there were."""
    first, count = 0.0, 0
    while select.select([terminal], [], [], QUIET if count else 1.0)[0]:
        read = len(os.read(terminal, 65536))
        first = first or time.perf_counter()
        count += read
    return first or time.perf_counter(), count


def _cpu(child: int) -> float:
    with open(f"/proc/{child}/stat", encoding="ascii") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")

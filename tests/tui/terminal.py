"""A program in a real terminal, as a user has it: a pty, keys written to it, and its picture by a terminal emulator."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

import pyte

ROOT = Path(__file__).parents[2]
LONGEST = 30.0
ENTER, LEAVE = "\r", "\x11"


class Terminal:
    """`tridesk` with some arguments, on a screen of its own; ended with the `with` that it stands in."""

    def __init__(self, *arguments: str, environment: Mapping[str, str] | None = None, longest: float = LONGEST) -> None:
        self.longest = longest
        self._screen = pyte.Screen(120, 36)
        self._stream = pyte.ByteStream(self._screen)
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
        outside = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        environment = {**outside, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT), **(environment or {})}
        command = [sys.executable, "-m", "tui", *arguments]
        self._process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, env=environment)
        os.close(theirs)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait(LONGEST)
        os.close(self._ours)

    @property
    def picture(self) -> str:
        """The screen as plain text."""
        return "\n".join(self._screen.display)

    def press(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def see(self, wanted: str) -> re.Match[str]:
        """Read until the screen fits the pattern; return what fits."""
        end = time.monotonic() + self.longest
        while time.monotonic() < end:
            found = re.search(wanted, self.picture)
            if found is not None:
                return found
            if select.select([self._ours], [], [], 1)[0]:
                self._stream.feed(os.read(self._ours, 65536))
        raise AssertionError(f"{wanted!r} was never shown:\n{self.picture}")

    def leave(self) -> int:
        """Leave by key, read on to the end as a terminal does, and return the exit code."""
        self.press(LEAVE)
        end = time.monotonic() + LONGEST
        while time.monotonic() < end:
            try:
                if select.select([self._ours], [], [], 1)[0] and not os.read(self._ours, 65536):
                    break
            except OSError:  # Linux: the other side is closed
                break
        return self._process.wait(LONGEST)

"""A program in a real terminal, as a user has it: a pty, keys written to it, and its picture by a terminal emulator."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

ROOT = Path(__file__).parents[2]
LONGEST = 30.0
ENTER, LEAVE = "\r", "\x11"


class _Screen(pyte.Screen):
    """pyte fails at a private form of colours that Textual uses to ask what the terminal can do."""

    def select_graphic_rendition(self, *attrs: int, private: bool = False) -> None:
        if not private:
            super().select_graphic_rendition(*attrs)


class Terminal:
    """`tridesk` with some arguments, on a screen of its own; ended with the `with` that it stands in."""

    def __init__(
        self,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        longest: float = LONGEST,
        controls: bool = False,
    ) -> None:
        """`controls` gives the program a session of its own with this terminal, as a window does."""
        self.longest = longest
        self._closed = False
        self.latest = b""
        """The last that the program sent, as it came."""
        self._screen = _Screen(120, 36)
        self._stream = pyte.ByteStream(self._screen)
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
        outside = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        environment = {**outside, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT), **(environment or {})}
        command = [sys.executable, "-m", "tui", *arguments]
        self.mark = f"TRIDESK_TEST_MARK={uuid.uuid4().hex}"
        environment |= dict([self.mark.split("=")])
        self.process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, env=environment,
            preexec_fn=partial(os.login_tty, theirs) if controls else None,
        )  # fmt: skip
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait(LONGEST)
        for number in self.alive():
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        self.close_window()

    @property
    def picture(self) -> str:
        """The screen as plain text."""
        return "\n".join(self._screen.display)

    @property
    def takes_mouse(self) -> bool:
        """The program asked for clicks (private mode 1000, which pyte keeps shifted)."""
        return 1000 << 5 in self._screen.mode

    def _take(self) -> None:
        drawn = os.read(self._ours, 65536)
        self.latest = (self.latest + drawn)[-1000:]
        self._stream.feed(drawn)

    def press(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def resize(self, columns: int, lines: int) -> None:
        """Give the window another size; the program learns it as from any terminal."""
        self._screen.resize(lines, columns)
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def close_window(self) -> None:
        """Let the terminal be gone, as when its window is closed."""
        if not self._closed:
            self._closed = True
            os.close(self._ours)

    def alive(self) -> list[int]:
        """Return the processes that the program consists of: itself and all that it started (Linux)."""
        return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if self.mark in _environment(entry)]

    def take_in(self, seconds: float) -> None:
        """Read what the program draws until it draws nothing for so long, ten times as long at most."""
        end = time.monotonic() + 10 * seconds
        with suppress(OSError):  # the terminal is gone
            while select.select([self._ours], [], [], seconds)[0] and time.monotonic() < end:
                self._take()

    def ended(self, within: float) -> int | None:
        """Return the exit code once the program and all that it started have ended, None where that takes longer."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            if self.process.poll() is not None and not self.alive():
                return self.process.returncode
            if not self._closed:
                self.take_in(0.05)
            time.sleep(0.02)
        return None

    def see(self, wanted: str) -> re.Match[str]:
        """Read until the screen fits the pattern; return what fits."""
        end = time.monotonic() + self.longest
        while time.monotonic() < end:
            found = re.search(wanted, self.picture)
            if found is not None:
                return found
            if select.select([self._ours], [], [], 1)[0]:
                self._take()
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
        return self.process.wait(LONGEST)


def _environment(entry: Path) -> str:
    try:
        return (entry / "environ").read_bytes().decode("utf-8", "replace")
    except OSError:  # it ended, or it is somebody else's
        return ""

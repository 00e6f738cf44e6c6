"""The terminal driver: the terminal may disappear at any moment, and is always restored."""

from __future__ import annotations

import asyncio
import os
import re
import termios
from collections.abc import Mapping
from contextlib import suppress
from io import TextIOWrapper
from typing import IO, Any, Protocol, cast

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

from tui.terminal.changed_cells import ChangedCells

GIVEN_BACK = (
    "\x18\x1b[?2026l\x1b[?2004l\x1b[?7h\x1b[?2048l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[<u\x1b[?1049l"
    "\x1b[?25h\x1b[?1004l"
)
"""Cancels an incomplete sequence, then resets the terminal modes that the screen set."""


ERASING = (
    "xterm", "tmux", "linux", "rxvt", "st", "alacritty", "foot", "kitty", "ghostty", "wezterm", "konsole", "vte",
    "gnome", "putty", "mlterm", "mintty", "contour",
)  # fmt: skip
"""Names in `TERM`, before the first hyphen, of terminals that give erased cells the background in force."""


def erases_to_background(environment: Mapping[str, str]) -> bool:
    """Return whether the terminal is known to give erased cells the background in force.

    GNU screen does not, under whatever name, and the variable of a tmux outside it is seen inside it. Old and unknown
    terminals may not even know the sequence that erases.
    """
    if "STY" in environment:
        return False
    family = re.split("[-.]", environment.get("TERM", ""), maxsplit=1)[0]
    return family in ERASING or (family == "screen" and "TMUX" in environment)


class _Driven(Protocol):
    """The application of a driver."""

    terminal: DeskDriver | None


class DeskDriver(LinuxDriver):
    """Textual's driver, but if the terminal is gone, output is dropped and no thread stops."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self.app = app
        self._cells = ChangedCells(erases=erases_to_background(os.environ))
        self.loop = asyncio.get_running_loop()
        # the private `_file` is the only way to another stream: Textual's driver takes none
        assert self._file is not None
        self._outlet = _Outlet(self._file)
        self._file = cast("TextIOWrapper", self._outlet)  # only its methods are used
        cast(_Driven, app).terminal = self

    def start_application_mode(self) -> None:
        """Take the terminal over, at first or after another program had it."""
        self.forget_screen()
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual gives it no types

    @property
    def shows_other(self) -> bool:
        """Whether the terminal may show something else than what was drawn."""
        return self._cells.empty

    def forget_screen(self) -> None:
        """Draw everything anew from now on: the terminal may show something else than was drawn."""
        self._cells.forget()

    def write(self, data: str) -> None:
        """Write what changes the screen."""
        super().write(self._cells.changed(data))

    def give_back(self) -> None:
        """Restore the terminal when there is no time for an orderly shutdown."""
        if self.attrs_before is not None:
            with suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
        with suppress(OSError):
            os.write(self._outlet.fileno(), GIVEN_BACK.encode())


class _Outlet:
    """A stream whose other end may be closed."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError):
            return self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()

    def fileno(self) -> int:
        return self._stream.fileno()

    def isatty(self) -> bool:
        return self._stream.isatty()

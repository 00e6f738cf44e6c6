"""Shutdown from outside: the program and its children end soon, whatever it is doing.

A separate thread watches signals and the terminal, so that nothing that the rest of the program waits for
can keep it from ending.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any, Final, NoReturn

from data.errors import DeskError
from queues.ground import children
from tui.look.shown import safe_text
from tui.look.words import translated
from tui.terminal.crash_report import write_report

SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)
"""Signals that end the program: from the system, a closed window, another program."""
ENDED_BY_SIGNAL: Final = 128
"""Exit codes above this name the signal, as in shells."""
SECONDS: Final = 3.5
"""How long an orderly shutdown may take before the program is killed."""
_LAST_SECONDS: Final = 0.5
_ALARM_SECONDS: Final = 4.5
"""When the system kills a program whose threads no longer run."""
_OVER, _ASKED = 0, 255
_GONE = select.POLLHUP | select.POLLERR


class Shutdown:
    """Watches, while open, for signals and the end of the terminal. Open it in the main thread."""

    def __init__(
        self,
        orderly: Callable[[int], object],
        *,
        last: Callable[[], object] = lambda: None,
        terminal: int | None = None,
        seconds: float = SECONDS,
    ) -> None:
        """Take the function that starts an orderly shutdown with an exit code, and a last resort to call before a kill.

        Both are called in the watching thread. `terminal` is a file descriptor whose end counts as a closed window.
        """
        self._orderly, self._last, self._terminal, self._seconds = orderly, last, terminal, seconds
        self._read, self._write = os.pipe()
        self._over = threading.Event()
        self._before: list[tuple[int, Any]] = []
        self.code: int | None = None
        """The exit code of a shutdown from outside; None until then."""

    def __enter__(self) -> Shutdown:
        os.set_blocking(self._write, False)
        self._wakeup = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        self._before = [(number, signal.signal(number, _signalled)) for number in SIGNALS]
        self._thread = threading.Thread(target=self._watch, name="shutdown", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Suppress an exception after a shutdown from outside began: there may be no terminal left to report it on."""
        if self.code is None:
            self._over.set()
            self._tell(_OVER)
            self._thread.join()
        if self.code is not None:
            if isinstance(error, Exception):
                _report(error)
            return isinstance(error, Exception)  # the time runs on until the process is gone
        signal.set_wakeup_fd(self._wakeup)
        for number, handler in self._before:
            signal.signal(number, handler)
        os.close(self._read)
        os.close(self._write)
        return False

    def begin(self) -> None:
        """Begin the shutdown without a signal; the exit code is 0."""
        if not self._over.is_set():
            self._tell(_ASKED)

    def _tell(self, what: int) -> None:
        with suppress(BlockingIOError):  # then there is already enough to read
            os.write(self._write, bytes([what]))

    def _watch(self) -> None:
        self.code = self._wait()
        if self.code is None:
            return
        signal.setitimer(signal.ITIMER_REAL, _ALARM_SECONDS)
        deadline = threading.Thread(target=self._force, args=(self.code,), name="deadline", daemon=True)
        deadline.start()
        children.ask_to_end()
        self._orderly(self.code)

    def _wait(self) -> int | None:
        """Return the exit code once there is a reason to end; None if watching was stopped."""
        watched = select.poll()
        watched.register(self._read, select.POLLIN)
        if self._terminal is not None:
            watched.register(self._terminal, 0)
        while True:
            for descriptor, event in watched.poll():
                if descriptor == self._read:
                    code = _code_of(os.read(self._read, 512))
                    if code is not None or self._over.is_set():
                        return code
                elif event & _GONE:
                    return ENDED_BY_SIGNAL + signal.SIGHUP
                else:  # a system that cannot watch terminals so still sends the signal
                    watched.unregister(descriptor)

    def _force(self, code: int) -> None:
        """Kill the program and its children once the time is up."""
        if self._over.wait(self._seconds):
            return
        last = threading.Thread(target=self._last, name="last", daemon=True)
        last.start()
        last.join(_LAST_SECONDS)
        children.end_all()
        os._exit(code)


def leave(code: int) -> NoReturn:
    """Exit at once: without waiting for threads, or for a terminal that may be gone."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    children.end_all()
    os._exit(code)


def _report(error: Exception) -> None:
    """Say what could not be done any more, and write a report of a fault of the program."""
    if isinstance(error, DeskError):
        with suppress(OSError):
            sys.stderr.write(f"tridesk: {safe_text(translated(error.message))}\n")
    else:
        write_report(error)


def _code_of(read: Iterable[int]) -> int | None:
    for what in read:
        if what in SIGNALS:
            return ENDED_BY_SIGNAL + what
        if what == _ASKED:
            return 0
    return None


def _signalled(number: int, frame: FrameType | None) -> None:
    """Have the system kill the program if its threads are blocked; the watching thread does everything else."""
    signal.setitimer(signal.ITIMER_REAL, _ALARM_SECONDS)

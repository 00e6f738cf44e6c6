"""The child processes of the program: none of them outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from contextlib import suppress
from typing import Any
from weakref import WeakSet

_started: WeakSet[subprocess.Popen[Any]] = WeakSet()
ending = threading.Event()
"""Set once they are killed: a child killed this way has not failed."""


def adopt(process: subprocess.Popen[Any]) -> None:
    """Remember a program that was started here."""
    _started.add(process)


def ask_to_end() -> None:
    """Ask every running child to stop."""
    for process in list(_started):
        with suppress(OSError):
            process.terminate()


def end_all() -> None:
    """Kill every running child; a process group leader is killed with its whole group."""
    ending.set()
    for process in list(_started):
        if process.poll() is None:
            with suppress(ProcessLookupError, PermissionError):
                if os.getpgid(process.pid) == process.pid:
                    os.killpg(process.pid, signal.SIGKILL)
                else:
                    process.kill()

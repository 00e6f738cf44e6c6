"""A keyring in a file, in place of the package `keyring`: several processes can share it, and it can fail."""

from __future__ import annotations

import fcntl
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

FILE, KILL = "TRIDESK_TEST_KEYRING", "TRIDESK_TEST_KEYRING_KILL"
"""Variables of the environment: the file, and the number of the write at which the process is killed."""
SITE = "from tests.servers.filed_keyring import get_keyring\n"
"""The text of a file `keyring.py` for a process of its own."""


class Keyring:
    """What `tridesk` uses of one."""

    writes = 0

    def get_password(self, service: str, username: str) -> str | None:
        """Return an entry."""
        return entries().get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        """Write an entry, unless the file says that nothing can be written."""
        Keyring.writes += 1
        if os.environ.get(KILL) == str(Keyring.writes):
            os.kill(os.getpid(), signal.SIGKILL)
        _write(lambda whole: whole | {f"{service} {username}": password})

    def delete_password(self, service: str, username: str) -> None:
        """Remove an entry that is there."""
        _write(lambda whole: {name: value for name, value in whole.items() if name != f"{service} {username}"})


def _write(change: Callable[[dict[str, str]], dict[str, str]]) -> None:
    path = Path(os.environ[FILE])
    with path.with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if path.with_suffix(".locked").exists():
            raise PermissionError("locked")
        new = path.with_suffix(".new")
        new.write_text(json.dumps(change(entries())))
        new.replace(path)


Keyring.__module__ = "keyring.backends.filed"  # a backend that is one of the system's


def get_keyring() -> Keyring:
    """Return it."""
    return Keyring()


def entries() -> dict[str, str]:
    """Return everything that it holds."""
    path = Path(os.environ[FILE])
    result: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    return result

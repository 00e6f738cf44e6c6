"""Opening a file with the program that the system has for it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from data.errors import InputError
from data.locations import temporary_folder, umask_before

_SECONDS = 5.0
"""How long the opener may take to say that it failed; one that still runs has opened the file."""


def opener() -> str:
    """Return the command that opens files on this system; empty where there is none."""
    return shutil.which("open" if sys.platform == "darwin" else "xdg-open") or ""


def private_folder() -> Path:
    """Make a folder that only its owner may enter. Raises InputError where none can be made."""
    try:
        return temporary_folder()
    except OSError as error:
        raise InputError("Not opened", f"No folder for a copy ({error.strerror}); save the file instead.") from error


def open_with(program: str, path: Path) -> None:
    """Open a file, away from this terminal. Raises InputError where the opener says that it failed."""
    try:
        started = subprocess.Popen(
            [program, str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            umask=umask_before(),
            start_new_session=True,  # no terminal: a browser for text would draw over the desk
        )
    except OSError as error:
        raise InputError("Not opened", f"{program}: {error.strerror}; save the file instead.") from error
    with suppress(subprocess.TimeoutExpired):
        code = started.wait(_SECONDS)
        if code:
            raise InputError("Not opened", f"{program} failed ({code}): no program for this file? Save it instead.")

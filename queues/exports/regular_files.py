"""Opens and finds the files of an import: regular ones, no link followed, no pipe waited for, no endless walk."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from data.errors import InputError

MOST_ENTRIES = 1_000_000
"""Entries of a folder and what is inside it."""
DEEPEST = 40
"""Folders inside folders."""
LONGEST_WALK = 120.0
"""Seconds."""


def open_regular(path: Path) -> BinaryIO:
    """Open a file for reading. Raises InputError for a link, a pipe or a device, OSError if it cannot be opened."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if path.is_symlink():
            raise InputError(
                "Import", f"{path} is a link and was not followed; name the file that it is to."
            ) from error
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise InputError("Import", f"{path} is a pipe, a device or a folder, not a file; copy it to a file first.")
    return os.fdopen(descriptor, "rb")


def files_in(folder: Path, wanted: Callable[[str], bool], clock: Callable[[], float] = time.monotonic) -> list[Path]:
    """Return the entries of a folder and of the folders inside it whose names are wanted, sorted; no link is entered.

    Raises InputError if there are too many entries, or the walk takes too long.
    """
    return sorted(path for path in _walked(folder, clock() + LONGEST_WALK, clock) if wanted(path.name))


def _walked(folder: Path, until: float, clock: Callable[[], float]) -> Iterator[Path]:
    waiting = [(folder, 0)]
    seen = 0
    while waiting:
        place, depth = waiting.pop()
        with os.scandir(place) as entries:
            for entry in entries:
                seen += 1
                if seen > MOST_ENTRIES or (not seen % 1000 and clock() > until):
                    raise InputError(
                        "Import",
                        f"{folder} holds too much to look through ({seen:,} entries); name a folder inside it.",
                    )
                if not entry.is_dir(follow_symlinks=False):
                    yield Path(entry.path)
                elif depth < DEEPEST:
                    waiting.append((Path(entry.path), depth + 1))

"""Saving a file: readable by its owner only, never executable, whole or not at all, never over another file."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from platformdirs import user_downloads_path

from data.errors import InputError
from queues.files.safe_names import numbered, safe_name

_MOST_NUMBERED = 1_000


def default_folder() -> Path:
    """Return the folder for downloads (XDG_DOWNLOAD_DIR, else `~/Downloads`); the home folder where it is missing."""
    downloads = user_downloads_path()
    return downloads if downloads.is_dir() else Path.home()


def save(folder: Path, name: str, content_type: str, content: bytes) -> Path:
    """Save a file under a safe form of its name and return where; `name (2).ext` where that is taken.

    Raises InputError where the folder is missing or cannot be written.
    """
    try:
        return _saved(folder, safe_name(name, content_type), content)
    except OSError as error:
        raise InputError(
            "File not saved", f"{folder}: {error.strerror}; name a folder that is there and can be written."
        ) from error


def _saved(folder: Path, name: str, content: bytes) -> Path:
    beside = folder / f".tridesk-{secrets.token_hex(8)}"
    try:
        with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        place = _taken(folder, name)
        beside.replace(place)  # the empty file of ours
    finally:
        with suppress(OSError):
            beside.unlink()
    return place


def _taken(folder: Path, name: str) -> Path:
    """Create an empty file under the first free name, so that no other program takes it meanwhile."""
    for number in range(1, _MOST_NUMBERED):
        place = folder / (name if number == 1 else numbered(name, number))
        with suppress(FileExistsError):
            os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            return place
    raise FileExistsError(0, f"there are {_MOST_NUMBERED - 1:,} files named like {name}")

"""The files that a macro sends along: they are next to it, inside its folder, and are small enough to mail."""

from __future__ import annotations

import stat
from pathlib import Path, PurePosixPath

from data.errors import InputError
from data.records.outbox import MOST_ENCLOSED, Enclosure
from data.safe_text import safe_line
from macros.files.front_matter_fields import FieldError
from macros.filling.macro import Macro

MAX_FILES = 5
KEY = "attachments"


def check(macro: Macro, folder: Path) -> None:
    """Raise FieldError if a file is not there, is outside `folder` or is too large."""
    if len(macro.attachments) > MAX_FILES:
        raise FieldError(KEY, f"are more than {MAX_FILES} files")
    total = 0
    for name in macro.attachments:
        path = _path(macro, name)
        if PurePosixPath(name).is_absolute() or "\\" in name or safe_line(path.name) != path.name:
            raise FieldError(KEY, f"names a file next to the macro, not {name!r}")
        total += _size(path, name, folder)
    if total > MOST_ENCLOSED:
        raise FieldError(KEY, f"are larger than {MOST_ENCLOSED // 1_000_000} MB together")


def enclosures(macro: Macro) -> tuple[Enclosure, ...]:
    """Return the macro's files as a reply sends them. Raises InputError if one is gone since the macro was read."""
    files = []
    for name in macro.attachments:
        path = _path(macro, name)
        try:
            files.append(Enclosure(str(path.resolve()), path.name, path.stat().st_size))
        except OSError as wrong:
            raise InputError(
                "Macro not usable", f"{macro.name}: its file {name} cannot be read ({wrong.strerror})."
            ) from None
    return tuple(files)


def _path(macro: Macro, name: str) -> Path:
    return (macro.path.parent if macro.path else Path()) / name


def _size(path: Path, name: str, folder: Path) -> int:
    try:
        inside, status = path.resolve().is_relative_to(folder.resolve()), path.stat()
    except (OSError, RuntimeError):
        raise FieldError(KEY, f"names {name!r}, which does not exist") from None
    if not inside or not stat.S_ISREG(status.st_mode):
        raise FieldError(KEY, f"names {name!r}, which is not a file of this folder")
    return status.st_size

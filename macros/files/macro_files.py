"""The macro files of a folder: which there are, and their text. Nothing that is there can make the reader wait."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from pathlib import Path

from data.safe_text import safe_line
from macros.files.front_matter import MAX_SOURCE, MacroError

SUFFIX = ".j2"
MAX_FILES = 5000
"""Macros of one folder."""
MAX_LEVELS = 8
"""Folders within folders."""
MAX_NAME = 120
"""Characters of a macro's name, topic and all."""
MAX_SLUG = 60


def files_in(folder: Path) -> list[Path]:
    """Return what is named like a macro under `folder`, in order, whatever it is; a missing folder has none.

    Links to folders are not followed, and names that begin with a dot (an editor's, a version control's) are left out.
    """
    paths: list[Path] = []
    waiting = [(folder, 1)]
    while waiting:
        here, level = waiting.pop()
        try:
            entries = sorted(os.scandir(here), key=lambda entry: entry.name)
        except OSError:
            continue  # a folder that may not be read holds nothing for us
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.name.endswith(SUFFIX):
                paths.append(Path(entry.path))
            if entry.is_dir(follow_symlinks=False) and level < MAX_LEVELS:
                waiting.append((Path(entry.path), level + 1))
    return sorted(paths)


def stamp_of(path: Path) -> tuple[int, int]:
    """Return what changes when the file does: when it was written, and its size."""
    try:
        status = path.stat()
    except OSError:  # gone since the folder was listed, or a link to nowhere; reading it will say so
        return (0, -1)
    return (status.st_mtime_ns, status.st_size)


def name_of(path: Path, folder: Path) -> str:
    """Return the name of the macro in a file, counted from `folder`: `<topic>/<name>`."""
    return path.relative_to(folder).with_suffix("").as_posix()


def source_of(path: Path, folder: Path) -> str:
    """Return a macro file's text. Raises MacroError for what is not a readable text file of this folder."""
    name = name_of(path, folder)
    if len(name) > MAX_NAME or "+" in name or safe_line(name) != name:
        raise MacroError(name, 1, f"its name is longer than {MAX_NAME} or has unusual characters; rename it")
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            raise MacroError(name, 1, "is a symbolic link that leaves the folder; copy the file here instead")
        raw = _bytes(name, path)
    except (OSError, RuntimeError) as wrong:  # RuntimeError: a link to itself
        raise MacroError(name, 1, f"cannot be read: {getattr(wrong, 'strerror', '') or 'it is a loop'}") from None
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as wrong:
        line = raw.count(b"\n", 0, wrong.start) + 1
        raise MacroError(name, line, "is not UTF-8 text; save it as UTF-8") from None


def _bytes(name: str, path: Path) -> bytes:
    # Looked at, and looked at again once opened without waiting: a pipe or a device would hold the reader for ever.
    _only_a_file(name, path.stat())
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        status = os.fstat(descriptor)
        _only_a_file(name, status)
        if status.st_size > MAX_SOURCE:
            raise MacroError(name, 1, f"is larger than {MAX_SOURCE} bytes; split it")
        return file.read(MAX_SOURCE) or b""


def _only_a_file(name: str, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise MacroError(name, 1, "is not a text file; remove or rename it")


def slug(text: str) -> str:
    """Return a text as a file's name: small letters without accents, words joined by hyphens."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(char))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_SLUG].strip("-")


def put_file(path: Path, source: str) -> None:
    """Write a macro file whole or not at all, readable by its owner only. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with open(part, "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(source)
    os.replace(part, path)

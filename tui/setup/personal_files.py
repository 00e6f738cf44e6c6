"""The desk's log and crash files: which of them name a person, and taking those lines out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from tui.setup.settings import state_folder


def logs_with(values: Sequence[str]) -> list[Path]:
    """Return the files of the log folder that name one of these addresses or handles."""
    folder = state_folder()
    files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
    return [path for path in files if any(_names(line, values) for line in _lines(path))]


def clean_logs(files: Iterable[Path], values: Sequence[str]) -> None:
    """Remove the lines that name them; a file appears whole or not at all."""
    for path in files:
        kept = [line for line in _lines(path) if not _names(line, values)]
        part = path.with_name(f".{path.name}.part")
        part.touch(mode=0o600)
        part.write_bytes(b"".join(kept))
        os.replace(part, path)


def _lines(path: Path) -> list[bytes]:
    try:
        return path.read_bytes().splitlines(keepends=True)
    except OSError:
        return []


def _names(line: bytes, values: Sequence[str]) -> bool:
    text = line.decode("utf-8", "replace").casefold()
    return any(value.casefold() in text for value in values if value)

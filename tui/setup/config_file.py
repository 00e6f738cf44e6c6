"""`config.toml` as text: read and written whole, and single settings changed; every other line stays as it is."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import tomlkit

from data.errors import InputError
from data.locations import private_folder

_HEADER = re.compile(r"^(?:[ \t]*#.*\n)*[ \t]*\[", re.MULTILINE)
"""A table's header, and the comment lines directly above it."""
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """A `config.toml` in memory. The text is kept without byte order mark and CRLF; writing restores both."""

    path: Path
    text: str
    has_bom: bool
    newline: str

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the file; a missing file is empty. Raises InputError if it is not UTF-8 or not TOML."""
        try:
            written = path.read_bytes().decode("utf-8") if path.exists() else ""
            text = written.removeprefix(_BOM).replace("\r\n", "\n")
            tomllib.loads(text)
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                "Settings cannot be read", f"{path}: {error}; check its permissions and that it is UTF-8."
            ) from error
        except tomllib.TOMLDecodeError as error:
            raise InputError("Settings not understood", f"{path}: {error}; see `tridesk config explain`.") from error
        return cls(path, text, written.startswith(_BOM), "\r\n" if "\r\n" in written else "\n")

    def write(self, text: str) -> None:
        """Write the file atomically, readable only by its owner."""
        data = ((_BOM if self.has_bom else "") + text.replace("\n", self.newline)).encode()
        part = self.path.with_suffix(f".{os.getpid()}.part")
        with open(part, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, self.path)


def table_starts(text: str) -> list[int]:
    """Return where each table of a TOML text begins, with the comments directly above it."""
    return [match.start() for match in _HEADER.finditer(text) if _is_complete(text[: match.start()])]


def save_settings(folder: Path, values: Mapping[str, str]) -> Path:
    """Set settings that are in no table, in the folder's `config.toml`, and return the file; an empty value unsets.

    Only the text above the first table goes through tomlkit, which would move tables. Raises InputError if the file
    cannot be read or written; it is unchanged then.
    """
    try:
        config = ConfigFile.read(private_folder(folder) / "config.toml")
        start = next(iter(table_starts(config.text)), len(config.text))
        changed = with_settings(config.text[:start], values) + config.text[start:]
        config.write(changed if start < len(config.text) else changed.rstrip("\n") + "\n")
    except OSError as error:
        raise InputError("Settings not saved", f"{folder}: {error.strerror}; check its permissions.") from error
    return config.path


def with_settings(text: str, values: Mapping[str, str]) -> str:
    """Return the text of settings, without tables, with these values in it."""
    document = tomlkit.parse(text.rstrip("\n") + "\n" * bool(text.strip()))
    for name, value in values.items():
        if value:
            document[name] = value
        else:
            document.pop(name, None)
    gap = len(text) - len(text.rstrip("\n"))
    return tomlkit.dumps(document).rstrip("\n") + "\n" * max(2 if not text.strip() else 1, gap)


def _is_complete(text: str) -> bool:
    """Return whether a text ends outside every string and list."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True

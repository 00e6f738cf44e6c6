"""Changes single settings of `config.toml`; every other line, comments included, stays as it is."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import tomlkit

from data.errors import InputError
from data.locations import private_folder
from tui.setup.settings import CONFIG_NAME, refused

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
        config = cls.raw(path)
        try:
            tomllib.loads(config.text)
        except tomllib.TOMLDecodeError as error:
            raise refused(path, config.text) from error
        return config

    @classmethod
    def raw(cls, path: Path) -> Self:
        """Read the file whatever is in it; a missing file is empty. Raises InputError if it is not UTF-8."""
        try:
            written = path.read_bytes().decode("utf-8") if path.exists() else ""
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                "Settings cannot be read", f"{path}: {error}; check its permissions and that it is UTF-8."
            ) from error
        text = written.removeprefix(_BOM).replace("\r\n", "\n")
        return cls(path, text, written.startswith(_BOM), "\r\n" if "\r\n" in written else "\n")

    def write(self, text: str) -> None:
        """Write the file atomically, readable only by its owner. Raises InputError if that is not possible."""
        data = ((_BOM if self.has_bom else "") + text.replace("\n", self.newline)).encode()
        part = self.path.with_suffix(f".{os.getpid()}.part")
        with open(part, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, self.path)


def change_settings(folder: Path, changes: Mapping[str, Any], keys: Mapping[str, str] | None = None) -> Path:
    """Set these settings of the folder's `config.toml`, None for the default, and return the file.

    `keys` become the whole of `[keys]`. Raises InputError if the file cannot be read or written.
    """
    try:
        config = ConfigFile.read(private_folder(folder) / CONFIG_NAME)
        text = _with_settings(config.text, changes)
        config.write(text if keys is None else _with_keys(text, keys))
    except OSError as error:
        message = f"{folder / CONFIG_NAME}: {error.strerror}; nothing was changed."
        raise InputError("Settings cannot be written", message) from error
    return config.path


def _with_settings(text: str, changes: Mapping[str, Any]) -> str:
    """Return the text with settings that are in no table changed; they are all above the first table."""
    cut = _first_table(text)
    head = tomlkit.parse(text[:cut])
    for name, value in changes.items():
        if value is None:
            head.pop(name, None)
        else:
            head[name] = value
    written, rest = tomlkit.dumps(head), text[cut:]
    gap = "\n" if rest and changes and written and not written.endswith("\n\n") and not text[:cut].strip() else ""
    return written + gap + rest


def _with_keys(text: str, keys: Mapping[str, str]) -> str:
    """Return the text with exactly these keys, in the table `[keys]` or wherever the file has them."""
    cut = _first_table(text)
    head = tomlkit.parse(text[:cut])
    if "keys" in head:  # keys.x = "y", or an inline table
        _hold(head["keys"], keys)
        if not keys:
            del head["keys"]
        return tomlkit.dumps(head) + text[cut:]
    for start, end in _tables(text):
        if tomllib.loads(text[start:end]).keys() == {"keys"}:
            table = tomlkit.parse(text[start:end])
            _hold(table["keys"], keys)
            return text[:start] + tomlkit.dumps(table) + text[end:]
    if not keys:
        return text
    table = tomlkit.document()
    table.add("keys", tomlkit.table())
    _hold(table["keys"], keys)
    gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    return text + gap + tomlkit.dumps(table)


def _hold(table: Any, keys: Mapping[str, str]) -> None:
    """Make a table hold these keys and no others, and leave the lines of those that stay."""
    for name in [name for name in table if name not in keys]:
        del table[name]
    for name, value in keys.items():
        if table.get(name) != value:
            table[name] = value


def table_starts(text: str) -> list[int]:
    """Return where each table of a TOML text begins, with the comments directly above it.

    A header inside a string or a list is none.
    """
    return [match.start() for match in _HEADER.finditer(text) if _is_complete(text[: match.start()])]


def _first_table(text: str) -> int:
    return next((start for start, _ in _tables(text)), len(text))


def _tables(text: str) -> list[tuple[int, int]]:
    """Return where each table begins and ends."""
    return list(pairwise([*table_starts(text), len(text)]))


def _is_complete(text: str) -> bool:
    """Return whether a text ends outside every string and list."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True

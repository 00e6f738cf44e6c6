"""Reads hand-written TOML files (routing, procedures) and reports the line of an error."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, NoReturn, TypeVar

import msgspec

from data.errors import InputError

T = TypeVar("T")

_SYNTAX_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")
_AT = re.compile(r" - at `\$([^`]*)`$")
_UNKNOWN = re.compile(r"unknown field `([^`]*)`")
_MISSING = re.compile(r"missing required field `([^`]*)`")
_ELEMENT = re.compile(r"^\.(\w+)\[(\d+)\]")
_ENTRY = re.compile(r" - at `\$\.(\w+)\[\.\.\.\]")
_HEADER = re.compile(r"^\s*\[\[\s*([\w.-]+)\s*\]\]")


@dataclass(frozen=True, slots=True)
class RuleFile(Generic[T]):
    """A file that was read: its content in the shape asked for, and its text to find lines in."""

    content: T
    text: str
    where: str
    """The file's name for messages."""

    def fail(self, problem: str, table: str = "", index: int = 0, key: str = "") -> NoReturn:
        """Raise InputError for `key` in the `index`-th (from 0) `[[table]]`, or at the top where no table is named."""
        raise _error(self.where, line_of(self.text, table, index, key), problem)


def read(source: Path | str, shape: type[T], where: str = "") -> RuleFile[T]:
    """Read a file (a Path) or a text (a str) into the msgspec type `shape`. Raises InputError with the line."""
    name = where or (str(source) if isinstance(source, Path) else "rules")
    text = _text(source) if isinstance(source, Path) else source
    loaded: dict[str, Any] = {}
    try:
        loaded = tomllib.loads(text)
        return RuleFile(msgspec.convert(loaded, shape), text, name)
    except tomllib.TOMLDecodeError as error:
        match = _SYNTAX_LINE.search(str(error))
        line = int(match[1]) if match and match[1] else text.count("\n") + 1
        raise _error(name, line, _SYNTAX_LINE.sub("", str(error))) from None
    except msgspec.ValidationError as error:
        entry = _wrong_entry(loaded, shape, str(error))
        raise _error(name, _line_of_path(text, str(error), entry), _in_words(str(error), entry)) from None
    except RecursionError:
        raise _error(name, 1, "the lists are nested too deeply") from None


def line_of(text: str, table: str, index: int, key: str) -> int:
    """Return the line (from 1) of `key` in the `index`-th `[[table]]`; the table's own line where the key is not found.

    With an empty `table` the part before the first `[[...]]` is searched.
    """
    wanted = re.compile(rf"""(?:^|[\s,{{\[."']){re.escape(key)}["']?\s*[=\].]""") if key else None
    seen, inside, first = -1, not table, 1
    for number, line in _code_lines(text):
        header = _HEADER.match(line)
        if header:
            if inside:
                break
            seen += header[1] == table
            if seen == index and header[1] == table:
                inside, first = True, number
        elif inside and wanted and wanted.search(line):
            return number
    return first


def _code_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield numbered lines without comments and without the inside of multi-line strings."""
    quote = ""
    for number, line in enumerate(text.splitlines(), 1):
        if not quote and not line.lstrip().startswith("#"):
            yield number, line
        for mark in ('"""', "'''"):
            if quote in ("", mark) and line.count(mark) % 2:
                quote = "" if quote else mark


def _wrong_entry(loaded: dict[str, Any], shape: type[Any], message: str) -> str:
    """Return the key of a table with free keys that is wrong: msgspec writes `$.words[...]`, and no key."""
    match = _ENTRY.search(message)
    if match is None:
        return ""
    for key, value in loaded[match[1]].items():
        try:
            msgspec.convert({**loaded, match[1]: {key: value}}, shape)
        except msgspec.ValidationError:
            return str(key)
    return ""


def _line_of_path(text: str, message: str, entry: str) -> int:
    """Return the line that a message of msgspec speaks of, such as "... - at `$.rule[2].when.tier`"."""
    match = _AT.search(message)
    path = match[1] if match else ""
    unknown = _UNKNOWN.search(message)
    element = _ELEMENT.match(path)
    keys = re.findall(r"\w+", re.sub(r"\[[^\]]*\]", "", path[element.end() if element else 0 :]))
    key = entry or (unknown[1] if unknown else (keys[-1] if keys else ""))
    return line_of(text, element[1] if element else "", int(element[2]) if element else 0, key)


def _in_words(message: str, entry: str) -> str:
    if unknown := _UNKNOWN.search(message):
        return f"{unknown[1]!r} is not a known key; correct or remove it."
    if missing := _MISSING.search(message):
        return f"the key {missing[1]!r} is missing; add it."
    problem = _AT.sub("", message)
    if entry:
        return f"the value of {entry!r} is not understood ({problem}); correct it."
    return f"{problem[:1].lower()}{problem[1:]}; correct the value."


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            "Not a text file", f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8."
        ) from None
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise InputError("File cannot be read", f"{path}: {reason}; check the name and the permissions.") from None


def _error(where: str, line: int, problem: str) -> InputError:
    sentence = problem.rstrip(".")
    hint = f"{sentence[:1].lower()}{sentence[1:]}."
    return InputError("Rule file cannot be used", f"{where}, line {line}: {hint}")

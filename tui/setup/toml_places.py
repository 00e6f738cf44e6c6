"""Where each key of a TOML text is, by the names and list indexes that lead to it."""

from __future__ import annotations

import re
import tomllib

KeyPath = tuple[str | int, ...]
"""The names and list indexes that lead to a value: `("account", 1, "address")`."""
_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:[^"\\\n]|\\.)*"' r"|'[^'\n]*'", re.DOTALL
)  # fmt: skip
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_PLAIN = re.compile(r"[^,\]}#\n]+")


def places(text: str) -> dict[KeyPath, int]:
    """Return the offset of every key, and of every item of a list, of a valid TOML text with `\\n` as line ends."""
    reader = _Reader(text)
    reader.read()
    return reader.places


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Return line and column of an offset, both from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


class _Reader:
    """Walks over a text once; `places` grows on the way."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.places: dict[KeyPath, int] = {}
        self._last: dict[KeyPath, int] = {}
        """The index of the newest table in each list of tables."""

    def read(self) -> None:
        table: KeyPath = ()
        while not self._ends():
            if self._next("["):
                table = self._header()
            else:
                self._pair(table)

    def _ends(self) -> bool:
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at >= len(self.text)

    def _next(self, mark: str) -> bool:
        """Consume a mark, and what is blank before it, if it is next."""
        if self._ends() or not self.text.startswith(mark, self.at):
            return False
        self.at += len(mark)
        return True

    def _header(self) -> KeyPath:
        begin, is_list = self.at - 1, self._next("[")
        names = self._names()
        self.at += 2 if is_list else 1
        path: KeyPath = ()
        for place, name in enumerate(names, 1):
            path = (*path, name)
            self.places.setdefault(path, begin)
            if is_list and place == len(names):
                self._last[path] = self._last.get(path, -1) + 1
            if path in self._last:
                path = (*path, self._last[path])
                self.places.setdefault(path, begin)
        return path

    def _names(self) -> list[str]:
        names = [self._name()]
        while self._next("."):
            names.append(self._name())
        self._ends()
        return names

    def _name(self) -> str:
        self._ends()
        if quoted := _STRING.match(self.text, self.at):
            self.at = quoted.end()
            return str(tomllib.loads(f"name = {quoted[0]}")["name"])
        bare = _BARE.match(self.text, self.at)
        assert bare, "the text was valid"
        self.at = bare.end()
        return bare[0]

    def _pair(self, table: KeyPath) -> None:
        self._ends()
        begin, path = self.at, table
        for name in self._names():
            path = (*path, name)
            self.places.setdefault(path, begin)
        self._next("=")
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        if self._next("["):
            index = 0
            while not self._next("]"):
                self.places[(*path, index)] = self.at
                self._value((*path, index))
                self._next(",")
                index += 1
        elif self._next("{"):
            while not self._next("}"):
                self._pair(path)
                self._next(",")
        else:
            match = _STRING.match(self.text, self.at) or _PLAIN.match(self.text, self.at)
            self.at = match.end() if match else len(self.text)

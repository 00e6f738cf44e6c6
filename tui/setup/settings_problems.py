"""What is wrong with a settings file: every problem, with its place, what was expected, and what was probably meant."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

import msgspec

from data.errors import InputError
from tui.setup.setting_types import bare, in_words, is_table, item_type, names_below, value_type
from tui.setup.toml_places import KeyPath, line_and_column, places

_SYNTAX = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")
_WORD = re.compile(r"[\w.-]+")
_LONGEST = 40
"""Characters of a value that a problem repeats."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, at a place of the file."""

    line: int
    column: int
    sentence: str
    path: KeyPath = ()
    """The setting; empty where the file is not TOML."""

    def at(self, file: Path) -> str:
        """Return the problem with file, line and column."""
        return f"{file}, line {self.line}, column {self.column}: {self.sentence}"


Shape = type[msgspec.Struct]
Refusals = Callable[[Any], Iterable[tuple[KeyPath, str]]]
"""What a value of the right type may be refused for: the path to it, as far as it is known, and a sentence."""


def problems(text: str, shape: Shape, refusals: Refusals) -> list[Problem]:
    """Return what is wrong with the text of a settings file of this shape, in the order of the file."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = _SYNTAX.search(str(error))
        line, column = (int(match[1]), int(match[2])) if match and match[1] else line_and_column(text, len(text))
        reason = _SYNTAX.sub("", str(error))
        return [Problem(line, column, f"{reason[:1].lower()}{reason[1:]}; correct it with `tridesk config edit`.")]
    except RecursionError:
        return [Problem(1, 1, "the lists are nested too deeply; take some out.")]
    wrong = list(_of_table(given, shape, (), shape))
    if not wrong:
        refused = refusals(msgspec.convert(given, shape))
        wrong = [(_deepest(path, sentence, given), sentence) for path, sentence in refused]
    known = places(text)
    placed = [Problem(*line_and_column(text, _offset(known, path)), sentence, path) for path, sentence in wrong]
    return sorted(placed, key=lambda problem: (problem.line, problem.column))


def placed(error: InputError, file: Path, names: Sequence[str]) -> InputError:
    """Return an error about these settings with file, line and column, and without them where that cannot be known."""
    try:
        text = file.read_text(encoding="utf-8-sig")
        given = tomllib.loads(text)
    except (OSError, ValueError):
        return error
    present = [name for name in names if name in given]
    if not present:
        return error
    named = (name for name in present if f"[{name}]" in error.message or repr(given[name]) in error.message)
    name = next(named, present[0])
    sentence = error.message.removeprefix(f"{file}: ").removeprefix(f"{file.name}: ")
    offset = _offset(places(text), _deepest((name,), sentence, given))
    return InputError(error.title, Problem(*line_and_column(text, offset), sentence).at(file))


def close_to(name: str, known: Iterable[str]) -> str:
    """Return the known name that was probably meant, empty if none is near."""
    names = list(known)
    plain = name.casefold().replace("_", "-")
    near = [plain] if plain in names else get_close_matches(plain, names, 1)
    return next(iter(near), "")


def _offset(known: Mapping[KeyPath, int], path: KeyPath) -> int:
    """Return where a setting is, or the nearest thing around it that is in the file."""
    while path and path not in known:
        path = path[:-1]
    return known.get(path, 0)


def _deepest(path: KeyPath, sentence: str, given: Mapping[str, Any]) -> KeyPath:
    """Return the path of what a sentence is about, as deep as it names it."""
    value: Any = given
    for step in path:
        value = value[step]
    words = [word.strip(".") for word in _WORD.findall(sentence)]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        number = re.search(r"\blane (\d+)", sentence)
        named = [index for index, table in enumerate(value) if repr(table.get("name")) in sentence]
        index = int(number[1]) - 1 if number else named[-1] if named else 0
        path, value = (*path, index), value[index]
    while isinstance(value, dict):
        key = next((word for word in words if word in value and word != "name"), "")
        if not key:
            break
        words = words[words.index(key) + 1 :]
        path, value = (*path, key), value[key]
    return path


def _of_table(given: Any, shape: Shape, path: KeyPath, root: Shape) -> Iterator[tuple[KeyPath, str]]:
    if not isinstance(given, dict):
        yield path, _no_table(given, path)
        return
    fields = {field.encode_name: field for field in msgspec.structs.fields(shape)}
    for key, value in given.items():
        if key in fields:
            yield from _of_value(value, fields[key].type, (*path, key), root)
        else:
            yield (*path, key), _unknown(key, path, list(fields), root)
    for field in fields.values():
        if field.required and field.encode_name not in given:
            yield path, _missing(field.encode_name, path)


def _of_value(value: Any, hint: Any, path: KeyPath, root: Shape) -> Iterator[tuple[KeyPath, str]]:
    item, free = item_type(hint), value_type(hint)
    if is_table(hint):
        yield from _of_table(value, hint, path, root)
    elif item is not None and isinstance(value, list):
        for index, one in enumerate(value):
            yield from _of_value(one, item, (*path, index), root)
    elif free is not None and isinstance(value, dict):
        for key, one in value.items():
            yield from _of_value(one, free, (*path, key), root)
    else:
        try:
            msgspec.convert(value, hint)
        except msgspec.ValidationError:
            yield path, _mismatch(value, hint, path)


def _no_table(given: Any, path: KeyPath) -> str:
    name = path[-1] if not isinstance(path[-1], int) else path[-2]
    return f"{_shown(path)} is {_repeated(given)}; write it as a table, [{name}] or [[{name}]]."


def _missing(key: str, path: KeyPath) -> str:
    return f"{_shown(path)} has no {key}; add it."


def _mismatch(value: Any, hint: Any, path: KeyPath) -> str:
    """Return what a value is, what was expected, and what was probably meant."""
    where, given, kind = _shown(path), _repeated(value), in_words(hint)
    if not isinstance(value, str):
        if bare(hint) is str:
            return f"{where} is {given}; expected {kind}; write it in quotes."
        return f"{where} is {given}; expected {kind}."
    if item_type(hint) is not None:
        return f"{where} is {given}; expected {kind}; write it in [ ]."
    try:
        plain = msgspec.convert(value, hint, strict=False)
    except msgspec.ValidationError:
        near = close_to(value, map(str, get_args(hint) or _members(hint)))
        return (
            f'{where} is {given}; expected {kind}; did you mean "{near}"?'
            if near
            else f"{where} is {given}; expected {kind}."
        )
    written = str(plain).lower() if isinstance(plain, bool) else str(plain)
    return f"{where} is {given}; expected {kind}; write {written} without quotes."


def _members(hint: Any) -> Iterable[Any]:
    return [member.value for member in hint] if hasattr(hint, "__members__") else []


def _unknown(key: str, path: KeyPath, known: list[str], root: Shape) -> str:
    near = close_to(key, known)
    if near:
        return f"{key!r} is not a setting here; did you mean {near}?"
    elsewhere = next((name for name in names_below(root) if name.rpartition(".")[2] == key), "")
    table = elsewhere.rpartition(".")[0]
    if table:
        return f"{key!r} is not a setting here; it belongs under [{table}]."
    if elsewhere:
        return f"{key!r} is not a setting here; it belongs above the first table."
    return f"{key!r} is not a setting; `tridesk config explain` lists them all."


def _shown(path: KeyPath) -> str:
    """Return the path of a setting as people write it: `account 2: imap.port`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f" {step + 1}"
        elif text and text[-1].isdigit():
            text += f": {step}"
        else:
            text += f".{step}" if text else step
    return text


def _repeated(value: Any) -> str:
    written = str(value).lower() if isinstance(value, bool) else repr(value)
    return written if len(written) <= _LONGEST else f"{written[:_LONGEST]}…"

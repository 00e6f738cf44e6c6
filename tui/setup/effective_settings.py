"""The settings as far as they can be understood, each with the line that it comes from."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from tui.setup.setting_types import is_table
from tui.setup.settings import CONFIG_NAME, Settings, config_folder, problems, read_text
from tui.setup.settings_problems import Problem
from tui.setup.toml_places import KeyPath, line_and_column, places


@dataclass(frozen=True, slots=True)
class Effective:
    """What the file says without its problems, and the problems."""

    path: Path
    given: dict[str, Any]
    """What the file says and the settings understand."""
    values: dict[str, Any]
    """The same with the defaults of everything else, as TOML would hold it."""
    lines: dict[KeyPath, int]
    """Where the file says it."""
    problems: tuple[Problem, ...]

    def value(self, name: str) -> Any:
        """Return the value of a setting outside lists: the file's, else the default."""
        value: Any = self.values
        for step in name.split("."):
            value = value[step]
        return value

    def line(self, name: str) -> int | None:
        """Return the line of a setting outside lists, None where its default holds."""
        path = tuple(name.split("."))
        value: Any = self.given
        for step in path:
            if not isinstance(value, dict) or step not in value:
                return None
            value = value[step]
        return self.lines.get(path)


def effective(folder: Path | None = None) -> Effective:
    """Return what holds, whatever is wrong with the file. Raises InputError only if it cannot be read."""
    path = (folder or config_folder()) / CONFIG_NAME
    text = read_text(path) or ""
    wrong = problems(text)
    if any(not problem.path for problem in wrong):
        return _understood(path, "", {}, wrong)
    given = tomllib.loads(text)
    for problem in sorted(wrong, key=lambda problem: [str(step).zfill(9) for step in problem.path], reverse=True):
        _take_out(given, problem.path)
    try:
        msgspec.convert(given, Settings)
    except msgspec.ValidationError:  # what was taken out was required
        given = {name: value for name, value in given.items() if not _is_about(wrong, name)}
    return _understood(path, text, given, wrong)


def _understood(path: Path, text: str, given: dict[str, Any], wrong: list[Problem]) -> Effective:
    values = msgspec.to_builtins(msgspec.convert(given, Settings))
    lines = {key: line_and_column(text, offset)[0] for key, offset in places(text).items()}
    return Effective(path, given, values, lines, tuple(wrong))


def written_rows(state: Effective) -> Iterator[tuple[str, Any, int]]:
    """Yield what the file writes in lists of tables and tables with free names: name, value and line."""
    fixed = {field.encode_name for field in msgspec.structs.fields(Settings) if is_table(field.type)}
    for name, value in state.given.items():
        items: list[tuple[str, Any, KeyPath]] = []
        if isinstance(value, dict) and name not in fixed:
            items = [(f"{name}.{key}", held, (name, key)) for key, held in value.items()]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            items = [
                (f"{name}.{table.get('name', place + 1)}", table, (name, place)) for place, table in enumerate(value)
            ]
        for label, held, path in items:
            for below, plain, at in _plain(label, held, path):
                yield below, plain, state.lines.get(at, 1)


def _plain(label: str, value: Any, path: KeyPath) -> Iterator[tuple[str, Any, KeyPath]]:
    if isinstance(value, dict):
        for key, held in value.items():
            yield from _plain(f"{label}.{key}", held, (*path, key))
    else:
        yield label, msgspec.to_builtins(value), path


def _is_about(wrong: list[Problem], name: str) -> bool:
    return any(problem.path[0] == name for problem in wrong)


def _take_out(given: Any, path: KeyPath) -> None:
    try:
        for step in path[:-1]:
            given = given[step]
        del given[path[-1]]
    except (LookupError, TypeError):  # what is around it was taken out already
        return

"""A foreign answer as the text of a macro file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from data.records.tickets import Priority, Status
from data.safe_text import safe_line, safe_text
from macros.files.front_matter import MAX_LINE
from macros.files.macro_files import slug
from macros.files.toml_text import quoted, quoted_list
from macros.importing.converting import Asked, Converter
from macros.importing.foreign import Foreign

_STATUS = {"hold": "on hold", "on-hold": "on hold", "resolved": "solved", "waiting": "pending"}

ToText = Callable[[str], str]
"""Turns HTML into text."""
Detect = Callable[[str], str]
"""Tells a text's language, ISO 639-1, or the empty string if it is not sure."""


@dataclass(frozen=True, slots=True)
class Written:
    """A macro file that could be written."""

    name: str
    """`<topic>/<name>`."""
    source: str
    languages: tuple[str, ...]
    asks: tuple[str, ...]
    notes: tuple[str, ...]
    """What could not be put into ours, a sentence each."""


def write(foreign: Foreign, to_text: ToText, detect: Detect, language: str) -> Written:
    """Return the file. Raises LiquidError if a text's conditions cannot be read, ValueError if it has none."""
    converter = Converter(foreign.tool, language)
    bodies: dict[str, str] = {}
    for text in foreign.texts:
        said = safe_text(to_text(text.text) if text.html else text.text).strip()
        for code, body in converter.bodies(said).items():
            spoken = code or text.language or detect(re.sub(r"\{[{%].*?[}%]\}", " ", body))
            if body.strip():
                bodies.setdefault(spoken, body.strip())
    if not bodies:
        raise ValueError("it has no text")
    if len(bodies) > 1 and "" in bodies:
        bodies.setdefault(language, bodies.pop(""))
    subject = converter.line(foreign.subject) if foreign.subject else ""
    notes = list(foreign.lost)
    front = [f"title = {quoted(safe_line(foreign.title)[:200])}", *_words(foreign)]
    front += [f"subject = {quoted(subject)}"] if subject else []
    front += _actions(foreign, notes) + _asks(converter.asks)
    front += _extra(foreign, notes)
    return Written(
        name=place_of(foreign),
        source="\n".join(["+++", *front, "+++", *_bodies(bodies)]) + "\n",
        languages=tuple(code for code in bodies if code),
        asks=tuple(converter.asks),
        notes=tuple(dict.fromkeys([*notes, *converter.notes])),
    )


def place_of(foreign: Foreign) -> str:
    """Return the macro's name: its folder there, or the tool, and its title, in letters that any file system takes."""
    topic = "/".join(filter(None, (slug(part) for part in foreign.folder.split("/")[:2]))) or foreign.tool
    return f"{topic}/{slug(foreign.title) or 'untitled'}"


def _bodies(bodies: Mapping[str, str]) -> list[str]:
    if list(bodies) == [""]:
        return [bodies[""]]
    lines: list[str] = []
    for code, body in bodies.items():
        lines += [f"=== {code or 'und'}", body, ""]
    return lines[:-1]


def _words(foreign: Foreign) -> list[str]:
    words = [item for word in foreign.words if (item := safe_line(word)[:60])]
    return [f"tags = {quoted_list(words)}"] if words else []


def _actions(foreign: Foreign, notes: list[str]) -> list[str]:
    lines: list[str] = []
    status = _STATUS.get(foreign.status.lower(), foreign.status.lower())
    wanted = (("status", status, [*Status]), ("priority", foreign.priority.lower(), [*Priority]))
    for name, value, known in wanted:
        if value in known:
            lines.append(f"{name} = {quoted(value)}")
        elif value:
            notes.append(f"its {name} {value[:40]!r} has no equivalent here")
    for name, tags in (("add_tags", foreign.add_tags), ("remove_tags", foreign.remove_tags)):
        kept = [safe_line(tag)[:60] for tag in tags if safe_line(tag)]
        if kept:
            lines.append(f"{name} = {quoted_list(kept)}")
    if foreign.assign is not None:
        lines.append(f"assign = {quoted(foreign.assign)}")
    return ["", "[actions]", *lines] if lines else []


def _asks(asks: Mapping[str, Asked]) -> list[str]:
    lines: list[str] = []
    for ask in asks.values():
        lines += ["", "[[asks]]", f"name = {quoted(ask.name)}", f"label = {quoted(safe_line(ask.label))}"]
        if ask.choices:
            lines += ['kind = "choice"', f"choices = {quoted_list(ask.choices)}"]
    return lines


def _extra(foreign: Foreign, notes: list[str]) -> list[str]:
    """Keep what has no equivalent here, so that nothing is lost; each value as JSON."""
    lines = ["", "[extra]", f"from = {quoted(foreign.tool)}"]
    for key, value in foreign.extra.items():
        line = f"{quoted(safe_line(str(key))[:80])} = {quoted(_packed(value))}"
        if len(line) > MAX_LINE:
            notes.append(f"{str(key)[:40]} is too long to be kept")
        elif str(key) != "from":
            lines.append(line)
    return lines


def _packed(value: Any) -> str:
    return safe_line(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))

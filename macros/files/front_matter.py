"""Reads a macro file: TOML between two `+++` lines, then one body per language. Says the line of whatever is wrong."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from data.errors import InputError
from data.spans import span_seconds
from macros.files import front_matter_fields
from macros.filling.answers import problem
from macros.filling.macro import Actions, Ask, Body, Kind, Macro, Snippet, Words

MAX_SOURCE = 20_480
"""Bytes of one macro file."""
MAX_BODIES = 40
MAX_LINE = 2000
"""Characters of one line of the front matter."""

_FENCE = "+++"
_BODY = re.compile(r"===\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})?)\s*$")
_KNOWN = frozenset(
    {"title", "key", "topics", "tags", "actions", "asks", "when", "subject", "attachments", "outcome", "extra"}
)


class MacroError(InputError):
    """A macro file cannot be used; `line` is where, counted from 1, and `reason` says why without naming the file."""

    def __init__(self, name: str, line: int, reason: str) -> None:
        super().__init__("Macro refused", f"{name}, line {line}: {reason}")
        self.line = line
        self.reason = reason


class FilesError(MacroError):
    """A macro's attachments are not there; that may change without the macro's own file."""


def parse(name: str, source: str, path: Path | None = None) -> Macro:
    """Read one macro file's text. Raises MacroError with the line and the reason."""
    front, bodies, lines = _split(name, source)
    try:
        return _build(name, front, bodies, path)
    except front_matter_fields.FieldError as wrong:
        raise MacroError(name, line_of(lines, wrong.key), str(wrong)) from None


def parse_snippet(name: str, source: str, path: Path) -> Snippet:
    """Read one snippet file's text. Raises MacroError with the line and the reason."""
    front, bodies, lines = _split(name, source)
    try:
        front_matter_fields.only(front, ("once",), "a snippet")
        return Snippet(name, bodies, path, front_matter_fields.once(front))
    except front_matter_fields.FieldError as wrong:
        raise MacroError(name, line_of(lines, wrong.key), str(wrong)) from None


def _split(name: str, source: str) -> tuple[front_matter_fields.Table, tuple[Body, ...], str]:
    """Return front matter, bodies, and the text of the front matter."""
    if len(source.encode("utf-8", "surrogatepass")) > MAX_SOURCE:
        raise MacroError(name, 1, f"is larger than {MAX_SOURCE} bytes; split it")
    lines = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    front, start = _front_matter(name, lines)
    return front, _bodies(name, lines, start), "\n".join(lines[:start])


def _front_matter(name: str, lines: list[str]) -> tuple[dict[str, Any], int]:
    if lines[0].strip() != _FENCE:
        return {}, 0
    end = next((at for at, line in enumerate(lines[1:], 1) if line.strip() == _FENCE), None)
    if end is None:
        raise MacroError(name, 1, "the front matter is not closed; add a line +++ after it")
    for at, line in enumerate(lines[1:end], 2):
        if len(line) > MAX_LINE:  # a key of thousands of parts takes the TOML reader seconds
            raise MacroError(name, at, f"is longer than {MAX_LINE} characters; break the line")
    try:
        return tomllib.loads("\n".join(lines[1:end])), end + 1
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as wrong:
        match = re.search(r"at line (\d+)", str(wrong))
        reason = re.sub(r"\s*\(at .*\)$", "", str(wrong))
        raise MacroError(name, int(match[1]) + 1 if match else 2, f"the front matter is not TOML: {reason}") from None


def _bodies(name: str, lines: list[str], start: int) -> tuple[Body, ...]:
    marks = [(at, match[1]) for at, line in enumerate(lines[start:], start) if (match := _BODY.match(line))]
    if len(marks) > MAX_BODIES:
        raise MacroError(name, marks[MAX_BODIES][0] + 1, f"there are more than {MAX_BODIES} languages")
    if not marks:
        bodies = [Body("", "\n".join(lines[start:]).strip("\n"), _first_text_line(lines, start))]
    else:
        if any(line.strip() for line in lines[start : marks[0][0]]):
            raise MacroError(name, start + 1, "text before the first === line belongs to no language")
        ends = [at for at, _ in marks[1:]] + [len(lines)]
        bodies = [
            Body(language, "\n".join(lines[at + 1 : end]).strip("\n"), _first_text_line(lines, at + 1))
            for (at, language), end in zip(marks, ends, strict=True)
        ]
    seen: set[str] = set()
    for body in bodies:
        if not body.text.strip():
            raise MacroError(name, min(body.line, len(lines)), "the text is empty")
        if body.language.lower() in seen:
            raise MacroError(name, body.line - 1, f"there are two texts for {body.language}")
        seen.add(body.language.lower())
    return tuple(bodies)


def _first_text_line(lines: list[str], start: int) -> int:
    # Bodies lose their blank edges, so the count begins at the first line that is left.
    return next((at for at, line in enumerate(lines[start:], start + 1) if line), start + 1)


def _build(name: str, front: front_matter_fields.Table, bodies: tuple[Body, ...], path: Path | None) -> Macro:
    front_matter_fields.only(front, _KNOWN)
    asks = front_matter_fields.asks(front.get("asks", []))
    for ask in asks:
        if wrong := problem(ask, ask.default):
            raise front_matter_fields.FieldError("default", f"cannot be used: {wrong}")
    actions = front_matter_fields.actions(front_matter_fields.part(front, "actions"))
    _dues_are_known(actions, asks)
    return Macro(
        name=name,
        title=front_matter_fields.words(front, "title") or Words((("", name.rsplit("/", 1)[-1]),)),
        bodies=bodies,
        path=path,
        key=front_matter_fields.text(front, "key"),
        topics=front_matter_fields.texts(front, "topics"),
        tags=front_matter_fields.texts(front, "tags"),
        actions=actions,
        asks=asks,
        when=front_matter_fields.when(front_matter_fields.part(front, "when")),
        subject=front_matter_fields.words(front, "subject"),
        attachments=front_matter_fields.texts(front, "attachments"),
        outcome=front_matter_fields.flag(front, "outcome"),
    )


def _dues_are_known(actions: Actions, asks: tuple[Ask, ...]) -> None:
    dates = {ask.name for ask in asks if ask.kind is Kind.DATE}
    dues = {
        "snooze": actions.snooze,
        "promise": actions.promise.due if actions.promise else "",
        "escalate": actions.escalate.due if actions.escalate else "",
    }
    for key, due in dues.items():
        if due and span_seconds(due) is None and due not in dates:
            raise front_matter_fields.FieldError(
                key, f"is due at {due!r}, which is neither a duration such as 2d nor a date ask"
            )


def line_of(source: str, key: str) -> int:
    """Return the line, from 1, that first sets `key` or opens its table; 1 when none does."""
    match = re.search(
        rf"^[ \t]*+\[*+[ \t]*+[\"']?{re.escape(key)}[\"']?[ \t]*[=\].]|[{{,][ \t]*{re.escape(key)}[ \t]*=", source, re.M
    )
    return source.count("\n", 0, match.start()) + 1 if match else 1

"""The path that someone meant by what they typed, pasted or dropped: quotes, `file://`, `~` and escaped spaces."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

_ESCAPED = re.compile(r"\\(.)")
_QUOTES = {"'": "'", '"': '"', "‘": "’", "“": "”", "«": "»"}
_AGAIN = re.compile(r"~/(?=[/~]|file:|['\"‘“«][/~])")
"""A line that already began with the home folder when a whole path was added: `~//home/ana`, `~/~/Mail`."""


def typed_path(text: str) -> Path:
    """Return the path, `~nobody` as it is. A file that really has such a name goes first."""
    typed = text.strip("\r\n\0").strip()
    for reading in (typed, *_readings(typed)):
        try:
            if reading and Path(reading).expanduser().exists():
                return Path(reading).expanduser()
        except (OSError, RuntimeError, ValueError):  # too long, no such user, a zero byte
            continue
    path = Path(_readings(typed)[-1])
    try:
        return path.expanduser()
    except RuntimeError:  # no such user
        return path


def looks_whole(text: str) -> bool:
    """Return whether a text names a path from its beginning, so that it replaces what is on the line."""
    typed = text.strip().lstrip("".join(_QUOTES))
    return typed.lower().startswith(("/", "~", "file:"))


def _readings(typed: str) -> list[str]:
    """Return what the text may mean, each step on top of the one before; the last is the most usual."""
    again = _AGAIN.match(typed)
    whole = typed[again.end() :] if again is not None else typed
    close = _QUOTES.get(whole[:1])
    if close is not None and len(whole) > 1 and whole.endswith(close):
        return [whole, _from_url(whole[1:-1])]
    return [whole, _from_url(whole), _from_url(_ESCAPED.sub(r"\1", whole))]


def _from_url(text: str) -> str:
    """Return the path of a `file:` URL, or the text."""
    if not text.lower().startswith("file:"):
        return text
    path = text[len("file:") :]
    if path.startswith("//"):
        path = "/" + path[2:].partition("/")[2]
    return unquote(path)

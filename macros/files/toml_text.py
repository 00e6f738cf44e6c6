"""Texts as they are in a macro file: TOML strings in the front matter, words of a body that no template reads."""

from __future__ import annotations

import re
from collections.abc import Iterable

import tomlkit

from data.safe_text import safe_text


def quoted(text: str) -> str:
    """Return a TOML basic string, on one line."""
    return tomlkit.string(safe_text(text).replace("\x7f", "")).as_string()


def quoted_list(texts: Iterable[str]) -> str:
    """Return a TOML array of strings."""
    return "[" + ", ".join(map(quoted, texts)) + "]"


def as_words(text: str) -> str:
    """Escape text so that a template prints it unchanged, and no line opens another language's body."""
    kept = re.sub(r"(?=[%#]*[{}])[{}%#]{2,}|\{$", lambda match: '{{ "' + match[0] + '" }}', text)
    return re.sub(r"^(===|\+\+\+)", r" \1", kept, flags=re.MULTILINE)

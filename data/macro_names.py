"""The names of the macros that one reply came from, as one text and back."""

from __future__ import annotations

from collections.abc import Iterable

_BETWEEN = " + "
"""No macro has a `+` in its name."""


def joined(names: Iterable[str]) -> str:
    """Return the names as one text, each once, in their order."""
    return _BETWEEN.join(dict.fromkeys(name for name in names if name))


def separate(text: str) -> tuple[str, ...]:
    """Return the names that `joined` put together."""
    return tuple(name for name in text.split(_BETWEEN) if name)

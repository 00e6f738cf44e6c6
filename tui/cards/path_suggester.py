"""Completes a path as it is typed: `~` and `~/Mail/in` continue with the entries found there."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from textual.suggester import Suggester

from data.safe_text import safe_line

MOST_LOOKED_AT = 5_000
"""The most entries of a folder that are searched for a completion."""


class PathSuggester(Suggester):
    """Offers the first entry that starts with what is typed; a folder ends in a slash, to continue typing in it."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """Return the path typed so far and the rest of its first completion."""
        return await asyncio.to_thread(completed, value)


def completed(typed: str) -> str | None:
    """Return `typed` completed by the first fitting entry of its folder, as it was written (`~` stays `~`)."""
    if not typed:
        return None
    if typed == "~":
        return "~/"
    written, _, beginning = typed.rpartition("/")
    try:
        folder = Path(f"{written}/" if "/" in typed else ".").expanduser()
        with os.scandir(folder) as entries:
            looked_at = [entry for _, entry in zip(range(MOST_LOOKED_AT), entries, strict=False)]
            fitting = sorted(entry.name for entry in looked_at if _fits(entry.name, beginning))
            if not fitting:
                return None
            slash = "/" if (folder / fitting[0]).is_dir() else ""
    except (OSError, RuntimeError, ValueError):  # no such folder, no such user, a byte that no path has
        return None
    return typed[: len(typed) - len(beginning)] + fitting[0] + slash


def _fits(name: str, beginning: str) -> bool:
    hidden = name.startswith(".") and not beginning.startswith(".")
    # a name with control characters is never shown
    return name.startswith(beginning) and not hidden and safe_line(name) == name

"""One answer as another tool keeps it, before it is made a macro."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Text:
    """What it says."""

    text: str
    html: bool = False
    language: str = ""
    """ISO 639-1, perhaps with a region; empty if the tool does not say."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """One answer and what goes with it."""

    tool: str
    title: str
    texts: tuple[Text, ...]
    folder: str = ""
    status: str = ""
    priority: str = ""
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    assign: str | None = None
    subject: str = ""
    words: tuple[str, ...] = ()
    """Words that it is found by."""
    lost: tuple[str, ...] = ()
    """What it did in its tool and cannot do here, a sentence each."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """All that has no equivalent here; kept in the file."""

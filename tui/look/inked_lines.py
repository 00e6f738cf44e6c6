"""Lines of text with their ink: the kind of a line, which determines its colour. Does not use Textual."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Ink(StrEnum):
    """The kind of a line; the theme gives each a colour, and each has a mark or a word besides."""

    TITLE = "title"
    PLAIN = "plain"
    QUIET = "quiet"
    LATE = "late"
    CUSTOMER = "customer"
    OURS = "ours"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is drawn."""

    ink: Ink
    text: str
    head: bool = False
    """The first line of a message: `J` and `K` stop here."""
    marked: tuple[tuple[int, int, Ink], ...] = ()
    """Ranges of its characters that have another ink."""

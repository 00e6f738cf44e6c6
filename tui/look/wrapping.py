"""Wraps foreign text to a width in terminal cells."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len, chop_cells

from data.safe_text import safe_text


def wrap(text: str, width: int) -> Iterator[str]:
    """Yield `text`, made safe, as lines of at most `width` cells; a word longer than that is cut."""
    for paragraph in safe_text(text).expandtabs(4).split("\n"):
        yield from _wrap_line(paragraph.rstrip(), max(2, width))


def _wrap_line(paragraph: str, width: int) -> Iterator[str]:
    if cell_len(paragraph) <= width:
        yield paragraph
        return
    line = ""
    for word in paragraph.split(" "):
        longer = f"{line} {word}" if line else word
        if cell_len(longer) <= width:
            line = longer
            continue
        if line:
            yield line
        *full, line = chop_cells(word, width) or [""]
        yield from full
    yield line

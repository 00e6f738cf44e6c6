"""Wraps text to a width in terminal cells: foreign text at spaces, a line of keys between two keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len, chop_cells

from tui.look.shown import safe_text

SEPARATOR = " · "
"""Between two keys of a line."""


def wrap(text: str, width: int) -> Iterator[str]:
    """Return `text`, made safe, as lines of at most `width` cells; a word longer than that is cut."""
    return wrap_safe(safe_text(text), width)


def wrap_safe(safe: str, width: int) -> Iterator[str]:
    """Wrap text that is fit to be shown already."""
    for paragraph in safe.expandtabs(4).split("\n"):
        yield from _wrap_line(paragraph.rstrip(), max(2, width))


def wrap_keys(text: str, width: int) -> list[str]:
    """Return `Enter opens · j k next · Esc back` as lines, broken only at ` · ` and of about the same length.

    An item that is wider than a line is broken at its spaces.
    """
    items = [line for item in text.split(SEPARATOR) for line in wrap(item, width)]
    lines = _packed(items, width)
    narrower = width - 1
    while len(lines) > 1 and len(balanced := _packed(items, narrower)) == len(lines) and narrower > 0:
        lines, narrower = balanced, narrower - 1
    return lines


def hanging(text: str, indent: int, width: int) -> str:
    """Return one line of text as lines of at most `width` cells; all but the first begin with `indent` spaces."""
    first = next(wrap(text, width))
    rest = text[len(first) :].lstrip()
    return "\n".join([first, *(" " * indent + line for line in wrap(rest, width - indent) if rest)])


def _packed(items: Sequence[str], width: int) -> list[str]:
    lines = list(items[:1])
    for item in items[1:]:
        longer = lines[-1] + SEPARATOR + item
        if cell_len(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(item)
    return lines


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

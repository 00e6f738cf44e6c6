"""Foreign text as one line of an exact width."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

from tui.look.shown import safe_line


def fit(text: str, width: int) -> str:
    """Return `text` in exactly `width` terminal cells, with an ellipsis if it was cut."""
    if width <= 0:
        return ""
    if cell_len(text) > width:
        return set_cell_size(text, width - 1) + "…"
    return set_cell_size(text, width)


def one_line(text: str) -> str:
    """Return foreign text as a single line fit to be shown, what is confidential masked."""
    return " ".join(safe_line(text).split())

"""Text charts: columns over time, horizontal bars, sparklines. They do not rely on colour."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from tui.look.one_line import fit

_UP = " ▁▂▃▄▅▆▇█"
_RIGHT = " ▏▎▍▌▋▊▉█"
MISSING = "·"
"""Drawn at the foot of a column without a value; a zero has an empty foot."""
WIDEST = 7
"""The widest that a column is drawn, in cells."""


def spark(values: Sequence[float | None], most: float = 0) -> str:
    """Return one character per value, in eighths of the greatest (or of `most`, if that is greater)."""
    top = max([most, *(value for value in values if value)], default=0)
    return "".join(MISSING if value is None else _part(_UP, value, top, 1) for value in values)


def columns(values: Sequence[float | None], labels: Sequence[str], width: int, height: int, top: str) -> list[str]:
    """Return `height` lines of columns over a line of labels, none wider than `width` cells.

    `top` is written where the greatest value is. If there are more values than cells, they are left out from the
    start, so that the newest are shown.
    """
    margin = cell_len(top) + 1
    room = max(1, width - margin)
    values, labels = values[-room:], labels[-room:]
    step = min(WIDEST, room // max(1, len(values)))
    most = max((value for value in values if value), default=0)
    lines = []
    for line in range(height - 1, -1, -1):
        cells = [_cell(value, most, height, line) * max(1, step - 1) + " " * (step > 1) for value in values]
        lines.append(f"{top if line == height - 1 else '':>{margin - 1}}┤{''.join(cells)}".rstrip())
    return [*lines, " " * margin + _labels(labels, step).rstrip()]


def bars(rows: Sequence[tuple[str, float, str]], width: int) -> list[str]:
    """Return one line per row: its name, a bar proportional to its value, and the value as text."""
    named = min(max((cell_len(name) for name, _, _ in rows), default=0), max(4, width // 3))
    room = max(1, width - named - 2 - max((cell_len(shown) for _, _, shown in rows), default=0))
    most = max((value for _, value, _ in rows), default=0)
    return [f"{fit(name, named)} {_bar(value, most, room)} {shown}" for name, value, shown in rows]


def _cell(value: float | None, most: float, height: int, line: int) -> str:
    if value is None:
        return MISSING if line == 0 else " "
    filled = height * value / most - line if most else 0.0
    if line == 0 and value:
        filled = max(filled, 1 / 8)  # a non-zero value is never drawn as empty
    return _UP[min(8, max(0, round(filled * 8)))]


def _part(steps: str, value: float, top: float, least: int) -> str:
    return steps[max(least, round(8 * value / top))] if value and top else steps[0]


def _bar(value: float, most: float, room: int) -> str:
    eighths = max(1, round(8 * room * value / most)) if value and most else 0
    return "█" * (eighths // 8) + _RIGHT[eighths % 8].strip()


def _labels(labels: Sequence[str], step: int) -> str:
    """Draw as many labels as fit, each at the start of its column."""
    line = ""
    for place, label in enumerate(labels):
        if cell_len(line) <= place * step - (place > 0):
            line = fit(line, place * step) + label
    return line if cell_len(line) <= len(labels) * step else fit(line, len(labels) * step)

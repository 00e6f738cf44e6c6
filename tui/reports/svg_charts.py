"""Charts for a page: inline SVG without scripts or external files.

Every value is in a title, for screen readers and pointers. Colours come from the page's classes, so that they follow
its light or dark theme; series differ by outline too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from tui.look.shown import safe_line

WIDTH, HEIGHT = 720, 180
_LEFT, _FOOT, _HEAD, _RIGHT = 58, 22, 8, 24
_LINE, _NAMES, _VALUES = 24, 190, 70
_LETTER = 7.5
"""The width of a letter of a label."""
_PAINT = ('class="first" fill="#3b78b0"', 'class="second" fill="none" stroke="#2f6e3f" stroke-width="1.5"')
"""How each series is drawn without a style sheet."""

STYLE = """
svg{width:100%;height:auto;display:block}svg text{font:11px system-ui,sans-serif;fill:currentColor}
svg line{stroke:currentColor;opacity:.2}
@media(prefers-color-scheme:dark){rect.first{fill:#6ea6d8}rect.second{stroke:#7fcf93}}
"""


@dataclass(frozen=True, slots=True)
class Series:
    """A series of values, with the text for each; None for a missing value."""

    name: str
    values: Sequence[float | None]
    shown: Sequence[str]


def as_html(text: str) -> str:
    """Return foreign text as one line of a page: no tags, no control characters, no bidirectional overrides."""
    return escape(safe_line(text))


def column_chart(title: str, labels: Sequence[str], series: Sequence[Series]) -> str:
    """Return a column chart with labels, of at most two series side by side."""
    most = max((value for line in series for value in line.values if value), default=0)
    if not labels or not most:
        return ""
    top = next(shown for line in series for value, shown in zip(line.values, line.shown, strict=True) if value == most)
    step = (WIDTH - _LEFT - _RIGHT) / len(labels)
    wide = max(1.0, step * 0.8 / len(series))
    every = max(1, math.ceil(_LETTER * (max(map(len, labels)) + 1) / step))
    parts = [
        f'<line x1="{_LEFT}" y1="{y}" x2="{WIDTH}" y2="{y}" stroke="#bbb"/>'
        for y in (_HEAD, HEIGHT // 2 + _HEAD // 2, HEIGHT)
    ]
    parts.append(f'<text x="{_LEFT - 6}" y="{_HEAD + 4}" text-anchor="end">{as_html(top)}</text>')
    for place, label in enumerate(labels):
        x = _LEFT + place * step
        for number, line in enumerate(series):
            value = line.values[place]
            if value is not None:
                tooltip = f"{label}: {line.shown[place]} {line.name}"
                parts.append(_column(x + step * 0.1 + number * wide, value / most, wide, number, tooltip))
        if place % every == 0:
            middle = f'x="{x + step / 2:.1f}" y="{HEIGHT + 15}" text-anchor="middle"'
            parts.append(f"<text {middle}>{as_html(label)}</text>")
    return _figure(title, HEIGHT + _FOOT, parts, [line.name for line in series])


def bar_chart(title: str, rows: Sequence[tuple[str, float | None, str]]) -> str:
    """Return a bar chart; each row has a name, a value and the value's text."""
    most = max((value for _, value, _ in rows if value), default=0)
    if not most:
        return ""
    room, parts = WIDTH - _NAMES - _VALUES, []
    for place, (name, value, shown) in enumerate(rows):
        y, wide = place * _LINE, room * (value or 0) / most
        parts.append(f'<text x="{_NAMES - 8}" y="{y + 16}" text-anchor="end">{as_html(_cut(name))}</text>')
        parts.append(
            f'<rect {_PAINT[0]} x="{_NAMES}" y="{y + 4}" width="{wide:.1f}" height="{_LINE - 8}">'
            f"<title>{as_html(name)}: {as_html(shown)}</title></rect>"
        )
        parts.append(f'<text x="{_NAMES + wide + 6:.1f}" y="{y + 16}">{as_html(shown)}</text>')
    return _figure(title, len(rows) * _LINE, parts, [])


def _column(x: float, share: float, wide: float, number: int, tooltip: str) -> str:
    tall = max(0.0, (HEIGHT - _HEAD) * share)
    return (
        f'<rect {_PAINT[number]} x="{x:.1f}" y="{HEIGHT - tall:.1f}" width="{wide * 0.92:.1f}" '
        f'height="{tall:.1f}"><title>{as_html(tooltip)}</title></rect>'
    )


def _figure(title: str, height: int, parts: Sequence[str], names: Sequence[str]) -> str:
    marks = zip(("■", "□"), names, strict=False)
    legend = " · ".join(f"{mark} {as_html(name)}" for mark, name in marks) if len(names) > 1 else ""
    return (
        f"<figure><figcaption>{as_html(title)}{': ' if legend else ''}{legend}</figcaption>"
        f'<svg role="img" aria-label="{as_html(title)}" viewBox="0 0 {WIDTH} {height}">'
        f"{''.join(parts)}</svg></figure>"
    )


def _cut(name: str) -> str:
    return name if len(name) <= 30 else f"{name[:29]}…"

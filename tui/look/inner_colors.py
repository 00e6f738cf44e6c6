"""The colours inside and around a border, remembered by the colours alone.

Textual remembers them by what asked as well, the drawn lines of a widget: 1,024 of those outlived their widgets, with
every line on them. That was 50 MB after an hour.
"""

from __future__ import annotations

from functools import lru_cache

from textual._styles_cache import StylesCache  # Textual offers no other way
from textual.color import Color
from textual.style import Style


@lru_cache(256)
def _inner_outer(base: Color, background: Color) -> tuple[Style, Style]:
    return Style(background=base + background), Style(background=base)


def _of_any(cache: StylesCache, base: Color, background: Color) -> tuple[Style, Style]:
    return _inner_outer(base, background)


def remember_by_color() -> None:
    """Let every widget have the same colours from the same place, from now on."""
    StylesCache.get_inner_outer = _of_any  # type: ignore[method-assign,assignment]

"""Lengths of time as people write them in settings, macros and lines of the screen: `30m`, `4h`, `2d`, `1w`."""

from __future__ import annotations

import re

_SPAN = re.compile(r"(\d{1,5})\s*([mhdw])", re.ASCII)
_SECONDS = {"m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


def span_seconds(text: str) -> int | None:
    """Return the seconds of `30m`, `4h`, `2d` or `1w`; None for what is not such a length."""
    match = _SPAN.fullmatch(text.strip())
    return int(match[1]) * _SECONDS[match[2]] if match else None

"""The real clock; code gets its clock as a parameter."""

from __future__ import annotations

import time


def wall_clock() -> int:
    """Return Unix seconds, UTC."""
    return int(time.time())

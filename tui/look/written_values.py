"""Values for other programs: times as ISO 8601, CSV cells that no spreadsheet treats as a formula."""

from __future__ import annotations

import json
from datetime import UTC, datetime

_FORMULA_STARTS = "=+-@\t\r\0＝＋－＠"


def iso(at: int | None) -> str | None:
    """Return a time as ISO 8601, UTC, or None."""
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def safe_cell(value: object) -> str:
    """Return a CSV cell that no spreadsheet treats as a formula: prefixed with an apostrophe, as OWASP advises."""
    if isinstance(value, (list, dict)):
        value = json.dumps(value, ensure_ascii=False)
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" \xa0\ufeff")[:1] in _FORMULA_STARTS and text.strip(" \xa0\ufeff") else text

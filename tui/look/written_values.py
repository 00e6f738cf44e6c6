"""Values for other programs: times as ISO 8601, CSV cells that no spreadsheet treats as a formula."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from data import safe_text


def iso(at: int | None) -> str | None:
    """Return a time as ISO 8601, UTC, or None."""
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def safe_cell(value: object) -> str:
    """Return a CSV cell that no spreadsheet treats as a formula; lists and objects as JSON."""
    if isinstance(value, (list, dict)):
        value = json.dumps(value, ensure_ascii=False)
    return safe_text.safe_cell("" if value is None else str(value))

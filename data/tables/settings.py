"""Small values that belong to the file, not to a configuration: cursors, last-seen marks."""

from __future__ import annotations

import json
import sqlite3
from typing import Any


class Settings:
    """Reads and writes JSON values by name through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def get(self, key: str) -> Any:
        """Return the value, or None."""
        row = self._db.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
        return json.loads(row[0]) if row else None

    def save(self, key: str, value: Any) -> None:
        """Store the value under its name."""
        packed = json.dumps(value, ensure_ascii=False)
        self._db.execute(
            "INSERT INTO setting VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", (key, packed)
        )

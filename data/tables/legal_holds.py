"""Legal holds: customers whose data must be kept, whatever is asked or has expired."""

from __future__ import annotations

import sqlite3

from data.records.customers import LegalHold

_SELECT = "SELECT id, customer_id, reason, at, actor, lifted_at, lifted_by FROM legal_hold "


class LegalHolds:
    """Reads and writes legal holds through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def of(self, customer_id: int) -> LegalHold | None:
        """Return the hold on a customer, None if there is none."""
        row = self._db.execute(_SELECT + "WHERE customer_id = ? AND lifted_at IS NULL", (customer_id,)).fetchone()
        return LegalHold(*row) if row else None

    def all(self) -> list[LegalHold]:
        """Return the holds that were not lifted, oldest first."""
        return [LegalHold(*row) for row in self._db.execute(_SELECT + "WHERE lifted_at IS NULL ORDER BY id")]

    def insert(self, customer_id: int, reason: str, at: int, actor: str) -> None:
        """Hold a customer's data."""
        self._db.execute(
            "INSERT INTO legal_hold (customer_id, reason, at, actor) VALUES (?, ?, ?, ?)",
            (customer_id, reason, at, actor),
        )

    def lift(self, customer_id: int, at: int, actor: str) -> bool:
        """Lift the hold on a customer; return whether there was one."""
        sql = "UPDATE legal_hold SET lifted_at = ?, lifted_by = ? WHERE customer_id = ? AND lifted_at IS NULL"
        return self._db.execute(sql, (at, actor, customer_id)).rowcount > 0

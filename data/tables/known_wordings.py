"""Which wording of a procedure or a macro each agent has seen last; old wordings stay, so that both can be compared."""

from __future__ import annotations

import hashlib
import sqlite3


class KnownWordings:
    """Reads and writes wordings through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def get(self, agent: str, kind: str, name: str) -> str | None:
        """Return the text that the agent has seen last of the `kind` (`procedure` or `macro`), None for none yet."""
        sql = """SELECT text FROM known_wording JOIN wording USING (hash) WHERE agent = ? AND kind = ? AND name = ?"""
        row = self._db.execute(sql, (agent, kind, name)).fetchone()
        return str(row[0]) if row else None

    def save(self, agent: str, kind: str, name: str, text: str, at: int) -> None:
        """Note that the agent has seen this text."""
        digest = hashlib.sha256(text.encode()).hexdigest()
        self._db.execute("INSERT OR IGNORE INTO wording VALUES (?, ?)", (digest, text))
        self._db.execute(
            "INSERT OR REPLACE INTO known_wording (agent, kind, name, hash, at) VALUES (?, ?, ?, ?, ?)",
            (agent, kind, name, digest, at),
        )

    def forget(self, agent: str, kind: str) -> None:
        """Note that the agent has seen nothing of the kind."""
        self._db.execute("DELETE FROM known_wording WHERE agent = ? AND kind = ?", (agent, kind))

    def of(self, agent: str, kind: str) -> dict[str, str]:
        """Return the texts that the agent has seen last, by name."""
        sql = (
            "SELECT name, text FROM known_wording JOIN wording USING (hash) WHERE agent = ? AND kind = ? ORDER BY name"
        )
        return dict(self._db.execute(sql, (agent, kind)).fetchall())

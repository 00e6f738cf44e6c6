"""Drafts: text being written, in the file as it is typed."""

from __future__ import annotations

import sqlite3
from typing import Any

from data.records.messages import Direction, Draft

_SELECT = "SELECT ticket_id, text, kind, revision, updated_at, macro, language, actions, proposed FROM draft "


class Drafts:
    """Reads and writes drafts through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def get(self, ticket_id: int) -> Draft | None:
        """Return the ticket's draft, or None."""
        row = self._db.execute(_SELECT + "WHERE ticket_id = ?", (ticket_id,)).fetchone()
        return _draft(row) if row else None

    def all(self) -> list[Draft]:
        """Return every draft, the newest first."""
        return [_draft(row) for row in self._db.execute(_SELECT + "ORDER BY updated_at DESC, ticket_id")]

    def save(self, draft: Draft, *, replacing: int) -> bool:
        """Write the draft if the one stored is still at revision `replacing` (0 for none); return whether it was."""
        values = (
            draft.text,
            draft.kind,
            draft.revision,
            draft.updated_at,
            draft.macro,
            draft.language,
            draft.actions,
            draft.proposed,
            draft.ticket_id,
        )
        if replacing == 0:
            sql = """INSERT OR IGNORE INTO draft
                (text, kind, revision, updated_at, macro, language, actions, proposed, ticket_id)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
            return self._db.execute(sql, values).rowcount == 1
        sql = """UPDATE draft SET text = ?, kind = ?, revision = ?, updated_at = ?, macro = ?, language = ?,
            actions = ?, proposed = ? WHERE ticket_id = ? AND revision = ?"""
        return self._db.execute(sql, (*values, replacing)).rowcount == 1

    def delete(self, ticket_id: int, *, revision: int | None = None) -> None:
        """Remove the ticket's draft, if there is one; with a `revision` only that one."""
        self._db.execute(
            "DELETE FROM draft WHERE ticket_id = ? AND revision = coalesce(?, revision)", (ticket_id, revision)
        )


def _draft(row: tuple[Any, ...]) -> Draft:
    return Draft(row[0], row[1], Direction(row[2]), row[3], row[4], row[5], row[6], row[7], row[8])

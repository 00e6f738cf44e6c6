"""Drafts of forwards and of mails that open a ticket, in the file as they are typed."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from data.records.messages import FormDraft

_SELECT = "SELECT ticket_id, recipient, subject, text, files, id, revision FROM form_draft "


class FormDrafts:
    """Reads and writes the drafts of forms through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def newest(self, ticket_id: int) -> FormDraft | None:
        """Return the draft of the ticket's forward (0: of a new mail) that was written last, or None."""
        row = self._db.execute(_SELECT + "WHERE ticket_id = ? ORDER BY id DESC LIMIT 1", (ticket_id,)).fetchone()
        return FormDraft(*row) if row else None

    def all(self) -> list[FormDraft]:
        """Return every draft, the newest first."""
        return [FormDraft(*row) for row in self._db.execute(_SELECT + "ORDER BY id DESC")]

    def save(self, draft: FormDraft, now: int) -> FormDraft:
        """Write the draft over the revision that it names, or beside it if another window changed that one."""
        values = (draft.to, draft.subject, draft.text, draft.files, now)
        newer = draft.revision + 1
        changed = self._db.execute(
            """UPDATE form_draft SET recipient = ?, subject = ?, text = ?, files = ?, updated_at = ?, revision = ?
            WHERE id = ? AND revision = ?""",
            (*values, newer, draft.id, draft.revision),
        )
        if changed.rowcount == 1:
            return replace(draft, revision=newer)
        added = self._db.execute(
            """INSERT INTO form_draft (recipient, subject, text, files, updated_at, revision, ticket_id)
            VALUES (?, ?, ?, ?, ?, ?, ?)""",
            (*values, newer, draft.ticket_id),
        )
        return replace(draft, id=added.lastrowid or 0, revision=newer)

    def delete(self, draft: FormDraft) -> bool:
        """Remove the draft if it is still at its revision; return whether it was."""
        gone = self._db.execute("DELETE FROM form_draft WHERE id = ? AND revision = ?", (draft.id, draft.revision))
        return gone.rowcount == 1

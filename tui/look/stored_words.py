"""Texts of ours that are in the store, in the language of the interface: the missing subject."""

from __future__ import annotations

from tui.look.one_line import one_line
from tui.look.words import words

NO_SUBJECT = "(no subject)"
"""What a ticket without a subject is called in the store."""


def subject_line(subject: str) -> str:
    """Return a ticket's subject as one safe line."""
    shown = one_line(subject)
    return words("(no subject)") if shown in ("", NO_SUBJECT) else shown

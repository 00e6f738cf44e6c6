"""What an agent said of the harm that a message reports."""

from __future__ import annotations

from dataclasses import dataclass

CORRECTED = "corrected by "
"""How a ticket's reason begins that is an agent's word, and not the name of a rule."""


@dataclass(frozen=True, slots=True)
class HarmCorrection:
    """One correction: other messages of much the same words are like it."""

    message_id: int
    ticket_id: int
    """Where the message is now."""
    kind: str
    """A kind of harm, or `none`."""

"""The colleagues who are at a ticket, in words."""

from __future__ import annotations

from queues.ground.presence import Present
from tui.look.shown import safe_line
from tui.look.words import words


def presence_words(there: Present) -> list[str]:
    """Return a short sentence about each colleague, those who write first."""
    return [
        *(words("{name} is writing").format(name=safe_line(name)) for name in there.writing),
        *(words("{name} has it open").format(name=safe_line(name)) for name in there.looking),
    ]

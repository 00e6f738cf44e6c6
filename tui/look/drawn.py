"""Since when a ticket, or a text, has been on the terminal."""

from __future__ import annotations

import math
from time import monotonic


class Drawn:
    """Remembers the number of the ticket that a widget draws, 0 for its only text, and since when it does.

    Times are those of `time.monotonic`.
    """

    def __init__(self) -> None:
        self._ticket_id: int | None = None
        self._at = math.inf

    def forget(self) -> None:
        """Called when the ticket is no longer visible, or will be redrawn."""
        self._ticket_id, self._at = None, math.inf

    def note(self, ticket_id: int | None) -> None:
        """Called whenever the ticket is drawn."""
        if ticket_id != self._ticket_id:
            self._ticket_id, self._at = ticket_id, monotonic()

    def since(self, ticket_id: int | None) -> float:
        """Return when a ticket was first drawn, infinity while another ticket is shown."""
        return self._at if ticket_id == self._ticket_id else math.inf

"""People in Cc of a ticket's mails, and whether replies go to them too."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """Whether a participant gets copies of replies, and who decided it."""

    KEPT = "kept"
    """The customer's first mail named them: copied unless an agent drops them."""
    NEW = "new"
    """They first appeared later, or on a mail that may not be the customer's: left out until an agent takes them in."""
    TAKEN_IN = "taken in"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Participant:
    """A person in Cc besides the customer."""

    address: str
    """Lower case."""
    standing: Standing

    @property
    def copied(self) -> bool:
        """Replies go to them too."""
        return self.standing in (Standing.KEPT, Standing.TAKEN_IN)

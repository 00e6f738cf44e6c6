"""The other teams that matters are handed to: how they are reached, and from whom their answers may come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Team:
    """One team, as the settings tell of it."""

    name: str
    address: str = ""
    """Where its mail goes; empty where it is told in some other way."""
    answers_from: tuple[str, ...] = ()
    """Besides `address`: addresses, or whole domains (`@shop.example`), whose answers are the team's."""
    due: str = ""
    """When it usually answers: `4h`, `2d`."""
    template: str = ""
    """The template of the words to it, by name."""
    language: str = "en"

    def speaks_from(self, address: str) -> bool:
        """Tell whether a mail from this address is the team's."""
        wanted = address.strip().casefold()
        known = {one.casefold() for one in (self.address, *self.answers_from) if one}
        return wanted in known or f"@{wanted.rpartition('@')[2]}" in known


def find(teams: Iterable[Team], name: str) -> Team:
    """Return the team of this name, whatever its case; one that the settings do not know has a name only."""
    wanted = name.strip().casefold()
    return next((team for team in teams if team.name.casefold() == wanted), Team(name.strip()))

"""The teams to escalate to: their addresses, and who may answer for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from data.errors import InputError
from data.spans import span_seconds

_ADDRESS = re.compile(r"[^\s@<>\"(),;]+@[^\s@<>\"(),;]+")
_SENDER = re.compile(r"[^\s@<>\"(),;]*@[^\s@<>\"(),;]+")


@dataclass(frozen=True, slots=True)
class Team:
    """One team of the settings."""

    name: str
    address: str = ""
    """Where its mail goes; empty if the team is contacted in another way."""
    answers_from: tuple[str, ...] = ()
    """Besides `address`: addresses, or whole domains (`@shop.example`), whose answers are the team's."""
    due: str = ""
    """When it usually answers: `4h`, `2d`."""
    template: str = ""
    """The name of the template for the text to it."""
    language: str = "en"

    def speaks_from(self, address: str) -> bool:
        """Return whether a mail from this address is the team's."""
        wanted = address.strip().casefold()
        known = {item.casefold() for item in (self.address, *self.answers_from) if item}
        return wanted in known or f"@{wanted.rpartition('@')[2]}" in known


def teams_of(rows: Sequence[Team], where: str) -> tuple[Team, ...]:
    """Return the teams of the settings. Raises InputError for one without a name, named twice, or with a wrong value.

    `where` is the file that names them.
    """
    seen: set[str] = set()
    for team in rows:
        wrong = _wrong(team, seen)
        if wrong:
            raise InputError("Team not usable", f"{where}: [[team]] {team.name!r} {wrong}.")
        seen.add(team.name.casefold())
    return tuple(rows)


def _wrong(team: Team, seen: set[str]) -> str:
    if not team.name or team.name.casefold() in seen:
        return "has no name, or the name of a team before it"
    if team.address and not _ADDRESS.fullmatch(team.address):
        return f"has the address {team.address!r}; write one such as team@shop.example"
    odd = next((item for item in team.answers_from if not _SENDER.fullmatch(item)), "")
    if odd:
        return f"takes answers from {odd!r}; write an address, or a domain such as @shop.example"
    if team.due and span_seconds(team.due) is None:
        return f"is due in {team.due!r}; write a number and m, h, d or w, such as 4h"
    return ""


def find(teams: Iterable[Team], name: str) -> Team:
    """Return the team of this name, ignoring case; a team that is not in the settings has only a name."""
    wanted = name.strip().casefold()
    return next((team for team in teams if team.name.casefold() == wanted), Team(name.strip()))

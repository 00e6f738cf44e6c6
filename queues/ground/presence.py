"""Who looks at a ticket or writes on it: what this desk's screens say, and what the mail process learns of colleagues.

Both are kept with a time: what a program that died has left behind counts no longer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from data.store import Store

COLLEAGUES = "colleagues"
"""The setting with what is known of colleagues: for each team, until when it counts, and logins by ticket."""
LOOKING = "looking"
"""The setting with what this desk's windows show: for each window its agent, the ticket, and until when it counts."""
LOOKS_SECONDS = 60
"""How long a ticket counts as looked at after a window said so."""


@dataclass(frozen=True, slots=True)
class Present:
    """The colleagues at a ticket."""

    writing: tuple[str, ...] = ()
    looking: tuple[str, ...] = ()
    """Those who have it open and do not write."""

    def __bool__(self) -> bool:
        """Whether there is anyone."""
        return bool(self.writing or self.looking)


def present(store: Store, now: int) -> dict[int, Present]:
    """Return which colleagues are at which tickets now, at other desks of the team."""
    writers: dict[int, list[str]] = {}
    lookers: dict[int, list[str]] = {}
    for team in (store.settings.get(COLLEAGUES) or {}).values():
        if now < team["until"]:
            _gather(writers, team["writing"])
            _gather(lookers, team["looking"])
    return {
        number: Present(
            _each_once(writers.get(number, ())),
            _each_once(login for login in lookers.get(number, ()) if login not in writers.get(number, ())),
        )
        for number in {*writers, *lookers}
    }


def by_colleague(at_tickets: Mapping[int, Present]) -> dict[str, tuple[tuple[int, ...], tuple[int, ...]]]:
    """Return for each colleague the tickets that they write on, and those that they only look at."""
    logins = {login for there in at_tickets.values() for login in (*there.writing, *there.looking)}
    return {
        login: (
            tuple(sorted(number for number, there in at_tickets.items() if login in there.writing)),
            tuple(sorted(number for number, there in at_tickets.items() if login in there.looking)),
        )
        for login in logins
    }


def say_looking(store: Store, window: str, agent: str, ticket_id: int | None, *, now: int, until: int) -> None:
    """Note, inside a transaction, which ticket a window of this desk has open; None for none."""
    known = {name: kept for name, kept in _windows(store).items() if name != window and now < kept[2]}
    if ticket_id is not None:
        known[window] = (agent, ticket_id, until)
    store.settings.save(LOOKING, known)


def looked_at(store: Store, agent: str, now: int) -> set[int]:
    """Return the tickets that an agent has open in windows of this desk."""
    return {number for name, number, until in _windows(store).values() if name == agent and now < until}


def _windows(store: Store) -> dict[str, tuple[str, int, int]]:
    return store.settings.get(LOOKING) or {}


def _gather(known: dict[int, list[str]], by_ticket: Mapping[str, list[str]]) -> None:
    for number, logins in by_ticket.items():
        known.setdefault(int(number), []).extend(logins)


def _each_once(logins: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(logins))

"""Who else writes on a ticket, as the mail process last learned from the team."""

from __future__ import annotations

from data.store import Store

PRESENCE = "presence"
"""The setting that holds it: for each team and ticket, the colleagues' logins."""


def writers_of(store: Store, ticket_id: int) -> tuple[str, ...]:
    """Return the colleagues who write on a ticket now, at other desks of the team."""
    known = store.settings.get(PRESENCE) or {}
    return tuple(dict.fromkeys(login for team in known.values() for login in team.get(str(ticket_id), ())))


def writing(store: Store) -> dict[str, tuple[int, ...]]:
    """Return on which tickets each colleague writes now, at other desks of the team."""
    tickets: dict[str, list[int]] = {}
    for team in (store.settings.get(PRESENCE) or {}).values():
        for number, logins in team.items():
            for login in logins:
                tickets.setdefault(login, []).append(int(number))
    return {login: tuple(sorted(set(numbers))) for login, numbers in tickets.items()}

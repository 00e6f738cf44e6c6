"""The agents that this desk knows of."""

from __future__ import annotations

from data.records.tickets import Status
from data.store import Store

WORKED_ON = (Status.NEW, Status.OPEN, Status.PENDING, Status.ON_HOLD, Status.SNOOZED)
"""The statuses of tickets that agents have in their hands."""
MEMBERS = "members"
"""The setting with the logins of each team's agents."""


def agents_known(store: Store) -> list[str]:
    """Return the agents who have a ticket in hand, have worked here or are members of a team, in alphabetical order."""
    holders = {agent for agent, _, _, _ in store.tickets.in_hand(WORKED_ON)}
    members = {login for logins in (store.settings.get(MEMBERS) or {}).values() for login in logins}
    return sorted({*holders, *store.effort.agents(), *store.shifts.first_begun(), *members} - {""})

"""Zammad, as settings and forms know it."""

from data.records.tickets import Status
from queues.accounts.kinds import SystemKind, web_address

KIND = SystemKind(
    "Zammad",
    "queues.connectors.zammad:Zammad",
    {
        "new": Status.NEW,
        "open": Status.OPEN,
        "pending reminder": Status.PENDING,
        "pending close": Status.PENDING,
        "closed": Status.SOLVED,
        "merged": Status.CLOSED,
        "removed": Status.CLOSED,
    },
    never_set=frozenset({"new", "pending close", "merged", "removed"}),
    address=web_address("/api/v1"),
    user_hint="",
    poll_seconds=30,
)

"""Request Tracker, as settings and forms know it."""

from data.records.tickets import Status
from queues.accounts.kinds import SystemKind, web_address

KIND = SystemKind(
    "Request Tracker",
    "queues.connectors.request_tracker:RequestTracker",
    {
        "new": Status.NEW,
        "open": Status.OPEN,
        "stalled": Status.PENDING,
        "resolved": Status.SOLVED,
        "rejected": Status.CLOSED,
        "deleted": Status.CLOSED,
    },
    never_set=frozenset({"rejected", "deleted"}),
    tried="Request Tracker 5",
    address=web_address("/REST/2.0"),
    user_hint="Empty for the token's owner.",
)

"""Redmine, as settings and forms know it."""

from data.records.tickets import Status
from queues.accounts.kinds import SystemKind, web_address

KIND = SystemKind(
    "Redmine",
    "queues.connectors.redmine:Redmine",
    {
        "New": Status.NEW,
        "In Progress": Status.OPEN,
        "Feedback": Status.PENDING,
        "Resolved": Status.SOLVED,
        "Closed": Status.CLOSED,
        "Rejected": Status.CLOSED,
    },
    never_set=frozenset({"Rejected"}),
    tried="Redmine 5.0",
    address=web_address("/issues.json"),
    secret="API key",
    user_hint="",
)

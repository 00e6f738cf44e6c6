"""Redmine, as settings and forms know it."""

import re

from data.records.tickets import Status
from queues.accounts.kinds import SystemKind, web_address

_as_web_address = web_address()
_PAGE = re.compile(r"(.*?)/(?:issues|projects|my|login)(?:[/.].*)?")


def _address(given: str) -> str:
    """Return the address, without the page that it was copied from."""
    whole = _as_web_address(given)
    match = _PAGE.fullmatch(whole)
    return match[1] if match else whole


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
    address=_address,
    secret="API key",
    user_hint="",
)

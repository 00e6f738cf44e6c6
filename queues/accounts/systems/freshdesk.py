"""Freshdesk, as settings and forms know it.

All of an account share its requests: 50 a minute in a trial, and from 100 to 700 in its plans.
"""

import re

from data.records.tickets import Status
from queues.accounts.kinds import SystemKind, web_address

_as_web_address = web_address("/api/v2")


def _address(given: str) -> str:
    """Return the address; the subdomain is enough."""
    return _as_web_address(f"{given}.freshdesk.com" if re.fullmatch(r"[A-Za-z0-9-]+", given) else given)


KIND = SystemKind(
    "Freshdesk",
    "queues.connectors.freshdesk:Freshdesk",
    {
        "Open": Status.OPEN,
        "Pending": Status.PENDING,
        "Waiting on Customer": Status.PENDING,
        "Waiting on Third Party": Status.ON_HOLD,
        "Resolved": Status.SOLVED,
        "Closed": Status.CLOSED,
        "Deleted": Status.CLOSED,
        "Spam": Status.CLOSED,
    },
    never_set=frozenset({"Deleted", "Spam"}),
    address=_address,
    address_hint="Such as https://yourcompany.freshdesk.com; yourcompany alone is enough.",
    secret="API key",
    user_hint="",
    poll_seconds=60,
    requests_per_minute=40,
    macros="freshdesk",
)

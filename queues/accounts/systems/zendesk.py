"""Zendesk, as settings and forms know it.

A whole team may ask for its export ten times a minute, and its smallest plan takes 200 requests.
"""

import re

from data.records.tickets import Status
from queues.accounts.kinds import SystemKind, web_address

_as_web_address = web_address("/api/v2")


def _address(given: str) -> str:
    """Return the address; the subdomain is enough."""
    return _as_web_address(f"{given}.zendesk.com" if re.fullmatch(r"[A-Za-z0-9-]+", given) else given)


KIND = SystemKind(
    "Zendesk",
    "queues.connectors.zendesk:Zendesk",
    {
        "new": Status.NEW,
        "open": Status.OPEN,
        "pending": Status.PENDING,
        "hold": Status.ON_HOLD,
        "solved": Status.SOLVED,
        "closed": Status.CLOSED,
        "deleted": Status.CLOSED,
    },
    never_set=frozenset({"new", "closed", "deleted"}),
    address=_address,
    address_hint="Such as https://yourcompany.zendesk.com; yourcompany alone is enough.",
    user_hint="The e-mail address of an API token's agent; empty for an OAuth token.",
    poll_seconds=60,
    requests_per_minute=100,
    macros="zendesk",
)

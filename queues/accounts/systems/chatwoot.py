"""Chatwoot, as settings and forms know it."""

import re

from data.records.tickets import Status
from queues.accounts.kinds import SystemKind, web_address

_WAY = "write it as in the browser, https://host/app/accounts/NUMBER"
_as_web_address = web_address()
_ACCOUNT = re.compile(r"(.*?)(?:/app|/api/v1)/accounts/([0-9]+)(?:/.*)?")


def _address(given: str) -> str:
    """Return the address of an account's pages, without what comes after the account's number."""
    whole = _as_web_address(given)
    match = _ACCOUNT.fullmatch(whole)
    if match is None:
        raise ValueError(_WAY)
    return f"{match[1]}/app/accounts/{match[2]}"


KIND = SystemKind(
    "Chatwoot",
    "queues.connectors.chatwoot:Chatwoot",
    {
        "pending": Status.NEW,  # a bot has it, or no one yet
        "open": Status.OPEN,
        "snoozed": Status.PENDING,  # until the customer's next message
        "resolved": Status.SOLVED,
    },
    address=_address,
    address_hint="Such as https://app.chatwoot.com/app/accounts/1: as in the browser, with the account's number.",
    user_hint="",
    poll_seconds=30,
    macros="chatwoot",
)

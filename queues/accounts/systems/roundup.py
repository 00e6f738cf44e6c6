"""Roundup, as settings and forms know it."""

from data.records.tickets import Status
from queues.accounts.kinds import SystemKind, web_address

KIND = SystemKind(
    "Roundup",
    "queues.connectors.roundup:Roundup",
    {
        "unread": Status.NEW,
        "chatting": Status.OPEN,
        "in-progress": Status.OPEN,
        "need-eg": Status.PENDING,
        "testing": Status.PENDING,
        "deferred": Status.ON_HOLD,
        "resolved": Status.SOLVED,
        "done-cbb": Status.SOLVED,
    },
    tried="Roundup 2.6",
    address=web_address("/rest"),
    secret="Password",
    user_hint="The login name.",
    needs_user=True,
)

"""Help Scout, as settings and forms know it.

A user may ask 400 times a minute, and a write counts twice.
"""

from data.records.tickets import Status
from queues.accounts.kinds import SystemKind, web_address

KIND = SystemKind(
    "Help Scout",
    "queues.connectors.helpscout:HelpScout",
    {
        "active": Status.OPEN,
        "pending": Status.PENDING,
        "closed": Status.SOLVED,
        "spam": Status.CLOSED,
    },
    never_set=frozenset({"spam"}),
    address=web_address("/v2"),
    address_hint="Such as https://api.helpscout.net; it is the same for all accounts.",
    secret="App secret",
    user_hint="The app's ID (Your Profile, My Apps); empty if the secret is an access token.",
    poll_seconds=60,
    requests_per_minute=100,
    macros="helpscout",
)

"""A team on PostgreSQL, as settings and forms know it."""

from urllib.parse import urlsplit

from data.records.tickets import Status
from queues.accounts.kinds import SystemKind

PGPASS = "pgpass"
"""The secret of a team whose password PostgreSQL's own library finds, in PGPASSFILE or ~/.pgpass."""
_WAY = "write it as postgresql://login@host/database"


def _address(given: str) -> str:
    """Return the address, which names the login and never the password."""
    try:
        url = urlsplit(given)
        host, port = url.hostname or "", url.port
    except ValueError:
        raise ValueError(_WAY) from None
    if url.password is not None:
        raise ValueError("leave the password out; the keyring or PGPASSFILE has it")
    if url.scheme not in {"postgresql", "postgres"} or not host or not url.username or len(url.path) < 2:
        raise ValueError(_WAY)
    if url.query or url.fragment or port == 0 or "/" in url.path[1:]:
        raise ValueError(f"{_WAY}, without ? and #")
    return given


KIND = SystemKind(
    "Team on PostgreSQL",
    "queues.connectors.team:Team",
    {
        str(status): status
        for status in (Status.NEW, Status.OPEN, Status.PENDING, Status.ON_HOLD, Status.SOLVED, Status.CLOSED)
    },
    tried="PostgreSQL 15",
    address=_address,
    address_names_user=True,
    address_hint="Such as postgresql://you@db.yourcompany.example/support.",
    secret="Password",
    other_secrets=frozenset({PGPASS}),
    user_hint="",
    requests_per_minute=0,
    queues_are_lanes=True,
)

"""Which server signs the sender checks of mails (`Authentication-Results`, RFC 8601)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from email.parser import BytesHeaderParser
from email.policy import compat32

from queues.mail.body import headers_of
from queues.mail.kind import server_of
from queues.mail.repairing import without_blank_head


def signing_servers(heads: Iterable[bytes]) -> Counter[str]:
    """Return how many of these mails each server signed last: the name in the topmost header, in small letters."""
    servers: Counter[str] = Counter()
    for head in heads:
        values = headers_of(BytesHeaderParser(policy=compat32).parsebytes(without_blank_head(head)))
        server = server_of(values.get("authentication-results", [""])[0])
        servers.update([server] if server else [])
    return servers

"""Builds a ticketing system's settings from the options of `tridesk account add --kind …`."""

from __future__ import annotations

from datetime import date
from typing import cast
from urllib.parse import urlsplit

from queues.accounts.ticketing_system import Kind, Tracker, complete


def tracker_of(
    url: str,
    kind: str,
    *,
    name: str | None,
    user: str | None,
    secret: str | None,
    ca_file: str,
    queues: tuple[str, ...],
    queue_field: str = "",
    since: date | None = None,
) -> Tracker:
    """Return the tracker; its name is the first label of the host unless given. Raises InputError."""
    given = url if "://" in url or (kind == "zendesk" and "." not in url) else f"https://{url}"
    try:
        host = urlsplit(given if "://" in given else f"https://{given}").netloc.rpartition("@")[2].partition(":")[0]
    except ValueError:  # half an IPv6 address: `complete` says what is wrong
        host = ""
    lanes = {queue.strip(): lane.strip() for queue, _, lane in (queue.partition("=") for queue in queues)}
    return complete(
        Tracker(
            name or host.partition(".")[0] or kind,
            given,
            kind=cast(Kind, kind),
            user=user or "",
            secret=secret or "keyring",
            ca_file=ca_file,
            queues=lanes,
            queue_field=queue_field,
            since=since,
        )
    )

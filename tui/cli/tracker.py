"""Builds a ticketing system's settings from the options of `tridesk account add --kind …`."""

from __future__ import annotations

from datetime import date

from queues.accounts.ticketing_system import Tracker, complete, name_of


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
    """Return the tracker; it is called after its address unless a name is given. Raises InputError."""
    lanes = {queue.strip(): lane.strip() for queue, _, lane in (queue.partition("=") for queue in queues)}
    return complete(
        Tracker(
            name or name_of(url) or kind,
            url,
            kind=kind,
            user=user or "",
            secret=secret or "keyring",
            ca_file=ca_file,
            queues=lanes,
            queue_field=queue_field,
            since=since,
        )
    )

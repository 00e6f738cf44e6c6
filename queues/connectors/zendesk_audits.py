"""What Zendesk's audits of a ticket say: its messages, and who changed it last."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from data.records.messages import Direction
from queues.connectors.as_mail import Written, as_mail, named
from queues.connectors.base import Filed, Happened, RemoteTicket
from queues.connectors.zendesk_names import Json, Names, address, rows_of

MARK = "tridesk"
"""Under which name an update's metadata has our mark; the audit of it has all that we sent there under `custom`."""
_SPOKEN = frozenset({"Comment", "VoiceComment"})
_MOVES = frozenset({"status", "custom_status_id", "assignee_id", "group_id", "brand_id", "tags"})
_MAIL_ID = re.compile(r"<[^<>\s]+@[^<>\s]+>")

FileOf = Callable[[Mapping[str, Any]], bytes]
"""Fetches an attachment's bytes."""


def messages(
    audits: list[Json], ticket: RemoteTicket, names: Names, host: str, filed: Filed, file_of: FileOf
) -> list[Happened]:
    """Return the comments that the desk does not have yet, each as a mail."""
    fresh = [
        (audit, event)
        for audit in audits
        for event in events(audit)
        if event.get("type") in _SPOKEN and isinstance(event.get("id"), int) and not filed(event["id"])
    ]
    names.know(event.get("author_id") for _, event in fresh)
    return [_happened(audit, event, ticket, names, host, file_of) for audit, event in fresh]


def mover(audits: list[Json]) -> Any:
    """Return the number of who changed status, owner, place or tags last, None if no one did."""
    movers = [row.get("author_id") for row in audits if any(event.get("field_name") in _MOVES for event in events(row))]
    return movers[-1] if movers else None


def comment_of(audit: Json) -> int:
    """Return the number of the comment that an audit brought, 0 if there is none."""
    return next((int(row["id"]) for row in events(audit) if row.get("type") in _SPOKEN), 0)


def events(audit: Json) -> list[Json]:
    """Return what an audit holds."""
    return [row for row in audit.get("events") or [] if isinstance(row, dict)]


def seconds(written: Any) -> int:
    """Return a time as Zendesk writes it in Unix seconds, 0 if it cannot be read."""
    try:
        return int(datetime.fromisoformat(str(written)).timestamp())
    except ValueError:
        return 0


def _happened(
    audit: Json, event: Json, ticket: RemoteTicket, names: Names, host: str, file_of: FileOf
) -> Happened:  # fmt: skip
    author = names.user(event.get("author_id"))
    asking = bool(ticket.requestor) and address(author) == ticket.requestor
    staff = author.get("role") in ("agent", "admin") and not asking
    public = bool(event.get("public", True))
    direction = Direction.NOTE if not public else Direction.OUT if staff else Direction.IN
    at, number = seconds(audit.get("created_at")), int(event["id"])
    metadata = rows_of(audit, "metadata")
    own_id = _MAIL_ID.search(str(rows_of(metadata, "system").get("message_id") or ""))
    written = Written(
        sender=named(str(author.get("name") or "nobody"), str(author.get("email") or "")),
        recipient=ticket.requestor if staff else "",
        subject=ticket.subject,
        at=at,
        message_id=own_id[0] if own_id else f"<zendesk-comment-{number}@{host}>",
        plain=str(event.get("body") or ""),
        html=str(event.get("html_body") or ""),
        files=[(str(row.get("file_name") or ""), str(row.get("content_type") or ""), file_of(row))
               for row in event.get("attachments") or [] if isinstance(row, dict)],
    )  # fmt: skip
    by_us = audit.get("author_id") == names.me().get("id")
    mark = str(rows_of(metadata, "custom").get(MARK) or "") if by_us else ""
    return Happened(number, ticket.ref, as_mail(written, host), direction, at, mark)

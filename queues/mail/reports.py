"""Reports that mail servers and mail programs write (RFC 6522): a delivery status, a read receipt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message as Mime

from data.records.messages import Sign
from queues.mail.body import headers_of, leaves
from queues.mail.headers import message_ids
from queues.mail.sign_rules import DELIVERY, RECEIPT

_PARTS = {
    "message/delivery-status": DELIVERY,
    "message/global-delivery-status": DELIVERY,
    "message/disposition-notification": RECEIPT,
    "message/global-disposition-notification": RECEIPT,
}
_FIELD = re.compile(r"^([a-z-]+):([^\r\n]*)", re.I | re.M)
_WORST = ("failed", "delayed", "relayed", "expanded", "delivered")


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says."""

    sign: Sign
    became: str = ""
    """Of a delivery report: what became of the mail, the worst of its actions."""
    about: tuple[str, ...] = ()
    """Of a read receipt: the Message-ID of the mail that was read."""


def report_of(root: Mime) -> Report | None:
    """Return what a report says, None for any other mail.

    The whole mail has to be a report: a person who attaches one to their own mail wrote a mail.
    """
    whole = (headers_of(root).get("content-type") or [""])[0].partition(";")[0].strip().lower()
    if whole != "multipart/report":
        return None
    for leaf in leaves(root):
        rule = _PARTS.get(leaf.content_type)
        if rule is None:
            continue
        fields = list(_fields(leaf.part))
        actions = {value.split(" ")[0].lower() for name, value in fields if name == "action"}
        about = next((message_ids(value) for name, value in fields if name == "original-message-id"), ())
        became = next((action for action in _WORST if action in actions), "")
        sign = Sign(rule, f"Content-Type: {leaf.content_type}", sure=True)
        return Report(sign, became, about) if rule == DELIVERY else Report(sign, about=about)
    return None


def _fields(part: Mime) -> Iterator[tuple[str, str]]:
    payload = part.get_payload()
    if not isinstance(payload, list):
        yield from ((name.lower(), value.strip()) for name, value in _FIELD.findall(str(payload)))
        return
    for block in payload:
        if isinstance(block, Mime):
            yield from ((name, value.strip()) for name, values in headers_of(block).items() for value in values)

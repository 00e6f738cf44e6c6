"""Who wrote a mail: the one in From, or the person behind a mail group or form that writes in its own name."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from data.records.incoming import Incoming, NamedAddress
from data.records.messages import Sign
from data.safe_text import safe_line
from queues.mail.addresses import addresses
from queues.mail.own_mailbox import is_ours

REWRITTEN = "rewritten sender"
_VIA = re.compile(r"^(?P<name>.+?)\s+\(?(?:via|vía|a través de|por medio de|über)\s+\S", re.I)
_UNREAD = re.compile(r"(?:no|do-?not)[-._]?(?:reply|responder|contestar)(?:[-._+][^@]*)?@", re.I)
_QUOTES = "\"'‘’“” "


def mailbox(value: str) -> tuple[str, str]:
    """Return name and address of a sender's line. A comma in a name that no one quoted is part of the name."""
    results = addresses(value)
    named = next((place for place, (_, address) in enumerate(results) if address), None)
    if named is None:
        return results[0] if results else ("", "")
    name = ", ".join(part for part, _ in results[: named + 1] if part)
    return name, results[named][1]


def real_sender(headers: Mapping[str, Sequence[str]], name: str, address: str) -> tuple[str, str]:
    """Return name and address of who is said to have written a mail that a group sent on; both empty for none.

    `name` and `address` are the sender's line. A Reply-To alone is not a sign of a group: people have one too.
    """
    via = _VIA.match(name)
    written = mailbox(_first(headers, "x-original-from"))
    if not via and written[1] in ("", address):
        return "", ""
    for header in ("x-original-from", "reply-to", "x-original-sender"):
        for _, candidate in (mailbox(_first(headers, header)), *addresses(_first(headers, header))):
            if candidate and candidate != address:
                return written[0] or (via["name"].strip(_QUOTES) if via else ""), candidate
    return "", ""


def reply_box(headers: Mapping[str, Sequence[str]], sender: str, own: Collection[str]) -> tuple[str, str]:
    """Return name and address that answers are wanted at next to the sender's and ours; empty for none.

    Of several the first that the mail did not go to: the others are a group's or ours.
    """
    value = _first(headers, "reply-to")
    results = addresses(value)
    if len([item for item in results if item[1]]) == 1:
        results = [mailbox(value)]
    wanted = [(name, item) for name, item in results if item and item != sender and not is_ours(item, own)]
    if not _is_unread(sender):  # a person whose program names an address that no one reads still reads their own
        wanted = [pair for pair in wanted if not _is_unread(pair[1])]
    went_to = {address for line in headers.get("to", ()) for _, address in addresses(line)}
    return next((pair for pair in wanted if pair[1] not in went_to), next(iter(wanted), ("", "")))


def unmasked(item: Incoming, own: Collection[str]) -> Incoming:
    """Return a mail that an address of ours sent on for someone as theirs; any other as it is.

    Only of our own address (or a group of ours) a rewritten line is believed: anyone may write such headers.
    """
    if not is_ours(item.from_address, own):
        return item
    original = item.original_sender
    name, address = (original.name, original.address) if original.address else (item.reply_name, item.reply_to)
    if not address or is_ours(address, own):
        return item
    sign = Sign(REWRITTEN, safe_line(f"From: {item.from_name} <{item.from_address}>")[:200])
    return replace(
        item,
        from_name=name or (item.reply_name if item.reply_to == address else ""),
        from_address=address,
        reply_to="" if item.reply_to == address or is_ours(item.reply_to, own) else item.reply_to,
        original_sender=NamedAddress(),
        signs=(*item.signs, sign),
    )


def _is_unread(address: str) -> bool:
    return _UNREAD.match(address) is not None


def _first(headers: Mapping[str, Sequence[str]], name: str) -> str:
    return next((value for value in headers.get(name, ()) if value.strip()), "")

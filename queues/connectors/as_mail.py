"""A message of a ticketing system written as the mail that it was or could have been (RFC 5322)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from data.safe_text import LONGEST_LINE
from queues.mail.addresses import addresses, written_address
from queues.mail.letter import usable_id, write
from queues.mail.letter_fields import Letter, Person

_LONGEST_NAME = 150
_SIGNS = re.compile(r'[<>"\\\x00-\x1f]')


@dataclass(frozen=True, slots=True)
class Written:
    """A message as a ticketing system describes it."""

    sender: str
    """A name, an address, or both as in a From."""
    recipient: str
    """The same; empty if there is none."""
    subject: str
    at: int
    message_id: str
    plain: str
    html: str = ""
    """Used if there is no plain text."""
    files: Sequence[tuple[str, str, bytes]] = ()
    """Name, content type and content of each."""
    copied: Sequence[str] = ()
    """The addresses that got a copy; what is none is left out."""


def as_mail(written: Written, host: str) -> bytes:
    """Return the mail; a bare name gets the system's host as its domain."""
    return write(
        Letter(
            subject=written.subject[:LONGEST_LINE],
            at=written.at,
            plain=written.plain,
            sender=_person(written.sender, host),
            recipient=_person(written.recipient, host) if written.recipient else None,
            message_id=_id(written.message_id, host),
            html="" if written.plain else written.html,
            files=written.files,
            cc=tuple(dict.fromkeys(_usable(written.copied))),
        )
    )


def named(name: str, address: str) -> str:
    """Return a person as a From names them; what they call themselves never passes for an address (RFC 5322, 3.4)."""
    quoted = _SIGNS.sub(" ", name).strip()
    return f'"{quoted}" <{address}>' if quoted and address else address or name


def _usable(given: Sequence[str]) -> Iterator[str]:
    for address in given:
        with suppress(ValueError):
            yield written_address(address)


def _person(written: str, host: str) -> Person:
    """Return who is meant, in any case with an address."""
    name, address = next(iter(addresses(written)), (written, ""))
    if address:
        try:
            return Person(name[:_LONGEST_NAME], written_address(address))
        except ValueError:
            name = name or address
    local = re.sub(r"[^A-Za-z0-9_-]+", ".", name).strip(".")[:64] or "nobody"
    own = "" if name.isascii() else f".{_digest(name)[:8]}"  # two people whose letters are left out are still two
    return Person(name[:_LONGEST_NAME], f"{local}{own}@{host}")


def _id(message_id: str, host: str) -> str:
    """Return the Message-ID; an id that no header can hold is always replaced by the same valid id."""
    if usable_id(message_id):
        return message_id
    return f"<{_digest(message_id)[:32]}@{host}>"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()

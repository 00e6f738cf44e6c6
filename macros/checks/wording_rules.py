"""Checks on what a reply says: missing values, secrets asked for, promises that others make, attachments."""

from __future__ import annotations

from collections.abc import Collection

from data.records.changes import Finding
from macros.checks.folding import ADDRESS, free
from macros.checks.wording import ASKS_SECRET, DENIES, FORBIDDEN, PLACEHOLDER, SAYS_ATTACHED, THEIR_ATTACHMENT
from macros.render import HOLE

_FORBIDDEN_SAID = {
    "promise-refund": "This promises money; only say what is already decided.",
    "promise-outcome": "This says what happens to someone else; say only that it is being looked into.",
}


def holes(text: str) -> list[Finding]:
    """Find values that are missing: `{{ name }}`, and the placeholders people type."""
    findings = [
        Finding("hole", f"The value {match[1].strip() or 'here'} is missing.", *match.span(), blocking=True)
        for match in HOLE.finditer(text)
    ]
    typed = [match for match in PLACEHOLDER.finditer(text) if free(findings, *match.span())]
    return findings + [
        Finding("hole", f"{match[0]} still has to be filled in.", *match.span(), blocking=True) for match in typed
    ]


def secrets(text: str) -> list[Finding]:
    """Find a request for a password, a code, a PIN or a whole card number; a warning against it is not one."""
    message = "Never ask for a password, a code or a whole card number."
    return [
        Finding("asks-secret", message, *match.span(), blocking=True)
        for pattern in ASKS_SECRET
        for match in pattern.finditer(text)
        if not DENIES.search(text[max(0, match.start() - 60) : match.start()])
    ]


def forbidden(text: str) -> list[Finding]:
    """Find promises of money or of what happens to a reported person."""
    return [
        Finding(rule, _FORBIDDEN_SAID[rule], *match.span())
        for rule, patterns in FORBIDDEN.items()
        for pattern in patterns
        for match in pattern.finditer(text)
        if not DENIES.search(text[max(0, match.start() - 60) : match.start()])
    ]


def attachment(text: str) -> list[Finding]:
    """Find a mention of our attachment in a reply without one."""
    matches = [
        match
        for match in SAYS_ATTACHED.finditer(text)
        if not THEIR_ATTACHMENT.search(text[max(0, match.start() - 40) : match.start()])
    ]
    message = "The reply speaks of an attachment, but carries none."
    return [Finding("attachment", message, *match.span()) for match in matches[:1]]


def addresses(text: str, known: str, own: Collection[str]) -> list[Finding]:
    """Find e-mail addresses that are neither ours nor in `known`: the conversation, in lower case."""
    return [
        Finding(
            "other-address",
            f"{match[0]} is not in this conversation; make sure that the customer may see it.",
            *match.span(),
        )
        for match in ADDRESS.finditer(text)
        if not is_ours(match[0].lower(), own) and match[0].lower() not in known
    ]


def is_ours(address: str, own: Collection[str]) -> bool:
    """Return whether an address is one that we answer from, or is at a domain of ours."""
    return address in own or "@" + address.partition("@")[2] in own

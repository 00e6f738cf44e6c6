"""What never leaves the desk in text: whole card numbers, one-time codes and passwords.

In an agent's own words it is a finding that no reason overrides. In what is quoted, and in texts that are made of the
customer's words (an escalation's), it is masked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from data.confidential.items import NEVER_SENT, Item, Kind
from data.confidential.mask import find, masked
from data.records.changes import Change, Finding
from queues.procedures.safeguards import NEVER_SENT_RULE

_QUOTED = re.compile(r"^[ \t]*>.*$|^-{4,} ?(?:Forwarded message|Original Message|Mensaje (?:reenviado|original)) ?-{4,}"
                     r"$[\s\S]*", re.MULTILINE | re.IGNORECASE)  # fmt: skip
_NAMES = {Kind.CARD: "a whole card number", Kind.CODE: "a one-time code", Kind.PASSWORD: "a password"}
_ADVICE = {
    Kind.CARD: "leave at most its last four digits",
    Kind.CODE: "leave it out; no one of us needs it or may repeat it",
    Kind.PASSWORD: "leave it out; let the customer set a new one",
}
_CHECKED_ELSEWHERE = ("card-number", "gives-secret")
"""Rules of the checks of replies about the same: where both find something, no reason helps."""


def quotes_masked(change: Change) -> Change:
    """Return the change with cards, codes and passwords masked where it quotes, and in what another team gets."""
    forward, escalate = change.forward, change.escalate
    return replace(
        change,
        reply=None if change.reply is None else in_quotes(change.reply),
        note=None if change.note is None else in_quotes(change.note),
        forward=forward and replace(forward, text=in_quotes(forward.text)),
        escalate=escalate
        and replace(
            escalate,
            note=masked(escalate.note, NEVER_SENT),
            reason=masked(escalate.reason, NEVER_SENT),
            reference=masked(escalate.reference, NEVER_SENT),
        ),
    )


def findings(change: Change) -> list[Finding]:
    """Return what the change would let out that must stay here; every finding blocks, whatever the reason."""
    return [
        Finding(
            NEVER_SENT_RULE,
            f"This has {_NAMES[item.kind]} in it ({_line(text, item)}); {_ADVICE[item.kind]}.",
            item.start,
            item.end,
            blocking=True,
        )
        for text in _own_texts(change)
        for item in find(text, NEVER_SENT)
    ]


def without_doubles(results: Sequence[Finding], never: Sequence[Finding]) -> list[Finding]:
    """Return `results` without what `never` says already about the same words."""
    return [
        finding
        for finding in results
        if finding.rule not in _CHECKED_ELSEWHERE
        or not any(other.start < finding.end and finding.start < other.end for other in never)
    ]


def _own_texts(change: Change) -> Iterator[str]:
    answer = change.team_answer
    forward = change.forward.text if change.forward is not None else None
    texts = (change.reply, change.note, forward, answer.text if answer is not None else None)
    yield from (text for text in texts if text)


def in_quotes(text: str) -> str:
    """Return the text with cards, codes and passwords masked in its quoted lines and in what it forwards."""
    return _QUOTED.sub(lambda match: masked(match[0], NEVER_SENT), text)


def _line(text: str, item: Item) -> str:
    return f"line {text.count(chr(10), 0, item.start) + 1}"

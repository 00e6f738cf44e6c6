"""What is known of a mail by its headers and its sender, as one readable line."""

from __future__ import annotations

from data.records.messages import Sign
from queues.mail.sign_rules import FORGED, HIDDEN, LOOK_ALIKE, ODD_DOMAIN, ODD_LINK, OTHER_REPLY, UNAUTHENTICATED
from tui.look.shown import safe_line
from tui.look.words import words

ABOUT_SENDERS = frozenset({LOOK_ALIKE, OTHER_REPLY, UNAUTHENTICATED, FORGED, ODD_DOMAIN})
WARNINGS = ABOUT_SENDERS | {ODD_LINK, HIDDEN}
"""Rules whose signs an agent should know before answering. They decide nothing."""


def sign_line(sign: Sign) -> str:
    """Return a warning in words; for the rest, the rule and its evidence, with a question mark if it is a hint."""
    if sign.rule in WARNINGS:
        return warning(sign)
    return safe_line(f"[{sign.rule}{'' if sign.sure else '?'}: {sign.seen}]")


def warning(sign: Sign) -> str:
    """Return what an agent should know about a sender or a text."""
    texts = {
        LOOK_ALIKE: words("! may be someone who pretends: {seen}"),
        OTHER_REPLY: words("! wants answers at an address that is not known as theirs: {seen}"),
        UNAUTHENTICATED: words("! the mail server could not confirm the sender: {seen}"),
        FORGED: words("! came with invented results of a sender check: {seen}"),
        ODD_DOMAIN: words("! the sender's domain is not what it looks like: {seen}"),
        ODD_LINK: words("! a link or an address in it is not what it looks like: {seen}"),
        HIDDEN: words("! contains hidden characters: {seen}"),
    }
    return safe_line(texts[sign.rule].format(seen=sign.seen))

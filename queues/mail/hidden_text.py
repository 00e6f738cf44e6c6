"""Characters by which a text says something else than it shows: inside words, against the direction, as tags."""

from __future__ import annotations

import re

from data.records.messages import Sign
from queues.mail.sign_rules import HIDDEN

_INSIDE_WORDS = re.compile("(?<=[A-Za-z0-9])[\xad\u200b-\u200d\u2060-\u2064\ufeff\u034f\u180e]+(?=[A-Za-z0-9])")
"""A soft hyphen or a joiner between Latin letters; in Arabic and Hindi, joiners are how words are written."""
_OVERRIDES = re.compile("[\u202a\u202b\u202d\u202e]")
_TAGS = re.compile("[\U000e0000-\U000e007f]{2,}|[\U000e0100-\U000e01ef]{2,}")
"""Letters without a picture."""
_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e007a]{1,6}\U000e007f")
"""The flag of a region, which is spelled with them (UTS #51)."""
_CONTROLS = re.compile("[\x00-\x06\x0e-\x1f\x7f\x80-\x84\x86-\x9f]")
_SOFT = "\xad"
_MOST = 200_000


def hidden(text: str) -> Sign | None:
    """Return the sign of a text, as it came, in which something is hidden; None for a usual one."""
    text = text[:_MOST]
    if text.isascii() and text.isprintable():
        return None
    text = _FLAG.sub("", text)
    inside = [match for match in _INSIDE_WORDS.findall(text) if set(match) != {_SOFT}]
    counts = {
        "inside words": len(inside),
        "that turn the direction": len(_OVERRIDES.findall(text)),
        "that spell unseen text": sum(len(tags) for tags in _TAGS.findall(text)),
        "that control a terminal": len(_CONTROLS.findall(text)),
    }
    seen = ", ".join(f"{count} {where}" for where, count in counts.items() if count)
    return Sign(HIDDEN, seen) if seen else None

"""What a mail's headers said of its sort, in one line for a person."""

from __future__ import annotations

from data.records.messages import Sign
from data.safe_text import safe_line


def sign_line(sign: Sign) -> str:
    """Return the rule and what was seen; a question mark where it is no more than a hint."""
    return safe_line(f"[{sign.rule}{'' if sign.sure else '?'}: {sign.seen}]")

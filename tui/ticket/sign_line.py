"""The classification of a mail by its headers, as one readable line."""

from __future__ import annotations

from data.records.messages import Sign
from tui.look.shown import safe_line


def sign_line(sign: Sign) -> str:
    """Return the rule and its evidence; with a question mark if it is only a hint."""
    return safe_line(f"[{sign.rule}{'' if sign.sure else '?'}: {sign.seen}]")

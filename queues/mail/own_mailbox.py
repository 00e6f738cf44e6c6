"""Whether an address delivers to a mailbox of ours: named as ours, or with a tag after a plus (RFC 5233)."""

from __future__ import annotations

from collections.abc import Collection


def is_ours(address: str, own: Collection[str]) -> bool:
    """Return whether an address is one of `own` (lower case), or one of them with a tag: `help+4711@desk.example`."""
    folded = address.casefold()
    if folded in own:
        return True
    local, at, domain = folded.rpartition("@")
    name, plus, _ = local.partition("+")
    return bool(name and plus) and f"{name}{at}{domain}" in own

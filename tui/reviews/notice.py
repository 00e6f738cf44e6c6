"""The top line's notice about reviews: how many are unread, and how many are disputed."""

from __future__ import annotations

from data.store import Store
from tui.look.words import counted


def review_notice(store: Store, agent: str) -> str:
    """Return `2 reviews to read (g m)`, `1 disputed (g q)`, both, or nothing."""
    unread, disputed = store.reviews.unread(agent), store.reviews.disputed(agent)
    parts = []
    if unread:
        parts.append(counted("{n} review to read (g m)", "{n} reviews to read (g m)", unread).format(n=unread))
    if disputed:
        parts.append(counted("{n} disputed (g q)", "{n} disputed (g q)", disputed).format(n=disputed))
    return "  ".join(parts)

"""The top line's notice about reviews: how many are unread, and how many are disputed."""

from __future__ import annotations

from data.store import Store
from tui.look.words import words


def review_notice(store: Store, agent: str) -> str:
    """Return `2 reviews to read (g m)`, `1 disputed (g q)`, both, or nothing."""
    unread, disputed = store.reviews.unread(agent), store.reviews.disputed(agent)
    parts = []
    if unread == 1:
        parts.append(words("1 review to read (g m)"))
    elif unread:
        parts.append(words("{n} reviews to read (g m)").format(n=unread))
    if disputed:
        parts.append(words("{n} disputed (g q)").format(n=disputed))
    return "  ".join(parts)

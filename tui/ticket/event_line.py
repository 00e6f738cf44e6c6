"""Events about the handling of a ticket, on one line: passed over, out of turn, delivered, shown in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.look.short_times import span
from tui.look.shown import safe_line
from tui.look.words import words

if TYPE_CHECKING:
    from data.records.changes import Event


def aside_line(event: Event, now: int) -> str:
    """Return who passed a ticket over and why, or took it out of turn: `passed over by eva, 2h05 ago: a break`."""
    ago, agent = words("{span} ago").format(span=span(max(0, now - event.at))), safe_line(event.actor)
    if event.kind == "picked":
        text = words("taken by {agent} as number {rank} in the order, {ago}")
        return text.format(agent=agent, rank=event.detail.get("rank", "?"), ago=ago)
    if event.kind == "delivered":
        said = words("relayed") if event.detail.get("said") == "relayed" else words("delivered")
        return words("a reply was reported as {said}, {ago}").format(said=said, ago=ago)
    if event.kind == "revealed":
        return words("its graphic text was shown to {agent}, {ago}").format(agent=agent, ago=ago)
    if event.kind == "unmasked":
        return _unmasked(event, agent, ago)
    said = words("passed over by {agent}, {ago}").format(agent=agent, ago=ago)
    reason, taken = safe_line(str(event.detail.get("reason", ""))), event.detail.get("taken")
    said += f": {reason}" if reason else ""
    return said + (words(" · took #{n} instead").format(n=taken) if taken else "")


def _unmasked(event: Event, agent: str, ago: str) -> str:
    """Return what was shown unmasked, to whom and why, never the data itself."""
    kinds = ", ".join(words(str(kind)) for kind in event.detail.get("kinds", ())) or words("confidential data")
    line = words("{kinds} shown unmasked to {agent}, {ago}").format(kinds=kinds, agent=agent, ago=ago)
    reason = safe_line(str(event.detail.get("reason", "")))
    return f"{line}: {reason}" if reason else line

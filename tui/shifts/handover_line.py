"""A hand-over item on one line, for screen and command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.look.short_times import span
from tui.look.shown import safe_line
from tui.look.words import words

if TYPE_CHECKING:
    from queues.shifts.handover import HandoverItem


MOST_TOLD = 10
"""The most lines shown when the desk closes; the rest is counted."""


def farewell(remaining: Sequence[HandoverItem], now: int, *, in_shift: bool = False) -> str:
    """Return the agent's hand-over items as lines for the terminal; empty if there are none."""
    lines = [words("Open for the next shift (tridesk handover):")] if remaining else []
    lines += [item_line(item, now) for item in remaining[:MOST_TOLD]]
    if len(remaining) > MOST_TOLD:
        lines.append(words("… and {n} more").format(n=len(remaining) - MOST_TOLD))
    if in_shift:
        lines.append(words("Your shift is still running; tridesk shift end ends it with a hand-over."))
    return "".join(f"{line}\n" for line in lines)


def item_line(item: HandoverItem, now: int) -> str:
    """Return a hand-over item as one readable line; foreign text is made safe."""
    if item.kind == "promise":
        stand = words("{span} late") if item.late else words("due in {span}")
        label = words("promise, {stand}").format(stand=stand.format(span=span(abs(item.at - now))))
    elif item.kind == "handed over":
        people = {"author": safe_line(item.author)[:12], "addressee": safe_line(item.addressee)[:12]}
        label = words("{author} to {addressee}").format(**people)
    elif item.kind == "draft":
        label = words("draft, {span} old").format(span=span(max(0, now - item.at)))
    else:
        label = words("reply {state}").format(state=words(item.kind))
    text = f" · {safe_line(item.text)[:80]}" if item.text else ""
    return f"#{item.ticket_id:<6} {label:<22} {safe_line(item.customer)[:20]:<20} {safe_line(item.subject)[:40]}{text}"

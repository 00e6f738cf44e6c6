"""An agent's shift as text: figures and their definitions, the bar, the start of a shift, the hand-over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from data.safe_text import shortened
from queues.figures.shift import COUNTED, LENGTHS, SHARES, Own, OwnFigures
from tui.look.short_times import moment, span
from tui.look.shown import safe_line
from tui.look.words import counted, words
from tui.shifts.handover_line import item_line

if TYPE_CHECKING:
    from data.records.shifts import Shift
    from data.store import Store
    from queues.shifts.handover import HandoverItem
    from queues.shifts.shift import Revised
    from queues.shifts.shift_start import ShiftStart

MEANS = {
    Own.SOLVED: "tickets that you solved and that stayed solved, per hour of your shift",
    Own.HANDLE: "mean of your active work on a ticket; 30m without an action is a pause",
    Own.FIRST_REPLY: "median from the ticket's opening to your first reply",
    Own.ONE_TOUCH: "of what you solved: with one reply in all, never reopened",
    Own.REOPENED: "of your solvings: opened again afterwards",
    Own.KEPT: "of the clocks that you met, or that ran out on your tickets: in time",
    Own.KEYS: "median of keys pressed on what you solved, letters typed not counted",
    Own.EXPOSED: "tickets whose graphic text you viewed",
    Own.SKIPPED: "offered by next-up and passed over, with your reason",
    Own.PICKED: "answered or decided ahead of their turn",
}
"""The definition of each figure, in one line."""
MOST_NOTES = 5
"""The most hand-overs shown at the start of a shift."""
MOST_SAID = 60
"""The most lines of a hand-over shown at the start of a shift; `tridesk handover` shows all."""
MOST_OF_A_KIND = 12
"""The most lines of one kind in a hand-over or at the start of a shift; the rest is counted."""


def shown(own: Own, number: float | None) -> str:
    """Return a figure as readable text."""
    if number is None:
        return "-"
    if own in LENGTHS:
        return span(round(number))
    if own in SHARES:
        return f"{number:.0%}"
    return f"{number:.1f}" if own is Own.SOLVED else f"{number:g}"


def contribution(own: Own, number: float) -> str:
    """Return a ticket's contribution to a figure."""
    if own in LENGTHS:
        return span(round(number))
    if own in SHARES:
        return words("yes") if number else words("no")
    return counted("{n} key", "{n} keys", round(number)).format(n=f"{number:g}") if own is Own.KEYS else ""


def figure_lines(figures: OwnFigures) -> Iterator[tuple[Own, str]]:
    """Yield every figure with a line: its value, its sample size, and its definition."""
    for own in Own:
        count = figures.count(own)
        of = f"({count})" if own not in COUNTED else ""
        yield own, f"{words(own):<15} {shown(own, figures.value(own)):>6} {of:<6} {words(MEANS[own])}"


def card_lines(figures: OwnFigures) -> list[tuple[str, str]]:
    """Return two lines for each figure, with the figure's name as the id."""
    lines = []
    for own in Own:
        count = figures.count(own)
        of = words("of {n}").format(n=count) if own not in COUNTED else ""
        lines.append((str(own), f"{words(own):<16}{shown(own, figures.value(own)):>7}  {of}\n    {words(MEANS[own])}"))
    return lines


def contribution_lines(store: Store, figures: OwnFigures, own: Own) -> list[tuple[str, str]]:
    """Return the tickets behind a figure, newest first, with their contributions; ids begin with the number."""
    lines = []
    for place, value in enumerate(sorted(figures.tickets_behind.get(own, ()), key=lambda value: -value.ticket_id)):
        row = store.tickets.row(value.ticket_id)
        if row is not None:
            stand = f"#{row.id:<6} {contribution(own, value.value):<8} {words(row.status.value):<8}"
            note_lines = f"{stand} {safe_line(row.customer_name)[:20]:<20} {safe_line(row.subject)}"
            lines.append((f"{row.id}:{place}", note_lines))
    return lines


def bars(figures: OwnFigures) -> tuple[str, ...]:
    """Return the bar in several lengths, the longest first; the screen takes the first that fits."""
    value = {own: shown(own, figures.value(own)) for own in Own if figures.value(own) is not None}

    def part(own: Own, text: str) -> str:
        return text.format(value[own]) if own in value else ""

    length = words("shift {}").format(span(figures.seconds))
    rate, handle = part(Own.SOLVED, words("{}/h")), part(Own.HANDLE, words("handle {}"))
    first, kept = part(Own.FIRST_REPLY, words("first {}")), part(Own.KEPT, words("{} in time"))
    once, again = part(Own.ONE_TOUCH, words("one touch {}")), part(Own.REOPENED, words("reopened {}"))
    keys = part(Own.KEYS, words("{} keys"))
    sizes = (
        (length, rate, handle, first, once, again, kept, keys),
        (rate, handle, first, once, kept, keys),
        (rate, handle, kept),
        (rate, kept),
    )
    return tuple(" · ".join(part for part in some if part) for some in sizes)


def revised_line(revised: Revised) -> str:
    """Return which procedure or macro changed."""
    how = words("changed") if revised.old and revised.new else words("new") if revised.new else words("gone")
    return f"{words(revised.kind)} {safe_line(revised.name)}: {how}"


def start_lines(store: Store, start: ShiftStart, now: int, zone: str) -> list[tuple[str, str]]:
    """Return the lines shown at the start of a shift, as id and text, at most `MOST_OF_A_KIND` of each kind.

    An id is `ticket:N` or `revised:N`, an index into `found.revised`; other lines open nothing, headings have no id.
    """
    lines: list[tuple[str, str]] = []
    for shift in start.notes[:MOST_NOTES]:
        said = shift.note.splitlines()
        note_lines = [
            (f"note:{shift.id}.{n}", f"  {shortened(safe_line(line))}") for n, line in enumerate(said[:MOST_SAID])
        ]
        lines += [("", note_head(shift, zone)), *note_lines, *_more(f"note {shift.id}", len(said) - MOST_SAID)]
    # built lazily, only as many as are shown: each line reads its ticket
    chapters: list[tuple[str, int, Iterator[tuple[str, str]]]] = [
        (
            words("Changed since your last shift"),
            len(start.revised),
            ((f"revised:{n}", f"  {revised_line(revised)}") for n, revised in enumerate(start.revised)),
        ),
        (
            words("Promised for today"),
            len(start.promises),
            (
                _ticket(store, promise.ticket_id, _promised(promise.due_at, now), promise.text)
                for promise in start.promises
            ),
        ),
        (words("Yours"), len(start.mine), (_ticket(store, row.id, words(row.status.value)) for row in start.mine)),
        (
            words("Drafts"),
            len(start.drafts),
            (
                _ticket(
                    store, draft.ticket_id, span(max(0, now - draft.updated_at)), draft.text.strip().partition("\n")[0]
                )
                for draft in start.drafts
            ),
        ),
    ]
    for title, count, held in chapters:
        if count:
            lines += [("", f"{title} ({count})"), *islice(held, MOST_OF_A_KIND), *_more(title, count - MOST_OF_A_KIND)]
    return lines


def _more(of: str, count: int) -> list[tuple[str, str]]:
    """Return how many lines are not shown, if any."""
    return [(f"more:{of}", "  " + words("… and {n} more").format(n=count))] if count > 0 else []


def note_head(shift: Shift, zone: str) -> str:
    """Return whose hand-over it is and when it was written."""
    note_lines = words("Hand-over of {agent}, {when}")
    return note_lines.format(agent=safe_line(shift.agent), when=moment(shift.ended_at or shift.began_at, zone))


def hand_over_note(figures: OwnFigures, remaining: Sequence[HandoverItem], now: int, zone: str) -> str:
    """Draft the hand-over from the events: the shift's figures, then the open items, one per line."""
    solved = len(figures.tickets_behind.get(Own.SOLVED, ()))
    head = words("{agent}, {since} to {until}: {n} solved, {kept} in time, {graphic} graphic").format(
        agent=figures.agent,
        since=moment(figures.since, zone),
        until=moment(now, zone),
        n=solved,
        kept=shown(Own.KEPT, figures.value(Own.KEPT)),
        graphic=figures.count(Own.EXPOSED),
    )
    lines = [head]
    for kind in dict.fromkeys(item.kind for item in remaining):
        held = [item for item in remaining if item.kind == kind]
        lines += [" ".join(item_line(item, now).split()) for item in held[:MOST_OF_A_KIND]]
        if len(held) > MOST_OF_A_KIND:
            lines.append(words("… and {n} more").format(n=len(held) - MOST_OF_A_KIND))
    return "\n".join(lines) + "\n"


def _promised(due_at: int, now: int) -> str:
    remaining = due_at - now
    return (words("due in {span}") if remaining > 0 else words("{span} late")).format(span=span(abs(remaining)))


def _ticket(store: Store, ticket_id: int, stand: str, text: str = "") -> tuple[str, str]:
    row = store.tickets.row(ticket_id)
    who, subject = (safe_line(row.customer_name), safe_line(row.subject)) if row is not None else ("", "")
    note_lines = f" · {safe_line(text)[:60]}" if text else ""
    return f"ticket:{ticket_id}", f"  #{ticket_id} {stand} · {who[:20]} · {subject[:40]}{note_lines}"

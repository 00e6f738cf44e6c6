"""The wall as lines: agents, lanes, and the tickets that breach next; a ticket's line has its number as id."""

from __future__ import annotations

from collections.abc import Iterator

from queues.figures.wall import AgentAtWork, Breach, LaneAtWork, Wall
from tui.look.one_line import fit, one_line
from tui.look.short_times import away, clock_words, span
from tui.look.stored_words import subject_line
from tui.look.words import counted, words

_NAME = 16
"""Cells of a name."""
_TIME = 12
"""Cells of a time such as `hace 12d 5h`."""


def wall_lines(wall: Wall, now: int) -> Iterator[tuple[str, str]]:
    """Yield lines of id and text, headings and what opens nothing without an id."""
    yield "", words("Who works on what")
    if not wall.agents:
        yield "", words("No ticket is assigned.")
    for person in wall.agents:
        yield "", _agent(person, now)
    yield "", ""
    yield "", words("What waits")
    for lane in wall.lanes:
        yield "", _lane(lane, now)
    yield "", ""
    yield "", words("What breaches next")
    if not wall.breaches:
        yield "", words("No clock is running.")
    for breach in wall.breaches:
        yield str(breach.row.id), _breach(breach, now)


def _agent(person: AgentAtWork, now: int) -> str:
    held = [f"{words(status.value)} {count}" for status, count in person.by_status.items() if count]
    parts = [", ".join(held) or words("nothing in hand")]
    if person.next_due is not None:
        parts.append(clock_words(words("next clock"), person.next_due, now))
    if person.writes_on:
        numbers = " ".join(f"#{number}" for number in person.writes_on)
        parts.append(words("writes on {tickets}").format(tickets=numbers))
    if person.looks_at:
        numbers = " ".join(f"#{number}" for number in person.looks_at)
        parts.append(words("looks at {tickets}").format(tickets=numbers))
    if person.last_at is not None:
        parts.append(words("last action {span} ago").format(span=span(max(0, now - person.last_at))))
    return f"{fit(one_line(person.agent), _NAME)} {' · '.join(parts)}"


def _lane(lane: LaneAtWork, now: int) -> str:
    name = one_line(lane.lane) or words("no lane")
    parts = [
        counted("{n} waiting", "{n} waiting", lane.waiting).format(n=lane.waiting),
        counted("{n} unassigned", "{n} unassigned", lane.unassigned).format(n=lane.unassigned),
    ]
    if lane.late:
        parts.append(counted("{n} late", "{n} late", lane.late).format(n=lane.late))
    if lane.oldest_unassigned is not None:
        age = span(max(0, now - lane.oldest_unassigned))
        parts.append(words("the oldest unassigned for {span}").format(span=age))
    return f"{fit(name, _NAME)} {' · '.join(parts)}"


def _breach(breach: Breach, now: int) -> str:
    row = breach.row
    owner = one_line(row.assignee) or words("unassigned")
    clock = away(row.due_at or now, now)
    return f"#{row.id:<6} {fit(clock, _TIME)} {fit(owner, _NAME)} {one_line(subject_line(row.subject))}"

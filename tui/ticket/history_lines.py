"""A ticket's history as lines: who did what, and when, the newest first; what was undone is marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tui.look.short_times import moment
from tui.look.shown import safe_line
from tui.look.words import words
from tui.ticket.event_line import aside_line

if TYPE_CHECKING:
    from data.records.changes import Event
    from data.store import Store

_ASIDE = frozenset({"skipped", "picked", "revealed", "unmasked"})
_SHOWN = ("status", "lane", "topic", "severity", "priority", "assignee", "language", "procedure", "subject")
"""The changed fields that are shown, in order; clocks and counts follow from them."""
_DETAILS = (
    "macro",
    "escalated_to",
    "step",
    "procedure",
    "tier",
    "customer",
    "wish",
    "tool",
    "ref",
    "harm",
    "automatic",
    "heard",
    "reason",
    "override_reason",
    "assigned",
    "handed_to",
    "handover",
)
"""The parts of an event's detail that are shown."""
_SENTENCES = {
    "received": "message received",
    "reply": "replied",
    "note": "wrote a note",
    "change": "changed",
    "followed": "changed in the other system",
    "woken": "woke up",
    "overdue": "another team's answer is late",
    "clocks": "clocks set",
    "step": "step of the procedure",
    "team answer": "another team answered",
    "outbox": "decided about a waiting reply",
    "imported": "imported",
    "redaction": "asked to redact it for good",
    "redacted": "was redacted for good",
    "drafted": "had a reply drafted by an assistant",
    "undo": "undid an action",
    "redo": "redid an action",
}


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One event of a ticket."""

    event: int
    action: int
    at: int
    actor: str
    kind: str
    text: str
    """What happened, in words."""
    changed: Mapping[str, list[Any]]
    state: str
    """Of the event's action: `done`, `undone`, `partly undone`, `dropped` or `settled`."""
    can_undo: bool
    """It is the agent's own, and can be undone unless something was changed again since."""

    def shown(self, zone: str) -> str:
        """Return the line as people read it."""
        mark = "" if self.state in ("done", "settled", "") else f" ({words(self.state)})"
        return f"{moment(self.at, zone):<17} {safe_line(self.actor)[:14]:<14} {self.text}{mark}"


def history_lines(store: Store, ticket_id: int, agent: str, now: int) -> Iterator[HistoryLine]:
    """Yield the ticket's newest 200 events, newest first."""
    yield from lines_of_events(store, store.events.of(ticket_id)[::-1], agent, now)


def lines_of_events(store: Store, events: Sequence[Event], agent: str, now: int) -> Iterator[HistoryLine]:
    """Yield a line for each event, in their order."""
    states = store.actions.states({event.action for event in events})
    for event in events:
        actor, state, undoable = states.get(event.action, ("", "", False))
        can_undo = undoable and state == "done" and actor == agent and event.kind not in ("undo", "redo")
        changed = {name: list(pair) for name, pair in (event.detail.get("changed") or {}).items()}
        text = _text(event, now)
        yield HistoryLine(event.id, event.action, event.at, event.actor, event.kind, text, changed, state, can_undo)


def _text(event: Event, now: int) -> str:
    """Return what happened: `changed: status new → open, +refund`."""
    if event.kind in _ASIDE:
        return aside_line(event, now)
    detail = event.detail
    head = words(_SENTENCES.get(event.kind, event.kind))
    if event.kind == "received" and detail.get("direction") == "out":
        head = words("our reply from elsewhere")
    elif event.kind == "received" and detail.get("direction") == "note":
        head = words("note from elsewhere")
    names = (*_DETAILS, "reason") if event.kind == "redaction" else _DETAILS
    said = [f"{_named(name)} {safe_line(_plain(detail[name]))}" for name in names if detail.get(name)]
    parts = [*_changes(detail.get("changed") or {}), *said]
    return f"{head}: {', '.join(parts)}" if parts else head


def _plain(value: Any) -> str:
    """Return a detail as text, each of several."""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _changes(changed: Mapping[str, Any]) -> Iterator[str]:
    for name in _SHOWN:
        if name in changed:
            is_ours = name in ("status", "priority")
            old, new = (_value(value, is_ours=is_ours) for value in changed[name])
            yield f"{_named(name)} {old} → {new}"
    if "fields" in changed:
        old_values, new_values = changed["fields"]
        for name in sorted({*old_values, *new_values}):
            old, new = old_values.get(name, ""), new_values.get(name, "")
            if old != new:
                yield f"{safe_line(name)} {_value(old, is_ours=False)} → {_value(new, is_ours=False)}"
    if "tags" in changed:
        old_tags, new_tags = changed["tags"]
        yield from (f"+{safe_line(tag)}" for tag in new_tags if tag not in old_tags)
        yield from (f"-{safe_line(tag)}" for tag in old_tags if tag not in new_tags)


def _named(field: str) -> str:
    return words(field.replace("_", " "))


def _value(value: Any, *, is_ours: bool) -> str:
    """Return a field's value; only statuses and priorities are words of ours."""
    return words("none") if not value else words(str(value)) if is_ours else safe_line(str(value))

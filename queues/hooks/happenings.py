"""What an event means to a hook: the types of what happened, each with its facts; names and numbers, no one's text."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from data.records.changes import Event
from data.records.messages import Direction
from data.records.tickets import Status
from queues.desk.recognisers.arrival import INTAKE
from queues.desk.sorting import UNHEARD
from queues.ground.statuses import reopens


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened to a ticket."""

    type: str
    facts: dict[str, Any]


def happenings(event: Event, mentioned: Collection[str]) -> list[Happening]:
    """Return what an event means, in order; `mentioned` are the names in the ticket's notes of that moment."""
    return [*_arrival(event), *_said(event, mentioned), *_changes(event), *_others(event)]


def _arrival(event: Event) -> Iterator[Happening]:
    detail = event.detail
    if event.kind != "received":
        return
    if "split_from" in detail:
        yield Happening("ticket.opened", {"split_from": detail["split_from"]})
        return
    facts = {"connector": detail.get("connector", ""), "message": detail.get("kind", "")}
    is_new = "reason" in detail or event.actor != INTAKE
    if detail.get("direction") == Direction.IN:
        if detail.get("kind") not in UNHEARD:
            yield Happening("ticket.received" if is_new else "message.received", facts)
    elif is_new:
        yield Happening("ticket.opened", facts)


def _said(event: Event, mentioned: Collection[str]) -> Iterator[Happening]:
    is_joined = event.kind == "received" and "reason" not in event.detail and event.actor == INTAKE
    from_elsewhere = is_joined and event.detail.get("direction") == Direction.OUT
    if event.kind == "reply" or (from_elsewhere and event.detail.get("kind") not in UNHEARD):
        yield Happening("ticket.answered", {"macro": event.detail.get("macro", "")})
    if event.kind == "note" or event.detail.get("direction") == Direction.NOTE:
        yield Happening("note.written", {})
        if mentioned:
            yield Happening("note.mentioned", {"names": sorted(mentioned)})


def _changes(event: Event) -> Iterator[Happening]:
    changed = event.detail.get("changed", {})
    if event.kind in ("undo", "redo") or not isinstance(changed, dict):
        return
    if "status" in changed:
        before, after = changed["status"]
        moved = {"from": before, "to": after}
        if after in (Status.SOLVED, Status.CLOSED):
            yield Happening(f"ticket.{after}", moved)
        elif reopens(Status(before), Status(after)):
            yield Happening("ticket.reopened", moved)
    for name, kind in (
        ("assignee", "ticket.assigned"), ("lane", "ticket.moved"), ("priority", "ticket.prioritised"),
        ("severity", "ticket.severity"),
    ):  # fmt: skip
        if name in changed:
            before, after = changed[name]
            yield Happening(kind, {"from": before or "", "to": after or ""})
    if "tags" in changed:
        old, new = (list(tags or ()) for tags in changed["tags"])
        added, removed = [tag for tag in new if tag not in old], [tag for tag in old if tag not in new]
        if added or removed:
            yield Happening("ticket.tagged", {"added": added, "removed": removed})


def _others(event: Event) -> Iterator[Happening]:
    detail = event.detail
    if team := detail.get("escalated_to"):
        yield Happening("ticket.escalated", {"team": team})
    if event.kind == "overdue":
        yield Happening("escalation.overdue", {"escalation": f"E-{detail.get('escalation')}"})
    elif detail.get("escalation") and detail.get("state"):
        facts = {"escalation": f"E-{detail['escalation']}", "state": detail["state"]}
        yield Happening("escalation.answered", facts)
    if event.kind == "woken":
        yield Happening("ticket.woken", {})
    if event.kind == "rated":
        yield Happening("ticket.rated", {name: detail[name] for name in ("value", "score", "scale", "via")
                                         if name in detail})  # fmt: skip

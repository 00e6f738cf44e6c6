"""Tries the rules on tickets that are here already: because a language became known, or because the rules changed.

What an agent has set by hand is left. With the same rules nothing moves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from data.records.messages import Message
from data.records.tickets import Ticket
from data.store import Store
from queues.ground.undo_steps import Step
from queues.routing.conditions import Facts
from queues.routing.rules import Route, Rules, route

PLACED = ("lane", "priority", "severity", "topic", "procedure")
"""The fields of a ticket that routing sets, besides tags and reason."""
BATCH = 500
"""Tickets read at a time, so that a plan over any number of them holds no more than what moves."""
EXAMPLES = 5
KIND = "rerouted"
"""The kind of the event."""


class FieldWriter(Protocol):
    """Writes the fields of a ticket and keeps its clocks right; `queues.desk.change_ticket.Acting` is one."""

    def clocks(self, ticket: Ticket, now: int, /) -> dict[str, Any]:
        """Return the clocks that the ticket has now, as fields."""
        ...

    def write_fields(self, ticket: Ticket, fields: dict[str, Any], /) -> list[Step]:
        """Compare and set the fields; return the undo steps."""
        ...


@dataclass(frozen=True, slots=True)
class Move:
    """What the rules change on one ticket."""

    ticket_id: int
    version: int
    subject: str
    before: dict[str, Any]
    after: dict[str, Any]
    """The fields that differ, with the new reason."""


@dataclass(slots=True)
class Plan:
    """What re-routing would do."""

    looked_at: int = 0
    """Tickets that are neither solved nor closed."""
    by_hand: int = 0
    """Tickets that keep something because an agent has set it."""
    moves: list[Move] = field(default_factory=list)

    def groups(self) -> list[tuple[str, int]]:
        """Return what changes in words, with how many tickets it changes for, most first."""
        return Counter(words_of(move) for move in self.moves).most_common()


def words_of(move: Move) -> str:
    """Say what a move changes: `mail → app · normal → high · tags`."""
    parts = []
    for name in ("lane", "priority"):
        before, after = move.before[name], move.after.get(name, move.before[name])
        parts.append(f"{before} → {after}" if before != after else f"{before}")
    return " · ".join([*parts, *(name for name in move.after if name not in ("lane", "priority", "reason"))])


def facts_again(ticket: Ticket, tier: str, opening: Message | None) -> Facts:
    """Return what the rules look at: the message that opened the ticket, in the language that holds now."""
    return Facts(
        language=ticket.language,
        confidence=ticket.confidence,
        connector=ticket.connector,
        to=opening.recipients if opening else (),
        from_address=opening.from_address if opening else "",
        subject=opening.subject if opening else ticket.subject,
        text=(opening.new_text or opening.text) if opening else "",
        tier=tier,
        lane=opening.named_lane if opening else ticket.lane,
    )


def by_language(rules: Rules, ticket: Ticket, before: Facts, after: Facts) -> dict[str, Any]:
    """Return the fields that another language alone changes, where the ticket still stands as it was routed."""
    old, new = route(rules, before), route(rules, after)
    fields: dict[str, Any] = {
        name: getattr(new, name)
        for name in PLACED
        if getattr(old, name) != getattr(new, name) and getattr(ticket, name) == getattr(old, name)
    }
    tags = _tags_again(ticket.tags, old, new)
    if tags != ticket.tags:
        fields["tags"] = tags
    if fields and ticket.reason == old.reason:
        fields["reason"] = new.reason
    return fields


def plan(store: Store, rules: Rules, progress: Callable[[int], object] = lambda looked_at: None) -> Plan:
    """Try the rules on every ticket that is neither solved nor closed; reads only, `progress` is told how many."""
    found, after = Plan(), 0
    while batch := store.tickets.unsettled(after, BATCH):
        for ticket in batch:
            _look(store, rules, ticket, found)
        after = batch[-1].id
        found.looked_at += len(batch)
        progress(found.looked_at)
    return found


def carry_out(
    store: Store, writer: FieldWriter, given: Plan, action: int, now: int, agent: str
) -> tuple[list[Step], tuple[int, ...]]:
    """Write a plan's moves inside the caller's transaction; return the steps and the tickets that moved."""
    steps: list[Step] = []
    moved = []
    for move in given.moves:
        ticket = store.tickets.get(move.ticket_id)
        if ticket is None or ticket.version != move.version:
            continue
        fields = move.after | {"updated_at": now}
        fields |= writer.clocks(replace(ticket, **fields), now)
        steps += writer.write_fields(ticket, fields)
        changed = {name: [getattr(ticket, name), value] for name, value in move.after.items()}
        store.events.add(action, ticket.id, now, agent, KIND, {"changed": changed})
        moved.append(ticket.id)
    return steps, tuple(moved)


def _look(store: Store, rules: Rules, ticket: Ticket, found: Plan) -> None:
    """Add the ticket's move to the plan, if the rules send it elsewhere."""
    opening = store.messages.opening(ticket.id)
    if opening is None:
        return
    facts = facts_again(ticket, store.customers.tier_of(ticket.customer_id), opening)
    new = route(rules, facts)
    # Tags count as a condition where somebody set them; those that the rules give themselves would feed on each other.
    if others := tuple(tag for tag in ticket.tags if tag not in new.tags):
        new = route(rules, replace(facts, tags=others))
    fields: dict[str, Any] = {
        name: getattr(new, name) for name in PLACED if getattr(new, name) != getattr(ticket, name)
    }
    tags = tuple(dict.fromkeys((*ticket.tags, *new.tags)))
    if fields and (hand := _by_hand(store, ticket) & fields.keys()):
        fields = {name: value for name, value in fields.items() if name not in hand}
        found.by_hand += 1
    if ticket.procedure and "procedure" in fields and store.work.steps(ticket.id, ticket.procedure):
        del fields["procedure"]  # its steps are being taken: rules put no gate aside
    if tags != ticket.tags:
        fields["tags"] = tags
    if fields:
        before = {"lane": ticket.lane, "priority": ticket.priority}
        found.moves.append(Move(ticket.id, ticket.version, ticket.subject, before, fields | {"reason": new.reason}))


def _by_hand(store: Store, ticket: Ticket) -> set[str]:
    """Return the fields that agents have set, by the ticket's events; what was undone does not count."""
    set_by: dict[int, set[str]] = {}
    undone: set[int] = set()
    for event in store.events.of(ticket.id):
        changed = event.detail.get("changed", {})
        if event.kind in ("undo", "redo"):
            (undone.add if event.kind == "undo" else undone.discard)(event.detail["action"])
        elif event.kind in ("change", "reply", "note") and "language" not in changed:
            set_by[event.action] = set(changed)
    return set().union(*(names for action, names in set_by.items() if action not in undone))


def _tags_again(tags: tuple[str, ...], old: Route, new: Route) -> tuple[str, ...]:
    """Return the tags without those that only the old route gives, and with those that only the new one gives."""
    kept = [tag for tag in tags if tag not in old.tags or tag in new.tags]
    return tuple(dict.fromkeys((*kept, *(tag for tag in new.tags if tag not in old.tags))))

"""Re-routes existing tickets: because a language became known, because the rules changed, or by what the desk learned.

Harm that a later message reported, or that an agent corrected, counts again. Values set by an agent are kept. With
unchanged rules nothing moves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any

from data.records.messages import Message
from data.records.tickets import DEFAULT_LANES, Lane, Ticket
from data.store import Store
from queues.desk.desk_rules import DeskRules
from queues.desk.harm_memory import HarmMemory
from queues.desk.later_harm import raised_by_messages
from queues.desk.ticket_fields import changed_fields, with_clocks, write_fields
from queues.ground.undo_steps import Step
from queues.routing.conditions import Facts
from queues.routing.lanes import has_filters
from queues.routing.rules import Route, Rules, corrected, route

PLACED = ("lane", "priority", "severity", "topic", "procedure")
"""The fields of a ticket that routing sets, besides tags and reason."""
BATCH = 500
"""Tickets read at a time, so that a plan keeps only the tickets that move in memory."""
EXAMPLES = 5
NOWHERE = "no lane"
"""What stands for the lane of a ticket that fits none."""
KIND = "rerouted"
"""The kind of the event."""
FOLLOWED = "followed"
"""The kind of event for changes to a ticket made in another system."""
LANE_ASKED = "lane_asked"
"""The detail of the event of a ticket that an agent opened in a lane of their choice."""
GIVEN_BACK = "automatic"
"""The detail of an event that names the fields an agent gave back to the rules."""
PLACED_BY = "placed_by"
"""The detail of an event whose change of lane followed from the lanes' filters."""


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
    """Tickets that keep a value because an agent has set it."""
    moves: list[Move] = field(default_factory=list)

    def groups(self) -> list[tuple[str, int]]:
        """Return descriptions of the changes with their numbers of tickets, most frequent first."""
        return Counter(words_of(move) for move in self.moves).most_common()

    def lanes(self) -> list[tuple[str, int]]:
        """Return from which lane to which tickets move, with their numbers, most frequent first."""
        return Counter(lanes_of(move) for move in self.moves).most_common()


def lanes_of(move: Move) -> str:
    """Describe from which lane to which a ticket moves: `mail → refunds`."""
    return f"{move.before['lane'] or NOWHERE} → {move.after['lane'] or NOWHERE}"


def words_of(move: Move) -> str:
    """Describe what a move changes: `mail → app · normal → high · tags`."""
    parts = []
    for name in ("lane", "priority"):
        before, after = (side or NOWHERE for side in (move.before[name], move.after.get(name, move.before[name])))
        parts.append(f"{before} → {after}" if before != after else f"{before}")
    return " · ".join([*parts, *(name for name in move.after if name not in ("lane", "priority", "reason"))])


def facts_again(ticket: Ticket, tier: str, opening: Message | None) -> Facts:
    """Return the facts for the rules: the message that opened the ticket, in the ticket's current language."""
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
        fields=ticket.fields,
    )


def by_language(rules: DeskRules, ticket: Ticket, before: Facts, after: Facts) -> dict[str, Any]:
    """Return the fields changed by the new language alone, if the ticket is still as it was routed."""
    old, new = (route(rules.routing, facts, rules.lanes, ticket) for facts in (before, after))
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


def plan(
    store: Store,
    rules: Rules,
    lanes: Sequence[Lane] = DEFAULT_LANES,
    progress: Callable[[int], object] = lambda looked_at: None,
) -> Plan:
    """Apply the rules to every ticket that is neither solved nor closed; only reads; `progress` gets the count."""
    memory = HarmMemory(store)
    return planned(store, partial(_look, store, rules, lanes, memory), progress)


def planned(store: Store, look: Callable[[Ticket, Plan], object], progress: Callable[[int], object]) -> Plan:
    """Return the plan to which `look` adds the move of each ticket that is neither solved nor closed."""
    routing_plan, after = Plan(), 0
    while batch := store.tickets.unsettled(after, BATCH):
        for ticket in batch:
            look(ticket, routing_plan)
        after = batch[-1].id
        routing_plan.looked_at += len(batch)
        progress(routing_plan.looked_at)
    return routing_plan


def carry_out(
    store: Store, rules: DeskRules, given: Plan, action: int, now: int, agent: str
) -> tuple[list[Step], tuple[int, ...]]:
    """Write a plan's moves inside the caller's transaction; return the steps and the tickets that moved."""
    steps: list[Step] = []
    moved = []
    for move in given.moves:
        ticket = store.tickets.get(move.ticket_id)
        if ticket is None or ticket.version != move.version:
            continue
        fields = with_clocks(store, rules, ticket, move.after | {"updated_at": now}, now)
        steps += write_fields(store, ticket, fields)
        store.events.add(action, ticket.id, now, agent, KIND, {"changed": changed_fields(ticket, fields)})
        moved.append(ticket.id)
    return steps, tuple(moved)


def _look(
    store: Store, rules: Rules, lanes: Sequence[Lane], memory: HarmMemory, ticket: Ticket, routing_plan: Plan
) -> None:
    """Add the ticket's move to the plan, if the rules send it elsewhere."""
    hand: Callable[[], set[str]] = cache(lambda: by_hand(store, ticket, lanes))
    placed = placed_now(store, rules, lanes, memory, ticket, hand)
    if placed is None:
        return
    reason = placed.pop("reason")
    fields = {name: value for name, value in placed.items() if value != getattr(ticket, name)}
    if fields.keys() - {"tags"} and (kept := hand() & fields.keys() - {"tags"}):
        fields = {name: value for name, value in fields.items() if name not in kept}
        routing_plan.by_hand += 1
    if ticket.procedure and "procedure" in fields and store.work.steps(ticket.id, ticket.procedure):
        del fields["procedure"]  # its steps are in progress: rules must not remove a gate
    if fields:
        before = {"lane": ticket.lane, "priority": ticket.priority}
        routing_plan.moves.append(Move(ticket.id, ticket.version, ticket.subject, before, fields | {"reason": reason}))


def placed_now(
    store: Store, rules: Rules, lanes: Sequence[Lane], memory: HarmMemory, ticket: Ticket, hand: Callable[[], set[str]]
) -> dict[str, Any] | None:
    """Return what the rules give a ticket now: the fields that routing sets, tags and reason; None without a message.

    `hand` returns the fields that an agent has set: lanes with filters go by these values.
    """
    opening = store.messages.opening(ticket.id)
    if opening is None:
        return None
    facts = facts_again(ticket, store.customers.tier_of(ticket.customer_id), opening)
    new = _routed(store, rules, lanes, memory, opening, facts)
    # Tags count as a condition if an agent set them; tags set by the rules would feed back into the rules.
    if others := tuple(tag for tag in ticket.tags if tag not in new.tags):
        new = _routed(store, rules, lanes, memory, opening, replace(facts, tags=others))
    placed = {name: getattr(new, name) for name in PLACED}
    placed["tags"] = tuple(dict.fromkeys((*ticket.tags, *new.tags)))
    if has_filters(lanes) and not new.harmful:
        rest = {name: value for name, value in placed.items() if value != getattr(ticket, name)}
        kept = hand() if rest else set()
        state = replace(ticket, **{name: value for name, value in rest.items() if name not in kept})
        placed["lane"] = route(rules, replace(facts, tags=others), lanes, state).lane
    later = [message for message in store.messages.of(ticket.id) if message.id != opening.id]
    # as if they had come to a ticket that has none of their tags yet
    bare = replace(ticket, **placed | {"tags": tuple(tag for tag in placed["tags"] if tag not in rules.harm_tags)})
    raised = raised_by_messages(store, rules, lanes, bare, later)
    placed |= {name: value for name, value in raised.fields.items() if name != "tags"}
    placed["tags"] = tuple(dict.fromkeys((*placed["tags"], *raised.fields.get("tags", ()))))
    return {"reason": new.reason} | placed


def _routed(
    store: Store, rules: Rules, lanes: Sequence[Lane], memory: HarmMemory, opening: Message, facts: Facts
) -> Route:
    """Return the route by the rules and by what the desk has learned; what an agent said of the message counts."""
    kind = store.harm_corrections.of(opening.id)
    said = corrected(rules, lanes, facts, kind) if kind else None
    return said or memory.applied(rules, lanes, route(rules, facts, lanes), facts)


def by_hand(store: Store, ticket: Ticket, lanes: Sequence[Lane]) -> set[str]:
    """Return the fields that agents have set, by the ticket's events; what was undone does not count.

    A lane is not set by hand if it followed from a change, nor if the desk has it no longer. Fields that an agent gave
    back to the rules are not set by hand until one sets them again.
    """
    set_by: dict[int, set[str]] = {}
    given_back: dict[int, set[str]] = {}
    undone: set[int] = set()
    for event in store.events.of(ticket.id):
        changed = event.detail.get("changed", {})
        if event.kind in ("undo", "redo"):
            (undone.add if event.kind == "undo" else undone.discard)(event.detail["action"])
        elif event.kind in ("change", "reply", "note") and "language" not in changed:
            set_by[event.action] = set(changed) - ({"lane"} if event.detail.get(PLACED_BY) else set())
            given_back[event.action] = set(event.detail.get(GIVEN_BACK, ()))
        elif (event.kind == FOLLOWED and "lane" in changed) or event.detail.get(LANE_ASKED):
            set_by[event.action] = {"lane"}
    names: set[str] = set()
    for action, fields in set_by.items():
        if action not in undone:
            names = (names | fields) - given_back.get(action, set())
    return names if any(lane.name == ticket.lane for lane in lanes) else names - {"lane"}


def _tags_again(tags: tuple[str, ...], old: Route, new: Route) -> tuple[str, ...]:
    """Return the tags without those that only the old route gives, and with those that only the new one gives."""
    kept = [tag for tag in tags if tag not in old.tags or tag in new.tags]
    return tuple(dict.fromkeys((*kept, *(tag for tag in new.tags if tag not in old.tags))))

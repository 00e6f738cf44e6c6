"""Moving tickets between lanes when what decides about it changes: the ticket itself, or the desk's lanes.

A ticket's lane is stored with it. An agent's choice stays as long as there is such a lane; otherwise the lane is the
one that `queues.routing.lanes.place` gives, and this is where it is asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from data.records.custom_fields import CustomField
from data.records.tickets import Lane, Ticket
from data.store import Store
from data.tables.lanes import packed, unpacked
from queues.desk.desk_rules import DeskRules
from queues.desk.route_again import Move, Plan, by_hand, facts_again, planned
from queues.routing.rules import Route, Rules, route

BEFORE = "lanes.before"
"""The setting of the file with the lanes that tickets were last placed by; null if those are the current ones."""
_ASKED = {"tags": "tags", "fields": "fields", "topic": "topics", "severity": "severities", "priority": "priorities"}
"""Fields of a ticket that a filter may ask about, and the filter's own names for them. Language is asked by itself."""


def note_lanes(store: Store, lanes: Sequence[Lane]) -> None:
    """Store the desk's lanes; if they take other tickets than before, remember the earlier ones for `plan_moves`."""
    known = store.lanes.all()
    if known == list(lanes):
        return
    with store.write():
        moved = bool(known) and [lane.places for lane in known] != [lane.places for lane in lanes]
        if moved and store.settings.get(BEFORE) is None and store.tickets.newest():
            store.settings.save(BEFORE, packed(known))
        store.lanes.save(lanes)


def note_fields(store: Store, fields: Sequence[CustomField]) -> None:
    """Store the desk's custom fields for windows and commands that read the file."""
    if store.custom_fields.all() != list(fields):
        with store.write():
            store.custom_fields.save(fields)


def lanes_before(store: Store) -> list[Lane] | None:
    """Return the lanes that tickets are still placed by; None if those are the current ones."""
    stored = store.settings.get(BEFORE)
    return None if stored is None else unpacked(stored)


def settle_lanes(store: Store) -> None:
    """Forget the earlier lanes: tickets are placed by the current ones."""
    if store.settings.get(BEFORE) is not None:
        store.settings.save(BEFORE, None)


def plan_moves(
    store: Store,
    rules: Rules,
    lanes: Sequence[Lane],
    before: Sequence[Lane] | None = None,
    progress: Callable[[int], object] = lambda looked_at: None,
) -> Plan:
    """Return which tickets that are neither solved nor closed change their lane; only reads.

    With `before`, the earlier lanes, only those move that were where these put them, and those whose lane is gone.
    """
    return planned(store, partial(_look, store, rules, lanes, before), progress)


def lane_after(
    store: Store, rules: DeskRules, ticket: Ticket, fields: Mapping[str, Any], tier: str | None = None
) -> dict[str, str]:
    """Return the lane that a ticket moves to because of its changed fields, as a field; nothing if it stays.

    It moves if it is where the filters put it, and they put it elsewhere now. `tier` is that of the customer before
    the change, None if it did not change.
    """
    changed = {name for name in _ASKED if name in fields and fields[name] != getattr(ticket, name)}
    asked = {_ASKED[name] for name in changed} | ({"tiers"} if tier is not None else set())
    by_rule = "fields" in changed and rules.routing.asks_fields
    if "lane" in fields or not (by_rule or any(getattr(lane.filter, name) for name in asked for lane in rules.lanes)):
        return {}
    then = replace(ticket, **{name: fields[name] for name in changed})
    old = _routed(store, rules.routing, rules.lanes, ticket, ticket, tier)
    new = _routed(store, rules.routing, rules.lanes, then, ticket)
    return {"lane": new.lane} if old.lane == ticket.lane != new.lane else {}


def _look(
    store: Store, rules: Rules, lanes: Sequence[Lane], before: Sequence[Lane] | None, ticket: Ticket, moves: Plan
) -> None:
    """Add the ticket's move to the plan, if another lane is its own now."""
    new = _routed(store, rules, lanes, ticket, ticket)
    if new.lane == ticket.lane:
        return
    exists = any(lane.name == ticket.lane for lane in lanes)
    if before is not None and exists and _routed(store, rules, before, ticket, ticket).lane != ticket.lane:
        return
    if exists and "lane" in by_hand(store, ticket, lanes):
        moves.by_hand += 1
        return
    was = {"lane": ticket.lane, "priority": ticket.priority}
    fields = {"lane": new.lane, "reason": ticket.reason}
    moves.moves.append(Move(ticket.id, ticket.version, ticket.subject, was, fields))


def _routed(
    store: Store, rules: Rules, lanes: Sequence[Lane], state: Ticket, ticket: Ticket, tier: str | None = None
) -> Route:
    """Route a ticket's first message; its lane goes by the fields of `state`."""
    opening = store.messages.opening(ticket.id)
    facts = facts_again(state, store.customers.tier_of(ticket.customer_id) if tier is None else tier, opening)
    routed = route(rules, facts, lanes, state)
    # tags are a condition of rules if an agent set them; those that rules have set would feed back into the rules
    others = tuple(tag for tag in ticket.tags if tag not in routed.tags)
    return route(rules, replace(facts, tags=others), lanes, state) if others else routed

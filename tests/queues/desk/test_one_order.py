"""One order of work: what the desk offers is what ranks first over every lane and state, however much waits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.records.changes import Change
from data.records.customers import Customer
from data.records.escalations import Escalation, EscalationState
from data.records.promises import Promise
from data.records.tickets import ACTIVE, Priority, Severity, Status, Ticket
from data.store import Store
from queues.desk.choose_next import Choosing
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.next_up.graphic_content import NO_EXPOSURE
from queues.next_up.urgency import FORGOTTEN, PRESSING, ranked
from queues.promises.find_promises import SOON
from queues.routing.rules import Rules

NOW = 1_800_000_000
LANES = ("mail", "app", "safety", "", "gone")
"""Two of them are none of the desk's: a ticket in no lane, and in one that the settings have no longer."""
EDGES = [NOW + offset + more for offset in (-FORGOTTEN, 0, PRESSING) for more in (-300, -1, 0, 1, 300)]

DESCRIBED = st.fixed_dictionaries(
    {
        "lane": st.sampled_from(LANES),
        "status": st.sampled_from(Status),
        "priority": st.sampled_from(Priority),
        "severity": st.none() | st.sampled_from(Severity),
        "due": st.none() | st.sampled_from(EDGES) | st.integers(NOW - 3 * FORGOTTEN, NOW + FORGOTTEN),
        "escalated": st.none() | st.tuples(st.sampled_from(EscalationState), st.none() | st.integers(-500, 500)),
        "promised": st.none() | st.integers(NOW - 500, NOW + 2 * SOON),
        "skipped": st.booleans(),
    }
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "desk.db")
    with store.write():
        store.customers.insert(Customer(0, "Ana"))
    yield store
    store.close()


def fill(store: Store, described: list[dict[str, Any]]) -> set[int]:
    """Store the tickets; return those that the agent has skipped."""
    skipped = set()
    for one in described:
        number = store.tickets.insert(
            Ticket(0, one["lane"], one["status"], one["priority"], "Hi", 1, NOW - 900, NOW - 900,
                   severity=one["severity"], first_due=one["due"])
        )  # fmt: skip
        if one["escalated"] is not None:
            state, due = one["escalated"]
            store.escalations.insert(
                Escalation(
                    "Legal",
                    due_at=None if due is None else NOW + due,
                    state=state,
                    ticket_id=number,
                    opened_at=NOW - 600,
                )
            )
        if one["promised"] is not None:
            store.promises.add(number, Promise("soon", one["promised"]), at=NOW - 900, by="ann", message_id=None)
        if one["skipped"]:
            skipped.add(number)
            store.events.add(store.actions.begin("ann", NOW - 60), number, NOW - 60, "ann", "skipped", {})
    return skipped


@given(st.lists(DESCRIBED, max_size=30), st.integers(1, 30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_the_order_is_that_of_all_tickets_ranked_at_once(
    store: Store, described: list[dict[str, Any]], limit: int
) -> None:
    with store.rehearsal():
        store.lanes.save(DeskRules().lanes)
        skipped = fill(store, described)
        held, promised = {}, {}
        for number, one in enumerate(described, 1):
            number = store.tickets.newest() - len(described) + number
            state, due = one["escalated"] or (None, None)
            if state is EscalationState.OPEN and (due is None or due > 0):
                held[number] = "Legal"
            if one["promised"] is not None and one["promised"] <= NOW + SOON:
                promised[number] = one["promised"]
        assert store.escalations.held(NOW) == held
        numbers = range(store.tickets.newest() - len(described) + 1, store.tickets.newest() + 1)
        rows: dict[str, list[Any]] = {}
        for row in store.tickets.rows(numbers):
            ticket = store.tickets.get(row.id)
            assert ticket is not None
            if row.id not in held or row.id in promised:
                rows.setdefault(ticket.lane, []).append(row)
        wanted = [waiting.row.id for waiting in ranked(rows, NOW, {}, promised)]
        wanted = [n for n in wanted if n not in skipped] + [n for n in wanted if n in skipped]
        choosing = Choosing(store, NO_EXPOSURE, "ann")
        found = [waiting.row.id for waiting in choosing.order(NOW, limit=limit)]
        assert found == wanted[:limit]
        given_next = choosing.next_up(NOW)
        assert (given_next.ticket_id if given_next else None) == (wanted[0] if wanted else None)
        active = {row.id for row in store.tickets.rows(numbers) if row.status in ACTIVE}
        shown = {waiting.row.id for waiting in choosing.order(NOW, limit=100)}
        assert active <= shown | {waiting.row.id for waiting in choosing.held(NOW)}


def test_a_grave_ticket_behind_hundreds_of_late_ones_comes_first(store: Store) -> None:
    with store.write():
        for n in range(300):
            store.tickets.insert(Ticket(0, "mail", Status.NEW, Priority.URGENT, "x", 1, 0, 0, first_due=NOW - n))
            store.tickets.insert(Ticket(0, "mail", Status.NEW, Priority.URGENT, "x", 1, 0, 0, first_due=NOW + n))
        grave = store.tickets.insert(Ticket(0, "", Status.NEW, Priority.LOW, "x", 1, 0, 0, severity=Severity.S0))
    desk = Desk(store, clock=lambda: NOW, rules=DeskRules(routing=Rules(())))
    found = desk.next_up()
    assert found is not None
    assert (found.ticket_id, found.why) == (grave, f"no lane #{grave} has no clock running, S0")


def test_what_another_team_holds_is_skipped_until_it_is_late_or_the_customer_writes(store: Store) -> None:
    with store.write():
        first, second = (
            store.tickets.insert(Ticket(0, "mail", Status.OPEN, Priority.NORMAL, "x", 1, 0, 0, first_due=NOW + n))
            for n in (100, 200)
        )
    at = [NOW]
    desk = Desk(store, clock=lambda: at[0], rules=DeskRules(routing=Rules(())), agent="ann")

    def offered() -> int | None:
        found = desk.next_up()
        return found.ticket_id if found else None

    assert offered() == first
    desk.act([first], Change(escalate=Escalation("Legal", "why", due_at=NOW + 3600), status=Status.OPEN))
    assert store.tickets.row(first).status in ACTIVE  # type: ignore[union-attr]
    assert offered() == second
    at[0] += 3600
    assert offered() == first
    assert store.escalations.held(NOW) == {first: "Legal"}


def test_every_window_and_command_of_an_agent_skips_the_same(store: Store) -> None:
    with store.write():
        numbers = [
            store.tickets.insert(Ticket(0, "mail", Status.OPEN, Priority.NORMAL, "x", 1, 0, 0, first_due=NOW + n))
            for n in range(3)
        ]
    rules = DeskRules(routing=Rules(()))
    one, other, colleague = (Desk(store, clock=lambda: NOW, rules=rules, agent=name) for name in ("ann", "ann", "leo"))
    one.skip(numbers[0], "later")
    offered = [desk.next_up() for desk in (one, other, colleague)]
    assert [found.ticket_id for found in offered if found] == [numbers[1], numbers[1], numbers[0]]

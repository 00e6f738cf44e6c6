"""The worked month tells the truth: what left has left, teams answer, few tickets come back, and reasons are rare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from data.records.escalations import EscalationState
from data.records.outbox import OutboxState
from data.records.tickets import Status
from data.store import Store
from macros.files.library import Library
from queues.connectors.demo import TEAMS
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.procedures.procedure import built_in
from tests.database import database
from tests.shared_files import copy_of
from tui.coaching.advice import coaching
from tui.demo.demo_month import TEAM, HeldClock, Rehearsal

END = 1_790_000_000


def played(path: Path, *, seed: int, amount: int) -> Store:
    """Play a month and return its desk."""
    clock, store = HeldClock(END), Store.open(path)
    rules = DeskRules(procedures=built_in(), teams=TEAMS)

    def desk_of(agent: str) -> Desk:
        return Desk(store, clock=clock, rules=rules, agent=agent)

    Rehearsal(desk_of, clock, Library.standard(), seed=seed, end=END, amount=amount).play()
    return store


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    def make(path: Path) -> None:
        played(path, seed=1, amount=200).close()

    with closing(Store.open(copy_of(tmp_path_factory, "demo-month.db", make))) as store:
        yield store


def test_every_reply_has_left(month: Store) -> None:
    states = {state for (state,) in database(month).execute("SELECT DISTINCT state FROM outbox")}
    assert states == {OutboxState.SENT}


def test_other_teams_answer_most_of_what_they_were_handed(month: Store) -> None:
    states = Counter(child.state for ticket in month.tickets.each() for child in month.escalations.of(ticket.id))
    assert sum(states.values()) >= 20
    assert states[EscalationState.ANSWERED] + states[EscalationState.CLOSED] >= 0.9 * sum(states.values())


def test_few_tickets_are_reopened_and_little_waits(month: Store) -> None:
    tickets = list(month.tickets.each())
    assert 0 < sum(ticket.reopens > 0 for ticket in tickets) <= 0.12 * len(tickets)
    assert sum(ticket.status is Status.PENDING for ticket in tickets) <= 0.1 * len(tickets)


def test_steps_are_answered_and_reasons_are_rare(month: Store) -> None:
    events = [event for ticket in month.tickets.each() for event in month.events.of(ticket.id)]
    replies = [event for event in events if event.kind == "reply"]
    assert sum(event.kind == "step" for event in events) > len(replies) / 2
    assert sum("override_reason" in event.detail for event in replies) <= 0.05 * len(replies)


def test_the_coach_has_figures_and_advice(month: Store) -> None:
    for worker in TEAM:
        coached = coaching(month, Library.standard(), worker.name, END, 30)
        assert coached.now.tickets > 0
        assert 3 <= (coached.now.keys or 0) <= 20
    assert coaching(month, Library.standard(), TEAM[0].name, END, 30).advice


def test_some_customers_write_to_all_three_lanes(month: Store) -> None:
    lanes: dict[int, set[str]] = {}
    for ticket in month.tickets.each():
        lanes.setdefault(ticket.customer_id, set()).add(ticket.lane)
    assert any(len(some) == 3 for some in lanes.values())


def test_the_same_seed_plays_the_same_month(tmp_path: Path) -> None:
    months = []
    for name in ("a", "b"):
        store = played(tmp_path / f"{name}.db", seed=4, amount=25)
        events = [event for ticket in store.tickets.each() for event in store.events.of(ticket.id)]
        months.append([(event.ticket_id, event.at, event.actor, event.kind) for event in events])
        store.close()
    assert months[0] == months[1]

"""The wall: who has what in hand, what waits unassigned, what breaches next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.records.changes import Change
from data.records.incoming import Incoming
from data.records.messages import MessageKind
from data.records.tickets import Status
from data.store import Store
from queues.clocks.sla import Policy
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.figures.wall import wall
from queues.ground.presence import COLLEAGUES
from queues.routing.rules import Rules

NOW = 1_800_000_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "desk.db")
    yield store
    store.close()


def desk_of(store: Store, agent: str) -> Desk:
    rules = DeskRules(routing=Rules(()), policies=(Policy("all", first_reply=3600),))
    return Desk(store, clock=lambda: NOW, rules=rules, agent=agent)


def mail(number: int, minutes_ago: int) -> Incoming:
    return Incoming(
        connector="post", source="test", raw_sha256=str(number), kind=MessageKind.MAIL, from_name="Ana",
        from_address=f"a{number}@x.example", subject=f"S{number}", text="Help", new_text="Help", at=NOW,
        message_id=f"<{number}@x>", received_at=NOW - 60 * minutes_ago, lane=("mail", "app")[number % 2],
    )  # fmt: skip


def test_an_empty_desk_has_an_empty_wall(store: Store) -> None:
    desk_of(store, "eva")
    seen = wall(store, NOW)
    assert (seen.agents, seen.breaches) == ([], [])
    assert [(lane.lane, lane.waiting, lane.oldest_unassigned) for lane in seen.lanes][:1] == [("mail", 0, None)]


def test_agents_lanes_and_breaches_are_counted(store: Store) -> None:
    eva, bruno = desk_of(store, "eva"), desk_of(store, "bruno")
    eva.receive([mail(number, 10 * number) for number in range(1, 9)])  # 1 to 5 still in time, 7 and 8 late
    eva.act([1, 2], Change(assignee="eva"))
    eva.act([3], Change(assignee="eva", status=Status.PENDING))
    eva.act([4], Change(assignee="eva", status=Status.SOLVED))
    bruno.act([5], Change(assignee="bruno"))
    with store.write():
        writing, looking = {"5": ["bruno"], "6": ["carla", "bruno"]}, {"5": ["bruno", "dora"], "7": ["carla"]}
        store.settings.save(COLLEAGUES, {"team:desk": {"until": NOW + 1, "writing": writing, "looking": looking}})
    seen = wall(store, NOW)
    held = {person.agent: (person.by_status[Status.OPEN], person.by_status[Status.PENDING]) for person in seen.agents}
    assert held == {"eva": (2, 1), "bruno": (1, 0), "carla": (0, 0), "dora": (0, 0)}
    assert {person.agent: (person.writes_on, person.looks_at) for person in seen.agents} == {
        "eva": ((), ()), "bruno": ((5, 6), ()), "carla": ((6,), (7,)), "dora": ((), (5,)),
    }  # fmt: skip
    assert [person.agent for person in wall(store, NOW + 1).agents] == ["bruno", "eva"]  # what is known has ended
    assert [person.last_at for person in seen.agents if person.agent == "carla"] == [None]
    lanes = {lane.lane: (lane.waiting, lane.unassigned, lane.late) for lane in seen.lanes}
    assert lanes["mail"] == (3, 2, 1)
    assert lanes["app"] == (3, 1, 1)
    assert [breach.row.id for breach in seen.breaches] == [6, 5, 2, 1]
    assert [breach.row.assignee for breach in seen.breaches] == ["", "bruno", "eva", "eva"]

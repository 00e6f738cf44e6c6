"""Tickets that no one has go to the agents of the settings; what someone has, or gave up, is left alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from data.records.changes import Change
from data.records.escalations import Escalation
from data.records.incoming import Incoming
from data.records.messages import MessageKind
from data.records.tickets import Severity, Status
from data.store import Store
from queues.desk.assigning import ASSIGNED, ASSIGNER
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.ground.presence import COLLEAGUES
from queues.next_up.fair_share import Assignee, Assigning
from queues.routing.rules import Rules
from tui.cli.listing import list_
from tui.setup.open_desk import desk_rules
from tui.setup.settings import AssigneeTable, AssignTable, Settings
from tui.ticket.history_lines import history_lines

NOW = 1_800_000_000
RULES = Assigning((Assignee("ana"), Assignee("bob", most=2)))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store.open(tmp_path / "desk.db")) as store:
        desk_of(store).receive([mail(number) for number in range(1, 9)])
        yield store


def desk_of(store: Store, agent: str = "ana", assigning: Assigning = RULES, now: int = NOW) -> Desk:
    rules = DeskRules(routing=Rules(()), assigning=assigning)
    return Desk(store, clock=lambda: now, rules=rules, agent=agent)


def mail(number: int) -> Incoming:
    return Incoming(
        connector="post", source="test", raw_sha256=str(number), kind=MessageKind.MAIL, from_name="Ana",
        from_address=f"a{number}@x.example", subject=f"S{number}", text="Help", new_text="Help", at=NOW,
        message_id=f"<{number}@x>", received_at=NOW - 60, lane="mail",
    )  # fmt: skip


def begin(store: Store, *agents: str) -> None:
    for agent in agents:
        desk_of(store, agent).begin_shift({})


def holders(store: Store) -> dict[int, str]:
    return {ticket.id: ticket.assignee for ticket in store.tickets.each() if ticket.assignee}


def test_those_in_a_shift_get_their_share_and_no_more_than_their_most(store: Store) -> None:
    desk_of(store).tick()
    assert holders(store) == {}  # no one is here
    begin(store, "ana", "bob")
    desk_of(store).tick()
    assert holders(store) == {1: "ana", 2: "bob", 3: "ana", 4: "bob", 5: "ana", 6: "ana", 7: "ana", 8: "ana"}
    assert all(ticket.status is Status.NEW for ticket in store.tickets.each())  # no one has begun
    desk_of(store, "ana").end_shift("")
    desk_of(store).receive([mail(9)])
    desk_of(store).tick()
    assert 9 not in holders(store)  # bob has enough


def test_what_someone_has_or_is_at_is_left_alone(store: Store) -> None:
    begin(store, "bob")
    carla = desk_of(store, "carla")
    carla.act([1], Change(assignee="carla"))
    carla.act([2], Change(escalate=Escalation("Legal", "x")))
    carla.act([3], Change(status=Status.PENDING))
    carla.save_draft(4, "I am at it", revision=0)
    with store.write():
        there = {"until": NOW + 60, "writing": {}, "looking": {"5": ["eva"]}}
        store.settings.save(COLLEAGUES, {"team:x": there})
        for number in (6, 7):
            store.shared.link("team:x", str(number), number)  # the team decides
    desk_of(store).tick()
    assert holders(store) == {1: "carla", 8: "bob"}


def test_a_ticket_that_an_agent_gives_up_is_not_given_again(store: Store) -> None:
    begin(store, "bob")
    bob = desk_of(store, "bob")
    bob.tick()
    assert holders(store) == {1: "bob", 2: "bob"}
    bob.act([1], Change(assignee=""))
    bob.tick()
    assert holders(store) == {2: "bob", 3: "bob"}


def test_the_reason_is_said_by_next_up_and_in_the_history(store: Store) -> None:
    begin(store, "bob")
    bob = desk_of(store, "bob")
    bob.tick()
    offered = bob.next_up()
    assert offered is not None
    assert offered.why.endswith("assigned to you: mail, 1 of 2 in hand")
    (line,) = [line.text for line in history_lines(store, offered.ticket_id, "bob", NOW) if line.actor == ASSIGNER]
    assert "mail, 1 of 2 in hand" in line
    bob.act([offered.ticket_id], Change(assignee="ana"))
    ana = desk_of(store, "ana").next_up()
    assert ana is not None
    assert "assigned to you" not in ana.why


def test_colleagues_tickets_are_not_offered_unless_someone_is_at_risk(store: Store) -> None:
    begin(store, "bob")
    bob, ana = desk_of(store, "bob"), desk_of(store, "ana")
    bob.tick()
    offered = [item.row.id for item in ana._choosing.order(NOW, limit=20)]
    assert offered == [3, 4, 5, 6, 7, 8]
    bob.act([2], Change(severity=Severity.S1))
    assert ana._choosing.order(NOW, limit=20)[0].row.id == 2
    without = desk_of(store, "ana", Assigning())
    assert len(without._choosing.order(NOW, limit=20)) == 8


def test_it_is_off_unless_the_settings_say_so(store: Store) -> None:
    agents = [AssigneeTable("bob", lanes=("mail",), most=1, share=3)]
    assert not desk_rules(Settings(assignee=agents)).assigning
    rules = desk_rules(Settings(assignee=agents, assign=AssignTable(on=True))).assigning
    assert rules.agents == (Assignee("bob", frozenset({"mail"}), most=1, share=3),)
    begin(store, "bob")
    before = store.events.newest()
    desk_of(store, assigning=Assigning()).tick()
    assert store.events.newest() == before


def test_what_was_given_lately_decides_among_those_who_have_nothing_in_hand(store: Store) -> None:
    begin(store, "ana", "bob")
    desk = desk_of(store)
    got = []
    for _ in range(4):
        for ticket in list(store.tickets.each()):
            if ticket.assignee and ticket.status is Status.NEW:
                desk.act([ticket.id], Change(status=Status.SOLVED))
        free = [ticket.id for ticket in store.tickets.each() if not ticket.assignee]
        desk.act(free[1:], Change(status=Status.PENDING))
        desk.tick()
        got.append(holders(store)[free[0]])
        desk.act(free[1:], Change(status=Status.OPEN))
    assert got == ["ana", "bob", "ana", "bob"]
    (event, *_) = [event for event in store.events.of(1) if event.actor == ASSIGNER]
    assert event.detail[ASSIGNED] == "mail, 1 of 10 in hand"


def test_the_list_of_the_command_ends_with_colleagues_tickets(
    store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    begin(store, "bob")
    desk_of(store).tick()
    monkeypatch.setattr("tui.setup.settings.config_folder", lambda: tmp_path)
    (tmp_path / "config.toml").write_text("agent = 'ana'\n[assign]\non = true\n[[assignee]]\nname = 'bob'\nmost = 2\n")
    said = CliRunner().invoke(list_, ["--json", "--db", str(store.path)], catch_exceptions=False).stdout
    assert [json.loads(line)["id"] for line in said.splitlines()] == [3, 4, 5, 6, 7, 8, 1, 2]

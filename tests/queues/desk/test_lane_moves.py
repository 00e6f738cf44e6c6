"""Tickets change their lane with what decides about it: a tag, a severity, or the lanes of the settings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.errors import RuleError
from data.records.changes import Change
from data.records.incoming import CustomerHint, Incoming
from data.records.messages import MessageKind
from data.records.tickets import DEFAULT_LANES, NO_LANE, Lane, LaneFilter, Status, Ticket
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.desk.lane_moves import lanes_before, plan_moves
from queues.desk.route_again import plan
from queues.routing.rules import Rules, load

NOW = 1_800_000_000
INBOX = Lane("inbox", "Inbox", 0)
VIP = Lane("vip", "VIP", 1, LaneFilter(tags=("vip",)))
GOLD = Lane("gold", "Gold", 2, LaneFilter(tiers=("gold",)))
GRAVE = Lane("grave", "Grave", 3, LaneFilter(severities=("S0", "S1")), harm=True)
REFUNDS = Lane("refunds", "Refunds", 4, LaneFilter(words=("refund",)))
LANES = (INBOX, VIP, GOLD, GRAVE, REFUNDS)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "desk.db")
    yield store
    store.close()


def desk_with(store: Store, lanes: tuple[Lane, ...] = LANES, rules: Rules | None = None) -> Desk:
    return Desk(store, clock=lambda: NOW, rules=DeskRules(routing=rules or Rules(()), lanes=lanes), agent="ann")


def arrive(desk: Desk, text: str = "Hello", name: str = "a", lane: str = "") -> int:
    (received,) = desk.receive(
        [
            Incoming(
                connector="post", source="test", raw_sha256=name, kind=MessageKind.MAIL, from_name="Ana",
                from_address=f"{name}@x.example", subject="S", text=text, new_text=text, at=NOW, received_at=NOW,
                message_id=f"<{name}@x>", lane=lane, customer=CustomerHint(f"{name}@x.example"),
            )
        ]
    )  # fmt: skip
    return received.ticket_id


def lane_of(store: Store, number: int) -> str:
    ticket = store.tickets.get(number)
    assert isinstance(ticket, Ticket)
    return ticket.lane


def test_a_tag_moves_a_ticket_and_says_so_and_undo_takes_both_back(store: Store) -> None:
    desk = desk_with(store)
    number = arrive(desk)
    done = desk.act([number], Change(add_tags=("vip",)))
    assert (lane_of(store, number), done.summary.endswith("; now in vip")) == ("vip", True)
    (event,) = store.events.of_kinds(number, ["change"])
    assert event.detail["changed"]["lane"] == ["inbox", "vip"]
    desk.undo()
    assert lane_of(store, number) == "inbox"
    desk.redo()
    desk.act([number], Change(remove_tags=("vip",)))
    assert lane_of(store, number) == "inbox"


def test_severity_and_tier_move_it_too(store: Store) -> None:
    desk = desk_with(store)
    number = arrive(desk)
    desk.act([number], Change(tier="gold"))
    assert lane_of(store, number) == "gold"
    desk.act([number], Change(tier=""))
    desk.act([number], Change(severity="S1"))
    assert lane_of(store, number) == "grave"


def test_where_an_agent_put_it_it_stays(store: Store) -> None:
    desk = desk_with(store)
    number = arrive(desk, "a refund please")
    assert lane_of(store, number) == "refunds"
    desk.act([number], Change(lane="gold"))
    desk.act([number], Change(add_tags=("vip",)))
    assert lane_of(store, number) == "gold"
    with pytest.raises(RuleError, match="the lanes are inbox"):
        desk.act([number], Change(lane="mail"))


def test_a_change_in_another_system_and_a_merge_move_it_too(store: Store) -> None:
    desk = desk_with(store)
    one, two, three = (arrive(desk, name=name) for name in "abc")
    desk.follow(one, "elsewhere", tags=("vip",))
    assert lane_of(store, one) == "vip"
    desk.act([two], Change(add_tags=("vip",)))
    desk.act([two], Change(merge_into=three, other_customer=True))
    assert lane_of(store, three) == "vip"
    desk.undo()
    assert lane_of(store, three) == "inbox"


def test_new_lanes_take_what_is_theirs_and_leave_what_an_agent_placed(store: Store) -> None:
    desk = desk_with(store, (INBOX, VIP))
    numbers = [arrive(desk, text, name) for text, name in (("refund", "a"), ("hello", "b"), ("refund", "c"))]
    desk.act([numbers[2]], Change(lane="vip"))
    assert lanes_before(store) is None
    other = desk_with(store, (INBOX, VIP, REFUNDS))
    assert [lane.name for lane in lanes_before(store) or ()] == ["inbox", "vip"]
    moves = plan_moves(store, other.rules.routing, other.rules.lanes, lanes_before(store))
    assert [(move.ticket_id, move.after["lane"]) for move in moves.moves] == [(numbers[0], "refunds")]
    done = other.move_lanes(moves)
    assert done is not None
    assert (done.summary, done.ticket_ids) == ("moved 1 ticket to other lanes", (numbers[0],))
    assert (lane_of(store, numbers[0]), lanes_before(store)) == ("refunds", None)
    other.undo()
    assert lane_of(store, numbers[0]) == "inbox"
    desk_with(store, (INBOX, VIP, REFUNDS))
    assert lanes_before(store) is None  # what was undone is not done again at the next start


def test_tickets_of_a_lane_that_is_gone_move_even_those_that_an_agent_put_there(store: Store) -> None:
    desk = desk_with(store)
    refund, chosen, solved = (arrive(desk, text, name) for text, name in (("refund", "a"), ("x", "b"), ("refund", "c")))
    desk.act([chosen], Change(lane="refunds"))
    desk.act([solved], Change(status=Status.SOLVED))
    other = desk_with(store, (VIP, GRAVE))
    moves = plan_moves(store, other.rules.routing, other.rules.lanes, lanes_before(store))
    other.move_lanes(moves)
    assert [lane_of(store, number) for number in (refund, chosen, solved)] == [NO_LANE, NO_LANE, "refunds"]
    assert store.lanes.others() == [NO_LANE]
    found = other.next_up()
    assert found is not None
    assert found.why.startswith("no lane #")


def test_with_the_same_lanes_nothing_moves_by_either_way(store: Store) -> None:
    desk = desk_with(store)
    number = arrive(desk)
    arrive(desk, "refund", "b")
    desk.act([number], Change(add_tags=("vip",)))
    assert plan_moves(store, desk.rules.routing, LANES).moves == []
    assert plan(store, desk.rules.routing, LANES).moves == []


def test_only_titles_and_order_move_nothing(store: Store) -> None:
    desk = desk_with(store)
    arrive(desk)
    desk_with(store, (Lane("inbox", "Eingang", 0, order="newest"), *LANES[1:]))
    assert lanes_before(store) is None
    assert store.lanes.all()[0].title == "Eingang"


def test_a_rule_of_the_settings_is_not_overridden_by_a_filter(store: Store) -> None:
    desk = desk_with(store, rules=load('[[rule]]\nname = "it"\nthen = { lane = "gold" }'))
    number = arrive(desk, "refund")
    desk.act([number], Change(add_tags=("vip",)))
    assert lane_of(store, number) == "gold"


def test_the_file_of_an_older_desk_keeps_its_lanes(store: Store) -> None:
    desk = Desk(store, clock=lambda: NOW, rules=DeskRules(routing=Rules(())), agent="ann")
    number = arrive(desk, lane="app")
    assert (lane_of(store, number), tuple(store.lanes.all())) == ("app", DEFAULT_LANES)

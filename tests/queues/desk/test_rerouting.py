"""Routing again: the same rules move nothing, changed ones move what they should, hands count, undo is whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from data.errors import RuleError
from data.records.changes import AUTOMATIC, Change
from data.records.incoming import CustomerHint, Incoming
from data.records.messages import MessageKind
from data.records.tickets import DEFAULT_LANES, Lane, LaneFilter, Priority, Severity, Status, Ticket
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.desk.route_again import by_hand, plan
from queues.routing.rules import Rules, default_rules, load

NOW = 1_800_000_000
OLD = """
[[rule]]
name = "unknown"
continue = true
when = { language = "und" }
then = { tags = ["triage"] }

[[rule]]
name = "hacked"
when = { words = "hackear*" }
then = { lane = "safety", severity = "S1", tags = ["taken over"] }

[[rule]]
name = "Spanish"
when = { language = "es" }
then = { lane = "app" }
"""


def mail(number: int, text: str, **more: object) -> Incoming:
    given: dict[str, object] = {
        "connector": "demo", "source": f"demo:{number}", "raw_sha256": f"{number:064}", "kind": MessageKind.MAIL,
        "from_name": "Ana", "from_address": f"ana{number}@customer.example", "subject": "", "text": text,
        "new_text": text, "at": NOW, "language": "en", "confidence": 0.97,
    }  # fmt: skip
    return Incoming(**(given | more))  # type: ignore[arg-type]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = Store.open(tmp_path / "desk.db")
    yield Desk(store, clock=lambda: NOW, rules=DeskRules(routing=load(OLD)), agent="ann")
    store.close()


def tickets(desk: Desk) -> dict[int, Ticket]:
    return {ticket.id: ticket for ticket in desk.store.tickets.each()}


def again(desk: Desk, rules: str | Rules) -> tuple[int, ...]:
    found = plan(desk.store, rules if isinstance(rules, Rules) else load(rules))
    return desk.reroute(found).ticket_ids if found.moves else ()


CASES = [
    mail(1, "me hackearon la cuenta", language="es"),
    mail(2, "no puedo entrar", language="es", lane="mail"),
    mail(3, "the app crashes", lane="app"),
    mail(4, "ok", language="und", confidence=0.2),
    mail(5, "sent to the app", to=("app@desk.example",)),
    mail(6, "gold", customer=CustomerHint(tier="gold")),
]


def test_the_same_rules_move_nothing(desk: Desk) -> None:
    desk.receive(CASES)
    before = tickets(desk)
    assert plan(desk.store, desk.rules.routing).moves == []
    assert plan(desk.store, desk.rules.routing).looked_at == len(CASES)
    assert tickets(desk) == before


def test_the_default_rules_move_nothing_of_theirs(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "desk.db")
    Desk(store, clock=lambda: NOW, rules=DeskRules()).receive(CASES)
    assert plan(store, default_rules()).moves == []
    store.close()


@pytest.mark.parametrize(
    ("when", "moved"),
    [
        ('language = "en"', (3, 5, 6)),
        ('language = "es"\nmin_confidence = 0.9', (1, 2)),
        ("min_confidence = 0.98", ()),
        ('connector = "demo"', (1, 2, 3, 4, 5, 6)),
        ('to = "app@"', (5,)),
        ('from = "ana2@customer.example"', (2,)),
        ('words = "crashes"', (3,)),
        ('tier = "gold"', (6,)),
        ('lanes = "app"', (3,)),
        ('tags = "vip"', (6,)),
    ],
)
def test_every_condition_is_asked_again(desk: Desk, when: str, moved: tuple[int, ...]) -> None:
    desk.receive(CASES)
    desk.act([6], Change(add_tags=("vip",)))
    rules = f'[[rule]]\nname = "new"\nthen = {{ topic = "new" }}\n[rule.when]\n{when}\n'
    found = {move.ticket_id for move in plan(desk.store, load(rules)).moves if move.after.get("topic") == "new"}
    assert found == set(moved)


def test_what_moves_gets_an_event_new_clocks_and_comes_back_whole(desk: Desk) -> None:
    desk.receive(CASES)
    before = {number: asdict(ticket) for number, ticket in tickets(desk).items()}
    rules = (
        OLD + '\n[[rule]]\nname = "crash"\nwhen = { words = "crash*" }\nthen = { priority = "high", tags = ["bug"] }\n'
    )
    assert again(desk, rules) == (3,)
    after = tickets(desk)[3]
    assert (after.priority, after.tags, after.reason, after.lane) == (Priority.HIGH, ("bug",), "crash", "app")
    event = desk.store.events.of(3)[-1]
    assert (event.kind, event.actor) == ("rerouted", "ann")
    assert event.detail["changed"]["priority"] == ["normal", "high"]
    assert desk.undo().ticket_ids == (3,)
    back = {number: asdict(ticket) for number, ticket in tickets(desk).items()}
    assert {**back[3], "version": 0} == {**before[3], "version": 0}
    assert desk.redo().ticket_ids == (3,)


def test_what_an_agent_set_stays_and_is_counted(desk: Desk) -> None:
    desk.receive(CASES)
    desk.act([3], Change(lane="mail"))
    desk.act([2], Change(lane="mail"))
    desk.undo()
    rules = '[[rule]]\nname = "all"\nthen = { lane = "safety", severity = "S3" }\n'
    found = plan(desk.store, load(rules))
    assert found.by_hand == 1
    desk.reroute(found)
    assert (tickets(desk)[3].lane, tickets(desk)[3].severity) == ("mail", Severity.S3)
    assert tickets(desk)[2].lane == "safety"


def test_what_an_agent_gives_back_to_the_rules_is_theirs_again(desk: Desk) -> None:
    desk.receive(CASES)
    before = tickets(desk)[3]
    desk.act([3], Change(lane="mail", topic="other", severity="S3"))
    desk.act([3], Change(automatic=("lane", "severity")))
    given = tickets(desk)[3]
    assert (given.lane, given.topic, given.severity) == (before.lane, "other", before.severity)
    assert by_hand(desk.store, given, desk.rules.lanes).intersection(AUTOMATIC) == {"topic"}
    assert desk.store.events.of(3)[-1].detail["automatic"] == ["lane", "severity"]
    again(desk, '[[rule]]\nname = "all"\nthen = { lane = "safety", topic = "all" }\n')
    assert (tickets(desk)[3].lane, tickets(desk)[3].topic) == ("safety", "other")
    desk.undo()
    desk.undo()
    assert (tickets(desk)[3].lane, tickets(desk)[3].severity) == ("mail", Severity.S3)
    assert by_hand(desk.store, tickets(desk)[3], desk.rules.lanes) >= {"lane", "topic", "severity"}
    desk.act([3], Change(automatic=("lane",)))
    desk.act([3], Change(lane="mail"))
    assert "lane" in by_hand(desk.store, tickets(desk)[3], desk.rules.lanes)


@pytest.mark.parametrize("change", [Change(automatic=("status",)), Change(automatic=("lane",), lane="app")])
def test_what_the_rules_do_not_set_is_not_given_back(desk: Desk, change: Change) -> None:
    desk.receive(CASES)
    with pytest.raises(RuleError):
        desk.act([3], change)


def test_a_lane_that_asks_for_a_topic_goes_by_the_topic_that_an_agent_set(tmp_path: Path) -> None:
    lanes = (Lane("refunds", "Refunds", 3, LaneFilter(topics=("refund",))), *DEFAULT_LANES)
    store = Store.open(tmp_path / "lanes.db")
    desk = Desk(store, clock=lambda: NOW, rules=replace(DeskRules(), lanes=lanes))
    desk.receive([mail(3, "the app crashes", lane="app")])
    desk.act([1], Change(topic="refund"))
    assert tickets(desk)[1].lane == "refunds"
    assert plan(store, desk.rules.routing, lanes).moves == []
    desk.act([1], Change(automatic=("topic",)))
    assert tickets(desk)[1].lane == "app"
    assert not by_hand(store, tickets(desk)[1], lanes).intersection(AUTOMATIC)
    store.close()


def test_solved_tickets_and_those_changed_meanwhile_are_left(desk: Desk) -> None:
    desk.receive(CASES)
    desk.act([2], Change(status=Status.SOLVED))
    found = plan(desk.store, load('[[rule]]\nname = "all"\nthen = { lane = "safety" }\n'))
    desk.act([3], Change(note="looking"))
    assert desk.reroute(found).ticket_ids == (1, 4, 5, 6)


def test_a_rules_own_tags_do_not_feed_other_rules(desk: Desk) -> None:
    desk.receive(CASES)
    rules = OLD + '\n[[rule]]\nname = "by tag"\nwhen = { tags = "triage" }\nthen = { lane = "app" }\n'
    assert again(desk, rules) == ()


def test_a_language_that_becomes_known_sends_the_ticket_where_it_belongs(desk: Desk) -> None:
    desk.receive(CASES)
    assert (tickets(desk)[4].lane, tickets(desk)[4].tags) == ("mail", ("triage",))
    desk.act([4], Change(language="es", add_tags=("seen",)))
    assert (tickets(desk)[4].lane, tickets(desk)[4].tags) == ("app", ("seen",))
    desk.undo()
    assert (tickets(desk)[4].lane, tickets(desk)[4].tags) == ("mail", ("triage",))
    answer = mail(7, "sigue sin funcionar", language="es", from_address="ana4@customer.example")
    desk.receive([mail(8, "ok", language="und", message_id="<8@x>", from_address="ana4@customer.example")])
    desk.receive([mail(9, answer.text, language="es", references=("<8@x>",), from_address="ana4@customer.example")])
    joined = next(ticket for ticket in tickets(desk).values() if ticket.id == 7)
    assert (joined.language, joined.lane, joined.tags) == ("es", "app", ())


def test_a_ticket_that_an_agent_moved_stays_when_its_language_is_named(desk: Desk) -> None:
    desk.receive(CASES)
    desk.act([4], Change(lane="safety"))
    desk.act([4], Change(language="es"))
    assert tickets(desk)[4].lane == "safety"

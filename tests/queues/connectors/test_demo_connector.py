"""The demo's outside world: the clock brings tickets, replies land once, customers answer."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.demo import many
from data.errors import ConnectorError
from data.records.changes import Change
from data.records.escalations import Escalation, EscalationState
from data.records.incoming import Incoming
from data.records.messages import MessageKind
from data.records.outbox import OutboxEntry, OutboxState
from data.store import Store
from queues.connectors.base import connector_class
from queues.connectors.demo import TEAM_SECONDS, TEAMS, DemoConnector, incoming
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.outgoing.outbox import deliver_due
from queues.quality.csat import token_of
from queues.quotes.new_text import split

START = 1_700_000_000


class _Hands:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        return self.now


def _entry(recipient: str, number: int = 1) -> OutboxEntry:
    return OutboxEntry(
        number,
        1,
        1,
        "demo",
        OutboxState.SENDING,
        f"<reply.{number}@desk.example>",
        recipient,
        b"Subject: x\r\n\r\ny",
        0,
    )


def _world(folder: Path, seed: int = 1) -> tuple[DemoConnector, _Hands]:
    clock = _Hands()
    return DemoConnector(folder, clock=clock, seed=seed, start=START), clock


def test_it_is_a_connector_under_its_name(tmp_path: Path) -> None:
    connector = _world(tmp_path)[0]
    assert isinstance(connector, connector_class(connector.name))


def test_the_opening_waits_at_once_and_the_clock_brings_more(tmp_path: Path) -> None:
    connector, clock = _world(tmp_path)
    first, cursor = connector.fetch()
    assert len(first) == 45
    assert connector.fetch(cursor) == ([], cursor)
    clock.now += 600
    later, _ = connector.fetch(cursor)
    assert later
    assert all(item.at is not None and START < item.at <= clock.now for item in later)


@settings(deadline=None, max_examples=30)  # the first call loads the language model
@given(st.integers(), st.integers(min_value=0, max_value=5000))
def test_the_same_seed_plays_the_same_whenever_it_is_asked(seed: int, seconds: int) -> None:
    often, often_clock = _world(Path("unused"), seed)
    once, once_clock = _world(Path("unused"), seed)
    for step in range(0, seconds, 500):
        often_clock.now = START + step
        often.fetch()
    often_clock.now = once_clock.now = START + seconds
    assert often.fetch() == once.fetch()


@settings(deadline=None, max_examples=30)
@given(st.text())
def test_a_foreign_cursor_reads_from_the_beginning_or_its_place(cursor: str) -> None:
    connector, _ = _world(Path("unused"))
    items, following = connector.fetch(cursor)
    assert following == "45"
    assert len(items) <= 45


def test_each_message_bears_its_lane_its_kind_and_an_id_of_its_own(tmp_path: Path) -> None:
    items, _ = _world(tmp_path)[0].fetch()
    assert len({item.message_id for item in items}) == len({item.raw_sha256 for item in items}) == 45
    kinds = {"mail": MessageKind.MAIL, "app": MessageKind.FORM, "safety": MessageKind.REPORT}
    assert all(item.kind is kinds[item.lane] for item in items)


def test_a_reply_lands_once_and_whole(tmp_path: Path) -> None:
    connector, _ = _world(tmp_path)
    entry = _entry("nobody@mail.example")
    assert not connector.was_delivered(entry)
    assert connector.send(entry) == connector.send(entry)
    assert connector.was_delivered(entry)
    assert [file.read_bytes() for file in connector.outbox.iterdir()] == [entry.raw]


def test_a_message_id_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    connector, _ = _world(tmp_path / "desk")
    entry = OutboxEntry(1, 1, 1, "demo", OutboxState.SENDING, "<../../x@y>", "a@b.example", b"x", 0)
    connector.send(entry)
    assert [file.parent for file in tmp_path.rglob("*.eml")] == [connector.outbox]


def test_an_outbox_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file in the way")
    connector, _ = _world(tmp_path)
    with pytest.raises(ConnectorError, match="outbox"):
        connector.send(_entry("a@b.example"))


def _answers(folder: Path, times: int = 1) -> list[Incoming]:
    connector, clock = _world(folder)
    waiting, _ = connector.fetch()
    for number, item in enumerate(waiting):
        for _ in range(times):
            connector.send(_entry(item.from_address, number))
    clock.now += 270
    return [item for item in connector.fetch()[0] if item.references]


def test_customers_answer_in_their_thread_and_most_are_content(tmp_path: Path) -> None:
    waiting = {item.from_address: item for item in _world(tmp_path)[0].fetch()[0]}
    answers = _answers(tmp_path)
    assert 10 < len(answers) < 35
    assert all(item.references[0].startswith("<reply.") for item in answers)
    assert {item.from_address for item in answers} <= set(waiting)
    assert all(item.at is not None and START + 90 <= item.at <= START + 270 for item in answers)


def test_answers_are_the_same_for_the_same_seed_and_a_reply_sent_twice_is_answered_once(tmp_path: Path) -> None:
    assert _answers(tmp_path / "once") == _answers(tmp_path / "twice", times=2)


def test_another_team_answers_the_escalation_it_was_sent(tmp_path: Path) -> None:
    connector, clock = _world(tmp_path)
    store = Store.open(tmp_path / "desk.db")
    desk = Desk(store, clock=clock, rules=DeskRules(teams=TEAMS), agent="ann")
    items, cursor = connector.fetch()
    number = desk.receive(items)[0].ticket_id
    desk.act([number], Change(escalate=Escalation("Security response", "taken over")))
    clock.now += 10
    assert deliver_due(store, {"demo": connector}, clock.now).sent == 1
    clock.now += TEAM_SECONDS
    items, _ = connector.fetch(cursor)
    desk.receive(items)
    (child,) = store.escalations.of(number)
    assert child.state is EscalationState.ANSWERED
    assert store.messages.of(number)[-1].from_name == "Security response"


def test_who_is_asked_how_it_was_says_so(tmp_path: Path) -> None:
    connector, clock = _world(tmp_path)
    store = Store.open(tmp_path / "desk.db")
    desk = Desk(store, clock=clock, rules=DeskRules(), agent="ann")
    items, cursor = connector.fetch()
    for one in {received.ticket_id for received in desk.receive(items)}:
        words = f"Ya está, ¿qué tal lo hemos hecho? ({token_of(store, one)})"
        desk.act([one], Change(reply=words, override_reason="a test"))
    clock.now += 10
    deliver_due(store, {"demo": connector}, clock.now)
    clock.now += 300
    desk.receive(connector.fetch(cursor)[0])
    rated = list(store.csat.each())
    assert len(rated) == 45
    assert len({one.value for one in rated}) > 2


def test_the_new_text_of_a_big_store_is_what_is_read_of_any_message() -> None:
    for message in islice(many(1_000_000, 5), 60_000, 60_400):
        assert incoming(message, "series", START).new_text == split(message.text).text

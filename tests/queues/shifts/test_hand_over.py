"""A ticket is handed over to a named colleague, who accepts it or gives it back; each can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from data.errors import ConflictError, RuleError
from data.records.changes import Change
from data.records.handovers import HandoverState
from data.records.incoming import Incoming
from data.records.messages import Direction, MessageKind
from data.records.promises import Promise
from data.records.tickets import Status
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.routing.rules import Rules
from queues.shifts.handover import HANDED, hand_over, to_hand_over

NOW = 1_800_000_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store.open(tmp_path / "desk.db")) as store:
        alice = desk_of(store, "alice")
        alice.receive([mail(number) for number in range(1, 6)])
        alice.act([1, 2], Change(assignee="alice"))
        alice.act([5], Change(assignee="Eva López"))
        desk_of(store, "bruno").act([4], Change(assignee="bruno"))
        yield store


def desk_of(store: Store, agent: str, *logins: str) -> Desk:
    rules = DeskRules(routing=Rules(()), logins=frozenset(logins))
    return Desk(store, clock=lambda: NOW, rules=rules, agent=agent)


def mail(number: int) -> Incoming:
    return Incoming(
        connector="post", source="test", raw_sha256=str(number), kind=MessageKind.MAIL, from_name="Ana",
        from_address=f"a{number}@x.example", subject=f"S{number}", text="Help", new_text="Help", at=NOW,
        message_id=f"<{number}@x>", received_at=NOW + 60, lane="mail",
    )  # fmt: skip


def assignee(store: Store, number: int) -> str:
    ticket = store.tickets.get(number)
    assert ticket is not None
    return ticket.assignee


def notes(store: Store, number: int) -> list[str]:
    return [message.text for message in store.messages.of(number) if message.direction is Direction.NOTE]


def test_it_reaches_the_colleague_first_whatever_its_status_and_says_why(store: Store) -> None:
    alice, bruno = desk_of(store, "alice"), desk_of(store, "bruno")
    alice.act([2], Change(status=Status.PENDING))
    alice.act([2], Change(hand_to="Bruno", note="call the bank"))
    offered = bruno.next_up()
    assert offered is not None
    assert (offered.ticket_id, offered.why.endswith(", alice handed it over to you")) == (2, True)
    assert "mentioned" not in offered.why
    assert [(item.ticket_id, item.author) for item in bruno.handovers()] == [(2, "alice")]
    assert alice.handovers() == []
    assert notes(store, 2) == ["@bruno: call the bank"]
    (item,) = [item for item in hand_over(store, NOW) if item.kind == HANDED]
    assert (item.ticket_id, item.author, item.addressee) == (2, "alice", "bruno")
    assert assignee(store, 2) == "alice"  # until it is accepted


def test_who_accepts_has_it_and_who_gives_back_says_why(store: Store) -> None:
    alice, bruno = desk_of(store, "alice"), desk_of(store, "bruno")
    alice.act([1, 2], Change(hand_to="bruno"))
    bruno.act([1], Change(hand_answer="accepted"))
    bruno.act([2], Change(hand_answer="given back", note="I leave too"))
    assert (assignee(store, 1), assignee(store, 2)) == ("bruno", "alice")
    assert bruno.handovers() == []
    assert notes(store, 2)[-1] == "@alice: given back. I leave too"
    assert [mention.ticket_id for mention in alice.mentions()] == [2]
    with pytest.raises(RuleError, match="#2 is not handed over"):
        bruno.act([2], Change(hand_answer="accepted"))


def test_each_is_undone_and_redone_as_a_whole(store: Store) -> None:
    alice, bruno = desk_of(store, "alice"), desk_of(store, "bruno")
    alice.act([1], Change(hand_to="bruno"))
    alice.undo()
    assert (bruno.handovers(), notes(store, 1), bruno.mentions()) == ([], [], [])
    alice.redo()
    bruno.act([1], Change(hand_answer="accepted"))
    with pytest.raises(ConflictError):
        alice.undo()
    bruno.undo()
    assert assignee(store, 1) == "alice"
    assert [item.ticket_id for item in bruno.handovers()] == [1]
    bruno.redo()
    assert assignee(store, 1) == "bruno"


def test_it_is_passed_on_and_taken_back(store: Store) -> None:
    alice, bruno, eva = desk_of(store, "alice"), desk_of(store, "bruno"), desk_of(store, "Eva López", "eva")
    alice.act([1], Change(hand_to="bruno"))
    bruno.act([1], Change(hand_to="eva", note="yours rather"))
    assert (bruno.handovers(), [item.author for item in eva.handovers()]) == ([], ["bruno"])
    with pytest.raises(RuleError, match="by bruno to Eva López"):
        alice.act([1], Change(hand_answer="taken back"))
    bruno.undo()
    assert [item.author for item in bruno.handovers()] == ["alice"]
    alice.act([1], Change(hand_answer="taken back"))
    assert bruno.handovers() == []


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("brnuo", "no one colleague 'brnuo'; there are: Eva López, bruno"), ("", ""), ("alice", "`t` takes it"),
     ("  ", "no one colleague")],
)  # fmt: skip
def test_an_unknown_name_or_ones_own_is_refused_and_nothing_is_written(store: Store, name: str, sentence: str) -> None:
    alice, before = desk_of(store, "alice"), store.events.newest()
    if not name:
        alice.act([1], Change(hand_to=name))  # changes nothing
        assert notes(store, 1) == []
        return
    with pytest.raises(RuleError, match=sentence):
        alice.act([3, 1], Change(hand_to=name))
    assert (store.events.newest(), notes(store, 1)) == (before, [])


def test_the_end_of_a_shift_hands_what_is_left_to_one_colleague(store: Store) -> None:
    alice, bruno = desk_of(store, "alice"), desk_of(store, "bruno")
    alice.act([1], Change(note="x", promise=Promise("an answer", NOW + 60)))
    alice.save_draft(2, "Hola Ana\nmás", revision=0)
    alice.save_draft(4, "not mine", revision=0)
    alice.begin_shift({})
    texts = to_hand_over(store, "alice", NOW)
    assert texts == {1: "promise: an answer", 2: "draft: Hola Ana"}
    with pytest.raises(RuleError):
        alice.end_shift("over", hand_to="nobody", texts=texts)
    assert store.shifts.latest("alice").ended_at is None  # type: ignore[union-attr]
    alice.end_shift("over", hand_to="bruno", texts=texts)
    assert [item.ticket_id for item in bruno.handovers()] == [1, 2]
    assert to_hand_over(store, "alice", NOW) == {}
    alice.undo()
    assert bruno.handovers() == []
    assert store.shifts.latest("alice").ended_at is None  # type: ignore[union-attr]
    alice.redo()
    assert [item.ticket_id for item in bruno.handovers()] == [1, 2]


def test_a_note_from_another_desk_counts_only_from_those_whom_it_concerns(store: Store) -> None:
    alice = desk_of(store, "alice")
    alice.act([1], Change(hand_to="bruno"))
    desk_of(store, "carla").act([1], Change(note="accepted!"))
    note = store.messages.of(1)[-1].id
    alice.note_handover(note, "carla", HandoverState.ACCEPTED, "")
    assert store.handovers.open_on(1) is not None
    alice.note_handover(note, "bruno", HandoverState.TAKEN_BACK, "")
    assert store.handovers.open_on(1) is not None
    alice.note_handover(note, "bruno", HandoverState.ACCEPTED, "")
    assert store.handovers.open_on(1) is None

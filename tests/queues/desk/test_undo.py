"""Whole-action undo: any change taken back leaves every table as it was, done again leaves it as it was done."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import ConflictError, LeftError, RuleError
from data.records.changes import Change
from data.records.custom_fields import CustomField, FieldKind
from data.records.escalations import Escalation, EscalationState, TeamAnswer
from data.records.incoming import Incoming
from data.records.messages import Direction, MessageKind
from data.records.outbox import OutboxEntry, OutboxState
from data.records.promises import Promise
from data.records.tickets import Priority, Severity, Status, Ticket
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.ground.teams import Team
from queues.outgoing.outbox import deliver_due
from queues.procedures.procedure import load_text
from queues.routing.rules import Rules
from tests.database import database

START = 1_800_000_000
PROCEDURE = load_text(
    'id = "lock"\nversion = 1\neffective = 2026-01-01\n[[step]]\nid = "identity"\nkind = "check"\ntext = "Who?"\n'
)
FIELDS = (CustomField("order", "Order"), CustomField("amount", "Amount", FieldKind.MONEY, currency="EUR"))
RULES = DeskRules(
    routing=Rules(()), teams=(Team("Security", "security@desk.example"),), procedures={"lock": PROCEDURE}, fields=FIELDS
)


class Clock:
    now = START

    def __call__(self) -> int:
        return self.now


class Post:
    def __init__(self, *refused: int) -> None:
        self.refused = refused

    def send(self, entry: OutboxEntry) -> None:
        pass

    def was_delivered(self, entry: OutboxEntry) -> bool | None:
        return None


def mail(n: int) -> Incoming:
    return Incoming(
        connector="post", source="test", raw_sha256=f"{n}", kind=MessageKind.MAIL, from_name=f"Ana {n}",
        from_address=f"ana{n}@x.example", subject=f"Subject {n}", text="Hola", new_text="Hola", at=START,
        message_id=f"<{n}@x>", language="es", confidence=0.99,
    )  # fmt: skip


@cache
def template() -> Path:
    """A desk with three tickets, the first with a draft and an escalation that is open."""
    path = Path(tempfile.mkdtemp()) / "desk.db"
    with closing(Store.open(path)) as store:
        desk = Desk(store, clock=Clock(), rules=RULES, agent="eva")
        desk.receive([mail(1), mail(2), mail(3)])
        desk.act([1], Change(escalate=Escalation("Legal", "threat"), procedure="lock"))
        desk.act([3], Change(new_problem="Codes do not arrive"))
        desk.save_draft(1, "Hello", revision=0)
        desk.take_step(1, "identity", True)
        database(store).execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@contextmanager
def a_desk(clock: Clock) -> Iterator[Desk]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "desk.db"
        shutil.copy(template(), path)
        with closing(Store.open(path)) as store:
            yield Desk(store, clock=clock, rules=RULES, agent="eva")


def state(store: Store) -> dict[str, list[Any]]:
    """All that a desk holds but the append-only record, and rows that were taken back."""
    db = database(store)
    derived = ("_sqlite", "search_text", "people_text", "sqlite_")
    tables = {name for name in db.table_names() if not name.startswith(derived)}
    found = {}
    for table in sorted(tables - {"event", "event_head", "action", "reference"}):
        rows = list(db[table].rows)
        if table in ("escalation", "promise", "problem"):
            rows = [row for row in rows if row["state"] != EscalationState.WITHDRAWN]
        if table == "outbox":
            rows = [row for row in rows if row["state"] != OutboxState.RECALLED]
        if table == "lane_count":
            rows = [row for row in rows if row["n"]]
        if table == "message":
            rows = [row for row in rows if not row["withdrawn"]]
        # a version counts every write; a reply that is done again waits its whole undo window again
        but = {"ticket": "version", "outbox": "due_at"}.get(table)
        found[table] = [{name: value for name, value in row.items() if name != but} for row in rows]
    return found


texts = st.text("ab {}¿\n", min_size=1, max_size=8).filter(lambda text: bool(text.strip()))
CHANGED: dict[str, st.SearchStrategy[Any]] = {
    "reply": st.none() | texts,
    "note": st.none() | texts,
    "status": st.none() | st.sampled_from(Status),
    "priority": st.none() | st.sampled_from(Priority),
    "severity": st.none() | st.sampled_from(Severity),
    "harm": st.none() | st.sampled_from(["none", "threat", "hacked"]),
    "topic": st.none() | st.sampled_from(["", "crash"]),
    "automatic": st.sampled_from([(), (), ("lane",), ("topic", "severity", "priority")]),
    "assignee": st.none() | st.sampled_from(["", "eva", "bob"]),
    "lane": st.none() | st.sampled_from(["mail", "app"]),
    "language": st.none() | st.sampled_from(["en", "es"]),
    "tier": st.none() | st.sampled_from(["", "gold"]),
    "customer_name": st.none() | st.just("Ana López"),
    "register": st.none() | st.sampled_from(["", "tu", "usted", "vos"]),
    "region": st.none() | st.sampled_from(["", "es-MX"]),
    "fields": st.dictionaries(st.sampled_from(["order", "amount"]), st.sampled_from(["", "7", "12.50"])),
    "add_tags": st.lists(st.sampled_from("abc"), max_size=2).map(tuple),
    "remove_tags": st.lists(st.sampled_from("abc"), max_size=2).map(tuple),
    "escalate": st.none()
    | st.builds(Escalation, st.sampled_from(["Security", "Legal"]), due_at=st.none() | st.just(9)),
    "team_answer": st.none()
    | st.builds(
        TeamAnswer,
        st.just(1),
        st.just("no"),
        st.sampled_from([EscalationState.ANSWERED, EscalationState.RETURNED, EscalationState.CLOSED]),
    ),
    "problem": st.none() | st.sampled_from([0, 1]),
    "new_problem": st.sampled_from(["", "", "Crash"]),
    "snooze_until": st.none() | st.just(START + 500),
    "promise": st.none() | st.just(Promise("news", START + 900)),
    "gives_no_promise": st.booleans(),
    "hand_to": st.sampled_from(["", "", "eva", "bob"]),
    "hand_answer": st.sampled_from(["", "", "accepted", "taken back"]),
    "procedure": st.none() | st.sampled_from(["", "lock"]),
    "take_in": st.sampled_from([(), ("bob@x.example",), ("bob@x.example", "eva@x.example")]),
    "leave_out": st.sampled_from([(), ("carl@x.example",), ("eva@x.example", "dora@x.example")]),
}
changes = st.builds(Change, **CHANGED)
acts = st.tuples(st.lists(st.integers(1, 3), min_size=1, max_size=3, unique=True), changes) | st.booleans()
"""A change of some tickets, or an answer to a step of the first one's procedure, or none."""


def carry_out(desk: Desk, act: Any) -> bool:
    """Do it; False where a rule forbids it."""
    try:
        if isinstance(act, bool):
            desk.take_step(1, "identity", act or None)
        else:
            desk.act(*act)
    except RuleError:
        return False
    return True


@settings(max_examples=60, deadline=None)
@given(st.lists(acts, max_size=3), acts)
def test_any_action_undone_and_redone_leaves_all_tables_as_they_were(earlier: list[Any], act: Any) -> None:
    clock = Clock()
    with a_desk(clock) as desk:
        for one in earlier:
            clock.now += 7
            carry_out(desk, one)
        clock.now += 7
        before = state(desk.store)
        if not carry_out(desk, act):
            assert state(desk.store) == before
            return
        after = state(desk.store)
        clock.now += 5
        desk.undo()
        assert state(desk.store) == before
        desk.redo()
        assert state(desk.store) == after
        desk.undo()
        assert state(desk.store) == before


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(clock: Clock) -> Iterator[Desk]:
    with a_desk(clock) as found:
        yield found


def ticket(desk: Desk, number: int) -> Ticket:
    found = desk.store.tickets.get(number)
    assert found is not None
    return found


def deliver(desk: Desk, clock: Clock, *numbers: int) -> None:
    """Let the replies of these tickets leave, and no others."""
    for entry in desk.store.outbox.waiting():
        if entry.ticket_id in numbers:
            with desk.store.write():
                assert desk.store.outbox.move(entry.id, OutboxState.QUEUED, OutboxState.SENT)


def test_undo_works_after_a_restart_for_the_same_agent_alone(desk: Desk, clock: Clock) -> None:
    desk.act([2], Change(reply="Hi", status=Status.SOLVED, add_tags=("a",), escalate=Escalation("Security")))
    with closing(Store.open(desk.store.path)) as store:
        other = Desk(store, clock=clock, rules=RULES, agent="bob")
        with pytest.raises(RuleError, match="Nothing to undo"):
            other.undo()
        again = Desk(store, clock=clock, rules=RULES, agent="eva")
        again.undo()
        assert ticket(again, 2).status is Status.NEW
        assert store.escalations.of(2) == []
        assert deliver_due(store, {"post": Post()}, clock.now + 99).sent == 0


def test_a_reply_that_left_stays_and_undo_once_more_takes_the_rest(desk: Desk, clock: Clock) -> None:
    desk.act(
        [2],
        Change(reply="Hi", status=Status.SOLVED, add_tags=("a",), promise=Promise("news", 9), priority=Priority.HIGH),
    )
    before = state(desk.store)
    deliver(desk, clock, 2)
    with pytest.raises(
        LeftError, match=r"reply of #2 has left.*the rest can still be undone: status, tags, priority"
    ) as refused:
        desk.undo()
    assert ticket(desk, 2).status is Status.SOLVED
    clock.now += 60
    done = desk.undo(rest_of=refused.value.action)
    after = ticket(desk, 2)
    assert (after.status, after.tags, after.priority) == (Status.OPEN, (), Priority.NORMAL)
    assert (after.touches, after.first_replied_at, after.first_due) == (1, START, None)
    assert after.resolve_due is not None
    assert [one.direction for one in desk.store.messages.of(2)] == [Direction.IN, Direction.OUT]
    assert state(desk.store)["promise"] == before["promise"]
    assert "except for what was sent" in done.summary
    assert {"action": done.action, "rest": True}.items() <= desk.store.events.of(2)[-1].detail.items()
    with pytest.raises(RuleError, match="Nothing to redo"):
        desk.redo()


def test_of_a_bulk_reply_only_what_left_stays(desk: Desk, clock: Clock) -> None:
    desk.act([1, 2, 3], Change(reply="Hi", status=Status.SOLVED, add_tags=("a",)))
    deliver(desk, clock, 2)
    with pytest.raises(LeftError, match=r"1 of 3 mails were sent \(#2\).*the replies that wait") as refused:
        desk.undo()
    desk.undo(rest_of=refused.value.action)
    assert [ticket(desk, one).status for one in (1, 2, 3)] == [Status.ON_HOLD, Status.OPEN, Status.NEW]
    assert [ticket(desk, one).touches for one in (1, 2, 3)] == [0, 1, 0]
    assert {ticket(desk, one).tags for one in (1, 2, 3)} == {()}
    draft = desk.store.drafts.get(1)
    assert draft is not None
    assert deliver_due(desk.store, {"post": Post()}, clock.now + 99).sent == 0


def test_an_escalation_whose_mail_left_stays_with_its_team(desk: Desk, clock: Clock) -> None:
    desk.act([2], Change(note="Called them", escalate=Escalation("Security"), add_tags=("a",)))
    deliver(desk, clock, 2)
    with pytest.raises(LeftError, match=r"mail to the other team of #2 has left.*the note, status, tags") as refused:
        desk.undo()
    desk.undo(rest_of=refused.value.action)
    (child,) = desk.store.escalations.of(2)
    assert child.state is EscalationState.OPEN
    assert ticket(desk, 2).status is Status.NEW
    assert [one.subject for one in desk.store.messages.of(2)] == ["Subject 2", "E-2: Security"]


def test_the_rest_of_another_action_is_not_meant(desk: Desk, clock: Clock) -> None:
    desk.act([2], Change(reply="Hi"))
    deliver(desk, clock, 2)
    with pytest.raises(LeftError):
        desk.undo(rest_of=1)


def test_after_the_rest_undo_goes_on_with_the_action_before(desk: Desk, clock: Clock) -> None:
    desk.act([3], Change(add_tags=("a",)))
    desk.act([2], Change(reply="Hi"))
    deliver(desk, clock, 2)
    with pytest.raises(LeftError) as refused:
        desk.undo()
    desk.undo(rest_of=refused.value.action)
    desk.undo()
    assert ticket(desk, 3).tags == ()


def test_redo_never_brings_back_what_an_undone_action_came_after(desk: Desk) -> None:
    desk.act([2], Change(add_tags=("a",)))
    desk.undo()
    desk.act([3], Change(add_tags=("b",)))
    desk.undo()
    desk.redo()
    assert (ticket(desk, 2).tags, ticket(desk, 3).tags) == ((), ("b",))


def test_redo_goes_the_way_of_undo_back(desk: Desk) -> None:
    desk.act([2], Change(add_tags=("a",)))
    desk.act([2], Change(add_tags=("b",)))
    desk.undo()
    desk.undo()
    desk.redo()
    assert ticket(desk, 2).tags == ("a",)
    desk.redo()
    assert ticket(desk, 2).tags == ("a", "b")


def test_a_reply_that_is_held_has_not_left(desk: Desk, clock: Clock) -> None:
    desk.act([2], Change(reply="Hi", status=Status.SOLVED))
    (entry,) = desk.store.outbox.waiting()
    with desk.store.write():
        desk.store.outbox.move(entry.id, OutboxState.QUEUED, OutboxState.HELD)
    desk.undo()
    assert ticket(desk, 2).status is Status.NEW


@pytest.mark.parametrize("state", [OutboxState.SENDING, OutboxState.IN_DOUBT, OutboxState.SENT])
def test_a_reply_that_may_have_left_is_not_called_back(desk: Desk, clock: Clock, state: OutboxState) -> None:
    desk.act([2], Change(reply="Hi", status=Status.SOLVED))
    (entry,) = desk.store.outbox.waiting()
    with desk.store.write():
        assert desk.store.outbox.move(entry.id, OutboxState.QUEUED, state)
    with pytest.raises(LeftError):
        desk.undo()
    kept = desk.store.outbox.get(entry.id)
    assert kept is not None
    assert (kept.state, ticket(desk, 2).status) == (state, Status.SOLVED)


def test_a_reply_that_failed_has_not_left(desk: Desk) -> None:
    desk.act([2], Change(reply="Hi", status=Status.SOLVED))
    (entry,) = desk.store.outbox.waiting()
    with desk.store.write():
        assert desk.store.outbox.move(entry.id, OutboxState.QUEUED, OutboxState.FAILED)
    desk.undo()
    assert ticket(desk, 2).status is Status.NEW


def test_undo_gives_a_draft_back_unless_another_was_begun_since(desk: Desk) -> None:
    desk.act([1], Change(reply="Hello"))
    assert desk.store.drafts.get(1) is None
    desk.save_draft(1, "Begun since", revision=0)
    desk.undo()
    draft = desk.store.drafts.get(1)
    assert draft is not None
    assert draft.text == "Begun since"


def test_the_rest_of_a_reply_that_left_names_no_field_that_follows_from_it(desk: Desk, clock: Clock) -> None:
    desk.act([2], Change(reply="Hi"))
    deliver(desk, clock, 2)
    with pytest.raises(LeftError, match="status") as refused:
        desk.undo()
    assert not any(name in str(refused.value) for name in ("touches", "due", "waits", "the note", "replies that wait"))


def test_a_problem_that_other_tickets_joined_since_is_not_withdrawn(desk: Desk, clock: Clock) -> None:
    desk.act([2], Change(new_problem="Slow"))
    number = desk.store.problems.linked(2)
    assert number
    Desk(desk.store, clock=clock, rules=RULES, agent="bob").act([1], Change(problem=number))
    with pytest.raises(ConflictError, match="other tickets"):
        desk.undo()
    assert desk.store.problems.linked(2) == number


def test_an_escalation_that_moved_on_is_not_taken_back(desk: Desk, clock: Clock) -> None:
    desk.act([2], Change(escalate=Escalation("Security")))
    (child,) = desk.store.escalations.of(2)
    other = Desk(desk.store, clock=clock, rules=RULES, agent="bob")
    other.act([2], Change(team_answer=TeamAnswer(child.id, "no", EscalationState.ANSWERED)))
    with pytest.raises(ConflictError):
        desk.undo()
    assert desk.store.escalations.of(2)[0].state is EscalationState.ANSWERED


def test_what_somebody_changed_since_is_not_taken_back_in_part(desk: Desk, clock: Clock) -> None:
    desk.act([2, 3], Change(status=Status.SOLVED, add_tags=("a",)))
    Desk(desk.store, clock=clock, rules=RULES, agent="bob").act([3], Change(add_tags=("b",)))
    with pytest.raises(ConflictError):
        desk.undo()
    assert ticket(desk, 2).status is Status.SOLVED


def test_every_field_of_a_change_is_part_of_the_property() -> None:
    about = {"macro", "edited", "verbatim", "subject", "attachments", "reply_language", "recipient", "cc",
             "override_reason", "draft", "other_customer", "move_to"}  # fmt: skip
    alone = {"merge_into", "move", "forward"}  # with tests of their own: nothing else goes with them
    assert {field.name for field in fields(Change)} - about - alone <= set(CHANGED)

"""Problems: one cause behind several tickets, answered together as one action."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from data.errors import ConflictError, RuleError
from data.protocols import Sending
from data.records.changes import Change, Finding
from data.records.customers import Customer
from data.records.incoming import Incoming
from data.records.messages import Direction, Message, MessageKind
from data.records.outbox import OutboxState
from data.records.problems import ProblemState
from data.records.tickets import Status, Ticket
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.routing.rules import Rules

START = 1_800_000_000


def checker(
    change: Change, ticket: Ticket, customer: Customer, talk: Sequence[Message], sending: Sending, /
) -> list[Finding]:
    return [Finding("hole", "A value is missing.", blocking=True)] if "{{" in (change.reply or "") else []


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    store = Store.open(tmp_path / "desk.db")
    desk = Desk(store, clock=lambda: START, rules=DeskRules(routing=Rules(())), checker=checker, agent="eva")
    desk.receive([
        Incoming(
            connector="post", source="test", raw_sha256=f"{n}", kind=MessageKind.MAIL, from_name=f"Ana {n}",
            from_address=f"ana{n}@x.example", subject=f"Crash {n}", text="It crashes", new_text="It crashes", at=START,
            message_id=f"<{n}@x>", language="en", confidence=0.99,
        )
        for n in range(1, 5)
    ])  # fmt: skip
    return desk


def status(desk: Desk, number: int) -> Status:
    found = desk.store.tickets.get(number)
    assert found is not None
    return found.status


def test_selected_tickets_share_one_new_problem_and_one_undo_takes_it_back(desk: Desk) -> None:
    done = desk.act([1, 2, 3], Change(new_problem=" Crash on\nupload "))
    (problem,) = desk.store.problems.all()
    assert (problem.label, problem.title, problem.tickets, problem.waiting) == ("P-1", "Crash on upload", 3, 3)
    assert done.summary == "3 tickets: linked to P-1"
    row = desk.store.tickets.row(2)
    assert row is not None
    assert row.problem == 1
    assert desk.store.events.of(2)[-1].detail["problem"] == 1
    desk.undo()
    assert desk.store.problems.all() == []
    assert desk.store.problems.of(1) is None
    desk.redo()
    assert desk.store.problems.tickets(1) == [1, 2, 3]


def test_a_ticket_is_linked_to_one_problem_at_a_time(desk: Desk) -> None:
    desk.act([1], Change(new_problem="Crash"))
    desk.act([1, 2], Change(new_problem="Other"))
    assert desk.store.problems.tickets(1) == []
    assert desk.store.problems.tickets(2) == [1, 2]
    desk.act([2], Change(problem=0))
    assert desk.store.problems.tickets(2) == [1]
    desk.undo()
    desk.undo()
    assert desk.store.problems.tickets(1) == [1]


def test_a_problem_that_others_joined_is_not_taken_back(desk: Desk) -> None:
    desk.act([1], Change(new_problem="Crash"))
    Desk(desk.store, clock=lambda: START, rules=desk.rules, agent="bob").act([2], Change(problem=1))
    with pytest.raises(ConflictError, match="other tickets"):
        desk.undo()
    assert desk.store.problems.tickets(1) == [1, 2]


def test_all_linked_are_answered_as_one_action_each_with_its_own_words(desk: Desk) -> None:
    desk.act([1, 2, 3], Change(new_problem="Crash"))
    changes = {n: Change(reply=f"Fixed, Ana {n}", status=Status.SOLVED) for n in (1, 2, 3)}
    done = desk.act_each(changes, solves=1)
    assert done.summary == "3 tickets: P-1 solved, replied, solved"
    assert done.leaves_at == START + desk.rules.undo_seconds
    problem = desk.store.problems.get(1)
    assert problem is not None
    assert (problem.state, problem.waiting) == (ProblemState.SOLVED, 0)
    assert [desk.store.messages.of(n)[-1].text for n in (1, 2, 3)] == [changes[n].reply for n in (1, 2, 3)]
    assert {entry.recipient for entry in desk.store.outbox.waiting()} == {f"ana{n}@x.example" for n in (1, 2, 3)}
    desk.undo()
    assert desk.store.outbox.waiting() == []
    assert [status(desk, n) for n in (1, 2, 3)] == [Status.NEW] * 3
    assert desk.store.problems.all()[0].state is ProblemState.OPEN


def test_one_refusal_keeps_all_back(desk: Desk) -> None:
    desk.act([1, 2], Change(new_problem="Crash"))
    with pytest.raises(RuleError, match="missing"):
        desk.act_each({1: Change(reply="Fixed"), 2: Change(reply="Fixed {{ x }}")}, solves=1)
    assert desk.store.outbox.waiting() == []
    assert desk.store.problems.all()[0].state is ProblemState.OPEN


def test_a_rehearsal_tells_what_would_be_refused_and_changes_nothing(desk: Desk) -> None:
    desk.act([3], Change(status=Status.CLOSED))
    before = list(desk.store.tickets.each()), list(desk.store.events.each()), desk.store.actions.to_undo("eva")
    found = desk.rehearse({1: Change(reply="Fixed"), 2: Change(reply="{{ x }}"), 3: Change(reply="Fixed"), 9: Change()})
    assert found[1] == ""
    assert "missing" in found[2]
    assert "closed" in found[3]
    assert "no ticket #9" in found[9]
    assert before == (
        list(desk.store.tickets.each()), list(desk.store.events.each()), desk.store.actions.to_undo("eva"),
    )  # fmt: skip
    assert {entry.state for entry in desk.store.outbox.waiting()} <= {OutboxState.SENT}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Change(problem=7), "no problem P-7"),
        (Change(new_problem=" \n"), "needs a title"),
        (Change(problem=1), "solved"),
    ],
)
def test_a_problem_that_cannot_be_linked_to_is_refused(desk: Desk, change: Change, said: str) -> None:
    desk.act([1], Change(new_problem="Crash"))
    desk.act_each({1: Change(reply="Fixed")}, solves=1)
    with pytest.raises(RuleError, match=said):
        desk.act([2], change)


def test_an_answer_after_it_joins_its_own_ticket(desk: Desk) -> None:
    desk.act([1, 2], Change(new_problem="Crash"))
    desk.act_each({n: Change(reply="Fixed", status=Status.SOLVED) for n in (1, 2)}, solves=1)
    ours = desk.store.messages.of(2)[-1].message_id
    (received,) = desk.receive([
        Incoming(
            connector="post", source="test", raw_sha256="again", kind=MessageKind.MAIL, from_name="Ana 2",
            from_address="ana2@x.example", subject="Re: Crash 2", text="Not yet", new_text="Not yet", at=START,
            message_id="<again@x>", references=(ours,), language="en", confidence=0.99,
        )
    ])  # fmt: skip
    assert received.ticket_id == 2
    assert (status(desk, 1), status(desk, 2)) == (Status.SOLVED, Status.OPEN)
    assert desk.store.messages.of(2)[-1].direction is Direction.IN
    assert desk.store.problems.all(solved=True)[0].waiting == 1

"""A word given with a reply is kept with it, kept or broken by the next answer, and undone with the whole action."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.records.changes import Change
from data.records.incoming import Incoming
from data.records.messages import MessageKind
from data.records.promises import GivenPromise, Promise, PromiseState
from data.records.tickets import Status
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.routing.rules import Rules

START = 1_800_000_000
HOUR = 3600


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Desk:
    return Desk(Store.open(tmp_path / "desk.db"), clock=clock, rules=DeskRules(routing=Rules(())), agent="ann")


def arrive(desk: Desk, n: int = 1) -> int:
    item = Incoming(
        connector="x", source="x", raw_sha256=f"{n}", kind=MessageKind.MAIL, from_name="Ana", subject=f"Hello {n}",
        from_address=f"ana{n}@home.example", text="Hi", new_text="Hi", at=START, message_id=f"<{n}@x>", language="en",
        confidence=0.99,
    )  # fmt: skip
    return desk.receive([item])[0].ticket_id


def stand(desk: Desk, ticket: int) -> list[tuple[PromiseState, int]]:
    return [(one.state, one.due_at - START) for one in desk.store.promises.of(ticket)]


def test_the_words_of_a_reply_become_a_promise_with_its_message(desk: Desk) -> None:
    ticket = arrive(desk)
    change = Change(reply="Hi Ana, I'll get back to you within 24 hours.")
    assert desk.promise(ticket, change) == Promise("I'll get back to you within 24 hours", START + 24 * HOUR)
    desk.act([ticket], change)
    sent = desk.store.messages.of(ticket)[-1]
    assert desk.store.promises.of(ticket) == [
        GivenPromise(
            1,
            ticket,
            "I'll get back to you within 24 hours",
            START + 24 * HOUR,
            PromiseState.OPEN,
            START,
            "ann",
            sent.id,
        )
    ]
    assert desk.store.events.of(ticket)[-1].detail["promised"] == START + 24 * HOUR


def test_the_words_are_offered_first_and_what_the_agent_decides_is_kept(desk: Desk) -> None:
    ticket, reply = arrive(desk), "I'll get back to you within 24 hours."
    own = Promise("a call", START + 5)
    offered = desk.promise(ticket, Change(reply=reply, promise=own))
    assert offered is not None
    assert offered.due_at == START + 24 * HOUR
    assert desk.promise(ticket, Change(reply="Hi", promise=own)) == own
    assert desk.promise(ticket, Change(reply=reply, gives_no_promise=True)) is None
    assert desk.promise(ticket, Change(note=reply)) is None
    desk.act([ticket], Change(reply=reply, gives_no_promise=True))
    assert stand(desk, ticket) == []
    desk.act([ticket], Change(reply=reply, promise=own))
    assert stand(desk, ticket) == [(PromiseState.OPEN, 5)]


@pytest.mark.parametrize(
    ("after", "state"), [(HOUR, PromiseState.KEPT), (2 * HOUR, PromiseState.KEPT), (2 * HOUR + 1, PromiseState.BROKEN)]
)
@pytest.mark.parametrize("change", [Change(reply="Here it is."), Change(status=Status.SOLVED)])
def test_the_next_answer_keeps_it_or_comes_too_late(
    desk: Desk, clock: Clock, after: int, state: PromiseState, change: Change
) -> None:
    ticket = arrive(desk)
    desk.act([ticket], Change(reply="I will call you in 2 hours."))
    clock.now += after
    desk.act([ticket], Change(note="not yet", assignee="ann"))
    assert stand(desk, ticket) == [(PromiseState.OPEN, 2 * HOUR)]
    desk.act([ticket], change)
    assert stand(desk, ticket) == [(state, 2 * HOUR)]
    assert desk.store.promises.of(ticket)[0].settled_at == clock.now
    desk.undo()
    assert stand(desk, ticket) == [(PromiseState.OPEN, 2 * HOUR)]
    assert desk.store.promises.of(ticket)[0].settled_at is None
    desk.redo()
    assert stand(desk, ticket) == [(state, 2 * HOUR)]


def test_a_new_word_takes_the_place_of_the_old_one(desk: Desk) -> None:
    ticket = arrive(desk)
    desk.act([ticket], Change(reply="I will call you in 2 hours."))
    desk.act([ticket], Change(reply="I need longer: I will call you in 5 hours."))
    assert stand(desk, ticket) == [(PromiseState.KEPT, 2 * HOUR), (PromiseState.OPEN, 5 * HOUR)]


def test_undo_withdraws_it_with_the_reply_and_redo_gives_it_again(desk: Desk) -> None:
    ticket = arrive(desk)
    desk.act([ticket], Change(reply="I will call you in 2 hours."))
    desk.undo()
    assert stand(desk, ticket) == []
    assert desk.store.promises.open() == []
    desk.redo()
    assert stand(desk, ticket) == [(PromiseState.OPEN, 2 * HOUR)]


def test_a_ticket_that_waits_for_others_is_next_when_its_answer_is_due(desk: Desk, clock: Clock) -> None:
    ticket, other = arrive(desk, 1), arrive(desk, 2)
    desk.act([ticket], Change(reply="I will call you in 2 hours.", status=Status.PENDING))
    found = desk.next_up()
    assert found is not None
    assert found.ticket_id == other
    clock.now += 2 * HOUR - 600
    found = desk.next_up()
    assert found is not None
    assert (found.ticket_id, found.why) == (ticket, f"mail#{ticket} promised an answer in 10 min")
    clock.now += 1200
    found = desk.next_up()
    assert found is not None
    assert found.why == f"mail#{ticket} owes an answer promised for 10 min ago"
    assert desk.next_up(leaving=ticket) != found
    desk.act([ticket], Change(status=Status.SOLVED))
    found = desk.next_up()
    assert found is not None
    assert found.ticket_id == other

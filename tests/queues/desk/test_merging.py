"""Merging tickets: nothing lost, nothing sent twice or to another customer, the earliest clock, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from email import message_from_bytes
from pathlib import Path

import pytest

from data.errors import ConflictError, GateError, RuleError
from data.records.changes import Change
from data.records.escalations import Escalation, TeamAnswer
from data.records.messages import MessageKind
from data.records.outbox import OutboxState
from data.records.participants import Standing
from data.records.promises import Promise
from data.records.tickets import Priority, Severity, Status
from data.store import Store
from queues.clocks.sla import Policy
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.desk.participants import participants
from queues.outgoing.outbox import deliver_due
from queues.procedures.procedure import Procedure, Step, StepKind
from queues.routing.rules import Rules
from tests.queues.mails import ANA, BOB, EVE, START, Clock, Post, answer, come, get, mail, notes, picture, texts

HOUR = 3_600
CONFIRMS = Procedure(
    "identity", 1, date(2026, 1, 1), {}, (Step("who", StepKind.CHECK, {"en": "Who?"}, gate=True),),
    topics=frozenset({"access"}),
)  # fmt: skip
LOOKS_UP = Procedure("refund", 1, date(2026, 1, 1), {}, (Step("found", StepKind.CHECK, {"en": "Paid?"}),),
                     topics=frozenset({"refund"}))  # fmt: skip


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    store = Store.open(tmp_path / "desk.db")
    policies = (
        Policy("safety", HOUR, HOUR, 4 * HOUR, lanes=frozenset({"safety"})),
        Policy("law", 24 * HOUR, 24 * HOUR, 720 * HOUR, topics=frozenset({"data-request"}), statutory=True),
        Policy("any", 4 * HOUR, 8 * HOUR, 48 * HOUR),
    )
    rules = DeskRules(
        routing=Rules(()),
        policies=policies,
        undo_seconds=10,
        procedures={p.id: p for p in (CONFIRMS, LOOKS_UP)},
        reopen_days=0,
    )
    yield Desk(store, clock=clock, rules=rules, agent="noa")
    store.close()


def merge(desk: Desk, number: int, into: int, *, other: bool = False) -> str:
    return desk.act([number], Change(merge_into=into, other_customer=other)).summary


def test_messages_go_over_in_the_order_of_time_and_the_merged_ticket_points_there(desk: Desk) -> None:
    late = come(desk, mail(at=START - 100))
    early = come(desk, mail(subject="Where is it?", at=START - 300))  # filed later, written earlier
    answer(desk, desk.store.messages.of(early)[0].message_id, at=START - 50)
    assert merge(desk, early, late) == f"#{early}: merged into #{late}"
    assert len(texts(desk, late)) == 3
    times = [message.received_at for message in desk.store.messages.of(late)]
    assert times == sorted(times)
    merged = get(desk, early)
    assert (merged.status, merged.merged_into) == (Status.CLOSED, late)
    assert texts(desk, early) == []
    assert notes(desk, early) == [f"Merged into #{late} “My order”, with 2 messages."]
    assert notes(desk, late) == [
        f"#{early} “Where is it?” was merged into this ticket, with 2 messages of ana <{ANA}>."
    ]


def test_undo_takes_the_whole_merge_back_and_redo_does_it_again(desk: Desk, clock: Clock) -> None:
    one, two = come(desk, mail(cc=(BOB,))), come(desk)
    desk.act([one], Change(escalate=Escalation("billing", "refund"), promise=Promise("news", START + HOUR)))
    desk.act([one], Change(reply="Soon", new_problem="It is late"))
    desk.save_draft(one, "unfinished", revision=0)
    before = picture(desk)
    merge(desk, one, two)
    after = picture(desk)
    assert before != after
    desk.undo()
    assert picture(desk) == before
    desk.redo()
    assert picture(desk) == after


def test_later_mail_to_either_thread_joins_the_kept_ticket(desk: Desk) -> None:
    one, two = come(desk, mail(to=("support@us.example", BOB))), come(desk, mail(subject="Another"))
    first = desk.store.messages.of(one)[0].message_id
    desk.act([one], Change(reply="We look"))
    ours = desk.store.messages.of(one)[-1].message_id
    merge(desk, one, two)
    assert answer(desk, first) == two
    assert answer(desk, ours) == two
    assert answer(desk, first, BOB) == two, "who was in To of the merged ticket's first mail takes part"
    assert come(desk, mail(subject="Re: My order")) == two, "without references, by the merged ticket's subject"
    assert answer(desk, first, EVE) not in (one, two), "a stranger who names the thread has a ticket of their own"
    assert answer(desk, ours, needs_our_id=True) == two
    assert answer(desk, first, needs_our_id=True) == two
    assert texts(desk, one) == []


def test_merges_can_be_chained_and_several_tickets_merged_at_once(desk: Desk) -> None:
    one, two, three = come(desk), come(desk), come(desk)
    first = desk.store.messages.of(one)[0].message_id
    merge(desk, one, two)
    merge(desk, two, three)
    assert answer(desk, first) == three
    assert len(texts(desk, three)) == 4
    four, five = come(desk), come(desk)
    desk.act([four, five], Change(merge_into=three))
    assert len(texts(desk, three)) == 6


def test_a_merged_ticket_is_left_alone_by_every_door(desk: Desk) -> None:
    one, two = come(desk), come(desk)
    merge(desk, one, two)
    for change in (Change(status=Status.OPEN), Change(note="x"), Change(reply="x"), Change(add_tags=("x",))):
        with pytest.raises(RuleError, match=f"merged into #{two}"):
            desk.act([one], change)
    with pytest.raises(RuleError, match=f"#{one} was merged"):
        merge(desk, two, one)
    with pytest.raises(RuleError, match=f"merged into #{two}"):
        desk.take_step(one, "who", True)
    desk.follow(one, "post", status=Status.OPEN)
    assert get(desk, one).status is Status.CLOSED
    with pytest.raises(RuleError, match="cannot go into itself"):
        merge(desk, two, two)
    with pytest.raises(RuleError, match="no ticket #99"):
        merge(desk, two, 99)


@pytest.mark.parametrize("connector", ["rt:helpdesk", "zendesk:shop", "roundup:bugs"])
def test_tickets_of_a_ticketing_system_are_refused_both_ways(desk: Desk, connector: str) -> None:
    there = come(desk, mail(connector=connector, external_ref="7"))
    here = come(desk)
    before = picture(desk)
    for one, two in ((there, here), (here, there)):
        with pytest.raises(RuleError, match="cannot merge tickets, split them or move messages there"):
            merge(desk, one, two, other=True)
    assert picture(desk) == before


class TestClocks:
    def test_the_earliest_clock_stands_until_the_reply(self, desk: Desk, clock: Clock) -> None:
        urgent, kept = come(desk, mail(lane="safety")), come(desk)
        desk.act([urgent], Change(lane="safety"))
        due = get(desk, urgent).due_at
        assert due == START + HOUR
        assert get(desk, kept).due_at == START + 4 * HOUR
        merge(desk, urgent, kept)
        assert get(desk, kept).due_at == due
        desk.act([kept], Change(add_tags=("x",)))
        assert get(desk, kept).due_at == due, "a change that is no reply leaves the clock where it is"
        desk.act([kept], Change(reply="Hello", status=Status.OPEN))
        assert get(desk, kept).first_due is None
        clock.now += 100
        answer(desk, desk.store.messages.of(kept)[-1].message_id, at=clock.now)
        assert get(desk, kept).next_due == clock.now + 8 * HOUR

    def test_what_was_unanswered_stays_unanswered_whatever_was_replied_on_the_other(
        self, desk: Desk, clock: Clock
    ) -> None:
        waits, answered = come(desk), come(desk, mail(at=START + 5))
        clock.now += 10
        desk.act([answered], Change(reply="Done"))
        for one, two in ((waits, answered), (answered, waits)):
            merge(desk, one, two)
            kept = get(desk, two)
            assert kept.status in (Status.OPEN, Status.NEW)
            assert kept.due_at is not None
            assert desk.store.messages.last_times(two)[0] == START
            desk.undo()
        merge(desk, waits, answered)
        clock.now += 10
        desk.act([answered], Change(reply="That too"))
        assert desk.store.messages.last_times(answered)[0] is None

    def test_the_resolution_is_due_as_of_the_ticket_that_is_due_first(self, desk: Desk, clock: Clock) -> None:
        old = come(desk)
        desk.act([old], Change(status=Status.PENDING))
        clock.now += 100 * HOUR
        young = come(desk, mail(at=clock.now))
        desk.act([old], Change(status=Status.OPEN))
        due = min(due for number in (old, young) if (due := get(desk, number).resolve_due) is not None)
        merge(desk, young, old)
        assert get(desk, old).resolve_due == due


def test_the_more_pressing_of_both_is_kept(desk: Desk) -> None:
    one, two = come(desk), come(desk)
    desk.act([one], Change(priority=Priority.URGENT, severity=Severity.S1, add_tags=("a", "b"), assignee="noa"))
    desk.act([two], Change(priority=Priority.LOW, severity=Severity.S3, add_tags=("b", "c"), status=Status.SOLVED))
    merge(desk, one, two)
    kept = get(desk, two)
    assert (kept.priority, kept.severity, kept.assignee) == (Priority.URGENT, Severity.S1, "noa")
    assert kept.tags == ("b", "c", "a")
    assert (kept.status, kept.reopens, kept.solved_at) == (Status.OPEN, 1, None)


@pytest.mark.parametrize(
    ("status", "into", "after"),
    [
        (Status.PENDING, Status.SOLVED, Status.PENDING),
        (Status.SOLVED, Status.PENDING, Status.PENDING),
        (Status.SUSPENDED, Status.PENDING, Status.OPEN),
        (Status.CLOSED, Status.SOLVED, Status.SOLVED),
        (Status.ON_HOLD, Status.PENDING, Status.ON_HOLD),
        (Status.PENDING, Status.OPEN, Status.OPEN),
    ],
)
def test_the_livelier_status_is_kept(desk: Desk, status: Status, into: Status, after: Status) -> None:
    one, two = come(desk), come(desk)
    desk.act([one], Change(status=status))
    desk.act([two], Change(status=into))
    merge(desk, one, two)
    assert get(desk, two).status is after


def test_the_earlier_snooze_is_kept(desk: Desk) -> None:
    one, two = come(desk), come(desk)
    desk.act([one], Change(snooze_until=START + HOUR))
    desk.act([two], Change(snooze_until=START + 2 * HOUR))
    merge(desk, one, two)
    assert (get(desk, two).status, get(desk, two).snoozed_until) == (Status.SNOOZED, START + HOUR)
    assert desk.store.tickets.to_wake(START + HOUR) == [two]


class TestOutbox:
    def test_a_waiting_reply_leaves_once_on_the_kept_ticket(self, desk: Desk, clock: Clock) -> None:
        one, two = come(desk), come(desk)
        desk.act([one], Change(reply="First"))
        clock.now += 1
        answer(desk, desk.store.messages.of(two)[0].message_id, at=clock.now)  # newer than the reply, elsewhere
        merge(desk, one, two)
        clock.now += 100
        post = Post()
        for _ in range(3):
            deliver_due(desk.store, {"post": post}, clock.now)
        assert [(entry.ticket_id, entry.recipient) for entry in post.sent] == [(two, ANA)]
        assert desk.store.messages.sent_by_us(two, post.sent[0].message_id) is not None

    def test_a_reply_that_the_customer_overtook_is_held_as_before(self, desk: Desk, clock: Clock) -> None:
        one, two = come(desk), come(desk)
        desk.act([one], Change(reply="First"))
        answer(desk, desk.store.messages.of(one)[0].message_id)
        merge(desk, one, two)
        clock.now += 100
        assert deliver_due(desk.store, {"post": Post()}, clock.now).held == 1

    def test_mail_that_comes_after_the_merge_holds_the_reply(self, desk: Desk, clock: Clock) -> None:
        one, two = come(desk), come(desk)
        desk.act([one], Change(reply="First"))
        merge(desk, one, two)
        answer(desk, desk.store.messages.of(two)[0].message_id)
        clock.now += 100
        assert deliver_due(desk.store, {"post": Post()}, clock.now).held == 1

    def test_two_tickets_whose_drafts_have_one_number_lose_none(self, desk: Desk, clock: Clock) -> None:
        one, two = come(desk), come(desk)
        draft = desk.save_draft(one, "First", revision=0)
        desk.act([one], Change(reply="First", draft=draft.revision))
        other = desk.save_draft(two, "Second", revision=0)
        assert other.revision == draft.revision
        merge(desk, one, two)
        desk.act([two], Change(reply="Second", draft=other.revision))
        assert len(desk.store.outbox.waiting()) == 2
        clock.now += 100
        post = Post()
        deliver_due(desk.store, {"post": post}, clock.now)
        assert len(post.sent) == 2

    def test_the_draft_goes_along_and_can_be_sent(self, desk: Desk) -> None:
        one, two = come(desk), come(desk)
        desk.save_draft(one, "unfinished", revision=0)
        merge(desk, one, two)
        taken = desk.store.drafts.get(two)
        assert taken is not None
        assert taken.text == "unfinished"
        assert desk.store.drafts.get(one) is None
        desk.act([two], Change(reply="unfinished", draft=taken.revision))

    def test_of_two_drafts_the_other_becomes_a_note(self, desk: Desk) -> None:
        one, two = come(desk), come(desk)
        desk.save_draft(one, "from one", revision=0)
        desk.save_draft(two, "from two", revision=0)
        merge(desk, one, two)
        kept = desk.store.drafts.get(two)
        assert kept is not None
        assert kept.text == "from two"
        assert notes(desk, two)[0].endswith("Its draft, which was not sent:\n\nfrom one")

    def test_a_draft_that_was_written_on_stops_undo(self, desk: Desk) -> None:
        one, two = come(desk), come(desk)
        desk.save_draft(one, "unfinished", revision=0)
        merge(desk, one, two)
        taken = desk.store.drafts.get(two)
        assert taken is not None
        desk.save_draft(two, "unfinished, and more", revision=taken.revision)
        with pytest.raises(ConflictError, match="changed or sent"):
            desk.undo()
        assert get(desk, one).merged_into == two


def test_what_other_teams_were_asked_and_customers_were_promised_goes_along(desk: Desk) -> None:
    one, two = come(desk), come(desk)
    desk.act([one], Change(escalate=Escalation("billing", "refund")))
    desk.act([one], Change(reply="You hear from us by noon.", promise=Promise("by noon", START + HOUR)))
    desk.act([one], Change(new_problem="Late parcels"))
    merge(desk, one, two)
    (child,) = desk.store.escalations.of(two)
    desk.act([two], Change(team_answer=TeamAnswer(child.id, "Paid")))
    assert [promise.text for promise in desk.store.promises.of(two)] == ["by noon"]
    assert desk.store.problems.linked(two) == 1


class TestOtherCustomers:
    def test_another_customers_ticket_is_merged_only_when_confirmed(self, desk: Desk) -> None:
        one, two = come(desk), come(desk, mail(BOB))
        with pytest.raises(RuleError, match="different customers"):
            merge(desk, one, two)
        merge(desk, one, two, other=True)
        assert notes(desk, two)[0].endswith("replies and copies do not go there unless you take them in.")

    @pytest.mark.parametrize("form", [False, True])
    def test_the_other_customer_gets_no_reply_and_no_copy(self, desk: Desk, form: bool) -> None:
        """Whoever wrote last is answered, unless it was the other customer."""
        kept = mail("forms@shop.example", kind=MessageKind.FORM, reply_to=BOB) if form else mail(BOB)
        other = mail("forms@shop.example", kind=MessageKind.FORM, reply_to=ANA) if form else mail(ANA)
        two = come(desk, kept)
        one = come(desk, replace(other, cc=(EVE,)))
        merge(desk, one, two, other=True)
        assert desk.recipient(two) == BOB
        assert desk.copies(two, Change(reply="x")) == ()
        standings = {p.address: p.standing for p in participants(desk.store, desk.rules, get(desk, two))}
        assert standings[ANA] is Standing.NEW
        assert standings[EVE] is Standing.NEW
        desk.act([two], Change(reply="For Bob"))
        raw = message_from_bytes(desk.store.outbox.waiting()[0].raw)
        assert raw["To"].endswith(BOB) or BOB in raw["To"]
        assert raw["Cc"] is None
        assert other.message_id not in str(raw), "not even the other customer's Message-ID"
        assert desk.copies(two, Change(reply="x", take_in=(ANA,))) == (ANA,)

    def test_mail_of_the_other_customer_joins_and_is_still_not_answered(self, desk: Desk) -> None:
        one, two = come(desk), come(desk, mail(BOB))
        first = desk.store.messages.of(one)[0].message_id
        merge(desk, one, two, other=True)
        assert answer(desk, first) == two
        assert desk.recipient(two) == BOB

    def test_copies_of_the_kept_ticket_stay_as_they_were(self, desk: Desk) -> None:
        one = come(desk, mail(cc=(EVE,)))
        two = come(desk, mail(cc=(BOB,)))
        merge(desk, one, two)
        assert desk.copies(two, Change(reply="x")) == (BOB,)
        standings = {p.address: p.standing for p in participants(desk.store, desk.rules, get(desk, two))}
        assert standings == {BOB: Standing.KEPT, EVE: Standing.NEW}


class TestRules:
    def test_open_gates_are_not_walked_around(self, desk: Desk) -> None:
        one, two = come(desk), come(desk)
        desk.act([one], Change(topic="access", procedure="identity"))
        merge(desk, one, two)
        assert get(desk, two).procedure == "identity", "a ticket without a procedure follows that of the other"
        with pytest.raises(GateError):
            desk.act([two], Change(status=Status.SOLVED))
        desk.undo()
        desk.act([two], Change(topic="refund", procedure="refund"))
        with pytest.raises(GateError):
            merge(desk, one, two)
        merge(desk, two, one)

    def test_the_answers_to_the_steps_go_along(self, desk: Desk) -> None:
        one, two = come(desk), come(desk)
        desk.act([one], Change(topic="access", procedure="identity"))
        desk.take_step(one, "who", True)
        merge(desk, one, two)
        desk.act([two], Change(status=Status.SOLVED))

    @pytest.mark.parametrize("topic", ["hacked-account", "underage-report", "ban-appeal", "data-request"])
    def test_safeguards_and_a_laws_clock_are_not_lost(self, desk: Desk, topic: str) -> None:
        one, two, three = come(desk), come(desk), come(desk)
        desk.act([one], Change(topic=topic))
        desk.act([two], Change(topic="refund"))
        with pytest.raises(RuleError, match="under rules that"):
            merge(desk, one, two)
        merge(desk, one, three)
        assert get(desk, three).topic == topic

    def test_nothing_else_is_asked_in_the_same_change(self, desk: Desk) -> None:
        one, two = come(desk), come(desk)
        with pytest.raises(RuleError, match="merged and nothing else"):
            desk.act([one], Change(merge_into=two, reply="Hello"))

    def test_a_suspended_ticket_keeps_no_one(self, desk: Desk) -> None:
        one, two = come(desk), come(desk)
        desk.act([two], Change(status=Status.SUSPENDED))
        with pytest.raises(RuleError, match="is suspended"):
            merge(desk, one, two)


def test_a_merge_that_mail_came_after_is_not_undone_by_halves(desk: Desk, clock: Clock) -> None:
    one, two = come(desk), come(desk)
    first = desk.store.messages.of(one)[0].message_id
    clock.now += 1
    merge(desk, one, two)
    answer(desk, first, at=START + 5)
    before = picture(desk)
    with pytest.raises(ConflictError):
        desk.undo()
    assert picture(desk) == before


def test_the_state_of_a_sent_reply_stays_with_it(desk: Desk, clock: Clock) -> None:
    one, two = come(desk), come(desk)
    desk.act([one], Change(reply="First"))
    clock.now += 100
    deliver_due(desk.store, {"post": Post()}, clock.now)
    merge(desk, one, two)
    (entry,) = [desk.store.outbox.get(1)]
    assert entry is not None
    assert (entry.state, entry.ticket_id) == (OutboxState.SENT, two)
    assert desk.store.outbox.last_sent(two) == clock.now

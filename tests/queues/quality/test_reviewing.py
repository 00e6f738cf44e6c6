"""Reviews through the one door: never one's own, kept whole, undone until seen, answered by whose reply it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest

from data.errors import ConflictError, RuleError
from data.records.changes import Change
from data.records.incoming import Incoming
from data.records.messages import Direction, MessageKind
from data.records.reviews import AnswerKind, Review
from data.records.tickets import Severity, Status
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.figures.grouping import By
from queues.figures.metrics import Metric
from queues.figures.reporting import Period, report
from queues.quality.cards import Scorecard, built_in
from queues.quality.reviewing import card_then
from queues.routing.rules import Rules

START = 1_800_000_000
HOUR = 3_600
CARD: Scorecard = built_in()["support-reply"]
GOOD: dict[str, int | None] = {one.id: one.best for one in CARD.criteria}


class Team:
    """Several agents on one file, on one clock."""

    def __init__(self, path: Path) -> None:
        self.now = START
        self.store = Store.open(path)
        self._desks: dict[str, Desk] = {}

    def desk(self, name: str) -> Desk:
        rules = DeskRules(routing=Rules(()))
        return self._desks.setdefault(name, Desk(self.store, clock=lambda: self.now, rules=rules, agent=name))

    def reply(self, name: str, change: Change | None = None) -> int:
        """A new ticket answered by `name`; the number of the reply."""
        number = len(list(self.store.messages.each())) + 1
        item = Incoming(
            connector="x", source="x", raw_sha256=f"{number}", kind=MessageKind.MAIL, from_name="Zoe", subject="Hello",
            from_address=f"zoe{number}@home.example", text="Hi", new_text="Hi", at=self.now, message_id=f"<{number}@x>",
            language="en", confidence=0.99,
        )  # fmt: skip
        ticket = self.desk("intake").receive([item])[0].ticket_id
        self.desk(name).act([ticket], change or Change(reply="Here you are.", status=Status.SOLVED))
        return self.store.messages.of(ticket)[-1].id

    def standing(self, message: int) -> list[Review]:
        return self.store.reviews.of_message(message)


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team(tmp_path / "desk.db")


def test_a_review_is_kept_with_its_marks_and_its_event(team: Team) -> None:
    message = team.reply("ann")
    done = team.desk("lea").reviews.review(message, CARD, GOOD | {"tone": 1}, comment="Good", comments={"tone": "curt"})
    (review,) = team.standing(message)
    assert (review.agent, review.reviewer, review.scorecard, review.comment) == (
        "ann",
        "lea",
        "support-reply@1",
        "Good",
    )
    assert review.percent == pytest.approx(100 * 15 / 16)
    assert "94 %" in done.summary
    marks = {one.criterion: one for one in team.store.reviews.marks(review.id)}
    assert (marks["tone"].points, marks["tone"].best, marks["tone"].comment) == (1, 2, "curt")
    event = team.store.events.of(review.ticket_id)[-1]
    assert (event.kind, event.actor, event.detail["percent"]) == ("reviewed", "lea", review.percent)
    assert "curt" not in str(event.detail)


def test_what_fails_the_whole_is_told(team: Team) -> None:
    message = team.reply("ann")
    done = team.desk("lea").reviews.review(message, CARD, GOOD | {"privacy": 0})
    assert "0 %, failed by privacy" in done.summary
    assert team.standing(message)[0].failed == ("privacy",)


def test_nobody_reviews_their_own_reply(team: Team) -> None:
    message = team.reply("ann")
    with pytest.raises(RuleError, match="ann wrote this reply on #1; another agent has to review it"):
        team.desk("ann").reviews.review(message, CARD, GOOD)
    with pytest.raises(RuleError, match="another agent"):
        team.desk("lea").reviews.calibrate(message, "Ann", CARD)
    with pytest.raises(RuleError, match="no reply 99"):
        team.desk("lea").reviews.review(99, CARD, GOOD)
    with pytest.raises(RuleError, match="no reply 1;"):  # the customer's message
        team.desk("lea").reviews.review(1, CARD, GOOD)


def test_a_review_is_undone_until_the_agent_saw_it(team: Team) -> None:
    message = team.reply("ann")
    lea, ann = team.desk("lea"), team.desk("ann")
    lea.reviews.review(message, CARD, GOOD)
    lea.undo()
    assert team.standing(message) == []
    lea.redo()
    (review,) = team.standing(message)
    assert team.store.reviews.unread("ann") == 1
    assert not lea.reviews.see(review.id)  # only whose reply it is sees it
    assert ann.reviews.see(review.id)
    assert not ann.reviews.see(review.id)
    assert team.store.reviews.unread("ann") == 0
    with pytest.raises(ConflictError, match="The agent has seen review 1; revise it instead"):
        lea.undo()
    assert len(team.standing(message)) == 1


def test_a_dispute_is_answered_by_a_revision_and_all_stays_readable(team: Team) -> None:
    message = team.reply("ann")
    lea, ann = team.desk("lea"), team.desk("ann")
    lea.reviews.review(message, CARD, GOOD | {"answers": 0})
    (first,) = team.standing(message)
    with pytest.raises(RuleError, match="Say what is wrong"):
        ann.reviews.answer(first.id, AnswerKind.DISPUTE, " ")
    ann.reviews.answer(first.id, AnswerKind.DISPUTE, "It answers both questions.")
    assert team.store.reviews.disputed("lea") == 1
    lea.reviews.review(message, CARD, GOOD, comment="You are right.")
    (second,) = team.standing(message)
    assert (second.revises, second.percent, second.seen_at) == (first.id, 100, None)
    assert team.store.reviews.disputed("lea") == 0
    assert team.store.reviews.unread("ann") == 1
    ann.reviews.answer(second.id, AnswerKind.ACCEPT)
    assert [(one.kind, one.text) for one in team.store.reviews.answers(second.id)] == [
        (AnswerKind.DISPUTE, "It answers both questions."), (AnswerKind.ACCEPT, ""),
    ]  # fmt: skip
    old = team.store.reviews.get(first.id)
    assert old is not None
    assert (old.state, old.percent) == ("revised", first.percent)
    ann.undo()
    assert len(team.store.reviews.answers(second.id)) == 1
    with pytest.raises(RuleError, match="Review 1 does not exist"):
        ann.reviews.answer(first.id, AnswerKind.ACCEPT)


def test_a_reviewer_stands_by_a_disputed_review_and_others_have_no_say(team: Team) -> None:
    message = team.reply("ann")
    lea, ann = team.desk("lea"), team.desk("ann")
    lea.reviews.review(message, CARD, GOOD)
    with pytest.raises(RuleError, match="not disputed"):
        lea.reviews.answer(1, AnswerKind.UPHOLD, "no")
    ann.reviews.answer(1, AnswerKind.DISPUTE, "why?")
    for name, kind in (("bob", AnswerKind.ACCEPT), ("lea", AnswerKind.DISPUTE), ("ann", AnswerKind.UPHOLD)):
        with pytest.raises(RuleError, match="answered in this way by"):
            team.desk(name).reviews.answer(1, kind, "x")
    lea.reviews.answer(1, AnswerKind.UPHOLD, "Because of the second question.")
    assert team.store.reviews.disputed("lea") == 0


def test_a_second_reviewer_is_sent_to_calibration(team: Team) -> None:
    message = team.reply("ann")
    team.desk("lea").reviews.review(message, CARD, GOOD)
    with pytest.raises(RuleError, match="lea reviewed this reply"):
        team.desk("max").reviews.review(message, CARD, GOOD)


def test_what_is_not_seen_comes_before_what_is_however_old(team: Team) -> None:
    for n in range(4):
        team.now = START + n
        team.desk("lea").reviews.review(team.reply("ann"), CARD, GOOD)
    newest_first = [one.id for one in team.store.reviews.each(agent="ann")]
    for number in newest_first[:3]:
        team.desk("ann").reviews.see(number)
    assert [one.id for one in team.store.reviews.for_agent("ann", 2)] == [newest_first[3], newest_first[0]]
    assert team.store.reviews.for_agent("lea", 2) == []


def test_a_calibration_is_blind_counts_nowhere_and_is_never_shown_to_the_agent(team: Team) -> None:
    message = team.reply("ann")
    lea, max_ = team.desk("lea"), team.desk("max")
    one = lea.reviews.calibrate(message, "max", CARD)
    assert [held.why for held in max_.reviews.to_review()] == [(f"calibration {one.label}",)]
    max_.reviews.review(message, CARD, GOOD)
    assert max_.reviews.to_review() == []
    lea.reviews.review(message, CARD, GOOD | {"tone": 0})
    assert team.store.reviews.unread("ann") == 0
    assert team.store.reviews.each() == []
    ((held, given),) = team.store.reviews.calibrations()
    assert (held.id, {name: review.percent for name, review in given.items()}) == (one.id, {"max": 100, "lea": 87.5})
    with pytest.raises(RuleError, match="another reviewer"):
        lea.reviews.calibrate(message, "LEA", CARD)
    # afterwards an ordinary review of the same reply is one of its own
    lea.reviews.review(message, CARD, GOOD)
    assert [review.calibration for review in team.store.reviews.each()] == [None]


def test_a_sample_holds_no_reply_of_the_reviewer_and_no_ticket_of_an_earlier_one(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = {name: [team.reply(name) for _ in range(3)] for name in ("ann", "bob", "lea")}
    lea = team.desk("lea")
    offered = list(team.store.reviews.candidates(START, START + 1))
    first = lea.reviews.sample("fair", 4, START, START + 1, "7")
    assert sorted(one.agent for one in first.picked) == ["ann", "ann", "bob", "bob"]
    assert [one.message_id for one in lea.reviews.to_review()] == [one.message_id for one in first.picked]
    events = [one.kind for picked in first.picked for one in team.store.events.of(picked.ticket_id)]
    assert events.count("sampled") == 4
    lea.reviews.review(first.picked[0].message_id, CARD, GOOD)
    assert len(lea.reviews.to_review()) == 3
    lea.undo()
    lea.undo()
    assert lea.reviews.to_review() == []
    again = lea.reviews.sample("fair", 4, START, START + 1, "7")
    assert again.picked == first.picked
    # who draws while another does, from the same look at the record, is told so
    monkeypatch.setattr(team.store.reviews, "candidates", lambda since, until: iter(offered))
    with pytest.raises(ConflictError, match="Another reviewer just sampled"):
        team.desk("max").reviews.sample("fair", 4, START, START + 1, "7")
    monkeypatch.undo()
    rest = lea.reviews.sample("fair", 99, START, START + 1, "7", agents=["Bob"])
    assert [one.message_id for one in rest.picked] == [
        number for number in numbers["bob"] if number not in {one.message_id for one in first.picked}
    ]
    with pytest.raises(RuleError, match="no unreviewed reply of another agent"):
        lea.reviews.sample("fair", 1, START, START + 1, "7", agents=["bob"])


def test_a_colleagues_reply_that_came_from_another_system_is_drawn_too(team: Team) -> None:
    item = Incoming(
        connector="rt", source="rt", raw_sha256="out", kind=MessageKind.MAIL, from_name="Bo", subject="Hello",
        from_address="support@x.example", text="Done.", new_text="Done.", at=START, message_id="<out@x>",
        direction=Direction.OUT, to=("zoe@home.example",), language="en", confidence=0.99,
    )  # fmt: skip
    team.desk("intake").receive([item])
    (picked,) = team.desk("lea").reviews.sample("fair", 5, START, START + 1, "7").picked
    assert picked.agent == "Bo"


def test_risk_is_seen_in_the_record(team: Team) -> None:
    plain = team.reply("ann")
    grave = team.reply("ann", Change(reply="x" * 1_600, severity=Severity.S1, status=Status.SOLVED))
    lea = team.desk("lea")
    (picked,) = lea.reviews.sample("risk", 5, START, START + 1, "7").picked
    assert (picked.message_id, picked.why) == (grave, ("severity: S1", "long: 1,600 letters"))
    with pytest.raises(RuleError, match="no reply at risk"):
        lea.reviews.sample("risk", 5, START, START + 1, "7")
    assert plain not in {one.message_id for one in lea.reviews.to_review()}


def test_lateness_and_what_a_reply_went_past_are_read_from_its_event(team: Team) -> None:
    number = team.reply("ann")
    ticket = team.store.messages.get(number)
    assert ticket is not None
    team.desk("ann").acknowledge("macro", "general/x", "text")
    item = Incoming(
        connector="x", source="x", raw_sha256="late", kind=MessageKind.MAIL, from_name="Zoe", subject="Re: Hello",
        from_address="zoe1@home.example", text="And?", new_text="And?", at=None, message_id="<late@x>", language="en",
        confidence=0.99, references=("<1@x>",),
    )  # fmt: skip
    team.desk("intake").receive([item])
    team.now += 30 * HOUR
    team.desk("ann").act([ticket.ticket_id], Change(reply="Sorry.", macro="general/x", status=Status.SOLVED))
    found = {one.message_id: one for one in team.store.reviews.candidates(START, START + 99 * HOUR)}
    late = max(found)
    assert (found[late].late, found[late].new_wording, found[late].reopens) == (True, True, 1)
    assert (found[number].late, found[number].new_wording) == (False, False)


def test_figures_count_what_stands_once_and_no_calibration(team: Team) -> None:
    lea = team.desk("lea")
    messages = [team.reply("ann"), team.reply("bob"), team.reply("ann")]
    for message in messages[:2]:
        lea.reviews.review(message, CARD, GOOD | {"tone": 0})
    lea.reviews.review(messages[0], CARD, GOOD)
    lea.reviews.calibrate(messages[2], "max", CARD)
    lea.reviews.review(messages[2], CARD, GOOD | {"privacy": 0})
    by_agent = report(team.store, Period(START, START + 1), By.AGENT, UTC).now
    assert by_agent["ann"][Metric.REVIEW].mean == 100
    assert by_agent["ann"][Metric.REVIEW].count == 1
    assert by_agent["bob"][Metric.REVIEW].mean == 88


@pytest.mark.parametrize("card", built_in().values(), ids=lambda card: card.id)
def test_what_a_card_said_stays_with_the_reviews_given_by_it(team: Team, card: Scorecard) -> None:
    points: dict[str, int | None] = {one.id: one.best for one in card.criteria}
    assert card_then(team.store, card.label) is None
    team.desk("lea").reviews.review(team.reply("ann"), card, points)
    assert card_then(team.store, card.label) == card
    changed = replace(card, criteria=tuple(replace(one, text={"en": "Other"}) for one in card.criteria))
    team.desk("lea").reviews.review(team.reply("ann"), changed, points)
    assert card_then(team.store, card.label) == card

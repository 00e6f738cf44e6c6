"""Gates through the one door: every road meets them, a reason passes them and is kept, undo takes steps back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data.errors import GateError, RuleError
from data.records.changes import Change, Finding
from data.records.escalations import Escalation
from data.records.incoming import Incoming
from data.records.messages import MessageKind
from data.records.tickets import Severity, Status, Ticket
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.desk.waiting_replies import Wish
from queues.procedures.procedure import built_in, load_text, procedure_for
from queues.routing.rules import Rules

NOW = 1_800_000_000
LOCK = load_text(
    """
id = "lock"
version = 3
effective = 2026-01-01
plain_answers = ["lock/steps"]
[[step]]
id = "no-promise"
kind = "check"
gate = true
watches = ["promise"]
text = "Promises nothing."
[[step]]
id = "risk"
kind = "choose"
gate = true
choices = ["S1", "S3"]
sets = "severity"
text = "How bad?"
[[step]]
id = "team"
kind = "escalate"
gate = true
team = "Integrity"
text = "Hand over."
"""
)

WORDS = load_text(
    """
id = "words"
version = 1
effective = 2026-01-01
plain_answers = ["words/explain"]
[applies]
tags = ["said"]
[[step]]
id = "freeze"
kind = "check"
gate = true
text = "Freeze it."
[[step]]
id = "owner"
kind = "check"
gate = "reply"
passes = ["words/ask-who"]
text = "The owner writes."
[[step]]
id = "team"
kind = "escalate"
gate = "reply"
team = "Integrity"
text = "They decide."
"""
)
HARM = load_text(
    """
id = "harm"
version = 1
effective = 2026-01-01
[applies]
lanes = ["safety"]
fallback = true
[[step]]
id = "topic"
kind = "choose"
gate = "reply"
sets = "topic"
choices = ["said", "else"]
text = "What about?"
"""
)
SAID = load_text(
    """
id = "zz-said"
version = 1
effective = 2026-01-01
[applies]
topics = ["said"]
lanes = ["safety"]
[[step]]
id = "look"
kind = "check"
gate = "reply"
text = "Look."
"""
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    def checker(change: Change, *_: Any) -> list[Finding]:
        return [Finding("promise", "Promised.")] if "promise" in (change.reply or "") else []

    rules = DeskRules(routing=Rules(()), procedures={"lock": LOCK, "words": WORDS, **built_in()})
    store = Store.open(tmp_path / "desk.db")
    return Desk(store, clock=lambda: NOW, rules=rules, checker=checker, agent="eva")


def arrive(desk: Desk, count: int = 1, procedure: str = "lock") -> list[int]:
    items = [
        Incoming("post", f"test {n}", f"{n}", MessageKind.MAIL, "Ana", f"ana{n}@x.example", "Help", "Hi", "Hi", NOW)
        for n in range(count)
    ]
    numbers = [one.ticket_id for one in desk.receive(items)]
    desk.act(numbers, Change(procedure=procedure))
    return numbers


def ticket(desk: Desk, number: int) -> Ticket:
    found = desk.store.tickets.get(number)
    assert found is not None
    return found


SOLVED = Change(status=Status.SOLVED)


@pytest.mark.parametrize(
    "change",
    [
        SOLVED,
        Change(status=Status.CLOSED),
        Change(status=Status.SUSPENDED, add_tags=("spam",)),
        Change(reply="Done", status=Status.SOLVED),
        Change(reply="Done", status=Status.SOLVED, macro="lock/other", verbatim=True),
        Change(reply="Done, edited", status=Status.SOLVED, macro="lock/steps"),
        Change(reply="With them now", escalate=Escalation("Elsewhere")),
    ],
)
def test_every_way_of_being_done_meets_the_gates(desk: Desk, change: Change) -> None:
    (number,) = arrive(desk)
    with pytest.raises(GateError) as caught:
        desk.act([number], change)
    assert caught.value.steps[0] == "risk"
    assert "How bad?" in caught.value.message
    assert [step.id for step in desk.open_gates(number, change)] == list(caught.value.steps)
    assert desk.store.outbox.waiting() == []


@pytest.mark.parametrize(
    "change",
    [
        Change(reply="We are on it"),
        Change(reply="Which one?", status=Status.PENDING),
        Change(note="hm"),
        Change(escalate=Escalation("Elsewhere")),
        Change(reply="Try this", status=Status.SOLVED, macro="lock/steps", verbatim=True),
    ],
)
def test_what_is_not_being_done_does_not(desk: Desk, change: Change) -> None:
    (number,) = arrive(desk)
    assert desk.open_gates(number, change) == []
    desk.act([number], change)


def test_one_gated_ticket_stops_the_whole_bulk(desk: Desk) -> None:
    numbers = arrive(desk, 3)
    desk.take_step(numbers[0], "risk", "S3")
    desk.take_step(numbers[0], "team", "see notes")
    with pytest.raises(GateError):
        desk.act(numbers, SOLVED)
    assert ticket(desk, numbers[0]).status is not Status.SOLVED


def test_a_reason_goes_past_the_gates_and_is_kept_with_what_was_skipped(desk: Desk) -> None:
    (number,) = arrive(desk)
    desk.act([number], replace(SOLVED, override_reason="asked by the lead"))
    detail = desk.store.events.of(number)[-1].detail
    assert (detail["override_reason"], detail["skipped_steps"]) == ("asked by the lead", ["risk", "team"])


def test_a_hand_over_is_one_action_with_its_step_and_one_undo_takes_both(desk: Desk) -> None:
    (number,) = arrive(desk)
    desk.take_step(number, "team", True)
    assert [one.team for one in desk.store.escalations.of(number)] == ["Integrity"]
    assert desk.store.work.steps(number, "lock")["team"].actor == "eva"
    assert ticket(desk, number).status is Status.ON_HOLD
    desk.undo()
    assert [one.state for one in desk.store.escalations.of(number)] in ([], ["withdrawn"])
    assert desk.store.work.steps(number, "lock") == {}


def test_a_macro_that_hands_over_answers_the_step_of_its_team(desk: Desk) -> None:
    (number,) = arrive(desk)
    desk.take_step(number, "risk", "S1")
    desk.act([number], Change(reply="With them now", escalate=Escalation("integrity")))
    assert desk.open_gates(number, SOLVED) == []


def test_a_chosen_risk_becomes_the_severity_and_undo_brings_the_old_one_back(desk: Desk) -> None:
    (number,) = arrive(desk)
    desk.take_step(number, "risk", "S1")
    assert ticket(desk, number).severity is Severity.S1
    desk.take_step(number, "risk", "S3")
    desk.undo()
    assert ticket(desk, number).severity is Severity.S1
    assert desk.store.work.steps(number, "lock")["risk"].value == "S1"
    desk.undo()
    assert (ticket(desk, number).severity, desk.store.work.steps(number, "lock")) == (None, {})


@pytest.mark.parametrize(
    ("step", "value"), [("risk", "S9"), ("risk", True), ("nothing", True), ("no-promise", True), ("team", " ")]
)
def test_what_is_no_answer_is_refused(desk: Desk, step: str, value: Any) -> None:
    (number,) = arrive(desk)
    with pytest.raises(RuleError):
        desk.take_step(number, step, value)
    assert desk.store.work.steps(number, "lock") == {}


def test_a_watched_finding_stops_the_reply_whatever_becomes_of_the_ticket(desk: Desk) -> None:
    (number,) = arrive(desk)
    with pytest.raises(RuleError, match="Promised"):
        desk.act([number], Change(reply="I promise"))
    assert desk.findings(number, Change(reply="I promise"))[0].blocking


def test_the_version_that_was_followed_stands_on_the_reply_and_in_the_event(desk: Desk) -> None:
    (number,) = arrive(desk)
    desk.act([number], Change(reply="We are on it"))
    assert desk.store.messages.of(number)[-1].procedure == "lock@3"
    assert desk.store.events.of(number)[-1].detail["procedure"] == "lock@3"


def test_a_procedure_holds_for_tickets_that_it_applies_to_unnamed(desk: Desk) -> None:
    (number,) = arrive(desk)
    plain = ticket(desk, number)
    with desk.store.write():
        desk.store.tickets.update(plain, {"procedure": "", "topic": "crash", "lane": "mail"})
    with pytest.raises(GateError, match="facts"):
        desk.act([number], SOLVED)


def test_doing_again_meets_a_gate_that_was_opened_meanwhile(desk: Desk, tmp_path: Path) -> None:
    (number,) = arrive(desk)
    desk.take_step(number, "risk", "S3")
    desk.take_step(number, "team", "see notes")
    desk.act([number], SOLVED)
    desk.undo()
    other = Desk(Store.open(tmp_path / "desk.db"), clock=lambda: NOW, rules=desk.rules, agent="tom")
    other.take_step(number, "risk", None)
    with pytest.raises(GateError, match="How bad"):
        desk.redo()
    assert ticket(desk, number).status is not Status.SOLVED
    other.take_step(number, "risk", "S3")
    desk.redo()
    assert ticket(desk, number).status is Status.SOLVED


def test_what_passed_with_a_reason_or_as_a_plain_answer_passes_again(desk: Desk) -> None:
    for change in (
        replace(SOLVED, override_reason="asked by the lead"),
        Change(reply="Try this", status=Status.SOLVED, macro="lock/steps", verbatim=True),
    ):
        (number,) = arrive(desk)
        desk.act([number], change)
        desk.undo()
        desk.redo()
        assert ticket(desk, number).status is Status.SOLVED
        desk.undo()


REPLY = Change(reply="It is yours again.")
ASKS = Change(reply="Who are you?", status=Status.PENDING, macro="words/ask-who", verbatim=True)
PUBLIC = [
    REPLY,
    replace(REPLY, status=Status.OPEN),
    replace(REPLY, status=Status.PENDING),
    replace(REPLY, status=Status.ON_HOLD),
    replace(REPLY, snooze_until=NOW + 60),
    replace(REPLY, macro="words/other", verbatim=True),
    replace(ASKS, verbatim=False),
    replace(ASKS, macro="words/ask-who + words/other"),
]


@pytest.mark.parametrize("change", PUBLIC)
def test_a_gate_on_words_holds_every_public_reply_and_a_gate_of_work_does_not(desk: Desk, change: Change) -> None:
    (number,) = arrive(desk, procedure="words")
    with pytest.raises(GateError) as caught:
        desk.act([number], change)
    assert "freeze" not in caught.value.steps
    assert caught.value.steps[-1] == "team"
    assert desk.rehearse({number: change})[number] == caught.value.message
    assert desk.store.outbox.waiting() == []
    desk.take_step(number, "owner", True)
    desk.take_step(number, "team", "see notes")
    desk.act([number], change)  # the gate of work is open still
    with pytest.raises(GateError, match="freeze"):
        desk.act([number], replace(change, status=Status.SOLVED, snooze_until=None))


@pytest.mark.parametrize(
    "change",
    [
        Change(note="Who is it?"),
        Change(note="They have it", escalate=Escalation("Elsewhere")),
        Change(escalate=Escalation("Integrity")),
        Change(status=Status.PENDING),
        Change(assignee="eva", add_tags=("a",)),
    ],
)
def test_notes_and_hand_overs_alone_pass_a_gate_on_words(desk: Desk, change: Change) -> None:
    (number,) = arrive(desk, procedure="words")
    desk.act([number], change)


def test_what_asks_for_a_step_leaves_before_it_but_not_before_others_and_never_solves(desk: Desk) -> None:
    (number,) = arrive(desk, procedure="words")
    with pytest.raises(GateError, match="team"):
        desk.act([number], ASKS)
    desk.take_step(number, "team", "see notes")
    with pytest.raises(GateError):
        desk.act([number], replace(ASKS, status=Status.SOLVED))
    desk.act([number], ASKS)
    desk.act([number], Change(reply="So it goes", macro="words/explain", verbatim=True, status=Status.SOLVED))


def test_a_reason_takes_a_reply_past_a_gate_on_words_and_is_kept(desk: Desk) -> None:
    (number,) = arrive(desk, procedure="words")
    desk.act([number], replace(REPLY, status=Status.PENDING, override_reason="asked by the lead"))
    detail = desk.store.events.of(number)[-1].detail
    assert (detail["override_reason"], detail["skipped_steps"]) == ("asked by the lead", ["owner", "team"])


def test_doing_a_reply_again_and_letting_it_go_meet_the_gate_that_is_open_by_then(desk: Desk) -> None:
    (number,) = arrive(desk, procedure="words")
    desk.take_step(number, "owner", True)
    desk.take_step(number, "team", "see notes")
    desk.act([number], replace(REPLY, status=Status.PENDING))
    (entry,) = [one for one in desk.store.outbox.waiting() if one.ticket_id == number]
    desk.take_step(number, "owner", None)
    with pytest.raises(GateError, match="owner"):
        desk.settle(entry.id, Wish.SEND)
    desk.take_step(number, "owner", True)
    desk.settle(entry.id, Wish.SEND)


def test_harm_without_a_procedure_is_given_its_topic_first_which_brings_the_steps(desk: Desk) -> None:
    desk.rules = rules = replace(desk.rules, procedures={"harm": HARM, "zz-said": SAID})
    desk = Desk(desk.store, clock=lambda: NOW, rules=rules, agent="eva")
    (number,) = arrive(desk, procedure="")
    assert desk.open_gates(number, REPLY) == []  # no lane of harm
    desk.act([number], Change(lane="safety"))
    with pytest.raises(GateError, match="What about"):
        desk.act([number], REPLY)
    desk.take_step(number, "topic", "said")
    after = ticket(desk, number)
    assert (after.topic, after.procedure) == ("said", "zz-said")
    with pytest.raises(GateError, match="Look"):
        desk.act([number], REPLY)
    desk.undo()
    assert (ticket(desk, number).topic, ticket(desk, number).procedure) == ("", "")
    desk.take_step(number, "topic", "else")  # of which no procedure knows
    desk.act([number], replace(REPLY, status=Status.SOLVED))


def test_a_fallback_stands_behind_any_other_and_in_for_one_that_is_gone(desk: Desk) -> None:
    (number,) = arrive(desk, procedure="")
    harm = replace(ticket(desk, number), lane="safety")
    known = {"harm": HARM, "zz-said": SAID}
    assert procedure_for(harm, known) is HARM
    assert procedure_for(replace(harm, topic="said"), known) is SAID
    assert procedure_for(replace(harm, topic="said", procedure="deleted"), known) is HARM
    assert procedure_for(replace(harm, lane="mail", procedure="deleted"), known) is None


def test_the_built_in_steps_ask_an_unknown_safety_ticket_for_severity_and_topic(desk: Desk) -> None:
    (number,) = arrive(desk, procedure="")
    desk.act([number], Change(lane="safety"))
    with pytest.raises(GateError) as caught:
        desk.act([number], replace(REPLY, status=Status.PENDING))
    assert caught.value.steps == ("severity", "topic")
    desk.take_step(number, "severity", "S0")
    desk.take_step(number, "topic", "underage-report")
    after = ticket(desk, number)
    assert (after.severity, after.topic, after.procedure) == (Severity.S0, "underage-report", "underage-report")

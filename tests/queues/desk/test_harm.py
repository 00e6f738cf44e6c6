"""Harm that a later message reports, harm that an agent corrects, and what the desk learns from that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data.errors import ReasonError, RuleError
from data.records.changes import Change
from data.records.incoming import Imported, Standing
from data.records.messages import Direction, MessageKind
from data.records.tickets import Priority, Severity, Status
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.desk.harm_memory import ALIKE, alike, gist
from queues.desk.route_again import plan
from queues.procedures.procedure import built_in
from queues.quality.rating import FormAnswer
from queues.routing.rules import load
from tests.queues.mails import BOB, START, Clock, answer, come, get, mail, picture

THREAT = "He also threatened me: he will come to my house and kill me"
BILL = "I was charged twice for the coins, please refund one payment"
NEUTRAL = "In the second act my brother says he will kill me, and he comes to my house"
"""The desk hears a threat in it, and there is none."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    store = Store.open(tmp_path / "desk.db")
    yield Desk(store, clock=clock, rules=DeskRules(procedures=built_in()), agent="noa")
    store.close()


def said(text: str, **more: Any) -> dict[str, Any]:
    return {"text": text, "new_text": text, **more}


def opened(desk: Desk, text: str, subject: str = "a question") -> tuple[int, str]:
    item = mail(subject=subject, **said(text))
    return come(desk, item), item.message_id


def why(desk: Desk, number: int) -> list[str]:
    return [event.detail["heard"] for event in desk.store.events.of(number) if "heard" in event.detail]


# --- later messages ---------------------------------------------------------------------------------------------------


def test_a_later_message_that_reports_harm_moves_the_ticket_and_says_why(desk: Desk) -> None:
    number, named = opened(desk, BILL)
    assert (get(desk, number).lane, get(desk, number).topic) == ("app", "payment")
    answer(desk, named, **said(THREAT))
    ticket = get(desk, number)
    assert (ticket.lane, ticket.severity, ticket.priority) == ("safety", Severity.S1, Priority.URGENT)
    assert {"threat", "look", "payment"} <= set(ticket.tags)
    assert (ticket.topic, ticket.procedure) == ("payment", "safety-triage")
    assert ticket.reason.endswith("in a later message")
    assert why(desk, number)
    assert "threat" in why(desk, number)[0]


def test_without_a_topic_the_ticket_is_as_if_it_had_opened_with_it(desk: Desk) -> None:
    number, named = opened(desk, "hello, one more thing")
    assert get(desk, number).topic == ""
    answer(desk, named, **said(THREAT))
    assert (get(desk, number).topic, get(desk, number).procedure) == ("harassment-report", "harassment-report")


def test_nothing_is_lowered_and_what_is_known_is_not_said_again(desk: Desk) -> None:
    number, named = opened(desk, "My ex says he wants to kill himself tonight, he sent a goodbye note")
    before = get(desk, number)
    assert before.severity is Severity.S0
    answer(desk, named, **said("and he insults me, calls me names every day"))
    after = get(desk, number)
    assert (after.severity, after.priority, after.lane) == (Severity.S0, Priority.URGENT, "safety")
    assert (after.topic, after.procedure) == (before.topic, before.procedure)
    heard = why(desk, number)
    answer(desk, named, **said("he insults me, calls me names every day, it goes on"))
    assert why(desk, number) == heard


@pytest.mark.parametrize("kind", [MessageKind.AUTO, MessageKind.BOUNCE])
def test_what_no_person_wrote_is_not_heard(desk: Desk, kind: MessageKind) -> None:
    number, named = opened(desk, BILL)
    answer(desk, named, **said(THREAT, kind=kind))
    assert get(desk, number).lane == "app"


def test_our_own_words_are_not_heard(desk: Desk) -> None:
    number, named = opened(desk, BILL)
    answer(desk, named, **said(THREAT, direction=Direction.OUT))
    answer(desk, named, **said(THREAT, direction=Direction.NOTE))
    assert get(desk, number).lane == "app"


def test_a_quote_that_is_known_as_one_is_not_heard_again(desk: Desk) -> None:
    number, named = opened(desk, BILL)
    quoting = mail(subject="Re: a question", references=(named,))
    come(desk, replace(quoting, text=f"thanks, noted\n> {THREAT}", new_text="thanks, noted"))
    assert get(desk, number).lane == "app"


def test_harm_in_an_answer_reopens_a_solved_ticket_in_the_lane_of_harm(desk: Desk) -> None:
    number, named = opened(desk, BILL)
    desk.act([number], Change(status=Status.SOLVED, override_reason="done"))
    answer(desk, named, **said("Thank you. " + THREAT))
    ticket = get(desk, number)
    assert (ticket.status, ticket.lane, ticket.reopens) == (Status.OPEN, "safety", 1)


def test_the_comment_of_a_rating_is_heard(desk: Desk) -> None:
    number, _ = opened(desk, BILL)
    desk.act([number], Change(status=Status.SOLVED, override_reason="done"))
    desk.take_ratings([FormAnswer(1, 5, "form:1", ticket_id=number, comment=THREAT)])
    ticket = get(desk, number)
    assert (ticket.lane, ticket.severity, ticket.status) == ("safety", Severity.S1, Status.OPEN)
    desk.undo()
    assert get(desk, number).lane == "app"


def test_a_topic_that_is_known_keeps_its_clock(desk: Desk) -> None:
    number, named = opened(desk, "Under GDPR send me a copy of all my data")
    assert get(desk, number).topic == "data-request"
    due = get(desk, number).resolve_due
    answer(desk, named, **said(THREAT))
    ticket = get(desk, number)
    assert (ticket.topic, ticket.lane) == ("data-request", "safety")
    assert ticket.resolve_due is not None
    assert due is not None
    assert ticket.resolve_due <= due


def test_imported_tickets_keep_the_urgency_of_harm(desk: Desk) -> None:
    items = [mail(external_ref="z1", **said(text)) for text in (BILL, THREAT)]
    imported = Imported("zendesk", "z1", "{}", 2)
    desk.take_over(items, Standing(priority=Priority.LOW, status=Status.OPEN), imported)
    (ticket,) = desk.store.tickets.each()
    assert (ticket.lane, ticket.priority, ticket.severity) == ("safety", Priority.URGENT, Severity.S1)


def test_merging_takes_the_lane_of_harm_along(desk: Desk) -> None:
    into, _ = opened(desk, "where do I find my old videos?", "old videos")
    number, _ = opened(desk, THREAT, "help")
    assert (get(desk, into).lane, get(desk, number).lane) == ("mail", "safety")
    before = picture(desk)
    desk.act([number], Change(merge_into=into))
    merged = get(desk, into)
    assert (merged.lane, merged.severity, merged.topic) == ("safety", Severity.S1, "harassment-report")
    desk.undo()
    assert picture(desk) == before


def test_a_moved_message_is_heard_where_it_goes(desk: Desk) -> None:
    into, _ = opened(desk, "where do I find my old videos?", "old videos")
    number, named = opened(desk, BILL)
    answer(desk, named, **said(THREAT))
    moved = desk.store.messages.of(number)[-1]
    before = picture(desk)
    desk.act([number], Change(move=(moved.id,), move_to=into))
    assert (get(desk, into).lane, get(desk, into).severity) == ("safety", Severity.S1)
    assert why(desk, into)
    desk.undo()
    assert picture(desk) == before


def test_a_message_split_off_is_heard_in_its_new_ticket(desk: Desk) -> None:
    number, named = opened(desk, BILL)
    answer(desk, named, **said(THREAT))
    desk.act([number], Change(lane="app", severity="", override_reason="the threat is another matter"))
    moved = desk.store.messages.of(number)[-1]
    done = desk.act([number], Change(move=(moved.id,)))
    assert get(desk, done.ticket_ids[-1]).lane == "safety"


def test_routing_again_keeps_what_a_later_message_reported(desk: Desk) -> None:
    number, named = opened(desk, BILL)
    answer(desk, named, **said(THREAT))
    assert get(desk, number).lane == "safety"
    assert plan(desk.store, desk.rules.routing).moves == []


# --- corrections ------------------------------------------------------------------------------------------------------


def test_not_harm_takes_a_ticket_out_with_all_that_harm_gave_it(desk: Desk) -> None:
    number, _ = opened(desk, NEUTRAL)
    before = picture(desk)
    assert get(desk, number).lane == "safety"
    desk.act([number], Change(harm="none", override_reason="a play at school"))
    ticket = get(desk, number)
    assert (ticket.lane, ticket.severity, ticket.topic, ticket.procedure) == ("mail", None, "", "")
    assert (ticket.priority, ticket.tags) == (Priority.NORMAL, ())
    assert ticket.reason == "corrected by noa: no harm"
    assert desk.store.events.of(number)[-1].detail["harm"] == "none"
    desk.undo()
    assert picture(desk) == before
    assert desk.store.harm_corrections.newest(9) == []
    desk.redo()
    assert [c.kind for c in desk.store.harm_corrections.newest(9)] == ["none"]


def test_leaving_required_steps_needs_a_reason(desk: Desk) -> None:
    number, _ = opened(desk, NEUTRAL)
    with pytest.raises(ReasonError, match="harassment-report"):
        desk.act([number], Change(harm="none"))


@pytest.mark.parametrize(
    ("kind", "severity", "topic"),
    [
        ("underage", Severity.S2, "underage-report"),
        ("self-harm", Severity.S0, "harassment-report"),
        ("threat", Severity.S1, "harassment-report"),
        ("doxxing", Severity.S1, "harassment-report"),
        ("extortion", Severity.S1, "harassment-report"),
        ("harassment", Severity.S2, "harassment-report"),
        ("hacked", Severity.S2, "hacked-account"),
    ],
)
def test_a_miss_is_corrected_to_each_kind(desk: Desk, kind: str, severity: Severity, topic: str) -> None:
    number, _ = opened(desk, "where do I find my old videos?")
    desk.act([number], Change(harm=kind))
    ticket = get(desk, number)
    assert (ticket.lane, ticket.severity, ticket.topic, ticket.procedure) == ("safety", severity, topic, topic)
    assert "look" not in ticket.tags
    assert plan(desk.store, desk.rules.routing).moves == []


def test_one_kind_is_corrected_to_another(desk: Desk) -> None:
    number, _ = opened(desk, THREAT)
    desk.act([number], Change(harm="harassment"))
    ticket = get(desk, number)
    assert (ticket.severity, ticket.topic) == (Severity.S2, "harassment-report")
    assert "threat" not in ticket.tags
    assert "harassment" in ticket.tags


def test_not_harm_after_a_later_message_gives_the_topic_its_procedure_back(desk: Desk) -> None:
    number, named = opened(desk, BILL)
    answer(desk, named, **said(THREAT))
    desk.act([number], Change(harm="none"))
    ticket = get(desk, number)
    assert (ticket.lane, ticket.topic, ticket.procedure, ticket.severity) == ("app", "payment", "payment", None)
    assert plan(desk.store, desk.rules.routing).moves == []


def test_what_cannot_be_corrected_says_so(desk: Desk, tmp_path: Path) -> None:
    number, _ = opened(desk, "hello")
    with pytest.raises(RuleError, match="not a kind of harm"):
        desk.act([number], Change(harm="grief"))
    rules = DeskRules(routing=load('[[rule]]\nname = "all"\nthen = { lane = "mail" }'))
    store = Store.open(tmp_path / "other.db")
    other = Desk(store, clock=Clock(), rules=rules)
    number = come(other)
    with pytest.raises(RuleError, match="No routing rule is for threat"):
        other.act([number], Change(harm="threat"))
    other.act([number], Change(harm="none"))
    store.close()


def test_the_agents_own_values_win(desk: Desk) -> None:
    number, _ = opened(desk, "where do I find my old videos?")
    desk.act([number], Change(harm="threat", severity="S0"))
    assert get(desk, number).severity is Severity.S0


# --- what is learned --------------------------------------------------------------------------------------------------


def test_a_corrected_miss_marks_much_the_same_words(desk: Desk) -> None:
    missed = "the blue parcel is next to the stairs in the office on the second floor"
    number, _ = opened(desk, missed, "blue parcel")
    assert get(desk, number).lane == "mail"
    desk.act([number], Change(harm="threat"))
    other = come(
        desk, mail(BOB, "blue parcel", **said("the blue parcel is next to our stairs in the office on the third floor"))
    )
    ticket = get(desk, other)
    assert (ticket.lane, ticket.severity, ticket.procedure) == ("safety", Severity.S1, "safety-triage")
    assert "look" in ticket.tags
    assert f"like #{number}" in ticket.reason
    third = come(desk, mail(BOB, "a question", **said("how many colours can I use in the editor?")))
    assert get(desk, third).lane == "mail"


def test_learned_harmlessness_marks_and_never_moves_out(desk: Desk) -> None:
    number, _ = opened(desk, NEUTRAL)
    desk.act([number], Change(harm="none", override_reason="a play at school"))
    ticket = get(
        desk,
        come(
            desk,
            mail(
                BOB, "a question", **said("In the third act my brother says he will kill me, and he comes to my house")
            ),
        ),
    )
    assert ticket.lane == "safety"
    assert ticket.severity is not None
    assert "look" in ticket.tags
    assert "not harm" in ticket.reason


def test_harmless_words_said_again_only_mark_the_ticket(desk: Desk) -> None:
    number, named = opened(desk, NEUTRAL)
    desk.act([number], Change(harm="none", override_reason="a play at school"))
    answer(desk, named, **said(f"As I wrote: {NEUTRAL}"))
    ticket = get(desk, number)
    assert (ticket.lane, ticket.severity, ticket.tags) == ("mail", None, ("look",))
    assert "not harm" in why(desk, number)[0]


def test_routing_again_applies_what_was_learned(desk: Desk) -> None:
    words = "the blue parcel is next to the stairs in the office on the second floor"
    first, _ = opened(desk, words, "blue parcel")
    second = come(desk, mail(BOB, "blue parcel", **said(words)))
    desk.act([first], Change(harm="threat"))
    assert get(desk, second).lane == "mail"
    desk.reroute(plan(desk.store, desk.rules.routing))
    assert (get(desk, first).lane, get(desk, second).lane) == ("safety", "safety")
    assert "look" in get(desk, second).tags


def test_undone_corrections_are_forgotten(desk: Desk) -> None:
    words = "the blue parcel is next to the stairs in the office on the second floor"
    number, _ = opened(desk, words, "blue parcel")
    desk.act([number], Change(harm="threat"))
    desk.undo()
    assert get(desk, come(desk, mail(BOB, "blue parcel", **said(words)))).lane == "mail"


def test_texts_are_alike_by_wording_only() -> None:
    one = gist("", "Someone in the chat keeps asking for my daughter's school")
    assert alike(one, gist("", "someone in the chat keeps asking for my daughters school!!")) >= ALIKE
    assert alike(one, gist("", "a stranger wants to know where my girl learns")) == 0
    assert alike(gist("", "hi there"), gist("", "hi there")) == 0
    assert alike(gist("", ""), gist("", "")) == 0


def test_a_clock_of_a_raised_ticket_is_that_of_its_severity(desk: Desk, clock: Clock) -> None:
    number, named = opened(desk, BILL)
    before = get(desk, number).first_due
    clock.now = START + 60
    answer(desk, named, received_at=START + 60, **said(THREAT))
    after = get(desk, number).first_due
    assert before is not None
    assert after is not None
    assert after < before

"""The traps of grave matters: an attacker's address, a reporter, the law's clock, one's own case."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import RuleError
from data.records.changes import Change
from data.records.escalations import Escalation
from data.records.incoming import CustomerHint, Incoming
from data.records.messages import MessageKind
from data.records.tickets import Status, Ticket
from data.store import Store
from macros.files.library import Library
from macros.filling.context import Context
from macros.render import render
from queues.clocks.sla import DAY
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.procedures.safeguards import Facts, objections
from queues.routing.rules import Rules

NOW = 1_800_000_000
OWNER, ATTACKER = "ana@x.example", "new@evil.example"


class Clock:
    now = NOW

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Desk:
    return open_desk(tmp_path / "desk.db", clock, "eva")


def open_desk(path: Path, clock: Clock, agent: str) -> Desk:
    rules = DeskRules(routing=Rules(()), sender="help@desk.example")
    return Desk(Store.open(path), clock=clock, rules=rules, agent=agent)


def arrive(desk: Desk, clock: Clock, address: str, topic: str, *, handle: str = "", reply_to: str = "") -> int:
    clock.now += 60
    item = Incoming(
        "post", "test", f"{clock.now}", MessageKind.MAIL, "Ana", address, "Help", "Help me", "Help me", clock.now,
        customer=CustomerHint(handle), reply_to=reply_to, message_id=f"<{clock.now}@x.example>",
    )  # fmt: skip
    (received,) = desk.receive([item])
    found = ticket(desk, received.ticket_id)
    with desk.store.write():
        desk.store.tickets.update(found, {"topic": topic})
    return found.id


def ticket(desk: Desk, number: int) -> Ticket:
    found = desk.store.tickets.get(number)
    assert found is not None
    return found


def rules_of(desk: Desk, number: int, change: Change) -> list[str]:
    return [one.rule for one in desk.findings(number, change) if one.blocking]


REPLY = Change(reply="We have frozen it.")


def test_who_reports_a_take_over_from_their_own_address_is_answered(desk: Desk, clock: Clock) -> None:
    assert rules_of(desk, arrive(desk, clock, OWNER, "hacked-account"), REPLY) == []


def test_an_address_that_came_up_with_the_take_over_gets_no_answer(desk: Desk, clock: Clock) -> None:
    arrive(desk, clock, OWNER, "crash", handle="@ana")
    number = arrive(desk, clock, ATTACKER, "hacked-account", handle="@ana")
    with pytest.raises(RuleError, match=OWNER):
        desk.act([number], REPLY)
    desk.act([number], Change(reply=REPLY.reply, recipient=OWNER))
    assert desk.store.outbox.waiting()[-1].recipient == OWNER


def test_an_address_that_joins_later_gets_no_answer_without_a_reason(desk: Desk, clock: Clock) -> None:
    number = arrive(desk, clock, OWNER, "hacked-account", handle="@ana")
    arrive(desk, clock, ATTACKER, "crash", handle="@ana")
    change = Change(reply=REPLY.reply, recipient=ATTACKER)
    assert rules_of(desk, number, change) == ["new-address"]
    desk.act([number], Change(reply=REPLY.reply, recipient=ATTACKER, override_reason="called on the old number"))
    assert desk.store.events.of(number)[-1].detail["override_reason"] == "called on the old number"


def test_a_reply_to_that_nobody_knows_gets_no_answer(desk: Desk, clock: Clock) -> None:
    number = arrive(desk, clock, OWNER, "hacked-account", reply_to=ATTACKER)
    assert rules_of(desk, number, REPLY) == ["new-address"]


def test_other_topics_do_not_mind_a_new_address(desk: Desk, clock: Clock) -> None:
    arrive(desk, clock, OWNER, "crash", handle="@ana")
    assert rules_of(desk, arrive(desk, clock, ATTACKER, "crash", handle="@ana"), REPLY) == []


@pytest.mark.parametrize(
    "words",
    [
        "The account belongs to kid@school.example.",
        "La cuenta es de @little.star_9.",
        "Su número es +34 612 345 678.",
        "Call her on (0161) 4960-0123",
    ],
)
@pytest.mark.parametrize("topic", ["underage-report", "harassment-report"])
def test_a_reporter_gets_no_account_data(desk: Desk, clock: Clock, topic: str, words: str) -> None:
    number = arrive(desk, clock, OWNER, topic)
    (finding,) = [one for one in desk.findings(number, Change(reply=f"Thank you. {words}")) if one.blocking]
    assert finding.rule == "account-data"
    assert words[finding.start - len("Thank you. ") : finding.end - len("Thank you. ")].strip(".") in words
    with pytest.raises(RuleError, match="not the owner"):
        desk.act([number], Change(reply=words))


@pytest.mark.parametrize(
    "words",
    [
        "We have your report from ana@x.example.",
        "Write to help@desk.example at any time.",
        "In danger? Call 112 or 016 now. We answer within 24 h, by 2026-11-23 at the latest.",
        "Read https://desk.example/help/@reports/2026 first.",
    ],
)
def test_their_own_data_and_ours_and_dates_are_no_account_data(desk: Desk, clock: Clock, words: str) -> None:
    assert rules_of(desk, arrive(desk, clock, OWNER, "underage-report"), Change(reply=words)) == []


def test_the_answers_that_come_with_the_desk_name_no_account_data(desk: Desk, clock: Clock) -> None:
    found = ticket(desk, arrive(desk, clock, OWNER, "underage-report"))
    customer = desk.store.customers.get(found.customer_id)
    assert customer is not None
    for macro in Library.standard():
        for language in ("en", "es"):
            text = render(macro, language, Context(found, customer, "Eva", NOW), {}).text
            facts = Facts(found, Change(reply=text), "eva", OWNER, customer)
            assert not objections(facts), macro.name


@pytest.mark.parametrize(
    "change",
    [
        Change(status=Status.PENDING),
        Change(status=Status.ON_HOLD),
        Change(snooze_until=NOW + 5 * DAY),
        Change(reply="We need one thing more."),
        Change(escalate=Escalation("Privacy office")),
    ],
)
def test_the_laws_clock_never_pauses(desk: Desk, clock: Clock, change: Change) -> None:
    number = arrive(desk, clock, OWNER, "data-request")
    began = ticket(desk, number).created_at
    desk.act([number], Change(note="starts the clocks"))
    desk.act([number], change)
    clock.now += 10 * DAY
    desk.tick()
    desk.act([number], Change(status=Status.OPEN))
    assert ticket(desk, number).resolve_due == began + 30 * DAY


def test_no_sleep_outlasts_the_laws_clock(desk: Desk, clock: Clock) -> None:
    number = arrive(desk, clock, OWNER, "data-request")
    desk.act([number], Change(note="starts the clocks"))
    with pytest.raises(RuleError, match="does not pause"):
        desk.act([number], Change(snooze_until=clock.now + 31 * DAY))
    desk.act([number], Change(snooze_until=clock.now + 3 * DAY))


def test_nobody_decides_an_appeal_against_their_own_decision(desk: Desk, clock: Clock, tmp_path: Path) -> None:
    first = arrive(desk, clock, OWNER, "ban-appeal")
    desk.act([first], Change(reply="The decision stands.", status=Status.SOLVED))
    again = arrive(desk, clock, OWNER, "ban-appeal")
    for change in (Change(status=Status.SOLVED), Change(reply="No.", status=Status.SOLVED, override_reason="busy")):
        with pytest.raises(RuleError, match="another agent"):
            desk.act([again], change)
    desk.act([again], Change(reply="It is being looked at.", escalate=Escalation("Policy appeals")))
    desk.act([again], Change(status=Status.OPEN))
    other = open_desk(tmp_path / "desk.db", clock, "tom")
    other.act([again], Change(reply="It stands.", status=Status.SOLVED))


def test_a_tag_names_who_decided(desk: Desk, clock: Clock) -> None:
    number = arrive(desk, clock, OWNER, "ban-appeal")
    desk.act([number], Change(add_tags=("decided-by:eva",)))
    with pytest.raises(RuleError, match="another agent"):
        desk.act([number], Change(status=Status.SOLVED))

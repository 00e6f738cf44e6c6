"""Escalations: a child that comes back to its ticket, by key or by mail, and never as a customer's word."""

from __future__ import annotations

from email import message_from_bytes
from pathlib import Path

import pytest

from data.errors import ConflictError, RuleError
from data.records.changes import Change
from data.records.escalations import Escalation, EscalationState, TeamAnswer
from data.records.incoming import Incoming
from data.records.messages import Direction, MessageKind, Sign
from data.records.outbox import OutboxEntry
from data.records.tickets import Status, Ticket
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.ground.teams import Team
from queues.outgoing.outbox import deliver_due
from queues.routing.rules import Rules

START = 1_800_000_000
SECURITY = Team("Security response", "security@desk.example", answers_from=("@sec.example",))


class Clock:
    now = START

    def __call__(self) -> int:
        return self.now


class Post:
    def __init__(self) -> None:
        self.sent: list[OutboxEntry] = []

    def send(self, entry: OutboxEntry) -> None:
        self.sent.append(entry)

    def was_delivered(self, entry: OutboxEntry) -> bool | None:
        return None


def mail(text: str = "They took my account", **changes: object) -> Incoming:
    values: dict[str, object] = {
        "connector": "post", "source": "test", "raw_sha256": f"raw {text} {sorted(changes.items())!r}",
        "kind": MessageKind.MAIL, "from_name": "Ana Ruiz", "from_address": "ana@clientes.example",
        "subject": "Hacked", "text": text, "new_text": text, "at": START, "message_id": f"<{text.replace(' ', '.')}@x>",
        "language": "en", "confidence": 0.99,
    }  # fmt: skip
    return Incoming(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Desk:
    rules = DeskRules(routing=Rules(()), sender="support@desk.example", teams=(SECURITY,))
    return Desk(Store.open(tmp_path / "desk.db"), clock=clock, rules=rules, agent="eva")


def ticket(desk: Desk, number: int) -> Ticket:
    found = desk.store.tickets.get(number)
    assert found is not None
    return found


def escalated(desk: Desk, clock: Clock, **changes: object) -> tuple[int, Escalation, str]:
    """A ticket handed to Security, whose mail has left: the ticket, the child, the mail's subject."""
    number = desk.receive([mail()])[0].ticket_id
    asked: dict[str, object] = {"team": "security response", "reason": "taken over", "due_at": clock.now + 3600}
    desk.act([number], Change(escalate=Escalation(**{**asked, **changes})))  # type: ignore[arg-type]
    post = Post()
    deliver_due(desk.store, {"post": post}, clock.now + 10)
    (child,) = desk.store.escalations.of(number)
    return number, child, message_from_bytes(post.sent[0].raw)["Subject"] if post.sent else ""


def answer(child: Escalation, **changes: object) -> Incoming:
    values: dict[str, object] = {
        "from_name": "Sec", "from_address": "security@desk.example", "subject": "AW: something",
        "references": (child.message_id,),
    }  # fmt: skip
    return mail("It is frozen", **{**values, **changes})


def test_an_escalation_is_a_child_with_a_note_and_a_mail_to_the_team(desk: Desk, clock: Clock) -> None:
    number = desk.receive([mail()])[0].ticket_id
    desk.act([number], Change(escalate=Escalation("SECURITY response", "taken over", "S-1", clock.now + 3600)))
    (child,) = desk.store.escalations.of(number)
    assert (child.label, child.team, child.state, child.opened_by) == (
        "E-1", "Security response", EscalationState.OPEN, "eva",
    )  # fmt: skip
    assert ticket(desk, number).status is Status.ON_HOLD
    note = desk.store.messages.of(number)[-1]
    assert note.direction is Direction.NOTE
    assert "Reason: taken over" in note.text
    post = Post()
    assert deliver_due(desk.store, {"post": post}, clock.now + 9).sent == 0
    assert deliver_due(desk.store, {"post": post}, clock.now + 10).sent == 1
    sent = message_from_bytes(post.sent[0].raw)
    assert sent["To"] == "Security response <security@desk.example>"
    assert sent["Message-ID"] == child.message_id
    assert sent["Subject"].startswith("[E-1-")
    assert "In-Reply-To" not in sent


def test_the_words_given_are_the_words_that_go(desk: Desk, clock: Clock) -> None:
    number, _, _ = escalated(desk, clock, note="Please freeze it.")
    assert desk.store.messages.of(number)[-1].text == "Please freeze it."


def test_the_mail_leaves_although_the_customer_wrote_again(desk: Desk, clock: Clock) -> None:
    number = desk.receive([mail()])[0].ticket_id
    desk.act([number], Change(escalate=Escalation(SECURITY.name)))
    desk.receive([mail("Hello?", references=(mail().message_id,))])
    assert deliver_due(desk.store, {"post": Post()}, clock.now + 10).sent == 1


def test_a_ticket_of_another_system_never_mails_through_it(desk: Desk, clock: Clock) -> None:
    number = desk.receive([mail(external_ref="Z-1")])[0].ticket_id
    desk.act([number], Change(escalate=Escalation(SECURITY.name)))
    assert desk.store.outbox.waiting() == []
    assert desk.store.escalations.of(number)[0].address == ""


@pytest.mark.parametrize("way", ["reference", "subject", "colleague"])
def test_the_teams_mail_comes_back_as_a_note_and_wakes_the_ticket(desk: Desk, clock: Clock, way: str) -> None:
    number, child, subject = escalated(desk, clock)
    item = {
        "reference": answer(child),
        "subject": answer(child, references=(), subject=f"Re: {subject}"),
        "colleague": answer(child, from_address="jo@sec.example"),
    }[way]
    (received,) = desk.receive([item])
    assert (received.ticket_id, received.outcome) == (number, "joined")
    note = desk.store.messages.of(number)[-1]
    assert (note.direction, note.from_name, note.text) == (Direction.NOTE, "Sec", "It is frozen")
    assert ticket(desk, number).status is Status.OPEN
    assert desk.store.escalations.of(number)[0].state is EscalationState.ANSWERED
    assert desk.store.customers.find([]) is None
    assert desk.store.events.of(number)[-1].kind == "team answer"
    row = desk.store.tickets.row(number)
    assert row is not None
    assert row.escalation is EscalationState.ANSWERED


def test_a_stranger_with_the_id_waits_unverified(desk: Desk, clock: Clock) -> None:
    number, child, subject = escalated(desk, clock)
    for item in (
        answer(child, from_address="eve@else.example"),
        answer(child, from_address="eve@else.example", references=(), subject=subject),
    ):
        (received,) = desk.receive([item])
        assert received.ticket_id != number
        assert "unverified" in ticket(desk, received.ticket_id).tags
    assert ticket(desk, number).status is Status.ON_HOLD


def test_a_customer_whom_a_team_answered_by_mistake_joins_the_own_ticket(desk: Desk, clock: Clock) -> None:
    number, _, subject = escalated(desk, clock)
    (received,) = desk.receive([mail("What is this?", subject=subject, references=(mail().message_id,))])
    assert received.ticket_id == number
    assert desk.store.messages.of(number)[-1].direction is Direction.IN
    assert desk.store.escalations.of(number)[0].state is EscalationState.OPEN


@pytest.mark.parametrize("subject", ["[E-1]", "[E-1-00000000]", "E-1", "[E-99999999999999999999-00000000]"])
def test_the_team_without_the_id_that_we_issued_opens_a_ticket(desk: Desk, clock: Clock, subject: str) -> None:
    number, child, _ = escalated(desk, clock)
    (received,) = desk.receive([answer(child, references=(), subject=subject)])
    assert received.ticket_id != number
    assert desk.store.escalations.of(number)[0].state is EscalationState.OPEN


def test_the_team_never_speaks_as_the_customer(desk: Desk, clock: Clock) -> None:
    number, child, _ = escalated(desk, clock)
    desk.receive([answer(child)])
    later = answer(child, references=(mail().message_id,), message_id="<b@x>", raw_sha256="b", subject="Hacked")
    (received,) = desk.receive([later])
    assert received.ticket_id != number
    assert [one.direction for one in desk.store.messages.of(number)].count(Direction.IN) == 1


def test_an_automatic_answer_is_noted_and_wakes_nobody(desk: Desk, clock: Clock) -> None:
    number, child, _ = escalated(desk, clock)
    desk.receive([answer(child, kind=MessageKind.AUTO)])
    assert ticket(desk, number).status is Status.ON_HOLD
    assert desk.store.messages.of(number)[-1].kind is MessageKind.AUTO


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"signs": (Sign("automatic", "x"), Sign("away subject", "x"))}, Status.ON_HOLD),
        ({"signs": (Sign("responder", "X-Autoreply: yes"),)}, Status.ON_HOLD),
        ({"kind": MessageKind.BOUNCE, "delivery": "delayed"}, Status.ON_HOLD),
        ({"signs": (Sign("bulk", "Precedence: list"),)}, Status.OPEN),
        ({"signs": (Sign("automatic", "Auto-Submitted: auto-generated"),)}, Status.OPEN),
        ({"kind": MessageKind.SPAM, "signs": (Sign("spam", "X-Spam-Flag: YES"),)}, Status.OPEN),
    ],
)
def test_only_what_a_machine_surely_wrote_leaves_a_handed_over_ticket_waiting(
    desk: Desk, clock: Clock, changes: dict[str, object], status: Status
) -> None:
    number, child, _ = escalated(desk, clock)
    desk.receive([answer(child, **changes)])
    assert ticket(desk, number).status is status
    settled = EscalationState.OPEN if status is Status.ON_HOLD else EscalationState.ANSWERED
    assert desk.store.escalations.of(number)[0].state is settled


def test_a_bounce_sends_the_matter_back(desk: Desk, clock: Clock) -> None:
    number, child, _ = escalated(desk, clock)
    desk.receive([answer(child, kind=MessageKind.BOUNCE, from_address="mailer-daemon@desk.example")])
    assert desk.store.escalations.of(number)[0].state is EscalationState.RETURNED
    assert ticket(desk, number).status is Status.OPEN


def test_our_own_mail_seen_again_is_no_answer(desk: Desk, clock: Clock) -> None:
    number, child, _ = escalated(desk, clock)
    own = answer(child, references=(), message_id=child.message_id, direction=Direction.OUT, from_address="support@x")
    (received,) = desk.receive([own])
    assert (received.ticket_id, received.outcome) == (number, "duplicate")
    assert ticket(desk, number).status is Status.ON_HOLD


def test_an_answer_by_key_is_a_note_in_the_teams_name_and_can_be_undone(desk: Desk, clock: Clock) -> None:
    number, child, _ = escalated(desk, clock)
    desk.act([number], Change(team_answer=TeamAnswer(child.id, "Frozen since noon", reference="SEC-7")))
    (back,) = desk.store.escalations.of(number)
    assert (back.state, back.reference, back.settled_at) == (EscalationState.ANSWERED, "SEC-7", clock.now)
    assert desk.store.messages.of(number)[-1].from_name == SECURITY.name
    assert ticket(desk, number).status is Status.OPEN
    desk.undo()
    assert desk.store.escalations.of(number) == [child]
    assert ticket(desk, number).status is Status.ON_HOLD
    desk.redo()
    assert desk.store.escalations.of(number) == [back]


def test_solving_closes_what_came_back_and_leaves_what_is_open(desk: Desk, clock: Clock) -> None:
    number, child, _ = escalated(desk, clock)
    desk.act([number], Change(escalate=Escalation("Legal")))
    desk.act([number], Change(team_answer=TeamAnswer(child.id, state=EscalationState.RETURNED)))
    desk.act([number], Change(status=Status.SOLVED))
    assert [one.state for one in desk.store.escalations.of(number)] == [EscalationState.CLOSED, EscalationState.OPEN]
    desk.undo()
    assert [one.state for one in desk.store.escalations.of(number)] == [EscalationState.RETURNED, EscalationState.OPEN]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (TeamAnswer(9, "x"), "E-9"),
        (TeamAnswer(1, " "), "Write what"),
        (TeamAnswer(1, "x", EscalationState.OPEN), "can be answered"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(desk: Desk, clock: Clock, asked: TeamAnswer, said: str) -> None:
    number, _, _ = escalated(desk, clock)
    with pytest.raises(RuleError, match=said):
        desk.act([number], Change(team_answer=asked))


def test_an_escalation_that_was_answered_since_is_not_undone(desk: Desk, clock: Clock) -> None:
    number = desk.receive([mail()])[0].ticket_id
    desk.act([number], Change(escalate=Escalation("Legal", "threat")))
    (child,) = desk.store.escalations.of(number)
    other = Desk(desk.store, clock=clock, rules=desk.rules, agent="bob")
    other.act([number], Change(team_answer=TeamAnswer(child.id, "no case")))
    with pytest.raises(ConflictError):
        desk.undo()
    assert desk.store.escalations.of(number)[0].state is EscalationState.ANSWERED


def test_a_late_answer_wakes_the_ticket_once_and_weighs_like_a_broken_clock(desk: Desk, clock: Clock) -> None:
    number, child, _ = escalated(desk, clock)
    desk.receive([mail("Other", from_address="b@x.example", subject="Other")])
    clock.now += 3600
    assert desk.tick() == 1
    assert ticket(desk, number).status is Status.OPEN
    found = desk.next_up()
    assert found is not None
    assert found.ticket_id == number
    assert "another team's answer is late" in found.why
    desk.act([number], Change(status=Status.ON_HOLD))
    assert desk.tick() == 0
    assert desk.store.escalations.overdue(clock.now)[0].id == child.id


def test_teams_are_known_from_earlier_use(desk: Desk, clock: Clock) -> None:
    number, _, _ = escalated(desk, clock)
    desk.act([number], Change(escalate=Escalation("Legal")))
    desk.act([number], Change(escalate=Escalation("Legal")))
    assert desk.store.escalations.teams() == ["Legal", "Security response"]

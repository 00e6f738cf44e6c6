"""Forwarding to a third party: what leaves, the checks before it, and an answer that is never the customer's."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from data.errors import GateError, LeftError, RuleError
from data.records.changes import Change
from data.records.forwards import Forward, ForwardedFile
from data.records.messages import Direction
from data.records.outbox import Enclosure, OutboxState
from data.records.tickets import Status
from data.store import Store
from macros.checks.check import Checker
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules, Sender
from queues.mail.read_mail import read_mail
from queues.outgoing.outbox import deliver_due
from queues.routing.rules import Rules
from tests.queues.desk.test_merging import CONFIRMS
from tests.queues.mails import ANA, BOB, START, Clock, Post, answer, come, get, mail, notes

COURIER = "claims@courier.example"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    store = Store.open(tmp_path / "desk.db")
    rules = DeskRules(routing=Rules(()), reopen_days=0, sender="help@us.example", procedures={CONFIRMS.id: CONFIRMS})
    yield Desk(store, clock=clock, rules=rules, checker=Checker(lambda text: ("und", 0.0)), agent="noa")
    store.close()


def forward(desk: Desk, number: int, to: str = COURIER, text: str = "Where is it?", **more: Any) -> None:
    desk.act([number], Change(forward=Forward(to, text), **more))


def parsed(desk: Desk, entry: int) -> EmailMessage:
    stored = desk.store.outbox.get(entry)
    assert stored is not None
    message = message_from_bytes(stored.raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def from_courier(
    desk: Desk, *headers: str, sender: str = COURIER, subject: str = "Re: parcel", body: str = "In Vigo"
) -> int:
    """Let a mail come as the bytes of one, and return its ticket."""
    lines = (f"From: {sender}", "To: help@us.example", f"Subject: {subject}", f"Message-ID: <{body.split()[-1]}@c.x>")
    raw = "\r\n".join((*lines, *headers, "", body)).encode()
    item = read_mail(raw, connector="post", source="test", own_addresses=desk.rules.our_addresses)
    return desk.receive([item])[0].ticket_id


def test_a_forward_leaves_through_the_outbox_with_text_and_files(desk: Desk, clock: Clock, tmp_path: Path) -> None:
    number = come(desk, mail(subject="¿Dónde está?"))
    own = tmp_path / "map.txt"
    own.write_text("here")
    files = (ForwardedFile("label.pdf", "application/pdf", b"%PDF-1"),)
    asked = Forward(COURIER, "Can you find it?", files=files)
    done = desk.act([number], Change(forward=asked, attachments=(Enclosure(str(own), "map.txt", 4),)))
    assert done.summary == f"#{number}: forwarded to {COURIER}"
    assert done.leaves_at == START + 10
    message = parsed(desk, 1)
    assert message["To"] == COURIER
    assert message["Subject"].startswith("Fwd: ¿Dónde está? [F-1-")
    assert [part.get_filename() for part in message.iter_attachments()] == ["label.pdf", "map.txt"]
    assert "text 1" not in str(message.get_body()), "nothing is quoted that the agent did not put there"
    (note,) = desk.store.messages.of(number)[1:]
    assert (note.direction, note.text) == (Direction.NOTE, f"Forwarded to {COURIER}\n\nCan you find it?")
    assert [part.filename for part in note.attachments] == ["label.pdf", "map.txt"]
    clock.now += 11
    post = Post()
    for _ in range(2):
        deliver_due(desk.store, {"post": post}, clock.now)
    assert [entry.recipient for entry in post.sent] == [COURIER]


def test_it_answers_nobody_and_leaves_the_customers_clock(desk: Desk, clock: Clock) -> None:
    number = come(desk)
    before = get(desk, number)
    clock.now += 5
    forward(desk, number)
    after = get(desk, number)
    assert (after.touches, after.first_replied_at, after.first_due) == (0, None, before.first_due)
    assert after.status is Status.OPEN
    assert desk.recipient(number) == ANA
    forward(desk, number, status=Status.ON_HOLD)
    assert get(desk, number).status is Status.ON_HOLD


def test_a_customer_who_writes_meanwhile_holds_no_forward(desk: Desk, clock: Clock) -> None:
    number = come(desk)
    forward(desk, number)
    answer(desk, desk.store.messages.of(number)[0].message_id)
    clock.now += 20
    assert deliver_due(desk.store, {"post": Post()}, clock.now).sent == 1
    assert desk.store.outbox.last_sent(number) is None, "it is no reply to the customer"


class TestUndo:
    def test_in_time_it_is_called_back(self, desk: Desk) -> None:
        number = come(desk)
        forward(desk, number)
        named = parsed(desk, 1)["Message-ID"]
        desk.undo()
        entry = desk.store.outbox.get(1)
        assert entry is not None
        assert entry.state is OutboxState.RECALLED
        assert notes(desk, number) == []
        assert get(desk, number).status is Status.NEW
        assert from_courier(desk, f"In-Reply-To: {named}") != number
        desk.redo()
        assert len(notes(desk, number)) == 1

    def test_once_it_left_only_the_rest_goes_back(self, desk: Desk, clock: Clock) -> None:
        number = come(desk)
        forward(desk, number, add_tags=("courier",))
        clock.now += 20
        deliver_due(desk.store, {"post": Post()}, clock.now)
        with pytest.raises(LeftError, match=f"The forward of #{number} has left") as error:
            desk.undo()
        desk.undo(rest_of=error.value.action)
        assert get(desk, number).tags == ()
        assert len(notes(desk, number)) == 1


class TestAnswers:
    @pytest.mark.parametrize("by", ["in-reply-to", "subject"])
    @pytest.mark.parametrize("sender", [COURIER, "vigo-office@courier.example"])
    def test_an_answer_is_a_note_and_never_the_customers_word(self, desk: Desk, by: str, sender: str) -> None:
        number = come(desk)
        desk.act([number], Change(reply="We ask the courier", status=Status.PENDING))
        forward(desk, number)
        sent = parsed(desk, 2)
        headers = (f"In-Reply-To: {sent['Message-ID']}",) if by == "in-reply-to" else ()
        subject = f"RE: {sent['Subject']}" if by == "subject" else "Re: parcel"
        assert from_courier(desk, *headers, sender=sender, subject=subject) == number
        newest = desk.store.messages.of(number)[-1]
        assert (newest.direction, newest.from_address, newest.text) == (Direction.NOTE, sender, "In Vigo")
        ticket = get(desk, number)
        assert (ticket.status, ticket.reopens, ticket.next_due) == (Status.OPEN, 0, None)
        assert "third-party" in ticket.tags
        assert desk.recipient(number) == ANA
        assert desk.copies(number, Change(reply="x")) == ()
        assert desk.store.messages.unanswered(number) == []

    @pytest.mark.parametrize("done", [Status.SOLVED, Status.CLOSED])
    def test_an_answer_reopens_nothing(self, desk: Desk, done: Status) -> None:
        number = come(desk)
        forward(desk, number)
        desk.act([number], Change(status=done))
        assert from_courier(desk, f"References: {parsed(desk, 1)['Message-ID']}") == number
        assert (get(desk, number).status, get(desk, number).reopens) == (done, 0)
        assert "third-party" in get(desk, number).tags

    def test_its_next_mail_is_a_note_too_and_its_thread_opens_no_door(self, desk: Desk) -> None:
        number = come(desk)
        forward(desk, number)
        named = parsed(desk, 1)["Message-ID"]
        from_courier(desk, f"In-Reply-To: {named}", body="In Vigo 1")
        assert from_courier(desk, f"References: {named} <1@c.x>", body="In Lugo 2") == number
        first = desk.store.messages.of(number)[0].message_id
        assert answer(desk, first, COURIER) != number, "a third party takes no part in the customer's conversation"
        assert answer(desk, "<1@c.x>", COURIER) == number, "their second mail, to their own first one"
        assert desk.store.messages.of(number)[-1].direction is Direction.NOTE
        assert answer(desk, "<1@c.x>", BOB) != number

    def test_what_the_customer_writes_stays_the_customers(self, desk: Desk) -> None:
        number = come(desk)
        forward(desk, number)
        named = parsed(desk, 1)["Message-ID"]
        first = desk.store.messages.of(number)[0].message_id
        assert come(desk, mail(ANA, references=(named, first))) == number
        assert desk.store.messages.of(number)[-1].direction is Direction.IN

    def test_automatic_answers_wake_nothing_and_bounces_say_so(self, desk: Desk, clock: Clock) -> None:
        number = come(desk)
        forward(desk, number, status=Status.ON_HOLD)
        named = parsed(desk, 1)["Message-ID"]
        clock.now += 20
        deliver_due(desk.store, {"post": Post()}, clock.now)
        assert from_courier(desk, f"In-Reply-To: {named}", "Auto-Submitted: auto-replied", body="Away 1") == number
        assert get(desk, number).status is Status.ON_HOLD
        report = (
            f"References: {named}", "Auto-Submitted: auto-replied", "MIME-Version: 1.0",
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        )  # fmt: skip
        body = (
            "--b\r\nContent-Type: text/plain\r\n\r\nUnknown\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
            f"Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; {COURIER}\r\n"
            "Action: failed\r\nStatus: 5.1.1\r\n--b--"
        )
        assert from_courier(desk, *report, sender="MAILER-DAEMON@x.example", body=body) == number
        assert (get(desk, number).status, get(desk, number).tags) == (Status.OPEN, ("bounced",))
        entry = desk.store.outbox.get(1)
        assert entry is not None
        assert entry.state is OutboxState.FAILED

    def test_our_own_forward_read_back_is_a_duplicate(self, desk: Desk) -> None:
        number = come(desk)
        forward(desk, number)
        stored = desk.store.outbox.get(1)
        assert stored is not None
        item = read_mail(stored.raw, connector="post", source="test", own_addresses=desk.rules.our_addresses)
        (received,) = desk.receive([item])
        assert (received.ticket_id, received.outcome) == (number, "duplicate")

    def test_an_answer_follows_a_merge(self, desk: Desk) -> None:
        number, other = come(desk), come(desk)
        forward(desk, number)
        desk.act([number], Change(merge_into=other))
        assert from_courier(desk, f"In-Reply-To: {parsed(desk, 1)['Message-ID']}") == other


class TestChecks:
    @pytest.mark.parametrize(
        ("to", "words"),
        [
            (ANA, "is the customer; write a reply"),
            ("help@us.example", "is ours"),
            ("nobody", "not a mail address"),
            ("MAILER-DAEMON@x.example", "mailer daemon"),
            ("", "not a mail address"),
        ],
    )
    def test_who_cannot_be_forwarded_to(self, desk: Desk, to: str, words: str) -> None:
        number = come(desk)
        with pytest.raises(RuleError, match=words):
            forward(desk, number, to)
        assert desk.store.outbox.waiting() == []

    @pytest.mark.parametrize("text", ["The account is ES91 2100 0418 4502 0005 1332", "Order {order} of {name}", "  "])
    def test_what_must_not_leave_stops_it_until_there_is_a_reason(self, desk: Desk, text: str) -> None:
        number = come(desk)
        with pytest.raises(RuleError, match=f"#{number}: "):
            forward(desk, number, text=text)
        assert desk.store.outbox.waiting() == []
        forward(desk, number, text=text.strip() or "x", override_reason="the bank asked for it")
        assert len(desk.store.outbox.waiting()) == 1

    @pytest.mark.parametrize("text", ["The card is 4111 1111 1111 1111", "Your password is Xk93-fd2q"])
    def test_a_card_or_a_password_never_leaves(self, desk: Desk, text: str) -> None:
        number = come(desk)
        with pytest.raises(RuleError, match="line 1"):
            forward(desk, number, text=text, override_reason="the bank asked for it")
        assert desk.store.outbox.waiting() == []

    def test_the_customers_own_data_are_named_before_they_leave(self, desk: Desk) -> None:
        number = come(desk)
        change = Change(forward=Forward(COURIER, f"Write to {ANA} or call +34 600 123 456."))
        found = [(finding.rule, finding.message) for finding in desk.findings(number, change)]
        assert ("personal-data", f"{ANA} leaves to {COURIER}; make sure that they may have it.") in found
        assert any("600 123 456 leaves to" in message for _, message in found)

    def test_another_customers_data_and_internal_notes_are_found(self, desk: Desk) -> None:
        come(desk, mail(BOB))
        number = come(desk)
        desk.act([number], Change(note="He threatened the driver twice and must not be told about our investigation"))
        for text in (f"Also ask {BOB}.", "He threatened the driver twice and must not be told about our investigation"):
            assert [one for one in desk.findings(number, Change(forward=Forward(COURIER, text))) if one.blocking]

    def test_gates_on_what_is_said_hold_it(self, desk: Desk) -> None:
        number = come(desk)
        desk.act([number], Change(topic="access", procedure="identity"))
        with pytest.raises(GateError):
            forward(desk, number, status=Status.SOLVED)

    def test_not_with_a_reply_and_not_on_a_closed_ticket(self, desk: Desk) -> None:
        number = come(desk)
        with pytest.raises(RuleError, match="one after the other"):
            forward(desk, number, reply="x")
        desk.act([number], Change(status=Status.CLOSED))
        with pytest.raises(RuleError, match="is closed"):
            forward(desk, number)

    def test_files_beyond_what_a_mail_carries(self, desk: Desk) -> None:
        number = come(desk)
        files = (ForwardedFile("a", "text/plain", b"x" * 6_000_000),) * 2
        with pytest.raises(RuleError, match="Leave some out"):
            desk.act([number], Change(forward=Forward(COURIER, "Look", files=files)))
        assert len(notes(desk, number)) == 0

    def test_a_ticket_of_a_ticketing_system_needs_a_mail_account(self, desk: Desk, tmp_path: Path) -> None:
        number = come(desk, mail(connector="rt:helpdesk", external_ref="7"))
        with pytest.raises(RuleError, match="no mail account to forward it from"):
            forward(desk, number)
        senders = {"email:help": Sender("help@us.example", "Us")}
        rules = DeskRules(routing=Rules(()), senders=senders, mail_connector="email:help")
        other = Desk(desk.store, clock=Clock(), rules=rules, agent="noa")
        forward(other, number)
        assert [entry.connector for entry in desk.store.outbox.waiting()] == ["email:help"]

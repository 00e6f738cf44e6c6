"""What a person wrote is work, whatever a header or a word hints at; what a machine wrote files itself, in sight."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from data.errors import RuleError
from data.records.changes import Change
from data.records.incoming import Received
from data.records.messages import Message, MessageKind
from data.records.outbox import OutboxEntry, OutboxState, RemoteMail
from data.records.tickets import Priority, Status, Ticket
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.mail.read_mail import read_mail
from queues.outgoing.outbox import deliver_due
from queues.remotes.mail_flags import SEEN, SOLVED, marking
from queues.routing.rules import Rules
from tui.setup.open_desk import desk_rules
from tui.setup.settings import Settings
from tui.ticket.event_line import aside_line

START = 1_770_000_000
OURS = "help@desk.example"
ANA = "Ana Ruiz <ana@clientes.example>"
_numbers = count(1)

REPORT = (
    "MIME-Version: 1.0\nContent-Type: multipart/report; report-type={type}; boundary=b\n\n--b\n"
    "Content-Type: text/plain\n\nThis is what happened.\n--b\nContent-Type: message/{part}\n\n{fields}\n\n--b--\n"
)
FAILED = REPORT.format(
    type="delivery-status",
    part="delivery-status",
    fields="Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; ana@clientes.example\nAction: {action}",
)
RECEIPT = REPORT.format(
    type="disposition-notification",
    part="disposition-notification",
    fields="Original-Message-ID: {about}\nDisposition: manual-action/MDN-sent-manually; displayed",
)


class Leaving:
    """Lets every reply leave."""

    def send(self, entry: OutboxEntry) -> str:
        return "taken"

    def was_delivered(self, entry: OutboxEntry) -> bool | None:
        return True


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    rules = DeskRules(routing=Rules(()), sender=OURS, own_addresses=frozenset({"shop@desk.example"}), undo_seconds=0)
    return Desk(Store.open(tmp_path / "desk.db"), clock=lambda: START, rules=rules, agent="eva")


def come(
    desk: Desk, *headers: str, sender: str = ANA, subject: str = "Mi pedido", body: str = "\nNo ha llegado.",
    from_files: bool = True,
) -> Received:  # fmt: skip
    """Let one mail come in, with these headers besides the usual ones."""
    lines = [f"From: {sender}", f"To: {OURS}", f"Subject: {subject}", f"Message-ID: <m{next(_numbers)}@x.example>"]
    raw = "\n".join([*lines, *headers]) + "\n" + body
    item = read_mail(raw.encode(), connector="post", source="test", own_addresses=frozenset({OURS}))
    (received,) = desk.receive([replace(item, received_at=START, needs_our_id=not from_files)])
    return received


def ticket(desk: Desk, number: int) -> Ticket:
    found = desk.store.tickets.get(number)
    assert found is not None
    return found


def latest(desk: Desk, number: int) -> Message:
    return desk.store.messages.of(number)[-1]


def answered(desk: Desk, *, status: Status = Status.SOLVED, **mail: str) -> tuple[int, str]:
    """Open a ticket and answer it; return its number and the Message-ID of our answer."""
    number = come(desk, **mail).ticket_id  # type: ignore[arg-type]
    desk.act([number], Change(reply="Ya está.", status=status))
    return number, latest(desk, number).message_id


HINTS = {
    "mail group": ("Precedence: list", "List-ID: <help.desk.example>"),
    "customer tool": ("Precedence: bulk",),
    "old group": ("Precedence: junk",),
    "forwarding rule": ("Auto-Submitted: auto-generated", "X-MS-Exchange-ForwardingLoop: old@desk.example"),
    "rule that says replied": (
        "Auto-Submitted: auto-replied", "X-MS-Exchange-ForwardingLoop: old@desk.example",
    ),
    "web form": ("Auto-Submitted: auto-generated (form)",),
    "notification": ("Auto-Submitted: auto-notified; owner-email=x@y.example",),
    "says that it is none": ("X-Autoreply: no", "Auto-Submitted: no"),
    "responder, not to us": ("X-Autorespond: yes",),
    "no sender": ("Return-Path: <>",),
    "failed recipients": ("X-Failed-Recipients: ana@clientes.example",),
    "exchange marks": ("X-Auto-Response-Suppress: All", "Auto-Submitted: auto-generated"),
}  # fmt: skip


@pytest.mark.parametrize("name", HINTS)
def test_a_hint_makes_new_work_and_is_kept(desk: Desk, name: str) -> None:
    received = come(desk, *HINTS[name])
    found = ticket(desk, received.ticket_id)
    assert (found.status, found.priority) == (Status.NEW, Priority.NORMAL)
    assert found.first_due is not None, "somebody waits"
    assert latest(desk, found.id).kind is MessageKind.MAIL
    assert bool(latest(desk, found.id).signs) == (name != "says that it is none")
    assert bool({"bulk", "automatic?"} & set(found.tags)) == (name != "says that it is none")


@pytest.mark.parametrize(
    "subject",
    [
        "Ausente: mi paquete no está en casa", "Out of office: who answers at night?", "Undelivered parcel",
        "Respuesta automática no funciona", "Delivery failed twice", "Devuelto el pedido, ¿y mi dinero?",
        "Automatic reply: how do I turn it off?", "Read: your terms", "Fuera de la oficina: cambio de dirección",
    ],
)  # fmt: skip
def test_words_of_a_subject_close_nothing(desk: Desk, subject: str) -> None:
    found = ticket(desk, come(desk, subject=subject).ticket_id)
    assert (found.status, found.priority) == (Status.NEW, Priority.NORMAL)


@pytest.mark.parametrize("name", [name for name in HINTS if not name.startswith("responder")])
def test_a_hinted_answer_reopens(desk: Desk, name: str) -> None:
    number, ours = answered(desk)
    assert come(desk, f"In-Reply-To: {ours}", *HINTS[name], subject="Re: Mi pedido").ticket_id == number
    assert ticket(desk, number).status is Status.OPEN


def test_a_forwarded_answer_about_an_absence_reopens(desk: Desk) -> None:
    number, ours = answered(desk, subject="Ausente: mi paquete")
    come(desk, f"In-Reply-To: {ours}", "Auto-Submitted: auto-generated", subject="Ausente: mi paquete")
    assert ticket(desk, number).status is Status.OPEN


RESPONDERS = {
    "RFC 3834": ("Auto-Submitted: auto-replied", "Subject: Re: Mi pedido"),
    "with a comment": ("Auto-Submitted: auto-replied (vacation)", "Subject: I am away"),
    "old header": ("X-Autoreply: yes", "Subject: Re: Mi pedido"),
    "precedence": ("Precedence: auto_reply", "Subject: Re: Mi pedido"),
    "named": ("X-Autorespond: Mi pedido", "Subject: Estoy fuera"),
    "exchange": (
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
        "Subject: Automatic reply: Mi pedido",
    ),
    "exchange, Swedish": ("Auto-Submitted: auto-generated", "Subject: Autosvar: Mi pedido"),
    "exchange, Japanese": ("Auto-Submitted: auto-generated", "Subject: 自動応答: Mi pedido"),
    "exchange, Chinese": ("Auto-Submitted: auto-generated", "Subject: 自动答复： Mi pedido"),
    "exchange, Spanish": ("Auto-Submitted: auto-generated", "Subject: Respuesta automática: Re: Mi pedido"),
    "no sender": ("Return-Path: <>", "Subject: Fuera de la oficina: Mi pedido"),
}


@pytest.mark.parametrize("name", RESPONDERS)
@pytest.mark.parametrize("from_files", [True, False])
def test_an_automatic_answer_to_us_stays_with_its_ticket_and_reopens_nothing(
    desk: Desk, name: str, from_files: bool
) -> None:
    number, ours = answered(desk)
    *headers, subject = RESPONDERS[name]
    come(desk, f"In-Reply-To: {ours}", *headers, subject=subject.removeprefix("Subject: "), from_files=from_files)
    assert latest(desk, number).kind is MessageKind.AUTO
    assert (ticket(desk, number).status, ticket(desk, number).tags) == (Status.SOLVED, ())


@pytest.mark.parametrize("from_files", [True, False])
def test_a_read_receipt_is_filed_by_the_mail_that_it_is_about(desk: Desk, from_files: bool) -> None:
    number, ours = answered(desk)
    body = RECEIPT.format(about=ours)
    assert come(desk, subject="Leído: Re: Mi pedido", body=body, from_files=from_files).ticket_id == number
    assert (latest(desk, number).kind, ticket(desk, number).status) == (MessageKind.AUTO, Status.SOLVED)


@pytest.mark.parametrize(
    ("action", "status"),
    [("failed", Status.OPEN), ("delayed", Status.PENDING)],
)
def test_only_a_report_of_failure_brings_a_ticket_back(desk: Desk, action: str, status: Status) -> None:
    number, ours = answered(desk, status=Status.PENDING)
    deliver_due(desk.store, {"post": Leaving()}, START)
    body = FAILED.format(action=action)
    come(desk, f"In-Reply-To: {ours}", sender="MAILER-DAEMON", subject="Report", body=body)
    assert (latest(desk, number).kind, ticket(desk, number).status) == (MessageKind.BOUNCE, status)


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_report_of_success_is_one_line_and_no_message(desk: Desk, action: str) -> None:
    number, ours = answered(desk, status=Status.PENDING)
    deliver_due(desk.store, {"post": Leaving()}, START)
    before, amount = ticket(desk, number), len(desk.store.messages.of(number))
    body = FAILED.format(action=action)
    came = come(desk, f"In-Reply-To: {ours}", sender="MAILER-DAEMON", subject="Report", body=body)
    assert came == Received(number, "noted")
    assert (ticket(desk, number), len(desk.store.messages.of(number))) == (before, amount)
    (event,) = desk.store.events.of_kinds(number, ["delivered"])
    assert "a reply was reported as" in aside_line(event, START)
    assert desk.store.messages.unread_raws() == []


def in_doubt(desk: Desk) -> tuple[int, str]:
    """Return a ticket and the Message-ID of its reply, whose arrival is not known."""
    number, ours = answered(desk, status=Status.PENDING)
    (entry,) = desk.store.outbox.waiting()
    with desk.store.write():
        desk.store.outbox.move(entry.id, OutboxState.QUEUED, OutboxState.IN_DOUBT, reason="the connection ended")
    return number, ours


PROOFS: dict[str, tuple[dict[str, str], str]] = {
    "delivered": ({"sender": "MAILER-DAEMON", "body": FAILED.format(action="delivered")}, "sent"),
    "relayed": ({"sender": "MAILER-DAEMON", "body": FAILED.format(action="relayed")}, "sent"),
    "delayed": ({"sender": "MAILER-DAEMON", "body": FAILED.format(action="delayed")}, "sent"),
    "failed": ({"sender": "MAILER-DAEMON", "body": FAILED.format(action="failed")}, "failed"),
    "an answer": ({"body": "\nGracias, ¿y ahora qué?"}, "sent"),
    "a stranger's answer": ({"sender": "eve@evil.example", "body": "\nWho are you?"}, "sent"),
}


@pytest.mark.parametrize("proof", PROOFS)
def test_who_names_a_reply_in_doubt_settles_it(desk: Desk, proof: str) -> None:
    _, ours = in_doubt(desk)
    given, state = PROOFS[proof]
    come(desk, f"In-Reply-To: {ours}", **given)  # type: ignore[arg-type]
    entry = desk.store.outbox.of_message(ours)
    assert entry is not None
    assert entry.state == state
    assert not desk.store.outbox.counts().get(OutboxState.IN_DOUBT)


def test_mail_about_something_else_settles_no_doubt(desk: Desk) -> None:
    in_doubt(desk)
    come(desk, "In-Reply-To: <other@x.example>", body="\nHola.")
    come(desk, body="\nOtra cosa.", sender="MAILER-DAEMON", subject="Report")
    assert desk.store.outbox.counts()[OutboxState.IN_DOUBT] == 1


def back(desk: Desk, message_id: str, answers: str) -> Received:
    """Let a mail from our own address come into the mailbox."""
    head = f"From: {OURS}\nTo: ana@clientes.example\nSubject: Re: x\nMessage-ID: {message_id}\nIn-Reply-To: {answers}"
    item = read_mail(f"{head}\n\nHecho.".encode(), connector="post", source="test", own_addresses=frozenset())
    (received,) = desk.receive([replace(item, received_at=START, needs_our_id=True)])
    return received


def test_the_copy_to_ourselves_settles_a_doubt_and_is_no_message(desk: Desk) -> None:
    number, ours = in_doubt(desk)
    before = desk.store.messages.of(number)
    assert back(desk, ours, "<nothing@x.example>") == Received(number, "noted")
    assert desk.store.messages.of(number) == before
    assert ticket(desk, number).status is Status.PENDING
    assert not desk.store.outbox.counts()


def test_the_copy_of_a_colleagues_reply_is_no_message_either(desk: Desk) -> None:
    number = come(desk).ticket_id
    first = latest(desk, number).message_id
    theirs = "<tridesk.7.0123456789abcdef01234567@desk.example>"
    assert back(desk, theirs, first) == Received(number, "noted")
    # written in a mail program, what it says may be news
    assert back(desk, "<mine@desk.example>", first).outcome != "noted"


def test_a_bounce_without_a_report_is_known_by_the_copy_in_its_text(desk: Desk) -> None:
    number, ours = answered(desk)
    deliver_due(desk.store, {"post": Leaving()}, START)
    body = f"\nThis message was created automatically.\n\n--- This is a copy. ---\n\nMessage-ID: {ours}\nSubject: Re: x"
    failed = ("X-Failed-Recipients: ana@clientes.example", "Auto-Submitted: auto-replied")
    came = come(desk, *failed, sender="MAILER-DAEMON@mx.example", subject="Mail delivery failed", body=body)
    assert (came.ticket_id, ticket(desk, number).status) == (number, Status.OPEN)


def test_a_person_who_quotes_our_id_in_the_text_opens_a_ticket_of_their_own(desk: Desk) -> None:
    number, ours = answered(desk)
    came = come(desk, sender="eve@evil.example", body=f"\nMessage-ID: {ours}\nWhat is this?")
    assert came.ticket_id != number


def test_a_person_who_attaches_a_report_wrote_a_mail(desk: Desk) -> None:
    body = FAILED.format(action="failed").replace("multipart/report; report-type=delivery-status", "multipart/mixed")
    found = ticket(desk, come(desk, body=body).ticket_id)
    assert (found.status, latest(desk, found.id).kind) == (Status.NEW, MessageKind.MAIL)


MACHINES = {
    "vacation": (ANA, ("Auto-Submitted: auto-replied",), "\nI am away", "auto"),
    "delivery report": ("<>", (), FAILED.format(action="failed"), "bounce"),
    "old bounce": ("MAILER-DAEMON@mx.example", ("Return-Path: <>",), "\nHi. This is qmail.", "bounce"),
    "postmaster": ("postmaster@mx.example", ("X-Failed-Recipients: a@b.example",), "\nNo such user", "bounce"),
    "receipt": (ANA, (), RECEIPT.format(about="<x@y.example>"), "auto"),
    "spam": (ANA, ("X-Spam-Flag: YES",), "\nYou have won", "spam"),
    "spam, scored": (ANA, ("X-Spam-Status: Yes, score=9",), "\nYou have won", "spam"),
    "spam, Microsoft's": (ANA, ("X-Forefront-Antispam-Report: CIP:9.9.9.9;SCL:9;SFV:SPM;",), "\nYou have won", "spam"),
    "spam, by level": (ANA, ("X-MS-Exchange-Organization-SCL: 6",), "\nYou have won", "spam"),
}


@pytest.mark.parametrize("name", MACHINES)
def test_what_no_person_wrote_is_suspended_until_it_is_taken_in(desk: Desk, name: str) -> None:
    sender, headers, body, tag = MACHINES[name]
    subject = "Undelivered mail" if tag == "bounce" else "Mail"
    number = come(desk, *headers, sender=sender, subject=subject, body=body).ticket_id
    found = ticket(desk, number)
    assert (found.status, found.tags, found.due_at) == (Status.SUSPENDED, (tag,), None)
    assert desk.store.tickets.suspended() == 1
    assert desk.next_up() is None
    mail = RemoteMail("post", "INBOX", 1, 1, "", START, frozenset(), 1)
    assert not marking(mail, found, None).add & {SEEN, SOLVED}, "the mailbox that others read is left as it is"
    desk.act([number], Change(status=Status.OPEN))
    assert ticket(desk, number).first_due is not None
    assert (ticket(desk, number).reopens, desk.store.tickets.suspended()) == (0, 0)
    desk.undo()
    assert ticket(desk, number).status is Status.SUSPENDED


def test_a_spam_verdict_on_an_answer_to_us_is_a_false_alarm(desk: Desk) -> None:
    number, ours = answered(desk)
    come(desk, f"In-Reply-To: {ours}", "X-Spam-Flag: YES", subject="Re: Mi pedido", body="\nSigue sin llegar.")
    assert (ticket(desk, number).status, ticket(desk, number).tags) == (Status.OPEN, ("spam?",))


def test_other_spam_joins_no_conversation_and_takes_no_answer_out_of_one(desk: Desk) -> None:
    number = come(desk).ticket_id
    first = latest(desk, number).message_id
    other = come(desk, f"In-Reply-To: {first}", "X-Spam-Flag: YES", subject="Re: Mi pedido", body="\nBuy").ticket_id
    assert (other != number, ticket(desk, other).status) == (True, Status.SUSPENDED)
    assert come(desk, f"In-Reply-To: {first}", subject="Re: Mi pedido", body="\nGracias por mirar").ticket_id == number


def test_a_person_who_writes_into_a_suspended_ticket_takes_it_in(desk: Desk) -> None:
    number = come(desk, "X-Spam-Flag: YES").ticket_id
    first = latest(desk, number).message_id
    assert come(desk, f"In-Reply-To: {first}", subject="Re: Mi pedido", body="\n¿Hola?").ticket_id == number
    assert ticket(desk, number).status is Status.OPEN


def test_who_takes_a_suspended_ticket_takes_it_in(desk: Desk) -> None:
    number = come(desk, "X-Spam-Flag: YES").ticket_id
    desk.act([number], Change(assignee="eva"))
    assert ticket(desk, number).status is Status.OPEN


def test_a_closed_ticket_is_reopened_by_an_agent_and_undone(desk: Desk) -> None:
    number = come(desk).ticket_id
    desk.act([number], Change(status=Status.CLOSED))
    with pytest.raises(RuleError, match=f"tridesk reopen {number}"):
        desk.act([number], Change(reply="Hola"))
    desk.act([number], Change(status=Status.OPEN))
    assert (ticket(desk, number).status, ticket(desk, number).reopens) == (Status.OPEN, 1)
    desk.undo()
    assert ticket(desk, number).status is Status.CLOSED


@pytest.mark.parametrize("before", [Status.NEW, Status.OPEN, Status.PENDING, Status.ON_HOLD])
def test_an_agent_suspends_spam_and_takes_it_back(desk: Desk, before: Status) -> None:
    number = come(desk).ticket_id
    if before is not Status.NEW:
        desk.act([number], Change(status=before))
    desk.act([number], Change(status=Status.SUSPENDED, add_tags=("spam",)))
    found = ticket(desk, number)
    assert (found.status, found.tags, found.due_at) == (Status.SUSPENDED, ("spam",), None)
    assert desk.next_up() is None
    assert desk.store.outbox.waiting() == []
    desk.undo()
    assert (ticket(desk, number).status, ticket(desk, number).tags) == (before, ())


def test_spam_gets_no_reply_and_a_mirrored_ticket_is_marked_where_it_is(desk: Desk) -> None:
    number = come(desk).ticket_id
    with pytest.raises(RuleError, match="this address is read"):
        desk.act([number], Change(reply="Hola", status=Status.SUSPENDED))
    item = read_mail(b"From: ana@x.example\n\nHi", connector="rt:help", source="test")
    (mirrored,) = desk.receive([replace(item, external_ref="7")])
    with pytest.raises(RuleError, match="mark it as spam there"):
        desk.act([mirrored.ticket_id], Change(status=Status.SUSPENDED))


LISTED = [
    ("blocked by address", ("Shop@Offers.example",), (), "shop@offers.example", (), Status.SUSPENDED, "spam"),
    ("blocked by domain", ("@offers.example",), (), "any@offers.example", (), Status.SUSPENDED, "spam"),
    ("another domain", ("@offers.example",), (), "any@not-offers.example", (), Status.NEW, ""),
    ("a domain below", ("@offers.example",), (), "any@mail.offers.example", (), Status.NEW, ""),
    ("in both lists", ("@offers.example",), ("ana@offers.example",), "ana@offers.example", (), Status.NEW, ""),
    ("trusted", (), ("@x.example",), "ana@x.example", ("X-Spam-Flag: YES",), Status.NEW, "spam?"),
    ("not trusted", (), ("@y.example",), "ana@x.example", ("X-Spam-Flag: YES",), Status.SUSPENDED, "spam"),
]


@pytest.mark.parametrize(("blocked", "trusted", "sender", "headers", "status", "tag"), [one[1:] for one in LISTED],
                         ids=[one[0] for one in LISTED])  # fmt: skip
def test_lists_of_senders_suspend_and_let_through(
    tmp_path: Path, blocked: tuple[str, ...], trusted: tuple[str, ...], sender: str, headers: tuple[str, ...],
    status: Status, tag: str,
) -> None:  # fmt: skip
    lists = Settings(blocked_senders=blocked, trusted_senders=trusted)
    rules = replace(desk_rules(lists), routing=Rules(()))
    desk = Desk(Store.open(tmp_path / "desk.db"), clock=lambda: START, rules=rules, agent="eva")
    found = ticket(desk, come(desk, *headers, sender=sender).ticket_id)
    assert (found.status, found.tags) == (status, (tag,) if tag else ())


def test_a_blocked_sender_who_answers_our_mail_is_heard(desk: Desk) -> None:
    number, ours = answered(desk)
    rules = DeskRules(routing=Rules(()), sender=OURS, blocked_senders=frozenset({"ana@clientes.example"}))
    strict = Desk(desk.store, clock=lambda: START, agent="eva", rules=rules)
    come(strict, f"In-Reply-To: {ours}", subject="Re: Mi pedido", body="\nSigue sin llegar.")
    assert (ticket(desk, number).status, ticket(desk, number).tags) == (Status.OPEN, ("spam?",))


@pytest.mark.parametrize("header", ["X-Forefront-Antispam-Report: SCL:1;SFV:NSPM", "X-MS-Exchange-Organization-SCL: 1"])
def test_a_filter_that_lets_a_mail_pass_suspends_nothing(desk: Desk, header: str) -> None:
    assert ticket(desk, come(desk, header, sender=ANA, body="\nWhere is it?").ticket_id).status is Status.NEW


@pytest.mark.parametrize("subject", ["Onbestelbaar: Re: x", "Não é possível entregar: Re: x", "Non recapitabile: x"])
def test_a_postmasters_notice_in_any_language_is_a_bounce(desk: Desk, subject: str) -> None:
    notice = come(desk, "Return-Path: <>", sender="postmaster@mx.example", subject=subject, body="\nNo box.")
    assert ticket(desk, notice.ticket_id).tags == ("bounce",)
    person = come(desk, sender="postmaster@mx.example", subject=f"{subject} and more", body="\nOur own matter.")
    assert ticket(desk, person.ticket_id).status is Status.NEW

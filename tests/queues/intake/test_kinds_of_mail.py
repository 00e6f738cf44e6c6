"""The table of docs/email.md, row by row: what a mail can be, what becomes of it, and where it is seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import pytest

from data.records.changes import Change
from data.records.escalations import Escalation
from data.records.incoming import Received
from data.records.messages import Direction, MessageKind
from data.records.outbox import OutboxEntry
from data.records.tickets import ACTIVE, Status, Ticket
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.ground.teams import Team
from queues.mail.read_mail import read_mail, unread_mail
from queues.outgoing.outbox import deliver_due
from queues.quality.csat import token_of
from queues.routing.rules import Rules

ROOT = Path(__file__).parents[3]
START = 1_800_000_000
OURS, GROUP, TEAM = "help@desk.example", "shop@desk.example", "billing@team.example"
ANA = "Ana Ruiz <ana@clientes.example>"
REPORT = (
    "MIME-Version: 1.0\nContent-Type: multipart/report; report-type={kind}; boundary=b\n\n--b\n"
    "Content-Type: text/plain\n\nThis is what happened.\n--b\nContent-Type: message/{part}\n\n{fields}\n\n--b--\n"
)
numbers = count(1)


class Leaving:
    """Lets every reply leave."""

    def send(self, entry: OutboxEntry) -> str:
        return "taken"

    def was_delivered(self, entry: OutboxEntry) -> bool | None:
        return True


@dataclass(slots=True)
class World:
    """A desk, and the mails that come to it."""

    desk: Desk

    def come(self, *headers: str, sender: str = ANA, subject: str = "Mi pedido", body: str = "\nNo ha llegado.",
             direction: Direction = Direction.IN, history: bool = False, message_id: str = "") -> Received:  # fmt: skip
        message_id = message_id or f"<m{next(numbers)}@x.example>"
        lines = [f"From: {sender}", f"To: {OURS}", f"Subject: {subject}", f"Message-ID: {message_id}", *headers]
        item = read_mail("\n".join([*lines, body]).encode(), connector="post", source="t", own_addresses=frozenset())
        item = replace(item, received_at=START, needs_our_id=direction is Direction.IN, direction=direction,
                       history=history)  # fmt: skip
        (received,) = self.desk.receive([item])
        return received

    def answered(self, status: Status = Status.PENDING, text: str = "Ya está.") -> tuple[int, str]:
        """Return a ticket that was answered, and the Message-ID of the answer."""
        number = self.come().ticket_id
        self.desk.act([number], Change(reply=text, status=status, override_reason="a test"))
        deliver_due(self.desk.store, {"post": Leaving()}, START)
        return number, self.desk.store.messages.of(number)[-1].message_id

    def ticket(self, number: int) -> Ticket:
        result = self.desk.store.tickets.get(number)
        assert result is not None
        return result


@pytest.fixture
def world(tmp_path: Path) -> World:
    rules = DeskRules(
        routing=Rules(()), sender=OURS, own_addresses=frozenset({OURS, GROUP}), undo_seconds=0,
        teams=(Team("Billing", TEAM),), blocked_senders=frozenset({"@bad.example"}),
        trusted_senders=frozenset({"@good.example"}),
    )  # fmt: skip
    return World(Desk(Store.open(tmp_path / "desk.db"), clock=lambda: START, rules=rules, agent="eva"))


def report(action: str) -> str:
    fields = f"Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; ana@clientes.example\nAction: {action}"
    return REPORT.format(kind="delivery-status", part="delivery-status", fields=fields)


DAEMON = "MAILER-DAEMON"


def about(world: World, *headers: str, answers: bool = True, **mail: str) -> Received:
    """Let a mail come that names our answer."""
    _, ours = world.answered()
    return world.come(*headers, *([f"In-Reply-To: {ours}"] if answers else []), **mail)  # type: ignore[arg-type]


def thanks(world: World) -> Received:
    _, ours = world.answered(Status.SOLVED)
    return world.come(f"In-Reply-To: {ours}", body="\nMuchas gracias.")


def rating(world: World) -> Received:
    number = world.come().ticket_id
    token = token_of(world.desk.store, number)
    text = f"Ya está. ¿Qué tal? Responda con un número del 1 al 5. [{token}]"
    world.desk.act([number], Change(reply=text, status=Status.SOLVED, override_reason="a test"))
    deliver_due(world.desk.store, {"post": Leaving()}, START)
    return world.come(f"In-Reply-To: {world.desk.store.messages.of(number)[-1].message_id}", body="\n5")


def team_answer(world: World) -> Received:
    number = world.come().ticket_id
    world.desk.act([number], Change(escalate=Escalation("Billing", note="Look, please.")))
    (child,) = world.desk.store.escalations.of(number)
    return world.come(f"In-Reply-To: {child.message_id}", sender=TEAM, body="\nDone.")


def from_elsewhere(world: World) -> Received:
    first = f"<m{next(numbers)}@x.example>"
    world.come(message_id=first)
    return world.come(f"In-Reply-To: {first}", sender=OURS, direction=Direction.OUT)


def desks_copy(world: World) -> Received:
    _, ours = world.answered()
    return world.come(sender=OURS, message_id=ours)


def twice(world: World) -> Received:
    world.come(message_id="<same@x.example>")
    return world.come("Received: by another way", message_id="<same@x.example>")


def broken(world: World) -> Received:
    item = unread_mail(b"\xff\xfe", connector="post", source="t", problem="not a mail")
    (received,) = world.desk.receive([item])
    return received


Scenario = Callable[[World], Received]
JOINED, NEW, NOTED = "joined", "new", "noted"
MAIL, AUTO, BOUNCE, SPAM = MessageKind.MAIL, MessageKind.AUTO, MessageKind.BOUNCE, MessageKind.SPAM
RECEIPT = REPORT.format(kind="disposition-notification", part="disposition-notification", fields="Disposition: x")
FLAGGED = "X-Spam-Flag: YES"

ROWS: dict[str, tuple[Scenario, str, Status, MessageKind | None, str]] = {
    "a person's": (lambda w: w.come(), NEW, Status.NEW, MAIL, ""),
    "a person's, in a conversation": (about, JOINED, Status.OPEN, MAIL, ""),
    "a stranger's that names a conversation": (
        lambda w: about(w, sender="eve@evil.example"), NEW, Status.NEW, MAIL, "unverified"),
    "perhaps automatic": (lambda w: w.come("Precedence: bulk"), NEW, Status.NEW, MAIL, "bulk"),
    "plain thanks": (thanks, JOINED, Status.SOLVED, MAIL, ""),
    "a rating alone": (rating, JOINED, Status.SOLVED, MessageKind.RATING, ""),
    "an automatic answer": (
        lambda w: about(w, "Auto-Submitted: auto-replied"), JOINED, Status.PENDING, AUTO, ""),
    "a read receipt": (lambda w: about(w, body=RECEIPT), JOINED, Status.PENDING, AUTO, ""),
    "a delivery report: failed": (
        lambda w: about(w, sender=DAEMON, body=report("failed")), JOINED, Status.OPEN, BOUNCE, "bounced"),
    "a delivery report: delayed": (
        lambda w: about(w, sender=DAEMON, body=report("delayed")), JOINED, Status.PENDING, BOUNCE, ""),
    "a delivery report: delivered": (
        lambda w: about(w, sender=DAEMON, body=report("delivered")), NOTED, Status.PENDING, None, ""),
    "one of these five, about nothing here": (
        lambda w: w.come(sender=DAEMON, body=report("delivered")), NEW, Status.SUSPENDED, BOUNCE, "bounce"),
    "spam by a filter's verdict": (lambda w: w.come(FLAGGED), NEW, Status.SUSPENDED, SPAM, "spam"),
    "spam by verdict that answers our mail": (lambda w: about(w, FLAGGED), JOINED, Status.OPEN, MAIL, "spam?"),
    "spam by verdict from a trusted sender": (
        lambda w: w.come(FLAGGED, sender="a@good.example"), NEW, Status.NEW, MAIL, "spam?"),
    "from a blocked sender": (lambda w: w.come(sender="a@bad.example"), NEW, Status.SUSPENDED, SPAM, "spam"),
    "from a web form": (
        lambda w: w.come("Reply-To: ana@clientes.example", sender="no-reply@forms.example"),
        NEW, Status.NEW, MessageKind.FORM, ""),
    "through a mail group or form of ours": (
        lambda w: w.come("X-Original-From: Ana <ana@clientes.example>", sender=f"'Ana' via Shop <{GROUP}>"),
        NEW, Status.NEW, MAIL, ""),
    "another team's answer": (team_answer, JOINED, Status.OPEN, MAIL, ""),
    "our reply from another program": (from_elsewhere, JOINED, Status.PENDING, MAIL, ""),
    "a copy of a desk's reply": (desks_copy, NOTED, Status.PENDING, None, ""),
    "a second delivery": (twice, "duplicate", Status.NEW, None, ""),
    "old mail": (lambda w: w.come(history=True), NEW, Status.HISTORY, MAIL, ""),
    "without text that can be read": (
        lambda w: w.come("MIME-Version: 1.0", "Content-Type: application/pkcs7-mime; name=smime.p7m",
                         "Content-Transfer-Encoding: base64", body="\nAAAA"),
        "unreadable", Status.NEW, MAIL, ""),
    "too broken to parse": (broken, "unreadable", Status.NEW, MAIL, ""),
}  # fmt: skip
"""By the first column: how it comes, its outcome, its ticket's status, the kind of its message, and a tag."""

ELSEWHERE = {
    "older than `since`": ("tests/queues/remotes/test_mail_history.py", "test_mail_before_since_is_left_alone")
}
"""Rows that only a server can show, with their test."""


def table() -> list[list[str]]:
    """Return the cells of the table's rows."""
    lines = (ROOT / "docs/email.md").read_text(encoding="utf-8").splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("| what a mail can be |"))
    end = next(at for at in range(start, len(lines)) if not lines[at].startswith("|"))
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[start + 2 : end]]


def test_the_table_and_the_rows_tried_here_are_the_same() -> None:
    assert [row[0] for row in table() if row[0] not in ELSEWHERE] == list(ROWS)
    for path, name in ELSEWHERE.values():
        assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("row", table(), ids=lambda row: row[0])
def test_a_row_of_the_table_is_true(world: World, row: list[str]) -> None:
    if row[0] in ELSEWHERE:
        return
    scenario, outcome, status, kind, tag = ROWS[row[0]]
    received = scenario(world)
    ticket, store = world.ticket(received.ticket_id), world.desk.store
    assert (received.outcome, ticket.status) == (outcome, status)
    assert not tag or tag in ticket.tags
    assert tag in row[2]
    messages = store.messages.of(ticket.id)
    if kind is not None:
        assert messages[-1].kind is kind
    seen = row[3]
    in_lane = ticket.id in {one.id for one in store.tickets.page(ticket.lane)}
    assert in_lane == (status in ACTIVE)
    assert (seen == "its lane") <= in_lane
    assert (seen == "suspended") == (status is Status.SUSPENDED) == bool(store.tickets.suspended())
    assert ("search" in seen) == (status is Status.HISTORY)
    assert (ticket.due_at is None) == (status not in ACTIVE)
    assert store.messages.unread_raws() == []

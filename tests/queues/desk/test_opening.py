"""A ticket that begins with our message: it leaves once, its answer joins it, and undo leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from data.errors import LeftError, RuleError
from data.records.changes import Change, NewTicket
from data.records.messages import Direction
from data.records.outbox import Enclosure
from data.records.tickets import Status
from data.store import Store
from macros.checks.check import Checker
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules, Sender
from queues.figures.ticket_figures import life_of
from queues.outgoing.outbox import deliver_due
from queues.routing.rules import Rules
from tests.database import database
from tests.queues.mails import ANA, BOB, EVE, START, Clock, Post, answer, come, get, mail

SPANISH = "Hola, le escribimos porque su pedido llegará más tarde de lo previsto. Disculpe las molestias."
ASKED = NewTicket("New.Person@else.example", "Your order 4711", SPANISH, "Lía Ríos")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    store = Store.open(tmp_path / "desk.db")
    senders = {name: Sender(f"{name[6:]}@us.example", "Us") for name in ("email:help", "email:shop")}
    rules = DeskRules(routing=Rules(()), reopen_days=0, senders=senders, mail_connector="email:help")
    yield Desk(store, clock=clock, rules=rules, checker=Checker(lambda text: ("und", 0.0)), agent="noa")
    store.close()


def counts(desk: Desk) -> dict[str, int]:
    tables = ("ticket", "message", "outbox", "customer", "event", "action")
    return {name: database(desk.store).table(name).count for name in tables}


def test_it_leaves_through_the_outbox_once(desk: Desk, clock: Clock) -> None:
    done = desk.open_ticket(ASKED)
    (number,) = done.ticket_ids
    assert done.summary == f"#{number}: written to New.Person@else.example"
    assert done.leaves_at == START + 10
    ticket = get(desk, number)
    assert (ticket.subject, ticket.status, ticket.touches, ticket.assignee) == (
        "Your order 4711", Status.PENDING, 1, "noa",
    )  # fmt: skip
    assert (ticket.language, ticket.connector, ticket.due_at) == ("es", "email:help", None)
    customer = desk.store.customers.get(ticket.customer_id)
    assert customer is not None
    assert (customer.name, [identity.value for identity in customer.identities]) == (
        "Lía Ríos", ["new.person@else.example"],
    )  # fmt: skip
    clock.now += 11
    post = Post()
    for _ in range(2):
        deliver_due(desk.store, {"email:help": post}, clock.now)
    (entry,) = post.sent
    message = message_from_bytes(entry.raw, policy=policy.default)
    assert message["Subject"] == "Your order 4711"
    assert message["From"] == "Us <help@us.example>"
    assert message["In-Reply-To"] is None
    assert "Lía Ríos" in message["To"]


def test_the_answer_joins_it_and_reopens_it(desk: Desk) -> None:
    (number,) = desk.open_ticket(ASKED).ticket_ids
    ours = desk.store.messages.of(number)[0].message_id
    sender = "new.person@else.example"
    assert answer(desk, ours, sender) == number
    assert answer(desk, ours, sender, needs_our_id=True) == number
    assert get(desk, number).status is Status.OPEN
    assert desk.recipient(number) == sender
    assert come(desk, mail(sender, "Re: Your order 4711")) == number
    assert answer(desk, ours, EVE) != number


def test_a_known_customer_keeps_name_and_language(desk: Desk) -> None:
    first = come(desk, mail(connector="email:help"))
    (number,) = desk.open_ticket(NewTicket(ANA.upper(), "One more thing", "Hello there", "Somebody")).ticket_ids
    assert get(desk, number).customer_id == get(desk, first).customer_id
    assert get(desk, number).language == "en"


def test_account_lane_language_files_and_status_are_chosen(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "offer.txt"
    file.write_text("offer")
    asked = NewTicket(BOB, "Offer", "See the attached offer.", lane="app", connector="email:shop", language="pt")
    change = Change(attachments=(Enclosure(str(file), "offer.txt", 5),), status=Status.SOLVED)
    (number,) = desk.open_ticket(asked, change).ticket_ids
    ticket = get(desk, number)
    assert (ticket.lane, ticket.language, ticket.status, ticket.connector) == ("app", "pt", Status.SOLVED, "email:shop")
    assert [part.filename for part in desk.store.messages.of(number)[0].attachments] == ["offer.txt"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (NewTicket("", "x", "Hello"), "not a mail address"),
        (NewTicket("ana", "x", "Hello"), "not a mail address"),
        (NewTicket("help@us.example", "x", "Hello"), "is ours"),
        (NewTicket("a@x.example, b@x.example", "x", "Hello"), "not a mail address"),
        (NewTicket(ANA, " \n", "Hello"), "needs a subject"),
        (NewTicket(ANA, "x", " "), "empty"),
        (NewTicket(ANA, "x", "Your password is Xk93-fd2q"), "password"),
        (NewTicket(ANA, "x", "Hello {name}"), "name"),
        (NewTicket(ANA, "x", "Hello", lane="nowhere"), "no lane nowhere"),
        (NewTicket(ANA, "x", "Hello", connector="email:none"), "accounts are: help, shop"),
    ],
)
def test_what_cannot_be_sent_leaves_nothing_behind(desk: Desk, asked: NewTicket, words: str) -> None:
    before = counts(desk)
    with pytest.raises(RuleError, match=words):
        desk.open_ticket(asked)
    assert counts(desk) == before


def test_without_a_mail_account_there_is_nothing_to_write_from(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "other.db")
    desk = Desk(store, clock=Clock(), rules=DeskRules(routing=Rules(())), agent="noa")
    with pytest.raises(RuleError, match="no mail account to write from"):
        desk.open_ticket(ASKED)
    come(desk, mail(connector="rt:helpdesk", external_ref="7"))
    with pytest.raises(RuleError, match="no mail account to write from"):
        desk.open_ticket(ASKED)
    come(desk, mail(BOB))
    (number,) = desk.open_ticket(ASKED).ticket_ids
    assert get(desk, number).connector == "post"
    store.close()


def test_looking_first_stores_nothing(desk: Desk) -> None:
    before = counts(desk)
    found = desk.findings_of_new(NewTicket(ANA, "x", "Card 4111 1111 1111 1111"))
    assert [finding.blocking for finding in found][:1] == [True]
    assert counts(desk) == before


def test_undo_recalls_it_and_leaves_the_ticket_closed(desk: Desk) -> None:
    (number,) = desk.open_ticket(ASKED, Change(add_tags=("offer",))).ticket_ids
    ours = desk.store.messages.of(number)[0].message_id
    desk.undo()
    assert desk.store.outbox.waiting() == []
    assert (get(desk, number).status, desk.store.messages.of(number)) == (Status.CLOSED, [])
    undone = life_of(desk.store, number, START + 100)
    assert undone is not None
    assert not undone.replies
    desk.redo()
    assert (get(desk, number).status, get(desk, number).tags) == (Status.PENDING, ("offer",))
    assert len(desk.store.outbox.waiting()) == 1
    assert desk.store.messages.of(number)[0].message_id == ours


def test_once_it_left_only_the_rest_goes_back(desk: Desk, clock: Clock) -> None:
    (number,) = desk.open_ticket(ASKED, Change(add_tags=("offer",))).ticket_ids
    clock.now += 20
    deliver_due(desk.store, {"email:help": Post()}, clock.now)
    with pytest.raises(LeftError) as error:
        desk.undo()
    desk.undo(rest_of=error.value.action)
    ticket = get(desk, number)
    assert ticket.tags == ()
    assert ticket.status not in (Status.CLOSED, Status.NEW), "the mail is out: its ticket stays alive"
    assert desk.store.messages.of(number)[0].direction is Direction.OUT


def test_figures_see_a_ticket_that_we_began(desk: Desk) -> None:
    (number,) = desk.open_ticket(ASKED).ticket_ids
    told = life_of(desk.store, number, START + 100)
    assert told is not None
    assert (told.created_at, told.waiting_since, len(told.replies)) == (START, None, 1)

"""Splitting messages off and moving them: threads follow, nothing is answered by halves, and undo takes it back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.errors import ConflictError, RuleError
from data.records.changes import Change
from data.records.messages import Direction, MessageKind
from data.records.participants import Standing
from data.records.promises import Promise
from data.records.tickets import Status
from data.store import Store
from queues.clocks.sla import Policy
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.desk.participants import participants
from queues.figures.ticket_figures import life_of
from queues.outgoing.outbox import deliver_due
from queues.routing.rules import Rules
from tests.queues.mails import ANA, BOB, EVE, START, Clock, Post, answer, come, get, mail, notes, picture, texts

HOUR = 3_600


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    store = Store.open(tmp_path / "desk.db")
    rules = DeskRules(routing=Rules(()), policies=(Policy("any", HOUR, HOUR, 48 * HOUR),), reopen_days=0)
    yield Desk(store, clock=clock, rules=rules, agent="noa")
    store.close()


def two_matters(desk: Desk, *, sender: str = ANA) -> tuple[int, int]:
    """Return a ticket with two mails, and the number of its second message."""
    number = come(desk, mail(subject="My order"))
    first = desk.store.messages.of(number)[0].message_id
    assert come(desk, mail(sender, "Re: My order, and my invoice", START + 60, references=(first,), to=(BOB,))) == (
        number
    )
    return number, desk.store.messages.of(number)[-1].id


def split(desk: Desk, ticket: int, *messages: int) -> int:
    """Split messages off and return the new ticket."""
    return desk.act([ticket], Change(move=messages)).ticket_ids[1]


def test_a_message_is_split_off_into_a_ticket_of_its_own(desk: Desk) -> None:
    number, second = two_matters(desk)
    done = desk.act([number], Change(move=(second,)))
    assert done.summary == f"#{number}: 1 message split off into #2"
    assert done.ticket_ids == (number, 2)
    new = get(desk, 2)
    assert (new.status, new.subject) == (Status.OPEN, "Re: My order, and my invoice")
    assert (new.created_at, new.first_due) == (START + 60, START + 60 + HOUR)
    assert (new.lane, new.customer_id) == (get(desk, number).lane, get(desk, number).customer_id)
    assert len(texts(desk, number)) == len(texts(desk, 2)) == 1
    (here,), (there,) = notes(desk, number), notes(desk, 2)
    assert here.endswith("went to the new ticket #2.")
    assert there.endswith(f"came from #{number} “My order”.")


def test_undo_takes_a_split_back_and_redo_does_it_again(desk: Desk) -> None:
    number, second = two_matters(desk)
    before = {name: rows for name, rows in picture(desk).items() if name != "ticket"}
    new = split(desk, number, second)
    after = picture(desk)
    desk.undo()
    assert {name: rows for name, rows in picture(desk).items() if name != "ticket"} == before
    shell = get(desk, new)
    assert (shell.status, shell.merged_into) == (Status.CLOSED, number), "its number leads back"
    desk.redo()
    assert picture(desk) == after


def test_threads_follow_their_message(desk: Desk) -> None:
    number, second = two_matters(desk)
    first, moved = (message.message_id for message in desk.store.messages.of(number))
    new = split(desk, number, second)
    assert answer(desk, first) == number
    assert answer(desk, moved) == new
    assert come(desk, mail(references=(first, moved))) == new, "the nearest mail of the thread decides"
    assert answer(desk, moved, needs_our_id=True) == new
    desk.act([new], Change(reply="About the invoice"))
    assert answer(desk, desk.store.messages.of(new)[-1].message_id) == new
    assert answer(desk, moved, BOB) == new, "who was in To of the mail may answer it"


def test_threads_come_back_with_undo(desk: Desk) -> None:
    number, second = two_matters(desk)
    moved = desk.store.messages.of(number)[-1].message_id
    split(desk, number, second)
    desk.undo()
    assert answer(desk, moved) == number


def test_a_message_goes_to_another_ticket_and_reopens_it(desk: Desk, clock: Clock) -> None:
    number, second = two_matters(desk)
    other = come(desk, mail(subject="Invoice"))
    clock.now += 120
    desk.act([other], Change(reply="Here it is", status=Status.SOLVED))
    done = desk.act([number], Change(move=(second,), move_to=other))
    assert done.summary == f"#{number}: 1 message moved to #{other}"
    assert (get(desk, other).status, get(desk, other).reopens) == (Status.OPEN, 1)
    assert get(desk, other).next_due == START + 60 + HOUR, "an earlier reply there did not answer it"
    assert [message.moved_from for message in desk.store.messages.of(other)][:2] == [0, number]
    clock.now += 1
    desk.act([other], Change(reply="And this"))
    assert desk.store.messages.last_times(other)[0] is None
    desk.undo()
    desk.undo()
    assert get(desk, other).status is Status.SOLVED


def test_what_waits_there_is_not_answered_by_a_reply_that_is_moved(desk: Desk, clock: Clock) -> None:
    number, second = two_matters(desk)
    desk.act([number], Change(reply="Both done"))
    reply = desk.store.messages.of(number)[-1].id
    other = come(desk, mail(subject="Invoice", at=START - 10))
    clock.now += 10
    desk.act([number], Change(move=(second, reply), move_to=other))
    assert desk.store.messages.last_times(other)[0] == START - 10
    assert [m.direction for m in desk.store.messages.of(other)][:3] == [Direction.IN, Direction.OUT, Direction.IN] or (
        len(texts(desk, other)) == 3
    )
    assert desk.store.messages.last_times(number)[0] == START, "without its reply, the first mail waits again"


def test_a_reply_on_its_way_goes_along_and_leaves_once(desk: Desk, clock: Clock) -> None:
    number, second = two_matters(desk)
    desk.act([number], Change(reply="By noon.", promise=Promise("by noon", START + HOUR)))
    reply = desk.store.messages.of(number)[-1].id
    new = split(desk, number, second, reply)
    clock.now += 100
    post = Post()
    for _ in range(2):
        deliver_due(desk.store, {"post": post}, clock.now)
    assert [entry.ticket_id for entry in post.sent] == [new]
    assert get(desk, new).status is Status.PENDING
    assert [promise.text for promise in desk.store.promises.of(new)] == ["by noon"]
    assert desk.store.promises.of(number) == []


def test_a_mail_of_someone_else_becomes_their_ticket(desk: Desk) -> None:
    number = come(desk, mail(to=("support@us.example", BOB)))
    first = desk.store.messages.of(number)[0].message_id
    assert answer(desk, first, BOB) == number
    new = split(desk, number, desk.store.messages.of(number)[-1].id)
    assert get(desk, new).customer_id != get(desk, number).customer_id
    assert desk.recipient(new) == BOB
    assert desk.recipient(number) == ANA
    assert come(desk, mail(BOB, "Re: something")) == new


def test_a_mail_of_someone_else_that_is_moved_is_not_answered_there(desk: Desk) -> None:
    number, second = two_matters(desk)
    other = come(desk, mail(BOB, "Invoice", START - 30))
    with pytest.raises(RuleError, match="different customers"):
        desk.act([number], Change(move=(second,), move_to=other))
    desk.act([number], Change(move=(second,), move_to=other, other_customer=True))
    assert desk.recipient(other) == BOB
    assert desk.copies(other, Change(reply="x")) == ()
    standings = {p.address: p.standing for p in participants(desk.store, desk.rules, get(desk, other))}
    assert standings == {ANA: Standing.NEW}


def test_a_third_persons_mail_moved_within_one_customers_tickets_is_not_answered(desk: Desk) -> None:
    number = come(desk, mail(cc=(BOB,), to=("support@us.example", BOB)))
    other = come(desk)
    assert answer(desk, desk.store.messages.of(number)[0].message_id, BOB, at=START + 5) == number
    desk.act([number], Change(move=(desk.store.messages.of(number)[-1].id,), move_to=other))
    assert desk.recipient(other) == ANA
    assert desk.copies(other, Change(reply="x")) == ()


def test_the_forms_address_is_no_person(desk: Desk) -> None:
    form = "forms@shop.example"
    one = come(desk, mail(form, kind=MessageKind.FORM, reply_to=ANA))
    two = come(desk, mail(form, kind=MessageKind.FORM, reply_to=BOB))
    desk.act([one], Change(merge_into=two, other_customer=True))
    assert desk.recipient(two) == BOB
    third = split(desk, two, next(m.id for m in desk.store.messages.of(two) if m.reply_to == ANA))
    assert desk.recipient(third) == ANA


class TestRefusals:
    def test_every_message_of_a_ticket_is_not_moved(self, desk: Desk) -> None:
        number, second = two_matters(desk)
        first = desk.store.messages.of(number)[0].id
        with pytest.raises(RuleError, match="no other message; merge it"):
            desk.act([number], Change(move=(first, second)))

    def test_messages_of_other_tickets_and_none_at_all(self, desk: Desk) -> None:
        number, second = two_matters(desk)
        other = come(desk)
        for wrong in (desk.store.messages.of(other)[0].id, 999):
            with pytest.raises(RuleError, match=f"has no message {wrong}"):
                desk.act([number], Change(move=(second, wrong)))
        assert len(texts(desk, number)) == 2

    def test_tickets_of_a_ticketing_system(self, desk: Desk) -> None:
        there = come(desk, mail(connector="rt:helpdesk", external_ref="7"))
        come(desk, mail(connector="rt:helpdesk", external_ref="7"))
        message = desk.store.messages.of(there)[-1].id
        number, second = two_matters(desk)
        for ticket, moved, to in ((there, message, None), (there, message, number), (number, second, there)):
            with pytest.raises(RuleError, match="cannot merge tickets, split them or move messages"):
                desk.act([ticket], Change(move=(moved,), move_to=to, other_customer=True))
        assert len(list(desk.store.tickets.each())) == 2

    def test_safeguards_are_not_left(self, desk: Desk) -> None:
        number, second = two_matters(desk)
        other = come(desk, mail(subject="Invoice"))
        desk.act([number], Change(topic="hacked-account"))
        with pytest.raises(RuleError, match="under rules that"):
            desk.act([number], Change(move=(second,), move_to=other))
        assert get(desk, split(desk, number, second)).topic == "hacked-account"

    def test_what_was_moved_on_is_not_undone(self, desk: Desk, clock: Clock) -> None:
        number, second = two_matters(desk)
        new = split(desk, number, second)
        clock.now += 1
        Desk(desk.store, clock=clock, rules=desk.rules, agent="eva").act([new], Change(merge_into=number))
        with pytest.raises(ConflictError):
            desk.undo()
        assert len(texts(desk, number)) == 2


def test_a_scanner_with_one_message_id_keeps_its_other_mails(desk: Desk) -> None:
    constant = "<scan@printer.example>"
    number = come(desk, mail(EVE, message_id=constant))
    first = desk.store.messages.of(number)[0]
    assert answer(desk, constant, EVE, message_id=constant) == number
    new = split(desk, number, desk.store.messages.of(number)[-1].id)
    assert answer(desk, constant, EVE) == number, "the mail that stayed has the same Message-ID"
    assert desk.store.messages.of(new)[0].message_id == first.message_id


def test_figures_count_from_when_the_customer_wrote(desk: Desk) -> None:
    number, second = two_matters(desk)
    new = split(desk, number, second)
    told = life_of(desk.store, new, START + 10_000)
    assert told is not None
    assert (told.created_at, told.waiting_since, told.is_open) == (START + 60, START + 60, True)

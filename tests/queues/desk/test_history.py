"""Mail from before the desk began: read with its customer, but no work, until someone writes or an agent opens it."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from data.errors import LeftError, RuleError
from data.records.changes import Change
from data.records.messages import Direction
from data.records.outbox import OutboxEntry
from data.records.tickets import Status, Ticket
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.figures.grouping import By
from queues.figures.metrics import Metric
from queues.figures.reporting import Period, report
from queues.mail.read_mail import read_mail
from queues.outgoing.outbox import deliver_due
from queues.routing.rules import Rules


class Leaving:
    """Lets every reply leave."""

    def send(self, entry: OutboxEntry) -> str:
        return "taken"

    def was_delivered(self, entry: OutboxEntry) -> bool | None:
        return True


NOW = 1_770_000_000
YEAR = 365 * 86_400
OURS = "help@desk.example"
numbers = count(1)


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Desk:
    rules = DeskRules(routing=Rules(()), sender=OURS, own_addresses=frozenset({OURS}), undo_seconds=0)
    return Desk(Store.open(tmp_path / "desk.db"), clock=clock, rules=rules, agent="eva")


def arrive(
    desk: Desk, *, at: int, history: bool = True, sender: str = "ana@clientes.example", subject: str = "Mi pedido",
    answers: str = "", direction: Direction = Direction.IN, message_id: str = "", kind: str = "",
) -> int:  # fmt: skip
    """File a mail and return its ticket."""
    number = next(numbers)
    message_id = message_id or f"<m{number}@x.example>"
    head = f"In-Reply-To: {answers}\r\n" if answers else ""
    raw = (
        f"From: {sender}\r\nTo: {OURS}\r\nSubject: {subject}\r\nMessage-ID: {message_id}\r\n"
        f"{head}{kind}\r\nNo ha llegado mi pedido {number}. ¿Qué hago?\r\n"
    ).encode()
    item = read_mail(raw, connector="email:support", source=f"uid={number}", own_addresses=frozenset())
    item = replace(item, received_at=at, history=history, direction=direction, needs_our_id=direction is Direction.IN)
    (received,) = desk.receive([item])
    return received.ticket_id


def ticket(desk: Desk, number: int) -> Ticket:
    result = desk.store.tickets.get(number)
    assert result is not None
    return result


def test_old_mail_is_history_without_clocks_and_not_counted(desk: Desk) -> None:
    first = arrive(desk, at=NOW - 3 * YEAR, message_id="<a@x.example>")
    again = arrive(desk, at=NOW - 3 * YEAR + 60, answers="<a@x.example>")
    answer = arrive(desk, at=NOW - 3 * YEAR + 90, answers="<a@x.example>", direction=Direction.OUT, sender=OURS)
    spam = arrive(desk, at=NOW - 2 * YEAR, sender="b@x.example", subject="Gana", kind="X-Spam-Flag: YES\r\n")
    assert first == again == answer
    one = ticket(desk, first)
    assert (one.status, one.due_at, one.touches, one.first_replied_at) == (Status.HISTORY, None, 0, None)
    assert ticket(desk, spam).status is Status.HISTORY
    assert desk.store.tickets.suspended() == 0
    assert desk.next_up() is None
    assert [counts.active for counts in desk.store.tickets.counts().values()] == [0]
    assert desk.reclock().tickets == 0
    assert len(desk.store.messages.of(first)) == 3
    hits = desk.store.search("pedido")
    assert first in {hit.ticket_id for hit in hits}
    assert desk.store.tickets.of_customer(one.customer_id)[0].status is Status.HISTORY
    assert figures(desk, NOW - 4 * YEAR, NOW + 1) == {}


def figures(desk: Desk, since: int, until: int) -> dict[Metric, int]:
    now = report(desk.store, Period(since, until), By.LANE, ZoneInfo("UTC")).now
    return {metric: figure.count for held in now.values() for metric, figure in held.items()}


def test_a_customers_answer_to_history_is_new_work_that_begins_now(desk: Desk) -> None:
    first = arrive(desk, at=NOW - 3 * YEAR, message_id="<a@x.example>")
    arrive(desk, at=NOW - 3 * YEAR + 90, answers="<a@x.example>", direction=Direction.OUT, sender=OURS,
           message_id="<reply@desk.example>")  # fmt: skip
    arrive(desk, at=NOW - 3 * YEAR + 120, answers="<reply@desk.example>")
    assert arrive(desk, at=NOW, history=False, answers="<reply@desk.example>") == first
    one = ticket(desk, first)
    assert (one.status, one.created_at, one.waits, one.reopens) == (Status.NEW, NOW, (), 0)
    assert one.first_due is not None
    assert one.first_due > NOW
    assert one.resolve_due is None or NOW < one.resolve_due < NOW + YEAR
    assert one.next_due is None
    assert [message.history for message in desk.store.messages.of(first)] == [True, True, True, False]
    assert figures(desk, NOW - 4 * YEAR, NOW + 1) == {Metric.RECEIVED: 1, Metric.BACKLOG: 1}
    following = desk.next_up()
    assert following is not None
    assert following.ticket_id == first


def test_old_mail_in_a_ticket_that_is_work_is_like_any_other(desk: Desk) -> None:
    first = arrive(desk, at=NOW - 60, history=False, message_id="<a@x.example>")
    assert arrive(desk, at=NOW - 30, history=True, answers="<a@x.example>") == first
    assert [message.history for message in desk.store.messages.of(first)] == [False, False]
    assert ticket(desk, first).status is Status.NEW


@pytest.mark.parametrize(
    "change",
    [Change(status=Status.OPEN), Change(assignee="eva"), Change(reply="Hola, ya está.", override_reason="a test")],
    ids=["opened", "taken", "answered"],
)
def test_an_agent_opens_history_and_undoes_it(desk: Desk, clock: Clock, change: Change) -> None:
    first = arrive(desk, at=NOW - 3 * YEAR)
    before = ticket(desk, first)
    clock.now = NOW + 60
    desk.act([first], change)
    one = ticket(desk, first)
    assert one.status is (Status.PENDING if change.reply else Status.OPEN)
    assert one.created_at == NOW + 60
    assert change.reply or (one.first_due or 0) > NOW + 60
    desk.undo()
    after = ticket(desk, first)
    assert replace(after, version=before.version, updated_at=before.updated_at) == before


def test_a_note_leaves_history_as_it_is_and_no_agent_makes_a_ticket_history(desk: Desk) -> None:
    first = arrive(desk, at=NOW - 3 * YEAR)
    desk.act([first], Change(note="Era el pedido de su hermano."))
    assert ticket(desk, first).status is Status.HISTORY
    other = arrive(desk, at=NOW, history=False, sender="z@x.example")
    with pytest.raises(RuleError):
        desk.act([other], Change(status=Status.HISTORY))
    for status in (Status.OPEN, Status.SOLVED):
        desk.act([other], Change(status=status, override_reason="a test"))
        with pytest.raises(RuleError):
            desk.act([other], Change(status=Status.HISTORY))


def test_once_the_reply_has_left_the_rest_of_an_action_on_history_is_undone(desk: Desk, clock: Clock) -> None:
    first = arrive(desk, at=NOW - 3 * YEAR)
    clock.now = NOW + 60
    desk.act([first], Change(reply="Hola, ya está.", add_tags=("vip",), override_reason="a test"))
    deliver_due(desk.store, {"email:support": Leaving()}, NOW + 90)
    with pytest.raises(LeftError) as gone:
        desk.undo()
    desk.undo(rest_of=gone.value.action)
    one = ticket(desk, first)
    assert (one.status, one.created_at, one.tags) == (Status.OPEN, NOW + 60, ())

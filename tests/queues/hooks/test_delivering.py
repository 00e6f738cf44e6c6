"""Deliveries to a real receiver on loopback: signed, once each as the receiver counts, in order, and not for ever."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from data.records.changes import Change
from data.records.hooks import DeliveryState
from data.records.tickets import Priority, Status
from queues.hooks.deliver import FAILING, MOST_ATTEMPTS, RETRY_SECONDS
from tests.queues.hooks.conftest import HookedDesk
from tests.queues.mails import mail
from tests.servers.hook_receiver import SECRET, HookReceiver, verified


def states(hooked: HookedDesk) -> list[tuple[str, str, int]]:
    return [(item.type, str(item.state), item.attempts) for item in hooked.planned()]


def test_a_webhook_is_signed_and_its_id_is_that_of_the_delivery(hooked: HookedDesk, receiver: HookReceiver) -> None:
    deliverer = hooked.deliverer(url=receiver.url)
    hooked.ticket()
    hooked.later()
    hooked.run(deliverer)
    (request,) = receiver.requests
    assert verified(SECRET, request.headers, request.raw)
    assert not verified(SECRET, request.headers, request.raw + b" ")
    assert not verified("whsec_" + "A" * 44, request.headers, request.raw)
    assert request.headers["webhook-timestamp"] == str(hooked.clock.now)
    assert request.headers["content-type"] == "application/json"
    assert request.path == "/hook"
    (planned,) = hooked.planned()
    assert request.id == planned.webhook_id == request.body["id"]
    assert states(hooked) == [("ticket.received", "delivered", 1)]


def test_nothing_of_a_customer_is_in_the_headers(hooked: HookedDesk, receiver: HookReceiver) -> None:
    deliverer = hooked.deliverer(url=receiver.url)
    hooked.ticket(subject="Injected\r\nwebhook-id: msg_forged", sender="evil@x.example")
    hooked.later()
    hooked.run(deliverer)
    headers = receiver.requests[0].headers
    assert set(headers) == {
        "host", "accept-encoding", "content-length", "content-type", "user-agent", "connection", "webhook-id",
        "webhook-timestamp", "webhook-signature",
    }  # fmt: skip
    assert "evil" not in str(headers)
    assert "forged" not in str(headers)


def test_a_failing_receiver_gets_everything_in_order_once_it_works(hooked: HookedDesk, receiver: HookReceiver) -> None:
    deliverer = hooked.deliverer(url=receiver.url)
    receiver.answers = [(500, {}, b"broken"), (0, {}, b""), (429, {"Retry-After": "600"}, b"")]
    ticket, other = hooked.ticket(), hooked.ticket(sender="bob@x.example")
    hooked.desk.act([ticket], Change(status=Status.SOLVED))
    hooked.later()
    hooked.run(deliverer)
    assert len(receiver.requests) == 1  # a receiver that fails is left alone
    assert hooked.store.hooks.get("board").result == "500 broken"  # type: ignore[union-attr]
    hooked.later(RETRY_SECONDS)
    hooked.run(deliverer)
    assert len(receiver.requests) == 2  # it closed after reading: whether it took it is unknown
    hooked.later(RETRY_SECONDS * 2)
    hooked.run(deliverer)
    hooked.later(599)
    hooked.run(deliverer)
    assert len(receiver.requests) == 3
    assert hooked.told == ["Hook board fails, and is tried again: 429"]
    hooked.later(1)
    hooked.run(deliverer)
    assert [(request.body["type"], request.body["data"]["ticket"]) for request in receiver.taken()].index(
        ("ticket.received", ticket)
    ) < receiver.types().index("ticket.solved")
    assert sorted(receiver.types()) == ["ticket.received", "ticket.received", "ticket.solved"]
    assert {state for _, state, _ in states(hooked)} == {"delivered"}
    assert other != ticket
    assert FAILING == 3


def test_one_delivery_that_is_refused_holds_up_its_ticket_only(hooked: HookedDesk, receiver: HookReceiver) -> None:
    deliverer = hooked.deliverer(url=receiver.url, events=("ticket.solved", "ticket.prioritised"))
    ticket, other = hooked.ticket(), hooked.ticket(sender="bob@x.example")
    hooked.desk.act([ticket], Change(priority=Priority.HIGH))
    hooked.desk.act([ticket], Change(status=Status.SOLVED))
    hooked.desk.act([other], Change(status=Status.SOLVED))
    receiver.answers = [(400, {}, b'{"error": "no"}')]
    hooked.later()
    hooked.run(deliverer)
    assert [(request.body["type"], request.body["data"]["ticket"]) for request in receiver.requests] == [
        ("ticket.prioritised", ticket), ("ticket.solved", other),
    ]  # fmt: skip
    hooked.later(RETRY_SECONDS)
    hooked.run(deliverer)
    assert [(request.body["type"], request.body["data"]["ticket"]) for request in receiver.requests[2:]] == [
        ("ticket.prioritised", ticket), ("ticket.solved", ticket),
    ]  # fmt: skip
    assert len({request.id for request in receiver.requests}) == 3


def test_a_delivery_is_given_up_after_the_last_attempt_and_the_agent_is_told(
    hooked: HookedDesk, receiver: HookReceiver
) -> None:
    deliverer = hooked.deliverer(url=receiver.url, events=("ticket.received",))
    receiver.answers = [(422, {}, b"not so")] * MOST_ATTEMPTS
    hooked.ticket()
    hooked.later()
    hooked.run(deliverer)
    waited = 0
    while hooked.planned()[0].state is DeliveryState.WAITING:
        wait = hooked.planned()[0].due_at - hooked.clock.now
        waited += wait
        hooked.later(wait)
        hooked.run(deliverer)
    assert waited == RETRY_SECONDS * (2 ** (MOST_ATTEMPTS - 1) - 1) == 61_410  # 17 hours
    assert len({request.id for request in receiver.requests}) == 1
    assert len(receiver.requests) == MOST_ATTEMPTS
    assert hooked.told[-1] == (
        "Hook board gave up ticket.received of #1 after 12 attempts; `tridesk hooks retry 1` tries again: 422 not so"
    )
    with hooked.store.write():
        assert hooked.store.hooks.retry(1, hooked.clock.now) is not None
    hooked.run(deliverer)
    assert states(hooked) == [("ticket.received", "delivered", 1)]


def test_a_receiver_that_is_gone_is_left_alone_until_its_address_changes(
    hooked: HookedDesk, receiver: HookReceiver
) -> None:
    deliverer = hooked.deliverer(url=receiver.url)
    receiver.answers = [(410, {}, b"no longer")]
    hooked.ticket()
    hooked.ticket(sender="bob@x.example")
    hooked.later()
    hooked.run(deliverer)
    hooked.ticket(sender="lia@x.example")
    hooked.later(86_400)
    hooked.run(deliverer)
    assert len(receiver.requests) == 1
    assert [state for _, state, _ in states(hooked)] == ["given up", "given up"]
    (told,) = hooked.told
    assert told == (
        "The receiver of the hook board is gone; change its url, or `tridesk hooks retry --hook board` tries again: "
        "410 no longer"
    )
    deliverer = hooked.deliverer(url=receiver.url + "/new")
    ticket = hooked.ticket(sender="zoe@x.example")
    hooked.later()
    hooked.run(deliverer)
    assert [(request.path, request.body["data"]["ticket"]) for request in receiver.requests[1:]] == [
        ("/hook/new", ticket)
    ]


def test_what_waits_goes_to_a_new_address_at_once(hooked: HookedDesk, receiver: HookReceiver) -> None:
    ticket = hooked.ticket()
    hooked.later()
    deliverer = hooked.deliverer(url=receiver.url, events=("ticket.solved",))
    receiver.answers = [(500, {}, b"")]
    hooked.desk.act([ticket], Change(status=Status.SOLVED))
    hooked.later()
    hooked.run(deliverer)
    hooked.run(hooked.deliverer(url=receiver.url + "/new", events=("ticket.solved",)))
    assert [request.path for request in receiver.requests] == ["/hook", "/hook/new"]
    assert len(receiver.taken()) == 1


def test_a_redirect_is_not_followed(hooked: HookedDesk, receiver: HookReceiver) -> None:
    deliverer = hooked.deliverer(url=receiver.url)
    receiver.answers = [(307, {"Location": receiver.url + "/elsewhere"}, b"")]
    hooked.ticket()
    hooked.later()
    hooked.run(deliverer)
    assert [request.path for request in receiver.requests] == ["/hook"]
    assert hooked.planned()[0].result == "307: it is elsewhere; write its new address as url"


def test_a_slow_receiver_is_not_waited_for_and_a_large_answer_not_read(
    hooked: HookedDesk, receiver: HookReceiver
) -> None:
    deliverer = hooked.deliverer(url=receiver.url, timeout=1)
    receiver.hold.clear()
    hooked.ticket()
    hooked.later()
    hooked.run(deliverer)
    assert hooked.planned()[0].result == "it does not answer in time"
    receiver.answers = [(404, {}, b"card 4111 1111 1111 1111 " + b"x" * 100_000)] * 2  # one for whoever is gone
    receiver.hold.set()
    hooked.later(RETRY_SECONDS)
    hooked.run(deliverer)
    said = hooked.planned()[0].result
    assert said.startswith("404 card •••1111 xxx")
    assert len(said) < 200


def test_without_a_secret_nothing_is_sent_and_no_attempt_is_counted(
    hooked: HookedDesk, receiver: HookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.queues.hooks.conftest.SECRET", "whsec_c2hvcnQ=")
    deliverer = hooked.deliverer(url=receiver.url)
    hooked.ticket()
    hooked.later()
    hooked.run(deliverer)
    assert receiver.requests == []
    assert states(hooked) == [("ticket.received", "waiting", 0)]
    assert "The secret has 5 bytes, and must have 24 to 64" in hooked.store.hooks.get("board").result  # type: ignore[union-attr]
    monkeypatch.setattr("tests.queues.hooks.conftest.SECRET", SECRET)
    hooked.later(RETRY_SECONDS)
    hooked.run(deliverer)
    assert states(hooked) == [("ticket.received", "delivered", 1)]


def test_while_a_secret_is_replaced_both_sign(
    hooked: HookedDesk, receiver: HookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = "whsec_" + "A" * 32
    monkeypatch.setattr("tests.queues.hooks.conftest.SECRET", f"{new} {SECRET}")
    deliverer = hooked.deliverer(url=receiver.url)
    hooked.ticket()
    hooked.later()
    hooked.run(deliverer)
    (request,) = receiver.requests
    assert len(request.headers["webhook-signature"].split(" ")) == 2
    assert verified(new, request.headers, request.raw)
    assert verified(SECRET, request.headers, request.raw)


def test_what_is_leased_by_one_is_not_taken_by_another(hooked: HookedDesk, receiver: HookReceiver) -> None:
    first = hooked.deliverer(url=receiver.url)
    hooked.ticket()
    hooked.later()
    first.work()
    ticket = hooked.ticket(sender="bob@x.example")
    hooked.later()
    receiver.hold.clear()
    path = hooked.store.path
    again = threading.Thread(target=_work, args=(path, receiver.url, hooked.clock.now))
    again.start()
    receiver.wait()
    receiver.wait()
    assert not hooked.store.hooks.is_due("board", hooked.clock.now)
    receiver.hold.set()
    again.join()
    assert [request.body["data"]["ticket"] for request in receiver.requests] == [1, ticket]


def _work(path: Path, url: str, now: int) -> None:
    hooked = HookedDesk(path)
    hooked.clock.now = now
    try:
        hooked.run(hooked.deliverer(url=url))
    finally:
        hooked.store.close()


def test_many_deliveries_arrive_once_and_in_order(hooked: HookedDesk, receiver: HookReceiver) -> None:
    deliverer = hooked.deliverer(url=receiver.url, events=("ticket.solved", "ticket.reopened", "ticket.closed"))
    tickets = [filed.ticket_id for filed in hooked.desk.receive([mail(sender=f"a{n}@x.example") for n in range(60)])]
    for status in (Status.SOLVED, Status.OPEN, Status.CLOSED):
        hooked.desk.act(tickets, Change(status=status))
    hooked.later()
    hooked.run(deliverer)
    assert len(receiver.requests) == len(receiver.taken()) == 180
    for ticket in tickets:
        mine = [request.body["type"] for request in receiver.requests if request.body["data"]["ticket"] == ticket]
        assert mine == ["ticket.solved", "ticket.reopened", "ticket.closed"]

"""The Chatwoot connector against a stand-in that keeps its conversations: what the contract of all leaves open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.errors import ConnectorError, InputError, RefusedError
from data.records.changes import Change
from data.records.messages import Direction
from data.records.outbox import OutboxState
from data.records.tickets import Status
from queues.accounts.ticketing_system import Tracker, complete
from queues.connectors.base import Batch, RemoteReply
from queues.connectors.chatwoot import Chatwoot, Cursor
from tests.servers.chatwoot_double import ACCOUNT, ChatwootDouble
from tests.servers.desk_at_tracker import DeskAtSystem

pytestmark = pytest.mark.usefixtures("one_helper")

ACCOUNT_PATH = f"/api/v1/accounts/{ACCOUNT}/"


@pytest.fixture
def double(chatwoot: ChatwootDouble) -> ChatwootDouble:
    for agent in ("alice", "bruno"):
        chatwoot.add_agent(agent)
    return chatwoot


@pytest.fixture
def desk(double: ChatwootDouble, tmp_path: Path) -> DeskAtSystem:
    return DeskAtSystem(double.url, "token-of-alice", tmp_path, kind="chatwoot")


@pytest.fixture
def system(double: ChatwootDouble) -> Iterator[Chatwoot]:
    """Give the connector alone."""
    tracker = complete(Tracker("c", double.url, kind="chatwoot", requests_per_minute=100_000))
    made = Chatwoot(tracker, lambda tracker: "token-of-alice")
    yield made
    made.close()


def all_of(system: Chatwoot, cursor: str = "") -> tuple[list[Batch], str]:
    """Fetch page by page to the end."""
    batches = [system.after(cursor, lambda number: False)]
    while batches[-1].more:
        batches.append(system.after(batches[-1].cursor, lambda number: False))
    return batches, batches[-1].cursor


def test_all_pages_are_read_and_then_one_request_says_that_nothing_is_new(
    double: ChatwootDouble, system: Chatwoot
) -> None:
    for number in range(60):
        double.open(f"c{number}@clientes.example", "Hola.")
    batches, cursor = all_of(system)
    assert [len(batch.messages) for batch in batches] == [25, 25, 10]
    assert [batch.done for batch in batches] == [25, 50, 60]
    assert system.newest() == 60
    before = len(double.heard)
    (nothing,), again = all_of(system, cursor)
    assert (nothing.messages, nothing.moved, again) == ((), {}, cursor)
    assert double.heard[before:] == [("GET", f"{ACCOUNT_PATH}conversations")]


def test_what_comes_while_the_pages_are_read_is_not_missed(double: ChatwootDouble, system: Chatwoot) -> None:
    refs = [double.open(f"c{number}@clientes.example", "Hola.") for number in range(60)]
    first = system.after("", lambda number: False)
    double.write(refs[0], "¿Hay alguien?")  # from the last page to the first
    read = {event.number for event in first.messages}
    rest, cursor = all_of(system, first.cursor)
    read |= {event.number for batch in rest for event in batch.messages}
    later, _ = all_of(system, cursor)
    read |= {event.number for batch in later for event in batch.messages}
    assert read == {one["id"] for messages in double.messages.values() for one in messages if one["message_type"] == 0}


def test_two_changes_in_one_second_are_both_seen(double: ChatwootDouble, system: Chatwoot) -> None:
    ref = double.open("ana@clientes.example", "Hola.")
    _, cursor = all_of(system)
    double.now -= 1  # the next message has the same second
    double.write(ref, "Otra cosa.")
    (batch,), _ = all_of(system, cursor)
    assert len(batch.messages) == 2


def test_a_long_conversation_is_read_back_to_what_is_known(double: ChatwootDouble, desk: DeskAtSystem) -> None:
    ref = double.open("ana@clientes.example", "Mensaje 0.")
    desk.once()
    for number in range(1, 70):
        double.write(ref, f"Mensaje {number}.")
    desk.once()
    assert [one.text.strip() for one in desk.messages(str(ref))] == [f"Mensaje {number}." for number in range(70)]


def test_notices_and_greetings_are_not_messages_and_who_wrote_is_kept(
    double: ChatwootDouble, desk: DeskAtSystem
) -> None:
    ref = double.open("ana@clientes.example", "Hola.", subject="Mi pedido")
    double._add(ref, 3, "Greetings! We answer soon.", None)
    double._create(2, {}, {"content": "Vip.", "private": True}, ref)
    double._create(2, {}, {"content": "Buenos días."}, ref)
    double._set(ref, "labels", ["vip"], "bruno added vip")
    desk.once()
    messages = desk.messages(str(ref))
    assert [(one.direction, one.text.strip()) for one in messages] == [
        (Direction.IN, "Hola."), (Direction.NOTE, "Vip."), (Direction.OUT, "Buenos días."),
    ]  # fmt: skip
    ticket = desk.mirrored(str(ref))
    assert (ticket.subject, ticket.tags) == ("Mi pedido", ("vip",))


def test_a_visitor_without_an_address_is_answered(double: ChatwootDouble, desk: DeskAtSystem) -> None:
    ref = double.open(None, "Hola.")
    desk.once()
    assert desk.mirrored(str(ref)).subject == "Conversation with Cliente 1"
    desk.reply(desk.mirrored(str(ref)).id)
    desk.once()
    assert (desk.states(), [one["content"] for one in double.replies()]) == (
        [OutboxState.SENT], ["Ya está, un saludo."],
    )  # fmt: skip


def test_a_second_answer_is_held_where_a_colleague_has_answered(
    double: ChatwootDouble, desk: DeskAtSystem, tmp_path: Path
) -> None:
    other = DeskAtSystem(double.url, "token-of-bruno", tmp_path, agent="bruno", kind="chatwoot")
    ref = double.open("ana@clientes.example", "Hola.")
    for one in (desk, other):
        one.once()
        one.reply(one.mirrored(str(ref)).id)
    for one in (desk, other, desk):
        one.once()
    assert (desk.states(), other.states()) == ([OutboxState.SENT], [OutboxState.HELD])
    assert len(double.replies()) == 1
    assert other.mirrored(str(ref)).assignee == "alice@team.example"


def test_what_waits_for_the_customer_is_snoozed_until_the_next_message(
    double: ChatwootDouble, desk: DeskAtSystem
) -> None:
    ref = double.open("ana@clientes.example", "Hola.")
    desk.once()
    number = desk.mirrored(str(ref)).id
    desk.reply(number)
    desk.once()
    assert double.conversations[ref]["status"] == "snoozed"
    double.write(ref, "Gracias, pero falta una cosa.")
    desk.once()
    assert desk.mirrored(str(ref)).status is Status.OPEN
    desk.act(number, Change(status=Status.SOLVED, override_reason="a test"))
    desk.once()
    assert double.conversations[ref]["status"] == "resolved"


def test_a_reply_whose_answer_got_lost_is_found_by_its_mark_and_was_sent_by_the_channel(
    double: ChatwootDouble, desk: DeskAtSystem
) -> None:
    ref = double.open("ana@clientes.example", "Hola.")
    desk.once()
    desk.reply(desk.mirrored(str(ref)).id)
    double.faults.append(("POST", f"conversations/{ref}/messages", -1, {}))
    desk.once()
    assert desk.states() == [OutboxState.IN_DOUBT]
    desk.once()
    assert desk.states() == [OutboxState.SENT]
    (reply,) = double.replies()  # with a source id it would not be one
    assert list(reply["content_attributes"]) == ["tridesk"]


def test_a_conversation_that_is_not_ours_to_see_is_not_taken_for_a_token_that_is_none(
    double: ChatwootDouble, desk: DeskAtSystem
) -> None:
    ref, other = double.open("ana@clientes.example", "Hola."), double.open("eva@clientes.example", "Hola.")
    desk.once()
    desk.reply(desk.mirrored(str(ref)).id)
    double.faults.append(("POST", f"conversations/{ref}/messages", 0, {}))
    desk.once()
    assert desk.states() == [OutboxState.IN_DOUBT]
    desk.reply(desk.mirrored(str(other)).id)
    double.faults += [("GET", f"conversations/{ref}", 401, {})] * 3  # in the list, by itself, and for the reply
    desk.once()
    assert desk.states() == [OutboxState.IN_DOUBT, OutboxState.SENT]
    assert [sentence for sentence in desk.said if "no longer shows its ticket" in sentence]


def test_a_reply_of_an_older_chatwoot_that_keeps_no_mark_stays_in_doubt(
    double: ChatwootDouble, desk: DeskAtSystem
) -> None:
    ref = double.open("ana@clientes.example", "Hola.")
    desk.once()
    desk.reply(desk.mirrored(str(ref)).id)
    double.faults.append(("POST", f"conversations/{ref}/messages", -1, {}))
    desk.once()
    double.replies()[0]["content_attributes"] = {}
    for _ in range(2):
        desk.once()
    assert (desk.states(), len(double.replies())) == ([OutboxState.IN_DOUBT], 1)


@pytest.mark.parametrize(
    ("status", "headers", "words"),
    [
        (429, {}, "asks to wait 60 seconds"),
        (429, {"Retry-After": "7"}, "asks to wait 7 seconds"),
        (401, {}, "does not accept the token"),
        (502, {}, "failed"),
        (0, {}, "ended the connection"),
    ],
)
def test_each_fault_is_one_sentence_and_gets_well_by_itself(
    double: ChatwootDouble, desk: DeskAtSystem, status: int, headers: dict[str, str], words: str
) -> None:
    double.open("ana@clientes.example", "Hola.")
    double.faults.append(("GET", "conversations", status, headers))
    with pytest.raises(ConnectorError, match=words):
        desk.once()
    desk.once()
    assert len(desk.tickets()) == 1


def test_a_channel_that_takes_no_more_messages_refuses_with_what_to_do(
    double: ChatwootDouble, system: Chatwoot
) -> None:
    ref = double.open("ana@clientes.example", "Hola.", can_reply=False)
    with pytest.raises(RefusedError, match="takes no free message any more; answer it in Chatwoot with a template"):
        system.offer(RemoteReply(str(ref), "m@tridesk", "Hola."))
    assert double.replies() == []


def test_labels_that_a_colleague_added_meanwhile_stay(double: ChatwootDouble, system: Chatwoot) -> None:
    ref = double.open("ana@clientes.example", "Hola.", labels=["vip"])
    remote = system.set_tags(str(ref), {"refund", "two words"}, {"other"})
    assert remote.tags == {"vip", "refund"}
    before = len(double.heard)
    system.set_tags(str(ref), {"refund"}, set())
    assert all(method == "GET" for method, _ in double.heard[before:])


def test_inboxes_are_queues_and_an_unknown_one_is_named(double: ChatwootDouble, tmp_path: Path) -> None:
    double.inboxes[8] = "Ventas"
    desk = DeskAtSystem(double.url, "token-of-alice", tmp_path, kind="chatwoot", queue="Ventas")
    double.open("ana@clientes.example", "Hola.")
    ref = double.open("eva@clientes.example", "Hola.", inbox=8)
    desk.once()
    assert [one.external_ref for one in desk.tickets()] == [str(ref)]
    tracker = complete(Tracker("c", double.url, kind="chatwoot", queues={"Compras": ""}))
    system = Chatwoot(tracker, lambda tracker: "token-of-alice")
    with pytest.raises(ConnectorError, match=r"has no inbox 'Compras' that alice@team\.example can see"):
        system.check()
    system.close()


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("app.chatwoot.com/app/accounts/12/dashboard", "https://app.chatwoot.com/app/accounts/12"),
        ("https://chat.acme.example/api/v1/accounts/3", "https://chat.acme.example/app/accounts/3"),
        ("https://chat.acme.example", ""),
        ("http://chat.acme.example/app/accounts/3", ""),
    ],
)
def test_the_address_names_the_account(given: str, url: str) -> None:
    tracker = Tracker("c", given, kind="chatwoot")
    if url:
        assert complete(tracker).url == url
        return
    with pytest.raises(InputError, match="url cannot be used"):
        complete(tracker)


def test_a_cursor_is_read_as_it_was_written() -> None:
    for cursor in (Cursor(5), Cursor(5, 2, 9, "ab"), Cursor(1_790_000_000, seen="0f")):
        assert Cursor.read(cursor.written(), 0) == cursor
    assert Cursor.read("", 7) == Cursor(7)

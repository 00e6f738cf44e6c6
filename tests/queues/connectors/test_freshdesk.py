"""The Freshdesk connector against a stand-in that keeps its tickets: what the contract of all leaves open."""

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
from queues.connectors.freshdesk import LARGEST_FILE, LARGEST_REPLY, PAGE, Freshdesk
from queues.connectors.hosted import mark_of, marked
from queues.connectors.web import StaleError
from tests.servers.desk_at_tracker import DeskAtSystem
from tests.servers.freshdesk_double import FreshdeskDouble
from tests.servers.hosted_double import File
from tests.servers.web_double import WebDouble
from tests.servers.web_handler import Answer

pytestmark = pytest.mark.usefixtures("one_helper")

GROUP = 8
LIST = ("GET", "/api/v2/tickets")


@pytest.fixture
def double(freshdesk: FreshdeskDouble) -> FreshdeskDouble:
    for agent in ("alice", "bruno"):
        freshdesk.add_agent(agent)
    return freshdesk


@pytest.fixture
def desk(double: FreshdeskDouble, tmp_path: Path) -> DeskAtSystem:
    return DeskAtSystem(double.url, "key-of-alice", tmp_path, kind="freshdesk", file_hosts=("localhost",))


@pytest.fixture
def system(double: FreshdeskDouble) -> Iterator[Freshdesk]:
    """Give the connector alone."""
    made = connector(double)
    yield made
    made.close()


def connector(double: FreshdeskDouble, **changes: object) -> Freshdesk:
    tracker = Tracker("f", double.url, kind="freshdesk", requests_per_minute=100_000, **changes)  # type: ignore[arg-type]
    return Freshdesk(complete(tracker), lambda tracker: "key-of-alice")


def opened(double: FreshdeskDouble, words: str = "Hola.", **values: object) -> int:
    customer = double.state.add_contact("Ana Gil", f"c{double.state.number()}@clientes.example")
    return double.state.open(customer, "Mi pedido", words, **{"group_id": GROUP, **values})  # type: ignore[arg-type]


def all_of(system: Freshdesk, cursor: str = "") -> tuple[list[Batch], str]:
    """Fetch page by page to the end."""
    batches = [system.after(cursor, lambda number: False)]
    while batches[-1].more:
        batches.append(system.after(batches[-1].cursor, lambda number: False))
    return batches, batches[-1].cursor


def taken(desk: DeskAtSystem, ref: int) -> None:
    """Have the agent own a ticket, so that a reply to it is the next that is written."""
    desk.act(desk.mirrored(str(ref)).id, Change(assignee=desk.settings.agent))
    desk.once()


def test_all_pages_are_read_and_then_one_request_says_that_nothing_is_new(
    double: FreshdeskDouble, system: Freshdesk
) -> None:
    refs = {str(opened(double)) for _ in range(PAGE + 20)}
    batches, cursor = all_of(system)
    assert {event.ref for batch in batches for event in batch.messages} == refs
    double.pass_time(40 * 86_400)  # without updated_since a list holds thirty days
    ref = opened(double)
    double.state.write(1, "¿Hay alguien?")
    batches, cursor = all_of(system, cursor)
    assert {"1", str(ref)} <= {event.ref for batch in batches for event in batch.messages}
    system._feed._clock = lambda: 1e9  # so late that no other change bears these times
    for _ in range(2):
        _, cursor = all_of(system, cursor)
    before = len(double.heard)
    (nothing,), again = all_of(system, cursor)
    assert (nothing.messages, nothing.moved, again) == ((), {}, cursor)
    assert double.heard[before:] == [LIST]


def test_more_tickets_than_a_page_that_changed_in_one_second_are_all_seen(
    double: FreshdeskDouble, system: Freshdesk
) -> None:
    double.tick = 0.0  # as a bulk update does
    refs = {str(opened(double)) for _ in range(2 * PAGE + 20)}
    system._feed._clock = lambda: 1e9
    seen: set[str] = set()
    cursor = ""
    for _ in range(8):
        batch = system.after(cursor, lambda number: False)
        cursor = batch.cursor
        seen |= set(batch.tickets)
    assert seen == refs


def test_who_wrote_what_is_kept(double: FreshdeskDouble, desk: DeskAtSystem) -> None:
    ref = opened(double, "Hola, ¿qué tal?\n5 < 7", tags=["vip"], cc_emails=["Jefa <jefa@clientes.example>"])
    bruno, other = double.keys["key-of-bruno"], double.state.add_contact("Eva", "eva@clientes.example")
    double.state.note(ref, bruno, "Vip.")
    double.state.add(ref, bruno, "<div>Buenos <b>días</b>.</div>", source=0)
    double.state.add(ref, other, "<div>Yo también.</div>", source=2, incoming=True)
    double.state.conversations[ref][-1]["from_email"] = None
    double.state.add(ref, bruno, "<div>A otros.</div>", source=8)
    desk.once()
    messages = desk.messages(str(ref))
    assert [(one.direction, one.text.strip(), one.from_address.partition("@")[0][:3]) for one in messages] == [
        (Direction.IN, "Hola, ¿qué tal?\n5 < 7", messages[0].from_address[:3]), (Direction.NOTE, "Vip.", "bru"),
        (Direction.OUT, "Buenos días.", "bru"), (Direction.IN, "Yo también.", "eva"),
        (Direction.NOTE, "A otros.", "bru"),
    ]  # fmt: skip
    assert messages[0].cc == ("jefa@clientes.example",)
    ticket = desk.mirrored(str(ref))
    assert (ticket.subject, ticket.tags, ticket.status) == ("Mi pedido", ("vip",), Status.OPEN)


def test_a_reply_goes_to_whom_the_last_one_was_copied_to(double: FreshdeskDouble, desk: DeskAtSystem) -> None:
    ref = opened(double, reply_cc_emails=["Jefa <jefa@clientes.example>"], cc_emails=["no@clientes.example"])
    desk.once()
    desk.reply(desk.mirrored(str(ref)).id)
    desk.once()
    (reply,) = double.state.replies()
    assert (reply["cc_emails"], reply["body_text"]) == (["jefa@clientes.example"], "Ya está, un saludo.")
    assert double.state.tickets[ref]["status"] == 3


def test_a_reply_comes_from_the_mailbox_that_was_written_to(double: FreshdeskDouble, system: Freshdesk) -> None:
    double.state.mailboxes.append("ventas@desk.example")
    for config, sender in ((2, "ventas@desk.example"), (None, "support@desk.example"), (9, "support@desk.example")):
        ref = str(opened(double, email_config_id=config))
        system.offer(RemoteReply(ref, "m@tridesk", "Hola.", files=(("a.bin", "image/png", b"x"),))).finish()
        assert double.state.replies()[-1]["from_email"] == sender


def test_a_long_ticket_is_read_from_where_it_is_new(double: FreshdeskDouble, system: Freshdesk) -> None:
    ref = opened(double)
    for number in range(2 * PAGE + 10):
        double.state.write(ref, f"Mensaje {number}.")
    known = {event.number for event in system.look(str(ref), lambda number: False).messages}
    assert len(known) == 2 * PAGE + 11
    for expected in (3, 1):  # all pages once, and then the last one
        before = len(double.heard)
        assert system.look(str(ref), known.__contains__).messages == ()
        assert [path for _, path in double.heard[before:]].count(f"/api/v2/tickets/{ref}/conversations") == expected
    double.state.write(ref, "Otra cosa.")
    (event,) = system.look(str(ref), known.__contains__).messages
    del double.state.conversations[ref][: PAGE + 20]
    assert [one.number for one in system.look(str(ref), known.__contains__).messages] == [event.number]


def test_a_reply_in_doubt_is_found_by_its_mark_and_never_sent_twice(
    double: FreshdeskDouble, desk: DeskAtSystem
) -> None:
    ref = opened(double)
    desk.once()
    taken(desk, ref)
    desk.reply(desk.mirrored(str(ref)).id)
    double.fault("POST", f"tickets/{ref}/reply", -1)
    desk.once()
    assert desk.states() == [OutboxState.IN_DOUBT]
    desk.once()
    assert (desk.states(), len(double.state.replies())) == ([OutboxState.SENT], 1)


def test_a_ticket_with_a_reply_in_doubt_that_moves_out_of_our_sight_holds_nothing_up(
    double: FreshdeskDouble, desk: DeskAtSystem
) -> None:
    ref, other = opened(double), opened(double)
    desk.once()
    taken(desk, ref)
    desk.reply(desk.mirrored(str(ref)).id)
    double.fault("POST", f"tickets/{ref}/reply", 0)
    desk.once()
    double.state.groups[9], double.state.scopes[double.state.tickets[ref]["responder_id"]] = "Legal", {8}
    double.state.tickets[ref] |= {"group_id": 9, "responder_id": None}
    desk.reply(desk.mirrored(str(other)).id)
    desk.once()
    assert desk.states() == [OutboxState.IN_DOUBT, OutboxState.SENT]
    assert any("no longer shows its ticket" in sentence for sentence in desk.said)


def test_a_ticket_that_an_agent_began_by_a_mail_is_no_word_of_the_customer(
    double: FreshdeskDouble, desk: DeskAtSystem
) -> None:
    ref, other = opened(double, "Le escribimos por su pedido."), opened(double)
    double.state.tickets[ref]["source"] = 10
    desk.once()
    (message,) = desk.messages(str(ref))
    assert (message.direction, message.text.strip()) == (Direction.OUT, "Le escribimos por su pedido.")
    assert message.from_address != double.state.contacts[double.state.tickets[ref]["requester_id"]]["email"]
    assert [one.direction for one in desk.messages(str(other))] == [Direction.IN]


def test_a_reply_whose_mark_is_not_kept_stays_in_doubt(double: FreshdeskDouble, desk: DeskAtSystem) -> None:
    ref = opened(double)
    desk.once()
    desk.reply(desk.mirrored(str(ref)).id)
    double.fault("POST", f"tickets/{ref}/reply", -1)
    desk.once()
    (reply,) = double.state.replies()
    reply["body"] = "<div>Ya está, un saludo.</div>"
    for _ in range(2):
        desk.once()
    assert (desk.states(), len(double.state.replies())) == ([OutboxState.IN_DOUBT], 1)


@pytest.mark.parametrize(
    ("html", "mark"),
    [
        (marked("Hola, <niño> & cía.\nAdiós.", "a.b@tridesk"), "a.b@tridesk"),
        (f"<div>\n{marked('Hola', 'a@b')}</div>\n", "a@b"),
        (f"<div>Lo que escribí: {marked('Hola', 'a@b')}</div>", ""),
        (f"{marked('Hola', 'a@b')}<div>El lunes: {marked('Antes', 'c@d')}</div>", ""),
        ("<div>Hola</div>", ""),
        ('<div class="tridesk-zz">Hola</div>', ""),
    ],
)
def test_a_mark_is_that_of_a_message_that_is_ours_as_a_whole(html: str, mark: str) -> None:
    assert mark_of(html) == mark


def test_a_second_answer_is_held_where_a_colleague_has_answered(
    double: FreshdeskDouble, desk: DeskAtSystem, tmp_path: Path
) -> None:
    other = DeskAtSystem(double.url, "key-of-bruno", tmp_path, agent="bruno", kind="freshdesk")
    ref = opened(double)
    for one in (desk, other):
        one.once()
        one.reply(one.mirrored(str(ref)).id)
    for one in (desk, other, desk):
        one.once()
    assert (desk.states(), other.states()) == ([OutboxState.SENT], [OutboxState.HELD])
    assert len(double.state.replies()) == 1
    assert other.mirrored(str(ref)).assignee == "alice@team.example"


def test_a_reply_whose_status_is_not_taken_was_sent_all_the_same(double: FreshdeskDouble, desk: DeskAtSystem) -> None:
    double.state.fields["cf_reason"] = "Reason"
    double.state.needed.add("cf_reason")
    ref = opened(double)
    desk.once()
    desk.reply(desk.mirrored(str(ref)).id, status=Status.SOLVED)
    desk.once()
    assert (desk.states(), double.state.tickets[ref]["status"]) == ([OutboxState.SENT], 2)


def test_a_status_that_is_refused_says_which_field_is_missing(double: FreshdeskDouble, system: Freshdesk) -> None:
    double.state.fields["cf_reason"] = "Reason"
    double.state.needed.add("cf_reason")
    ref = str(opened(double))
    with pytest.raises(RefusedError, match=r"custom_fields\.cf_reason: It should not be blank"):
        system.set_status(ref, "Resolved", "")
    assert system.set_status(ref, "Waiting on Third Party", "").status == "Pending"  # this account has no such status
    with pytest.raises(RefusedError, match="has no status Nowhere"):
        system.set_status(ref, "Nowhere", "")


def test_a_deleted_ticket_is_closed_and_not_answered(double: FreshdeskDouble, desk: DeskAtSystem) -> None:
    ref, spam = opened(double), opened(double)
    desk.once()
    desk.reply(desk.mirrored(str(ref)).id)
    double.state.delete(ref)
    double.state.delete(spam, spam=True)
    desk.once()
    assert (desk.states(), double.state.replies()) == ([OutboxState.FAILED], [])
    assert desk.mirrored(str(ref)).status is Status.CLOSED


def test_what_cannot_be_answered_is_told(double: FreshdeskDouble, system: Freshdesk) -> None:
    customer = double.state.add_contact("Ana", None)
    ref = str(double.state.open(customer, "Llamada", "Hola.", group_id=GROUP))
    with pytest.raises(RefusedError, match="has no mail address in Freshdesk; answer there"):
        system.offer(RemoteReply(ref, "m@tridesk", "Hola."))
    ref, large = str(opened(double)), b"x" * (LARGEST_REPLY + 1)
    with pytest.raises(RefusedError, match="takes files of 20 MB in a reply"):
        system.offer(RemoteReply(ref, "m@tridesk", "Hola.", files=(("a.bin", "image/png", large),)))
    double.state.delete(int(ref))
    with pytest.raises(RefusedError, match="restore it there first"):
        system.offer(RemoteReply(ref, "m@tridesk", "Hola."))


def test_an_owner_is_an_agent(double: FreshdeskDouble, system: Freshdesk) -> None:
    ref = str(opened(double))
    assert system.take(ref, "").owner == "alice@team.example"
    with pytest.raises(RefusedError, match="has no agent nobody"):
        system.give(ref, "nobody", "alice@team.example")
    assert system.give(ref, "bruno@team.example", "alice@team.example").owner == "bruno@team.example"
    assert system.take(ref, "").owner == "bruno@team.example"  # someone was first
    assert system.give(ref, "", "bruno@team.example").owner == ""


def test_names_come_from_the_fields_where_lists_are_an_administrators(
    double: FreshdeskDouble, system: Freshdesk
) -> None:
    bruno = double.keys["key-of-bruno"]
    ref = str(opened(double, responder_id=bruno))
    for path in ("groups", f"agents/{bruno}"):
        double.fault("GET", path, 403, body={"code": "access_denied", "message": "You are not authorized."})
    fields = [{"name": "group", "type": "default_group", "choices": {"Soporte": GROUP}},
              {"name": "agent", "type": "default_agent", "choices": {"Bruno": bruno}}]  # fmt: skip
    double.fault("GET", "ticket_fields", 200, body=fields)
    remote = system.ticket(ref)
    assert (remote.queue, remote.owner) == ("Soporte", "Bruno")


def test_custom_fields_cross_over_and_a_colleague_who_was_first_wins(
    double: FreshdeskDouble, system: Freshdesk
) -> None:
    double.state.fields["cf_order_number"] = "Order number"
    ref = str(opened(double, custom_fields={"cf_order_number": "A-17"}))
    remote = system.ticket(ref)
    assert dict(remote.values) == {"cf_order_number": "A-17", "Order number": "A-17"}
    after = system.set_fields(ref, {"Order number": "B-2", "nothing": "x"}, remote.version)
    assert after.values["Order number"] == "B-2"
    double.state.write(int(ref), "Otra cosa.")
    with pytest.raises(StaleError):
        system.set_fields(ref, {"Order number": ""}, after.version)
    assert dict(system.set_fields(ref, {"cf_order_number": ""}, "").values) == {}


def test_a_tag_that_it_does_not_take_stays_here(double: FreshdeskDouble, system: Freshdesk) -> None:
    ref = str(opened(double, tags=["vip"]))
    assert system.set_tags(ref, {"a", "b,c", "x" * 33}, {"other"}).tags == {"vip", "a"}


def test_files_come_from_the_hosts_that_are_named_and_large_ones_are_left_there(
    double: FreshdeskDouble, system: Freshdesk
) -> None:
    ref = opened(double, files=[File("a.bin", "image/png", b"abc")])
    (event,) = system.look(str(ref), lambda number: False).messages
    assert b"YWJj" not in event.raw
    other = connector(double, file_hosts=("localhost",))
    (event,) = other.look(str(ref), lambda number: False).messages
    assert b"YWJj" in event.raw
    double.state.tickets[ref]["attachments"][0]["size"] = LARGEST_FILE + 1
    before = len(double.heard)
    other.look(str(ref), lambda number: False)
    assert not [path for _, path in double.heard[before:] if "attachments" in path]
    other.close()


def test_a_minute_whose_requests_are_used_up_is_waited_for(double: FreshdeskDouble, system: Freshdesk) -> None:
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        double.pass_time(seconds)

    system.wait_by(wait)
    opened(double)
    system.check()
    assert waits == []
    double.limit = double._used["all"] + 3  # a list with its requesters costs three
    system.after("", lambda number: True)
    assert [round(seconds) for seconds in waits] == [60]


@pytest.mark.parametrize(
    ("status", "headers", "body", "words"),
    [
        (429, {"Retry-After": "7"}, None, "asks to wait 7 seconds"),
        (401, {}, {"code": "invalid_credentials", "message": "No."}, "does not accept the token"),
        (403, {}, {"code": "access_denied", "message": "You are not authorized."}, "403 You are not authorized"),
        (502, {}, None, "failed"),
        (0, {}, None, "ended the connection"),
    ],
)
def test_each_fault_is_one_sentence_and_gets_well_by_itself(
    double: FreshdeskDouble, desk: DeskAtSystem, status: int, headers: dict[str, str], body: object, words: str
) -> None:
    opened(double)
    double.fault("GET", "tickets", status, headers, body)
    with pytest.raises(ConnectorError, match=words):
        desk.once()
    desk.once()
    assert len(desk.tickets()) == 1


def test_a_check_says_what_was_found_and_what_is_wrong(double: FreshdeskDouble, system: Freshdesk) -> None:
    assert system.check().startswith("Freshdesk, as alice@team.example, 1 group, 3 of ")
    wrong = connector(double, queues={"Ventas": ""})
    with pytest.raises(ConnectorError, match=r"has no group 'Ventas' that alice@team\.example can see; it has Soporte"):
        wrong.check()
    wrong.close()


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("acme", "https://acme.freshdesk.com"),
        ("https://acme.freshdesk.com/api/v2", "https://acme.freshdesk.com"),
        ("http://acme.freshdesk.com", ""),
    ],
)
def test_the_subdomain_is_enough(given: str, url: str) -> None:
    tracker = Tracker("f", given, kind="freshdesk")
    if url:
        assert complete(tracker).url == url
        return
    with pytest.raises(InputError, match="url cannot be used"):
        complete(tracker)


def test_canned_responses_come_with_the_names_of_their_folders() -> None:
    answers: list[Answer] = [
        (200, {}, [{"id": 7, "name": "Login"}]),
        (200, {}, [{"id": 1, "title": "Reset", "content": "Hola."}]),
    ]
    with WebDouble(answers) as double:
        system = Freshdesk(complete(Tracker("f", double.url, kind="freshdesk")), lambda tracker: "key")
        assert system.macros() == [{"id": 1, "title": "Reset", "content": "Hola.", "folder_name": "Login"}]
        assert double.paths == ["/api/v2/canned_response_folders", "/api/v2/canned_response_folders/7/responses"]
        system.close()

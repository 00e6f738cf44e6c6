"""The Zammad connector against a stand-in that keeps its tickets: what the contract of all leaves open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from data.errors import ConnectorError, RefusedError
from data.records.changes import Change
from data.records.messages import Direction
from data.records.outbox import OutboxState
from data.records.tickets import Status
from queues.accounts.ticketing_system import Tracker, complete
from queues.connectors.base import Batch, RemoteReply
from queues.connectors.web import StaleError
from queues.connectors.zammad import LARGEST_FILE, PAGE, Zammad
from tests.servers.desk_at_tracker import DeskAtSystem
from tests.servers.zammad_double import ZammadDouble
from tui.setup.settings import FieldTable

pytestmark = pytest.mark.usefixtures("one_helper")

GROUP = 2
SEARCH = ("POST", "/api/v1/tickets/search")


@pytest.fixture
def double(zammad: ZammadDouble) -> ZammadDouble:
    for agent in ("alice", "bruno"):
        zammad.add_agent(agent)
    return zammad


@pytest.fixture
def desk(double: ZammadDouble, tmp_path: Path) -> DeskAtSystem:
    return DeskAtSystem(double.url, "token-of-alice", tmp_path, kind="zammad")


@pytest.fixture
def system(double: ZammadDouble) -> Iterator[Zammad]:
    """Give the connector alone."""
    made = connector(double)
    yield made
    made.close()


def connector(double: ZammadDouble, **changes: object) -> Zammad:
    tracker = Tracker("z", double.url, kind="zammad", requests_per_minute=100_000, **changes)  # type: ignore[arg-type]
    return Zammad(complete(tracker), lambda tracker: "token-of-alice")


def opened(double: ZammadDouble, words: str = "Hola.", title: str = "Mi pedido", **values: object) -> int:
    customer = double.state.add_user("Ana Gil", f"c{double.state.number()}@clientes.example")
    return double.state.open(customer, title, words, group=GROUP, **values)  # type: ignore[arg-type]


def taken(desk: DeskAtSystem, ref: int) -> None:
    """Have the agent own a ticket, so that a reply to it is the next update."""
    desk.act(desk.mirrored(str(ref)).id, Change(assignee=desk.settings.agent))
    desk.once()


def all_of(system: Zammad, cursor: str = "") -> tuple[list[Batch], str]:
    """Fetch page by page to the end."""
    batches = [system.after(cursor, lambda number: False)]
    while batches[-1].more:
        batches.append(system.after(batches[-1].cursor, lambda number: False))
    return batches, batches[-1].cursor


def test_all_pages_are_read_and_then_one_request_says_that_nothing_is_new(double: ZammadDouble, system: Zammad) -> None:
    refs = {str(opened(double)) for _ in range(PAGE + 20)}
    batches, cursor = all_of(system)
    assert {event.ref for batch in batches for event in batch.messages} == refs
    assert system.newest() == PAGE + 20
    double.now += 600
    opened(double)
    double.now += 600
    ref = opened(double)
    _, cursor = all_of(system, cursor)
    system._feed._clock = lambda: 1e9  # so late that no other change bears these times
    for _ in range(2):
        _, cursor = all_of(system, cursor)
    before = len(double.heard)
    (nothing,), again = all_of(system, cursor)
    assert (nothing.messages, nothing.moved, again) == ((), {}, cursor)
    assert double.heard[before:] == [SEARCH]
    double.state.write(ref, "¿Hay alguien?")
    (batch,), _ = all_of(system, cursor)
    assert len(batch.messages) == 2


def test_a_ticket_that_the_search_index_does_not_know_yet_is_seen(double: ZammadDouble, system: Zammad) -> None:
    ref = opened(double)
    double.unindexed = {ref}
    found = system.web.ask("GET", "tickets/search", system._headers(), query={"query": "pedido"}).body
    assert found == []
    assert [event.ref for event in all_of(system)[0][0].messages] == [str(ref)]


def test_who_wrote_what_is_kept_and_automatic_answers_are_notes(double: ZammadDouble, desk: DeskAtSystem) -> None:
    ref = opened(double, "<p>Hola, <b>¿qué tal?</b></p>", html=True)
    agent = double.tokens["token-of-bruno"]
    double.state.auto_reply(ref, "We got it.")
    double.state.write_article(agent, {"ticket_id": ref, "body": "Vip.", "type": "note", "internal": True})
    double.state.write_article(
        agent, {"ticket_id": ref, "body": "Buenos días.", "type": "email", "to": "c@clientes.example"}
    )
    double.state.tag(ref, "vip")
    desk.once()
    messages = desk.messages(str(ref))
    assert [(one.direction, one.text.strip()) for one in messages] == [
        (Direction.IN, "Hola, ¿qué tal?"), (Direction.NOTE, "We got it."), (Direction.NOTE, "Vip."),
        (Direction.OUT, "Buenos días."),
    ]  # fmt: skip
    assert messages[2].from_address == "bruno@team.example"
    ticket = desk.mirrored(str(ref))
    assert (ticket.subject, ticket.tags) == ("Mi pedido", ("vip",))


def test_a_reply_goes_to_whom_the_customers_mail_was_copied_to(double: ZammadDouble, desk: DeskAtSystem) -> None:
    ref = opened(double)
    article = double.state.of(ref)[0]
    article |= {"cc": "Jefa <jefa@clientes.example>, soporte@desk.example", "message_id": "<1@clientes.example>"}
    desk.once()
    assert desk.messages(str(ref))[0].cc == ("jefa@clientes.example", "soporte@desk.example")
    desk.reply(desk.mirrored(str(ref)).id)
    desk.once()
    (reply,) = double.state.replies()
    assert (reply["cc"], reply["in_reply_to"]) == ("jefa@clientes.example", "<1@clientes.example>")
    assert reply["to"].startswith("c")
    row = double.state.tickets[ref]
    assert (row["state_id"], bool(row["pending_time"])) == (3, True)


def test_a_reply_in_doubt_is_found_by_its_mark_and_never_sent_twice(double: ZammadDouble, desk: DeskAtSystem) -> None:
    ref = opened(double)
    desk.once()
    taken(desk, ref)
    desk.reply(desk.mirrored(str(ref)).id)
    double.fault("PUT", f"tickets/{ref}", -1)
    desk.once()
    assert desk.states() == [OutboxState.IN_DOUBT]
    desk.once()
    assert (desk.states(), len(double.state.replies())) == ([OutboxState.SENT], 1)


def test_a_reply_that_never_arrived_stays_in_doubt(double: ZammadDouble, desk: DeskAtSystem) -> None:
    ref = opened(double)
    desk.once()
    taken(desk, ref)
    desk.reply(desk.mirrored(str(ref)).id)
    double.fault("PUT", f"tickets/{ref}", 0)
    for _ in range(3):
        desk.once()
    assert (desk.states(), double.state.replies()) == ([OutboxState.IN_DOUBT], [])


def test_a_ticket_with_a_reply_in_doubt_that_moves_out_of_our_sight_holds_nothing_up(
    double: ZammadDouble, desk: DeskAtSystem
) -> None:
    ref, other = opened(double), opened(double)
    desk.once()
    taken(desk, ref)
    desk.reply(desk.mirrored(str(ref)).id)
    double.fault("PUT", f"tickets/{ref}", 0)
    desk.once()
    double.state.groups[3], double.state.access[double.tokens["token-of-alice"]] = "Legal", {GROUP}
    double.state.tickets[ref]["group_id"] = 3
    desk.reply(desk.mirrored(str(other)).id)
    desk.once()
    assert desk.states() == [OutboxState.IN_DOUBT, OutboxState.SENT]
    assert any("no longer shows its ticket" in sentence for sentence in desk.said)


def test_a_ticket_that_moves_away_while_it_is_read_is_left_out_and_another_refusal_is_not(
    double: ZammadDouble, system: Zammad
) -> None:
    ref, other = opened(double), opened(double)
    double.state.groups[3], double.state.access[double.tokens["token-of-alice"]] = "Legal", {GROUP}
    double.meanwhile("GET", "ticket_articles", lambda: double.state.tickets[ref].update(group_id=3))
    (batch,), _ = all_of(system)
    assert list(batch.tickets) == [str(other)]
    double.fault("GET", "ticket_articles", 403, body={"error": "Not authorized"})
    with pytest.raises(RefusedError, match="Not authorized"):
        all_of(system)


def test_a_second_answer_is_held_where_a_colleague_has_answered(
    double: ZammadDouble, desk: DeskAtSystem, tmp_path: Path
) -> None:
    other = DeskAtSystem(double.url, "token-of-bruno", tmp_path, agent="bruno", kind="zammad")
    ref = opened(double)
    for one in (desk, other):
        one.once()
        one.reply(one.mirrored(str(ref)).id)
    for one in (desk, other, desk):
        one.once()
    assert (desk.states(), other.states()) == ([OutboxState.SENT], [OutboxState.HELD])
    assert len(double.state.replies()) == 1
    assert other.mirrored(str(ref)).assignee == "alice@team.example"


def test_a_merged_ticket_is_closed_and_not_answered(double: ZammadDouble, desk: DeskAtSystem) -> None:
    ref, other = opened(double), opened(double, "Otra vez.")
    desk.once()
    number = desk.mirrored(str(ref)).id
    desk.reply(number)
    double.state.merge(ref, other)
    desk.once()
    assert desk.states() == [OutboxState.FAILED]
    assert "was merged or removed in Zammad" in desk.outbox()[0].reason
    assert double.state.replies() == []
    assert len(desk.messages(str(ref))) == 2  # what was there, and what was not sent
    assert len(desk.messages(str(other))) == 1
    ref = opened(double)
    desk.once()
    double.state.merge(ref, other)
    desk.once()
    assert desk.mirrored(str(ref)).status is Status.CLOSED


def test_a_deleted_ticket_is_told_and_holds_nothing_else_up(double: ZammadDouble, desk: DeskAtSystem) -> None:
    ref, other = opened(double), opened(double)
    desk.once()
    for one in (ref, other):
        desk.reply(desk.mirrored(str(one)).id)
    for article in double.state.of(ref):
        del double.state.articles[article["id"]]
    del double.state.tickets[ref]
    desk.once()
    assert desk.states() == [OutboxState.FAILED, OutboxState.SENT]


def test_a_channel_other_than_mail_is_answered_there(double: ZammadDouble, system: Zammad) -> None:
    ref = opened(double)
    double.state.of(ref)[0]["type_id"] = 2
    with pytest.raises(RefusedError, match="did not write by mail; answer in Zammad"):
        system.offer(RemoteReply(str(ref), "m@tridesk", "Hola."))


def test_states_of_an_administrator_count_as_their_type(double: ZammadDouble, desk: DeskAtSystem) -> None:
    ref = opened(double)
    double.state.tickets[ref]["state_id"] = 8
    desk.once()
    assert desk.mirrored(str(ref)).status is Status.PENDING
    desk.act(desk.mirrored(str(ref)).id, Change(status=Status.SOLVED, override_reason="a test"))
    desk.once()
    assert double.state.tickets[ref]["state_id"] == 4


def test_an_owner_is_an_agent_of_the_group(double: ZammadDouble, system: Zammad) -> None:
    ref = str(opened(double))
    assert system.take(ref, "").owner == "alice@team.example"
    assert system.take(ref, "").owner == "alice@team.example"
    with pytest.raises(RefusedError, match="name an agent of its group by login"):
        system.give(ref, "nobody@team.example", "alice@team.example")
    assert system.give(ref, "bruno@team.example", "alice@team.example").owner == "bruno@team.example"
    assert system.take(ref, "").owner == "bruno@team.example"  # someone was first
    assert system.give(ref, "", "bruno@team.example").owner == ""


def test_custom_fields_cross_over_and_a_colleague_who_was_first_wins(double: ZammadDouble, system: Zammad) -> None:
    double.state.attributes |= {"order_number": "Order number", "vip": "VIP"}
    ref = str(opened(double, order_number="A-17", vip=True))
    remote = system.ticket(ref)
    assert dict(remote.values) == {"order_number": "A-17", "vip": "true"}
    after = system.set_fields(ref, {"order_number": "", "nothing": "x"}, remote.version)
    assert dict(after.values) == {"vip": "true"}
    double.state.write(int(ref), "Otra cosa.")
    with pytest.raises(StaleError):
        system.set_fields(ref, {"order_number": "B-1"}, after.version)


def test_a_field_of_the_desk_is_mirrored(double: ZammadDouble, desk: DeskAtSystem) -> None:
    double.state.attributes["order_number"] = "Order number"
    fields = [FieldTable("order", remote="order_number")]
    desk.settings = msgspec.structs.replace(desk.settings, field=fields)
    ref = opened(double, order_number="A-17")
    desk.once()
    ticket = desk.mirrored(str(ref))
    assert dict(ticket.fields) == {"order": "A-17"}
    desk.act(ticket.id, Change(fields={"order": "B-2"}))
    desk.once()
    assert double.state.tickets[ref]["order_number"] == "B-2"


def test_a_tag_that_may_not_be_created_stays_here(double: ZammadDouble, system: Zammad) -> None:
    ref = str(opened(double))
    double.fault("POST", "tags/add", 403, body={"error": "Not authorized"})
    assert system.set_tags(ref, {"a", "b"}, {"c"}).tags == {"b"}


def test_articles_too_large_to_come_together_come_singly(
    double: ZammadDouble, system: Zammad, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = opened(double, "x" * 600)
    for _ in range(6):
        double.state.write(ref, "x" * 600)
    monkeypatch.setattr("queues.connectors.web.LARGEST", 4_000)
    assert len(system.look(str(ref), lambda number: False).messages) == 7


def test_a_file_too_large_is_named_and_not_fetched(double: ZammadDouble, system: Zammad) -> None:
    ref = opened(double, files=[("a.bin", "image/png", b"x")])
    double.state.of(ref)[0]["attachments"][0]["size"] = str(LARGEST_FILE + 1)
    (event,) = system.look(str(ref), lambda number: False).messages
    assert b"a.bin" in event.raw
    assert not [path for _, path in double.heard if "ticket_attachment" in path]


@pytest.mark.parametrize(
    ("status", "headers", "body", "words"),
    [
        (429, {"Retry-After": "7"}, None, "asks to wait 7 seconds"),
        (401, {}, {"error": "Invalid token"}, "does not accept the token"),
        (403, {}, {"error": "Not authorized"}, "403 Not authorized"),
        (422, {}, {"error": "No such operator"}, "422 No such operator"),
        (502, {}, None, "failed"),
        (0, {}, None, "ended the connection"),
    ],
)
def test_each_fault_is_one_sentence_and_gets_well_by_itself(
    double: ZammadDouble, desk: DeskAtSystem, status: int, headers: dict[str, str], body: object, words: str
) -> None:
    opened(double)
    for _ in range(2):  # a search on a kept connection is made twice
        double.fault("POST", "tickets/search", status, headers, body)
    with pytest.raises(ConnectorError, match=words):
        desk.once()
    double._faults.clear()
    desk.once()
    assert len(desk.tickets()) == 1


def test_a_check_says_what_was_found_and_what_is_wrong(double: ZammadDouble, system: Zammad) -> None:
    assert system.check() == "Zammad, as alice@team.example, 1 group"
    wrong = connector(double, queues={"Ventas": ""})
    with pytest.raises(ConnectorError, match=r"has no group 'Ventas' that alice@team\.example can see; it has Soporte"):
        wrong.check()
    wrong.close()
    double.fault("POST", "tickets/search", 403, body={"error": "Not authorized"})
    with pytest.raises(RefusedError, match=r"needs the permission ticket\.agent"):
        system.check()


def test_tickets_of_other_groups_are_left_alone(double: ZammadDouble, desk: DeskAtSystem) -> None:
    double.state.groups[3], double.state.addresses[3] = "Ventas", "ventas@desk.example"
    opened(double)
    customer = double.state.add_user("Eva", "eva@clientes.example")
    double.state.open(customer, "Otra", "Hola.", group=3)
    desk.once()
    assert len(desk.tickets()) == 1

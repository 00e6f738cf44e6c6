"""The stand-in of Zammad against what its documentation says, by plain requests."""

from __future__ import annotations

import base64
import http.client
from typing import Any
from urllib.parse import quote

import pytest

from tests.servers.plain_http import Said, ask
from tests.servers.zammad_double import ZammadDouble

Ask = Any


@pytest.fixture
def agent(zammad: ZammadDouble) -> Ask:
    """Give what makes a request as the agent Alice."""
    zammad.add_agent("alice")
    zammad.add_agent("bruno")

    def asked(method: str, path: str, given: Any = None, **headers: str) -> Said:
        named = {"Authorization": "Token token=token-of-alice", **{k.replace("_", "-"): v for k, v in headers.items()}}
        return ask(zammad.url, method, f"/api/v1/{path}", named, given)

    return asked


@pytest.fixture
def ticket(zammad: ZammadDouble) -> int:
    customer = zammad.state.add_user("Ana Cliente", "ana@clientes.example")
    return zammad.state.open(customer, "Pedido 7", "¿Dónde está?", group=2)


def mail(words: str, **more: Any) -> dict[str, Any]:
    return {"body": words, "type": "email", "to": "ana@clientes.example", "content_type": "text/plain", **more}


def test_a_token_is_asked_for_and_one_that_is_wrong_or_old_is_refused(zammad: ZammadDouble, agent: Ask) -> None:
    assert agent("GET", "users/me").body["login"] == "alice@team.example"
    assert ask(zammad.url, "GET", "/api/v1/users/me", {}).status == 403
    assert agent("GET", "users/me", Authorization="Token token=another").status == 401
    assert agent("GET", "users/me", Authorization="Bearer token-of-alice").status == 401
    zammad.expired.add("token-of-alice")
    refused = agent("GET", "users/me")
    assert (refused.status, refused.body["error"]) == (401, "Not authorized (token expired)!")


def test_names_come_with_expand_and_all_of_it_with_full(agent: Ask, ticket: int) -> None:
    plain = agent("GET", f"tickets/{ticket}").body
    assert (plain["state_id"], plain["owner_id"], plain["number"], "state" in plain) == (1, 1, "22001", False)
    named = agent("GET", f"tickets/{ticket}?expand=true").body
    assert [named[name] for name in ("state", "owner", "group", "customer", "priority")] == [
        "new", "-", "Soporte", "ana@clientes.example", "2 normal",
    ]  # fmt: skip
    full = agent("GET", f"tickets/{ticket}?full=true").body
    assert full["assets"]["Ticket"][str(ticket)]["title"] == "Pedido 7"
    found = agent("GET", "tickets/search?query=pedido&full=true&with_total_count=true").body
    assert (found["record_ids"], found["total_count"]) == ([ticket], 1)
    assert agent("GET", "tickets/search?query=pedido&only_total_count=true").body == {"total_count": 1}


def test_pages_are_cut_to_the_largest_and_tickets_come_by_their_numbers(zammad: ZammadDouble, agent: Ask) -> None:
    customer = zammad.state.add_user("Ana", "ana@clientes.example")
    for number in range(205):
        zammad.state.open(customer, f"Carta {number}", "Hola.", group=2)
    assert [row["id"] for row in agent("GET", "tickets?per_page=1000").body] == list(range(1, 101))
    assert [row["id"] for row in agent("GET", "tickets?page=2&per_page=5&sort_by=updated_at&made_up=1").body] == [
        6, 7, 8, 9, 10,
    ]  # fmt: skip
    assert agent("GET", "tickets?page=4").body == []
    assert len(agent("GET", "tickets/search?query=*&per_page=1000").body) == 200
    assert len(agent("GET", "tickets/search?query=*").body) == 50
    assert agent("GET", "tickets?page=0").status == 422


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("*", {1, 2, 3}), ("number:22002", {2}), ("state.name:closed", {3}), ("state_id:(1 OR 4)", {1, 2, 3}),
        ("state.name:new AND customer.email:\"ana@clientes.example\"", {1, 2}), ("NOT state.name:closed", {1, 2}),
        ("updated_at:[{third} TO *]", {3}), ("updated_at:{{{third} TO *]", set()), ("updated_at:>=\"{third}\"", {3}),
        ("updated_at:>={third}", set()),  # a colon must be quoted: it cannot be read, and finds nothing
        ("jirafa", {2}), ("group.name:Ventas", set()), ("(", set()),
    ],
)  # fmt: skip
def test_a_search_finds_what_its_query_says(zammad: ZammadDouble, agent: Ask, query: str, found: set[int]) -> None:
    customer = zammad.state.add_user("Ana", "ana@clientes.example")
    for words in ("Hola.", "Una jirafa.", "Adiós."):
        zammad.state.open(customer, "Carta", words, group=2)
    third = agent("PUT", "tickets/3", {"state": "closed"}).body["updated_at"]
    asked = quote(query.replace("{third}", third).replace("{{", "{"))
    assert {row["id"] for row in agent("GET", f"tickets/search?query={asked}").body} == found


def test_a_search_is_sorted_as_asked_and_may_be_behind(zammad: ZammadDouble, agent: Ask) -> None:
    customer = zammad.state.add_user("Ana", "ana@clientes.example")
    for _ in range(3):
        zammad.state.open(customer, "Carta", "Hola.", group=2)
    zammad.state.write(1, "¿Y bien?")
    path = "tickets/search?query=*"
    assert [row["id"] for row in agent("GET", path).body] == [1, 3, 2]
    assert [row["id"] for row in agent("GET", f"{path}&sort_by=updated_at&order_by=asc").body] == [2, 3, 1]
    assert [row["id"] for row in agent("GET", f"{path}&sort_by=id&order_by=desc").body] == [3, 2, 1]
    zammad.unindexed = {1}
    assert [row["id"] for row in agent("GET", path).body] == [3, 2]


def test_a_condition_as_of_an_overview_is_searched_by(agent: Ask, ticket: int) -> None:
    wanted = {"ticket.state_id": {"operator": "is", "value": ["1"]}}
    found = agent("POST", "tickets/search", {"condition": {**wanted, "ticket.title": {"operator": "contains",
                                                                                     "value": "pedido"}}})  # fmt: skip
    assert [row["id"] for row in found.body] == [ticket]
    assert agent("POST", "tickets/search", {"condition": {"ticket.state_id": {"operator": "is", "value": ["4"]}}}
                 ).body == []  # fmt: skip


def test_an_update_takes_names_and_leaves_out_what_it_does_not_know(agent: Ask, ticket: int) -> None:
    given = {"title": "Pedido 8", "state": "open", "priority": "3 high", "owner": "bruno@team.example", "made_up": 1,
             "updated_at": "2020-01-01T00:00:00Z", "number": "1",
             "article": {"subject": "Por qué", "body": "Motivo.", "internal": True}}  # fmt: skip
    changed = agent("PUT", f"tickets/{ticket}?expand=true", given).body
    assert [changed[name] for name in ("title", "state", "priority", "owner", "article_count", "number")] == [
        "Pedido 8", "open", "3 high", "bruno@team.example", 2, "22001",
    ]  # fmt: skip
    note = agent("GET", f"ticket_articles/by_ticket/{ticket}").body[1]
    assert [note[name] for name in ("type", "sender", "internal", "from", "created_by")] == [
        "note", "Agent", True, "Alice", "alice@team.example",
    ]  # fmt: skip
    assert agent("PUT", f"tickets/{ticket}", {"owner_id": None}).body["owner_id"] == 1


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"state": "zzz"}, "No lookup value found for 'state': \"zzz\""),
        ({"state": "new", "title": "x"}, "Invalid value '1' for field 'state_id'!"),
        ({"state": "pending reminder"}, "Missing required value for field 'pending_time'!"),
        ({"owner_id": 99_999}, "Invalid value for param 'owner_id': 99999"),
        ({"owner": "nobody@team.example"}, "No lookup value found for 'owner': \"nobody@team.example\""),
        ({"owner": "ana@clientes.example"}, "Invalid value '101' for field 'owner_id'!"),
        ({"title": "x", "article": {"subject": "y"}}, 'Need at least article: { body: "some text" }'),
        ({"title": "x", "article": {"body": "y", "attachments": [{"filename": "a", "data": "QQ=="}]}},
         "Attachment needs 'mime-type' param for attachment with index '0'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_whole(zammad: ZammadDouble, agent: Ask, given: dict[str, Any], sentence: str) -> None:
    customer = zammad.state.add_user("Ana", "ana@clientes.example")
    sentence = sentence.replace("101", str(customer))
    ticket = zammad.state.open(customer, "Pedido", "Hola.", group=2)
    agent("PUT", f"tickets/{ticket}", {"state": "open"})
    before = agent("GET", f"tickets/{ticket}").body
    refused = agent("PUT", f"tickets/{ticket}", given)
    assert (refused.status, refused.body["error"]) == (422, sentence)
    assert agent("GET", f"tickets/{ticket}").body == before


def test_a_pending_ticket_has_a_time_until_it_is_pending_no_more(agent: Ask, ticket: int) -> None:
    until = "2026-12-24T10:00:00.000Z"
    pending = agent("PUT", f"tickets/{ticket}?expand=true", {"state": "pending reminder", "pending_time": until}).body
    assert (pending["state"], pending["pending_time"]) == ("pending reminder", until)
    assert agent("PUT", f"tickets/{ticket}", {"state": "open"}).body["pending_time"] is None


def test_an_agents_mail_goes_out_under_the_systems_own_number_even_internal(
    zammad: ZammadDouble, agent: Ask, ticket: int
) -> None:
    given = mail("Aquí.", message_id="<ours@tridesk>", in_reply_to="<a@b>", preferences={"mark": "x1"}, internal=True)
    sent = agent("POST", "ticket_articles", {"ticket_id": ticket, **given})
    assert sent.status == 201
    assert [sent.body[name] for name in ("type", "sender", "subject", "in_reply_to")] == [
        "email", "Agent", "Pedido 7", "<a@b>",
    ]  # fmt: skip
    assert sent.body["message_id"] != "<ours@tridesk>"
    assert sent.body["preferences"]["mark"] == "x1"
    assert sent.body["from"] == "Alice via Soporte <soporte@desk.example>"
    assert [one["body"] for one in zammad.state.replies()] == ["Aquí."]


def test_a_mail_without_an_address_stays_and_a_note_is_no_mail(zammad: ZammadDouble, agent: Ask, ticket: int) -> None:
    lost = agent("POST", "ticket_articles", {"ticket_id": ticket, **mail("Aquí.", to=None)})
    assert (lost.status, lost.body["preferences"]["delivery_status"]) == (201, "fail")
    agent("POST", "ticket_articles", {"ticket_id": ticket, "body": "Para nosotros.", "internal": True})
    assert zammad.state.replies() == []
    del zammad.state.addresses[2]
    assert agent("POST", "ticket_articles", {"ticket_id": ticket, **mail("Aquí.")}).status == 500


def test_a_reply_opens_a_new_ticket_and_a_customer_opens_any_again(
    zammad: ZammadDouble, agent: Ask, ticket: int
) -> None:
    assert agent("PUT", f"tickets/{ticket}?expand=true", {"article": mail("Aquí.")}).body["state"] == "open"
    assert agent("PUT", f"tickets/{ticket}?expand=true", {"state": "closed"}).body["state"] == "closed"
    zammad.state.write(ticket, "Gracias.")
    assert agent("GET", f"tickets/{ticket}?expand=true").body["state"] == "open"


def test_files_go_in_as_base64_and_come_out_as_they_were(zammad: ZammadDouble, agent: Ask, ticket: int) -> None:
    content = bytes(range(256))
    file = {"filename": "año.png", "mime-type": "image/png", "data": base64.b64encode(content).decode()}
    article = agent("POST", "ticket_articles", {"ticket_id": ticket, "body": "Mira.", "attachments": [file]}).body
    (kept,) = article["attachments"]
    assert (kept["filename"], kept["size"], kept["preferences"]["Mime-Type"]) == ("año.png", "256", "image/png")
    path = f"ticket_attachment/{ticket}/{article['id']}/{kept['id']}"
    assert agent("GET", path).body == content
    first = agent("GET", f"ticket_articles/by_ticket/{ticket}").body[0]["id"]
    assert agent("GET", f"ticket_attachment/{ticket}/{first}/{kept['id']}").status == 403
    broken = {**file, "data": "###"}
    refused = agent("POST", "ticket_articles", {"ticket_id": ticket, "body": "Mira.", "attachments": [broken]})
    assert (refused.status, refused.body["error"]) == (422, "Invalid base64 for attachment with index '0'")


def test_comments_are_taken_out_of_html(agent: Ask, ticket: int) -> None:
    given = {"ticket_id": ticket, "body": "<p>Hola</p><!-- ours -->", "content_type": "text/html"}
    assert agent("POST", "ticket_articles", given).body["body"] == "<p>Hola</p>"


def test_tags_are_added_and_removed_one_by_one_and_move_the_ticket(agent: Ask, ticket: int) -> None:
    before = agent("GET", f"tickets/{ticket}").body["updated_at"]
    tag = {"object": "Ticket", "o_id": ticket, "item": "español"}
    assert (agent("POST", "tags/add", tag).status, agent("POST", "tags/add", tag).body) == (201, True)
    assert agent("GET", f"tags?object=Ticket&o_id={ticket}").body == {"tags": ["español"]}
    assert agent("GET", f"tickets/{ticket}").body["updated_at"] > before
    assert agent("DELETE", "tags/remove", tag).body is True
    assert agent("GET", f"tags?object=Ticket&o_id={ticket}").body == {"tags": []}
    assert agent("POST", "tags/add", {"object": "Ticket", "o_id": ticket}).status == 422


def test_a_group_that_is_not_ours_is_closed_to_us(zammad: ZammadDouble, agent: Ask, ticket: int) -> None:
    zammad.state.groups[3] = "Ventas"
    zammad.state.access[zammad.tokens["token-of-bruno"]] = {3}
    other = "Token token=token-of-bruno"
    refused = agent("GET", f"tickets/{ticket}", Authorization=other)
    assert (refused.status, refused.body["error"]) == (403, "Not authorized")
    assert agent("GET", "tickets", Authorization=other).body == []
    assert agent("PUT", f"tickets/{ticket}", {"owner": "bruno@team.example"}).status == 422
    assert agent("GET", "tickets/77").status == 404
    for path in ("groups", "object_manager_attributes", "tag_list"):
        assert agent("GET", path).status == 403  # needs admin
    assert agent("DELETE", f"tickets/{ticket}").status == 403


def test_what_is_not_named_json_is_not_read(agent: Ask, ticket: int) -> None:
    before = agent("GET", f"tickets/{ticket}").body
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        assert agent("PUT", f"tickets/{ticket}", b'{"title": "Otra"}', Content_Type=kind).status == 200
    assert agent("GET", f"tickets/{ticket}").body == before
    assert agent("PUT", f"tickets/{ticket}", b"{").status == 400


def test_only_an_administrator_acts_for_others(zammad: ZammadDouble, agent: Ask, ticket: int) -> None:
    assert agent("GET", "users/me", From="bruno@team.example").status == 403
    zammad.add_agent("chief", admin=True)
    me = agent("GET", "users/me", From="bruno@team.example", Authorization="Token token=token-of-chief")
    assert me.body["login"] == "bruno@team.example"


def test_a_merged_tickets_articles_are_those_of_the_other(zammad: ZammadDouble, agent: Ask, ticket: int) -> None:
    second = zammad.state.open(zammad.state.tickets[ticket]["customer_id"], "Otra", "¿Y?", group=2)
    zammad.state.merge(second, ticket)
    assert agent("GET", f"tickets/{second}?expand=true").body["state"] == "merged"
    assert agent("GET", f"ticket_articles/by_ticket/{second}").body == []
    assert len(agent("GET", f"ticket_articles/by_ticket/{ticket}").body) == 2


def test_an_automatic_reply_is_the_systems(zammad: ZammadDouble, agent: Ask, ticket: int) -> None:
    zammad.state.auto_reply(ticket, "<p>Recibido.</p>")
    reply = agent("GET", f"ticket_articles/by_ticket/{ticket}").body[-1]
    assert (reply["sender"], reply["type"]) == ("System", "email")
    assert (len(zammad.state.mailed), zammad.state.replies()) == (1, [])


def test_faults_are_made_on_demand(zammad: ZammadDouble, agent: Ask, ticket: int) -> None:
    zammad.fault("GET", "users/me", 429, {"Retry-After": "7"})
    busy = agent("GET", "users/me")
    assert (busy.status, busy.headers["retry-after"]) == (429, "7")
    zammad.fault("POST", "ticket_articles", 0)
    with pytest.raises(http.client.RemoteDisconnected):
        agent("POST", "ticket_articles", {"ticket_id": ticket, **mail("Uno.")})
    zammad.fault("POST", "ticket_articles", -1)
    with pytest.raises(http.client.RemoteDisconnected):
        agent("POST", "ticket_articles", {"ticket_id": ticket, **mail("Dos.")})
    assert [one["body"] for one in zammad.state.replies()] == ["Dos."]
    zammad.meanwhile("GET", "users/me", lambda: zammad.state.write(ticket, "¿Y?"))
    agent("GET", "users/me")
    assert len(zammad.state.of(ticket)) == 3
    zammad.restart()
    assert agent("GET", f"tickets/{ticket}").body["article_count"] == 3


def test_an_end_in_mid_work_keeps_what_was_taken_and_loses_the_answer(
    zammad: ZammadDouble, agent: Ask, ticket: int
) -> None:
    zammad.meanwhile("POST", "ticket_articles", zammad.restart)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        agent("POST", "ticket_articles", {"ticket_id": ticket, **mail("Aquí.")})
    with zammad.lock:  # it is back when that request was dealt with
        pass
    assert [one["body"] for one in agent("GET", f"ticket_articles/by_ticket/{ticket}").body] == [
        "¿Dónde está?", "Aquí.",
    ]  # fmt: skip

"""The stand-in of Freshdesk against what its documentation says, by plain requests."""

from __future__ import annotations

import base64
import http.client
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.servers.freshdesk_double import FreshdeskDouble
from tests.servers.hosted_double import File
from tests.servers.plain_http import Said, ask, form

Ask = Any


def basic(key: str, password: str = "X") -> str:
    return f"Basic {base64.b64encode(f'{key}:{password}'.encode()).decode()}"


@pytest.fixture
def agent(freshdesk: FreshdeskDouble) -> Ask:
    """Give what makes a request as the agent Alice."""
    freshdesk.add_agent("alice")
    freshdesk.add_agent("bruno")
    freshdesk.state.fields["cf_macro"] = "Macro"

    def asked(method: str, path: str, given: Any = None, **headers: str) -> Said:
        named = {"Authorization": basic("key-of-alice"), **{k.replace("_", "-"): v for k, v in headers.items()}}
        return ask(freshdesk.url, method, f"/api/v2/{path}", named, given)

    return asked


@pytest.fixture
def ticket(freshdesk: FreshdeskDouble) -> int:
    return opened(freshdesk)


def opened(freshdesk: FreshdeskDouble, number: int = 1) -> int:
    customer = freshdesk.state.add_contact(f"Cliente {number}", f"c{number}@clientes.example")
    return freshdesk.state.open(customer, f"Carta {number}", "Hola.\n¿Dónde está?", group_id=8)


def fault(said: Said) -> tuple[int, str, str]:
    (error,) = said.body["errors"]
    assert said.body["description"] == "Validation failed"
    return said.status, error["field"], error["code"]


def test_the_key_is_the_user_and_any_password_goes_with_it(freshdesk: FreshdeskDouble, agent: Ask) -> None:
    me = agent("GET", "agents/me", Authorization=basic("key-of-alice", "anything"))
    assert (me.status, me.body["contact"]["email"], me.body["group_ids"]) == (200, "alice@team.example", [8])
    for wrong in (basic("another"), "Basic ###", "Bearer key-of-alice", ""):
        refused = agent("GET", "agents/me", Authorization=wrong)
        assert (refused.status, refused.body["code"]) == (401, "invalid_credentials")


def test_every_answer_says_how_many_calls_are_left_and_what_it_cost(freshdesk: FreshdeskDouble, agent: Ask,
                                                                    ticket: int) -> None:  # fmt: skip
    freshdesk.limit = 50
    plain = agent("GET", f"tickets/{ticket}").headers
    assert [plain[f"x-ratelimit-{name}"] for name in ("total", "remaining", "used-currentrequest")] == ["50", "49", "1"]
    assert plain["x-freshdesk-api-version"] == "latest=v2; requested=v2"
    embedded = agent("GET", f"tickets/{ticket}?include=requester,stats").headers
    assert (embedded["x-ratelimit-remaining"], embedded["x-ratelimit-used-currentrequest"]) == ("46", "3")
    listed = agent("GET", "tickets?include=requester").headers
    assert (listed["x-ratelimit-remaining"], listed["x-ratelimit-used-currentrequest"]) == ("43", "3")
    agent("GET", "nowhere")  # what is wrong counts too
    assert agent("GET", "agents/me").headers["x-ratelimit-remaining"] == "41"


def test_beyond_the_limits_a_client_is_told_how_long_to_wait(freshdesk: FreshdeskDouble, agent: Ask,
                                                             ticket: int) -> None:  # fmt: skip
    freshdesk.list_limit = 2
    freshdesk.now = 1_790_000_000 // 60 * 60 + 20
    assert [agent("GET", "tickets").status for _ in range(3)] == [200, 200, 429]
    busy = agent("GET", "tickets")
    assert busy.headers["retry-after"] == "40"
    assert agent("GET", f"tickets/{ticket}").status == 200  # another endpoint
    freshdesk.pass_time(40)
    assert agent("GET", "tickets").status == 200


def test_tickets_come_newest_first_and_in_pages_that_say_where_the_next_is(
    freshdesk: FreshdeskDouble, agent: Ask
) -> None:
    for number in range(1, 36):
        opened(freshdesk, number)
    first = agent("GET", "tickets")
    assert [row["id"] for row in first.body] == list(range(35, 5, -1))
    place = urlsplit(first.headers["link"].partition(">")[0].strip("<"))
    last = agent("GET", f"tickets?{place.query}")
    assert ([row["id"] for row in last.body], "link" in last.headers) == ([5, 4, 3, 2, 1], False)
    second = agent("GET", "tickets?per_page=10&page=2&order_by=created_at&order_type=asc")
    assert [row["id"] for row in second.body] == list(range(11, 21))
    assert not {"description", "requester", "conversations"} & first.body[0].keys()


@pytest.mark.parametrize(
    ("path", "field", "code"),
    [
        ("tickets?per_page=101", "per_page", "invalid_value"), ("tickets?page=0", "page", "invalid_value"),
        ("tickets?page=301", "page", "invalid_value"), ("tickets?sort=id", "sort", "invalid_field"),
        ("tickets?order_by=id", "order_by", "invalid_value"), ("tickets?include=tags", "include", "invalid_value"),
        ("tickets?updated_since=yesterday", "updated_since", "invalid_value"),
        ("tickets?filter=mine", "filter", "invalid_value"), ("agents?name=x", "name", "invalid_field"),
        ("tickets/1/conversations?order_type=desc", "order_type", "invalid_field"),
        ("tickets/1?page=2", "page", "invalid_field"),
    ],
)  # fmt: skip
def test_a_query_that_is_not_in_order_is_refused_by_its_name(
    agent: Ask, ticket: int, path: str, field: str, code: str
) -> None:
    assert fault(agent("GET", path)) == (400, field, code)


def test_old_tickets_are_listed_only_when_it_is_asked_since_when(freshdesk: FreshdeskDouble, agent: Ask) -> None:
    opened(freshdesk, 1)
    opened(freshdesk, 2)
    since = freshdesk.state.tickets[2]["updated_at"]
    freshdesk.pass_time(31 * 86_400)
    opened(freshdesk, 3)
    assert [row["id"] for row in agent("GET", "tickets").body] == [3]
    found = agent("GET", f"tickets?updated_since={since}&order_by=updated_at&order_type=asc").body
    assert [row["id"] for row in found] == [2, 3]  # the very second counts too
    later = agent("PUT", "tickets/1", {"priority": 3}).body["updated_at"]
    assert [row["id"] for row in agent("GET", f"tickets?updated_since={later}").body] == [1]
    assert len(agent("GET", "tickets?updated_since=2015-08-17").body) == 3


def test_a_view_has_the_first_words_and_embeds_the_first_ten_conversations(
    freshdesk: FreshdeskDouble, agent: Ask, ticket: int
) -> None:
    for number in range(35):
        freshdesk.state.write(ticket, f"Mensaje {number}.")
    seen = agent("GET", f"tickets/{ticket}?include=conversations,requester").body
    assert (seen["description"], seen["description_text"]) == (
        "<div>Hola.<br>¿Dónde está?</div>", "Hola.\n¿Dónde está?",
    )  # fmt: skip
    assert [one["body_text"] for one in seen["conversations"]] == [f"Mensaje {number}." for number in range(10)]
    assert seen["requester"]["email"] == "c1@clientes.example"
    first, second = (agent("GET", f"tickets/{ticket}/conversations?page={page}") for page in (1, 2))
    assert (len(first.body), len(second.body), "link" in second.headers) == (30, 5, False)
    assert (first.body[0]["incoming"], first.body[0]["source"]) == (True, 0)


def test_an_update_takes_all_or_nothing(freshdesk: FreshdeskDouble, agent: Ask, ticket: int) -> None:
    bruno = freshdesk.keys["key-of-bruno"]
    given = {"status": 3, "responder_id": bruno, "tags": ["vip"], "custom_fields": {"cf_macro": "a/b"}}
    changed = agent("PUT", f"tickets/{ticket}", given).body
    assert {name: changed[name] for name in given} == given
    assert agent("PUT", f"tickets/{ticket}", {"tags": ["otro"]}).body["tags"] == ["otro"]  # in place of what was there
    assert agent("PUT", f"tickets/{ticket}", {"responder_id": None}).body["responder_id"] is None
    before = agent("GET", f"tickets/{ticket}").body
    for wrong, field, code in (
        ({"status": 9}, "status", "invalid_value"), ({"status": "3"}, "status", "datatype_mismatch"),
        ({"status": None}, "status", "datatype_mismatch"), ({"responder_id": 7}, "responder_id", "invalid_value"),
        ({"tags": "vip"}, "tags", "datatype_mismatch"), ({"tags": ["a,b"]}, "tags", "invalid_value"),
        ({"tags": ["x" * 33]}, "tags", "invalid_value"), ({"owner": 1}, "owner", "invalid_field"),
        ({"custom_fields": {"macro": "x"}}, "custom_fields.macro", "invalid_field"),
        ({"id": 5}, "id", "invalid_field"), ({"group_id": 5}, "group_id", "invalid_value"),
    ):  # fmt: skip
        assert fault(agent("PUT", f"tickets/{ticket}", {"subject": "Otra", **wrong})) == (400, field, code)
    assert agent("GET", f"tickets/{ticket}").body == before


def test_a_field_may_be_needed_to_resolve(freshdesk: FreshdeskDouble, agent: Ask, ticket: int) -> None:
    freshdesk.state.needed.add("cf_macro")
    assert agent("PUT", f"tickets/{ticket}", {"status": 3}).status == 200
    assert fault(agent("PUT", f"tickets/{ticket}", {"status": 4})) == (400, "custom_fields.cf_macro", "invalid_value")
    assert agent("PUT", f"tickets/{ticket}", {"status": 4, "custom_fields": {"cf_macro": "x"}}).status == 200


def test_a_reply_goes_to_the_customer_and_changes_no_status(
    freshdesk: FreshdeskDouble, agent: Ask, ticket: int
) -> None:
    agent("PUT", f"tickets/{ticket}", {"status": 3})
    sent = agent("POST", f"tickets/{ticket}/reply", {"body": "Aquí <b>está</b>."})
    assert (sent.status, sent.body["body"], sent.body["replied_to"]) == (
        201, "<div>Aquí <b>está</b>.</div>", ["c1@clientes.example"],
    )  # fmt: skip
    assert sent.headers["location"].endswith(str(sent.body["id"]))
    assert agent("GET", f"tickets/{ticket}").body["status"] == 3
    (said,) = agent("GET", f"tickets/{ticket}/conversations").body
    assert [said[name] for name in ("source", "incoming", "private", "user_id")] == [
        0, False, False, freshdesk.keys["key-of-alice"],
    ]  # fmt: skip
    assert [one["body_text"] for one in freshdesk.state.replies()] == ["Aquí está."]
    freshdesk.state.write(ticket, "Gracias.")
    assert agent("GET", f"tickets/{ticket}").body["status"] == 2


def test_a_reply_comes_from_the_accounts_address_unless_it_names_another(
    freshdesk: FreshdeskDouble, agent: Ask, ticket: int
) -> None:
    freshdesk.state.mailboxes.append("sales@desk.example")
    usual = agent("POST", f"tickets/{ticket}/reply", {"body": "Uno."}).body
    named = {"body": "Dos.", "from_email": "sales@desk.example", "cc_emails": ["d@clientes.example"]}
    other = agent("POST", f"tickets/{ticket}/reply", named).body
    assert [usual["from_email"], other["from_email"]] == ["support@desk.example", "sales@desk.example"]
    assert agent("GET", f"tickets/{ticket}").body["reply_cc_emails"] == ["d@clientes.example"]
    wrong = agent("POST", f"tickets/{ticket}/reply", {"body": "Tres.", "from_email": "x@y.example"})
    assert fault(wrong) == (400, "from_email", "invalid_value")


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({}, "body", "missing_field"), ({"body": " "}, "body", "invalid_value"), ({"body": 1}, "body",
                                                                                 "datatype_mismatch"),
        ({"body": "x", "private": True}, "private", "invalid_field"), ({"body": "x", "status": 3}, "status",
                                                                      "invalid_field"),
        ({"body": "x", "attachments": ["QQ=="]}, "attachments", "datatype_mismatch"),
        ({"body": "x", "user_id": 1}, "user_id", "invalid_value"),
    ],
)  # fmt: skip
def test_a_reply_that_is_not_in_order_is_refused(
    freshdesk: FreshdeskDouble, agent: Ask, ticket: int, given: Any, field: str, code: str
) -> None:
    assert fault(agent("POST", f"tickets/{ticket}/reply", given)) == (400, field, code)
    assert freshdesk.state.replies() == []


def test_only_plain_markup_stays(agent: Ask, ticket: int) -> None:
    html = '<p class="a" data-ours="1" id="x">Hola</p><!-- ours --><script>1</script>'
    sent = agent("POST", f"tickets/{ticket}/reply", {"body": html})
    assert sent.body["body"] == '<div><p class="a">Hola</p></div>'


def test_a_note_is_private_unless_it_says_otherwise(freshdesk: FreshdeskDouble, agent: Ask, ticket: int) -> None:
    made = agent("POST", f"tickets/{ticket}/notes", {"body": "Ojo.", "notify_emails": ["bruno@team.example"]})
    assert (made.status, made.body["private"], made.body["notified_to"]) == (201, True, ["bruno@team.example"])
    assert agent("POST", f"tickets/{ticket}/notes", {"body": "A la vista.", "private": False}).body["private"] is False
    assert [one["source"] for one in agent("GET", f"tickets/{ticket}/conversations").body] == [2, 2]
    assert freshdesk.state.replies() == []
    assert fault(agent("POST", f"tickets/{ticket}/notes", {"body": "x", "private": "yes"}))[1] == "private"


def test_files_go_as_a_form_and_are_fetched_elsewhere_without_the_key(
    freshdesk: FreshdeskDouble, agent: Ask, ticket: int
) -> None:
    content = bytes(range(256)) * 3
    kind, body = form([("body", "Mira: año"), ("cc_emails[]", "d@clientes.example")],
                      [("attachments[]", "año.png", "image/png", content)])  # fmt: skip
    sent = agent("POST", f"tickets/{ticket}/reply", body, Content_Type=kind)
    (file,) = sent.body["attachments"]
    assert (sent.status, file["name"], file["size"], file["content_type"]) == (201, "año.png", 768, "image/png")
    assert (sent.body["body_text"], sent.body["cc_emails"]) == ("Mira: año", ["d@clientes.example"])
    place = urlsplit(file["attachment_url"])
    assert place.hostname != urlsplit(freshdesk.url).hostname
    path = f"{place.path}?{place.query}"
    assert ask(freshdesk.url, "GET", path, {}).body == content
    assert ask(freshdesk.url, "GET", path, {"Authorization": basic("key-of-alice")}).status == 400
    freshdesk.pass_time(301)
    assert ask(freshdesk.url, "GET", path, {}).status == 403
    customer = freshdesk.state.tickets[ticket]["requester_id"]
    other = freshdesk.state.open(customer, "Con foto", "Mira.", files=[File("a.png", "image/png", b"1")])
    assert agent("GET", f"tickets/{other}").body["attachments"][0]["name"] == "a.png"


def test_what_is_wrong_with_a_request_as_such(agent: Ask, ticket: int) -> None:
    assert agent("PUT", f"tickets/{ticket}", b"<a/>", Content_Type="application/xml").status == 415
    assert agent("PUT", f"tickets/{ticket}", b"{").body["code"] == "invalid_json"
    assert agent("PUT", f"tickets/{ticket}", {}).status == 400
    assert agent("GET", "agents/me", Accept="text/html").status == 406
    assert agent("GET", "agents/me", {"a": 1}).body["code"] == "no_content_required"
    assert agent("GET", "tickets/77").status == 404
    assert agent("GET", "nowhere").status == 404
    wrong = agent("PUT", "tickets", {"status": 2})
    assert (wrong.status, wrong.headers["allow"]) == (405, "GET")


def test_what_was_put_away_is_seen_and_not_changed(freshdesk: FreshdeskDouble, agent: Ask, ticket: int) -> None:
    freshdesk.state.delete(ticket)
    assert agent("GET", "tickets").body == []
    assert [row["id"] for row in agent("GET", "tickets?filter=deleted").body] == [ticket]
    assert agent("GET", f"tickets/{ticket}").body["deleted"] is True
    assert agent("PUT", f"tickets/{ticket}", {"status": 3}).status == 405


def test_an_agent_of_other_groups_is_told_no(freshdesk: FreshdeskDouble, agent: Ask, ticket: int) -> None:
    freshdesk.state.scopes[freshdesk.keys["key-of-bruno"]] = {9}
    other = basic("key-of-bruno")
    refused = agent("GET", f"tickets/{ticket}", Authorization=other)
    assert (refused.status, refused.body["code"]) == (403, "access_denied")
    assert agent("GET", "tickets", Authorization=other).body == []


def test_names_are_found_by_their_numbers(freshdesk: FreshdeskDouble, agent: Ask, ticket: int) -> None:
    bruno = freshdesk.keys["key-of-bruno"]
    assert agent("GET", f"agents/{bruno}").body["contact"]["name"] == "Bruno"
    assert [row["id"] for row in agent("GET", "agents?email=bruno@team.example").body] == [bruno]
    customer = agent("GET", f"tickets/{ticket}").body["requester_id"]
    assert agent("GET", f"contacts/{customer}").body["email"] == "c1@clientes.example"
    assert agent("GET", f"contacts/{bruno}").status == 404
    assert [row["name"] for row in agent("GET", "groups").body] == ["Soporte"]
    assert {row["name"]: row["label"] for row in agent("GET", "ticket_fields").body}["cf_macro"] == "Macro"
    assert agent("GET", "admin/ticket_fields").status == 403


def test_a_connection_is_ended_before_and_after_the_work(freshdesk: FreshdeskDouble, agent: Ask, ticket: int) -> None:
    for when, words in ((0, "Uno."), (-1, "Dos.")):
        freshdesk.fault("POST", "/reply", when)
        with pytest.raises(http.client.RemoteDisconnected):
            agent("POST", f"tickets/{ticket}/reply", {"body": words})
    freshdesk.restart()
    assert [one["body_text"] for one in agent("GET", f"tickets/{ticket}/conversations").body] == ["Dos."]

"""The stand-in of Help Scout against what its documentation says, by plain requests."""

from __future__ import annotations

import base64
import http.client
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.servers.help_scout_double import HelpScoutDouble
from tests.servers.hosted_double import File
from tests.servers.plain_http import Said, ask

Ask = Any


def token(help_scout: HelpScoutDouble, name: str = "alice") -> str:
    app = {"grant_type": "client_credentials", "client_id": f"app-of-{name}", "client_secret": f"secret-of-{name}"}
    return str(ask(help_scout.url, "POST", "/v2/oauth2/token", {}, app).body["access_token"])


@pytest.fixture
def agent(help_scout: HelpScoutDouble) -> Ask:
    """Give what makes a request as the user Alice."""
    help_scout.add_agent("alice")
    help_scout.add_agent("bruno")
    help_scout.state.fields[104] = "Macro"
    bearer = f"Bearer {token(help_scout)}"

    def asked(method: str, path: str, given: Any = None, **headers: str) -> Said:
        named = {"Authorization": bearer, **{k.replace("_", "-"): v for k, v in headers.items()}}
        return ask(help_scout.url, method, f"/v2/{path}", named, given)

    return asked


@pytest.fixture
def ref(help_scout: HelpScoutDouble) -> int:
    return opened(help_scout)


def opened(help_scout: HelpScoutDouble, number: int = 1) -> int:
    customer = help_scout.state.add_customer(f"Ana {number}", f"c{number}@clientes.example")
    return help_scout.state.open(customer, f"Carta {number}", "Hola.", inbox=85)


def reply(help_scout: HelpScoutDouble, ref: int, text: str = "Aquí está.", **more: Any) -> dict[str, Any]:
    return {"customer": {"id": help_scout.state.conversations[ref]["customer"]}, "text": text, **more}


def fault(said: Said) -> tuple[int, str]:
    (error,) = said.body["_embedded"]["errors"]
    return said.status, error["path"]


def test_an_applications_number_and_secret_give_a_token_of_two_days(help_scout: HelpScoutDouble) -> None:
    help_scout.add_agent("alice")
    path, app = "/v2/oauth2/token", "client_id=app-of-alice&client_secret=secret-of-alice"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    made = ask(help_scout.url, "POST", path, form, f"grant_type=client_credentials&{app}".encode())
    assert (made.status, made.body["token_type"], made.body["expires_in"]) == (200, "bearer", 172_800)
    assert ask(help_scout.url, "POST", f"{path}?grant_type=client_credentials&{app}", {}).status == 200
    bearer = {"Authorization": f"Bearer {made.body['access_token']}"}
    assert ask(help_scout.url, "GET", "/v2/users/me", bearer).body["email"] == "alice@team.example"
    help_scout.pass_time(172_800)
    assert ask(help_scout.url, "GET", "/v2/users/me", bearer).status == 401
    assert ask(help_scout.url, "GET", "/v2/users/me", {}).status == 401
    wrong = ask(help_scout.url, "POST", path, form, f"grant_type=client_credentials&{app}x".encode())
    assert (wrong.status, wrong.body["error"]) == (401, "invalid_client")
    other = ask(help_scout.url, "POST", path, form, f"grant_type=password&{app}".encode())
    assert (other.status, other.body["error"]) == (400, "unsupported_grant_type")


def test_writing_counts_twice_and_the_wait_has_a_header_of_its_own(
    help_scout: HelpScoutDouble, agent: Ask, ref: int
) -> None:
    help_scout.limit = 5
    help_scout.now = 1_790_000_000 // 60 * 60 + 25
    told = agent("GET", "users/me").headers
    assert (told["x-ratelimit-limit-minute"], told["x-ratelimit-remaining-minute"]) == ("5", "4")
    help_scout.tick = 0
    noted = agent("POST", f"conversations/{ref}/notes", {"text": "Ojo."})
    assert (noted.status, noted.headers["x-ratelimit-remaining-minute"]) == (201, "2")
    agent("GET", "users/me")
    busy = agent("POST", f"conversations/{ref}/notes", {"text": "Ojo."})
    assert (busy.status, busy.body["message"]) == (429, "API rate limit exceeded")
    assert (busy.headers["x-ratelimit-retry-after"], "retry-after" in busy.headers) == ("35", False)
    help_scout.pass_time(35)
    assert agent("GET", "users/me").status == 200


def test_only_active_conversations_are_listed_unasked_newest_first(help_scout: HelpScoutDouble, agent: Ask) -> None:
    refs = [opened(help_scout, number) for number in range(1, 31)]
    first = agent("GET", "conversations").body
    assert [row["id"] for row in first["_embedded"]["conversations"]] == refs[:4:-1]
    assert first["page"] == {"size": 25, "totalElements": 30, "totalPages": 2, "number": 1}
    place = urlsplit(first["_links"]["next"]["href"])
    last = agent("GET", f"conversations?{place.query}").body
    assert ([row["id"] for row in last["_embedded"]["conversations"]], "next" in last["_links"]) == (refs[4::-1], False)
    agent("PATCH", f"conversations/{refs[0]}", {"op": "replace", "path": "/status", "value": "closed"})
    assert agent("GET", "conversations").body["page"]["totalElements"] == 29
    assert agent("GET", "conversations?status=all").body["page"]["totalElements"] == 30
    closed = agent("GET", "conversations?status=closed&made_up=1").body
    assert [row["id"] for row in closed["_embedded"]["conversations"]] == [refs[0]]
    nothing = agent("GET", "conversations?status=spam").body
    assert ("_embedded" in nothing, nothing["page"]["totalElements"]) == (False, 0)


def test_what_was_changed_after_a_moment_is_found_but_not_told_when(help_scout: HelpScoutDouble, agent: Ask) -> None:
    refs = [opened(help_scout, number) for number in range(1, 4)]
    known = {ref: help_scout.state.conversations[ref]["modified"] for ref in refs}
    path = "conversations?status=all&sortField=modifiedAt&sortOrder=asc"
    found = agent("GET", f"{path}&modifiedSince={known[refs[1]]}").body["_embedded"]["conversations"]
    assert [row["id"] for row in found] == [refs[2]]  # after it, not at it
    assert (found[0]["userUpdatedAt"], "modifiedAt" in found[0], "modified" in found[0]) == (
        known[refs[2]], False, False,
    )  # fmt: skip
    help_scout.state.workflow(refs[0], "pending")
    found = agent("GET", f"{path}&modifiedSince={known[refs[2]]}").body["_embedded"]["conversations"]
    assert [(row["id"], row["status"], row["userUpdatedAt"]) for row in found] == [
        (refs[0], "pending", known[refs[0]]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("status=new", "status"), ("sortField=updatedAt", "sortField"), ("sortOrder=up", "sortOrder"),
        ("page=0", "page"),
        ("modifiedSince=2018-05-04T12:00:03.000Z", "modifiedSince"), ("modifiedSince=2018-05-04", "modifiedSince"),
        ("embed=tags", "embed"),
    ],
)  # fmt: skip
def test_a_query_that_is_not_in_order_is_refused(agent: Ask, query: str, path: str) -> None:
    assert fault(agent("GET", f"conversations?{query}")) == (400, path)


def test_a_conversation_says_who_and_where_and_embeds_its_threads(
    help_scout: HelpScoutDouble, agent: Ask, ref: int
) -> None:
    row = agent("GET", f"conversations/{ref}").body
    assert row["primaryCustomer"]["email"] == "c1@clientes.example"
    assert [row[name] for name in ("status", "subject", "mailboxId", "number", "threads")] == [
        "active", "Carta 1", 85, 41, 1,
    ]  # fmt: skip
    assert ("assignee" in row, "_embedded" in row) == (False, False)
    embedded = agent("GET", f"conversations/{ref}?embed=threads").body["_embedded"]["threads"]
    assert [(one["type"], one["body"], one["createdBy"]["type"]) for one in embedded] == [
        ("customer", "Hola.", "customer")
    ]
    listed = agent("GET", "conversations?embed=threads").body["_embedded"]["conversations"]
    assert listed[0]["_embedded"]["threads"] == embedded


def test_a_reply_goes_out_makes_active_and_says_only_its_number(
    help_scout: HelpScoutDouble, agent: Ask, ref: int
) -> None:
    agent("PATCH", f"conversations/{ref}", {"op": "replace", "path": "/status", "value": "closed"})
    sent = agent("POST", f"conversations/{ref}/reply", reply(help_scout, ref))
    assert (sent.status, sent.body) == (201, b"")
    newest = agent("GET", f"conversations/{ref}/threads").body["_embedded"]["threads"][0]
    assert str(newest["id"]) == sent.headers["resource-id"]
    assert [newest[name] for name in ("type", "state", "body")] == ["message", "published", "Aquí está."]
    assert (newest["source"], newest["createdBy"]["email"]) == ({"type": "api", "via": "user"}, "alice@team.example")
    assert agent("GET", f"conversations/{ref}").body["status"] == "active"
    agent("POST", f"conversations/{ref}/reply", reply(help_scout, ref, "Y esto.", status="pending"))
    assert agent("GET", f"conversations/{ref}").body["status"] == "pending"
    for quiet in ({"draft": True}, {"imported": True}):
        assert agent("POST", f"conversations/{ref}/reply", reply(help_scout, ref, "Nada.", **quiet)).status == 201
    assert [one["body"] for one in help_scout.state.replies()] == ["Aquí está.", "Y esto."]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"text": "x"}, "customer"), ({"text": "x", "customer": {}}, "customer"),
        ({"text": "x", "customer": {"id": 1}}, "customer.id"), ({"text": " "}, "text"), ({}, "text"),
        ({"text": "x", "customer": {"email": "a@b.c"}, "status": "solved"}, "status"),
        ({"text": "x", "customer": {"email": "a@b.c"}, "user": 1}, "user"),
        ({"text": "x", "customer": {"email": "a@b.c"}, "attachments": [{"fileName": "a", "data": "QQ=="}]},
         "attachments[0].mimeType"),
        ({"text": "x", "customer": {"email": "a@b.c"},
          "attachments": [{"fileName": "a", "mimeType": "b/c", "data": "#"}]}, "attachments[0].data"),
    ],
)  # fmt: skip
def test_a_reply_that_is_not_in_order_is_refused(
    help_scout: HelpScoutDouble, agent: Ask, ref: int, given: Any, path: str
) -> None:
    assert fault(agent("POST", f"conversations/{ref}/reply", given)) == (400, path)
    assert help_scout.state.replies() == []


def test_a_note_leaves_the_status_and_no_mail(help_scout: HelpScoutDouble, agent: Ask, ref: int) -> None:
    agent("PATCH", f"conversations/{ref}", {"op": "replace", "path": "/status", "value": "closed"})
    made = agent("POST", f"conversations/{ref}/notes", {"text": "<b>Ojo</b><!-- ours -->"})
    assert made.status == 201
    newest = agent("GET", f"conversations/{ref}/threads").body["_embedded"]["threads"][0]
    assert (newest["type"], newest["body"], str(newest["id"])) == ("note", "<b>Ojo</b>", made.headers["resource-id"])
    assert agent("GET", f"conversations/{ref}").body["status"] == "closed"
    assert help_scout.state.replies() == []
    help_scout.state.write(ref, "Gracias.")
    assert agent("GET", f"conversations/{ref}").body["status"] == "active"


def test_a_patch_is_one_operation_and_is_answered_with_nothing(
    help_scout: HelpScoutDouble, agent: Ask, ref: int
) -> None:
    bruno = help_scout.user("bruno")
    taken = agent("PATCH", f"conversations/{ref}", {"op": "replace", "path": "/assignTo", "value": bruno})
    assert (taken.status, taken.body) == (204, b"")
    assert agent("GET", f"conversations/{ref}").body["assignee"]["email"] == "bruno@team.example"
    assert agent("GET", f"conversations/{ref}/threads").body["_embedded"]["threads"][0]["type"] == "lineitem"
    assert agent("PATCH", f"conversations/{ref}", {"op": "remove", "path": "/assignTo"}).status == 204
    assert "assignee" not in agent("GET", f"conversations/{ref}").body
    help_scout.state.inboxes[86] = "Ventas"
    assert agent("PATCH", f"conversations/{ref}", {"op": "move", "path": "/mailboxId", "value": 86}).status == 204
    for operation, value, path in (
        ("replace /assignTo", 7, "assignTo"), ("replace /status", "x", "status"), ("replace /mailboxId", 85, "path"),
        ("add /tags", [], "path"), (" /status", "closed", "op"),
    ):  # fmt: skip
        op, _, place = operation.partition(" ")
        given: dict[str, Any] = {"op": op, "path": place, "value": value}
        assert fault(agent("PATCH", f"conversations/{ref}", given)) == (400, path)
    assert fault(agent("PATCH", f"conversations/{ref}", {"op": "replace", "path": "/assignTo"})) == (400, "value")
    many = [{"op": "replace", "path": "/status", "value": "closed"}]
    assert agent("PATCH", f"conversations/{ref}", many).status == 400
    assert agent("GET", f"conversations/{ref}").body["status"] == "active"


def test_tags_and_fields_are_put_as_whole_lists(agent: Ask, ref: int) -> None:
    assert agent("PUT", f"conversations/{ref}/tags", {"tags": ["VIP", "español", "vip"]}).status == 204
    assert [one["tag"] for one in agent("GET", f"conversations/{ref}").body["tags"]] == ["vip", "español"]
    assert agent("PUT", f"conversations/{ref}/tags", {"tags": []}).status == 204
    assert agent("GET", f"conversations/{ref}").body["tags"] == []
    assert agent("PUT", f"conversations/{ref}/fields", {"fields": [{"id": 104, "value": "a/b"}]}).status == 204
    (field,) = agent("GET", f"conversations/{ref}").body["customFields"]
    assert (field["id"], field["name"], field["value"]) == (104, "Macro", "a/b")
    assert agent("GET", "mailboxes/85/fields").body["_embedded"]["fields"][0]["name"] == "Macro"
    assert fault(agent("PUT", f"conversations/{ref}/tags", {})) == (400, "tags")
    assert fault(agent("PUT", f"conversations/{ref}/fields", {"fields": [{"id": 1, "value": "x"}]}))[0] == 400
    assert agent("PUT", f"conversations/{ref}/fields", {"fields": []}).status == 204
    assert agent("GET", f"conversations/{ref}").body["customFields"] == []


def test_files_go_and_come_as_base64(help_scout: HelpScoutDouble, agent: Ask, ref: int) -> None:
    content = bytes(range(256))
    file = {"fileName": "año.png", "mimeType": "image/png", "data": base64.b64encode(content).decode()}
    agent("POST", f"conversations/{ref}/reply", reply(help_scout, ref, attachments=[file]))
    help_scout.state.write(ref, "Mira.", files=[File("b.png", "image/png", b"1")])
    threads = agent("GET", f"conversations/{ref}/threads").body["_embedded"]["threads"]
    (kept,) = threads[1]["_embedded"]["attachments"]
    assert (kept["filename"], kept["mimeType"], kept["size"]) == ("año.png", "image/png", 256)
    data = agent("GET", urlsplit(kept["_links"]["data"]["href"]).path.removeprefix("/v2/"))
    assert base64.b64decode(data.body["data"]) == content
    assert threads[0]["_embedded"]["attachments"][0]["filename"] == "b.png"
    other = opened(help_scout, 2)
    assert agent("GET", f"conversations/{other}/attachments/{kept['id']}/data").status == 404


def test_a_conversation_holds_a_hundred_threads_at_most(help_scout: HelpScoutDouble, agent: Ask, ref: int) -> None:
    for number in range(98):
        help_scout.state.write(ref, f"Mensaje {number}.")
    pages = [agent("GET", f"conversations/{ref}/threads?page={page}").body for page in (1, 4)]
    assert [page["_embedded"]["threads"][0]["body"] for page in pages] == ["Mensaje 97.", "Mensaje 22."]
    full = agent("POST", f"conversations/{ref}/reply", reply(help_scout, ref))
    assert (full.status, "message" in full.body) == (412, True)
    assert help_scout.state.replies() == []


def test_a_merged_conversation_is_elsewhere(help_scout: HelpScoutDouble, agent: Ask, ref: int) -> None:
    target = opened(help_scout, 2)
    help_scout.state.merge(ref, target)
    moved = agent("GET", f"conversations/{ref}")
    assert (moved.status, moved.headers["location"].endswith(f"/v2/conversations/{target}")) == (301, True)
    assert agent("GET", f"conversations/{ref}/threads").status == 404
    assert agent("PATCH", f"conversations/{ref}", {"op": "remove", "path": "/assignTo"}).status == 404
    assert agent("GET", f"conversations/{target}/threads").body["page"]["totalElements"] == 2


def test_what_is_not_there_not_ours_or_not_understood(help_scout: HelpScoutDouble, agent: Ask, ref: int) -> None:
    assert agent("GET", "conversations/1").status == 404
    assert agent("GET", "nowhere").status == 404
    assert agent("DELETE", "users/me").status == 405
    assert agent("POST", f"conversations/{ref}/notes", b"{", Content_Type="application/json").status == 400
    assert agent("POST", f"conversations/{ref}/notes", b"text=x", Content_Type="text/plain").status == 415
    help_scout.state.access[help_scout.user("bruno")] = {86}
    bearer = f"Bearer {token(help_scout, 'bruno')}"
    assert agent("GET", f"conversations/{ref}", Authorization=bearer).status == 403
    assert "_embedded" not in agent("GET", "conversations", Authorization=bearer).body
    assert "_embedded" not in agent("GET", "mailboxes", Authorization=bearer).body
    assert agent("PATCH", f"conversations/{ref}",
                 {"op": "replace", "path": "/assignTo", "value": help_scout.user("bruno")}).status == 400  # fmt: skip


def test_names_are_found_by_their_numbers(help_scout: HelpScoutDouble, agent: Ask, ref: int) -> None:
    users = agent("GET", "users").body["_embedded"]["users"]
    assert [row["email"] for row in users] == ["alice@team.example", "bruno@team.example"]
    assert agent("GET", f"users/{help_scout.user('bruno')}").body["firstName"] == "Bruno"
    customer = help_scout.state.conversations[ref]["customer"]
    emails = agent("GET", f"customers/{customer}").body["_embedded"]["emails"]
    assert [one["value"] for one in emails] == ["c1@clientes.example"]
    assert [row["name"] for row in agent("GET", "mailboxes").body["_embedded"]["mailboxes"]] == ["Soporte"]


def test_a_connection_is_ended_before_and_after_the_work(help_scout: HelpScoutDouble, agent: Ask, ref: int) -> None:
    for when, words in ((0, "Uno."), (-1, "Dos.")):
        help_scout.fault("POST", "/reply", when)
        with pytest.raises(http.client.RemoteDisconnected):
            agent("POST", f"conversations/{ref}/reply", reply(help_scout, ref, words))
    help_scout.restart()
    assert agent("GET", f"conversations/{ref}/threads").body["_embedded"]["threads"][0]["body"] == "Dos."
    help_scout.forget_tokens()
    assert agent("GET", f"conversations/{ref}").status == 401

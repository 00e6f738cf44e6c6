"""What programs may ask: the same answers as the commands, by the same rules; over real sockets."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("aiohttp", reason="needs the extra `api`")

from data.records.changes import Change
from data.records.outbox import OutboxState
from data.records.tickets import Status
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from tests.database import database
from tests.tui.api.serving import Program, served
from tests.tui.playing import NOW, incoming
from tui.cli.main import run
from tui.setup.open_desk import login_name
from tui.setup.settings import config_folder


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A desk with four tickets."""
    path = tmp_path / "desk.db"
    store = Store.open(path)
    Desk(store, clock=lambda: NOW, rules=DeskRules(), agent="intake").receive(
        [replace(incoming(number, "Where is my order?", "mail"), at=NOW - number) for number in range(1, 5)]
    )
    store.close()
    return path


def printed(capsys: pytest.CaptureFixture[str], *command: str) -> list[Any]:
    """Return what a command prints with `--json`."""
    capsys.readouterr()
    assert run([*command, "--json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


READS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("list", {}, ["list"]),
    ("list", {"status": "new", "limit": 2}, ["list", "--status", "new", "--limit", "2"]),
    ("list", {"all": "true"}, ["list", "--all"]),
    ("show", {"ticket": 2}, ["show", "2"]),
    ("history", {"ticket": 2}, ["history", "2"]),
    ("search", {"q": "order"}, ["search", "order"]),
    ("next", {}, ["next"]),
    ("lanes", {}, ["lanes"]),
    ("macros", {}, ["macros", "list"]),
    ("report", {"since": "2020-01-01", "until": "2030-01-01", "by": "lane", "zone": "UTC"},
     ["report", "--since", "2020-01-01", "--until", "2030-01-01", "--by", "lane", "--zone", "UTC"]),
]  # fmt: skip


@pytest.mark.parametrize(("path", "parameters", "command"), READS, ids=[" ".join(command) for *_, command in READS])
async def test_a_request_answers_with_the_json_of_its_command(
    desk: Path, capsys: pytest.CaptureFixture[str], path: str, parameters: dict[str, Any], command: list[str]
) -> None:
    async with served(desk) as program:
        answer = await program.get(f"/v1/{path}", **parameters)
    lines = printed(capsys, *command, *([] if command[0] == "macros" else ["--db", str(desk)]))
    assert answer.status == 200, answer.body
    assert answer.body.get("items", [answer.body]) == lines
    assert lines


async def test_nothing_waits_is_an_answer_without_a_body(tmp_path: Path) -> None:
    Store.open(tmp_path / "empty.db").close()
    async with served(tmp_path / "empty.db") as program:
        answer = await program.get("/v1/next")
    assert (answer.status, answer.body) == (204, b"")


async def test_macros_are_ranked_as_the_command_ranks_them(
    desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    given = {"text": "I was charged twice, refund me", "language": "en"}
    async with served(desk) as program:
        answer = await program.post("/v1/macros/suggest", given | {"top": 2})
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(given).encode())))
    assert printed(capsys, "macros", "suggest", "--top", "2") == [answer.body]
    assert len(answer.body["macros"]) == 2


CHANGES: list[tuple[str, dict[str, Any], Status, str]] = [
    ("pend", {"tickets": [1, 2]}, Status.PENDING, "2 tickets: pending"),
    ("hold", {"tickets": [1]}, Status.ON_HOLD, "#1: on hold"),
    ("solve", {"tickets": [1]}, Status.SOLVED, "#1: solved"),
    ("snooze", {"tickets": [1], "when": "2d"}, Status.SNOOZED, "#1: snoozed"),
]


@pytest.mark.parametrize(("path", "body", "status", "summary"), CHANGES, ids=[change[0] for change in CHANGES])
async def test_a_change_is_one_action_that_undo_takes_back(
    desk: Path, path: str, body: dict[str, Any], status: Status, summary: str
) -> None:
    async with served(desk) as program:
        answer = await program.post(f"/v1/{path}", body)
        assert (answer.status, answer.body["summary"]) == (200, summary), answer.body
        assert answer.body["tickets"] == body["tickets"]
        assert ("until" in answer.body) == (path == "snooze")
        assert (await program.get("/v1/show", ticket=1)).body["status"] == status
        undone = await program.post("/v1/undo", {"action": answer.body["action"]})
        assert (undone.body["undone"], undone.body["tickets"]) == (True, body["tickets"])
        assert (await program.get("/v1/show", ticket=1)).body["status"] == Status.NEW


async def test_tags_owner_notes_and_reopening(desk: Path) -> None:
    async with served(desk) as program:
        assert (await program.post("/v1/tag", {"tickets": [1], "add": ["refund", "vip"]})).status == 200
        assert (await program.post("/v1/tag", {"tickets": [1], "remove": ["vip"]})).status == 200
        assert (await program.post("/v1/take", {"tickets": [1]})).status == 200
        assert (await program.post("/v1/assign", {"tickets": [2], "agent": "eva"})).status == 200
        assert (await program.post("/v1/note", {"ticket": 1, "text": "looked at it"})).status == 200
        one, two = [(await program.get("/v1/show", ticket=number)).body for number in (1, 2)]
        assert (one["tags"], one["assignee"], two["assignee"]) == (["refund"], login_name(), "eva")
        assert [(message["direction"], message["text"]) for message in one["messages"]][-1] == ("note", "looked at it")
        assert (await program.post("/v1/solve", {"tickets": [2]})).status == 200
        assert (await program.post("/v1/reopen", {"tickets": [2]})).status == 200
        assert (await program.get("/v1/show", ticket=2)).body["status"] == "open"
        assert (await program.post("/v1/tag", {"tickets": [1]})).status == 400


async def test_a_reply_waits_in_the_outbox_and_can_be_taken_back(desk: Path) -> None:
    text = "Hello Ana, your order left our house this morning."
    async with served(desk) as program:
        answer = await program.post("/v1/reply", {"ticket": 1, "text": text, "status": "solved"})
        assert answer.status == 200, answer.body
        assert answer.body["leaves"] is not None
        assert answer.body["cc"] == []
        assert outbox(desk) == {OutboxState.QUEUED: 1}
        assert (await program.post("/v1/undo")).status == 200
    assert outbox(desk) == {}


def outbox(path: Path) -> dict[OutboxState, int]:
    store = Store.open(path)
    try:
        return dict(store.outbox.counts())
    finally:
        store.close()


async def test_a_macro_replies_with_its_answers(desk: Path) -> None:
    async with served(desk) as program:
        body = {"ticket": 1, "macros": ["general/ask-rating"], "language": "en", "anyway": True}
        answer = await program.post("/v1/reply", body)
        assert answer.status == 200, answer.body
        both = await program.post("/v1/reply", body | {"text": "and words"})
        assert (both.status, both.body["detail"]) == (400, "A reply has a text or macros, and not both.")
        asked = await program.post("/v1/reply", body | {"ticket": 2, "answers": {"nothing": "x"}})
        assert (asked.status, asked.body["title"]) == (400, "Unknown answer")


REFUSED: list[tuple[str, dict[str, Any], int, str]] = [
    ("reply", {"ticket": 1, "text": "Your code is {{ code }}"}, 422, "refused"),
    ("reply", {"ticket": 1, "text": "  "}, 400, "bad-request"),
    ("reply", {"ticket": 1, "text": "x", "status": "suspended"}, 400, "bad-request"),
    ("reply", {"ticket": 1, "text": "x", "attach": ["/etc/passwd"]}, 400, "bad-request"),
    ("note", {"ticket": 99, "text": "x"}, 404, "not-found"),
    ("note", {"ticket": 0, "text": "x"}, 400, "bad-request"),
    ("note", {"ticket": 1}, 400, "bad-request"),
    ("note", {"ticket": "1", "text": "x"}, 400, "bad-request"),
    ("solve", {"tickets": []}, 400, "bad-request"),
    ("solve", {"tickets": [1, 99]}, 404, "not-found"),
    ("snooze", {"tickets": [1], "when": "some day"}, 400, "bad-request"),
    ("undo", {}, 422, "refused"),
]


@pytest.mark.parametrize(("path", "body", "status", "kind"), REFUSED)
async def test_what_is_refused_changes_nothing_and_says_why(
    desk: Path, path: str, body: dict[str, Any], status: int, kind: str
) -> None:
    async with served(desk) as program:
        before = (await program.get("/v1/changes")).body["cursor"]
        answer = await program.post(f"/v1/{path}", body)
        assert (answer.status, answer.body["type"]) == (status, f"urn:tridesk:problem:{kind}"), answer.body
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.body["status"] == status
        assert answer.body["detail"].strip()
        assert (await program.get("/v1/changes")).body["cursor"] == before


async def test_the_gates_of_a_procedure_stand_in_the_way_here_too(desk: Path) -> None:
    assert run(["set", "1", "--procedure", "hacked-account", "--db", str(desk)]) == 0
    text = "Hello Ana, we have looked into your account and everything is fine again."
    async with served(desk) as program:
        answer = await program.post("/v1/reply", {"ticket": 1, "text": text, "status": "solved"})
    assert (answer.status, answer.body["title"]) == (422, "Gate still open")
    assert answer.body["steps"]
    assert outbox(desk) == {}


@pytest.mark.parametrize(("role", "reads", "writes"), [("reader", 200, 403), ("agent", 200, 200)])
async def test_a_role_may_here_what_it_may_by_command(desk: Path, role: str, reads: int, writes: int) -> None:
    config_folder().mkdir(parents=True, exist_ok=True)
    async with served(desk) as program:  # the settings are read with each request
        (config_folder() / "config.toml").write_text(f'agent = "ann"\n[roles]\nann = "{role}"\n')
        assert (await program.get("/v1/show", ticket=1)).status == reads
        answer = await program.post("/v1/note", {"ticket": 1, "text": "x"})
        assert answer.status == writes
        if writes == 403:
            assert answer.body["type"] == "urn:tridesk:problem:not-allowed"


async def test_a_change_is_made_once_for_its_key(desk: Path) -> None:
    note = {"ticket": 1, "text": "once"}
    async with served(desk) as program:
        first = await program.post("/v1/note", note, key="a")
        again = await program.post("/v1/note", note, key="a")
        assert (first.body, "Idempotent-Replayed" in first.headers) == (again.body, False)
        assert again.headers["Idempotent-Replayed"] == "true"
        other = await program.post("/v1/note", note | {"text": "another"}, key="a")
        assert (other.status, other.body["title"]) == (422, "Key used before")
        elsewhere = await program.post("/v1/solve", {"tickets": [1]}, key="a")
        assert elsewhere.status == 422
        assert (await program.post("/v1/note", note, key="b")).status == 200
        notes = [message["text"] for message in (await program.get("/v1/show", ticket=1)).body["messages"][1:]]
        assert notes == ["once", "once"]
    async with served(desk) as program:  # the key is in the file
        assert (await program.post("/v1/note", note, key="a")).headers["Idempotent-Replayed"] == "true"


async def test_what_was_refused_may_be_tried_again_with_its_key(desk: Path) -> None:
    async with served(desk) as program:
        note = {"ticket": 99, "text": "x"}
        assert [(await program.post("/v1/note", note, key="a")).status for _ in range(2)] == [404, 404]
        assert (await program.post("/v1/note", note | {"ticket": 1}, key="a")).status == 200


@pytest.mark.parametrize("key", ["", "x" * 256])
async def test_a_change_without_a_key_is_refused(desk: Path, key: str) -> None:
    async with served(desk) as program:
        answer = await program.post("/v1/note", {"ticket": 1, "text": "x"}, key=key)
        assert (answer.status, answer.body["title"]) == (400, "No key")
        assert len((await program.get("/v1/show", ticket=1)).body["messages"]) == 1


async def test_old_keys_are_forgotten(desk: Path) -> None:
    from data.tables.answered_requests import Answered

    store = Store.open(desk)
    with store.write():
        store.answered_requests.add(b"old", Answered(b"x", {}), ticket_id=0, at=NOW - 100 * 86_400)
    async with served(desk) as program:
        assert (await program.post("/v1/note", {"ticket": 1, "text": "x"})).status == 200
    assert store.answered_requests.get(b"old") is None


async def test_an_answer_about_several_tickets_goes_with_each_of_their_people(desk: Path) -> None:
    async with served(desk) as program:
        wanted = {"tickets": [1, 2], "add": ["quintanilla"]}
        assert (await program.post("/v1/tag", wanted, key="both")).status == 200
        assert (await program.post("/v1/note", {"ticket": 3, "text": "x"}, key="other")).status == 200
    with closing(Store.open(desk)) as store:
        hand = Desk(store, clock=lambda: NOW, rules=DeskRules(), agent="ana")
        hand.redact(1, "asked for it", texts=["quintanilla"], now=True)
        answers = [row["answer"] for row in database(store)["answered_request"].rows]
        assert len(answers) == 2
        assert "quintanilla" not in "".join(answers)
        ticket = store.tickets.get(2)
        assert ticket is not None
        hand.erase(ticket.customer_id, "asked for it")
        assert [json.loads(row["answer"])["tickets"] for row in database(store)["answered_request"].rows] == [[3]]


async def follow(program: Program, cursor: str, wait: int = 0) -> tuple[list[Any], str]:
    body = (await program.get("/v1/changes", after=cursor, wait=wait)).body
    return body["items"], body["cursor"]


async def test_a_client_follows_what_happens_without_missing_anything(desk: Path) -> None:
    async with served(desk) as program:
        start = (await program.get("/v1/changes")).body
        assert start["items"] == []
        for number in (1, 2, 3):
            await program.post("/v1/note", {"ticket": number, "text": "x"})
        items, cursor = await follow(program, start["cursor"])
        assert [(item["ticket"], item["kind"], item["agent"]) for item in items] == [
            (number, "note", login_name()) for number in (1, 2, 3)
        ]
        assert await follow(program, cursor) == ([], cursor)
        few = (await program.get("/v1/changes", after=start["cursor"], limit=2)).body
        assert [item["ticket"] for item in few["items"]] == [1, 2]
        assert [item["ticket"] for item in (await follow(program, few["cursor"]))[0]] == [3]


async def test_a_client_that_waits_hears_of_another_programs_change(desk: Path) -> None:
    import asyncio

    async with served(desk) as program:
        cursor = (await program.get("/v1/changes")).body["cursor"]
        waiting = asyncio.create_task(follow(program, cursor, wait=60))
        while program.server._waiting == 0:
            await asyncio.sleep(0)
        store = Store.open(desk)
        Desk(store, clock=lambda: NOW, rules=DeskRules(), agent="eva").act([3], Change(note="from the screen"))
        items, _ = await asyncio.wait_for(waiting, 30)
        assert [(item["ticket"], item["agent"]) for item in items] == [(3, "eva")]


async def test_a_client_waits_no_longer_than_it_asked_for(desk: Path) -> None:
    async with served(desk) as program:
        cursor = (await program.get("/v1/changes")).body["cursor"]
        assert await follow(program, cursor, wait=1) == ([], cursor)


async def test_a_cursor_of_before_a_restore_is_refused(desk: Path) -> None:
    """The events that it points behind are gone, and others have their numbers."""
    async with served(desk) as program:
        before = (await program.get("/v1/changes")).body["cursor"]
        store = Store.open(desk)
        with store.write():
            store.events.add(0, 0, NOW, "restore", "restored", {})
        answer = await program.get("/v1/changes", after=before)
        assert (answer.status, answer.body["title"]) == (409, "Desk restored")
        now = (await program.get("/v1/changes")).body["cursor"]
        await program.post("/v1/note", {"ticket": 1, "text": "x"})
        assert [item["kind"] for item in (await follow(program, now))[0]] == ["note"]


@pytest.mark.parametrize("cursor", ["7", "a.b", "1.", "-1.2", "1.2.3", "9" * 16 + ".1"])
async def test_what_is_no_cursor_is_refused(desk: Path, cursor: str) -> None:
    async with served(desk) as program:
        assert (await program.get("/v1/changes", after=cursor)).status == 400

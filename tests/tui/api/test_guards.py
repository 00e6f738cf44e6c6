"""Who gets in, how much and how long; what a program that is killed leaves; an open desk beside it."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import signal
import stat
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import pytest

aiohttp = pytest.importorskip("aiohttp", reason="needs the extra `api`")

from data.errors import InputError  # noqa: E402
from data.records.changes import Change  # noqa: E402
from data.store import Store  # noqa: E402
from queues.desk.desk import Desk  # noqa: E402
from queues.desk.desk_rules import DeskRules  # noqa: E402
from tests.tui.api.serving import Program, served  # noqa: E402
from tests.tui.playing import NOW, incoming  # noqa: E402
from tests.tui.test_every_way_out import SECRETS, leaks, make_desk_of_secrets  # noqa: E402
from tui.api.access_token import hash_file, is_token, renew  # noqa: E402
from tui.api.http_server import CONNECTIONS, LARGEST_BODY, WAITING, ApiServer  # noqa: E402
from tui.cli.main import run  # noqa: E402
from tui.setup.writer import PATIENCE, Writer  # noqa: E402


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A desk with forty tickets."""
    path = tmp_path / "desk.db"
    store = Store.open(path)
    Desk(store, clock=lambda: NOW, rules=DeskRules(), agent="intake").receive(
        [replace(incoming(number, "Where is my order?", "mail"), at=NOW - number) for number in range(1, 41)]
    )
    store.close()
    return path


def notes(path: Path, ticket: int = 1) -> list[str]:
    store = Store.open(path)
    try:
        return [message.text for message in store.messages.of(ticket) if message.direction == "note"]
    finally:
        store.close()


@pytest.mark.parametrize("path", ["/v1/list", "/v1/changes", "/openapi.json", "/", "/v1/nothing", "/v1/note"])
@pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", "Bearer x", "Bearer {token}x", "Basic {token}", "{token}"])
async def test_without_the_token_nothing_is_served(desk: Path, path: str, given: str) -> None:
    async with served(desk) as program:
        answer = await program.send("GET", path, headers={"Authorization": given.format(token=program.token)})
        assert (answer.status, answer.body["type"]) == (401, "urn:tridesk:problem:no-token")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost.evil:{port}"]
)
async def test_another_host_is_refused_even_with_the_token(desk: Path, host: str) -> None:
    async with served(desk) as program:
        answer = await program.send("GET", "/v1/list", headers={"Host": host.format(port=program.server.port)})
        assert answer.status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:{port}"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-origin"},
    ],
)
async def test_a_page_in_a_browser_is_refused_even_with_the_token(desk: Path, headers: dict[str, str]) -> None:
    async with served(desk) as program:
        given = {name: value.format(port=program.server.port) for name, value in headers.items()}
        answer = await program.send("GET", "/v1/list", headers=given)
        assert (answer.status, answer.body["detail"]) == (403, "Pages in a browser are not served.")
        assert "Access-Control-Allow-Origin" not in answer.headers


async def test_the_server_is_reached_from_this_machine_only(desk: Path) -> None:
    async with served(desk) as program:
        assert program.server._server is not None
        assert [sock.getsockname()[0] for sock in program.server._server.sockets] == ["127.0.0.1"]
        with pytest.raises(InputError, match=rf"Port {program.server.port} cannot be used"):
            await ApiServer(desk, program.server.port).start()


async def test_a_new_token_ends_the_old_one_at_once(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with served(desk) as program:
        assert run(["--db", str(desk), "api", "--new-token"]) == 0
        token = capsys.readouterr().out.split()[-1]
        assert (await program.get("/v1/lanes")).status == 401
        program.token = token
        assert (await program.get("/v1/lanes")).status == 200


def test_the_token_is_not_on_the_disk_and_its_hash_is_the_owners(desk: Path) -> None:
    token = renew(desk)
    place = hash_file(desk)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert token not in place.read_text()
    assert len(token) >= 43
    assert is_token(desk, token)
    assert not is_token(desk, place.read_text())
    assert not is_token(desk.with_name("other.db"), token)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"ticket": 1, "text": "x", "more": 1}', "application/json", 400),
        (b'{"ticket": 1, "text": "x"}', "text/plain", 415),
        (b"ticket=1&text=x", "application/x-www-form-urlencoded", 415),
        (b'{"ticket": 1, "text": "\xff"}', "application/json", 400),
        (b'{"ticket": 1, "text": "\\ud800"}', "application/json", 400),
    ],
)
async def test_what_is_not_as_described_is_refused(desk: Path, body: bytes, kind: str, status: int) -> None:
    async with served(desk) as program:
        headers = {"Content-Type": kind, "Idempotency-Key": "a"}
        answer = await program.send("POST", "/v1/note", headers=headers, data=body)
        assert answer.status == status, answer.body
    assert notes(desk) == []


@pytest.mark.parametrize(
    "query", ["ticket=1&ticket=2", "ticket=1&more=2", "", "ticket=-1", "ticket=99999999999999999999"]
)
async def test_a_query_that_is_not_as_described_is_refused(desk: Path, query: str) -> None:
    async with served(desk) as program:
        assert (await program.send("GET", f"/v1/show?{query}")).status == 400


ODD = (
    "", " ", "\x00", "%", '"', '"a', "a:", "from:", "tag:\x00", "field.x:>", "-", "*", "(", "\u202e", "\udcff", "🙂",
    "NOT OR AND", "x" * 999,
)  # fmt: skip


@pytest.mark.parametrize("text", ODD, ids=ascii)
async def test_an_odd_text_is_found_or_refused_and_is_no_fault(desk: Path, text: str) -> None:
    given = quote(text, errors="surrogateescape")
    async with served(desk) as program:
        for path in (f"search?q={given}", f"list?lane={given}", f"list?field={given}", f"report?since={given}"):
            answer = await program.send("GET", f"/v1/{path}")
            assert answer.status in (200, 400, 404, 422), answer.body
        body = {"text": text.encode("utf-8", "replace").decode(), "lane": text.encode("utf-8", "replace").decode()}
        assert (await program.post("/v1/macros/suggest", body)).status in (200, 400)
        async with connected(program) as (reader, writer):
            note = b'{"ticket": 1, "text": "x"}'
            more = ("Content-Type: application/json", f"Content-Length: {len(note)}", "Idempotency-Key: ")
            key = text.replace("\x00", "").encode("utf-8", "surrogateescape")
            writer.write(head(program, "POST", "/v1/note", *more) + key + b"\r\n\r\n" + note)
            assert (await asyncio.wait_for(reader.read(), 20)).split()[1] in (b"200", b"400")


async def test_other_methods_and_paths_are_problems_too(desk: Path) -> None:
    async with served(desk) as program:
        for method, path, status in (
            ("DELETE", "/v1/list", 405), ("GET", "/v1/note", 405), ("GET", "/etc", 404), ("OPTIONS", "/v1/list", 405),
        ):  # fmt: skip
            answer = await program.send(method, path)
            assert (answer.status, answer.headers["Content-Type"]) == (status, "application/problem+json")


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_request_that_is_too_large_is_refused(desk: Path, chunked: bool) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(LARGEST_BODY // 1024 + 2):
            yield b"x" * 1024

    body = parts() if chunked else b"x" * (LARGEST_BODY + 1)
    async with served(desk) as program:
        headers = {"Content-Type": "application/json", "Idempotency-Key": "a"}
        try:
            answer = await program.send("POST", "/v1/note", headers=headers, data=body)
        except aiohttp.ClientError:  # the server has closed the connection while the rest was being sent
            pass
        else:
            assert answer.status == 413
        assert (await program.get("/v1/lanes")).status == 200
    assert notes(desk) == []


@asynccontextmanager
async def connected(program: Program) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", program.server.port)
    try:
        yield reader, writer
    finally:
        writer.close()


def head(program: Program, method: str, path: str, *more: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{program.server.port}",
             f"Authorization: Bearer {program.token}", *more]  # fmt: skip
    return "\r\n".join(lines).encode()


@pytest.mark.parametrize("begun", [b"", b"GET /v1/list HT", b"GET /v1/list HTTP/1.1\r\nHost: x\r\nX: "])
async def test_a_client_that_says_nothing_more_is_cut_off(desk: Path, begun: bytes) -> None:
    async with served(desk, seconds=0.2) as program, connected(program) as (reader, writer):
        writer.write(begun)
        assert await asyncio.wait_for(reader.read(), 20) == b""


async def test_a_body_that_does_not_come_is_a_problem(desk: Path) -> None:
    async with served(desk, seconds=0.2) as program, connected(program) as (reader, writer):
        more = ("Content-Type: application/json", "Idempotency-Key: a", "Content-Length: 100", "", '{"ticket"')
        writer.write(head(program, "POST", "/v1/note", *more))
        assert b"HTTP/1.1 408 " in await asyncio.wait_for(reader.read(), 20)


async def test_a_connection_carries_one_request(desk: Path) -> None:
    async with served(desk) as program, connected(program) as (reader, writer):
        writer.write(2 * (head(program, "GET", "/v1/lanes", "", "")))
        answers = await asyncio.wait_for(reader.read(), 20)
        assert answers.count(b"HTTP/1.1 ") == 1
        assert b"Connection: close" in answers


async def test_one_connection_too_many_is_told_to_come_again(desk: Path) -> None:
    async with served(desk, connections=2) as program:
        async with connected(program), connected(program) as (_, writer):
            await writer.drain()
            while len(program.server._silent) < 2:
                await asyncio.sleep(0)
            async with connected(program) as (reader, _):
                answer = await asyncio.wait_for(reader.read(), 20)
                assert answer.startswith(b"HTTP/1.1 503 ")
                assert b"Retry-After: 1" in answer
        while program.server._runner is not None and program.server._runner.server.connections:  # type: ignore[union-attr]
            await asyncio.sleep(0)
        assert (await program.get("/v1/lanes")).status == 200


async def test_too_many_waiting_clients_are_told_so(desk: Path) -> None:
    assert WAITING < CONNECTIONS
    async with served(desk) as program:
        cursor = (await program.get("/v1/changes")).body["cursor"]
        waiting = [asyncio.create_task(program.get("/v1/changes", after=cursor, wait=60)) for _ in range(WAITING)]
        while program.server._waiting < WAITING:
            await asyncio.sleep(0)
        answer = await program.get("/v1/changes", after=cursor, wait=60)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
        assert (await program.post("/v1/note", {"ticket": 1, "text": "news"})).status == 200
        answers = await asyncio.wait_for(asyncio.gather(*waiting), 60)
        assert {len(answer.body["items"]) for answer in answers} == {1}


async def test_nothing_of_a_request_is_logged_or_printed(
    desk: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        async with served(desk) as program:
            await program.post("/v1/note", {"ticket": 1, "text": "secret words"})
            await program.get("/v1/show", ticket="secret")
            async with connected(program) as (reader, writer):
                writer.write(b"GET /v1/list?secret HTTP/9\r\nsecret\x00: x\r\n\r\n")
                assert await asyncio.wait_for(reader.read(), 20)
    shown = capfd.readouterr()
    assert "secret" not in caplog.text + shown.out + shown.err
    assert program.token not in caplog.text + shown.out + shown.err


async def test_a_fault_of_the_program_says_where_and_nothing_of_the_request(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("secret words")

    monkeypatch.setattr("tui.api.operations.deciding.offered_ticket", broken)
    async with served(desk) as program:
        answer = await program.get("/v1/next")
    assert answer.status == 500
    assert "ValueError at " in answer.body["detail"]
    assert "secret" not in str(answer.body)


async def test_a_file_that_is_gone_is_a_problem(desk: Path) -> None:
    async with served(desk) as program:
        desk.unlink()
        answer = await program.get("/v1/lanes")
        assert (answer.status, answer.body["type"]) == (503, "urn:tridesk:problem:busy")
        assert not desk.exists()


@pytest.mark.masked
async def test_no_item_of_the_redaction_set_leaves_by_the_api(tmp_path: Path) -> None:
    path = tmp_path / "secrets.db"
    make_desk_of_secrets(path)
    async with served(path) as program:
        said = [await program.get("/v1/list", limit=1000, all="true"), await program.get("/v1/next")]
        said += [await program.get("/v1/search", q=word, limit=1000) for word in ("hola", "my", "mi")]
        for number in range(1, len(SECRETS) + 1, 6):
            said += [await program.get(f"/v1/{path}", ticket=number) for path in ("show", "history")]
        cursor = "0.0"
        while (page := await program.get("/v1/changes", after=cursor, limit=1000)).body["items"]:
            said.append(page)
            cursor = page.body["cursor"]
    assert all(answer.status == 200 for answer in said)
    assert leaks("".join(str(answer.body) for answer in said)) == []


async def test_many_programs_and_an_open_desk_change_it_at_once(desk: Path) -> None:
    """Forty notes by programs, each sent twice, while a desk's writer changes as many tickets: each is made once."""
    writer = Writer(lambda: Desk(Store.open(desk), clock=lambda: NOW, rules=DeskRules(), agent="eva"),
                    lambda held: held.store.close())  # fmt: skip

    def tagged(number: int, held: Desk) -> object:
        return held.act([number % 40 + 1], Change(add_tags=(f"t{number}",)))

    async with served(desk) as program:

        async def note(number: int) -> int:
            async with asyncio.timeout(120):
                while True:
                    body = {"ticket": number % 40 + 1, "text": f"note {number}"}
                    answer = await program.post("/v1/note", body, key=f"key {number}")
                    if answer.status != 503:
                        return answer.status

        changes = [writer.submit(partial(tagged, number)) for number in range(40)]
        statuses = await asyncio.gather(*(note(number) for number in range(40) for _ in range(2)))
        await asyncio.gather(*map(asyncio.wrap_future, changes))
    writer.stop()
    assert set(statuses) == {200}
    assert sorted(text for ticket in range(1, 41) for text in notes(desk, ticket)) == sorted(
        f"note {n}" for n in range(40)
    )
    store = Store.open(desk)
    assert sorted(tag for ticket in store.tickets.each() for tag in ticket.tags) == sorted(f"t{n}" for n in range(40))


async def test_the_file_is_not_locked_while_a_reply_is_filled_in(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes time is done before the transaction: a key of an open desk is not kept waiting by it."""
    from tui.cli import acting

    filled, go_on = asyncio.Event(), asyncio.Event()
    loop, change_of = asyncio.get_running_loop(), acting.reply_change

    def slow(*given: Any, **named: Any) -> Change:
        change = change_of(*given, **named)
        loop.call_soon_threadsafe(filled.set)
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result()
        return change

    monkeypatch.setattr(acting, "reply_change", slow)
    async with served(desk) as program:
        text = "Hello Ana, your order left our house this morning."
        reply = asyncio.create_task(program.post("/v1/reply", {"ticket": 1, "text": text}))
        await filled.wait()
        store = Store.open(desk)
        Desk(store, clock=lambda: NOW, rules=DeskRules(), agent="eva").act([2], Change(note="meanwhile"))
        go_on.set()
        assert (await reply).status == 200
    assert notes(desk, 2) == ["meanwhile"]
    assert PATIENCE < 1  # what a key waits before the screen says so


async def test_a_request_that_takes_too_long_is_a_problem_and_its_key_tells_the_end(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tui.cli import acting

    loop, go_on, given = asyncio.get_running_loop(), asyncio.Event(), acting.given

    def slow(text: str | None) -> str:
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result()
        return given(text)

    monkeypatch.setattr(acting, "given", slow)
    note = {"ticket": 1, "text": "once"}
    async with served(desk, work_seconds=0.2) as program:
        answer = await program.post("/v1/note", note, key="a")
        assert (answer.status, answer.body["detail"]) == (503, "The desk is busy; send the same request again.")
        go_on.set()
        program.server.work_seconds = 60
        assert (await program.post("/v1/note", note, key="a")).status == 200
    assert notes(desk) == ["once"]


async def test_a_client_that_does_not_take_its_answer_is_cut_off(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.cli.macros.macro_keys", lambda macro: {"name": "x" * 1_000_000})
    async with served(desk, seconds=0.5) as program, connected(program) as (_, writer):
        assert program.server._runner is not None
        assert program.server._runner.server is not None
        writer.write(head(program, "GET", "/v1/macros", "", ""))
        while not program.server._runner.server.connections:
            await asyncio.sleep(0)
        async with asyncio.timeout(60):
            while program.server._runner.server.connections:
                await asyncio.sleep(0)


LEFT = """
import os, sys
from data.store import Store
at = sys.argv.pop(1)
write = Store.write
from contextlib import contextmanager
@contextmanager
def cut(self, *, bulk=False):
    outermost = not self._connection.in_transaction
    with write(self, bulk=bulk):
        yield
        if at == "before" and outermost and self.answered_requests.get(KEY):
            os.kill(os.getpid(), 9)
    if at == "after" and outermost and self.answered_requests.get(KEY):
        os.kill(os.getpid(), 9)
from hashlib import sha256
KEY = sha256(b"the key").digest()
Store.write = cut
sys.argv[0] = "tridesk"
from tui.__main__ import main
main()
"""


@asynccontextmanager
async def process_of(desk: Path, *arguments: str) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """Run `tridesk api` in a process of its own; yield its address once it serves."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, "--db", str(desk), "api", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            while not (found := re.search(rb"http://127\.0\.0\.1:\d+", await process.stdout.readline())):
                assert process.returncode is None
        yield found[0].decode(), process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), 60)


@pytest.mark.parametrize("at", ["before", "after"])
async def test_a_server_killed_in_the_middle_of_a_change_makes_it_once(desk: Path, at: str) -> None:
    """Killed before its transaction was written, and after it but before the answer: the same key tries again."""
    token = renew(desk)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "the key"}
    note = {"ticket": 1, "text": "once"}
    async with aiohttp.ClientSession() as client:
        async with process_of(desk, "-c", LEFT, at) as (address, process):
            with pytest.raises(aiohttp.ClientError):
                await client.post(f"{address}/v1/note", json=note, headers=headers)
            assert await process.wait() == -signal.SIGKILL
        assert notes(desk) == (["once"] if at == "after" else [])
        async with process_of(desk, "-m", "tui") as (address, _):
            answer = await client.post(f"{address}/v1/note", json=note, headers=headers)
            assert answer.status == 200
            assert answer.headers.get("Idempotent-Replayed") == ("true" if at == "after" else None)
    assert notes(desk) == ["once"]


@pytest.mark.faults
async def test_a_server_killed_again_and_again_makes_each_change_once(
    desk: Path, record_property: Callable[[str, object], None]
) -> None:
    """Killed at random while four programs write; what had no answer is sent again with its key to the next server."""
    dice, token, kills, wanted = Random(17), renew(desk), 0, set(range(240))
    unanswered = list(wanted)

    async def send(client: Any, address: str) -> None:
        while unanswered:
            number = unanswered.pop()
            try:
                async with client.post(
                    f"{address}/v1/note",
                    json={"ticket": number % 40 + 1, "text": f"note {number}"},
                    headers={"Authorization": f"Bearer {token}", "Idempotency-Key": f"key {number}"},
                ) as answer:
                    assert answer.status == 200, await answer.text()
            except aiohttp.ClientError:
                unanswered.append(number)
                return

    while unanswered:
        async with process_of(desk, "-m", "tui") as (address, process), aiohttp.ClientSession() as client:
            if kills < 20:
                asyncio.get_running_loop().call_later(dice.uniform(0.1, 0.6), process.kill)
                kills += 1
            await asyncio.gather(*(send(client, address) for _ in range(4)))
    written = [text for ticket in range(1, 41) for text in notes(desk, ticket)]
    assert sorted(written) == sorted(f"note {number}" for number in wanted)
    record_property("figure", f"{kills} kills, {len(wanted)} changes asked for, each made once")
    assert kills > 3


async def test_the_first_start_shows_a_token_and_the_next_ones_do_not(desk: Path) -> None:
    async def lines_of(process: asyncio.subprocess.Process, count: int) -> list[str]:
        assert process.stdout is not None
        return [(await process.stdout.readline()).decode() for _ in range(count)]

    command = (sys.executable, "-m", "tui", "--db", str(desk), "api", "--port", "0")
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    outputs = []
    for count in (2, 1):
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, env=environment)
        try:
            async with asyncio.timeout(60):
                outputs.append(await lines_of(process, count))
        finally:
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 60) == 0
    (first, served_at), (again,) = outputs
    assert is_token(desk, first.split()[-1])
    assert "Served at http://127.0.0.1:" in served_at
    assert "Served at http://127.0.0.1:" in again


def test_a_desk_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    from data.errors import StoreError

    with pytest.raises(StoreError, match="There is no desk file"):
        run(["--db", str(tmp_path / "none.db"), "api", "--new-token"])


def test_without_the_extra_one_sentence_says_what_to_install(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.api.api_command.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"tridesk\[api\]"):
        run(["--db", str(desk), "api"])

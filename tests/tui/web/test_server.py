"""The desk in a browser: who gets in, what is served, and that a closed page ends its desk. Over real sockets."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

aiohttp = pytest.importorskip("aiohttp", reason="needs the extra `web`")
pytest.importorskip("textual_serve", reason="needs the extra `web`")

from aiohttp import ClientSession, ClientWebSocketResponse, DummyCookieJar, WSMsgType, WSServerHandshakeError  # noqa: E402

from data.errors import InputError  # noqa: E402
from tui.web.server import DeskServer  # noqa: E402

ECHO = """
import os, sys, termios, tty
old = termios.tcgetattr(0); tty.setraw(0)
os.write(1, b"size %d %d;" % tuple(os.get_terminal_size(0)))
while True:
    data = os.read(0, 1000)
    if not data or data == b"q":
        break
    os.write(1, b"<size %d %d>" % tuple(os.get_terminal_size(0)) if data == b"s" else b"[" + data + b"]")
"""


@asynccontextmanager
async def served(
    code: str = ECHO, sessions: int = 3, idle_seconds: int = 0
) -> AsyncIterator[tuple[DeskServer, ClientSession]]:
    """Serve a command, with a client that has followed the secret link."""
    server = DeskServer([sys.executable, "-c", code], sessions, idle_seconds)
    await server.start()
    try:
        async with ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
            async with client.get(server.link) as page:
                assert page.status == 200
            yield server, client
    finally:
        await server.stop()


def url(server: DeskServer, path: str, scheme: str = "http") -> str:
    return f"{scheme}://127.0.0.1:{server.port}{path}"


def own(server: DeskServer) -> dict[str, str]:
    return {"Origin": f"http://127.0.0.1:{server.port}"}


def at_desk(
    server: DeskServer, client: ClientSession, path: str = "/ws"
) -> AbstractAsyncContextManager[ClientWebSocketResponse]:
    return client.ws_connect(url(server, path), headers=own(server))


async def until(socket: ClientWebSocketResponse, wanted: str) -> str:
    """Read what the terminal shows until it has shown this."""
    seen = ""
    while wanted not in seen:
        message = await asyncio.wait_for(socket.receive(), 30)
        assert message.type is WSMsgType.BINARY, seen
        seen += message.data.decode()
    return seen


async def test_the_secret_link_gives_a_cookie_and_the_page() -> None:
    async with served() as (server, _), ClientSession(cookie_jar=DummyCookieJar()) as client:
        async with client.get(server.link, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "/")
            cookie = answer.headers["Set-Cookie"]
        assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
        assert server.token not in cookie
        async with client.get(url(server, "/"), headers={"Cookie": cookie.split(";")[0]}) as answer:
            assert answer.status == 200
            assert f'data-session-websocket-url="ws://127.0.0.1:{server.port}/ws"' in await answer.text()


@pytest.mark.parametrize("path", ["/", "/ws", "/textual.js", "/page.css", "/?token=x", "/static/", "/download/x"])
async def test_without_the_cookie_nothing_is_served(path: str) -> None:
    async with served() as (server, _), ClientSession(cookie_jar=DummyCookieJar()) as client:
        for cookie in ("", f"tridesk-{server.port}={server.token}", "tridesk=é"):
            async with client.get(url(server, path), headers={"Cookie": cookie}) as answer:
                assert answer.status == 403


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost.evil:{port}"]
)
async def test_another_host_is_refused_even_with_the_link(host: str) -> None:
    async with served() as (server, client):
        named = {"Host": host.format(port=server.port)}
        async with client.get(server.link, headers=named, allow_redirects=False) as answer:
            assert answer.status == 403
        async with client.get(url(server, "/"), headers=named) as answer:
            assert answer.status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://127.0.0.1:{port}"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://localhost:{port}"},
        {"Origin": "http://127.0.0.1:{port}", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://127.0.0.1:{port}", "Sec-Fetch-Site": "same-site"},
    ],
)
async def test_a_socket_of_another_page_is_refused(headers: dict[str, str]) -> None:
    async with served() as (server, client):
        given = {name: value.format(port=server.port) for name, value in headers.items()}
        with pytest.raises(WSServerHandshakeError) as refused:
            await client.ws_connect(url(server, "/ws"), headers=given)
        assert refused.value.status == 403


async def test_keys_reach_the_desk_and_its_screen_the_page() -> None:
    async with served() as (server, client), at_desk(server, client, "/ws?width=100&height=30") as socket:
        assert "size 100 30;" in await until(socket, ";")
        await socket.send_json(["stdin", "¿ñ"])
        assert "[¿ñ]" in await until(socket, "]")
        await socket.send_json(["resize", {"width": 132, "height": 43}])
        await socket.send_json(["stdin", "s"])
        assert "<size 132 43>" in await until(socket, ">")
        await socket.send_json(["stdin", "q"])
        assert (await asyncio.wait_for(socket.receive(), 30)).type in (WSMsgType.CLOSE, WSMsgType.CLOSED)


@pytest.mark.parametrize(
    "message",
    ["", "[", "null", "{}", '["stdin"]', '["stdin", 3]', '["stdin", ["rm"]]', '["resize", {"width": "x"}]',
     '["resize", {"width": 1e9, "height": -3}]', '["resize", {"width": 99999999, "height": -3}]',
     '["run", "sh"]', '["quit"]', '["open", "/etc/passwd"]', "[" * 5000],
)  # fmt: skip
async def test_anything_but_keys_and_sizes_is_ignored(message: str) -> None:
    async with served() as (server, client), at_desk(server, client, "/ws?width=x&height=-1") as socket:
        await until(socket, ";")
        await socket.send_str(message)
        await socket.send_json(["stdin", "alive"])
        assert "[alive]" in await until(socket, "alive]")


async def test_no_request_chooses_the_command_or_a_file() -> None:
    async with served() as (server, client):
        for path in ("/ws?command=sh", "/?command=sh", "/?file=/etc/passwd"):
            headers = own(server) | {"Connection": "close"}
            async with client.get(url(server, path), headers=headers) as answer:
                assert "passwd" not in await answer.text()
        for path in ("/static/", "/../pyproject.toml", "/%2e%2e/%2e%2e/etc/passwd", "/textual.js/../x", "/download/1"):
            async with client.get(url(server, path)) as answer:
                assert answer.status == 404
        async with client.post(url(server, "/"), data=b"x") as answer:
            assert answer.status == 403


async def test_nothing_on_the_page_comes_from_outside() -> None:
    async with served() as (server, client):
        async with client.get(url(server, "/")) as answer:
            text, headers = await answer.text(), answer.headers
        assert re.findall(r'(?:src|href)="([^"]+)"', text) == [
            "data:,", "/xterm.css", "/page.css", "/textual.js", "/page.js", "/",
        ]  # fmt: skip
        assert "https:" not in text
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "allow-popups" not in policy
        assert "unsafe-eval" not in policy
        for path in ("/xterm.css", "/page.css", "/page.js", "/textual.js", "/roboto.ttf"):
            async with client.get(url(server, path)) as answer:
                assert answer.status == 200
                assert answer.headers["Content-Security-Policy"] == policy
                if path.endswith(".css"):
                    css = await answer.text()
                    assert not re.findall(r"@import|url\(['\"]?(?!/|data:|['\"])", css)


async def test_a_closed_page_ends_its_desk_as_a_closed_window_does(tmp_path: Path) -> None:
    ended = tmp_path / "ended"
    code = (
        "import fcntl, signal, sys, termios, time\n"
        "fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
        f"def end(*_):\n    open({str(ended)!r}, 'w').write('saved'); sys.exit()\n"
        "signal.signal(signal.SIGHUP, end)\nprint('up;', flush=True)\n"
        "while True: time.sleep(60)\n"
    )
    async with served(code) as (server, client):
        socket = await client.ws_connect(url(server, "/ws"), headers=own(server))
        await until(socket, "up;")
        await socket.close()
        await server.stop()
    assert ended.read_text() == "saved"


async def test_pages_are_limited_and_unused_ones_are_closed() -> None:
    async with served(sessions=1) as (server, client), at_desk(server, client) as socket:
        await until(socket, ";")
        with pytest.raises(WSServerHandshakeError) as refused:
            await client.ws_connect(url(server, "/ws"), headers=own(server))
        assert refused.value.status == 503
    async with served(idle_seconds=1) as (server, client), at_desk(server, client) as socket:
        while (await asyncio.wait_for(socket.receive(), 30)).type is WSMsgType.BINARY:
            pass
        assert socket.closed


async def test_a_taken_port_is_one_sentence() -> None:
    async with served() as (server, _):
        with pytest.raises(InputError, match=f"Port {server.port} cannot be used"):
            await DeskServer(["true"], port=server.port).start()


async def test_only_this_machine_is_listened_to() -> None:
    async with served() as (server, _):
        pid = os.getpid()
        listening = [line.split() for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]]
        ours = [row[1] for row in listening if row[3] == "0A" and int(row[1].split(":")[1], 16) == server.port]
        assert ours == [f"0100007F:{server.port:04X}"]

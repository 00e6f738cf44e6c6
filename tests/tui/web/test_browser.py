"""The desk in a real browser: keys typed there reach the desk file, and the page asks nobody else for anything."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pyte
import pytest

aiohttp = pytest.importorskip("aiohttp", reason="needs the extra `web`")
pytest.importorskip("textual_serve", reason="needs the extra `web`")

from data.records.tickets import Status  # noqa: E402
from data.store import Store  # noqa: E402
from tests.data.desks import fill  # noqa: E402
from tui.setup.settings import config_folder  # noqa: E402
from tui.web.server import DeskServer  # noqa: E402

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs Chromium")


class Page:
    """A page of the browser, through its debugging protocol; what its terminal shows is read from the socket."""

    def __init__(self, socket: Any) -> None:
        self._socket, self._number = socket, 0
        self.asked: set[str] = set()
        self.errors: list[str] = []
        self.screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self.screen)

    async def call(self, method: str, **given: Any) -> dict[str, Any]:
        self._number += 1
        number = self._number
        await self._socket.send_json({"id": number, "method": method, "params": given})
        while True:
            message = await self._next()
            if message.get("id") == number:
                assert "error" not in message, message
                return dict(message["result"])

    async def shows(self, wanted: str) -> str:
        """Wait until the terminal shows this."""
        try:
            async with asyncio.timeout(90):
                while wanted not in (text := "\n".join(self.screen.display)):
                    await self._next()
        except TimeoutError:
            pytest.fail(f"{wanted!r} is not shown:\n{text}")
        return text

    async def press(self, key: str) -> None:
        for kind in ("keyDown", "keyUp"):
            text = {"text": key} if kind == "keyDown" and len(key) == 1 else {}
            await self.call("Input.dispatchKeyEvent", type=kind, key=key, **text)

    async def _next(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads((await asyncio.wait_for(self._socket.receive(), 60)).data)
        given = message.get("params", {})
        match message.get("method"):
            case "Network.requestWillBeSent":
                self.asked.add(given["request"]["url"].partition("?")[0])
            case "Network.webSocketFrameSent":
                self._sized(given["response"]["payloadData"])
            case "Network.webSocketFrameReceived":
                self._stream.feed(base64.b64decode(given["response"]["payloadData"]))
            case "Log.entryAdded" if given["entry"]["level"] == "error":
                self.errors.append(given["entry"]["text"])
        return message

    def _sized(self, payload: str) -> None:
        match json.loads(payload):
            case ["resize", {"width": columns, "height": rows}]:
                self.screen.resize(rows, columns)


@asynccontextmanager
async def opened(folder: Path, link: str) -> AsyncIterator[Page]:
    """Open a link in a browser with a profile of its own."""
    assert BROWSER is not None
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    process = subprocess.Popen(
        [
            BROWSER,
            *flags,
            "--remote-debugging-port=0",
            f"--user-data-dir={folder}",
            "--window-size=1300,800",
            "about:blank",
        ],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        line = ""
        while "DevTools listening on" not in line:
            line = await asyncio.wait_for(asyncio.to_thread(process.stderr.readline), 60)
            assert line, "the browser ended"
        port = line.rsplit(":", 1)[1].partition("/")[0]
        async with aiohttp.ClientSession() as client:
            async with client.get(f"http://127.0.0.1:{port}/json") as answer:
                tab = next(tab for tab in await answer.json() if tab["type"] == "page")
            async with client.ws_connect(tab["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                page = Page(socket)
                for method in ("Network.enable", "Log.enable", "Page.enable"):
                    await page.call(method)
                await page.call("Page.navigate", url=link)
                yield page
    finally:
        process.kill()
        process.communicate()


def solved(desk: Path) -> int:
    with closing(Store.open(desk)) as store:
        return [ticket.status for ticket in store.tickets.each()].count(Status.SOLVED)


async def test_a_ticket_is_solved_in_the_browser(tmp_path: Path) -> None:
    desk = tmp_path / "desk.db"
    fill(desk, 2)
    config_folder().mkdir(parents=True)
    (config_folder() / "config.toml").write_text("[shift]\nask = false\n")
    server = DeskServer([sys.executable, "-P", "-m", "tui.web.own_terminal", "--db", str(desk)])
    await server.start()
    try:
        async with opened(tmp_path / "profile", server.link) as page:
            await page.shows("text2")
            picture = base64.b64decode((await page.call("Page.captureScreenshot"))["data"])
            await page.press(".")
            await page.shows("breached")
            await page.press("e")
            await page.shows("solved")
            await page.press("z")
            await page.shows("ndone")
            await page.press("e")
            async with asyncio.timeout(90):  # the screen says "solved" of what was undone, too
                while solved(desk) != 1:
                    await asyncio.sleep(0.01)
            assert {url.partition("//")[2].partition("/")[0] for url in page.asked} <= set(server.hosts)
            assert page.errors == []
    finally:
        await server.stop()
    assert solved(desk) == 1
    pillow = pytest.importorskip("PIL.Image")
    image = pillow.open(io.BytesIO(picture)).convert("RGB")
    assert len(image.getcolors(1 << 24)) > 20, "the page shows nothing"

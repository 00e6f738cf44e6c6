"""The web server of `tridesk serve`: this machine only, one secret link, and nothing that a request could choose.

A page of any other site can send requests to a server on this machine. So each request has to name our host
(against DNS rebinding), carry the cookie that only the secret link gives, and, for the socket, come from our own page.
The command that a page gets is fixed when the server starts.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.resources import files

from aiohttp import WSMsgType, web

from tui.look.words import spoken, words
from tui.web.local_requests import LOOPBACK, hosts_of, is_own_page, port_taken, same
from tui.web.page import SCRIPT, STYLE, page, policy
from tui.web.terminal_session import TerminalSession

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_ASSETS = {
    "/textual.js": ("static/js/textual.js", "text/javascript"),
    "/xterm.css": ("static/css/xterm.css", "text/css"),
    "/roboto.ttf": ("static/fonts/RobotoMono-VariableFont_wght.ttf", "font/ttf"),
}
"""Everything that is served besides the page, from the package `textual-serve`."""
_LARGEST_MESSAGE = 256 * 1024
"""Bytes of one message of the page, a paste for example."""


@dataclass(slots=True)
class DeskServer:
    """Serves a command to the browser of its user."""

    command: Sequence[str]
    """What each page runs."""
    sessions: int = 3
    """How many pages may be open at once."""
    idle_seconds: int = 0
    """A page without input for so long is closed; 0 for never."""
    port: int = 0
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    _pass: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    _open: set[web.WebSocketResponse] = field(default_factory=set)
    _runner: web.AppRunner | None = None

    @property
    def hosts(self) -> tuple[str, str]:
        """The names that a request may call us by."""
        return hosts_of(self.port)

    @property
    def link(self) -> str:
        """The secret link."""
        return f"http://{self.hosts[0]}/?token={self.token}"

    async def start(self) -> None:
        """Begin to serve. Raises InputError if the port is taken."""
        application = web.Application(middlewares=[self._checked], client_max_size=0)
        application.router.add_get("/", self._page)
        application.router.add_get("/ws", self._socket)
        application.router.add_get("/page.css", self._style)
        application.router.add_get("/page.js", self._script)
        for path in _ASSETS:
            application.router.add_get(path, self._asset)
        self._runner = web.AppRunner(application, access_log=None, handle_signals=False)
        await self._runner.setup()
        site = web.TCPSite(self._runner, LOOPBACK, self.port)
        try:
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            raise port_taken(self.port, error) from error
        self.port = int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Close every page, and wait until their desks have ended."""
        for socket in list(self._open):
            await socket.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @web.middleware
    async def _checked(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Answer only requests of our own page, and those with the secret link."""
        if request.host not in self.hosts:
            return _refused("This address is not served.")
        if request.method != "GET":
            return _refused("Only GET is served.")
        if request.path == "/" and "token" in request.query:
            return self._admitted(request)
        if not same(request.cookies.get(self._cookie, ""), self._pass):
            return _refused(words("Open the link that tridesk serve has printed."))
        if request.path == "/ws" and not is_own_page(request):
            return _refused("Only the desk's own page may connect.")
        response = await handler(request)
        if not response.prepared:
            self._harden(response, request)
        return response

    @property
    def _cookie(self) -> str:
        return f"tridesk-{self.port}"

    def _admitted(self, request: web.Request) -> web.StreamResponse:
        """Exchange the secret link for a cookie, so that the link is not in the address of the page."""
        if not same(request.query["token"], self.token):
            return _refused(words("Open the link that tridesk serve has printed."))
        response = web.Response(status=303, headers={"Location": "/"})
        response.set_cookie(self._cookie, self._pass, httponly=True, samesite="Strict", path="/")
        self._harden(response, request)
        return response

    @staticmethod
    def _harden(response: web.StreamResponse, request: web.Request) -> None:
        response.headers.update({
            "Content-Security-Policy": policy(request.host),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Frame-Options": "DENY",
        })  # fmt: skip

    async def _page(self, request: web.Request) -> web.StreamResponse:
        text = page(request.host, ended=words("The desk has ended."), again=words("Open it again"), language=spoken())
        return web.Response(text=text, content_type="text/html")

    async def _style(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text=STYLE, content_type="text/css")

    async def _script(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text=SCRIPT, content_type="text/javascript")

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        place, kind = _ASSETS[request.path]
        return web.Response(body=files("textual_serve").joinpath(place).read_bytes(), content_type=kind)

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if len(self._open) >= self.sessions:
            return web.Response(status=503, text=words("Too many pages are open; close one."))
        socket = web.WebSocketResponse(heartbeat=20, max_msg_size=_LARGEST_MESSAGE)
        await socket.prepare(request)
        session = TerminalSession(self.command, _number(request.query.get("width"), 80),
                                  _number(request.query.get("height"), 24))  # fmt: skip
        self._open.add(socket)
        try:
            session.start()
            shown = asyncio.create_task(_show(session, socket))
            try:
                await self._listen(session, socket)
            finally:
                shown.cancel()
                with suppress(asyncio.CancelledError):
                    await shown
        finally:
            self._open.discard(socket)
            await session.end()
            await socket.close()
        return socket

    async def _listen(self, session: TerminalSession, socket: web.WebSocketResponse) -> None:
        """Hand on what the page sends, until it closes or says nothing for too long."""
        while True:
            try:
                message = await socket.receive(timeout=self.idle_seconds or None)
            except TimeoutError:
                return
            if message.type is not WSMsgType.TEXT:
                return
            await _take(session, message.data)


async def _show(session: TerminalSession, socket: web.WebSocketResponse) -> None:
    """Send what the desk writes; close the page when it ends."""
    with suppress(ConnectionError):
        async for data in session.output():
            await socket.send_bytes(data)
        await socket.close()


async def _take(session: TerminalSession, text: str) -> None:
    """Do what a message of the page says; anything but keys and sizes is ignored."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return
    match message:
        case ["stdin", str(typed)]:
            await session.write(typed.encode("utf-8", "replace"))
        case ["resize", {"width": int(columns), "height": int(rows)}]:
            session.resize(columns, rows)


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 5 else default


def _refused(reason: str) -> web.Response:
    return web.Response(status=403, text=f"{reason}\n", headers={"Cache-Control": "no-store"})

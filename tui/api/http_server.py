"""The server of `tridesk api`: this machine only, a token with each request, and nothing of a request in a log.

A connection carries one request, which has to come whole within seconds. Work runs in threads, each request on a
connection of its own to the file, so a desk that is open beside it waits for a change no longer than for a command's.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from tui.api.access_token import is_token
from tui.api.carried_out import Result, carry_out
from tui.api.operations import CHANGES, OPERATIONS, Operation
from tui.api.problem_details import MEDIA_TYPE, ProblemError, problem_of
from tui.api.request_values import Asked, ChangesAsked
from tui.api.turns import Turns
from tui.look.words import words
from tui.web.local_requests import LOOPBACK, hosts_of, is_of_a_page, port_taken

if TYPE_CHECKING:
    from aiohttp.web_protocol import RequestHandler

LARGEST_BODY = 512 * 1024
"""Bytes of a request."""
CONNECTIONS = 32
"""How many may be open at once; the next is told to come again."""
WAITING = 16
"""How many requests may wait for news at once."""
READING, CHANGING = 3, 2
"""Threads: those that read never wait for those that change."""
SECONDS = 10.0
"""How long a request may take to arrive, and its answer to be taken."""
WORK_SECONDS = 60.0
"""How long a request may be worked on before the client is told to come again."""
LOOK_SECONDS, SURE_SECONDS = 0.1, 2.0
"""How often a request that waits looks at the file's times, and how often into the file itself."""
LONGEST_KEY = 255
DESCRIPTION = "/openapi.json"
KEY_HEADER, REPEATED_HEADER = "Idempotency-Key", "Idempotent-Replayed"
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_SILENT = logging.Logger("tridesk.api", logging.CRITICAL + 1)
"""aiohttp would log what it cannot read of a request."""
_HEADERS = {"Cache-Control": "no-store", "Server": "tridesk", "X-Content-Type-Options": "nosniff"}
_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class _Refusal(asyncio.Protocol):
    """Answers a connection that is one too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say so, and close."""
        assert isinstance(transport, asyncio.Transport)
        transport.write(_BUSY)
        transport.close()


@dataclass(slots=True)
class ApiServer:
    """Serves one desk file to programs on this machine."""

    desk: Path
    port: int = 0
    seconds: float = SECONDS
    work_seconds: float = WORK_SECONDS
    connections: int = CONNECTIONS
    _readers: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(READING, "api-reading"))
    _changers: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(CHANGING, "api-changing"))
    _turns: Turns = field(default_factory=Turns)
    _silent: dict[RequestHandler, asyncio.TimerHandle] = field(default_factory=dict)
    """Connections whose request has not come yet, each with the end of its time."""
    _waiting: int = 0
    _stopping: bool = False
    _runner: web.AppRunner | None = None
    _server: asyncio.Server | None = None

    @property
    def address(self) -> str:
        """Where it is served."""
        return f"http://{LOOPBACK}:{self.port}"

    async def start(self) -> None:
        """Begin to serve. Raises InputError if the port is taken."""
        application = web.Application(middlewares=[self._checked], client_max_size=LARGEST_BODY)
        for operation in OPERATIONS:
            application.router.add_route(operation.method, operation.path, partial(self._serve, operation))
        application.router.add_get(DESCRIPTION, self._describe, allow_head=False)
        self._runner = web.AppRunner(
            application, access_log=None, handle_signals=False, logger=_SILENT, lingering_time=0, keepalive_timeout=1
        )
        await self._runner.setup()
        try:
            self._server = await asyncio.get_running_loop().create_server(self._connected, LOOPBACK, self.port)
        except OSError as error:
            await self._runner.cleanup()
            raise port_taken(self.port, error) from error
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Take no more requests, and wait until those that change something are through."""
        self._stopping = True
        if self._server is not None:
            self._server.close()
        if self._runner is not None:
            await self._runner.cleanup()
        for timer in self._silent.values():
            timer.cancel()
        for pool in (self._readers, self._changers):
            await asyncio.to_thread(pool.shutdown)

    def _connected(self) -> asyncio.BaseProtocol:
        """Return what speaks with a new connection."""
        assert self._runner is not None
        assert self._runner.server is not None
        if len(self._runner.server.connections) >= self.connections:
            return _Refusal()
        handler = self._runner.server()
        self._silent[handler] = asyncio.get_running_loop().call_later(self.seconds, self._cut, handler)
        return handler

    def _cut(self, handler: RequestHandler) -> None:
        """Close a connection whose request has not come in time."""
        if self._silent.pop(handler, None) is not None:
            handler.force_close()

    @web.middleware
    async def _checked(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Answer programs that have the token; whatever goes wrong becomes a problem."""
        if timer := self._silent.pop(request.protocol, None):
            timer.cancel()
        try:
            self._admit(request)
            response = await handler(request)
        except web.HTTPException as error:
            response = _refused(ProblemError(error.status, error.reason, _of_http(error.status)))
        except Exception as error:  # the border: an error of the program, too, is an answer
            response = _refused(problem_of(error))
        response.headers.update(_HEADERS)
        response.force_close()
        await self._hand_over(response, request)
        return response

    async def _hand_over(self, response: web.StreamResponse, request: web.Request) -> None:
        """Send an answer; close the connection of a client that does not take it."""
        try:
            async with asyncio.timeout(self.seconds):
                await response.prepare(request)
                await response.write_eof()
        except TimeoutError:
            if request.transport is not None:
                request.transport.abort()

    def _admit(self, request: web.Request) -> None:
        """Raise ProblemError for a request that is not a program's of this machine, or has no token."""
        if request.host not in hosts_of(self.port):
            raise ProblemError(403, words("Not served"), words("This address is not served."))
        if is_of_a_page(request):
            raise ProblemError(403, words("Not served"), words("Pages in a browser are not served."))
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not is_token(self.desk, token.strip()):
            text = words("Give the token of this desk: `Authorization: Bearer TOKEN`; `tridesk api --new-token`.")
            raise ProblemError(401, words("No token"), text)

    async def _serve(self, operation: Operation, request: web.Request) -> web.StreamResponse:
        asked = await self._asked(operation, request)
        key = _key_of(operation, request)
        if isinstance(asked, ChangesAsked) and asked.wait:
            result = await self._news(asked, request)
        else:
            result = await self._work(operation, asked, key)
        if result.answer is None:
            return web.Response(status=204)
        answer = {"items": result.answer} if isinstance(result.answer, list) else result.answer
        headers = {REPEATED_HEADER: "true"} if result.is_repeated else {}
        return web.Response(body=_json(answer), content_type="application/json", headers=headers)

    async def _asked(self, operation: Operation, request: web.Request) -> Asked:
        """Read what a request asks. Raises ProblemError."""
        try:
            if operation.method == "GET":
                given = dict(request.query)
                if len(given) != len(request.query):
                    raise ProblemError(400, words("Bad request"), words("A parameter is given twice; give it once."))
                return msgspec.convert(given, operation.asked, strict=False)
            if request.content_type != "application/json":
                raise ProblemError(415, words("Not JSON"), words("Send JSON: `Content-Type: application/json`."))
            async with asyncio.timeout(self.seconds):
                body = await request.read()
            return msgspec.json.decode(body, type=operation.asked)
        except TimeoutError:
            raise ProblemError(
                408, words("Too slow"), words("The request did not come in time; send it again.")
            ) from None
        except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            text = words("The request is not as described: {reason}").format(reason=str(error))
            raise ProblemError(400, words("Bad request"), text) from None

    async def _work(self, operation: Operation, asked: Asked, key: str) -> Result:
        """Carry a request out in a thread. What has begun goes on even if no one waits for it any more."""
        loop = asyncio.get_running_loop()
        pool = self._changers if operation.changes else self._readers
        work = loop.run_in_executor(pool, carry_out, self.desk, operation, asked, key, self._turns)
        try:
            return await asyncio.wait_for(asyncio.shield(work), self.work_seconds)
        except TimeoutError:
            work.add_done_callback(_forget)
            text = words("The desk is busy; send the same request again.")
            raise ProblemError(503, words("Busy"), text) from None

    async def _news(self, asked: ChangesAsked, request: web.Request) -> Result:
        """Answer once there is something after the cursor, at the latest when the time is over."""
        if self._waiting >= WAITING:
            raise ProblemError(503, words("Busy"), words("Too many requests wait for news; end one of them."))
        loop = asyncio.get_running_loop()
        end = loop.time() + asked.wait
        self._waiting += 1
        try:
            while True:
                times, looked = _times(self.desk), loop.time()
                result = await self._work(CHANGES, asked, "")
                asked = msgspec.structs.replace(asked, after=result.answer["cursor"])
                if result.answer["items"] or loop.time() >= end or self._gone(request):
                    return result
                while times == _times(self.desk) and loop.time() < min(end, looked + SURE_SECONDS):
                    await asyncio.sleep(LOOK_SECONDS)
                    if self._gone(request):
                        return result
        finally:
            self._waiting -= 1

    def _gone(self, request: web.Request) -> bool:
        """Return whether there is no one left to answer."""
        return self._stopping or request.transport is None or request.transport.is_closing()

    async def _describe(self, _: web.Request) -> web.StreamResponse:
        body = files("tui.api").joinpath("openapi.json").read_bytes()
        return web.Response(body=body, content_type="application/json")


def _forget(work: asyncio.Future[Result]) -> None:
    """Take the error of work that no one waits for: its client asks again."""
    if not work.cancelled():
        work.exception()


def _key_of(operation: Operation, request: web.Request) -> str:
    """Return the key of a request that changes something. Raises ProblemError."""
    if not operation.changes:
        return ""
    keys = request.headers.getall(KEY_HEADER, [])
    key = keys[0].strip().strip('"') if len(keys) == 1 else ""
    if not key or len(key) > LONGEST_KEY:
        text = words("A change needs one header Idempotency-Key, of at most {n} characters: new for each change, the "
                     "same when it is sent again.").format(n=LONGEST_KEY)  # fmt: skip
        raise ProblemError(400, words("No key"), text)
    return key


def _of_http(status: int) -> str:
    if status == web.HTTPRequestEntityTooLarge.status_code:
        return words("The request is larger than {n:,} bytes.").format(n=LARGEST_BODY)
    if status in (web.HTTPNotFound.status_code, web.HTTPMethodNotAllowed.status_code):
        return words("There is no such request; {path} lists them.").format(path=DESCRIPTION)
    return words("The request cannot be read.")


def _refused(problem: ProblemError) -> web.Response:
    headers = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "1"}}.get(problem.status, {})
    body = _json(problem.members)
    return web.Response(status=problem.status, body=body, content_type=MEDIA_TYPE, headers=headers)


def _json(value: Any) -> bytes:
    # a lone surrogate has no UTF-8; backslashreplace writes it as its JSON escape
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace")


def _times(desk: Path) -> list[tuple[int, int, int]]:
    """Return what changes when another program commits: of the file and its log, time, size and number."""
    found = []
    for path in (desk, desk.with_name(f"{desk.name}-wal")):
        try:
            held = path.stat()
        except OSError:
            continue
        found.append((held.st_mtime_ns, held.st_size, held.st_ino))
    return found

"""A running API over a desk file, and a program that speaks to it over real sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from tui.api.access_token import renew
from tui.api.http_server import ApiServer

_keys = count(1)


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: Mapping[str, str]


@dataclass
class Program:
    """Sends requests as a program does that has the token."""

    server: ApiServer
    client: ClientSession
    token: str

    async def get(self, path: str, **parameters: Any) -> Answer:
        return await self.send("GET", path, params={name: str(value) for name, value in parameters.items()})

    async def post(self, path: str, body: Any = None, *, key: str | None = None, **more: Any) -> Answer:
        headers = {"Idempotency-Key": key if key is not None else f"key {next(_keys)}"}
        return await self.send("POST", path, json=body if body is not None else {}, headers=headers, **more)

    async def send(self, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any) -> Answer:
        own = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        own = {name: value for name, value in own.items() if value}
        async with self.client.request(method, self.server.address + path, headers=own, **more) as answer:
            body = await answer.read()
            is_json = answer.content_type in ("application/json", "application/problem+json")
            return Answer(answer.status, await answer.json() if is_json and body else body, answer.headers)


@asynccontextmanager
async def served(desk: Path, **settings: Any) -> AsyncIterator[Program]:
    """Serve a desk file, with a program that has its token."""
    server, token = ApiServer(desk, **settings), renew(desk)
    await server.start()
    try:
        async with ClientSession() as client:
            yield Program(server, client, token)
    finally:
        await server.stop()

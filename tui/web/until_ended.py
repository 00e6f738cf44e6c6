"""Runs a server on this machine until the user ends it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from typing import Protocol


class Served(Protocol):
    """A server that is started and stopped."""

    async def start(self) -> None:
        """Begin to listen."""

    async def stop(self) -> None:
        """End what is open."""


async def serve(server: Served, greet: Callable[[], None]) -> None:
    """Start it, `greet` with what the user has to know, and stop it at ctrl+c, SIGTERM or a closed window."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(name, ended.set)
    await server.start()
    try:
        greet()
        await ended.wait()
    finally:
        await server.stop()

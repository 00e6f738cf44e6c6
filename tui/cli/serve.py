"""`tridesk serve`: the desk in a browser on this machine."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from data.errors import InputError
from tui.cli.common import chosen, db_option
from tui.look.words import words

if TYPE_CHECKING:
    from tui.web.server import DeskServer

PORT = 8765


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="The port; 0 for any.")
@click.option("--sessions", type=click.IntRange(1, 20), default=3, show_default=True, help="The most pages at once.")
@click.option(
    "--idle",
    type=click.IntRange(0, 1440),
    default=0,
    metavar="MINUTES",
    help="Close an unused page; 0 for never.",
)
@click.option("--demo", is_flag=True, help="Serve the demo: each page gets a new one.")
@db_option
def serve(port: int, sessions: int, idle: int, demo: bool, db: Path | None) -> None:
    """Show the desk in a browser on this machine, by a secret link; ctrl+c ends it.

    Only this machine can reach it. From another one, forward the port: ssh -L 8765:127.0.0.1:8765 HOST.
    """
    if find_spec("aiohttp") is None or find_spec("textual_serve") is None:
        raise InputError("Not installed", "The browser needs the extra: install tridesk[web].")
    import asyncio

    from tui.web.server import DeskServer

    here = [sys.executable, "-P", "-m", "tui.web.own_terminal"]
    command = [*here, "demo"] if demo else [*here, "--db", str(chosen(db).absolute())]
    asyncio.run(_serve(DeskServer(command, sessions, idle * 60, port)))


async def _serve(server: DeskServer) -> None:
    import asyncio
    import signal

    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(name, ended.set)
    await server.start()
    try:
        click.echo(words("Open this link in a browser on this machine; ctrl+c ends it."))
        click.echo(server.link)
        await ended.wait()
    finally:
        await server.stop()

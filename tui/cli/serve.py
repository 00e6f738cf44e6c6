"""`tridesk serve`: the desk in a browser on this machine."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import click

from data.errors import InputError
from tui.cli.common import chosen, db_option
from tui.look.words import words

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

    from tui.web import until_ended
    from tui.web.server import DeskServer

    here = [sys.executable, "-P", "-m", "tui.web.own_terminal"]
    command = [*here, "demo"] if demo else [*here, "--db", str(chosen(db).absolute())]
    server = DeskServer(command, sessions, idle * 60, port)

    def greet() -> None:
        click.echo(words("Open this link in a browser on this machine; ctrl+c ends it."))
        click.echo(server.link)

    asyncio.run(until_ended.serve(server, greet))

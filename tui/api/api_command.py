"""`tridesk api`: the desk for programs on this machine."""

from __future__ import annotations

from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import click

from data.errors import InputError
from data.store import Store
from tui.api.access_token import hash_file, renew
from tui.cli.common import chosen, db_option
from tui.look.words import words

PORT = 8766


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="The port; 0 for any.")
@click.option("--new-token", is_flag=True, help="Make a new token, show it and end; the old one opens nothing more.")
@db_option
def api(port: int, new_token: bool, db: Path | None) -> None:
    """Serve the desk to programs on this machine, as JSON over HTTP with a token; ctrl+c ends it.

    Requests are named after the commands and answer with the same JSON, by the same rules; nothing is shown unmasked.
    The first start makes the token and shows it, this once.
    """
    path = chosen(db).absolute()
    with closing(Store.open(path, create=False)):  # says what is wrong with it, and asks for its key
        pass
    if new_token:
        _show_token(path)
        return
    if find_spec("aiohttp") is None:
        raise InputError("Not installed", "The API needs the extra: install tridesk[api].")
    import asyncio

    from tui.api.http_server import DESCRIPTION, ApiServer
    from tui.web.until_ended import serve

    server = ApiServer(path, port)

    def greet() -> None:
        if not hash_file(server.desk).exists():
            _show_token(server.desk)
        click.echo(words("Served at {address}; {path} describes it. ctrl+c ends it.").format(
            address=f"{server.address}/v1", path=DESCRIPTION))  # fmt: skip

    asyncio.run(serve(server, greet))


def _show_token(desk: Path) -> None:
    click.echo(words("The token, shown only now: {token}").format(token=renew(desk)))

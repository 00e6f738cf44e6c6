"""`tridesk mcp`: the desk for an assistant."""

from __future__ import annotations

from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import click

from data.errors import InputError
from data.store import Store
from tui.cli.common import chosen, db_option


@click.command()
@db_option
def mcp(db: Path | None) -> None:
    """Let an assistant read masked tickets, procedures and macros, and draft replies; it sends and changes nothing.

    It speaks the Model Context Protocol on standard input and output: the assistant's program starts it.
    """
    path = chosen(db).absolute()
    with closing(Store.open(path, create=False)):  # says what is wrong with it
        pass
    if find_spec("mcp") is None:
        raise InputError("Not installed", "Assistants need the extra: install tridesk[mcp].")
    from tui.assistant.mcp_server import server_of

    server_of(path).run("stdio")

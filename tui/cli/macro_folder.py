"""The option that names the folder of an agent's own macros, and the library that goes with it."""

from __future__ import annotations

from pathlib import Path

import click

from macros.files.library import Library
from tui.setup.settings import config_folder

FOLDER = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder of your own macros, instead of the one next to your settings.",
)


def library_of(folder: Path | None) -> Library:
    """Return the built-in macros with the agent's own over them."""
    return Library.standard(folder or config_folder() / "macros")

"""The option for the folder of an agent's own macros, and the library read from it."""

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
    """Return the built-in macros, overridden by the agent's own."""
    return Library.standard(folder or config_folder() / "macros")

"""Asking before what cannot be undone: on a terminal with a question, in a script with `--yes`."""

from __future__ import annotations

import sys

import click

from data.errors import InputError
from data.safe_text import safe_line


def confirm(yes: bool, question: str) -> None:
    """Go on if the user said so. Raises InputError where no one can be asked."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise InputError("Not confirmed", f"{question} Repeat the command with --yes.")
    click.confirm(safe_line(question), abort=True)

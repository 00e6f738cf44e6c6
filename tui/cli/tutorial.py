"""`tridesk tutorial`: the first tickets, step by step, in a desk that is thrown away."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from data.errors import InputError
from tui.look.words import spoken, words


@click.command()
@click.option("--again", is_flag=True, help="Begin with the first lesson, however far it was played before.")
@click.option("--ascii", "ascii_signs", is_flag=True, help="Draw frames, signs and marks in ASCII.")
def tutorial(again: bool, ascii_signs: bool) -> int:
    """Learn the desk by playing: what to press and why, step by step, in a desk that is thrown away."""
    from tui.demo.tutorial import keep_progress, read_progress

    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM") == "dumb":
        raise InputError("No terminal", "the tutorial needs a terminal; docs/tutorial.md is the same to read.")
    if again:
        keep_progress(0)
    with TemporaryDirectory(prefix=f"tridesk-{os.getpid()}-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "desk.db"
        fill(path)
        code = _show(path, ascii_signs=ascii_signs)
    if (done := read_progress()) and not code:
        click.echo(words("Lesson {n} comes next: tridesk tutorial goes on there.").format(n=done + 1))
    return code


def fill(path: Path) -> None:
    """Make the desk of the tutorial, in the language of the interface."""
    from contextlib import closing

    from tui.demo.lessons import requests
    from tui.setup.clock import wall_clock
    from tui.setup.open_desk import open_desk

    desk = open_desk(path)
    with closing(desk.store):
        desk.receive(requests(spoken(), wall_clock()))


def _show(path: Path, *, ascii_signs: bool) -> int:
    from tui.cli.demo import AGENT
    from tui.setup import garbage

    with garbage.waiting():
        from queues.connectors.outbox_folder import OutboxFolder
        from tui.app import run_desk

        return run_desk(path, connectors=[OutboxFolder(path.parent)], demo=True, tutorial=True, agent=AGENT,
                        ascii_signs=ascii_signs)  # fmt: skip

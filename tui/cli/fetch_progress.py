"""How far a first fetch has come, in the shell: a bar on a terminal, else a line now and then."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from queues.remotes.links import Link

_STEPS = 10
"""Lines for a whole mailbox."""


class Lines:
    """Decides which steps are worth a line of their own: each tenth of a mailbox."""

    def __init__(self) -> None:
        self._said: dict[str, int] = {}

    def line(self, name: str, link: Link) -> str:
        """Return the line of a step, or the empty string."""
        step = link.done * _STEPS // max(1, link.total)
        if step == self._said.get(name):
            return ""
        self._said[name] = step
        return f"{name}: {link.done:,} of {link.total:,} fetched"


class FetchProgress:
    """Shows on standard error how much of a mailbox is there. Call it with an account's name and its link."""

    def __init__(self) -> None:
        self._lines = Lines()
        self._bar: Progress | None = None
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> FetchProgress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
        self._bar, self._tasks = None, {}

    def __call__(self, name: str, link: Link) -> None:
        """Show a step."""
        if sys.stderr.isatty():
            self._draw(name, link)
        elif line := self._lines.line(name, link):
            click.echo(line, err=True)

    def _draw(self, name: str, link: Link) -> None:
        if self._bar is None:
            self._bar = _bar()
            self._bar.start()
        if name not in self._tasks:
            self._tasks[name] = self._bar.add_task(name, total=link.total)
        self._bar.update(self._tasks[name], completed=link.done, total=link.total)


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)

"""The desk as a Textual application: themes, keys, the writer's life, and an end without anybody's words in it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.segment import Segments
from textual import events
from textual.app import App

from data.protocols import Clock
from data.store import Store
from tui.jobs import Writer
from tui.screens.desk import DeskScreen
from tui.theme import THEMES
from tui.words import words

if TYPE_CHECKING:
    from queues.desk import Desk


def wall_clock() -> int:
    """Return Unix seconds, UTC: the clock of a desk that is really used."""
    return int(time.time())


class DeskApp(App[int]):
    """Runs one `DeskScreen` over a store that only this thread reads; the writer has its own."""

    TITLE = "tridesk"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, store: Store, writer: Writer[Desk], clock: Clock, *, agent: str = "", mode: str = "") -> None:
        super().__init__()
        self.desk = DeskScreen(store, writer, clock, agent, mode)
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name

    def on_mount(self) -> None:
        """Show the desk."""
        self.push_screen(self.desk)

    def _fatal_error(self) -> None:
        """End with the places of the failure, never with local values: they may hold what customers wrote."""
        from rich.traceback import Traceback

        self.bell()
        trace = Traceback(show_locals=False, width=None, suppress=["textual"])
        self._exit_renderables.append(Segments(self.console.render(trace, self.console.options)))
        self._close_messages_no_wait()

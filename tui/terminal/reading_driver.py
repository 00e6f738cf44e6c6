"""The driver of a real terminal: parses input with `tui.terminal.input` and passes keys on with their time."""

from __future__ import annotations

import os
import selectors
from collections.abc import Sequence
from time import monotonic
from typing import Any, Protocol, cast

from textual import events
from textual.app import App
from textual.message import Message

from tui.terminal.driver import DeskDriver
from tui.terminal.input import TerminalInput

LOOK_SECONDS = 0.05
"""How often to check whether an escape was the Escape key."""


class _Fed(Protocol):
    """What the driver needs from its application."""

    def typed(self, read: Sequence[events.InputEvent | events.Paste], at: float) -> None: ...


class ReadingDriver(DeskDriver):
    """The desk's driver, with its own input thread."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self._typed: list[events.InputEvent | events.Paste] = []
        """The events of the current read: passed on together, so that the first key is not judged without the rest."""

    def run_input_thread(self) -> None:
        """Read until the application stops, or the terminal is gone."""
        source = TerminalInput()
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if not self._read(source, ready=bool(selector.select(LOOK_SECONDS))):
                    return
            if selector.select(0):  # keys typed just before the end
                self._read(source, ready=True)

    def _read(self, source: TerminalInput, *, ready: bool) -> bool:
        """Pass on the input so far; False if the terminal is gone."""
        at = monotonic()
        try:
            data = os.read(self.fileno, 4096) if ready else b""
        except OSError:
            return False
        for message in source.feed(data, at) if data else source.tick(at):
            self.process_message(message)
        if typed := self._typed:
            self._typed = []
            self.loop.call_soon_threadsafe(cast(_Fed, self.app).typed, typed, at)
        return bool(data) or not ready

    def send_message(self, message: Message) -> None:
        """Collect keys, pasted text and the mouse until the read is complete; pass on everything else at once."""
        if isinstance(message, events.InputEvent | events.Paste):
            self._typed.append(message)
        else:
            super().send_message(message)

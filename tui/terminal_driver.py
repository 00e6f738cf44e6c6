"""The driver of a real terminal: reads what it sends through `tui.terminal_input` and hands keys on with their time."""

from __future__ import annotations

import os
import selectors
from collections.abc import Iterable
from time import monotonic
from typing import Protocol, cast

from textual import events
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from tui.terminal_input import TerminalInput

LOOK_SECONDS = 0.05
"""How often it is looked whether an escape was the key."""


class _Fed(Protocol):
    """What the driver wants of its application."""

    def typed(self, event: events.InputEvent, at: float) -> None: ...


class TerminalDriver(LinuxDriver):
    """Textual's driver, but for how it reads."""

    _read_at = 0.0
    """When what is being handed on was read; all keys of one read have the same time."""

    def run_input_thread(self) -> None:
        """Read until the application wants no more, or the terminal is gone."""
        selector, source = selectors.DefaultSelector(), TerminalInput()
        selector.register(self.fileno, selectors.EVENT_READ)
        with selector:
            while not self.exit_event.is_set():
                ready = selector.select(LOOK_SECONDS)
                self._read_at = monotonic()
                if not ready:
                    self._hand_on(source.tick(self._read_at))
                    continue
                try:
                    data = os.read(self.fileno, 4096)
                except OSError:
                    return
                if not data:
                    return
                self._hand_on(source.feed(data, self._read_at))

    def send_message(self, message: Message) -> None:
        """Hand keys, pasted text and the mouse to the application one after the other, all else at once."""
        if isinstance(message, events.InputEvent):
            self._loop.call_soon_threadsafe(cast(_Fed, self._app).typed, message, self._read_at)
        else:
            super().send_message(message)

    def _hand_on(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self.process_message(message)

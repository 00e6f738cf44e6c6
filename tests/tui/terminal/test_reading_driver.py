"""The driver of a real terminal: what one read brings reaches the application in one piece."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence

from textual import events
from textual.app import App

from tui.terminal.input import TerminalInput
from tui.terminal.reading_driver import ReadingDriver


class Reader(App[None]):
    """Takes down what it is handed."""

    def __init__(self) -> None:
        super().__init__()
        self.reads: list[tuple[list[str], float]] = []

    def typed(self, read: Sequence[events.InputEvent | events.Paste], at: float) -> None:
        self.reads.append(([one.key if isinstance(one, events.Key) else type(one).__name__ for one in read], at))


async def test_all_keys_of_one_read_are_handed_on_together() -> None:
    app = Reader()
    async with app.run_test():
        ours, theirs = os.pipe()
        try:
            driver = ReadingDriver(app)
            driver.fileno = ours
            os.write(theirs, b"please\r\x1b[A\x1b[200~pasted\x1b[201~")
            assert driver._read(TerminalInput(), ready=True)
            await asyncio.to_thread(lambda: None)  # the loop has had its turn by then
        finally:
            os.close(ours)
            os.close(theirs)
    assert [keys for keys, _ in app.reads] == [[*"please", "enter", "up", "Paste"]]

"""What is on the screen while the desk is locked: nothing of the desk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.cards.base_screen import BaseScreen
from tui.lock import passphrase
from tui.look.words import words

PAUSE_SECONDS = 0.5
"""The pause after a wrong passphrase; it doubles with each further one, up to `MOST_SECONDS`."""
MOST_SECONDS = 30.0


class LockScreen(BaseScreen[None]):
    """Asks for the passphrase and calls `unlock` once it is right; without one, Enter is enough."""

    CSS_PATH = "lock_screen.tcss"

    def __init__(self, unlock: Callable[[], object]) -> None:
        super().__init__()
        self._unlock = unlock
        self._wrong = 0
        self._line = Input(password=True, compact=True, select_on_focus=False)
        self._message = Static("", markup=False)

    def compose(self) -> ComposeResult:
        """One line to type in, in the middle."""
        asks = passphrase.is_set()
        with Vertical(id="lock"):
            yield Static(Content(words("The desk is locked.")), markup=False)
            yield Static(
                Content(words("Type the passphrase and press Enter.") if asks else words("Enter shows it again.")),
                markup=False,
            )
            yield self._line
            yield self._message

    def on_mount(self) -> None:
        """Type at once."""
        self._line.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Compare it in a thread, so that the screen goes on."""
        event.stop()
        if not self._line.disabled:
            self._line.disabled = True
            self.run_worker(self._try(event.value), exit_on_error=False)

    async def _try(self, typed: str) -> None:
        if await asyncio.to_thread(passphrase.matches, typed):
            self._unlock()
            return
        self._message.update(Content(words("That is not the passphrase.")))
        await asyncio.sleep(min(MOST_SECONDS, PAUSE_SECONDS * 2**self._wrong))
        self._wrong += 1
        self._line.value = ""
        self._line.disabled = False
        self._line.focus()

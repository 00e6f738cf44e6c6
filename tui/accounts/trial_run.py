"""Testing an account in a background thread: nothing waits for it, not even the end of the program."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING, Any, Protocol

from textual.screen import Screen

from data.errors import DeskError
from tui.look.words import translated, words

if TYPE_CHECKING:
    from queues.accounts.forms import Remote
    from tui.accounts.setup import AccountSetup


class Show(Protocol):
    """Shows a one-line message on the card."""

    def __call__(self, sentence: str, *, good: bool) -> None:
        """`good` is False for an error."""


class TrialRun:
    """Tests one account at a time for a card; a cancelled test shows nothing."""

    def __init__(self, card: Screen[Any], setup: AccountSetup, show: Show) -> None:
        self._card, self._setup, self._show = card, setup, show
        self._running = 0
        """The number of the running test, 0 for none."""
        self._begun = 0

    @property
    def running(self) -> bool:
        """A test is running."""
        return bool(self._running)

    def begin(self, account: Remote, typed: str = "") -> None:
        """Log in to the account in a thread of its own."""
        self._begun += 1
        self._running = self._begun
        self._show(words("Trying {name}… Esc cancels").format(name=account.name), good=True)
        # a daemon: a server that never answers must not hold up leaving the program
        Thread(target=self._try, args=(self._running, account, typed), daemon=True).start()

    def forget(self) -> None:
        """Discard the result of the running test."""
        self._running = 0

    def end(self) -> bool:
        """Cancel; return whether a test was running."""
        was = self.running
        self.forget()
        if was:
            self._show(words("Cancelled."), good=False)
        return was

    def _try(self, number: int, account: Remote, typed: str) -> None:
        try:
            answer = self._setup.try_out(account, typed)
            sentence, good = words("{name} works.").format(name=account.name), True
            sentence += f" ({answer})" if answer else ""
        except DeskError as error:
            sentence, good = translated(error.message), False
        except Exception as error:  # the last resort of this thread: the form stays open
            sentence, good = words("Internal error ({kind}).").format(kind=type(error).__name__), False
        try:
            self._card.app.call_later(self._tried, number, sentence, good)
        except RuntimeError:
            return  # the program has ended in the meantime

    def _tried(self, number: int, sentence: str, good: bool) -> None:
        if number == self._running:
            self._running = 0
            self._show(sentence, good=good)

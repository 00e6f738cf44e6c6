"""Trying an account beside the screen: a thread that nobody has to wait for, not even who leaves the program."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING, Generic

from textual.screen import ScreenResultType

from data.errors import DeskError
from tui.cards.base_card import BaseCard
from tui.look.words import words

if TYPE_CHECKING:
    from queues.accounts.forms import Remote
    from tui.accounts.setup import AccountSetup


class Trying(BaseCard[ScreenResultType], Generic[ScreenResultType]):
    """Tries one account at a time; Esc waits no longer, and what then comes of it is told to nobody."""

    setup: AccountSetup
    trying = 0
    """The number of the trial under way, 0 for none."""
    _trials = 0

    def told(self, sentence: str, *, good: bool) -> None:
        """Show what came of the trial, or that it goes on."""
        raise NotImplementedError

    def begin_trial(self, one: Remote, typed: str = "") -> None:
        """Log in to the account in a thread of its own."""
        self._trials += 1
        self.trying = self._trials
        self.told(words("Trying {name}… Esc waits no longer").format(name=one.name), good=True)
        # a daemon: a server that never answers must not hold up leaving the program
        Thread(target=self._try, args=(self.trying, one, typed), daemon=True).start()

    def end_trial(self) -> bool:
        """Wait no longer; tell whether a trial was under way."""
        was, self.trying = self.trying, 0
        if was:
            self.told(words("Not waited for."), good=False)
        return bool(was)

    def _try(self, number: int, one: Remote, typed: str) -> None:
        try:
            found = self.setup.try_out(one, typed)
            sentence, good = words("{name} works.").format(name=one.name), True
            sentence += f" ({found})" if found else ""
        except DeskError as error:
            sentence, good = error.message, False
        except Exception as error:  # the border of this thread: the form stays
            sentence, good = words("A fault of the program itself ({kind}).").format(kind=type(error).__name__), False
        try:
            self.app.call_later(self._tried, number, sentence, good)
        except RuntimeError:
            return  # the program has ended meanwhile

    def _tried(self, number: int, sentence: str, good: bool) -> None:
        if number == self.trying:
            self.trying = 0
            self.told(sentence, good=good)

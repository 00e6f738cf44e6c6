"""Locking the desk by a key or after some time without one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import monotonic

from tui.context.desk_context import DeskContext
from tui.context.hooks import Act
from tui.context.part import Part
from tui.lock import passphrase
from tui.lock.lock_screen import LockScreen


class Lock(Part):
    """`f12` hides the desk at once, whatever is open over it."""

    def __init__(self, desk: DeskContext) -> None:
        super().__init__(desk)
        self.locked = False
        self._last = monotonic()
        self._later: list[Callable[[], object]] = []

    def actions(self) -> Mapping[str, Act]:
        """Lock."""
        return {"desk.lock": self.lock}

    def touched(self) -> None:
        """Note that the agent pressed a key or moved the mouse."""
        self._last = monotonic()

    @property
    def idle_seconds(self) -> float:
        """How long ago that was."""
        return monotonic() - self._last

    def look_at_idle(self) -> None:
        """Lock after the time of the settings, if there is a passphrase to open it with."""
        seconds = self.desk.ways.lock_seconds
        if seconds and not self.locked and self.idle_seconds >= seconds and passphrase.is_set():
            self.lock()

    def lock(self) -> None:
        """Hide everything; what is open stays as it is, and what comes meanwhile waits."""
        if self.locked:
            return
        self.desk.app.clear_notifications()
        self.desk.app.push_screen(LockScreen(self._unlock))
        self.locked = True

    def after(self, act: Callable[[], object]) -> None:
        """Run `act`, which changes what is on top, once the desk is unlocked."""
        self._later.append(act)

    def _unlock(self) -> None:
        self.locked = False
        self.touched()
        self.desk.app.pop_screen()
        self.desk.app.call_after_refresh(self._run_later)  # a card that answered meanwhile closes first

    def _run_later(self) -> None:
        later, self._later = self._later, []
        for act in later:
            act()

"""Quitting the desk once everything is saved, and going back to the shell for a while."""

from __future__ import annotations

from collections.abc import Mapping

from tui.context.hooks import Act
from tui.context.part import Part


class Quit(Part):
    """`ctrl+q` leaves, `ctrl+z` suspends."""

    def actions(self) -> Mapping[str, Act]:
        """Quit and suspend."""
        return {"desk.quit": self.quit, "desk.suspend": self._suspend}

    async def _suspend(self) -> None:
        """Stop as a program does that the shell suspends; replies that wait leave only after `fg`."""
        await self.desk.settled()
        self.desk.app.action_suspend_process()

    async def quit(self) -> None:
        """Quit, unless the agent has to look at something first."""
        if await self.all_kept():
            self.desk.app.exit(0)

    async def all_kept(self) -> bool:
        """Save everything; False if the agent has to look at something first."""
        for keep in self.desk.hooks.before_quitting:
            if not await keep():
                return False
        return True

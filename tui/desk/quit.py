"""Leaving the desk once all that must be kept is in the file."""

from __future__ import annotations

from collections.abc import Mapping

from tui.context.hooks import Act
from tui.context.part import Part


class Quit(Part):
    """`ctrl+q` leaves."""

    def actions(self) -> Mapping[str, Act]:
        """Quit."""
        return {"desk.quit": self.quit}

    async def quit(self) -> None:
        """Leave, unless the agent has to look at something first."""
        if await self.all_kept():
            self.desk.app.exit(0)

    async def all_kept(self) -> bool:
        """Keep what must be kept; False where the agent has to look at something first."""
        for keep in self.desk.hooks.before_quitting:
            if not await keep():
                return False
        return True

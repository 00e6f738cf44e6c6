"""Quitting the desk once everything is saved."""

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
        """Quit, unless the agent has to look at something first."""
        if await self.all_kept():
            self.desk.app.exit(0)

    async def all_kept(self) -> bool:
        """Save everything; False if the agent has to look at something first."""
        for keep in self.desk.hooks.before_quitting:
            if not await keep():
                return False
        return True

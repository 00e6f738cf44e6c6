"""The help: every action and its keys, those that can be used now first."""

from __future__ import annotations

from collections.abc import Mapping

from tui.context.desk_context import DeskContext
from tui.context.hooks import Act
from tui.context.part import Part
from tui.keys.actions import BY_ID
from tui.palette.running import Running
from tui.palette.whereabouts import Whereabouts


class Help(Part):
    """`?` shows every key."""

    def __init__(self, desk: DeskContext, whereabouts: Whereabouts, running: Running) -> None:
        super().__init__(desk)
        self._whereabouts, self._running = whereabouts, running

    def actions(self) -> Mapping[str, Act]:
        """Help."""
        return {"desk.help": self._help}

    def _help(self) -> None:
        """Show every action and its keys, in any scope; Enter runs the selected action if it is available here."""
        from tui.cards.pick_list import PickList
        from tui.keys.help_lines import INDENT
        from tui.palette.action_entries import help_lines

        async def chosen(action_id: str | None) -> None:
            action = BY_ID.get(action_id or "")
            if action is not None:
                await self._running.run(action)

        self.desk.push_screen(
            PickList(help_lines(self.desk.keys, self._whereabouts.situation()), indent=INDENT), chosen
        )

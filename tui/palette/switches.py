"""Settings of the screen that are on or off: chosen on the screen, kept in `config.toml`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from data.errors import InputError
from tui.context.desk_context import DeskContext
from tui.context.hooks import Act
from tui.context.part import Part
from tui.look.words import words


class Switches(Part):
    """Signs in ASCII, and the mouse."""

    def __init__(self, desk: DeskContext, use_ascii: Callable[[bool], None]) -> None:
        """`use_ascii` draws in ASCII from now on, or no longer."""
        super().__init__(desk)
        self._use_ascii = use_ascii

    def actions(self) -> Mapping[str, Act]:
        """The switches."""
        return {"desk.ascii": self._ascii, "desk.mouse": self._mouse}

    async def _ascii(self) -> None:
        from tui.setup.settings import load

        try:
            on = not load().settings.ascii
            await self._keep("ascii", on or None)
        except InputError as error:
            self.desk.refused(error)
            return
        self._use_ascii(on)
        self.desk.say(words("Signs are in ASCII.") if on else words("Signs are drawn with all characters."))

    async def _mouse(self) -> None:
        from tui.setup.settings import load

        try:
            on = not load().settings.mouse
            await self._keep("mouse", None if on else False)
        except InputError as error:
            self.desk.refused(error)
            return
        self.desk.say(
            words("From the next start on, the screen takes the mouse.")
            if on
            else words("From the next start on, the mouse is the terminal's.")
        )

    async def _keep(self, name: str, value: bool | None) -> None:
        from tui.setup.config_file import change_settings
        from tui.setup.settings import config_folder

        await asyncio.to_thread(change_settings, config_folder(), {name: value})

"""The help and the palette: every action by name, found by a few letters and run if it is available here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from tui.context.desk_context import DeskContext
from tui.context.hooks import Act
from tui.context.part import Part
from tui.keys.actions import BY_ID, Scope
from tui.keys.help_lines import INDENT, PLACES, help_lines, palette_lines
from tui.look.words import words
from tui.replying.composer_place import ComposerPlace


class HelpAndPalette(Part):
    """`?` shows every key, `:` finds an action."""

    def __init__(self, desk: DeskContext, writing: ComposerPlace, act: Callable[[str], Awaitable[None]]) -> None:
        """`act` runs an action of the desk by its id."""
        super().__init__(desk)
        self.writing, self._act = writing, act

    def actions(self) -> Mapping[str, Act]:
        """Help and palette."""
        return {"desk.help": self._help, "desk.palette": self._palette}

    def _help(self) -> None:
        """Show every action and its keys, in any scope; Enter runs the selected action if it is available here."""
        self._pick_action(help_lines(self.desk.keys))

    def _palette(self) -> None:
        """Find an action of the focused widget by its name."""
        here = [Scope.COMPOSER, Scope.LIST] if self.writing.is_open else [Scope.LIST]
        self._pick_action(palette_lines(self.desk.keys, here))

    def _pick_action(self, lines: list[tuple[str, str]]) -> None:
        from tui.cards.pick_list import PickList

        async def chosen(action_id: str | None) -> None:
            action = BY_ID.get(action_id or "")
            if action is None:
                return
            if action.scope is Scope.LIST:
                await self._act(action.id)
            elif action.scope is Scope.COMPOSER and self.writing.composer is not None and self.writing.is_open:
                await self.writing.composer.run_action(action.run)
            else:
                place, keys = words(PLACES[action.scope]), self.desk.keys.shown(action.id)
                self.desk.say(
                    words("{place}: {keys} {title}").format(place=place, keys=keys, title=words(action.title))
                )

        self.desk.push_screen(PickList(lines, indent=INDENT), chosen)

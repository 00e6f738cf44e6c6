"""Runs an action that was chosen by its name, wherever its keys apply."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tui.context.desk_context import DeskContext
from tui.context.tips import Tips
from tui.keys.actions import Action, Scope
from tui.keys.help_lines import PLACES
from tui.look.words import words
from tui.replying.composer_place import ComposerPlace


class Running:
    """Knows the desk's own actions and the composer's."""

    def __init__(
        self, desk: DeskContext, writing: ComposerPlace, tips: Tips, act: Callable[[str], Awaitable[None]]
    ) -> None:
        """`act` runs an action of the desk by its id."""
        self._desk, self._writing, self._tips, self._act = desk, writing, tips, act

    async def run(self, action: Action) -> None:
        """Run an action if that is possible here, else say where its keys apply."""
        if action.scope is Scope.LIST:
            self._tips.done_without_key(action.id)
            await self._act(action.id)
        elif action.scope is Scope.COMPOSER and self._writing.composer is not None and self._writing.is_open:
            self._tips.done_without_key(action.id)
            await self._writing.composer.run_action(action.run)
        else:
            place, keys = words(PLACES[action.scope]), self._desk.keys.shown(action.id)
            self._desk.say(words("{place}: {keys} {title}").format(place=place, keys=keys, title=words(action.title)))

"""Gives actions other keys on the screen: clashes are shown, the settings file is written, and it applies at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial

from data.errors import InputError
from tui.context.desk_context import DeskContext
from tui.context.hooks import Act
from tui.context.part import Part
from tui.keys import rebinding
from tui.keys.actions import BY_ID, Scope, of_scope
from tui.keys.help_lines import INDENT, PLACES, line_of
from tui.keys.key_names import shown
from tui.keys.keymap import Keymap, keymap_from
from tui.look.words import translated, words

UNDO, PRESET, RESET = "undo:", "preset:", "reset:"
"""Lines of the list that are no actions."""


class ChangeKeys(Part):
    """Lists the actions with their keys; Enter asks for a new key."""

    def __init__(self, desk: DeskContext, apply: Callable[[Keymap], None]) -> None:
        """`apply` makes a keymap count at once."""
        super().__init__(desk)
        self._apply = apply
        self._before: list[tuple[dict[str, str], str]] = []
        """The settings before each change of this session: bound keys and preset."""

    def actions(self) -> Mapping[str, Act]:
        """Change keys."""
        return {"desk.keys": self._list}

    def _list(self) -> None:
        """List every action, under its place."""
        from tui.cards.pick_list import PickList

        try:
            bound, preset = self._settings()
        except InputError as error:
            self.desk.refused(error)
            return
        keymap = self.desk.keys
        lines = [(PRESET, words("preset: {name}").format(name=preset))]
        lines += [(UNDO, words("undo the last change"))] if self._before else []
        lines += [(RESET, words("all keys as in the preset {name}").format(name=preset))] if bound else []
        for scope in Scope:
            lines += [("", words(PLACES[scope])), *((action.id, line_of(action, keymap)) for action in of_scope(scope))]
        hint = words("type to filter; Enter changes the key · Esc back")
        self.desk.push_screen(PickList(lines, hint, indent=INDENT), partial(self._chosen, bound, preset))

    async def _chosen(self, bound: dict[str, str], preset: str, chosen: str | None) -> None:
        if chosen == PRESET:
            self._choose_preset(bound, preset)
        elif chosen == RESET:
            await self._keep({}, preset, words("All keys are those of the preset {name}.").format(name=preset))
        elif chosen == UNDO:
            (bound, preset) = self._before.pop()
            await self._keep(bound, preset, words("The last change of keys is undone."), again=True)
        elif chosen:
            self._ask(bound, preset, chosen)

    def _ask(self, bound: dict[str, str], preset: str, action_id: str) -> None:
        """Have a new key pressed for an action."""
        from tui.cards.new_key import Judged, NewKey, NewKeys

        action = BY_ID[action_id]

        def judge(keys: str) -> Judged:
            if wrong := rebinding.usable(action_id, keys):
                return Judged(translated(wrong), refused=True)
            conflicts = rebinding.clashes(bound, preset, action_id, keys)
            names = ", ".join(f"{words(clash.action.title)} ({shown(clash.keys)})" for clash in conflicts)
            refused = not all(clash.same for clash in conflicts)
            return Judged(words("Clashes with {names}.").format(names=names) if conflicts else "", refused=refused)

        async def pressed(new: NewKeys | None) -> None:
            if new is None:
                self._list()
                return
            try:
                if new.reset:
                    changed = rebinding.reset(bound, preset, action_id)
                else:
                    changed = rebinding.rebound(bound, preset, action_id, new.keys, add=new.add, take=True)
            except InputError as error:
                self.desk.refused(error)
                return
            keys = keymap_from(changed, preset).shown(action_id) or words("no key")
            await self._keep(changed, preset, words("{title}: {keys}").format(title=words(action.title), keys=keys))

        title = words("New key for: {title}").format(title=words(action.title))
        current = self.desk.keys.shown(action_id)
        self.desk.push_screen(NewKey(title, current, judge, sequences=action.scope is Scope.LIST), pressed)

    def _choose_preset(self, bound: dict[str, str], preset: str) -> None:
        from tui.cards.key_menu import KeyMenu, Line
        from tui.keys.presets import PRESETS

        lines = [Line(str(n), name, name) for n, name in enumerate(PRESETS, 1)]

        async def chosen(name: str | None) -> None:
            if name and name != preset:
                await self._keep({}, name, words("All keys are those of the preset {name}.").format(name=name))

        note = words("Your own keys are given up · Esc leaves") if bound else ""
        self.desk.push_screen(KeyMenu(words("Which preset?"), lines, note), chosen)

    async def _keep(self, bound: dict[str, str], preset: str, said: str, *, again: bool = False) -> None:
        """Write the settings, apply them and say so; on an error nothing changes."""
        from tui.setup.config_file import change_settings
        from tui.setup.settings import config_folder

        try:
            keymap, before = keymap_from(bound, preset), self._settings()
            wanted = None if preset == "default" else preset
            path = await asyncio.to_thread(change_settings, config_folder(), {"preset": wanted}, bound)
        except InputError as error:
            self.desk.refused(error)
            return
        if not again:
            self._before.append(before)
        self._apply(keymap)
        self.desk.say(f"{said} · {words('saved in {path}').format(path=path)}")
        self._list()

    def _settings(self) -> tuple[dict[str, str], str]:
        from tui.setup.settings import load

        settings = load().settings
        return dict(settings.keys), settings.preset

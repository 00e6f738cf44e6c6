"""Textual's bindings of a scope, derived from the registry; `App.set_keymap(keymap.textual())` rebinds them."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from tui.keys.actions import Scope, of_scope
from tui.keys.keymap import single
from tui.look.words import words


def bindings(scope: Scope) -> list[BindingType]:
    """Return a binding for each action of `scope` with a single key; `tui.keys.keymap.Leader` handles the rest."""
    return [
        Binding(
            ",".join(single(action.keys)),
            action.run,
            words(action.title),
            id=action.id,
            tooltip=words(action.tooltip),
            show=action.footer,
        )
        for action in of_scope(scope)
        if single(action.keys)
    ]

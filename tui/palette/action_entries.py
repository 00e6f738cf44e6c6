"""The actions of the registry as entries of the palette and as lines of the help: what can be done now comes first."""

from __future__ import annotations

from collections.abc import Sequence

from tui.keys.actions import ACTIONS, Action, Scope, of_scope
from tui.keys.help_lines import PLACES, line_of
from tui.keys.keymap import Keymap
from tui.look.words import words
from tui.palette.entries import Entry, Kind
from tui.palette.matching import searchable
from tui.palette.possible import Situation, first_of, possible, scopes

SETTINGS = frozenset({"desk.keys", "desk.ascii", "desk.mouse", "desk.theme", "desk.account", "desk.shift_bar"})
"""Actions that are settings of the screen."""


def action_entries(keymap: Keymap, now: Situation, kind: Kind) -> list[Entry]:
    """Return the actions, or those that are settings, of the places whose keys apply now."""
    wanted = [action for action in _in_order(now) if (action.id in SETTINGS) == (kind is Kind.SETTING)]
    return [
        Entry(
            kind,
            action.id,
            words(action.title),
            words(action.tooltip),
            keymap.shown(action.id),
            possible=possible(action, now),
            changes=action.changes,
            words=searchable(words(action.title), words(action.tooltip), action.title, action.id),
        )
        for action in wanted
    ]


def help_lines(keymap: Keymap, now: Situation) -> list[tuple[str, str]]:
    """Return id and line of every action, under headings without an id: the places whose keys apply now come first.

    What cannot be done now is at the end of its place.
    """
    near = scopes(now)
    lines: list[tuple[str, str]] = []
    for scope in [*near, *(scope for scope in Scope if scope not in near)]:
        actions = _sorted(of_scope(scope), now) if scope in near else of_scope(scope)
        lines += [("", words(PLACES[scope])), *((action.id, line_of(action, keymap)) for action in actions)]
    return lines


def _in_order(now: Situation) -> list[Action]:
    near = scopes(now)
    return _sorted([action for scope in near for action in ACTIONS if action.scope is scope], now)


def _sorted(actions: Sequence[Action], now: Situation) -> list[Action]:
    """Return what can be done first: of it, what the footer names before the rest."""
    first = first_of(now)
    return sorted(
        actions,
        key=lambda action: (
            not possible(action, now),
            first.index(action.id) if action.id in first else len(first),
        ),
    )

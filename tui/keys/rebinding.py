"""Gives an action other keys: what clashes, and the settings that say so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from data.errors import InputError
from tui.keys import key_names
from tui.keys.actions import BY_ID, Action, of_scope
from tui.keys.keymap import Bound, keymap_from


@dataclass(frozen=True, slots=True)
class Clash:
    """Another action that has a key already."""

    action: Action
    keys: str
    same: bool
    """It is the same key and can be taken; else one is the beginning of the other's sequence."""


def clashes(bound: Mapping[str, Bound], preset: str, action_id: str, keys: str) -> list[Clash]:
    """Return the actions that stand in the way of a key or sequence for an action."""
    keymap = keymap_from(bound, preset)
    return [
        Clash(other, taken, same=taken == keys)
        for other in of_scope(BY_ID[action_id].scope)
        for taken in keymap.of(other.id)
        if other.id != action_id and (f"{taken} ".startswith(f"{keys} ") or f"{keys} ".startswith(f"{taken} "))
    ]


def rebound(
    bound: Mapping[str, str], preset: str, action_id: str, keys: str, *, add: bool = False, take: bool = False
) -> dict[str, str]:
    """Return the settings in which an action has a key or sequence, besides its other keys if `add`; empty for none.

    With `take` another action loses that key. Raises InputError for a key that cannot be used, and for a clash.
    """
    before = keymap_from(bound, preset)
    wanted = [*(before.of(action_id) if add else ()), *([keys] if keys else [])]
    new = dict(bound)
    if take:
        for clash in clashes(bound, preset, action_id, keys):
            if clash.same:
                new[clash.action.id] = written(key for key in before.of(clash.action.id) if key != keys)
    new[action_id] = written(wanted)
    keymap_from(new, preset)
    return without_defaults(new, preset)


def reset(bound: Mapping[str, str], preset: str, action_id: str) -> dict[str, str]:
    """Return the settings in which an action has the keys of the preset. Raises InputError if another has them."""
    new = {name: value for name, value in bound.items() if name != action_id}
    keymap_from(new, preset)
    return new


def without_defaults(bound: Mapping[str, str], preset: str) -> dict[str, str]:
    """Return the settings without those that say what the preset says."""
    base, keymap = keymap_from({}, preset), keymap_from(bound, preset)
    return {name: value for name, value in bound.items() if keymap.of(name) != base.of(name)}


def written(keys: Iterable[str]) -> str:
    """Return keys as settings have them: names, separated by commas."""
    return ",".join(keys)


def usable(action_id: str, keys: str) -> str:
    """Return why an action cannot have a key, empty if it can."""
    try:
        for key in keys.split():
            key_names.normal(key)
        keymap_from({**dict.fromkeys(BY_ID, ""), action_id: keys})
    except InputError as error:
        return error.message
    return ""

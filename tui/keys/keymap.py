"""The keys of each action: the registry's, overridden by a preset, overridden by the settings; and key sequences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from data.errors import InputError
from tui.keys import key_names
from tui.keys.actions import ACTIONS, BY_ID, Action, Scope, of_scope
from tui.keys.presets import PRESETS

Bound = str | Sequence[str]
"""What settings assign to an action: a key, a sequence, several separated by commas, or a list of those."""


@dataclass(frozen=True, slots=True)
class Keymap:
    """The keys of every action. Built by `keymap_from`, which has checked it."""

    keys: Mapping[str, tuple[str, ...]]

    def of(self, action_id: str) -> tuple[str, ...]:
        """Return the keys and sequences of an action; the first is the one to show."""
        return self.keys[action_id]

    def shown(self, action_id: str) -> str:
        """Return an action's keys as people write them, with spaces between."""
        return " ".join(key_names.shown(keys) for keys in self.keys[action_id])

    def textual(self) -> dict[str, str]:
        """Return the argument of Textual's `set_keymap`: the single keys of each rebound action."""
        return {
            action.id: ",".join(single(self.keys[action.id]))
            for action in ACTIONS
            if self.keys[action.id] != action.keys
        }


def single(keys: Sequence[str]) -> tuple[str, ...]:
    """Return the keys that are not sequences."""
    return tuple(key for key in keys if " " not in key)


def keymap_from(bound: Mapping[str, Bound] | None = None, preset: str = "default") -> Keymap:
    """Return the keymap of a preset, overridden by the settings' own keys.

    Raises `InputError` for an unknown preset, action or key, a composer key that types, two actions on one key.
    """
    if preset not in PRESETS:
        raise InputError("Unknown preset", f"There is no keymap {preset!r}; choose from {', '.join(PRESETS)}.")
    keys = {action.id: action.keys for action in ACTIONS} | dict(PRESETS[preset])
    for action_id, value in (bound or {}).items():
        known = _known(action_id)
        keys[known] = _parse(known, value)
    for scope in Scope:
        _refuse_clashes(scope, keys)
    return Keymap(keys)


def _known(action_id: str) -> str:
    if action_id in BY_ID:
        return action_id
    near = get_close_matches(action_id, BY_ID, 1)
    hint = f"did you mean {near[0]!r}?" if near else "`tridesk keys` lists them all."
    raise InputError("Unknown action", f"[keys]: there is no action {action_id!r}; {hint}")


def _parse(action_id: str, value: Bound) -> tuple[str, ...]:
    written = value.split(",") if isinstance(value, str) and value.strip() != "," else list(value)
    parsed: list[str] = []
    for keys in filter(str.strip, written):
        try:
            parsed.append(" ".join(key_names.normal(key) for key in keys.split()))
        except InputError as error:
            raise InputError(error.title, f"[keys] {action_id}: {error.message}") from None
        if BY_ID[action_id].scope is not Scope.LIST and (" " in parsed[-1]):
            raise InputError("Unusable key", f"[keys] {action_id}: only the lists know sequences such as {keys!r}.")
        if BY_ID[action_id].scope is Scope.COMPOSER and key_names.types(parsed[-1]):
            raise InputError("Unusable key", f"[keys] {action_id}: {keys!r} types a character in the composer.")
    return tuple(dict.fromkeys(parsed))


def _refuse_clashes(scope: Scope, keys: Mapping[str, tuple[str, ...]]) -> None:
    """Raise InputError if two actions share a key, or if a key is the start of another action's sequence."""
    taken: dict[str, str] = {}
    for action in of_scope(scope):
        for wanted in keys[action.id]:
            for other, owner in taken.items():
                if wanted == other or f"{wanted} ".startswith(f"{other} ") or f"{other} ".startswith(f"{wanted} "):
                    raise InputError(
                        "Keys clash",
                        f"[keys]: {wanted!r} of {action.id} clashes with {other!r} of {owner}; rebind one of them.",
                    )
            taken[wanted] = action.id


@dataclass(frozen=True, slots=True)
class Pressed:
    """The effect of a key: whether a sequence consumed it, and the action that is now complete."""

    taken: bool
    action: Action | None = None


class Leader:
    """Follows sequences such as `g g`. Feed it the keys pressed outside text fields before anything else sees them."""

    def __init__(self, keymap: Keymap) -> None:
        self._actions = {keys: action for action in of_scope(Scope.LIST) for keys in self._own(keymap, action)}
        self.pending = ""
        """The keys of a sequence pressed so far, for the footer."""

    def press(self, key: str) -> Pressed:
        """Consume or reject a key. A key that breaks a sequence ends it and is ignored: `g e` solves nothing."""
        sequence = f"{self.pending} {key}".strip()
        begun, self.pending = bool(self.pending), ""
        if sequence in self._actions:
            return Pressed(True, self._actions[sequence])
        if any(keys.startswith(f"{sequence} ") for keys in self._actions):
            self.pending = sequence
            return Pressed(True)
        return Pressed(begun)

    def begins(self, key: str) -> bool:
        """Return whether a key would start or continue a sequence without completing an action."""
        sequence = f"{self.pending} {key}".strip()
        return any(keys.startswith(f"{sequence} ") for keys in self._actions)

    def cancel(self) -> None:
        """Forget a started sequence, as when the focus moves."""
        self.pending = ""

    @staticmethod
    def _own(keymap: Keymap, action: Action) -> list[str]:
        """Sequences, and single keys of actions without a default key: Textual has no binding for those."""
        keys = keymap.of(action.id)
        return [key for key in keys if " " in key or not single(action.keys)]

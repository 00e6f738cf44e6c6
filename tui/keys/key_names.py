"""Textual's names of keys, without importing Textual: scripts check settings too."""

from __future__ import annotations

import unicodedata

from data.errors import InputError

_SHORT = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
_SIGNS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~¿¡"
_EDITING = ("enter", "escape", "tab", "space", "backspace", "delete", "insert")
_MOVING = ("home", "end", "pageup", "pagedown", "up", "down", "left", "right")
NAMED = frozenset((*_EDITING, *_MOVING, *(f"f{n}" for n in range(1, 13))))
"""Keys that have a name instead of a character."""

# Terminals send these as another key: ctrl+h is backspace, ctrl+i tab, ctrl+j and ctrl+m enter.
_NEVER_SENT = {"ctrl+h": "backspace", "ctrl+i": "tab", "ctrl+j": "enter", "ctrl+m": "enter"}


def of_character(character: str) -> str:
    """Return the name of the key that types `character`: `a`, `ñ`, `full_stop`."""
    if character == " " or character.isalnum():
        return "space" if character == " " else character
    name = unicodedata.name(character, character).lower().replace("-", "_").replace(" ", "_")
    return _SHORT.get(name, name)


_NAMES_OF_SIGNS = {of_character(sign): sign for sign in _SIGNS}


def normal(key: str) -> str:
    """Return the canonical name of a key that a person wrote (`.`, `Ctrl+S`, `question_mark`).

    Raises `InputError` for a key that does not exist or that terminals cannot send.
    """
    if len(key) == 1:
        return of_character(key)
    written = key.lower()
    if written in NAMED or written in _NAMES_OF_SIGNS:
        return written
    *modifiers, base = written.split("+")
    if written in _NEVER_SENT:
        raise InputError("Unusable key", f"A terminal sends {key!r} as {_NEVER_SENT[written]!r}; choose another key.")
    if "alt" in modifiers:
        raise InputError("Unusable key", f"Many terminals send {key!r} as another character; choose a key without alt.")
    letter = len(base) == 1 and base.isascii() and base.isalnum()
    if modifiers and set(modifiers) <= {"ctrl", "shift"} and (base in NAMED or ("ctrl" in modifiers and letter)):
        return "+".join([*sorted(set(modifiers)), base])
    raise InputError("Unknown key", f"There is no key {key!r}; write one such as 'e', 'ctrl+e', 'f5' or 'g e'.")


def types(key: str) -> bool:
    """Return whether a key types a character, so that it cannot be bound in text fields."""
    return len(key) == 1 or key == "space" or key in _NAMES_OF_SIGNS


def shown(keys: str) -> str:
    """Return a key or a sequence as people write it: `.`, `^s`, `gg`, `Esc`."""
    return "".join(_shown(key) for key in keys.split())


def _shown(key: str) -> str:
    arrows = {"up": "↑", "down": "↓", "left": "←", "right": "→"}
    if key in arrows:
        return arrows[key]
    if key in _NAMES_OF_SIGNS:
        return _NAMES_OF_SIGNS[key]
    if key.startswith("ctrl+"):
        return "^" + _shown(key.removeprefix("ctrl+"))
    return {"escape": "Esc", "enter": "Enter", "space": "Space", "tab": "Tab"}.get(key, key)

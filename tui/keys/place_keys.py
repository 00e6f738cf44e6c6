"""The keys that matter at each place of the desk, from the registry: what the footer shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tui.keys.actions import BY_ID
from tui.keys.keymap import Keymap
from tui.look.words import words

DIGITS = "macro.slot_1"
"""Stands for all digits."""
UNDO = "desk.undo"


class Place(StrEnum):
    """Where the agent is."""

    LIST = "list"
    SELECTED = "selected"
    TICKET = "ticket"
    GUIDED = "guided"
    """In a ticket with a procedure."""
    STEPS = "steps"
    COMPOSER = "composer"
    LINE = "line"
    """On a line of the desk that takes text: a search, or what a step asks for."""


KEYS: dict[Place, tuple[str, ...]] = {
    Place.LIST: ("ticket.view", DIGITS, "ticket.urgent", "ticket.solve", "find.filter", "desk.help"),
    Place.SELECTED: (DIGITS, "ticket.solve", "ticket.pending", "select.toggle", "nav.back", "desk.help"),
    Place.TICKET: (DIGITS, "ticket.reply", "ticket.solve", "ticket.urgent", "nav.back", "desk.help"),
    Place.GUIDED: ("procedure.step", DIGITS, "ticket.reply", "ticket.solve", "nav.back", "desk.help"),
    Place.STEPS: ("step.confirm", "step.choose_1", "step.take_back", "step.next", "step.leave"),
    Place.COMPOSER: ("composer.send", "composer.next_hole", "composer.toggle_note", "composer.leave"),
}  # fmt: skip
"""The actions of each place, the most important first."""


@dataclass(frozen=True, slots=True)
class Hint:
    """One key of the footer."""

    action: str
    key: str
    title: str


def hints(place: Place, keys: Keymap, undo: str = "") -> list[Hint]:
    """Return the keys to show at a place; `undo` says what the key for it takes back, empty if there is nothing."""
    if place is Place.LINE:
        return [Hint("", "Enter", words("Take it")), Hint("", "Esc", words("Leave"))]
    shown = [Hint(action, _key(action, keys), _title(action)) for action in KEYS[place]]
    first = [Hint(UNDO, _key(UNDO, keys), undo)] if undo and place is not Place.COMPOSER else []
    return [*first, *(hint for hint in shown if hint.key)]


def fitting(shown: Sequence[Hint], width: int) -> list[Hint]:
    """Return as many as fit in `width` cells, leaving out from the end but for the last, which leads on or back."""
    kept = list(shown)
    while len(kept) > 2 and sum(len(hint.key) + len(hint.title) + 3 for hint in kept) > width:
        del kept[-2]
    return kept


def _key(action: str, keys: Keymap) -> str:
    key = keys.shown(action).partition(" ")[0]
    return f"{key}-9" if action in (DIGITS, "step.choose_1") and key == "1" else key


def _title(action: str) -> str:
    if action == DIGITS:
        return words("Answer")
    return words("Choose") if action == "step.choose_1" else words(BY_ID[action].title).rstrip("…")

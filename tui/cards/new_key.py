"""Asks for a new key by having it pressed, and shows what it clashes with before it is taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.cards.base_card import BaseCard
from tui.cards.key_line import KeyLine
from tui.keys.key_names import shown
from tui.look.words import words


@dataclass(frozen=True, slots=True)
class Judged:
    """What stands in the way of a key."""

    text: str = ""
    """Empty if nothing does."""
    refused: bool = False
    """It cannot be used; else Enter takes it from the actions that the text names."""


@dataclass(frozen=True, slots=True)
class NewKeys:
    """What was chosen: a key or sequence, empty for none; or the preset's own keys."""

    keys: str = ""
    add: bool = False
    reset: bool = False


class NewKey(BaseCard[NewKeys]):
    """Returns the new keys, or nothing. Enter, Esc, Tab, Backspace and Delete steer the card and cannot be chosen.

    A key after one that begins sequences already, such as `g`, makes a sequence with it; else it replaces it.
    """

    CSS_PATH = "ask_line.tcss"

    def __init__(self, title: str, current: str, judge: Callable[[str], Judged], *, sequences: bool) -> None:
        """`judge` says what stands in the way of a key; only the lists know `sequences`."""
        super().__init__()
        self._title, self._current, self._judge = title, current, judge
        self._sequences = sequences
        self._pressed: list[str] = []
        self._adds = False
        self._asked = False
        """A clash is shown, and Enter takes the key."""
        self._keys = Static("", markup=False)
        self._clash = Static("", markup=False)

    def compose(self) -> ComposeResult:
        """Title, keys, clashes, what else can be done."""
        with Vertical(id="ask"):
            yield Static(Content(self._title), markup=False)
            yield self._keys
            yield self._clash
            yield KeyLine(words("Enter takes it · Tab besides or instead · Backspace clears · Delete no key")
                          + words(" · ^r as in the preset · Esc back"))  # fmt: skip

    def on_mount(self) -> None:
        """Say what the keys are now."""
        self._show()

    def on_key(self, event: events.Key) -> None:
        """Take every key: those that steer the card, and those that are to be bound."""
        event.stop()
        event.prevent_default()
        steer = {"escape": self._leave, "enter": self._take, "tab": self._other_way, "backspace": self._again,
                 "delete": self._none, "ctrl+r": self._reset}  # fmt: skip
        act = steer.get(event.key)
        if act is not None:
            act()
            return
        self._asked = False
        leads = self._sequences and len(self._pressed) == 1 and self._judge(self._pressed[0]).refused
        self._pressed = [*(self._pressed if leads else ()), event.key]
        self._show()

    def _leave(self) -> None:
        self.dismiss(None)

    def _take(self) -> None:
        """Take the keys; if others have them, only after it was said whose they are."""
        keys = " ".join(self._pressed)
        judged = self._judge(keys) if keys else Judged(words("press a key first"), refused=True)
        if not judged.refused and (not judged.text or self._asked):
            self.dismiss(NewKeys(keys, add=self._adds))
            return
        self._asked = not judged.refused
        self._show()

    def _other_way(self) -> None:
        self._adds = not self._adds
        self._show()

    def _again(self) -> None:
        self._pressed, self._asked = [], False
        self._show()

    def _none(self) -> None:
        self.dismiss(NewKeys())

    def _reset(self) -> None:
        self.dismiss(NewKeys(reset=True))

    def _show(self) -> None:
        keys = " ".join(self._pressed)
        new = shown(keys) if keys else words("press the new key")
        way = words("besides {keys}") if self._adds else words("in place of {keys}")
        self._keys.update(Content(f"{new}  ({way.format(keys=self._current or words('no key'))})"))
        judged = self._judge(keys) if keys else Judged()
        text = judged.text
        if self._asked:
            text += " " + words("Enter again takes it away from there.")
        self._clash.update(Content(text if keys else ""))

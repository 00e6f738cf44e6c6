"""The card that sets a customer's language, tú, usted or vos, and region, each with one key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from data.records.changes import Change
from tui.cards.base_card import BaseCard
from tui.cards.key_line import KeyLine
from tui.keys.actions import Action, Scope, of_scope
from tui.keys.bindings import bindings
from tui.keys.keymap import keymap_from
from tui.look.one_line import one_line
from tui.look.words import words
from tui.look.wrapping import SEPARATOR


class LanguageCard(BaseCard[Change]):
    """Returns the requested change; Esc returns nothing."""

    CSS_PATH = "language_card.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.LANGUAGE)

    def __init__(self, title: str, language: str, suggestion: str = "") -> None:
        """Take the subject of the card, the current language, and what the customer's own text suggests."""
        super().__init__()
        self._title, self._language, self._suggestion = title, language, suggestion

    def compose(self) -> ComposeResult:
        """Title, then a line of keys for each group."""
        with Vertical(id="language-card"):
            yield Static(Content(one_line(self._title)), id="language-title", markup=False)
            groups: dict[str, list[Action]] = {}
            for action in of_scope(Scope.LANGUAGE):
                groups.setdefault(action.group, []).append(action)
            for name, actions in groups.items():
                yield Static(Content(words(name)), markup=False)
                yield KeyLine(self._keys(actions))
            if self._suggestion:
                yield Static(Content(one_line(self._suggestion)), id="language-suggestion", markup=False)

    def action_language(self, code: str) -> None:
        """The language is this one."""
        self.dismiss(Change(language=code))

    def action_flip(self) -> None:
        """English becomes Spanish and back; any other language becomes Spanish."""
        self.dismiss(Change(language="en" if self._language == "es" else "es"))

    def action_register(self, register: str) -> None:
        """Tú, usted, vos, or the house default."""
        self.dismiss(Change(register=register))

    def action_region(self, region: str) -> None:
        """The region, or none."""
        self.dismiss(Change(region=region))

    def action_leave(self) -> None:
        """Change nothing."""
        self.dismiss(None)

    def _keys(self, actions: Sequence[Action]) -> str:
        keymap = getattr(self.app, "keys", None) or keymap_from()
        return SEPARATOR.join(f"{keymap.shown(action.id)} {words(action.title)}" for action in actions)

"""A text area over the desk."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.cards.base_card import BaseCard
from tui.cards.key_line import KeyLine
from tui.cards.written_area import WrittenArea
from tui.look.words import words


class TextCard(BaseCard[str]):
    """Returns the text that was typed or pasted, None on Esc."""

    CSS_PATH = "text_card.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", priority=True),
        Binding("ctrl+s", "take", priority=True),
    ]

    def __init__(self, title: str, text: str = "") -> None:
        """Take the initial text; with such a text the area is larger."""
        super().__init__()
        self._title = title
        self.text = WrittenArea(
            text, classes="-tall" if text else "", soft_wrap=True, tab_behavior="focus", compact=True
        )

    def compose(self) -> ComposeResult:
        """Title, text, keys."""
        with Vertical(id="escalate"):
            yield Static(Content(self._title), id="escalate-title", markup=False)
            yield self.text
            yield KeyLine(words("ctrl+s saves · Esc leaves"), id="escalate-keys")

    def action_take(self) -> None:
        """Return the text."""
        self.dismiss(self.text.text.strip())

    def action_leave(self) -> None:
        """Return nothing."""
        self.dismiss(None)

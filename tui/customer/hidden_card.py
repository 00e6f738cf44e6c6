"""The card that shows one masked item at a time, for as long as it is wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.cards.base_card import BaseCard
from tui.cards.choices import Choices
from tui.cards.key_line import KeyLine
from tui.customer.hidden_items import HiddenItem
from tui.look.words import words

SECONDS = 60
"""A shown item is masked again after this time, and with the next key that moves."""


class HiddenCard(BaseCard[None]):
    """Enter shows the item under the cursor below the list, and masks it again; Esc masks it and closes the card."""

    CSS_PATH = "hidden_card.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [("escape,q,asterisk", "leave")]

    def __init__(self, items: Sequence[HiddenItem], showing: Callable[[HiddenItem], object]) -> None:
        """`showing` is called before an item is shown, to record it."""
        super().__init__()
        self._items, self._showing = items, showing
        self._open: int | None = None

    def compose(self) -> ComposeResult:
        """Title, the items masked, the one that is shown, keys."""
        with Vertical(id="hidden-card"):
            yield Static(Content(words("Masked on this ticket")), id="hidden-title", markup=False)
            yield Choices(*(Option(Content(item.line)) for item in self._items), markup=False)
            yield Static(Content(""), id="hidden-value", markup=False)
            yield KeyLine(
                words("Enter shows one, which is recorded · Enter again masks it · Esc back"), id="hidden-keys"
            )

    def on_mount(self) -> None:
        """Select the first item."""
        self.query_one(Choices).highlighted = 0

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Show the item, or mask it again."""
        event.stop()
        self._show(None if self._open == event.option_index else event.option_index)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Mask what was shown: the cursor is elsewhere."""
        event.stop()
        if event.option_index != self._open:
            self._show(None)

    def action_leave(self) -> None:
        """Close, which masks everything."""
        self.dismiss(None)

    def _show(self, place: int | None) -> None:
        self._open = place
        value = "" if place is None else self._items[place].value
        if place is not None:
            self._showing(self._items[place])
            self.set_timer(SECONDS, lambda: self._hide(place))
        self.query_one("#hidden-value", Static).update(Content(value))

    def _hide(self, place: int) -> None:
        if self._open == place:
            self._show(None)

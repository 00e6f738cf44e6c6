"""The base of every card over the desk."""

from __future__ import annotations

from typing import Generic

from textual.screen import ModalScreen, ScreenResultType

from tui.cards.base_screen import BaseScreen


class BaseCard(BaseScreen[ScreenResultType], ModalScreen[ScreenResultType], Generic[ScreenResultType]):
    """A card leaves the desk around it as it is: dimming would draw all of it."""

    DEFAULT_CSS = """
    BaseCard { background: transparent; }
    """

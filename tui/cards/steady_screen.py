"""The base of the desk and of every screen over it: it is drawn again only where something has changed.

Textual draws all of a screen when the focus moves, when another screen covers it, and for as long as a card is over it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, Self

from textual.geometry import Region
from textual.messages import Layout, Update, UpdateScroll
from textual.reactive import Reactive
from textual.screen import Screen, ScreenResultType
from textual.widget import Widget


class SteadyScreen(Screen[ScreenResultType], Generic[ScreenResultType]):
    """A screen that is drawn whole only when it is shown, or when it asks for it itself."""

    focused = Reactive[Widget | None](None, repaint=False)
    """The widgets that lose and get the focus draw themselves."""
    has_news = True
    """Something here has changed since the screen above was drawn over it."""
    _unchanged = False

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Do not draw all of the screen for what happens meanwhile."""
        before, self._unchanged = self._unchanged, True
        try:
            yield
        finally:
            self._unchanged = before

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Draw the screen, or the regions that a screen below passes on: Textual repeats these without end."""
        if regions and not self._news_below():
            return self
        if not regions:
            repaint = repaint and not layout and not self._unchanged  # a layout draws by itself what it moves
            self.has_news = self.has_news or repaint
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def on_update(self, message: Update) -> None:
        """A widget is to be drawn; that the screen itself is, Textual repeats."""
        self.has_news = self.has_news or message.widget is not self

    def on_layout(self, message: Layout) -> None:
        """A widget may get another place."""
        self.has_news = True

    def on_update_scroll(self, message: UpdateScroll) -> None:
        """Something was scrolled."""
        self.has_news = True

    def _news_below(self) -> bool:
        news = False
        for screen in self.app.screen_stack[:-1]:
            if not isinstance(screen, SteadyScreen):
                continue
            news = news or screen.has_news
            screen.has_news = False
        return news

"""The base of the desk and of every screen over it.

It answers once and knows when it was first drawn. It is drawn again only where something has changed: Textual draws all
of a screen when the focus moves, when another screen covers it, and for as long as a card is over it.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from time import monotonic
from typing import Generic, Self

from textual.await_complete import AwaitComplete
from textual.geometry import Region
from textual.messages import Layout, Update, UpdateScroll
from textual.reactive import Reactive
from textual.screen import Screen, ScreenResultType
from textual.strip import Strip
from textual.widget import Widget


class BaseScreen(Screen[ScreenResultType], Generic[ScreenResultType]):
    """A screen that returns one answer at most, and is drawn whole only when it is shown or asks for it itself.

    Textual's `dismiss` removes whatever screen is on top, as often as it is called; two Enters in one read would
    remove the desk itself.
    """

    answered = False
    """The answer was given; later answers are dropped."""
    drawn_at = math.inf
    """When the screen was first drawn, by `time.monotonic`: a key read earlier is not meant for it."""
    seen_after = 0.0
    """Seconds that the agent needs to see it; more than 0 where no key asked for the screen."""
    _was_shown = False
    _held_back: tuple[ScreenResultType | None] | None = None
    """An answer given while another screen was on top."""

    focused = Reactive[Widget | None](None, repaint=False)
    """The widgets that lose and get the focus draw themselves."""
    has_news = True
    """Something here has changed since the screen above was drawn over it."""
    _unchanged = False

    def __init__(self) -> None:
        super().__init__()
        self.drawn = asyncio.Event()
        """Set once the screen is drawn."""

    @property
    def takes_keys_from(self) -> float:
        """From when keys are meant for the screen, by `time.monotonic`."""
        return self.drawn_at + self.seen_after

    @property
    def free_height(self) -> int:
        """How many lines are free for a card: all but those of what is docked, as the box of the tutorial is."""
        docked = (child for child in self.children if child.styles.dock != "none")
        return self.size.height - sum(child.outer_size.height for child in docked)

    def on_mount(self) -> None:
        """Release everything that waits for the screen to be drawn."""
        self.after_drawing(self._note_drawn)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Record the time just before the first drawing."""
        if math.isinf(self.drawn_at) and any(child.size.area for child in self.children):
            self.drawn_at = monotonic()
        return super().render_lines(crop)

    def on_screen_resume(self) -> None:
        """Give the answer that waited for the screen above to close."""
        if not self._was_shown:
            self._was_shown = True
            with ExitStack() as until_handled:  # the first layout draws everything, Textual would a second time
                until_handled.enter_context(self.unchanged())
                self.call_next(until_handled.pop_all().close)
        if self._held_back is not None:
            (result,), self._held_back = self._held_back, None
            self.call_next(self._give, result)

    def after_drawing(self, act: Callable[[], object]) -> None:
        """Call `act` after the next drawing, unless the screen has answered or closed by then."""

        def act_if_there() -> None:
            if not self.answered and self.is_mounted and self in self.app.screen_stack:
                act()

        self.call_after_refresh(act_if_there)

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Answer and close. A second answer, or an answer after closing, does nothing."""
        if self.answered or self not in self.app.screen_stack:
            return AwaitComplete()
        self.answered = True
        if self.app.screen is self:
            return super().dismiss(result)
        self._held_back = (result,)
        return AwaitComplete()

    def _give(self, result: ScreenResultType | None) -> None:
        """Answer without returning Textual's awaitable: awaiting it in a handler of this screen would deadlock."""
        super().dismiss(result)

    def _note_drawn(self) -> None:
        self.drawn_at = min(self.drawn_at, monotonic())
        self.drawn.set()

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
            if not isinstance(screen, BaseScreen):
                continue
            news = news or screen.has_news
            screen.has_news = False
        return news

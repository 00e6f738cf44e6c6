"""The base of every screen over the desk: it answers once and knows when it was first drawn."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from contextlib import ExitStack
from time import monotonic
from typing import Generic

from textual.await_complete import AwaitComplete
from textual.geometry import Region
from textual.screen import ModalScreen, ScreenResultType
from textual.strip import Strip

from tui.cards.steady_screen import SteadyScreen


class AnswersOnce(SteadyScreen[ScreenResultType], Generic[ScreenResultType]):
    """A screen that returns one answer and never takes another screen off the stack.

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

    def __init__(self) -> None:
        super().__init__()
        self.drawn = asyncio.Event()
        """Set once the screen is drawn."""

    @property
    def takes_keys_from(self) -> float:
        """From when keys are meant for the screen, by `time.monotonic`."""
        return self.drawn_at + self.seen_after

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


class BaseCard(AnswersOnce[ScreenResultType], ModalScreen[ScreenResultType], Generic[ScreenResultType]):
    """The base of every card over the desk. It leaves the desk around it as it is: dimming would draw all of it."""

    DEFAULT_CSS = """
    BaseCard { background: transparent; }
    """

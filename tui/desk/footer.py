"""The last line: the keys that matter where the agent is, and how long the last action can be taken back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.widgets import Static

from tui.cards.desk_message import DeskMessage
from tui.context.desk_context import DeskContext
from tui.context.part import Part
from tui.context.tips import Tips
from tui.keys.place_keys import Hint, fitting, hints
from tui.look.short_times import span
from tui.look.words import words
from tui.palette.whereabouts import Whereabouts
from tui.replying.composer_place import ComposerPlace

GAP = 2
"""Cells between two keys."""


class KeyFooter(Static):
    """Shows keys with their titles; a click on one is as good as the key."""

    @dataclass
    class Clicked(DeskMessage):
        """A key was clicked."""

        action: str

    def __init__(self) -> None:
        super().__init__("", id="key-footer", markup=False)
        self._hints: Sequence[Hint] = ()
        self._drawn: tuple[int, Sequence[Hint]] = (0, ())

    def show(self, shown: Sequence[Hint]) -> None:
        """Draw the line, if it changed."""
        self._hints = shown
        width = self.content_size.width
        if self._drawn == (width, shown):
            return
        self._drawn = (width, shown)
        parts = [
            Content.styled(hint.key, "bold $primary") + Content.styled(f" {hint.title}", "$foreground")
            for hint in fitting(shown, width)
        ]
        self.update(Content(" " * GAP).join(parts), layout=False)

    def on_resize(self) -> None:
        """Show as many as fit now."""
        self.show(self._hints)

    def on_click(self, event: events.Click) -> None:
        """Press the key under the mouse."""
        at, start = event.get_content_offset(self), 0
        for hint in fitting(self._hints, self.content_size.width):
            end = start + len(hint.key) + 1 + len(hint.title)
            if hint.action and at is not None and start <= at.x < end:
                self.post_message(self.Clicked(hint.action))
            start = end + GAP


class Footer(Part):
    """Keeps the footer right."""

    def __init__(
        self,
        desk: DeskContext,
        whereabouts: Whereabouts,
        writing: ComposerPlace,
        tips: Tips,
        act: Callable[[str], Awaitable[None]],
    ) -> None:
        """`act` runs an action of the desk by its id."""
        super().__init__(desk)
        self._tips = tips
        self.line = KeyFooter()
        self._whereabouts, self._writing, self._act = whereabouts, writing, act

    def messages(self) -> Mapping[type[DeskMessage], Callable[..., object]]:
        """Clicks."""
        return {KeyFooter.Clicked: self._clicked}

    def show(self) -> None:
        """Show the keys of the place where the agent is, and for how long the last reply can be recalled."""
        self.line.show(hints(self._whereabouts.place(), self.desk.keys, self._undo()))

    def _undo(self) -> str:
        done = self.desk.last_done
        if done is None:
            return ""
        if done.leaves_at is None:
            return words("Undo")
        remaining = done.leaves_at - self.desk.clock()
        return words("Recall {span}").format(span=span(remaining)) if remaining > 0 else ""

    async def _clicked(self, message: KeyFooter.Clicked) -> None:
        self._tips.done_without_key(message.action)
        if message.action.startswith("composer."):
            if self._writing.composer is not None:
                await self._writing.composer.run_action(message.action.removeprefix("composer."))
        elif not message.action.startswith("step."):
            await self._act(message.action)

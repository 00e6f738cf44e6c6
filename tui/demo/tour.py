"""A tour of six prompts in the demo: one quiet line says what to press next, and moves on when that was done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from tui.context.desk_context import DeskContext
from tui.context.hooks import Act
from tui.context.part import Part
from tui.demo.tutorial import Tutorial
from tui.look.words import words

if TYPE_CHECKING:
    from data.records.changes import Done

ANSWER, SEND, UNDO, URGENT, MACROS, HELP = STEPS = range(6)
_ACTIONS = {"desk.undo": UNDO, "ticket.urgent": URGENT, "macro.pick": MACROS, "desk.help": HELP}
"""The prompts that are done once their action was started."""


class TourLine(Static):
    """Shows the prompt; without one it takes no room."""

    def __init__(self) -> None:
        super().__init__("", id="tour", markup=False)
        self.display = False
        self.prompt = ""

    def show(self, prompt: str) -> None:
        """Draw the prompt, if it changed."""
        if prompt != self.prompt:
            self.prompt, self.display = prompt, bool(prompt)
            self.update(Content(prompt))


class Tour(Part):
    """Watches what the agent does and never acts: every key does what it always does."""

    def __init__(self, desk: DeskContext, tutorial: Tutorial) -> None:
        super().__init__(desk)
        self._tutorial = tutorial
        self.line = TourLine()
        self._is_on = desk.ways.tour
        self._done: set[int] = set()
        self._before: Done | None = None
        """The last change that was seen."""

    def actions(self) -> Mapping[str, Act]:
        """The tour."""
        return {"desk.tour": self.toggle}

    def toggle(self) -> None:
        """Leave the tour, come back to where it was, or begin it again after its end."""
        if self.desk.ways.tutorial:
            self._tutorial.toggle()
            return
        if not self.desk.ways.tour:
            self.desk.say(words("The tour is in the demo, where nothing leaves the machine: tridesk demo."))
            return
        self._is_on = not self._is_on
        if self._is_on and self._step() is None:
            self._done.clear()
        if not self._is_on:
            self.desk.say(words("{key} brings the tour back.").format(key=self._key("desk.tour")))
        self.look()

    def acted(self, action_id: str) -> None:
        """Note an action of the desk."""
        if self._is_on and action_id in _ACTIONS:
            self._finish(_ACTIONS[action_id])

    def answer_shown(self) -> None:
        """Note that an answer is on the screen."""
        if self._is_on:
            self._finish(ANSWER)

    def look(self) -> None:
        """Note an answer that is on its way, and show what comes next."""
        done = self.desk.last_done
        if self._is_on and done is not self._before:
            self._before = done
            if done is not None and done.leaves_at is not None:
                self._finish(SEND)
        self._show()

    def _finish(self, step: int) -> None:
        self._done.add(step)
        if self._step() is None:
            self._is_on = False
            self.desk.say(words("That was the tour; {key} begins it again.").format(key=self._key("desk.tour")))

    def _step(self) -> int | None:
        return next((step for step in STEPS if step not in self._done), None)

    def _show(self) -> None:
        step = self._step()
        if step is None or not self._is_on:
            self.line.show("")
            return
        key, prompt = self._prompts()[step]
        text = words("tour {n}/{all} · {prompt} · {leave} leaves it")
        self.line.show(
            text.format(n=step + 1, all=len(STEPS), prompt=prompt.format(key=key), leave=self._key("desk.tour"))
        )

    def _prompts(self) -> list[tuple[str, str]]:
        return [
            (self._key("macro.slot_1"), words("{key} shows the answer that fits, filled in")),
            (self._key("preview.solve"), words("{key} sends it and opens the next ticket")),
            (self._key("desk.undo"), words("{key} takes all of that back")),
            (self._key("ticket.urgent"), words("{key} opens what is most urgent in all lanes")),
            (self._key("macro.pick"), words("{key} finds any macro by a few letters")),
            (self._key("desk.help"), words("{key} lists all keys; Esc closes the list")),
        ]

    def _key(self, action_id: str) -> str:
        return self.desk.key(action_id)

"""The tutorial: a box says at each step what to press and why, and waits until that was done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual.content import Content
from textual.events import Key, Resize
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from tui.context.desk_context import DeskContext
from tui.context.part import Part
from tui.keys.actions import of_scope
from tui.look.shown import safe_text
from tui.look.words import words

if TYPE_CHECKING:
    from tui.demo.lessons import Lesson, Step

PROGRESS = "tutorial"
"""The file in the folder of logs with the number of lessons that are done."""
ALWAYS = ("desk.tour", "desk.quit", "desk.lock", "desk.suspend")
"""Actions whose keys are right at every step."""


class TutorialBox(Static):
    """What to press, why, and what was wrong with the last key; on the desk and on every card over it."""

    DEFAULT_CSS = """
    TutorialBox { dock: bottom; height: auto; max-height: 8; padding: 0 1; background: $panel; color: $foreground; }
    """

    def on_resize(self, event: Resize) -> None:
        """Let the card below fit itself into what is free now."""
        self.screen.post_message(Resize(self.screen.size, self.screen.size))


class Tutorial(Part):
    """Lets through the keys of its step; every key that passes does what it always does."""

    def __init__(self, desk: DeskContext, is_locked: Callable[[], bool]) -> None:
        super().__init__(desk)
        self._is_locked = is_locked
        """While it is, every key belongs to the screen that opens the desk again."""
        self.is_on = desk.ways.tutorial
        self._lessons: tuple[Lesson, ...] = ()
        self._at = (0, 0)
        self._typed = 0
        """How many keys of text this step let through."""
        self._wrong = ""
        """Why the last key was not the right one."""
        self._shown: tuple[Screen[object] | None, str] = (None, "")
        self.box: TutorialBox | None = None

    @property
    def step(self) -> Step | None:
        """The step that waits; None without a tutorial, or after its end."""
        lesson, step = self._at
        return self._lessons[lesson].steps[step] if lesson < len(self._lessons) else None

    @property
    def is_over(self) -> bool:
        """Every lesson was played to its end."""
        return bool(self._lessons) and self._at[0] >= len(self._lessons)

    def begin(self) -> None:
        """Begin, or go on with the first lesson that is not done."""
        if self.is_on:
            from tui.demo.lessons import lessons

            self._lessons = lessons()
            self._at = (min(read_progress(), len(self._lessons) - 1), 0)
            self.look()

    def toggle(self) -> None:
        """Leave the tutorial, so that every key works, or go on with the lesson that was left."""
        self.is_on, self._wrong = not self.is_on, ""
        if self.is_over:
            self._at = (0, 0)
        elif self.is_on:
            self._at = (self._at[0], 0)
        self.look()

    def refuses(self, key: Key, pending: str) -> bool:
        """Return whether a key is not the one that the step waits for, and say so; `pending` began a sequence."""
        self.look()
        step = self.step
        if not self.is_on or step is None or self._is_locked():
            return False
        pressed = f"{pending} {key.key}".strip()
        focused = self.desk.app.focused
        if step.types and focused is not None and edits(focused, key):
            self._wrong = ""
            self._typed += key.is_printable
            self.look()
            return False
        on_card = self.desk.app.screen is not self.desk.screen
        right = {*step.keys, *(["escape"] if on_card else [])}
        right.update(each for action in (*step.actions, *ALWAYS) for each in self.desk.keys.of(action))
        if any(each == pressed or each.startswith(f"{pressed} ") for each in right):
            self._wrong = ""
            return False
        self._explain(pressed, step)
        self.look()
        return True

    def look(self) -> None:
        """Go to the next step where one is done, back where something is gone, and show what to do now."""
        if not self._lessons or self._is_locked():
            return
        if self.is_on and (step := self.step) is not None:
            (lesson, number), steps = self._at, self._lessons[self._at[0]].steps
            if step.is_done(self.desk) or 0 < step.letters <= self._typed:
                self._wrong, self._typed = "", 0
                self._at = (lesson, number + 1)
                if number + 1 == len(steps):
                    self._at = (lesson + 1, 0)
                    keep_progress(0 if self.is_over else lesson + 1)
            elif number and not step.is_possible(self.desk) and not steps[number - 1].is_done(self.desk):
                self._at = (lesson, number - 1)
        self._show()

    def _explain(self, pressed: str, step: Step) -> None:
        from tui.keys.key_names import shown

        keys = self.desk.keys
        action = next((each for each in of_scope(step.scope) if pressed in keys.of(each.id)), None)
        if action is None:
            self._wrong = words("{key} does nothing here.").format(key=shown(pressed))
            return
        meaning = words("{key} is “{title}”: {tooltip} Not yet.")
        self._wrong = meaning.format(
            key=shown(pressed), title=words(action.title).rstrip("…"), tooltip=words(action.tooltip)
        )

    def _show(self) -> None:
        screen = self.desk.app.screen
        text = self._text()
        if self._shown == (screen, text.plain):
            return
        if self.box is None or self._shown[0] is not screen:
            if self.box is not None and self.box.is_attached:
                self.box.remove()
            self.box = TutorialBox(markup=False)
            screen.mount(self.box)
        self._shown = (screen, text.plain)
        self.box.update(text)

    def _text(self) -> Content:
        leave = self.desk.key("desk.tour")
        if self.is_over:
            text = words(
                "That was the tutorial. {key} plays it again, ctrl+q leaves; tridesk demo is a whole desk to try."
            )
            return Content(text.format(key=leave))
        if not self.is_on:
            return Content(words("The tutorial waits; {key} goes on with its lesson.").format(key=leave))
        step, (lesson, number) = self.step, self._at
        assert step is not None
        key = self.desk.key(step.actions[0]) if step.actions else ""
        head = words("tutorial {n}/{all} · {title} · {step}/{steps}").format(
            n=lesson + 1, all=len(self._lessons), title=self._lessons[lesson].title,
            step=number + 1, steps=len(self._lessons[lesson].steps),
        )  # fmt: skip
        if self.desk.app.screen is self.desk.screen and not step.types:  # elsewhere its keys do not reach the desk
            head = words("{head} · {leave} leaves it").format(head=head, leave=leave)
        lines = [Content.styled(head, "$quiet"), Content.styled(f"▶ {step.do.format(key=key)}", "bold")]
        lines.append(Content(step.why.format(key=key)))
        if self._wrong:
            lines.append(Content.styled(safe_text(self._wrong), "$warning"))
        return Content("\n").join(lines)


def edits(focused: Widget, key: Key) -> bool:
    """Return whether a key types or edits in what has the focus: a letter, a new line, backspace, an arrow."""
    if focused.check_consume_key(key.key, key.character):
        return True
    if key.key == "enter":
        from textual.widgets import TextArea

        return isinstance(focused, TextArea)  # in an input line it would leave the line
    bound = focused.screen.active_bindings.get(key.key)
    return bound is not None and bound.node is focused


def progress_file() -> Path:
    """Return where the tutorial keeps how far it is."""
    from tui.setup.settings import state_folder

    return state_folder() / PROGRESS


def read_progress() -> int:
    """Return how many lessons are done; 0 where that is not known."""
    try:
        text = progress_file().read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return 0
    return int(text) if text.isdigit() else 0


def keep_progress(lessons: int) -> None:
    """Keep how many lessons are done; 0 begins again. A folder that cannot be written costs only this."""
    from data.locations import private_folder

    path = progress_file()
    try:
        if lessons:
            private_folder(path.parent)
            path.write_text(f"{lessons}\n", encoding="ascii")
        else:
            path.unlink(missing_ok=True)
    except OSError:
        return

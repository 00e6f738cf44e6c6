"""The text area of the composer: typing, jumping between missing values, completing `/name` and `@name`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.strip import Strip

from tui.cards.written_area import WrittenArea
from tui.look.drawn import Drawn
from tui.replying.completion import Complete, Completion, typed

HOLE = re.compile(r"\{\{[^{}\n]*\}\}|\[[a-z_][\w .-]*\]")
"""A value that is missing: `{{ customer.name }}` as macros leave it, or `[placeholder]` as people write it."""


class ComposerArea(WrittenArea):
    """Plain text. While the completion is open, Tab and Enter accept, Esc keeps the text, arrows select."""

    @dataclass
    class NameTaken(Message):
        """A macro was chosen by its name; the `/name` is already removed from the text."""

        name: str

    def __init__(self, completion: Completion, complete: Complete) -> None:
        super().__init__(soft_wrap=True, tab_behavior="focus", show_line_numbers=False)
        self._completion = completion
        self._complete = complete
        self.drawn = Drawn()
        """Since when the text has been visible, apart from typing."""

    def render_line(self, y: int) -> Strip:
        """Draw a line, and record the time of the first drawing."""
        self.drawn.note(0)
        return super().render_line(y)

    def next_hole(self, others: Sequence[tuple[int, int]] = ()) -> tuple[int, int] | None:
        """Select the next missing value, or of `others`, after the cursor, wrapping to the top; return which."""
        places = sorted({*(hole.span() for hole in HOLE.finditer(self.text)), *others})
        if not places:
            return None
        selected = sorted((self._offset(self.selection.start), self._offset(self.selection.end)))
        later = [place for place in places if place[0] >= selected[0] and [*place] != selected]
        place = later[0] if later else places[0]
        self.select_words(*place)
        return place

    def select_words(self, start: int, end: int) -> None:
        """Select a range of characters and scroll to it."""
        self.move_cursor(self._location(start))
        self.move_cursor(self._location(end), select=True)

    def go_to(self, offset: int) -> None:
        """Put the cursor at a character."""
        self.move_cursor(self._location(offset))

    def go_before(self, ending: str) -> None:
        """Put the cursor before `ending`, if the text ends with it."""
        before = self.text.rstrip().removesuffix(ending)
        if before != self.text.rstrip():
            self.move_cursor(self._location(len(before.rstrip())))

    @property
    def around_cursor(self) -> tuple[str, str]:
        """The text before and after the cursor."""
        at = self._offset(self.cursor_location)
        return self.text[:at], self.text[at:]

    def on_key(self, event: events.Key) -> None:
        """Give the open completion its keys; every other one goes on to the text area."""
        if self._completion.is_open and self._drive(event.key):
            event.stop()
            event.prevent_default()
            return
        self.call_after_refresh(self._follow)  # by then the key has changed the text

    def _drive(self, key: str) -> bool:
        """Let the open completion handle its keys; return whether this was one of them."""
        if key in ("tab", "enter"):
            self._take()
        elif key == "escape":
            self._completion.close()
        elif key == "down":
            self._completion.action_cursor_down()
        elif key == "up":
            self._completion.action_cursor_up()
        else:
            return False
        return True

    def _follow(self) -> None:
        name = typed(self._before_cursor()) if self.selection.is_empty else None
        if name is None:
            if self._completion.is_open:
                self._completion.close()
        else:
            self._completion.show(self._complete(name))

    def _take(self) -> None:
        chosen, name = self._completion.chosen, typed(self._before_cursor())
        self._completion.close()
        if chosen is None or name is None:
            return
        row, column = self.cursor_location
        if chosen.sign == "@":
            self.replace(f"@{chosen.name} ", (row, column - len(name)), (row, column))
            return
        self.delete((row, column - len(name)), (row, column))
        self.post_message(self.NameTaken(chosen.name))

    def _before_cursor(self) -> str:
        row, column = self.cursor_location
        return self.document.get_line(row)[:column]

    def _offset(self, location: tuple[int, int]) -> int:
        row, column = location
        return sum(len(line) + 1 for line in self.text.split("\n")[:row]) + column

    def _location(self, offset: int) -> tuple[int, int]:
        before = self.text[:offset]
        return before.count("\n"), offset - (before.rfind("\n") + 1)

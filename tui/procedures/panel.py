"""The panel with a ticket's procedure: its steps, and the keys that answer them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from data.protocols import Clock
from tui.cards.desk_message import DeskMessage
from tui.keys.actions import Scope
from tui.keys.bindings import bindings
from tui.look.inked_lines import Line
from tui.look.one_line import one_line
from tui.look.words import words
from tui.procedures.procedure_lines import Followed, key_words, place_of, procedure_lines, progress_words

if TYPE_CHECKING:
    from queues.procedures.procedure import Step

STYLES = {"title": "$primary bold", "quiet": "$quiet", "ours": "$success"}


class ProcedurePanel(Vertical, can_focus=True):
    """Shows a `Followed`; each key that answers its current step is posted as a message."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.STEPS)

    @dataclass
    class Answered(DeskMessage):
        """The agent answered a step; None removes the answer."""

        ticket_id: int
        step: str
        value: Any

    @dataclass
    class Left(DeskMessage):
        """The agent went back to the ticket."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(id="procedure")
        self._clock = clock
        self.shown: Followed | None = None
        self.current = ""
        """The id of the step that keys act on."""
        self.hindrance: Callable[[], str] = str
        """Why no step may be answered now; empty if steps may be answered."""
        self._place = range(0)
        """The lines of the current step."""
        self._titles = ("", "")
        """What the frame says."""
        self._lines: tuple[int, list[Line]] = (0, [])
        """The width and the lines that are drawn."""
        self._scrolled_for: tuple[object, ...] = ()
        """The step, its lines and the size for which the panel was scrolled: the agent may have scrolled since."""
        self._drawn = ("", "")
        """The procedure and step that were visible while the panel had the focus."""
        self._drawn_at = float("-inf")

    def compose(self) -> ComposeResult:
        """The steps, and a line that opens when a value is to be entered."""
        yield Static("", id="procedure-steps", markup=False)
        yield Input(id="procedure-line", compact=True)

    @property
    def active(self) -> bool:
        """The panel has the focus."""
        return self.has_focus or self.line.has_focus

    @property
    def drawn_at(self) -> float:
        """Since when the current step was visible with the focus, by `time.monotonic`; long ago if it never was.

        Keys pressed before are not for it; that it was never visible is said by the panel itself.
        """
        return self._drawn_at if self._drawn == self._named else float("-inf")

    @property
    def line(self) -> Input:
        """The line for entering a value."""
        return self.query_one("#procedure-line", Input)

    def show(self, followed: Followed | None) -> None:
        """Show a ticket's procedure; a new ticket or an answered step moves on to the next open step."""
        before, self.shown = self.shown, followed
        if followed is None:
            return
        named = (one_line(followed.procedure.label), progress_words(followed))
        if named != self._titles:
            self._titles = named
            self.border_title, self.border_subtitle = map(Content, named)
        same = before is not None and before.ticket.id == followed.ticket.id
        if not (same and before is not None and before.answers == followed.answers):
            following = followed.following()
            self.current = following.id if following is not None else followed.procedure.steps[0].id
        self.draw()

    def draw(self) -> None:
        """Redraw the lines."""
        if self.shown is None or not self.is_mounted:
            return
        width = max(20, self.content_size.width - 1)
        parts = procedure_lines(self.shown, self.current, width, self._clock(), active=self.active)
        if (width, parts) != self._lines:
            self._lines = (width, parts)
            styled = [Content.styled(line.text, STYLES.get(line.ink.value, "")) for line in parts]
            self.query_one("#procedure-steps", Static).update(Content("\n").join(styled))
        self._place = place_of(parts)
        scrolled_for = (self._named, self._place, self.size, self.active)
        if self.size.height and scrolled_for != self._scrolled_for:
            self._scrolled_for = scrolled_for
            self._show_step()
        self.call_after_refresh(self._note_drawn, self._named)

    def _show_step(self) -> None:
        """Scroll to the current step."""
        above = max(0, self.size.height - len(self._place)) // 2
        self.scroll_to(y=max(0, self._place.start - above), animate=False)

    @property
    def _named(self) -> tuple[str, str]:
        return (f"{self.shown.ticket.id} {self.shown.procedure.label}" if self.shown is not None else "", self.current)

    def _note_drawn(self, named: tuple[str, str]) -> None:
        if self.active and self._in_sight and self._drawn != named:
            self._drawn, self._drawn_at = named, monotonic()

    @property
    def _in_sight(self) -> bool:
        """The current step is visible: completely, or its beginning if it is taller than the panel."""
        top, room = round(self.scroll_offset.y), self.size.height
        last = self._place.stop if len(self._place) <= room else self._place.start + 1
        return self.display and room > 0 and top <= self._place.start and last <= top + room

    def _may_answer(self) -> bool:
        """Return whether the current step may be answered; if not, say why and show it."""
        why = self.hindrance()
        if not why and not (self._drawn == self._named and self._in_sight):
            why = words("Read the step first; the same key then answers it.")
        if why:
            self.notify(why, severity="warning", timeout=4, markup=False)
            self._show_step()
            self.draw()
        return not why

    def open_line(self) -> None:
        """Open the line for the current step's value."""
        step = self._step()
        if step is None or not step.needs_text or self.hindrance():
            return
        self.line.value = ""
        self.line.placeholder = step.evidence or words("the answer")
        self.line.add_class("-open")
        self.line.focus()

    def action_confirm(self) -> None:
        """Confirm a check, hand over, or open the line for what the step asks for."""
        step = self._step()
        if step is None or not self._may_answer():
            return
        if step.needs_text:
            self.open_line()
        elif step.choices or not step.asked:
            self.notify(key_words(step), timeout=4, markup=False)
        else:
            self._answer(True)

    def action_choose(self, number: int) -> None:
        """Choose an option."""
        step = self._step()
        if step is not None and number <= len(step.choices) and self._may_answer():
            self._answer(step.choices[number - 1])

    def action_take_back(self) -> None:
        """Remove the current step's answer."""
        if self.shown is not None and self.current in self.shown.answers:
            self._answer(None)

    def action_move(self, by: int) -> None:
        """Select another step."""
        if self.shown is None:
            return
        ids = [step.id for step in self.shown.procedure.steps]
        self.current = ids[min(max(0, ids.index(self.current) + by), len(ids) - 1)]
        self.draw()

    def action_leave(self) -> None:
        """Close the line, else go back to the ticket."""
        if self.line.has_focus:
            self._close_line()
        else:
            self.post_message(self.Left())

    def on_key(self, event: events.Key) -> None:
        """Esc leaves the line, not the ticket."""
        if event.key == "escape" and self.line.has_focus:
            event.stop()
            event.prevent_default()
            self._close_line()

    def on_input_changed(self, event: Input.Changed) -> None:
        """What is typed here filters nothing."""
        event.stop()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Accept the entered value; an empty line is not an answer."""
        event.stop()
        said = " ".join(event.value.split())
        if said:
            self._close_line()
            self._answer(said)

    def on_focus(self) -> None:
        """Show the keys of the panel."""
        self.draw()

    def on_blur(self) -> None:
        """Hide the keys of the panel; a step has to be seen again before it is answered."""
        self._drawn = ("", "")
        self.draw()

    def on_resize(self, event: events.Resize) -> None:
        """Wrap again."""
        self.draw()

    def _close_line(self) -> None:
        self.line.remove_class("-open")
        self.focus()

    def _step(self) -> Step | None:
        steps = self.shown.procedure.steps if self.shown is not None else ()
        return next((step for step in steps if step.id == self.current), None)

    def _answer(self, value: Any) -> None:
        if self.shown is not None:
            self.post_message(self.Answered(self.shown.ticket.id, self.current, value))

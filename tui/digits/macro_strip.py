"""The one line above the status line: which macro each digit holds for the ticket that is being read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.widgets import Static

from tui.cards.desk_message import DeskMessage
from tui.digits.digit_ranking import WEAK, Slot
from tui.look.one_line import fit, one_line

BETWEEN = " · "


def strip_line(slots: Sequence[Slot], width: int) -> Content:
    """Return `1 Title 12/14 · 2 ~ Title · …` in `width` terminal cells; those that may not fit are dimmed."""
    remaining, parts = width, list[Content]()
    for place, slot in enumerate(slots):
        text = (BETWEEN if place else "") + said(slot)
        shown = fit(text, min(remaining, cell_len(text)))
        parts.append(Content.styled(shown, "$quiet" if slot.weak or not slot.number else ""))
        remaining -= cell_len(shown)
        if remaining <= 0:
            break
    return Content("").join(parts) + Content(" " * remaining)


def said(slot: Slot) -> str:
    """Return what the line says of a digit."""
    return " ".join(filter(None, (str(slot.number or ""), WEAK if slot.weak else "", one_line(slot.title), slot.note)))


class MacroStrip(Static):
    """Shows digits and titles; empty if digits would apply to another ticket than the open one.

    A click on a title is as good as its digit.
    """

    @dataclass
    class Clicked(DeskMessage):
        """A macro was clicked."""

        number: int

    def __init__(self) -> None:
        super().__init__("", id="macro-strip", markup=False)
        self._slots: Sequence[Slot] = ()

    def show(self, slots: Sequence[Slot]) -> None:
        """Draw the line."""
        self._slots = slots
        self.update(strip_line(slots, self.content_size.width), layout=False)

    def on_click(self, event: events.Click) -> None:
        """Press the digit of the title under the mouse."""
        at, start = event.get_content_offset(self), 0
        for place, slot in enumerate(self._slots):
            end = start + cell_len((BETWEEN if place else "") + said(slot))
            if at is not None and start <= at.x < end and slot.number:
                self.post_message(self.Clicked(slot.number))
            start = end

    def on_resize(self, event: events.Resize) -> None:
        """Cut the line to the new width."""
        self.show(self._slots)

"""The one line above the status line: which macro each digit holds for the ticket that is being read."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from tui.digits.digit_ranking import WEAK, Slot
from tui.look.one_line import fit, one_line

BETWEEN = " · "


def strip_line(slots: Sequence[Slot], width: int) -> Content:
    """Return `1 Title 12/14 · 2 ~ Title · …` in `width` terminal cells; those that may not fit are dimmed."""
    remaining, parts = width, list[Content]()
    for place, slot in enumerate(slots):
        digit, sign = str(slot.number or ""), WEAK if slot.weak else ""
        said = " ".join(filter(None, (digit, sign, one_line(slot.title), slot.note)))
        lead = BETWEEN if place else ""
        shown = fit(lead + said, min(remaining, cell_len(lead + said)))
        parts.append(Content.styled(shown, "$quiet" if slot.weak or not slot.number else ""))
        remaining -= cell_len(shown)
        if remaining <= 0:
            break
    return Content("").join(parts) + Content(" " * remaining)


class MacroStrip(Static):
    """Shows digits and titles; empty if digits would apply to another ticket than the open one."""

    def __init__(self) -> None:
        super().__init__("", id="macro-strip", markup=False)
        self._slots: Sequence[Slot] = ()

    def show(self, slots: Sequence[Slot]) -> None:
        """Draw the line."""
        self._slots = slots
        self.update(strip_line(slots, self.content_size.width), layout=False)

    def on_resize(self, event: Resize) -> None:
        """Cut the line to the new width."""
        self.show(self._slots)

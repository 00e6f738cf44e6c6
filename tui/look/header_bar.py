"""The line at the top: the desk, waiting replies, and the figures of the agent's shift."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from tui.look.short_times import span
from tui.look.words import counted, words

GAP = 3
"""Cells between the status on the left and the agent's figures."""


class HeaderBar(Static):
    """Shows the desk's name, its mode and the outbox; `saving…` while a change is being written."""

    def __init__(self, name: str, mode: str) -> None:
        super().__init__("", id="header", markup=False)
        self._title = name
        self._mode = mode
        self._shown = self._left_text = ""
        self._shift: Sequence[str] = ()
        self._paces: Sequence[tuple[str, str]] = ()
        self.saving = False

    def show(
        self, waiting: int, leaves_in: int | None, held: int, *, doubted: int = 0, links: str = "", stay: str = "",
        paces: Sequence[tuple[str, str]] = (), reviews: str = "", suspended: int = 0,
    ) -> None:  # fmt: skip
        """Draw the line: accounts, replies queued, held or in doubt, suspended mail, reviews, the cost of staying.

        `paces`, the request rates in a long and a short form, are shown as far as there is room.
        """
        parts = [self._title, self._mode, links]
        if waiting:
            parts.append(words("outbox {n}").format(n=waiting))
        if leaves_in is not None and leaves_in > 0:
            parts.append(words("leaves in {span}").format(span=span(leaves_in)))
        if held:
            parts.append(counted("{n} held!", "{n} held!", held).format(n=held))
        if doubted:
            parts.append(counted("{n} in doubt!", "{n} in doubt!", doubted).format(n=doubted))
        if suspended:
            parts.append(counted("{n} suspended", "{n} suspended", suspended).format(n=suspended))
        parts += [reviews, stay]
        if self.saving:
            parts.append(words("saving…"))
        self._left_text, self._paces = "  ".join(part for part in parts if part), paces
        self._draw()

    def show_shift(self, bars: Sequence[str]) -> None:
        """Show the agent's figures at the right end: the first of `bars` that fits, or nothing."""
        self._shift = bars
        self._draw()

    def on_resize(self) -> None:
        """Fit the figures to the new width."""
        self._draw()

    def _draw(self) -> None:
        left_text, room = self._left_text, self.content_size.width - cell_len(self._left_text)
        fitting = [bar for bar in self._shift if cell_len(bar) + GAP <= room]
        least = min((cell_len(short) + 2 for _, short in self._paces), default=0)
        bar = next((bar for bar in fitting if cell_len(bar) + GAP + least <= room), next(iter(fitting), ""))
        taken = cell_len(bar) + GAP if bar else 0
        for ways in self._paces:
            pace = next((way for way in ways if cell_len(way) + 2 + taken <= room), "")
            if pace:
                left_text, room = f"{left_text}  {pace}", room - cell_len(pace) - 2
        line = f"{left_text}{' ' * (room - cell_len(bar))}{bar}" if bar else left_text
        if line != self._shown:
            self._shown = line
            self.update(Content(line), layout=False)

"""The files of a ticket, the newest message's first; a key says what becomes of the selected file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from data.records.messages import Direction
from queues.files.facts import dangers
from queues.files.kept_files import TicketFile
from tui.cards.base_card import BaseCard
from tui.cards.key_line import KeyLine
from tui.keys.actions import Scope
from tui.keys.bindings import bindings
from tui.look.one_line import one_line
from tui.look.short_times import span
from tui.look.words import words

MOST_LINES = 10
"""Files listed at once; the selected file is always among them."""
_BEGINNING, _END = 30, 20
_MARKS = {Direction.IN: "←", Direction.OUT: "→", Direction.NOTE: "┃"}


@dataclass(frozen=True, slots=True)
class Decision:
    """What the agent wants of the file at this place: `view`, `save` or `open`."""

    place: int
    wish: str


class FilesCard(BaseCard[Decision]):
    """Returns what was decided about the marked file; Esc returns nothing."""

    CSS_PATH = "files_card.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.FILES)

    def __init__(self, files: Sequence[TicketFile], now: int, marked: int = 0, note: str = "") -> None:
        super().__init__()
        self._files, self._now, self._note = files, now, note
        self._marked = min(marked, len(files) - 1)
        self._lines = Static("", id="files-lines", markup=False)
        self._about = Static("", id="files-told", markup=False)

    def compose(self) -> ComposeResult:
        """The list, what there is to know of the selected file, keys."""
        with Vertical(id="files"):
            title = words("Files ({n})").format(n=len(self._files))
            yield Static(Content(title), id="files-title", markup=False)
            yield self._lines
            yield self._about
            keys = words("Enter view · s save · o open… · j k next · Esc back")
            yield KeyLine(keys, id="files-keys")

    def on_mount(self) -> None:
        """Show the first."""
        self._show()

    def action_move(self, step: int) -> None:
        """Mark another file."""
        self._marked = min(max(0, self._marked + step), len(self._files) - 1)
        self._note = ""
        self._show()

    def action_decide(self, wish: str) -> None:
        """Decide about the selected file."""
        self.dismiss(Decision(self._marked, wish))

    def action_leave(self) -> None:
        """Decide nothing."""
        self.dismiss(None)

    def _show(self) -> None:
        start = max(0, min(self._marked - MOST_LINES // 2, len(self._files) - MOST_LINES))
        shown = list(enumerate(self._files))[start : start + MOST_LINES]
        self._lines.update(Content("\n".join(self._line(place, file) for place, file in shown)))
        part = self._files[self._marked].attachment
        careful = [f"! {words(danger)}" for danger in dangers(part.filename, part.content_type)]
        self._about.update(Content("\n".join([one_line(part.content_type), *careful, *filter(None, [self._note])])))

    def _line(self, place: int, file: TicketFile) -> str:
        part, message = file.attachment, file.message
        marks = ("▸" if place == self._marked else " ") + ("!" if dangers(part.filename, part.content_type) else " ")
        who = one_line(message.from_name) or one_line(message.from_address)
        ago = words("{span} ago").format(span=span(max(0, self._now - message.received_at)))
        return f"{marks} {short_name(part.filename)}  {part.size:,} B  {_MARKS[message.direction]} {who}, {ago}"


def short_name(name: str) -> str:
    """Return a file's name on a line, cut in the middle, so that its ending is always seen."""
    line = one_line(name) or words("(no name)")
    return line if len(line) <= _BEGINNING + _END else f"{line[:_BEGINNING]}…{line[-_END:]}"

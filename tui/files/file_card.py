"""One file: what it is, what to be careful of, and its words where it is a text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static, TextArea

from queues.files.facts import LONGEST_SHOWN, Danger
from queues.files.kept_files import TicketFile
from tui.cards.base_card import BaseCard
from tui.cards.key_line import KeyLine
from tui.look.one_line import one_line
from tui.look.words import words


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found in a file."""

    dangers: tuple[Danger, ...]
    text: str | None
    """The beginning of a text file, safe to draw; None for any other file."""


class FileCard(BaseCard[None]):
    """Returns nothing."""

    CSS_PATH = "files_card.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,q,u,enter", "leave"),
        ("j,down", "scroll(1)"),
        ("k,up", "scroll(-1)"),
        ("space,pagedown", "scroll(15)"),
        ("pageup,backspace", "scroll(-15)"),
    ]

    def __init__(self, file: TicketFile, seen: Seen) -> None:
        super().__init__()
        self._file, self._seen = file, seen

    def compose(self) -> ComposeResult:
        """Name, facts, words, keys."""
        with Vertical(id="file"):
            name = one_line(self._file.attachment.filename) or words("(no name)")
            yield Static(Content(name), id="file-title", markup=False)
            yield Static(Content("\n".join(self._facts())), id="file-facts", markup=False)
            if self._seen.text is not None:
                # draws only the lines that are seen
                text = TextArea(self._seen.text, id="file-text", read_only=True, show_cursor=False, compact=True)
                text.can_focus = False
                yield text
            yield KeyLine(words("j k read on · Esc back"), id="file-keys")

    def action_scroll(self, lines: int) -> None:
        """Read on."""
        for text in self.query("#file-text"):
            text.scroll_relative(y=lines, animate=False)

    def action_leave(self) -> None:
        """Go back to the list."""
        self.dismiss(None)

    def _facts(self) -> Iterator[str]:
        part = self._file.attachment
        yield f"{one_line(part.content_type)} · {part.size:,} B"
        yield f"SHA-256 {part.sha256}"
        for danger in self._seen.dangers:
            yield f"! {words(danger)}"
        if self._seen.text is None:
            yield words("Not a text file: save it, or open it with another program.")
        elif part.size > LONGEST_SHOWN:
            yield words("The first {n:,} bytes:").format(n=LONGEST_SHOWN)

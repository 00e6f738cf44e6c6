"""One file: what it is, what to be careful of, its text or, once a key asks for it, its picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from queues.files.facts import LONGEST_SHOWN, Danger
from queues.files.kept_files import TicketFile
from queues.mail.pictures import SmallPicture
from tui.cards.base_card import BaseCard
from tui.cards.key_line import KeyLine
from tui.cards.written_area import WrittenArea
from tui.files.picture import Picture
from tui.look.one_line import one_line
from tui.look.words import words


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found in a file."""

    dangers: tuple[Danger, ...]
    text: str | None
    """The beginning of a text file, safe to draw; None for what is not a text."""
    picture: SmallPicture | None = None
    note: str = ""
    """Why a picture cannot be shown here."""


class FileCard(BaseCard[None]):
    """Returns nothing."""

    CSS_PATH = "files_card.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,q,u,enter", "leave"),
        ("i", "show_picture"),
        ("c", "turn_colour"),
        ("j,down", "scroll(1)"),
        ("k,up", "scroll(-1)"),
        ("space,pagedown", "scroll(15)"),
        ("pageup,backspace", "scroll(-15)"),
    ]

    def __init__(self, file: TicketFile, seen: Seen) -> None:
        super().__init__()
        self._file, self._seen = file, seen
        keys = words("Esc back")
        if seen.picture is not None:
            keys = words("i shows the picture, in grey · Esc back")
        elif seen.text is not None:
            keys = words("j k read on · Esc back")
        self._keys = KeyLine(keys, id="file-keys")

    def compose(self) -> ComposeResult:
        """Name, facts, words, keys."""
        with Vertical(id="file"):
            name = one_line(self._file.attachment.filename) or words("(no name)")
            yield Static(Content(name), id="file-title", markup=False)
            yield Static(Content("\n".join(self._facts())), id="file-facts", markup=False)
            if self._seen.text is not None:
                # draws only the lines that are seen
                text = WrittenArea(self._seen.text, id="file-text", read_only=True, show_cursor=False, compact=True)
                text.can_focus = False
                yield text
            yield self._keys

    def action_scroll(self, lines: int) -> None:
        """Read on."""
        for shown in self.query("#file-text, #file-picture-scroll"):
            shown.scroll_relative(y=lines, animate=False)

    async def action_show_picture(self) -> None:
        """Draw the picture, which is foreign and may hurt: only when asked, and first without its colours."""
        if self._seen.picture is not None and not self.query(Picture):
            holder = VerticalScroll(Picture(self._seen.picture, id="file-picture"), id="file-picture-scroll")
            await self.query_one("#file").mount(holder, before=self._keys)
            self._keys.update(words("c colours · j k move · Esc back"))

    def action_turn_colour(self) -> None:
        """Change between grey and colours."""
        for picture in self.query(Picture):
            picture.turn_colour()

    def action_leave(self) -> None:
        """Go back to the list."""
        self.dismiss(None)

    def _facts(self) -> Iterator[str]:
        part = self._file.attachment
        yield f"{one_line(part.content_type)} · {part.size:,} B"
        yield f"SHA-256 {part.sha256}"
        for danger in self._seen.dangers:
            yield f"! {words(danger)}"
        if self._seen.picture is not None:
            sizes = {"columns": self._seen.picture.full_columns, "rows": self._seen.picture.full_rows}
            yield words("A picture of {columns} × {rows} pixels.").format(**sizes)
        elif self._seen.text is None:
            yield self._seen.note or words("Not a text file: save it, or open it with another program.")
        elif part.size > LONGEST_SHOWN:
            yield words("The first {n:,} bytes:").format(n=LONGEST_SHOWN)

"""The customer's newest mails, wrapped as in the ticket, for a card that answers them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from data.records.messages import Direction, Message
from tui.look.inked_lines import Ink, Line
from tui.look.words import words
from tui.ticket.ticket_text import Conversation, message_lines, rooms

STYLES = {Ink.CUSTOMER: "", Ink.LATE: "$error", Ink.NOTE: "$note", Ink.QUIET: "$quiet"}
MOST = 12_000
"""Characters that are laid out of all mails together, the newest first."""


def unanswered(conversation: Conversation) -> Sequence[Message]:
    """Return what the customer wrote since our last reply; at least the newest mail, if there is one."""
    asked: list[Message] = []
    for message in reversed(conversation.messages):
        if message.direction is Direction.OUT and asked:
            break
        if message.direction is Direction.IN:
            asked.insert(0, message)
    return asked


class MailLines(Widget):
    """Draws the customer's newest mails; text that may be graphic stays folded."""

    DEFAULT_CSS = "MailLines { height: auto; }"

    def __init__(self, conversation: Conversation | None, now: int, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._conversation, self._now = conversation, now
        self._laid_out: tuple[int, list[Line]] | None = None
        """The lines, and the width that they are for."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the number of lines at this width."""
        return len(self._lines(width))

    def render(self) -> Content:
        """Return the lines."""
        styled = (
            Content.styled(line.text, f"{STYLES.get(line.ink, '')} {'bold' if line.head else ''}".strip())
            for line in self._lines(self.content_size.width)
        )
        return Content("\n").join(styled)

    def _lines(self, width: int) -> list[Line]:
        if self._laid_out is None or self._laid_out[0] != width:
            self._laid_out = width, list(self._lay_out(max(10, width)))
        return self._laid_out[1]

    def _lay_out(self, width: int) -> Iterator[Line]:
        shown = self._conversation
        mails = unanswered(shown) if shown is not None else ()
        if shown is None or not mails:
            yield Line(Ink.QUIET, words("The customer has not written yet."))
            return
        for n, (mail, most) in enumerate(zip(mails, rooms(mails, MOST, MOST, quotes=False), strict=True)):
            if n:
                yield Line(Ink.QUIET, "")
            yield from message_lines(shown, mail, width, self._now, folded=shown.folded, most=most)

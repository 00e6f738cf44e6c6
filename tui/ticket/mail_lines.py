"""The customer's newest mails, wrapped as in the ticket, for a card that answers them."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from data.records.messages import Direction, Message
from tui.look.inked_lines import Ink, Line
from tui.look.words import words
from tui.ticket.ticket_text import Conversation, message_lines

STYLES = {Ink.CUSTOMER: "", Ink.LATE: "$error", Ink.NOTE: "$note", Ink.QUIET: "$quiet"}
MOST = 20_000
"""Characters of one mail that are laid out."""


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
        shown = self._conversation
        lines: list[Line] = []
        if shown is not None:
            for message in unanswered(shown):
                lines += [Line(Ink.QUIET, "")] if lines else []
                lines += message_lines(shown, message, max(10, width), self._now, folded=shown.folded, most=MOST)
        return lines or [Line(Ink.QUIET, words("The customer has not written yet."))]

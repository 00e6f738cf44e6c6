"""What widgets tell the screen: each message is named for what happened."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message


@dataclass
class TicketHighlighted(Message):
    """The cursor of a lane came to stand on a ticket, or on none."""

    lane: str
    ticket_id: int | None


@dataclass
class TicketChosen(Message):
    """A ticket was clicked: the mouse's way of opening it."""

    lane: str
    ticket_id: int

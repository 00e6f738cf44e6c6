"""Messages that the widgets of the lanes post to the desk."""

from __future__ import annotations

from dataclasses import dataclass

from tui.cards.desk_message import DeskMessage


@dataclass
class TicketHighlighted(DeskMessage):
    """The cursor of a lane moved to a ticket, or to none."""

    lane: str
    ticket_id: int | None


@dataclass
class TicketChosen(DeskMessage):
    """A ticket was clicked: the mouse's way of opening it."""

    lane: str
    ticket_id: int


@dataclass
class FilterTyped(DeskMessage):
    """The filter text changed."""

    text: str


@dataclass
class FilterSubmitted(DeskMessage):
    """The filter text was submitted."""

    text: str


@dataclass
class FilterLeft(DeskMessage):
    """The agent left the filter line."""

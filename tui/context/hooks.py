"""The moments at which several parts take a turn. `tui.desk.parts` says who, and in which order."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from data.errors import DeskError
from data.records.tickets import Ticket

Act = Callable[[], object]


@dataclass(frozen=True, slots=True)
class MacroWish:
    """A macro that the agent wants to see filled in."""

    ticket: Ticket
    name: str
    """One macro, or several joined (`data.macro_names`)."""
    language: str = ""
    """Empty for the ticket's own."""
    anew: bool = True
    """Show what the macro asks for first, even where it was answered before."""


BeforePreview = Callable[[MacroWish, Callable[[MacroWish], None]], None]
"""Calls the second, now or later, to let the preview go on, or goes another way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """Who is called when; each tuple is called in its order."""

    when_drawn: tuple[Act, ...] = ()
    """The desk is drawn for the first time: what no first paint waits for."""
    timers: tuple[tuple[float, Act], ...] = ()
    """Again and again, each after so many seconds."""
    is_reading: tuple[Callable[[], bool], ...] = ()
    """Whether the agent is in something beside the open ticket that belongs to reading it."""
    on_header: tuple[Act, ...] = ()
    """The top line is about to be drawn anew."""
    on_layout: tuple[Act, ...] = ()
    """The terminal has another size, or the keys went to another region."""
    on_ticket_shown: tuple[Callable[[int | None], None], ...] = ()
    """Another ticket, or none, is in the view."""
    on_ticket_opened: tuple[Callable[[int], None], ...] = ()
    """The agent went to a ticket."""
    on_lane_shown: tuple[Act, ...] = ()
    """The agent came to a lane."""
    before_refresh: tuple[Act, ...] = ()
    """The rows are about to be read anew."""
    on_refresh: tuple[Act, ...] = ()
    """News was taken in: the agent's own change, or another connection's."""
    before_preview: tuple[BeforePreview, ...] = ()
    """A macro is about to be filled in and shown."""
    on_macros: tuple[Act, ...] = ()
    """The macros were read, at first or because a file changed."""
    go_back: tuple[Callable[[], bool], ...] = ()
    """What the key for going back tries; the first that returns True was it."""
    on_refusal: tuple[Callable[[DeskError], str], ...] = ()
    """The writer refused a change; returns words to add, such as the key that leads on."""
    on_late_result: tuple[Callable[[object], None], ...] = ()
    """A slow change was saved after the agent had gone on."""
    before_quitting: tuple[Callable[[], Awaitable[bool]], ...] = ()
    """The agent wants to leave; the first that returns False keeps the desk open."""
    on_closed: tuple[Act, ...] = ()
    """The desk has gone from the screen."""

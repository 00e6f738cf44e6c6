"""The hooks on which several parts are called. `tui.desk.parts` lists which, and in which order."""

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
"""Calls its second argument, now or later, to continue with the preview, or does something else instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """The hooks; the functions of a tuple are called in order."""

    when_drawn: tuple[Act, ...] = ()
    """The desk was drawn for the first time: start what the first paint must not wait for."""
    timers: tuple[tuple[float, Act], ...] = ()
    """Repeatedly, each at its interval in seconds."""
    is_reading: tuple[Callable[[], bool], ...] = ()
    """Whether the focus is in a panel next to the open ticket that belongs to reading it."""
    on_header: tuple[Act, ...] = ()
    """The top line is about to be redrawn."""
    on_layout: tuple[Act, ...] = ()
    """The terminal was resized, or the focus moved to another region."""
    on_ticket_shown: tuple[Callable[[int | None], None], ...] = ()
    """Another ticket, or none, is in the view."""
    on_glance: tuple[Act, ...] = ()
    """The ticket under the cursor, or the open one again, is in sight."""
    is_writing: tuple[Callable[[], bool], ...] = ()
    """Whether a text about the open ticket is being written."""
    on_ticket_opened: tuple[Callable[[int], None], ...] = ()
    """The agent went to a ticket."""
    on_lane_shown: tuple[Act, ...] = ()
    """The agent came to a lane."""
    before_refresh: tuple[Act, ...] = ()
    """The rows are about to be reloaded."""
    on_refresh: tuple[Act, ...] = ()
    """New data was loaded: the agent's own change, or another connection's."""
    before_preview: tuple[BeforePreview, ...] = ()
    """A macro is about to be filled in and shown."""
    on_unfolded: tuple[Act, ...] = ()
    """The folded text of the open ticket was shown."""
    on_steps_answered: tuple[Callable[[Ticket], None], ...] = ()
    """The last gate of a ticket's procedure was answered, but for its hand-over."""
    on_answer_shown: tuple[Act, ...] = ()
    """The card with an answer is shown."""
    on_macros: tuple[Act, ...] = ()
    """The macros were read, at first or because a file changed."""
    go_back: tuple[Callable[[], bool], ...] = ()
    """Handlers of the key for going back; the first that returns True ends the search."""
    on_refusal: tuple[Callable[[DeskError], str], ...] = ()
    """The writer refused a change; returns text to add, such as the key that helps."""
    on_late_result: tuple[Callable[[object], None], ...] = ()
    """A slow change was saved after the agent had moved on."""
    before_quitting: tuple[Callable[[], Awaitable[bool]], ...] = ()
    """The agent wants to leave; the first that returns False keeps the desk open."""
    on_closed: tuple[Act, ...] = ()
    """The desk was closed."""

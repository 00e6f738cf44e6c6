"""The screen's settings for the order of work, graphic content and shifts, as one value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from queues.next_up.graphic_content import Exposure
from tui.setup.settings import REASONS

if TYPE_CHECKING:
    from tui.setup.settings import Settings


@dataclass(frozen=True, slots=True)
class Ways:
    """The defaults ask for reasons, fold, and offer no shift."""

    exposure: Exposure = field(default_factory=Exposure)
    ask_why: bool = True
    reasons: tuple[str, ...] = REASONS
    offers_shift: bool = False
    """Ask at start whether to begin a shift."""
    begins_shift: bool = False
    """Begin a shift at start without asking, as the demo does."""
    away_seconds: int = 6 * 3600
    """After this long without an action of the agent a shift is over."""
    letter: bool = False
    """Begin a reply written by hand with greeting and closing."""
    time_zone: str = ""
    """The time zone in which days begin; the machine's if not set."""
    lock_seconds: int = 0
    """The screen locks after this long without a key; 0 for never."""
    heads: bool = False
    """The columns of the lists have heads in the first minutes, as on a new desk."""
    tour: bool = False
    """A quiet line leads through the desk, as in the demo."""
    tips: bool = True
    """The key of an action that was clicked is shown, once in a session."""
    in_team: bool = False
    """Colleagues at other desks are shown who looks at a ticket."""
    tutorial: bool = False
    """A box says what to press and why, and waits for it."""


def ways_of(settings: Settings, *, demo: bool = False, empty: bool = False, tutorial: bool = False) -> Ways:
    """Return the values of the settings; a demo begins a shift itself, and an empty desk offers none.

    The `tutorial` is a demo that shows its own steps and neither the tour nor what a desk says at first.
    """
    from tui.setup.open_desk import exposure, in_team

    return Ways(
        exposure(settings),
        settings.next_up.ask_why,
        settings.next_up.reasons,
        settings.shift.ask and not demo and not empty,
        demo,
        settings.shift.away_hours * 3600,
        letter=settings.letter,
        time_zone=settings.time_zone,
        lock_seconds=settings.lock.after_minutes * 60,
        heads=(demo or empty) and not tutorial,
        tour=demo and not tutorial,
        tips=settings.tips,
        in_team=in_team(settings),
        tutorial=tutorial,
    )

"""How the screen goes about the order of work, graphic content and shifts: the settings that it needs, as one value."""

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
    """Ask at the opening whether a shift begins."""
    begins_shift: bool = False
    """Begin a shift at the opening without asking, as the demo does."""
    away_seconds: int = 6 * 3600
    """After so long without an action of the agent a shift is over."""
    time_zone: str = ""
    """Where days begin; the machine's where it is not named."""


def ways_of(settings: Settings, *, demo: bool = False, empty: bool = False) -> Ways:
    """Return what the settings say; a demo begins a shift of its own, and an empty desk offers none."""
    from tui.setup.open_desk import exposure

    return Ways(
        exposure(settings),
        settings.next_up.ask_why,
        settings.next_up.reasons,
        settings.shift.ask and not demo and not empty,
        demo,
        settings.shift.away_hours * 3600,
        settings.time_zone,
    )

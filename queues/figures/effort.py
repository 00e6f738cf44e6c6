"""The effort for solved tickets: keys, letters and seconds, compared with the same length of time before.

Keys are those pressed from opening a ticket to leaving it; letters, keys that type or delete text, count separately;
seconds run from key to key, and a gap of more than two minutes is not counted. The mouse is not counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from data.records.shifts import Effort


@dataclass(frozen=True, slots=True)
class Took:
    """Medians over the solved tickets that were counted; None if there are none."""

    tickets: int
    keys: float | None
    letters: float | None
    seconds: float | None


def took(efforts: Sequence[Effort]) -> Took:
    """Return the medians of several tickets."""
    if not efforts:
        return Took(0, None, None, None)
    return Took(
        len(efforts),
        median(effort.keys for effort in efforts),
        median(effort.letters for effort in efforts),
        round(median(effort.seconds for effort in efforts), 1),
    )

"""Rejects keys of a real terminal that were not meant: pasted text, held keys, keys for a card not drawn yet.

The rules use only times and kinds, so that they can be tested without a terminal. Typing is never delayed.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from enum import Enum, auto

from tui.look.words import words

GAP = 0.03
"""Keys closer together than this, in seconds, form a burst; the keys of one read always do."""
MOST = 8
"""A burst of more keys than this, not all of them moves, is pasted text."""
HELD = 0.7
"""The same key again sooner than this is held down; longer than any keyboard's repeat delay."""


class Kind(Enum):
    """What a key would do at the current focus."""

    TEXT = auto()
    """Type or edit."""
    MOVE = auto()
    """Move about; harmless when repeated."""
    LINE = auto()
    """Open the filter line, for the text typed next."""
    ACT = auto()
    """Open, change or send something."""
    NOTHING = auto()


class KeyGuard:
    """Call it for each key, in order, after the previous key was handled."""

    def __init__(self) -> None:
        self._last = float("-inf")
        self._count = 0
        """The non-typing keys of the burst so far."""
        self._acted = self._pasted = False
        self._held: tuple[str, Hashable] | None = None
        """The last key that acted, and where it first did."""
        self._held_at = float("-inf")

    @property
    def acted(self) -> bool:
        """A key of this burst has acted."""
        return self._acted

    def refusal(
        self,
        key: str,
        at: float,
        kinds: Sequence[Kind],
        place: Hashable,
        *,
        drawn_at: float = float("-inf"),
        repeats: bool = False,
    ) -> str:
        """Return why a key is ignored, a sentence without a full stop; empty if it may act.

        `kinds` are its own kind and those of the waiting keys of the same burst; `place` is where it
        would act, `drawn_at` since when that has been visible; a key that `repeats` may be held.
        """
        kind = kinds[0]
        if at - self._last > GAP:
            self._count, self._acted, self._pasted = 0, False, False
        self._last = max(self._last, at)
        if kind is Kind.TEXT:
            return ""
        self._count += 1
        refused = self._as_paste(kinds) or (self._as_act(key, at, place, drawn_at, repeats) if _acts(kind) else "")
        if not refused and _acts(kind):
            self._acted = True
        return refused

    def _as_paste(self, kinds: Sequence[Kind]) -> str:
        """A long burst is dropped completely, from its first key on if all of it is known by then."""
        opens_line = self._count == 1 and kinds[0] is Kind.LINE
        long = self._count + len(kinds) - 1 > MOST
        if not self._pasted and long and not opens_line:
            self._pasted = any(kind is not Kind.MOVE for kind in kinds)
        return words("that many keys at once are taken for pasted text, which is ignored here") if self._pasted else ""

    def _as_act(self, key: str, at: float, place: Hashable, drawn_at: float, repeats: bool) -> str:
        before, since = self._held, at - self._held_at
        self._held_at = at
        if self._acted:
            return words("of several keys at once, only the first acts")
        if at < drawn_at:
            return words("pressed before what it acts on was visible; press it again")
        if before is not None and before[0] == key and since < HELD and not repeats:
            return "" if before[1] == place else words("the key was held down; it acts once")
        self._held = key, place
        return ""


def _acts(kind: Kind) -> bool:
    return kind in (Kind.ACT, Kind.LINE)

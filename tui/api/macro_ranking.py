"""The ranking of macros, kept between requests: what it is made of takes a second to learn."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any

from tui.cli.macro_folder import library_of
from tui.cli.suggesting import MacroRanking

if TYPE_CHECKING:
    from macros.filling.macro import Macro
    from macros.suggesting.offering import Offer

_one_at_a_time = Lock()
_kept: tuple[list[Macro], MacroRanking] | None = None


def ranked(given: Mapping[str, Any], top: int) -> list[Offer]:
    """Return the `top` macros for a text, as `tridesk macros suggest` ranks them. Raises InputError."""
    global _kept
    library = library_of(None)
    macros = list(library)
    with _one_at_a_time:
        if _kept is None or _kept[0] != macros:
            _kept = (macros, MacroRanking(library))
        return _kept[1].ranked(given, top, "The request")

"""No key needs AltGr or a dead key on the keyboards of Spain and Latin America."""

from __future__ import annotations

import pytest

from tui.keys.actions import ACTIONS
from tui.keys.key_names import shown
from tui.keys.presets import PRESETS

ALTGR = {
    "Spain": "\\|@#~€¬[]{}",
    "Latin America": "\\@~^`¬",
}
"""Signs that need AltGr, by the layouts `es` and `latam` of X.Org."""
DEAD = "´`^¨"
"""Signs that wait for the next letter on both."""


@pytest.mark.parametrize("place", ALTGR)
def test_no_key_needs_altgr_or_a_dead_key(place: str) -> None:
    bound = [(action.id, keys) for action in ACTIONS for keys in action.keys]
    bound += [(f"{name} {action}", keys) for name, preset in PRESETS.items() for action, all_keys in preset.items()
              for keys in all_keys]  # fmt: skip
    unreachable = set(ALTGR[place]) | set(DEAD)
    assert [(name, keys) for name, keys in bound for key in keys.split() if shown(key) in unreachable] == []

"""A quiet tip after something was clicked or chosen by its name: the key that does the same."""

from __future__ import annotations

from tui.context.desk_context import DeskContext
from tui.keys.actions import BY_ID
from tui.look.words import words

SECONDS = 6.0
"""How long a tip is shown."""


class Tips:
    """Shows the key of each action once in a session; none in the tutorial, which has keys of its own."""

    def __init__(self, desk: DeskContext) -> None:
        self._desk = desk
        self._shown: set[str] = set()

    def done_without_key(self, action_id: str) -> None:
        """Show the key of an action that was clicked, or chosen in a list."""
        keys = self._desk.keys.of(action_id)
        if not self._desk.ways.tips or self._desk.ways.tutorial or not keys or action_id in self._shown:
            return
        self._shown.add(action_id)
        title = words(BY_ID[action_id].title).rstrip("…")
        tip = words("{title}: the key is {key}").format(title=title, key=self._desk.key(action_id))
        self._desk.toast(tip, timeout=SECONDS)

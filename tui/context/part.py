"""The base of every part of the desk: one subject, with the actions and the widgets' messages that it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tui.cards.desk_message import DeskMessage
from tui.context.desk_context import DeskContext
from tui.context.hooks import Act


class Part:
    """One subject of the desk. It uses the context, and earlier parts passed to its constructor."""

    def __init__(self, desk: DeskContext) -> None:
        self.desk = desk

    def actions(self) -> Mapping[str, Act]:
        """Return what carries out each action of this part, by the id in `tui.keys.actions`; may be a coroutine."""
        return {}

    def messages(self) -> Mapping[type[DeskMessage], Callable[..., object]]:
        """Return what answers each kind of message that widgets post to this part; may be a coroutine."""
        return {}

"""The input line of the filter."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui.lanes.lane_messages import FilterLeft, FilterSubmitted, FilterTyped
from tui.look.words import words


class FilterLine(Input):
    """Posts what is typed, and when the line is submitted or left."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    def __init__(self) -> None:
        hint = words("text, name, phone, #number · from: tag: status: lang: lane: before: after: has:file · -not")
        super().__init__(placeholder=hint, id="filter", compact=True)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Post what is typed so far."""
        event.stop()
        self.post_message(FilterTyped(event.value.strip()))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Post what was typed."""
        event.stop()
        self.post_message(FilterSubmitted(event.value.strip()))

    def action_leave(self) -> None:
        """Post that the agent left the line."""
        self.post_message(FilterLeft())

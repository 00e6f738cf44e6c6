"""Recognises text fields without importing their widgets."""

from __future__ import annotations

from textual.widget import Widget


def types(widget: Widget | None) -> bool:
    """Return whether the widget is a text field, such as an input line or a text area."""
    return widget is not None and widget.check_consume_key("a", "a")

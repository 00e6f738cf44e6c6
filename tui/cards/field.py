"""Telling where text is typed, without loading the widgets for it."""

from __future__ import annotations

from textual.widget import Widget


def types(widget: Widget | None) -> bool:
    """Tell whether letters are typed into the widget, as in a line or a text."""
    return widget is not None and widget.check_consume_key("a", "a")

"""The lines of a form: they scroll to the focused one, and leave the arrows to the form."""

from __future__ import annotations

from textual.containers import VerticalScroll


class FormRows(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Textual's own container would take the arrows for scrolling as soon as there are more lines than room."""

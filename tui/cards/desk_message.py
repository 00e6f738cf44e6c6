"""The base of the messages that widgets post to the desk."""

from __future__ import annotations

from textual.message import Message


class DeskMessage(Message):
    """Something that happened in a widget. The screen hands it, by its type, to the part that answers it."""

"""Messages that the composer posts to the desk."""

from __future__ import annotations

from dataclasses import dataclass

from data.records.messages import Draft
from tui.cards.desk_message import DeskMessage


@dataclass
class DraftChanged(DeskMessage):
    """Typing paused, or the text is about to be left: save it. An empty text removes the draft."""

    draft: Draft


@dataclass
class SendAsked(DeskMessage):
    """Keep the text and show what will leave; a note is saved."""

    draft: Draft


@dataclass
class MacroAsked(DeskMessage):
    """A macro was named in the text; insert its text with `Composer.put`."""

    name: str


@dataclass
class CheckAsked(DeskMessage):
    """Typing paused: check the text and show the findings with `Composer.show_findings`."""

    draft: Draft


@dataclass
class LanguageAsked(DeskMessage):
    """Use the macro in the other language."""


@dataclass
class RenderAsked(DeskMessage):
    """Fill the macro in again."""


@dataclass
class AttachAsked(DeskMessage):
    """A file is wanted with the reply; add it with `Composer.attach`."""

    draft: Draft


@dataclass
class KeepAsked(DeskMessage):
    """Save the text as a macro."""

    draft: Draft


@dataclass
class ComposerLeft(DeskMessage):
    """The agent went back to the ticket; the draft was posted first."""

"""What the composer posts to the desk."""

from __future__ import annotations

from dataclasses import dataclass

from data.records.messages import Draft
from tui.cards.desk_message import DeskMessage


@dataclass
class DraftChanged(DeskMessage):
    """The text rested long enough, or is about to be left: keep it. An empty text means the draft is gone."""

    draft: Draft


@dataclass
class SendAsked(DeskMessage):
    """The text is to be sent with the usual outcome, or `choose` another on the preview."""

    draft: Draft
    choose: bool = False


@dataclass
class MacroAsked(DeskMessage):
    """A macro was named in the text; put its text in with `Composer.put`."""

    name: str


@dataclass
class CheckAsked(DeskMessage):
    """The text rested: look at it and show what was found with `Composer.show_findings`."""

    draft: Draft


@dataclass
class LanguageAsked(DeskMessage):
    """The macro is wanted in the other language."""


@dataclass
class RenderAsked(DeskMessage):
    """The macro is to be filled anew."""


@dataclass
class AttachAsked(DeskMessage):
    """A file is wanted with the reply; add it with `Composer.attach`."""

    draft: Draft


@dataclass
class KeepAsked(DeskMessage):
    """The text is to be kept as a macro."""

    draft: Draft


@dataclass
class ComposerLeft(DeskMessage):
    """The agent went back to the ticket; the draft was posted before."""

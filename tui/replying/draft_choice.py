"""The card for a draft changed in two windows: shows both texts, and the agent chooses which to keep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from data import macro_names
from data.changes import packed, unpacked
from data.errors import InputError
from data.records.messages import Direction, Draft
from tui.cards.base_card import BaseCard
from tui.cards.key_line import KeyLine
from tui.look.shown import safe_text
from tui.look.words import words

QUIET_SECONDS = 0.8
"""The card may open while the agent types: keys choose nothing until typing pauses for this long."""


TypeOn = Callable[[str], Draft]
"""Inserts what is typed into the text, and returns the resulting text."""


class Choice(StrEnum):
    """Which text to keep."""

    MINE = "mine"
    OTHER = "other"
    BOTH = "both"


class DraftChoice(BaseCard[Choice]):
    """Esc keeps both, so that no key loses a word."""

    CSS_PATH = "draft_choice.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("m", "choose('mine')"),
        ("o", "choose('other')"),
        ("b,escape", "choose('both')"),
        ("down,j", "scroll(1)"),
        ("up,k", "scroll(-1)"),
        ("pagedown,space", "scroll(10)"),
        ("pageup", "scroll(-10)"),
    ]

    def __init__(self, mine: Draft, other: Draft | None, type_on: TypeOn | None = None) -> None:
        """Take this window's text and the file's; None if the other window sent or emptied it.

        `type_on` gets the keys typed before the pause, as they were meant for the text.
        """
        super().__init__()
        self._mine, self._other, self._type_on = mine, other, type_on
        self._listening: Timer | None = None
        """Runs while keys may still be meant for the text."""

    def on_mount(self) -> None:
        """Wait until the typing stops."""
        self._listening = self.set_timer(QUIET_SECONDS, self._listen)

    def on_key(self, event: events.Key) -> None:
        """Typing goes on: wait longer."""
        if self._listening is not None:
            event.stop()
            event.prevent_default()
            self._listening.reset()
            typed = "\n" if event.key == "enter" else event.character if event.is_printable else None
            if typed and self._type_on is not None:
                self._mine = self._type_on(typed)
                self.query_one("#choice-mine", Static).update(_shown(self._mine))

    def _listen(self) -> None:
        self._listening = None
        keys = words("m this one · o the other · b both, one after the other (Esc too) · ↑↓ scrolls")
        self.query_one("#choice-keys", KeyLine).update(keys)

    def compose(self) -> ComposeResult:
        """What happened, both texts, keys."""
        with Vertical(id="draft-choice"):
            question = words("Another window also changed the draft of #{n}. Which text should be kept?")
            yield Static(Content(question.format(n=self._mine.ticket_id)), id="choice-title", markup=False)
            with Horizontal(id="choice-texts"):
                yield from self._side(words("m  here"), self._mine, "choice-mine")
                yield from self._side(words("o  the other window"), self._other, "choice-other")
            yield KeyLine(words("Stop typing for a moment…"), id="choice-keys")

    def action_choose(self, choice: str) -> None:
        """Choose a text, unless the key was meant for the text."""
        if self._listening is None:
            self.dismiss(Choice(choice))
        else:
            self._listening.reset()

    def action_scroll(self, lines: int) -> None:
        """Scroll both texts."""
        for side in self.query(VerticalScroll):
            side.scroll_relative(y=lines, animate=False)

    def _side(self, name: str, draft: Draft | None, id: str) -> ComposeResult:
        note = words(" · NOTE") if draft is not None and draft.kind is Direction.NOTE else ""
        with VerticalScroll(classes="choice-side", can_focus=False):
            yield Static(Content(name + note), classes="choice-name", markup=False)
            yield Static(_shown(draft), id=id, markup=False)


def _shown(draft: Draft | None) -> Content:
    return Content(words("(it was sent or emptied there)") if draft is None else safe_text(draft.text))


def joined(mine: Draft, other: Draft | None, choice: Choice) -> Draft:
    """Return the draft to keep, to replace the one in the file. If either of both is a note, the result is a note."""
    revision = other.revision if other is not None else 0
    theirs = other if other is not None else Draft(mine.ticket_id, "")
    if choice is Choice.MINE:
        chosen = mine
    elif choice is Choice.OTHER:
        chosen = theirs
    else:
        texts = [draft.text for draft in (mine, theirs) if draft.text.strip()]
        kind = Direction.NOTE if Direction.NOTE in (mine.kind, theirs.kind) else Direction.OUT
        macros = macro_names.joined((*macro_names.separate(theirs.macro), *macro_names.separate(mine.macro)))
        chosen = Draft(mine.ticket_id, "\n\n".join(dict.fromkeys(texts)), kind, 0, 0, macros, mine.language,
                       _actions_of(mine, theirs))  # fmt: skip
    proposed = mine.proposed if choice is Choice.MINE else theirs.proposed or mine.proposed
    return replace(chosen, revision=revision, updated_at=0, proposed=proposed)


def _actions_of(mine: Draft, theirs: Draft) -> str:
    """Return the macros' actions of both drafts; only this window's if they conflict."""
    from macros.filling.several_macros import stack

    try:
        return packed(stack(unpacked(theirs.actions), unpacked(mine.actions)))
    except InputError:
        return mine.actions

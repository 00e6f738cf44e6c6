"""The composer for replies and notes. It posts messages and stores nothing itself."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static, TextArea

from data.changes import packed, unpacked
from data.errors import InputError
from data.records.changes import Change, Finding
from data.records.messages import Direction, Draft
from data.records.outbox import Enclosure
from data.safe_text import safe_text
from tui.keys.actions import Scope
from tui.keys.bindings import bindings
from tui.look.shown import safe_line
from tui.look.words import translated, words
from tui.replying import external_editor
from tui.replying.completion import Choice, Complete, Completion
from tui.replying.composer_area import ComposerArea
from tui.replying.composer_messages import (
    AttachAsked,
    CheckAsked,
    ComposerLeft,
    DraftChanged,
    KeepAsked,
    LanguageAsked,
    MacroAsked,
    RenderAsked,
    SendAsked,
)
from tui.replying.finding_line import FindingLine

SAVE_EVERY = 0.5
"""The minimum of seconds between two saves of a draft while typing."""
GAP = "\n\n\n\n"
"""Between greeting and closing; the text goes into its middle."""
CHECK_AFTER = 0.4
"""Seconds without a key after which a reply is checked."""


class Composer(Vertical):
    """The composer: a text, whether it is a reply or a note, and its recipient."""

    DEFAULT_CSS = """
    Composer { height: auto; min-height: 6; max-height: 60%; }
    Composer > Static { text-wrap: nowrap; text-overflow: ellipsis; }
    Composer > #composer-head { height: 1; background: $panel; color: $foreground; }
    Composer.-note > #composer-head { background: $warning; color: $background; text-style: bold; }
    Composer > ComposerArea { height: 1fr; min-height: 4; }
    Composer > #composer-findings { height: 1; padding: 0 1; background: $surface; color: $warning; display: none; }
    Composer > #composer-findings.-told { display: block; }
    Composer > #composer-files { height: 1; padding: 0 1; background: $surface; display: none; }
    Composer > #composer-files.-told { display: block; }
    Composer > #composer-findings.-blocked { color: $error; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.COMPOSER)

    def __init__(
        self,
        complete: Complete,
        save_every: float | None = None,
        id: str | None = "composer",
        people: Complete = lambda letters: (),
    ) -> None:
        super().__init__(id=id)
        self._completion = Completion()
        self._area = ComposerArea(self._completion, self._choices)
        self._complete, self._people = complete, people
        self._head = Static("", id="composer-head", markup=False)
        self._save_every = SAVE_EVERY if save_every is None else save_every
        self._timer: Timer | None = None
        self._line = FindingLine()
        self._files = Static("", id="composer-files", markup=False)
        self._check_timer: Timer | None = None
        self._draft = Draft(0, "")
        self._recipient = ""
        self._copies: Sequence[str] = ()
        self._posted = ""
        self._as_put: str | None = None
        """The text as macros left it; None if no macro was inserted since the draft was opened."""
        self._edited_before = False
        self._letter = ""
        """Greeting and closing as they were filled in; a text of nothing else counts as empty."""

    def compose(self) -> ComposeResult:
        """Head line, text, completion."""
        yield self._head
        yield self._area
        yield self._files
        yield self._line
        yield self._completion

    @property
    def draft(self) -> Draft:
        """The current text; greeting and closing alone are none."""
        return replace(self._draft, text=self._text)

    @property
    def _text(self) -> str:
        return "" if self._letter and self._area.text == self._letter else self._area.text

    def open(self, draft: Draft, recipient: str = "", letter: tuple[str, str] = ("", "")) -> None:
        """Show a draft; first post an unsaved draft of another ticket.

        A new reply begins with the greeting and the closing of `letter`, the cursor between them.
        """
        self.flush()
        self._draft, self._recipient, self._copies, self._posted = draft, recipient, (), draft.text
        self._as_put, self._edited_before = None, False
        greeting, closing = (safe_text(part) for part in letter)
        begins = bool(greeting or closing) and not draft.text and draft.kind is Direction.OUT
        self._letter = GAP.join((greeting, closing)) if begins else ""
        self._area.load_text(safe_text(draft.text) or self._letter)
        self._area.drawn.forget()
        self._area.move_cursor(self._area.document.end)
        if begins:
            self._area.go_to(len(greeting) + len(GAP) // 2)
        self._completion.close()
        self._show_head()
        self._area.focus()

    def show_copies(self, ticket_id: int, copies: Sequence[str]) -> None:
        """Show who gets a copy of the reply, if the text is still that ticket's."""
        if self._draft.ticket_id == ticket_id:
            self._copies = copies
            self._show_head()

    @property
    def unsaved(self) -> bool:
        """Whether there is text that has not been posted yet."""
        return bool(self._draft.ticket_id) and self._text != self._posted

    def take(self, draft: Draft) -> None:
        """Replace the text by this draft of the same ticket, which is already saved. ctrl+z restores the text."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._draft, self._posted = draft, safe_text(draft.text)
        self._area.replace(self._posted, (0, 0), self._area.document.end)
        self._area.drawn.forget()
        self._show_head()

    def type_on(self, typed: str) -> Draft:
        """Insert at the cursor what was typed for this text while a card opened; return the resulting text."""
        self._area.insert(typed)
        return self.draft

    @property
    def around_cursor(self) -> tuple[str, str]:
        """The text before and after the cursor."""
        return self._area.around_cursor

    @property
    def edited(self) -> bool | None:
        """Whether the agent edited the macros' text; None if there is no macro in it or that is unknown."""
        if self._as_put is None or not self._draft.macro:
            return None
        return self._edited_before or self._area.text != self._as_put

    def insert(self, change: Change, *, whole: bool = False, closing: str = "") -> None:
        """Insert a change's text at the cursor, or replace the whole text, and keep its other actions.

        The cursor goes to the first missing value, else before the `closing`, where more may be added. This can be
        undone with ctrl+z.
        """
        kept, text = self._draft, safe_text(change.reply or "")
        had = self._text
        self._edited_before = not whole and (had.strip() != "" if self._as_put is None else bool(self.edited))
        self._draft = replace(
            kept,
            macro=change.macro or kept.macro,
            language=change.reply_language or kept.language,
            actions=packed(change),
        )
        if whole:
            self._area.replace(text, (0, 0), self._area.document.end)
        else:
            self._area.insert(text)
        self._area.drawn.forget()
        self._as_put = self._area.text
        self._show_head()
        if not self._area.next_hole() and closing:
            self._area.go_before(closing)

    @property
    def attached(self) -> tuple[Enclosure, ...]:
        """The files that go with the reply, those of its macros among them."""
        return unpacked(self._draft.actions).attachments

    def attach(self, files: Sequence[Enclosure]) -> None:
        """Let these files go with the reply, and keep that with the draft."""
        actions = replace(unpacked(self._draft.actions), attachments=tuple(files))
        self._draft = replace(self._draft, actions=packed(actions))
        self._show_head()
        self._posted = "" if self._text else self._posted
        self.flush()
        self._ask_to_check()

    def show_findings(self, text: str, findings: Sequence[Finding], promise: str = "") -> None:
        """Show the findings for `text`, unless the text has changed since."""
        if text == self._area.text and self._draft.kind is Direction.OUT:
            self._line.show(text, findings, promise)

    def point_at(self, finding: Finding) -> None:
        """Select the text of a finding; a finding about no particular text leaves the cursor at the end."""
        if finding.end > finding.start:
            self._area.select_words(finding.start, finding.end)
        else:
            self._area.move_cursor(self._area.document.end)

    def flush(self) -> None:
        """Post the draft now if it is not posted yet: before leaving, sending or changing the ticket."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self.unsaved:
            self._posted = self._text
            self.post_message(DraftChanged(self.draft))

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Save the draft soon; further typing does not postpone that."""
        event.stop()
        if not self._area.text and self._draft.macro:
            # nothing is left of the macros' text, so drop their actions too
            self._draft = replace(self._draft, macro="", actions="")
            self._show_head()
        if self._timer is None and self._text != self._posted:
            self._timer = self.set_timer(self._save_every, self.flush)
        self._check_soon()

    def _check_soon(self) -> None:
        """Have the text checked once no key has come for a while."""
        if self._check_timer is not None:
            self._check_timer.stop()
        self._check_timer = self.set_timer(CHECK_AFTER, self._ask_to_check)

    def _ask_to_check(self) -> None:
        self._check_timer = None
        if self._draft.kind is Direction.OUT and self._draft.ticket_id and self._text.strip():
            self.post_message(CheckAsked(self.draft))
        else:
            self._line.show("", ())

    def _choices(self, name: str) -> Sequence[Choice]:
        """Return the macros after a slash; after `@` the agents, in a note only: a customer's text mentions no one."""
        if name.startswith("/"):
            return self._complete(name[1:])
        return self._people(name[1:]) if self._draft.kind is Direction.NOTE else ()

    def on_composer_area_name_taken(self, event: ComposerArea.NameTaken) -> None:
        """Post the macro's name."""
        event.stop()
        self.post_message(MacroAsked(event.name))

    def action_send(self) -> None:
        """Post a request to send the text."""
        if not self._text.strip():
            self.notify(words("There is nothing to send yet."), timeout=3, markup=False)
            return
        self.flush()
        self.post_message(SendAsked(self.draft))

    def action_toggle_note(self) -> None:
        """Turn the reply into a note, or back."""
        kind = Direction.OUT if self._draft.kind is Direction.NOTE else Direction.NOTE
        if self._letter and not self._text:  # a note is no letter
            self._area.load_text("")
        self._draft = replace(self._draft, kind=kind)
        self._show_head()
        self._posted = "" if self._area.text else self._posted
        self.flush()
        self._ask_to_check()

    def action_next_hole(self) -> None:
        """Go to the next missing value or to the text of the next finding."""
        place = self._area.next_hole(self._line.places(self._area.text))
        if place is None:
            self.notify(words("No missing values and no findings."), timeout=2, markup=False)
        else:
            self._line.tell_at(self._area.text, place)

    def action_language(self) -> None:
        """Post a request for the other language."""
        self.post_message(LanguageAsked())

    def action_render_again(self) -> None:
        """Post a request to fill the macro in again."""
        self.post_message(RenderAsked())

    def action_attach(self) -> None:
        """Ask for a file."""
        if self._draft.kind is Direction.NOTE:
            self.notify(words("A note cannot have files; ctrl+t makes it a reply."), timeout=3, markup=False)
        else:
            self.post_message(AttachAsked(self.draft))

    def action_detach(self) -> None:
        """Take the last file out."""
        if self.attached:
            self.attach(self.attached[:-1])

    def action_keep(self) -> None:
        """Post a request to save the text as a macro."""
        if self._text.strip():
            self.post_message(KeepAsked(self.draft))
        else:
            self.notify(words("There is nothing to save yet."), timeout=3, markup=False)

    def action_editor(self) -> None:
        """Write in the agent's own editor; the draft is saved first."""
        self.flush()
        try:
            with self.app.suspend():
                text = external_editor.edit(self._area.text, external_editor.command(os.environ))
        except SuspendNotSupported:
            self.notify(words("No editor can be opened from here."), severity="warning", markup=False)
            return
        except InputError as error:
            self.notify(
                safe_line(translated(error.message)), title=translated(error.title), severity="error", markup=False
            )
            return
        self._area.replace(safe_text(text), (0, 0), self._area.document.end)

    def action_leave(self) -> None:
        """Go back to the ticket; the draft is kept."""
        self.flush()
        self.post_message(ComposerLeft())

    def _show_head(self) -> None:
        """Show whether this is a reply or a note; a note's colour and label keep it from being sent by mistake."""
        is_note = self._draft.kind is Direction.NOTE
        self.set_class(is_note, "-note")
        head = words("NOTE: not visible to the customer") if is_note else words("REPLY")
        recipient = "" if is_note else safe_line(self._recipient)
        copied = "" if is_note or not self._copies else f"Cc {safe_line(', '.join(self._copies))}"
        mark = words("drafted by an assistant") if self._draft.proposed and not is_note else ""
        parts = [head, mark, recipient, copied, self._draft.language, safe_line(self._draft.macro)]
        self._head.update(Content("  ".join(part for part in parts if part)))
        files = () if is_note else self.attached
        file_list = ", ".join(f"{safe_line(file.filename)} ({file.size:,} B)" for file in files)
        self._files.update(Content(words("Attached: {files}").format(files=file_list)))
        self._files.set_class(bool(files), "-told")

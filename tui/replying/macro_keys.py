"""The digits: the macro of a key, and reloading macros that changed on disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from tui.cards.desk_message import DeskMessage
from tui.context.desk_context import DeskContext
from tui.context.hooks import Act
from tui.context.part import Part
from tui.context.tips import Tips
from tui.digits.macro_strip import MacroStrip
from tui.digits.macros_at_hand import SLOTS
from tui.look.one_line import one_line
from tui.look.words import translated, words
from tui.moving.glance import Glance
from tui.replying.macro_preview import ReplyPreview

if TYPE_CHECKING:
    from data.records.tickets import Ticket
    from macros.files.library import Verdict as Refused


class MacroKeys(Part):
    """A digit previews its macro."""

    def __init__(self, desk: DeskContext, replies: ReplyPreview, glance: Glance, tips: Tips) -> None:
        super().__init__(desk)
        self._tips = tips
        self.replies, self.glance = replies, glance
        self._pressed_early: Callable[[], None] | None = None
        """Shows the macro of a digit that was pressed before the macros were loaded."""
        self._learned = desk.store.data_version()
        """The version of the store that suggestions have learned from."""

    def actions(self) -> Mapping[str, Act]:
        """The digits and the last macro."""
        return {
            **{f"macro.slot_{n}": partial(self.preview_slot, n) for n in range(1, SLOTS + 1)},
            "macro.again": self._preview_last,
        }

    def messages(self) -> Mapping[type[DeskMessage], Callable[..., object]]:
        """A click on the line of digits."""
        return {MacroStrip.Clicked: self._clicked}

    def _clicked(self, message: MacroStrip.Clicked) -> None:
        self._tips.done_without_key(f"macro.slot_{message.number}")
        self.preview_slot(message.number)

    def load(self) -> None:
        """Read the macros once the screen is drawn."""
        self.desk.in_thread("macros", self._load)

    def _load(self) -> None:
        self.desk.answering.load()
        self.desk.from_thread(self.take, self.desk.answering.refused())
        self.desk.answering.learn()

    def learn_news(self) -> None:
        """Learn from new commits, here or elsewhere; the digits of tickets in view stay as they are."""
        version = self.desk.store.data_version()
        if version != self._learned and self.desk.answering.ready:
            self._learned = version
            self.desk.in_thread("learning", self.desk.answering.learn)

    def look_for_changes(self) -> None:
        """Reload macros that changed on disk."""
        self.desk.in_thread("macros on disk", self._look_for_changes)

    def _look_for_changes(self) -> None:
        refused = self.desk.answering.refresh()
        if refused is not None:
            self.desk.from_thread(self.take, refused)

    def take(self, refused: Sequence[Refused]) -> None:
        """Update the digits, and report invalid files, whose last valid version stays in use."""
        self.desk.answering.know_new()
        self.desk.lane_shown()
        early, self._pressed_early = self._pressed_early, None
        if early is not None:
            early()
        if refused:
            first = refused[0]
            reason = words("{file}, line {line}: {reason}").format(
                file=first.file.name, line=first.line, reason=translated(first.reason)
            )
            more = words("And {n} more; tridesk macros check shows all.").format(n=len(refused) - 1)
            text = one_line(reason) + (f"\n{more}" if len(refused) > 1 else "")
            self.desk.toast(text, title=words("Macro refused"), severity="warning", timeout=10)
        for taken in self.desk.hooks.on_macros:
            taken()

    def preview_slot(self, number: int) -> None:
        """Preview the macro on a digit."""
        ticket = self.desk.ticket()
        if ticket is None:
            self.desk.say_no_ticket()
            return
        if not self.desk.answering.ready:
            self._pressed_early = self.desk.only_here(partial(self.preview_slot, number))
            self.desk.say(words("Macros are loading; {n} shows in a moment.").format(n=number))
            return
        if self.glance.show_first():
            return
        macro = self.desk.answering.slots(ticket)[number - 1]
        if macro is None:
            self.desk.say(words("No macro is on {n}.").format(n=number))
            return
        self.replies.preview_macro(ticket, macro.name)

    def preview_hand_over(self, ticket: Ticket) -> None:
        """Show the macro that hands over as the ticket's procedure asks next, if it is sure to be that one."""
        macro = self.desk.answering.next_answer(ticket)
        if macro is not None:
            self.replies.preview_macro(ticket, macro.name)

    def _preview_last(self) -> None:
        """Preview the macro used last."""
        ticket = self.desk.ticket()
        if ticket is not None and self.desk.answering.last:
            if not self.glance.show_first():
                self.replies.preview_macro(ticket, self.desk.answering.last)
        else:
            self.desk.say(words("No macro has been used yet."))

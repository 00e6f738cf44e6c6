"""The card with what one macro would send to many tickets: how many in each language, which are held back and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from data.records.tickets import Status
from tui.cards.base_card import BaseCard
from tui.cards.key_line import KeyLine
from tui.digits.digit_ranking import WEAK
from tui.keys.actions import Scope
from tui.keys.bindings import bindings
from tui.look.one_line import fit, one_line
from tui.look.shown import safe_text
from tui.look.words import words
from tui.replying.bulk_plan import AS_SAID, OUTCOMES, Plan
from tui.replying.outcomes import done_words
from tui.replying.reply_card_lines import Verdict

MOST_HELD = 5
"""The most held-back tickets listed with their reason."""
WIDTH = 160
"""The longest reason shown, in cells: two lines of the card."""
_KEYS = ("preview.solve", "preview.pending", "preview.open", "preview.cc", "preview.cancel")


class BulkCard(BaseCard[Verdict]):
    """Returns what to send and the tickets' new status, or nothing to send nothing."""

    CSS_PATH = "reply_card.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(binding for binding in bindings(Scope.PREVIEW) if isinstance(binding, Binding) and binding.id in _KEYS),
        Binding("down,j", "scroll(1)", show=False),
        Binding("up,k", "scroll(-1)", show=False),
    ]

    def __init__(self, title: str, plan: Plan) -> None:
        super().__init__()
        self._title, self.plan = title, plan
        self._asked = False
        """The question whether a weak macro is intended is on the screen."""

    def compose(self) -> ComposeResult:
        """Title, counts, tickets held back, one reply in each language, keys."""
        marks = ("" if any(self._counts()) else "-blocked", "-weak" if self.plan.weak else "")
        title = f"{WEAK} {self._title}" if self.plan.weak else self._title
        with Vertical(id="card", classes=" ".join(marks)):
            yield Static(Content(one_line(title)), id="card-title", markup=False)
            yield Static(Content("\n".join(self._facts())), id="card-facts", markup=False)
            with VerticalScroll(id="card-reply", can_focus=False):
                yield Static(Content("\n\n".join(self._samples())), id="card-text", markup=False)
            said, pending, kept = self._counts()
            keys = words("Enter sends {s} and {done} · p sends {p}, pending · o sends {o}, kept open · Esc sends none")
            done = " / ".join(done_words(status) for status in self.plan.outcomes()) or done_words(Status.SOLVED)
            key_line = keys.format(s=said, done=done, p=pending, o=kept)
            yield KeyLine(key_line, id="card-keys")

    def on_mount(self) -> None:
        """Give the replies the height that the other widgets leave."""
        self.after_drawing(self._fit)

    def on_resize(self, event: events.Resize) -> None:
        """Update the layout after a resize."""
        self.after_drawing(self._fit)

    def action_solve(self) -> None:
        """Send all and set each ticket's status as the macro says."""
        self._send(AS_SAID)

    def action_pending(self) -> None:
        """Send all and wait for the customers."""
        self._send(Status.PENDING)

    def action_open(self) -> None:
        """Send all and keep the tickets open."""
        self._send(Status.OPEN)

    def action_cc(self) -> None:
        """Leave everyone in Cc out of these replies, or put them back."""
        if not self.plan.copies:
            self.notify(words("No one gets a copy."), timeout=3, markup=False)
            return
        self.plan = replace(self.plan, no_copies=not self.plan.no_copies)
        self.query_one("#card-facts", Static).update(Content("\n".join(self._facts())))
        self.after_drawing(self._fit)

    def action_cancel(self) -> None:
        """Send nothing."""
        self.dismiss(None)

    def action_scroll(self, lines: int) -> None:
        """Read on."""
        self.query_one("#card-reply").scroll_relative(y=lines, animate=False)

    def _send(self, status: Status | None) -> None:
        if not self.plan.changes(status):
            self.app.bell()
        elif self.plan.weak and not self._asked:
            self.app.bell()
            text = words("This macro may not fit {n}: press the same key again to send anyway · Esc sends none")
            self.query_one("#card-keys", KeyLine).update(text.format(n=len(self.plan.weak)))
            self.call_after_refresh(setattr, self, "_asked", True)
        else:
            self.dismiss(Verdict("send", status))

    def _fit(self) -> None:
        """Keep every line around the replies on the screen; the replies scroll."""
        around = [self.query_one(f"#card-{name}").outer_size.height for name in ("title", "facts", "keys")]
        frame = 2 + 2  # the border, and an empty line above and below the replies
        room = self.free_height * 95 // 100 - frame - sum(around)
        self.query_one("#card-reply").styles.max_height = max(3, room)

    def _counts(self) -> list[int]:
        return [len(self.plan.changes(status)) for status in OUTCOMES]

    def _facts(self) -> Iterator[str]:
        yield self.plan.words(AS_SAID)
        if self.plan.weak:
            text = words("~ this macro may not fit {n} of them; compare it with the tickets")
            yield text.format(n=len(self.plan.weak))
        copies = one_line(self.plan.copy_words(AS_SAID))
        if copies and self.plan.no_copies:
            yield words("no {copies} · c puts them back").format(copies=copies)
        elif copies:
            yield words("{copies} · c leaves them out").format(copies=copies)
        teams = {change.escalate.team for change in self.plan.filled.values() if change.escalate is not None}
        if teams:
            yield words("hands over to {teams}").format(teams=one_line(", ".join(sorted(teams))))
        held = self.plan.held[AS_SAID]
        for ticket_id, reason in list(held.items())[:MOST_HELD]:
            text = reason.removeprefix(f"#{ticket_id}, ").removeprefix(f"#{ticket_id}: ")
            yield fit(words("✗ #{n} held back: {reason}").format(n=ticket_id, reason=one_line(text)), WIDTH).rstrip()
        if len(held) > MOST_HELD:
            yield words("… and {n} more").format(n=len(held) - MOST_HELD)

    def _samples(self) -> Iterator[str]:
        shown: set[str] = set()
        for ticket_id, change in self.plan.filled.items():
            if change.reply_language not in shown:
                shown.add(change.reply_language)
                yield f"── {change.reply_language} · #{ticket_id} ──\n{safe_text(change.reply or '')}"

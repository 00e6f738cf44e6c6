"""The card of an agent's own reviews: each reply's review, answered with one key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from data.records.reviews import AnswerKind
from tui.cards.ask_line import AskLine
from tui.cards.base_card import BaseCard
from tui.cards.key_line import KeyLine
from tui.keys.actions import Scope
from tui.keys.bindings import bindings
from tui.look.one_line import fit, one_line
from tui.look.short_times import span
from tui.look.shown import MOST_SHOWN, first_part, safe_text
from tui.look.words import words
from tui.reviews.review_lines import answer_line, mark_lines, percent, stand
from tui.reviews.waiting_reviews import Given

MOST_LINES = 5
Answer = Callable[[int, AnswerKind, str], None]


class MyReviews(BaseCard[int]):
    """Returns the ticket to go to, or nothing. A review counts as seen once it was selected."""

    CSS_PATH = "review.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.MY_REVIEWS)

    def __init__(
        self,
        given: Sequence[Given],
        now: int,
        see: Callable[[int], None],
        answer: Answer,
        unfold: Callable[[int], None],
    ) -> None:
        super().__init__()
        self._given, self._now, self._see, self._answer = list(given), now, see, answer
        self._unfold = unfold
        self._marked = 0
        self._list = Static("", id="review-list", markup=False)
        self._text = Static("", id="review-text", markup=False)

    def compose(self) -> ComposeResult:
        """Title, list, the selected review in full, keys."""
        with Vertical(id="review"):
            yield Static(Content(words("Reviews of your replies")), id="review-title", markup=False)
            yield self._list
            with VerticalScroll(id="review-reply", can_focus=False):
                yield self._text
            keys = words("a accept · d dispute, in words · j k next · Space reads on · Enter ticket · Esc back")
            yield KeyLine(keys, id="review-keys")

    def on_mount(self) -> None:
        """Select the first unseen review."""
        self._draw()

    def show(self, given: Sequence[Given]) -> None:
        """Update the reviews."""
        fresh = {item.review.id: item for item in given}
        self._given = [fresh.get(item.review.id, item) for item in self._given]
        self._draw()

    def action_move(self, step: int) -> None:
        """Select another review."""
        self._marked = min(max(0, self._marked + step), len(self._given) - 1)
        self.query_one("#review-reply").scroll_home(animate=False)
        self._draw()

    def action_accept(self) -> None:
        """Accept the review."""
        self._answer(self._given[self._marked].review.id, AnswerKind.ACCEPT, "")

    def action_dispute(self) -> None:
        """Dispute the review, with a reason."""
        number = self._given[self._marked].review.id

        def said(text: str | None) -> None:
            if text:
                self._answer(number, AnswerKind.DISPUTE, text)

        self.app.push_screen(AskLine(words("What is wrong with it?"), words("the reviewer reads it")), said)

    def action_unfold(self) -> None:
        """Show customer text that may be graphic, or fold it again."""
        self._unfold(self._given[self._marked].review.ticket_id)

    def action_scroll(self, lines: int) -> None:
        """Read on."""
        self.query_one("#review-reply").scroll_relative(y=lines, animate=False)

    def action_ticket(self) -> None:
        """Go to the ticket."""
        self.dismiss(self._given[self._marked].review.ticket_id)

    def action_leave(self) -> None:
        """Back to the desk."""
        self.dismiss(0)

    def _draw(self) -> None:
        start = max(0, min(self._marked - MOST_LINES // 2, len(self._given) - MOST_LINES))
        shown = list(enumerate(self._given))[start : start + MOST_LINES]
        self._list.update(Content("\n".join(self._line(number, given) for number, given in shown)))
        given = self._given[self._marked]
        self._text.update(Content("\n".join(self._full(given))))
        if given.review.seen_at is None:
            self._see(given.review.id)

    def _line(self, number: int, given: Given) -> str:
        review = given.review
        marks = ("▸" if number == self._marked else " ") + ("•" if review.seen_at is None else " ")
        ago = words("{span} ago").format(span=span(max(0, self._now - review.at)))
        by = words("by {name}").format(name=one_line(review.reviewer))
        line = f"{marks} #{review.ticket_id} {percent(review)} · {by} · {ago} · {stand(review, given.answers)}"
        return fit(line, self.size.width - 6)

    def _full(self, given: Given) -> list[str]:
        lines = [
            f"{given.review.scorecard} · {percent(given.review)}",
            *mark_lines(given.marks, given.card, given.language),
        ]
        lines += [f"“{safe_text(given.review.comment)}”"] if given.review.comment else []
        lines += [answer_line(said) for said in given.answers]
        lines += ["", words("The customer wrote:"), first_part(given.asked, MOST_SHOWN).strip() or "—", ""]
        lines += [f"{words('Your reply')} · {given.versions}"]
        return [*lines, first_part(given.message.text, MOST_SHOWN).strip() if given.message is not None else "—"]

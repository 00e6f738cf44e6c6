"""The reviewer's screen: the waiting replies, the selected reply with what it answers, and its scorecard."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from queues.quality.cards import Scorecard
from tui.cards.ask_line import AskLine
from tui.cards.base_card import BaseCard
from tui.cards.key_line import KeyLine
from tui.keys.actions import Scope
from tui.keys.bindings import bindings
from tui.look.one_line import fit, one_line
from tui.look.shown import MOST_SHOWN, first_part
from tui.look.words import words
from tui.reviews.review_lines import answer_line
from tui.reviews.scorecard_form import Sheet
from tui.reviews.waiting_reviews import Item, card_of

FEW, MANY = 3, 8
"""The height of the list on a narrow and on a wide screen."""


@dataclass(frozen=True, slots=True)
class Hands:
    """What the screen needs from the desk."""

    sheet: Callable[[Item, Scorecard], Sheet]
    keep: Callable[[Item, Sheet], None]
    """Save the marks so far; called with every key."""
    save: Callable[[Item, Sheet], None]
    uphold: Callable[[Item, str], None]
    calibrate: Callable[[Item, str, Scorecard], None]
    draw: Callable[[], None]
    undo: Callable[[], None]
    unfold: Callable[[int], object]
    refresh: Callable[[], None]


class ReviewScreen(BaseCard[None]):
    """Scores by digits, saves and continues; `show` updates the list."""

    CSS_PATH = "review.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.REVIEW)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 - Textual declares it this way

    def __init__(self, items: Sequence[Item], cards: Mapping[str, Scorecard], hands: Hands) -> None:
        super().__init__()
        self._items, self._cards, self._hands = list(items), cards, hands
        self._marked = 0
        self._sheet: Sheet | None = None
        self._title = Static("", id="review-title", markup=False)
        self._list = Static("", id="review-list", markup=False)
        self._text = Static("", id="review-text", markup=False)
        self._card = Static("", id="review-card", markup=False)
        self._said = Static("", id="review-said", markup=False)
        self._keys = KeyLine(id="review-keys")

    def compose(self) -> ComposeResult:
        """Title, list, the reply next to its scorecard, keys."""
        with Vertical(id="review"):
            yield self._title
            yield self._list
            with Horizontal(id="review-body"):
                with VerticalScroll(id="review-reply", can_focus=False):
                    yield self._text
                with VerticalScroll(id="review-side", can_focus=False):
                    yield self._card
            yield self._said
            yield self._keys

    def on_mount(self) -> None:
        """Select the first reply."""
        self._open()

    def on_resize(self, event: events.Resize) -> None:
        """Update the layout after a resize."""
        self.after_drawing(self._draw)

    @property
    def item(self) -> Item | None:
        """The selected reply."""
        return self._items[self._marked] if self._items else None

    def say(self, text: str) -> None:
        """Show a message until the next key."""
        self._said.update(Content(one_line(text)))

    def on_key(self, event: events.Key) -> None:
        """Clear the message."""
        self.say("")

    def show(
        self, items: Sequence[Item], said: str = "", *, after: int | None = None, tickets: Sequence[int] = ()
    ) -> None:
        """Show what is waiting now and report what was done.

        The selection stays, or moves past the reply `after`; with `tickets` it goes to a reply of one of those.
        """
        self.say(said)
        numbers = [item.number for item in items]
        here = self.item.number if self.item is not None and self.item.number != after else None
        self._items = list(items)
        wanted = next((item.number for item in items if item.message.ticket_id in tickets), here)
        if wanted in numbers:
            self._marked = numbers.index(wanted)
        self._marked = min(self._marked, max(0, len(items) - 1))
        self._open()

    def action_move(self, step: int) -> None:
        """Select another criterion."""
        if self._sheet is not None:
            self._sheet.move(step)
            self._draw()

    def action_other(self, step: int) -> None:
        """Go to another reply; marks given here are kept."""
        place = min(max(0, self._marked + step), max(0, len(self._items) - 1))
        if place != self._marked:
            self._marked = place
            self._open()

    def action_give(self, key: str) -> None:
        """Score the selected criterion."""
        if self._sheet is None or self.item is None:
            return
        if not self._sheet.give(key):
            self.app.bell()
            return
        self._keep()

    def action_note(self) -> None:
        """Ask for a comment on the selected criterion."""
        if self._sheet is None:
            return
        sheet, criterion = self._sheet, self._sheet.criterion

        def noted(text: str | None) -> None:
            if text:
                sheet.note("" if text == "-" else text)
                self._keep()

        hint = words("the agent reads it; - removes it")
        question = words("Comment on: {what}").format(what=one_line(criterion.words(sheet.language)))
        self.app.push_screen(AskLine(question, hint, sheet.comments.get(criterion.id, "")), noted)

    def action_comment(self) -> None:
        """Ask for a comment on the whole reply."""
        if self._sheet is None:
            return
        sheet = self._sheet

        def said(text: str | None) -> None:
            if text:
                sheet.comment = "" if text == "-" else text
                self._keep()

        self.app.push_screen(
            AskLine(words("Comment on the whole reply"), words("the agent reads it; - removes it"), sheet.comment),
            said,
        )

    def action_save(self) -> None:
        """Submit the review, or go to the first criterion without a score."""
        if self._sheet is None or self.item is None:
            self._hands.draw()
            return
        missing = self._sheet.missing
        if missing:
            self._sheet.marked = self._sheet.card.criteria.index(missing[0])
            self.say(words("Not scored yet: {what}").format(what=", ".join(criterion.id for criterion in missing)))
            self._draw()
            return
        self._hands.save(self.item, self._sheet)

    def action_uphold(self) -> None:
        """Uphold a disputed review, with a comment."""
        item = self.item
        if item is None or item.earlier is None:
            self.say(words("This review is not disputed."))
            return

        def said(text: str | None) -> None:
            if text:
                self._hands.uphold(item, text)

        self.app.push_screen(AskLine(words("Why do you uphold it?"), words("the agent reads it")), said)

    def action_calibrate(self) -> None:
        """Have another reviewer score the same reply independently."""
        item, sheet = self.item, self._sheet
        if item is None or sheet is None:
            return

        def named(name: str | None) -> None:
            if name:
                self._hands.calibrate(item, name, sheet.card)

        hint = words("their agent name; this review counts in no figure")
        self.app.push_screen(AskLine(words("Who else scores this reply?"), hint), named)

    def action_card(self) -> None:
        """Use the next scorecard."""
        if self._sheet is None or self.item is None:
            return
        names = sorted(self._cards)
        here = names.index(self._sheet.card.id) if self._sheet.card.id in names else -1
        self._sheet = self._hands.sheet(self.item, self._cards[names[(here + 1) % len(names)]])
        self._draw()

    def action_draw(self) -> None:
        """Sample more replies."""
        self._hands.draw()

    def action_unfold(self) -> None:
        """Show customer text that may be graphic, or fold it again."""
        if self.item is not None:
            self._hands.unfold(self.item.message.ticket_id)
            self._hands.refresh()

    def action_undo(self) -> None:
        """Undo the last action: a sample, or a review that the agent has not seen."""
        self._hands.undo()

    def action_scroll(self, lines: int) -> None:
        """Scroll the reply."""
        self.query_one("#review-reply").scroll_relative(y=lines, animate=False)

    def action_leave(self) -> None:
        """Back to the desk; marks given are kept."""
        self.dismiss(None)

    def _keep(self) -> None:
        if self._sheet is not None and self.item is not None:
            self._hands.keep(self.item, self._sheet)
        self._draw()

    def _open(self) -> None:
        item = self.item
        self._sheet = self._hands.sheet(item, card_of(item, self._cards)) if item is not None else None
        self._text.update(Content(_reply_text(item)))
        self.query_one("#review-reply").scroll_home(animate=False)
        self._draw()

    def _draw(self) -> None:
        item, sheet = self.item, self._sheet
        if item is None or sheet is None:
            self._title.update(Content(words("Reviews")))
            self._list.update(Content(words("There is nothing to review.")))
            self._card.update(Content(""))
            self._keys.update(words("Enter samples replies to review · Esc back"))
            return
        place = words("{n} of {all}").format(n=self._marked + 1, all=len(self._items))
        self._title.update(
            Content(f"{words('Reviews')} {place} · {sheet.result()} · {sheet.card.words(sheet.language)}")
        )
        self._list.update(Content("\n".join(self._listed())))
        side = self.query_one("#review-side").size.width or self.size.width - 6
        lines = [*sheet.lines(side), *([f"“{one_line(sheet.comment)}”"] if sheet.comment else [])]
        self._card.update(Content("\n".join(fit(line, side) for line in lines)))
        row = [line for line in lines if line.startswith("▸")]
        self.query_one("#review-side").scroll_to(y=max(0, lines.index(row[0]) - 3) if row else 0, animate=False)
        uphold = words("u uphold · ") if item.earlier is not None else ""
        self._keys.update(
            words(
                "0-9 y n - score · j k criterion · c comment · C on the whole reply · Enter saves, next · h l reply · "
                "Space reads on · x card · {uphold}b blind review · d sample · z undo · Esc back"
            ).format(uphold=uphold)
        )

    def _listed(self) -> list[str]:
        room = MANY if self.has_class("-wide") else FEW
        start = max(0, min(self._marked - room // 2, len(self._items) - room))
        return [
            fit(_line(item, number == self._marked), self.size.width - 6)
            for number, item in list(enumerate(self._items))[start : start + room]
        ]


def _line(item: Item, marked: bool) -> str:
    who = f"{one_line(item.agent)} · " if item.agent else ""
    return f"{'▸' if marked else ' '} #{item.message.ticket_id} {who}{one_line('; '.join(item.why))}"


def _reply_text(item: Item | None) -> str:
    """The customer's text, the reply, the macro and procedure it followed, and responses to an earlier review."""
    if item is None:
        return ""
    said = [answer_line(answer) for answer in item.answers]
    parts = [
        *said,
        words("The customer wrote:"),
        first_part(item.asked, MOST_SHOWN).strip() or "—",
        "",
        f"{words('The reply')} · {item.versions}",
        first_part(item.message.text, MOST_SHOWN).strip(),
    ]
    return "\n".join(parts)

"""Reviews on the desk: `g q` reviews replies, `g m` shows the reviews of the agent's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from data.records.changes import Done
from data.records.reviews import AnswerKind, Calibration, ReviewState
from tui.context.changing import Changing
from tui.context.desk_context import DeskContext
from tui.context.going import Going
from tui.context.hooks import Act
from tui.context.part import Part
from tui.look.words import piecewise, words
from tui.moving.graphic_words import GraphicContent
from tui.procedures.steps import ProcedureSteps

if TYPE_CHECKING:
    from queues.desk.desk import Desk
    from queues.quality.cards import Scorecard
    from tui.cards.key_menu import Line
    from tui.reviews.my_reviews import MyReviews
    from tui.reviews.scorecard_form import Sheet
    from tui.reviews.screen import ReviewScreen
    from tui.reviews.waiting_reviews import Item

DRAWN = 10
"""How many replies a key samples."""


class Reviews(Part):
    """Opens the reviewer's screen and the agent's own."""

    def __init__(
        self, desk: DeskContext, going: Going, changing: Changing, graphic: GraphicContent, steps: ProcedureSteps
    ) -> None:
        super().__init__(desk)
        self.going, self.changing, self.graphic, self.steps = going, changing, graphic, steps
        self._review_screen: ReviewScreen
        self._picked_reply = (0, 0)
        """The reply chosen on its ticket, and this reviewer's latest review of it."""

    def actions(self) -> Mapping[str, Act]:
        """Reviewing, and the reviews of the agent's own replies."""
        return {
            "desk.review": self._review,
            "ticket.review": self._review_this,
            "ticket.rating": self._correct_rating,
            "desk.my_reviews": self._my_reviews,
        }

    def _review_this(self) -> None:
        """Review the newest reply of another agent on this ticket."""
        from tui.reviews.waiting_reviews import newest_reply

        ticket = self.desk.ticket()
        number = newest_reply(self.desk.store, ticket.id, self.desk.agent) if ticket is not None else 0
        if not number:
            self.desk.say(words("There is no reply of another agent here."))
            return
        if any(
            review.calibration is None and review.reviewer != self.desk.agent
            for review in self.desk.store.reviews.of_message(number)
        ):
            self.desk.say(
                words("Another reviewer has reviewed this reply; b on the review screen starts a comparison.")
            )
            return
        self._review(number)

    def _review(self, first: int = 0) -> None:
        """Show the replies waiting for this reviewer; if there are none, offer to sample some."""
        given = self.desk.store.reviews.latest_of(first, self.desk.agent)
        self._picked_reply = (first, given.id if given is not None else 0)
        from data.errors import DeskError
        from tui.reviews.screen import Hands, ReviewScreen
        from tui.setup.open_desk import scorecards
        from tui.setup.settings import load

        try:
            cards = scorecards(load().settings)
        except DeskError as error:
            self.desk.refused(error)
            return
        hands = Hands(
            self._sheet,
            self._keep_sheet,
            self._save_review,
            self._uphold,
            self._calibrate,
            self._draw_replies,
            self._undo_review,
            self.graphic.turn,
            lambda: self._review_screen.show(self._to_review()),
        )
        items = self._to_review()
        self._review_screen = ReviewScreen(items, cards, hands)
        self.desk.push_screen(self._review_screen, lambda _: self.desk.show_header())
        if not items:
            self._draw_replies()

    def _correct_rating(self) -> None:
        """Correct the ticket's latest rating."""
        ticket = self.desk.ticket()
        ratings = self.desk.store.csat.of(ticket.id) if ticket is not None else []
        if not ratings:
            self.desk.say(words("The customer has not rated this ticket."))
            return
        from tui.cards.ask_line import AskLine

        latest = ratings[-1]

        def given(text: str | None) -> None:
            value = None if text == "-" else int(text) if text and text.isdecimal() and len(text) == 1 else 0
            if text:
                self.desk.run_worker(
                    self.desk.ask(lambda desk: desk.ratings.correct_rating(latest.id, value), self.changing.changed)
                )

        question = words("What did the customer give, 1 (very bad) to 5 (excellent)?")
        self.desk.push_screen(AskLine(question, words("- removes it"), str(latest.value)), given)

    def _my_reviews(self) -> None:
        """Show the reviews of the agent's own replies."""
        from tui.reviews.my_reviews import MyReviews
        from tui.reviews.waiting_reviews import of_agent

        given = of_agent(self.desk.store, self.desk.agent, self._labels(), self.desk.covered)
        if not given:
            self.desk.say(words("None of your replies has been reviewed yet."))
            return

        def unfold(ticket_id: int) -> None:
            self.graphic.turn(ticket_id)
            screen.show(of_agent(self.desk.store, self.desk.agent, self._labels(), self.desk.covered))

        def see(number: int) -> None:
            self.desk.writer.submit(lambda desk: desk.reviews.see(number))

        def answer(number: int, kind: AnswerKind, text: str) -> None:
            self.desk.run_worker(self._answer_review(number, kind, text, screen))

        screen = MyReviews(given, self.desk.clock(), see, answer, unfold)
        self.desk.push_screen(screen, self._left_reviews)

    def _left_reviews(self, ticket_id: int | None) -> None:
        self.desk.show_header()
        if ticket_id:
            self.going.jump_to(ticket_id)

    async def _answer_review(self, number: int, kind: AnswerKind, text: str, screen: MyReviews) -> None:
        from tui.reviews.waiting_reviews import of_agent

        def done(done: Done) -> None:
            self.desk.toast(piecewise(done.summary), timeout=3)
            screen.show(of_agent(self.desk.store, self.desk.agent, self._labels(), self.desk.covered))

        await self.desk.ask(lambda desk: desk.reviews.answer(number, kind, text), done)

    def _to_review(self) -> list[Item]:
        from tui.reviews.waiting_reviews import to_review

        number, before = self._picked_reply
        given = self.desk.store.reviews.latest_of(number, self.desk.agent)
        still = (given.id if given is not None and given.state is ReviewState.GIVEN else 0) <= before
        labels = self._labels()
        return to_review(
            self.desk.store, self.desk.clock, self.desk.agent, labels, self.desk.covered, number if still else 0
        )

    def _labels(self) -> dict[str, str]:
        """Return today's versions of the procedures, by id."""
        return (
            {key: procedure.label for key, procedure in self.steps.book.items()} if self.steps.book is not None else {}
        )

    def _sheet(self, item: Item, card: Scorecard) -> Sheet:
        from tui.reviews.scorecard_form import sheet_of
        from tui.reviews.waiting_reviews import kept_draft

        kept = kept_draft(self.desk.store, self.desk.agent, item.number)
        # continue from the earlier scores, also if that review was undone
        given = self.desk.store.reviews.latest_of(item.number, self.desk.agent)
        marks = self.desk.store.reviews.marks(given.id) if given is not None else []
        return sheet_of(card, item.language, kept, marks, given.comment if given is not None else "")

    def _keep_sheet(self, item: Item, sheet: Sheet) -> None:
        number, packed = item.number, sheet.packed()
        self.desk.writer.submit(lambda desk: desk.reviews.keep_draft(number, packed))

    def _save_review(self, item: Item, sheet: Sheet) -> None:
        number, card, comment = item.number, sheet.card, sheet.comment
        points, comments = dict(sheet.points), dict(sheet.comments)

        def work(desk: Desk) -> Done:
            return desk.reviews.review(number, card, points, comment=comment, comments=comments)

        def done(done: Done) -> None:
            self.desk.say(piecewise(done.summary))
            self._review_screen.show(self._to_review(), piecewise(done.summary), after=number)

        self.desk.run_worker(self.desk.ask(work, done))

    def _uphold(self, item: Item, text: str) -> None:
        if item.earlier is None:
            return
        number = item.earlier.id

        def done(done: Done) -> None:
            self._review_screen.show(self._to_review(), piecewise(done.summary), after=item.number)

        self.desk.run_worker(self.desk.ask(lambda desk: desk.reviews.answer(number, AnswerKind.UPHOLD, text), done))

    def _calibrate(self, item: Item, name: str, card: Scorecard) -> None:
        number = item.number

        def done(calibration: Calibration) -> None:
            message = words("{label}: {names} score this reply independently").format(
                label=calibration.label, names=", ".join(calibration.reviewers)
            )
            self._review_screen.show(self._to_review(), message)

        self.desk.run_worker(self.desk.ask(lambda desk: desk.reviews.calibrate(number, name, card), done))

    def _undo_review(self) -> None:
        def done(done: Done) -> None:
            self.desk.refresh_lanes()
            message = words("Undone: {what}").format(what=piecewise(done.summary))
            self._review_screen.show(self._to_review(), message, tickets=done.ticket_ids)

        self.desk.run_worker(self.desk.ask(lambda desk: desk.undo(), done))

    def _draw_replies(self) -> None:
        from queues.quality.reviewing import FAIR, RISK
        from tui.cards.key_menu import KeyMenu

        def chosen(choice: str | None) -> None:
            mode, _, days = (choice or "").partition(" ")
            if days:
                self._draw_of(RISK if mode == "r" else FAIR, int(days))

        note = words("{n} replies, each from another ticket · Esc leaves").format(n=DRAWN)
        self.desk.push_screen(KeyMenu(words("Sample replies to review"), _draws(), note), chosen)

    def _draw_of(self, mode: str, days: int) -> None:
        def done(sample: object) -> None:
            self._review_screen.show(self._to_review())

        def work(desk: Desk) -> object:
            now = self.desk.clock()
            return desk.reviews.sample(mode, DRAWN, now - days * 86_400, now + 1, f"{now // 86_400}")

        self.desk.run_worker(self.desk.ask(work, done))


def _draws() -> list[Line]:
    from tui.cards.key_menu import Line

    return [
        Line("f", "f 7", words("evenly by agent, last 7 days")),
        Line("F", "f 30", words("evenly by agent, last 30 days")),
        Line("r", "r 7", words("by risk, last 7 days: low CSAT, reopened, late, overridden finding …")),
        Line("R", "r 30", words("by risk, last 30 days")),
    ]

"""Reviews on the desk: `g q` reviews replies, `g m` shows what reviewers said of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.records.changes import Done
from data.records.reviews import AnswerKind, Calibration, ReviewState
from tui.look.words import words
from tui.reports.report import Reporting

if TYPE_CHECKING:
    from queues.desk.desk import Desk
    from queues.quality.cards import Scorecard
    from tui.cards.key_menu import Line
    from tui.reviews.my_reviews import MyReviews
    from tui.reviews.scorecard_form import Sheet
    from tui.reviews.screen import ReviewScreen
    from tui.reviews.waiting_reviews import Item

DRAWN = 10
"""How many replies one key draws."""


class ReviewingDesk(Reporting):
    """Opens the reviewer's screen and the agent's own."""

    _review_screen: ReviewScreen
    _picked_reply: tuple[int, int] = (0, 0)
    """The reply that was chosen on its ticket, and this reviewer's latest review of it before."""

    def action_ticket_review(self) -> None:
        """Review the newest reply of another agent on this ticket."""
        from tui.reviews.waiting_reviews import newest_reply

        ticket = self.ticket()
        number = newest_reply(self.store, ticket.id, self.agent) if ticket is not None else 0
        if not number:
            self.say(words("There is no reply of another agent here."))
            return
        if any(one.calibration is None and one.reviewer != self.agent for one in self.store.reviews.of_message(number)):
            self.say(words("Another reviewer has reviewed this reply; b on the review screen compares you."))
            return
        self.action_desk_review(number)

    def action_desk_review(self, first: int = 0) -> None:
        """Show the replies that wait for this reviewer; where none does, offer to draw some."""
        given = self.store.reviews.latest_of(first, self.agent)
        self._picked_reply = (first, given.id if given is not None else 0)
        from data.errors import DeskError
        from queues.quality.cards import load
        from tui.reviews.screen import Hands, ReviewScreen
        from tui.setup.settings import config_folder

        try:
            cards = load(config_folder() / "scorecards")
        except DeskError as error:
            self.refused(error)
            return
        hands = Hands(
            self._sheet,
            self._keep_sheet,
            self._save_review,
            self._uphold,
            self._calibrate,
            self._draw_replies,
            self._undo_review,
            self._unfold,
            lambda: self._review_screen.show(self._to_review()),
        )
        items = self._to_review()
        self._review_screen = ReviewScreen(items, cards, hands)
        self.app.push_screen(self._review_screen, lambda _: self.show_outbox())
        if not items:
            self._draw_replies()

    def action_ticket_rating(self) -> None:
        """Correct the ticket's latest rating."""
        ticket = self.ticket()
        ratings = self.store.csat.of(ticket.id) if ticket is not None else []
        if not ratings:
            self.say(words("The customer has not rated this ticket."))
            return
        from tui.cards.ask_line import AskLine

        latest = ratings[-1]

        def given(text: str | None) -> None:
            value = None if text == "-" else int(text) if text and text.isdecimal() and len(text) == 1 else 0
            if text:
                self.run_worker(
                    self.ask(lambda desk: desk.ratings.correct_rating(latest.id, value), self.changed),
                    exit_on_error=False,
                )

        question = words("What did the customer give, 1 (very bad) to 5 (excellent)?")
        self.app.push_screen(AskLine(question, words("- takes it away"), str(latest.value)), given)

    def action_desk_my_reviews(self) -> None:
        """Show what reviewers said of the agent's own replies."""
        from tui.reviews.my_reviews import MyReviews
        from tui.reviews.waiting_reviews import of_agent

        given = of_agent(self.store, self.agent, self._labels(), self.covered)
        if not given:
            self.say(words("Nobody has reviewed a reply of yours yet."))
            return

        def unfold(ticket_id: int) -> None:
            self._unfold(ticket_id)
            screen.show(of_agent(self.store, self.agent, self._labels(), self.covered))

        def see(number: int) -> None:
            self.writer.submit(lambda desk: desk.reviews.see(number))

        def answer(number: int, kind: AnswerKind, text: str) -> None:
            self.run_worker(self._answer_review(number, kind, text, screen), exit_on_error=False)

        screen = MyReviews(given, self.clock(), see, answer, unfold)
        self.app.push_screen(screen, self._left_reviews)

    def _left_reviews(self, ticket_id: int | None) -> None:
        self.show_outbox()
        if ticket_id:
            self.jump_to(ticket_id)

    async def _answer_review(self, number: int, kind: AnswerKind, text: str, screen: MyReviews) -> None:
        from tui.reviews.waiting_reviews import of_agent

        def done(done: Done) -> None:
            self.notify(done.summary, timeout=3, markup=False)
            screen.show(of_agent(self.store, self.agent, self._labels(), self.covered))

        await self.ask(lambda desk: desk.reviews.answer(number, kind, text), done)

    def _to_review(self) -> list[Item]:
        from tui.reviews.waiting_reviews import to_review

        number, before = self._picked_reply
        given = self.store.reviews.latest_of(number, self.agent)
        still = (given.id if given is not None and given.state is ReviewState.GIVEN else 0) <= before
        labels = self._labels()
        return to_review(self.store, self.clock, self.agent, labels, self.covered, number if still else 0)

    def _labels(self) -> dict[str, str]:
        """Return today's versions of the procedures, by id."""
        return {key: one.label for key, one in self.book.items()} if self.book is not None else {}

    def _sheet(self, item: Item, card: Scorecard) -> Sheet:
        from tui.reviews.scorecard_form import sheet_of
        from tui.reviews.waiting_reviews import kept_draft

        kept = kept_draft(self.store, self.agent, item.number)
        # what was given before is where one goes on, also when it was undone
        given = self.store.reviews.latest_of(item.number, self.agent)
        marks = self.store.reviews.marks(given.id) if given is not None else []
        return sheet_of(card, item.language, kept, marks, given.comment if given is not None else "")

    def _keep_sheet(self, item: Item, sheet: Sheet) -> None:
        number, packed = item.number, sheet.packed()
        self.writer.submit(lambda desk: desk.reviews.keep_draft(number, packed))

    def _save_review(self, item: Item, sheet: Sheet) -> None:
        number, card, comment = item.number, sheet.card, sheet.comment
        points, comments = dict(sheet.points), dict(sheet.comments)

        def work(desk: Desk) -> Done:
            return desk.reviews.review(number, card, points, comment=comment, comments=comments)

        def done(done: Done) -> None:
            self.say(done.summary)
            self._review_screen.show(self._to_review(), done.summary, after=number)

        self.run_worker(self.ask(work, done), exit_on_error=False)

    def _uphold(self, item: Item, text: str) -> None:
        if item.earlier is None:
            return
        number = item.earlier.id

        def done(done: Done) -> None:
            self._review_screen.show(self._to_review(), done.summary, after=item.number)

        self.run_worker(self.ask(lambda desk: desk.reviews.answer(number, AnswerKind.UPHOLD, text), done),
                        exit_on_error=False)  # fmt: skip

    def _calibrate(self, item: Item, name: str, card: Scorecard) -> None:
        number = item.number

        def done(one: Calibration) -> None:
            told = words("{label}: {names} judge this reply, each for themselves").format(
                label=one.label, names=", ".join(one.reviewers)
            )
            self._review_screen.show(self._to_review(), told)

        self.run_worker(self.ask(lambda desk: desk.reviews.calibrate(number, name, card), done), exit_on_error=False)

    def _unfold(self, ticket_id: int) -> None:
        """Show the customer's graphic words, which is noted, or fold them again."""
        ticket = self.store.tickets.get(ticket_id)
        if ticket is None or not self.ways.exposure.fold or not self.ways.exposure.holds(ticket):
            return
        self.revealed ^= {ticket_id}
        if ticket_id in self.revealed:
            self._saw(ticket_id)

    def _undo_review(self) -> None:
        def done(done: Done) -> None:
            self.refresh_lanes()
            told = words("Undone: {what}").format(what=done.summary)
            self._review_screen.show(self._to_review(), told, tickets=done.ticket_ids)

        self.run_worker(self.ask(lambda desk: desk.undo(), done), exit_on_error=False)

    def _draw_replies(self) -> None:
        from queues.quality.reviewing import FAIR, RISK
        from tui.cards.key_menu import KeyMenu

        def chosen(choice: str | None) -> None:
            mode, _, days = (choice or "").partition(" ")
            if days:
                self._draw_of(RISK if mode == "r" else FAIR, int(days))

        note = words("{n} replies, nobody's twice · Esc leaves").format(n=DRAWN)
        self.app.push_screen(KeyMenu(words("Draw replies to review"), _draws(), note), chosen)

    def _draw_of(self, mode: str, days: int) -> None:
        def done(sample: object) -> None:
            self._review_screen.show(self._to_review())

        def work(desk: Desk) -> object:
            now = self.clock()
            return desk.reviews.sample(mode, DRAWN, now - days * 86_400, now + 1, f"{now // 86_400}")

        self.run_worker(self.ask(work, done), exit_on_error=False)


def _draws() -> list[Line]:
    from tui.cards.key_menu import Line

    return [
        Line("f", "f 7", words("fairly, of the last 7 days: every agent equally")),
        Line("F", "f 30", words("fairly, of the last 30 days")),
        Line("r", "r 7", words("by risk, of the last 7 days: low CSAT, reopened, late, past a finding …")),
        Line("R", "r 30", words("by risk, of the last 30 days")),
    ]

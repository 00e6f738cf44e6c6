"""The desk's handling of ratings: checked, recorded as an event, undone like every action."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from data.errors import InputError, RuleError
from data.protocols import Clock
from data.records.changes import Done
from data.records.messages import Direction
from data.records.ratings import BEST, Question, Rating, RatingState, RatingVia, normalised
from data.store import Store
from queues.ground.roles import Access, Right, needs
from queues.ground.undo_steps import Step
from queues.quality import csat
from queues.quality.review_steps import mark


@dataclass(frozen=True, slots=True)
class FormAnswer:
    """One answer to a form, as read from a file."""

    score: float
    scale: int
    source: str
    """Identifies the answer: the same answer read again has the same value."""
    ticket_id: int | None = None
    message_id: str = ""
    """The Message-ID of the reply that it is about."""
    token: str = ""
    comment: str = ""
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one answer: `taken`, `known` (it is here already), or `refused` and why."""

    outcome: str
    rating: Rating | None = None
    reason: str = ""


Besides = Callable[[Sequence[Rating], int, int], list[Step]]
"""Does more with the filed ratings in the same action (its number, its time), and returns its steps."""


class Ratings:
    """Carries out what is asked about ratings, one transaction each."""

    def __init__(self, store: Store, clock: Clock, access: Access) -> None:
        self.access = access
        self._store, self._clock, self._agent = store, clock, access.agent

    @needs(Right.WORK)
    def take_answers(self, answers: Sequence[FormAnswer], besides: Besides | None = None) -> list[Taken]:
        """File the answers of a form as one action, with what happens `besides`; return what became of each."""
        now = self._clock()
        with self._store.write():
            action = self._store.actions.begin(self._agent, now)
            outcomes: list[Taken] = []
            steps: list[Step] = []
            for answer in answers:
                taken = self._taken(answer, now)
                if taken.rating is not None:
                    steps += csat.store_rating(self._store, taken.rating, action, self._agent, now)
                outcomes.append(taken)
            if besides is not None:
                steps += besides([outcome.rating for outcome in outcomes if outcome.rating is not None], action, now)
            number = sum(outcome.rating is not None for outcome in outcomes)
            self._store.actions.finish(action, f"{number} {'rating' if number == 1 else 'ratings'} taken in", steps)
        return outcomes

    def _taken(self, answer: FormAnswer, now: int) -> Taken:
        if self._store.csat.from_source(answer.source) is not None:
            return Taken("known")
        try:
            return Taken("taken", self._rating(answer, now))
        except InputError as error:
            return Taken("refused", reason=error.message)

    @needs(Right.WORK)
    def correct_rating(self, rating_id: int, value: int | None) -> Done:
        """Correct the customer's rating, from 1 to 5; None removes the rating.

        Raises RuleError if there is no such rating, or the value is invalid.
        """
        if value is not None and not 1 <= value <= BEST:
            raise RuleError("No such rating", f"{value} is not a rating; give 1 (very bad) to {BEST} (excellent).")
        now = self._clock()
        with self._store.write():
            rating = self._store.csat.get(rating_id)
            if rating is None or rating.state is not RatingState.STANDS:
                raise RuleError(
                    "No such rating", f"Rating {rating_id} does not exist or was replaced; list them again."
                )
            action = self._store.actions.begin(self._agent, now)
            if value is None:
                after = RatingState.REMOVED
                steps = [mark("rating", rating.ticket_id, rating.id, rating.state, after)]
                self._store.csat.turn(rating.id, rating.state, after)
                detail = {"rating": rating.id, "value": rating.value}
                self._store.events.add(action, rating.ticket_id, now, self._agent, "rating removed", detail)
            else:
                changed = replace(rating, id=0, score=value, scale=BEST, value=value, via=RatingVia.AGENT, source="")
                steps = csat.store_rating(self._store, changed, action, self._agent, now)
            summary = f"#{rating.ticket_id}: rating {'removed' if value is None else f'set to {value}'}"
            self._store.actions.finish(action, summary, steps)
        return Done(action, summary, (rating.ticket_id,))

    def _rating(self, answer: FormAnswer, now: int) -> Rating:
        at = answer.at if answer.at is not None else now
        ticket_id, question = self._named(answer, at)
        agent, macro = (question.agent, question.macro) if question is not None else self._latest_reply(ticket_id, at)
        return Rating(
            0, ticket_id, at, answer.score, answer.scale, normalised(answer.score, answer.scale), RatingVia.FORM,
            answer.comment, agent, macro, question.id if question is not None else None, source=answer.source,
        )  # fmt: skip

    def _named(self, answer: FormAnswer, at: int) -> tuple[int, Question | None]:
        """Return the ticket that an answer names, by token, Message-ID or number, and the question that it answers."""
        if answer.token:
            asked = self._store.csat.asked_by_token(answer.token)
            if asked is None:
                raise InputError("No such token", f"{answer.token} does not belong to any question; check `token`.")
            return asked.ticket_id, self._store.csat.asked(asked.ticket_id, at) or asked
        if answer.message_id:
            numbers = self._store.messages.tickets_referring([answer.message_id])
            number = numbers[0] if numbers else None
            named = f"no message {answer.message_id} is here; check `message_id`"
        else:
            number, named = answer.ticket_id, f"there is no ticket #{answer.ticket_id}; check `ticket`"
        if number is None or self._store.tickets.get(number) is None:
            raise InputError("No such ticket", f"{named[0].upper()}{named[1:]}.")
        return number, self._store.csat.asked(number, at)

    def _latest_reply(self, ticket_id: int, at: int) -> tuple[str, str]:
        """Return whose the latest reply before `at` was, and its macro: that is what was rated."""
        sent_by_us = [message for message in self._store.messages.of(ticket_id) if message.direction is Direction.OUT]
        earlier = [message for message in sent_by_us if message.received_at <= at] or sent_by_us[:1]
        return (earlier[-1].from_name, earlier[-1].macro) if earlier else ("", "")

"""The desk's handling of reviews: checked, recorded as events, undone until the agent has seen them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from data.errors import ConflictError, RuleError
from data.protocols import Clock
from data.records.changes import Done
from data.records.messages import Direction, Message
from data.records.reviews import AnswerKind, Calibration, Mark, Picked, Review, ReviewAnswer, ReviewState, Sample
from data.store import Store
from queues.ground.roles import Access, Right, needs
from queues.ground.undo_steps import Step
from queues.quality.cards import Scorecard, packed, unpacked
from queues.quality.review_steps import mark
from queues.quality.sampling import by_risk, fair

FAIR, RISK = "fair", "risk"


class Reviewing:
    """Executes the requests of reviewers and reviewed agents, one transaction each."""

    def __init__(self, store: Store, clock: Clock, access: Access) -> None:
        self.access = access
        self._store, self._clock, self._agent = store, clock, access.agent

    @needs(Right.REVIEW)
    def sample(self, mode: str, count: int, since: int, until: int, seed: str, *, agents: Sequence[str] = ()) -> Sample:
        """Sample replies for this reviewer: none of their own, and no ticket that was sampled or reviewed before.

        `agents` narrows it to theirs. Raises RuleError if there is nothing to draw from, ConflictError if
        someone else drew some of it just now.
        """
        me, wanted = self._agent.casefold(), {name.casefold() for name in agents}
        offered = [
            candidate
            for candidate in self._store.reviews.candidates(since, until)
            if candidate.agent.casefold() != me and (not wanted or candidate.agent.casefold() in wanted)
        ]
        picked = (fair if mode == FAIR else by_risk)(offered, count, seed)
        if not picked:
            missing = "reply at risk" if offered else "unreviewed reply of another agent"
            raise RuleError("Nothing to sample", f"That period has no {missing}; look further back.")
        now = self._clock()
        sample = Sample(0, now, self._agent, mode, seed, tuple(picked))
        with self._store.write():
            if self._store.reviews.taken([pick.ticket_id for pick in picked]):
                raise ConflictError(
                    "Sampled meanwhile", "Another reviewer just sampled some of these replies; sample again."
                )
            action = self._store.actions.begin(self._agent, now)
            number = self._store.reviews.add_sample(sample)
            for pick in picked:
                detail = {
                    "sample": number,
                    "message": pick.message_id,
                    "why": list(pick.why),
                    "mode": mode,
                    "seed": seed,
                }
                self._store.events.add(action, pick.ticket_id, now, self._agent, "sampled", detail)
            steps = [mark("sample", picked[0].ticket_id, number, "withdrawn", "drawn")]
            self._store.actions.finish(action, f"{len(picked)} replies sampled for review", steps)
        return replace(sample, id=number)

    def to_review(self) -> list[Picked]:
        """Return what this reviewer has to review: calibrations that wait for them first, then what they drew."""
        waiting = [
            Picked(calibration.message_id, calibration.ticket_id, "", (f"calibration {calibration.label}",))
            for calibration, given in self._store.reviews.calibrations()
            if self._agent in calibration.reviewers and self._agent not in given
        ]
        return waiting + self._store.reviews.to_review(self._agent)

    @needs(Right.REVIEW)
    def review(
        self,
        message_id: int,
        card: Scorecard,
        points: Mapping[str, int | None],
        *,
        comment: str = "",
        comments: Mapping[str, str] | None = None,
    ) -> Done:
        """Review a reply. A second review by the same reviewer revises the first, and both are kept.

        If a calibration of the reply waits for this reviewer, the review belongs to it. Raises RuleError for what is
        not a reply of ours, for the reviewer's own, for one that someone else reviewed, and for an incomplete card.
        """
        percent, failed = card.percent(points)
        marks = [
            Mark(criterion.id, points[criterion.id], criterion.best, (comments or {}).get(criterion.id, "").strip())
            for criterion in card.criteria
        ]
        now = self._clock()
        with self._store.write():
            message = self.reply(message_id)
            calibration = self._calibration(message)
            revises = None if calibration is not None else self._earlier(message)
            review = Review(
                0, message.ticket_id, message.id, message.from_name, self._agent, card.label, percent, failed,
                comment.strip(), now, revises=revises.id if revises else None, calibration=calibration,
            )  # fmt: skip
            action = self._store.actions.begin(self._agent, now)
            number = self._store.reviews.add(review, marks)
            steps = [mark("review", message.ticket_id, number, ReviewState.WITHDRAWN, ReviewState.GIVEN)]
            if revises is not None:
                self._store.reviews.turn(revises.id, ReviewState.GIVEN, ReviewState.REVISED)
                steps.append(mark("review", message.ticket_id, revises.id, ReviewState.GIVEN, ReviewState.REVISED))
            self._drop_draft(message_id)
            self._keep_card(card)
            self._store.events.add(
                action, message.ticket_id, now, self._agent, "reviewed", _event_detail(review, number)
            )
            score = f"{percent:.0f} %" + (f", failed by {', '.join(failed)}" if failed else "")
            summary = f"#{message.ticket_id}: review {number} of {message.from_name}'s reply, {score}"
            self._store.actions.finish(action, summary, steps)
        return Done(action, summary, (message.ticket_id,))

    @needs(Right.REVIEW)
    def keep_draft(self, message_id: int, given: Mapping[str, Any]) -> None:
        """Save this reviewer's marks so far for a reply; submitting the review deletes them."""
        with self._store.write():
            self._store.settings.save(self.draft_key(self._agent, message_id), dict(given))

    def _drop_draft(self, message_id: int) -> None:
        key = self.draft_key(self._agent, message_id)
        if self._store.settings.get(key) is not None:
            self._store.settings.save(key, None)

    def _keep_card(self, card: Scorecard) -> None:
        if card_then(self._store, card.label) is None:
            self._store.settings.save(f"scorecard {card.label}", packed(card))

    @staticmethod
    def draft_key(reviewer: str, message_id: int) -> str:
        """Return the setting that keeps a reviewer's marks for a reply not reviewed yet."""
        return f"review draft {message_id} {reviewer}"

    def see(self, review_id: int) -> bool:
        """Note that the agent whose reply it is has seen a review; return whether that was the first time."""
        review = self._store.reviews.get(review_id)
        if review is None or review.agent != self._agent or review.seen_at is not None or review.calibration:
            return False
        now = self._clock()
        with self._store.write():
            action = self._store.actions.begin(self._agent, now)
            seen = self._store.reviews.see(review_id, now)
            detail = {"review": review_id}
            self._store.events.add(action, review.ticket_id, now, self._agent, "review seen", detail)
            self._store.actions.finish(action, f"#{review.ticket_id}: review {review_id} seen", [])
        return seen

    @needs(Right.WORK)
    def answer(self, review_id: int, kind: AnswerKind, text: str = "") -> Done:
        """Answer a review: the agent accepts it or disputes it with a reason, the reviewer upholds a disputed review.

        Raises RuleError if the agent may not answer it, and for a dispute without a reason.
        """
        now = self._clock()
        with self._store.write():
            review = self._standing(review_id)
            self._check_answer(review, kind, text)
            self.see(review_id)
            action = self._store.actions.begin(self._agent, now)
            row = self._store.reviews.answer(ReviewAnswer(0, review_id, now, self._agent, kind, text.strip()))
            steps: list[Step] = [mark("answer", review.ticket_id, row, "withdrawn", "stands")]
            detail = {"review": review_id, "answer": str(kind)}
            self._store.events.add(action, review.ticket_id, now, self._agent, "review answered", detail)
            said = {AnswerKind.ACCEPT: "accepted", AnswerKind.DISPUTE: "disputed", AnswerKind.UPHOLD: "upheld"}[kind]
            summary = f"#{review.ticket_id}: review {review_id} {said}"
            self._store.actions.finish(action, summary, steps)
        return Done(action, summary, (review.ticket_id,))

    @needs(Right.REVIEW)
    def calibrate(self, message_id: int, other: str, card: Scorecard) -> Calibration:
        """Have this reviewer and another review the same reply without seeing each other's.

        Raises RuleError if one of them wrote it, or both are the same.
        """
        message = self.reply(message_id)
        pair = (self._agent, other.strip())
        if not pair[1] or pair[0].casefold() == pair[1].casefold():
            raise RuleError("No other reviewer", "A calibration needs another reviewer; name one who is not you.")
        for reviewer in pair:
            _refuse_own(message, reviewer)
        now = self._clock()
        calibration = Calibration(0, message.ticket_id, message.id, card.label, pair, now, self._agent)
        with self._store.write():
            action = self._store.actions.begin(self._agent, now)
            number = self._store.reviews.calibrate(calibration)
            detail = {"calibration": number, "message": message.id, "reviewers": list(pair), "scorecard": card.label}
            self._store.events.add(action, message.ticket_id, now, self._agent, "calibration", detail)
            summary = f"#{message.ticket_id}: C-{number} with {pair[1]}"
            steps = [mark("calibration", message.ticket_id, number, "withdrawn", "open")]
            self._store.actions.finish(action, summary, steps)
        return replace(calibration, id=number)

    def reply(self, message_id: int) -> Message:
        """Return a reply of ours that this reviewer may review. Raises RuleError."""
        message = self._store.messages.get(message_id)
        if message is None or message.direction is not Direction.OUT:
            raise RuleError(
                "No such reply", f"There is no reply {message_id}; `tridesk reviews list --to-do` names them."
            )
        _refuse_own(message, self._agent)
        return message

    def _calibration(self, message: Message) -> int | None:
        """Return the calibration of the reply that waits for this reviewer."""
        for calibration, given in self._store.reviews.calibrations():
            if (
                calibration.message_id == message.id
                and self._agent in calibration.reviewers
                and self._agent not in given
            ):
                return calibration.id
        return None

    def _earlier(self, message: Message) -> Review | None:
        """Return this reviewer's valid review of the reply. Raises RuleError if it is another's."""
        standing = [review for review in self._store.reviews.of_message(message.id) if review.calibration is None]
        if standing and standing[-1].reviewer != self._agent:
            raise RuleError(
                "Reviewed already",
                f"{standing[-1].reviewer} reviewed this reply; to compare, use `tridesk reviews calibrate`.",
            )
        return standing[-1] if standing else None

    def _standing(self, review_id: int) -> Review:
        review = self._store.reviews.get(review_id)
        if review is None or review.state is not ReviewState.GIVEN or review.calibration is not None:
            raise RuleError("No such review", f"Review {review_id} does not exist or was revised; list them again.")
        return review

    def _check_answer(self, review: Review, kind: AnswerKind, text: str) -> None:
        whose = review.reviewer if kind is AnswerKind.UPHOLD else review.agent
        if whose != self._agent:
            raise RuleError("Not yours to answer", f"Review {review.id} can be answered in this way by {whose} only.")
        if kind is AnswerKind.DISPUTE and not text.strip():
            raise RuleError("No reason given", "Say what is wrong with the review; the reviewer reads it.")
        if kind is AnswerKind.UPHOLD:
            said = self._store.reviews.answers(review.id)
            if not said or said[-1].kind is not AnswerKind.DISPUTE:
                raise RuleError("Not disputed", f"Review {review.id} is not disputed; there is nothing to uphold.")


def card_then(store: Store, label: str) -> Scorecard | None:
    """Return a card as it was when the first review was given by this version of it; None before that."""
    result = store.settings.get(f"scorecard {label}")
    return unpacked(result) if result is not None else None


def _refuse_own(message: Message, reviewer: str) -> None:
    if message.from_name.casefold() == reviewer.casefold():
        raise RuleError(
            "Not your own", f"{reviewer} wrote this reply on #{message.ticket_id}; another agent has to review it."
        )


def _event_detail(review: Review, number: int) -> dict[str, Any]:
    """Return what the event keeps: numbers and names, no word of anyone."""
    return {
        "review": number, "message": review.message_id, "agent": review.agent, "scorecard": review.scorecard,
        "percent": review.percent, "failed": list(review.failed), "revises": review.revises,
        "calibration": review.calibration,
    }  # fmt: skip

"""A review as text, for screen and command line. Foreign text is made safe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from data.records.messages import Message
from data.records.reviews import AnswerKind, Mark, Review, ReviewAnswer
from queues.quality.cards import Scorecard
from tui.look.shown import safe_line
from tui.look.words import words


def percent(review: Review) -> str:
    """Return the score: `94 %`, with the criterion that failed the reply."""
    labels = f"{review.percent:.0f} %"
    return labels + (" " + words("(failed: {what})").format(what=", ".join(review.failed)) if review.failed else "")


def mark_lines(marks: Sequence[Mark], card: Scorecard | None, language: str) -> Iterator[str]:
    """Yield one line per criterion: the mark (`1/2`, `yes`), the question, and the reviewer's comment."""
    criteria = {criterion.id: criterion for criterion in card.criteria} if card is not None else {}
    for mark in marks:
        criterion = criteria.get(mark.criterion)
        given = criterion.shown(mark.points) if criterion else "n/a" if mark.points is None else str(mark.points)
        of = f"/{mark.best}" if given.isdecimal() else ""
        asked = criterion.words(language) if criterion else mark.criterion
        yield f"{given + of:>4}  {safe_line(asked)}" + (f": {safe_line(mark.comment)}" if mark.comment else "")


def answer_line(answer: ReviewAnswer) -> str:
    """Return a response to a review: `ann disputes: …`."""
    labels = {
        AnswerKind.ACCEPT: words("{name} accepts"),
        AnswerKind.DISPUTE: words("{name} disputes"),
        AnswerKind.UPHOLD: words("{name} upholds it"),
    }[answer.kind].format(name=safe_line(answer.actor))
    return f"{labels}: {safe_line(answer.text)}" if answer.text else labels


def version_words(message: Message, versions: Mapping[str, str]) -> str:
    """Return the macro and the procedure version that a reply followed, and the version in force today.

    `versions` are today's labels of the procedures by id.
    """
    parts = [words("macro {name}").format(name=safe_line(message.macro))] if message.macro else [words("no macro")]
    if message.procedure:
        today = versions.get(message.procedure.partition("@")[0], "")
        changed = words(", today {label}").format(label=today) if today and today != message.procedure else ""
        parts.append(words("followed {label}").format(label=safe_line(message.procedure)) + changed)
    return " · ".join(parts)


def stand(review: Review, answers: Sequence[ReviewAnswer]) -> str:
    """Return the state of a review in a word or two."""
    if review.state == "revised":
        return words("revised")
    said = [answer for answer in answers if answer.review_id == review.id]
    if said:
        return {
            AnswerKind.ACCEPT: words("accepted"),
            AnswerKind.DISPUTE: words("disputed"),
            AnswerKind.UPHOLD: words("upheld"),
        }[said[-1].kind]
    return words("seen") if review.seen_at is not None else words("unread")

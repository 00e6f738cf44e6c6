"""The rating request, and the customer's answer to it.

A reply asks where it carries its ticket's token, which macros print as `csat.token`. Only what answers such a reply is
ever looked at for a score; an answer that holds nothing else leaves its ticket as it is.
"""

from __future__ import annotations

import hmac
import re
from base64 import b32encode
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from data.records.incoming import Incoming
from data.records.messages import Direction, Message, MessageKind
from data.records.ratings import Question, Rating, RatingState
from data.records.tickets import Ticket
from data.store import Store
from data.tables.csat import SECRET
from queues.ground.undo_steps import Step
from queues.quality.review_steps import mark

if TYPE_CHECKING:
    from queues.quality.scores import Score

DAY = 86_400
TOKEN = re.compile(r"\bTR-[A-Z2-7]{10}\b")
_ANSWERING = frozenset({MessageKind.MAIL, MessageKind.FORM, MessageKind.REPORT})


@dataclass(frozen=True, slots=True)
class Answer:
    """A score that a customer gave in answer to a question."""

    question: Question
    score: Score


def token_of(store: Store, ticket_id: int) -> str:
    """Return the ticket's token, for replies that ask for a rating and links to a form. It cannot be guessed."""
    secret = str(store.settings.get(SECRET))
    digest = hmac.digest(secret.encode(), str(ticket_id).encode(), "sha256")
    return f"TR-{b32encode(digest)[:10].decode()}"


def ask(store: Store, ticket: Ticket, text: str, message_id: int, macro: str, now: int, agent: str) -> list[Step]:
    """Record that a reply asks for a rating, if it does; return the step."""
    if token_of(store, ticket.id) not in TOKEN.findall(text):
        return []
    question = Question(0, token_of(store, ticket.id), ticket.id, message_id, now, agent, macro)
    return [mark("question", ticket.id, store.csat.ask(question), "withdrawn", "asked")]


def ticket_of(store: Store, item: Incoming, customer_id: int) -> int | None:
    """Return the ticket whose token a message of its customer carries: a mail from a link names nothing else."""
    for token in TOKEN.findall(f"{item.subject}\n{item.new_text}")[:3]:
        question = store.csat.asked_by_token(token)
        ticket = store.tickets.get(question.ticket_id) if question is not None else None
        if ticket is not None and ticket.customer_id == customer_id:
            return ticket.id
    return None


def answer(store: Store, ticket: Ticket, item: Incoming, customer_id: int, arrived: int, days: int) -> Answer | None:
    """Return the score that a message gives in answer to our rating request, None for any other message.

    It has to come from the ticket's own customer, within `days` of the question, and to carry the question's token or
    Message-ID; one that can carry neither has to come right after it.
    """
    if item.direction is not Direction.IN or item.kind not in _ANSWERING or customer_id != ticket.customer_id:
        return None
    question = store.csat.asked(ticket.id, arrived)
    if question is None or arrived - question.at > days * DAY:
        return None
    asked = store.messages.get(question.message_id)
    if asked is None or not _answers(store, asked, question, item):
        return None
    from queues.quality.scores import read_score  # patterns that only such an answer needs: they load slowly

    score = read_score(_subject_score(item) or _own_words(item.new_text, asked.text), item.from_name)
    return None if score is None else Answer(question, score)


def alone(rated: Answer | None, item: Incoming) -> bool:
    """Return whether a message is only an answer to our rating request and needs no action.

    A file, or a line that was cut off and may be the customer's, is something to act on.
    """
    if rated is None or rated.score.complains:
        return False
    from queues.quotes.only_thanks import is_all_in_sight

    return is_all_in_sight(item)


def keep(store: Store, answer: Answer, message_id: int, arrived: int, action: int, actor: str) -> None:
    """Store the rating with its event; an earlier answer to the same question gives way to it."""
    score, question = answer.score, answer.question
    rating = Rating(
        0, question.ticket_id, arrived, score.score, score.scale, score.value, score.via, score.comment,
        question.agent, question.macro, question.id, message_id,
    )  # fmt: skip
    store_rating(store, rating, action, actor, arrived)


def store_rating(store: Store, rating: Rating, action: int, actor: str, now: int) -> list[Step]:
    """Store a rating and its event; return the steps. What was said earlier in answer to the same question gives way.

    A rating that was given before the current rating is stored as replaced.
    """
    same = [item for item in store.csat.of(rating.ticket_id) if item.question_id == rating.question_id]
    later = [item for item in same if item.at > rating.at]
    if later:
        rating = replace(rating, state=RatingState.REPLACED)
    row = store.csat.add(rating)
    steps = [mark("rating", rating.ticket_id, row, RatingState.WITHDRAWN, rating.state)]
    for item in same if not later else []:
        store.csat.turn(item.id, RatingState.STANDS, RatingState.REPLACED)
        steps.append(mark("rating", item.ticket_id, item.id, RatingState.STANDS, RatingState.REPLACED))
    replaced = [item.id for item in same] if not later else []
    if not later:
        detail = _event_detail(rating, row) | ({"replaces": replaced} if replaced else {})
        store.events.add(action, rating.ticket_id, now, actor, "rated", detail)
    return steps


def _event_detail(rating: Rating, row: int) -> dict[str, Any]:
    """Return what the event keeps: numbers and names, no word of the customer."""
    return {
        "rating": row, "value": rating.value, "score": rating.score, "scale": rating.scale, "via": rating.via,
        "agent": rating.agent, "macro": rating.macro, "question": rating.question_id, "given": rating.at,
    }  # fmt: skip


def _answers(store: Store, asked: Message, question: Question, item: Incoming) -> bool:
    if question.token in TOKEN.findall(f"{item.subject}\n{item.text}"):
        return True
    if item.references:
        return asked.message_id in item.references
    sent_by_us = [message.id for message in store.messages.of(question.ticket_id) if message.direction is Direction.OUT]
    return sent_by_us[-1:] == [asked.id]


def _own_words(text: str, asked: str) -> str:
    """Return the customer's lines: what some mail programs quote without a mark is ours."""
    our_lines = {line.strip() for line in asked.splitlines()}
    return "\n".join(line for line in text.splitlines() if line.lstrip("> ").strip() not in our_lines)


def _subject_score(item: Incoming) -> str:
    """Return what a subject says behind a token, where the mail itself is empty: `TR-ABCDEFGHIJ 5`."""
    if item.new_text.strip():
        return ""
    match = TOKEN.search(item.subject)
    return item.subject[match.end() :].strip(" :") if match else ""

"""The replies waiting for a reviewer, and the reviews of an agent, read from the store as plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data.protocols import Clock
from data.records.messages import Direction, Message
from data.records.reviews import Mark, Review, ReviewAnswer
from data.store import Store
from queues.ground.roles import Access
from queues.quality.cards import Scorecard, card_for
from queues.quality.reviewing import Reviewing, card_then
from tui.reviews.review_lines import version_words

MOST = 60
"""The most replies read for the screen."""
Cover = Callable[[Message], Message]
"""Returns a message as it may be shown outside its ticket."""


@dataclass(frozen=True, slots=True)
class Item:
    """One reply to review."""

    message: Message
    why: tuple[str, ...]
    agent: str
    """The author; empty in a calibration, where it is hidden."""
    asked: str
    """What the customer wrote before it."""
    versions: str
    """The macro and procedure version that it followed."""
    lane: str
    language: str
    earlier: Review | None = None
    """This reviewer's own review of it, which the agent disputes."""
    answers: tuple[ReviewAnswer, ...] = ()

    @property
    def number(self) -> int:
        """The reply's number."""
        return self.message.id


@dataclass(frozen=True, slots=True)
class Given:
    """One review of an agent's own reply."""

    review: Review
    marks: Sequence[Mark]
    answers: Sequence[ReviewAnswer]
    message: Message | None
    asked: str
    versions: str
    language: str
    card: Scorecard | None
    """The state when the review was given."""


def to_review(
    store: Store, clock: Clock, reviewer: str, labels: Mapping[str, str], cover: Cover, first: int = 0
) -> list[Item]:
    """Return what is waiting for a reviewer: disputes first, then calibrations, then samples.

    `labels` are today's versions of the procedures by id; `cover` folds what may be graphic. `first` is a reply that
    comes before all.
    """
    disputed = [
        _item(store, review.message_id, ("disputed",), review.agent, labels, cover, review)
        for review in store.reviews.disputes(reviewer)
    ]
    drawn = [
        _item(store, item.message_id, item.why, item.agent, labels, cover)
        for item in Reviewing(store, clock, Access(reviewer)).to_review()[:MOST]
    ]
    wanted = [item for item in (*disputed, *drawn) if item is not None]
    if first:
        message = store.messages.get(first)
        named = _item(store, first, ("chosen",), message.from_name if message else "", labels, cover)
        wanted = [item for item in (named, *wanted) if item is not None]
    return wanted


def newest_reply(store: Store, ticket_id: int, reviewer: str) -> int:
    """Return the newest reply of another agent on a ticket, 0 if there is none."""
    replies = [
        message for message in store.messages.of(ticket_id) if message.direction is Direction.OUT and message.from_name
    ]
    return next((reply.id for reply in reversed(replies) if reply.from_name.casefold() != reviewer.casefold()), 0)


def of_agent(store: Store, agent: str, labels: Mapping[str, str], cover: Cover, limit: int = 50) -> list[Given]:
    """Return reviews of an agent's replies: all unseen reviews, however old, then the newest."""
    return [_given(store, review, labels, cover) for review in store.reviews.for_agent(agent, limit)]


def card_of(item: Item, cards: Mapping[str, Scorecard], chosen: str = "") -> Scorecard:
    """Return the scorecard of an item: the chosen card, that of its earlier review, else its lane's."""
    named = chosen or (item.earlier.scorecard.partition("@")[0] if item.earlier is not None else "")
    return cards[named] if named in cards else card_for(item.lane, cards)


def kept_draft(store: Store, reviewer: str, message_id: int) -> dict[str, Any] | None:
    """Return a reviewer's marks so far for a reply that is not reviewed yet."""
    draft = store.settings.get(Reviewing.draft_key(reviewer, message_id))
    return draft if isinstance(draft, dict) else None


def _item(
    store: Store,
    number: int,
    why: tuple[str, ...],
    agent: str,
    labels: Mapping[str, str],
    cover: Cover,
    earlier: Review | None = None,
) -> Item | None:
    message = store.messages.get(number)
    ticket = store.tickets.get(message.ticket_id) if message is not None else None
    if message is None or ticket is None:
        return None
    answers = tuple(store.reviews.answers(earlier.id)) if earlier is not None else ()
    asked, versions = _asked(store, message, cover), version_words(message, labels)
    return Item(message, why, agent, asked, versions, ticket.lane, ticket.language, earlier, answers)


def _given(store: Store, review: Review, labels: Mapping[str, str], cover: Cover) -> Given:
    message = store.messages.get(review.message_id)
    ticket = store.tickets.get(review.ticket_id)
    return Given(
        review, store.reviews.marks(review.id), store.reviews.answers(review.id), message,
        _asked(store, message, cover) if message is not None else "",
        version_words(message, labels) if message is not None else "", ticket.language if ticket is not None else "en",
        card_then(store, review.scorecard),
    )  # fmt: skip


def _asked(store: Store, reply: Message, cover: Cover) -> str:
    """Return the customer's latest message before a reply."""
    earlier = [message for message in store.messages.of(reply.ticket_id) if message.id < reply.id]
    latest = next((message for message in reversed(earlier) if message.direction is Direction.IN), None)
    shown = cover(latest) if latest is not None else None
    return (shown.new_text or shown.text) if shown is not None else ""

"""What the desk learned from corrected harm: a message of much the same words is marked for a look.

Nearest neighbour over word stems and their pairs: near-identical wording counts, the same matter in other words does
not. What was learned marks, and moves into the lane that handles harm; it never takes a ticket out of there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from data.records.harm import HarmCorrection
from data.records.tickets import Lane
from data.store import Store
from queues.routing.conditions import Facts
from queues.routing.harm_features import words_of
from queues.routing.lanes import lane_named
from queues.routing.rules import LOOK, NO_HARM, Route, Rules

MOST = 300
"""How many corrections are looked through, the newest."""
ALIKE = 0.5
"""The cosine of two texts from which they are alike."""
_FEWEST = 4
"""Word stems that two texts must share."""
_STEM = 5
_LONGEST = 200
"""Words of a text that are compared."""


@dataclass(frozen=True, slots=True)
class Like:
    """The corrected message that another one is most like."""

    kind: str
    ticket_id: int
    alike: float
    """0 to 1."""

    @property
    def reason(self) -> str:
        """Say what it is like, for the ticket's reason."""
        what = "not harm" if self.kind == NO_HARM else self.kind
        return f"like #{self.ticket_id}, which was corrected to {what} ({self.alike:.0%} alike)"


class HarmMemory:
    """Compares texts with the messages whose harm was corrected. Used in the thread of its store, for one transaction.

    Whoever keeps it for longer calls `renew` before each.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._gists: dict[int, frozenset[str]] = {}
        self._corrections: list[HarmCorrection] | None = None

    def renew(self) -> None:
        """Look up again what was corrected."""
        self._corrections = None

    def like(self, facts: Facts) -> Like | None:
        """Return the corrected message that a message is most like, None if it is like none."""
        if self._corrections is None:
            self._corrections = self._store.harm_corrections.newest(MOST)
        if not self._corrections:
            return None
        own = gist(facts.subject, facts.text)
        rated = [(alike(own, self._gist(correction)), correction) for correction in self._corrections]
        best, correction = max(rated, key=lambda pair: pair[0])
        return Like(correction.kind, correction.ticket_id, best) if best >= ALIKE else None

    def applied(self, rules: Rules, lanes: Sequence[Lane], taken: Route, facts: Facts) -> Route:
        """Return a route with what was learned: a `look` for harm that was corrected, the lane of harm for a miss."""
        like = self.like(facts)
        if like is None or LOOK in taken.tags:
            return taken
        reason = f"{taken.reason} + {like.reason}"
        if taken.harmful:
            known = rules.rule_for(like.kind)
            same = known is not None and known.then.topic == taken.topic
            return taken if same else replace(taken, tags=(*taken.tags, LOOK), reason=reason)
        rule = rules.rule_for(like.kind, doubt=True) or rules.rule_for(like.kind)
        if like.kind == NO_HARM or rule is None:
            return taken
        then = rule.then
        return replace(
            taken,
            lane=lane_named(then.lane, lanes) or taken.lane,
            priority=then.priority or taken.priority,
            severity=then.severity,
            topic=then.topic,
            procedure=then.procedure,
            reason=reason,
            tags=tuple(dict.fromkeys((*taken.tags, *rule.tags, LOOK))),
        )

    def _gist(self, correction: HarmCorrection) -> frozenset[str]:
        known = self._gists.get(correction.message_id)
        if known is None:
            message = self._store.messages.get(correction.message_id)
            known = gist(message.subject, message.new_text or message.text) if message is not None else frozenset()
            self._gists[correction.message_id] = known
        return known


def gist(subject: str, text: str) -> frozenset[str]:
    """Return the stems of a text's words, and the pairs of neighbours among them."""
    words = words_of(f"{subject}\n{text}")[:_LONGEST]
    stems = [word[:_STEM] for word in words if len(word) > 2 and not word.isdecimal()]
    return frozenset([*stems, *(f"{first} {other}" for first, other in pairwise(stems))])


def alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the cosine of two gists, 0 if they share only a few words."""
    shared = one & other
    if _count(shared) < _FEWEST:
        return 0.0
    return len(shared) / math.sqrt(len(one) * len(other))


def _count(shared: Iterable[str]) -> int:
    return sum(" " not in name for name in shared)

"""Replies that an agent types again and again: near-identical texts found by the words that follow each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from data.records.messages import OwnReply
from macros.authoring.our_sentences import own_texts
from macros.authoring.write_macro import as_template
from macros.filling.macro import Macro
from macros.suggesting.features import words

LEAST_TIMES = 4
LEAST_WORDS = 6
"""Shorter replies are typed as fast as a macro is found."""
ALIKE = 0.5
"""The share of common word triples, of all that two texts have, from which they count as the same (Jaccard)."""

_Triples = frozenset[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Repeated:
    """A text that was typed several times."""

    language: str
    text: str
    """The newest of them, as a template."""
    times: int


def repeated(replies: Iterable[OwnReply], macros: Iterable[Macro]) -> list[Repeated]:
    """Return what was typed often and is no macro yet, the most often typed first. `replies` come newest first."""
    known = [_triples(text) for text in own_texts(macros)]
    groups: list[tuple[OwnReply, _Triples, list[int]]] = []
    for reply in replies:
        triples = _triples(reply.text)
        if reply.macro or len(triples) < LEAST_WORDS - 2:
            continue
        group = next(
            (one for one in groups if one[0].language == reply.language and _alike(one[1], triples) >= ALIKE), None
        )
        if group is None:
            groups.append((reply, triples, [reply.ticket_id]))
        else:
            group[2].append(reply.ticket_id)
    found = [
        Repeated(reply.language, as_template(reply.text, reply.customer), len(set(tickets)))
        for reply, triples, tickets in groups
        if len(set(tickets)) >= LEAST_TIMES and not any(_alike(triples, one) >= ALIKE for one in known)
    ]
    return sorted(found, key=lambda one: -one.times)


def _triples(text: str) -> _Triples:
    found = words(text)
    return frozenset(zip(found, found[1:], found[2:], strict=False))


def _alike(one: _Triples, other: _Triples) -> float:
    return len(one & other) / max(1, len(one | other))

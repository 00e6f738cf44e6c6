"""Replies that an agent types again and again: near-identical texts, found by their word sequences."""

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
    """Return texts typed often that are not macros yet, the most often typed first. `replies` come newest first."""
    known = [_triples(text) for text in own_texts(macros)]
    groups: list[tuple[OwnReply, _Triples, list[int]]] = []
    for reply in replies:
        triples = _triples(reply.text)
        if reply.macro or len(triples) < LEAST_WORDS - 2:
            continue
        group = next(
            (item for item in groups if item[0].language == reply.language and _alike(item[1], triples) >= ALIKE), None
        )
        if group is None:
            groups.append((reply, triples, [reply.ticket_id]))
        else:
            group[2].append(reply.ticket_id)
    repetitions = [
        Repeated(reply.language, as_template(reply.text, reply.customer), len(set(tickets)))
        for reply, triples, tickets in groups
        if len(set(tickets)) >= LEAST_TIMES and not any(_alike(triples, item) >= ALIKE for item in known)
    ]
    return sorted(repetitions, key=lambda repetition: -repetition.times)


def _triples(text: str) -> _Triples:
    tokens = words(text)
    return frozenset(zip(tokens, tokens[1:], tokens[2:], strict=False))


def _alike(item: _Triples, other: _Triples) -> float:
    return len(item & other) / max(1, len(item | other))

"""Two languages in one message: sentence by sentence for any two, clause by clause for English and Spanish."""

from __future__ import annotations

from queues.language.model import OTHER, Model, softmax
from queues.language.templates import SENTENCE_END
from queues.language.tokens import words

_SENTENCE_TOKENS = 4
_MOST_TOKENS = 80
_MOST_SENTENCES = 60
_SURE = 0.95
_WINDOW = 3
"""Words in a row that make a clause of their own."""
_SURE_CLAUSE = 0.9
_SIGNS = 2
"""So many words of each language that the other does not have, before clauses are looked at."""

_ENGLISH = """
the my your is are was i to please help can cant not and you need it have with for but from this that they we get how
what why when where want would there after before still because be do does did dont been has of on at if out
"""
_SPANISH = """
el la los las mi tu su es está esta que de en y por para con pero necesito puedo quiero tengo cuando cómo como qué
porque una un lo le les al del ya muy más desde hace ayuda cuenta hola gracias favor se si sin nos también hay estoy ser
"""
_SIGNS_OF = (frozenset(_ENGLISH.split()), frozenset(_SPANISH.split()))


def sentences_in(model: Model, text: str) -> tuple[str, ...]:
    """Return the languages of sentences that are each long and clear enough by themselves, where they differ."""
    sentences = SENTENCE_END.split(text, maxsplit=_MOST_SENTENCES)
    if len(sentences) < 2:
        return ()
    sure: set[str] = set()
    for sentence in sentences[:_MOST_SENTENCES]:
        tokens = words(sentence)[:_MOST_TOKENS]
        if len(tokens) < _SENTENCE_TOKENS:
            continue
        label, chance = _likeliest(model, tokens)
        if chance >= _SURE:
            sure.add("und" if label == OTHER else label)
    return tuple(sorted(sure)) if len(sure) > 1 else ()


def switches(model: Model, tokens: list[str]) -> tuple[str, ...]:
    """Return `en` and `es` if a clause in one is next to a clause in the other; single borrowed words do not count."""
    if any(sum(token in signs for token in tokens) < _SIGNS for signs in _SIGNS_OF):
        return ()
    results = {_likeliest_clause(model, tokens[at : at + _WINDOW]) for at in range(len(tokens) - _WINDOW + 1)}
    return ("en", "es") if {"en", "es"} <= results else ()


def _likeliest_clause(model: Model, tokens: list[str]) -> str:
    label, chance = _likeliest(model, tokens)
    return label if chance >= _SURE_CLAUSE else ""


def _likeliest(model: Model, tokens: list[str]) -> tuple[str, float]:
    chances = softmax(model.score(tokens).logits)
    top = max(range(len(chances)), key=chances.__getitem__)
    return model.labels[top], chances[top]

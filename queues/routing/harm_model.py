"""The model that hears harm: how likely a text is about each kind of harm, or about another topic.

A softmax regression over hashed features (`harm_features`), trained by tools/train_harm.py. File format: one JSON
header line (`labels`, their `bias`, `step` of the weights, number of `features`, `source` hash), then LZMA of the
features' hashes (each as its distance from the one before, four bytes, little end first), followed by one plane of an
unsigned byte a feature per label (weight = (byte - 128) * step). The weights of a feature are packed in one integer, so
that scoring is addition.
"""

from __future__ import annotations

import json
import lzma
import math
import re
import sys
from array import array
from collections.abc import Mapping
from functools import cache, cached_property
from importlib.resources import files
from itertools import accumulate

from queues.routing.harm_features import between, of_word, words_of

HARM = ("underage", "self-harm", "threat", "doxxing", "extortion", "harassment", "hacked")
"""The labels that are harm."""
OTHERS = ("locked", "login-code", "payment", "crash", "appeal", "data-request", "copyright", "none")
NAMES = ("harm", *HARM, *OTHERS)
"""What a rule can listen for; `harm` is all kinds together."""
_WIDTH = 3
"""Bytes that a label takes in a packed sum: room for 65,000 additions of one byte."""
_WINDOW = 60
"""Words that are judged together: what one sentence of a long mail says is not drowned by the rest."""
_STEP = 30
_FEW, _DOUBT = 14, 2.2
"""A message of fewer words says little: the fewer, the more the log odds of no topic rise, up to `_DOUBT`."""
_LONGEST = 1_200
_MOST_TEXT = 8_000
_SENTENCES = 40
_SENTENCE_END = re.compile(r"[.!?…\n]+")
_REMEMBERED_WORDS = 20_000


class Heard:
    """What the model hears in a text: a probability for each label."""

    def __init__(self, model: HarmModel, text: str) -> None:
        self._model = model
        self._text = text

    @cached_property
    def shares(self) -> Mapping[str, float]:
        """The probabilities for the text; for a long one, those of the part that sounds most like harm."""
        words = words_of(self._text)[:_LONGEST]
        starts = range(0, max(1, len(words) - _STEP), _STEP) if len(words) > _WINDOW else (0,)
        return max((self._model.shares(words[at : at + _WINDOW]) for at in starts), key=_harm)

    @cached_property
    def _sentences(self) -> list[Mapping[str, float]]:
        parts = [words_of(part) for part in _SENTENCE_END.split(self._text[:_MOST_TEXT])]
        longer = [words for words in parts if words]
        return (
            [self._model.shares(words[:_WINDOW], alone=False) for words in longer[:_SENTENCES]]
            if len(longer) > 1
            else []
        )

    def share(self, name: str) -> float:
        """Return the probability of a label, or of harm of any kind."""
        return _share(self.shares, name)

    def loudest(self, name: str) -> float:
        """Return the highest probability of a label in the text or in one of its sentences."""
        return max(self.share(name), *(_share(shares, name) for shares in self._sentences), 0.0)

    @cached_property
    def kind(self) -> str:
        """The likeliest kind of harm."""
        return max(HARM, key=lambda label: self.shares[label])


def _harm(shares: Mapping[str, float]) -> float:
    return sum(shares[label] for label in HARM)


def _share(shares: Mapping[str, float], name: str) -> float:
    return _harm(shares) if name == "harm" else shares[name]


class HarmModel:
    """Weights ready for scoring. Safe to share between threads once built."""

    def __init__(self, content: bytes) -> None:
        head, _, packed = content.partition(b"\n")
        header = json.loads(head)
        self.labels: tuple[str, ...] = tuple(header["labels"])
        self._none = self.labels.index("none")
        self._step = float(header["step"])
        self._bias: tuple[float, ...] = tuple(header["bias"])
        count, width = header["features"], _WIDTH * len(self.labels)
        body = lzma.decompress(packed)
        gaps = array("I", body[: 4 * count])
        if sys.byteorder == "big":
            gaps.byteswap()
        planes = body[4 * count :]
        spread = bytearray(count * width)
        for label in range(len(self.labels)):
            spread[label * _WIDTH :: width] = planes[label * count : (label + 1) * count]
        rows = memoryview(spread)
        starts = range(0, len(spread), width)
        self._weights = {
            number: int.from_bytes(rows[at : at + width], "little")
            for number, at in zip(accumulate(gaps), starts, strict=True)
        }
        self._remembered: dict[str, tuple[int, int, int]] = {}

    def heard(self, text: str) -> Heard:
        """Return what is heard in a text; it is scored when first asked for."""
        return Heard(self, text)

    def shares(self, words: list[str], *, alone: bool = True) -> dict[str, float]:
        """Return the probability of each label for some words, which are all there is or stand in a longer text."""
        packed = known = features = 0
        for word in words:
            entry = self._remembered.get(word) or self._word(word)
            packed += entry[0]
            known += entry[1]
            features += entry[2]
        others = between(words)
        hits = [self._weights[feature] for feature in others if feature in self._weights]
        scale = self._step / math.sqrt(max(features + len(others), 1))
        raw = (packed + sum(hits)).to_bytes(_WIDTH * len(self.labels), "little")
        offset = 128 * (known + len(hits))
        logits = [
            (int.from_bytes(raw[at * _WIDTH : (at + 1) * _WIDTH], "little") - offset) * scale + bias
            for at, bias in enumerate(self._bias)
        ]
        logits[self._none] += _DOUBT * max(0.0, 1 - len(words) / _FEW) if alone else 0.0
        top = max(logits)
        raised = [math.exp(logit - top) for logit in logits]
        total = sum(raised)
        return {label: value / total for label, value in zip(self.labels, raised, strict=True)}

    def _word(self, word: str) -> tuple[int, int, int]:
        """Return a word's packed weights, how many of its features are known, and how many it has."""
        features = of_word(word)
        hits = [self._weights[feature] for feature in features if feature in self._weights]
        entry = (sum(hits), len(hits), len(features))
        if len(self._remembered) >= _REMEMBERED_WORDS:
            self._remembered.clear()
        self._remembered[word] = entry
        return entry


@cache
def load() -> HarmModel:
    """Return the shipped model; the first call reads it."""
    return HarmModel(files("data").joinpath("harm_model.bin").read_bytes())

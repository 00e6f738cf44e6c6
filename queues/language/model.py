"""The micro-model: a softmax over word and character n-gram weights, packed so that scoring is integer addition.

File format: one JSON header line (`feature_bytes` long list of features, `step` of the weights, calibration, training
script version and hash), then LZMA of the features joined by line feeds followed by one plane of `len(features)`
unsigned bytes per label (weight = (byte - 128) * step).
"""

from __future__ import annotations

import json
import lzma
import math
import re
import threading
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from queues.language.tokens import features

OTHER = "other"
"""The label for Latin-script languages that the model does not know."""
_LANE = 3  # bytes a label takes inside a packed sum: room for 65,000 additions of one byte
_BEGINNING = 2
"""Letters by which features are found: few enough have the same."""
_REMEMBERED_WORDS = 20_000
_BREAK = re.compile(rb"\n")


@dataclass(frozen=True, slots=True)
class Scores:
    """What the model says of some words."""

    logits: tuple[float, ...]
    """One a label, in the order of `Model.labels`."""
    known: float
    """The share of words that have a feature of their own, 0 to 1."""


class Weights:
    """The weights of each feature, looked up in the bytes of the file: as objects they take 30 MB."""

    def __init__(self, features: bytes, planes: bytes, labels: int) -> None:
        """`features` are sorted, one a line; `planes` hold one byte a feature for each label."""
        self._features = b"\n" + features + b"\n"
        self._row, self._width = labels, labels * _LANE
        breaks = (line.start() for line in _BREAK.finditer(self._features))
        self._starts = array("I", breaks)
        """Where the line break before each feature is, and the last one."""
        self._groups = dict(self._found_by_beginning())
        """Where the features with the same beginning are."""
        self._rows, count = bytearray(len(planes)), len(planes) // labels
        for label in range(labels):
            self._rows[label::labels] = planes[label * count : (label + 1) * count]

    def _found_by_beginning(self) -> Iterator[tuple[str, tuple[int, int]]]:
        first, beginning = 0, self._line(0)[:_BEGINNING]
        for place in range(1, len(self._starts)):
            other = self._line(place)[:_BEGINNING] if place < len(self._starts) - 1 else ""
            if other != beginning:
                yield beginning, (self._starts[first], self._starts[place] + 1)
                first, beginning = place, other

    def _line(self, place: int) -> str:
        return self._features[self._starts[place] + 1 : self._starts[place + 1]].decode()

    def get(self, feature: str) -> int | None:
        """Return the weights of a feature packed in one number; None without any."""
        group = self._groups.get(feature[:_BEGINNING])
        at = self._features.find(f"\n{feature}\n".encode("utf-8", "replace"), *group) if group else -1
        if at < 0:
            return None
        start = bisect_left(self._starts, at) * self._row
        spread = bytearray(self._width)
        spread[::_LANE] = self._rows[start : start + self._row]
        return int.from_bytes(spread, "little")


class Model:
    """Weights ready for scoring. Safe to share between threads once built."""

    def __init__(self, header: Mapping[str, Any], weights: Weights) -> None:
        self.header = header
        self.labels: tuple[str, ...] = tuple(header["labels"])
        self.calibration: tuple[float, ...] = tuple(header["calibration"])
        self._step = float(header["step"])
        self.weights = weights
        self._remembered: dict[str, tuple[int, int, int, bool]] = {}

    def score(self, tokens: list[str]) -> Scores:
        """Score words (as `tokens.words` gives them): sum of weights over the square root of the feature count."""
        packed = result = total = known = 0
        for token in tokens:
            entry = self._remembered.get(token) or self._word(token)
            packed += entry[0]
            result += entry[1]
            total += entry[2]
            known += entry[3]
        scale = self._step / math.sqrt(max(total, 1))
        raw = packed.to_bytes(_LANE * len(self.labels), "little")
        logits = tuple(
            (int.from_bytes(raw[lane : lane + _LANE], "little") - 128 * result) * scale
            for lane in range(0, len(raw), _LANE)
        )
        return Scores(logits, known / max(len(tokens), 1))

    def _word(self, token: str) -> tuple[int, int, int, bool]:
        grams = features(token)
        found = [self.weights.get(gram) for gram in grams]
        hits = [weights for weights in found if weights is not None]
        entry = (sum(hits), len(hits), len(grams), found[-1] is not None)
        if len(self._remembered) >= _REMEMBERED_WORDS:
            self._remembered.clear()
        self._remembered[token] = entry
        return entry


def softmax(logits: tuple[float, ...]) -> list[float]:
    """Turn logits into shares that sum to 1."""
    top = max(logits)
    raised = [math.exp(logit - top) for logit in logits]
    total = sum(raised)
    return [value / total for value in raised]


_loading = threading.Lock()


def load() -> Model:
    """Return the shipped model; the first call reads it (about a fifth of a second), later ones share it."""
    with _loading:
        return _shipped()


@cache
def _shipped() -> Model:
    return parse(files("data").joinpath("language_model.bin").read_bytes())


def parse(content: bytes) -> Model:
    """Build a model from the bytes of a model file."""
    head, _, packed = content.partition(b"\n")
    header = json.loads(head)
    body = lzma.decompress(packed)
    size = header["feature_bytes"]
    return Model(header, Weights(body[:size], body[size:], len(header["labels"])))

"""The micro-model: a softmax over word and character n-gram weights, packed so that scoring is integer addition.

File format: one JSON header line (`feature_bytes` long list of features, `step` of the weights, calibration, training
script version and hash), then LZMA of the features joined by line feeds followed by one plane of `len(features)`
unsigned bytes per label (weight = (byte - 128) * step).
"""

from __future__ import annotations

import json
import lzma
import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from queues.language.tokens import features

OTHER = "other"
"""The label for Latin-script languages that the model does not know."""
_LANE = 3  # bytes a label takes inside a packed sum: room for 65,000 additions of one byte
_REMEMBERED_WORDS = 20_000


@dataclass(frozen=True, slots=True)
class Scores:
    """What the model says of some words."""

    logits: tuple[float, ...]
    """One a label, in the order of `Model.labels`."""
    known: float
    """The share of words that have a feature of their own, 0 to 1."""


class Model:
    """Weights ready for scoring. Safe to share between threads once built."""

    def __init__(self, header: Mapping[str, Any], weights: dict[str, int]) -> None:
        self.header = header
        self.labels: tuple[str, ...] = tuple(header["labels"])
        self.calibration: tuple[float, ...] = tuple(header["calibration"])
        self._step = float(header["step"])
        self._weights = weights
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
        hits = [self._weights[gram] for gram in grams if gram in self._weights]
        entry = (sum(hits), len(hits), len(grams), grams[-1] in self._weights)
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
    names = body[: header["feature_bytes"]].decode("utf-8").split("\n")
    planes = body[header["feature_bytes"] :]
    count, width = len(names), _LANE * len(header["labels"])
    spread = bytearray(count * width)
    for label in range(len(header["labels"])):
        spread[label * _LANE :: width] = planes[label * count : (label + 1) * count]
    rows = memoryview(spread)
    return Model(
        header,
        {
            name: int.from_bytes(rows[at : at + width], "little")
            for name, at in zip(names, range(0, len(spread), width), strict=True)
        },
    )

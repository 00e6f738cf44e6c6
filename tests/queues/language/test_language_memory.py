"""What the detector knows is kept in few bytes and gives the same answers as the lists that it is made from."""

from __future__ import annotations

import lzma
import subprocess
import sys
from pathlib import Path

import pytest

from queues.language.model import load

ROOT = Path(__file__).resolve().parents[3]


def test_every_feature_has_the_weights_of_the_file() -> None:
    model = load()
    body = lzma.decompress((ROOT / "data/language_model.bin").read_bytes().partition(b"\n")[2])
    size = model.header["feature_bytes"]
    names, planes = body[:size].decode().split("\n"), body[size:]
    for place, name in enumerate(names):
        packed = model.weights.get(name)
        assert packed is not None
        assert packed.to_bytes(3 * len(model.labels), "little")[::3] == planes[place :: len(names)]


@pytest.mark.parametrize("feature", ["", "_", "\n", "_a\n_aa", "qqqq", "_qqqq_", "a", "\ud800", "_a\ud800"])
def test_a_feature_that_no_language_has_has_no_weights(feature: str) -> None:
    assert load().weights.get(feature) is None


def test_chances_are_those_of_langdetect() -> None:
    from langdetect import detector_factory

    from queues.language.other_languages import _factory

    detector_factory.init_factory()
    theirs, ours = detector_factory._factory, _factory()[0]
    assert ours.langlist == theirs.langlist
    for piece, chances in theirs.word_lang_prob_map.items():
        assert piece in ours.word_lang_prob_map
        assert ours.word_lang_prob_map[piece] == chances
    assert not any(piece in ours.word_lang_prob_map for piece in ("", "\0", "\0a", "zqx", "\U0010ffff" * 3))


def test_all_languages_take_few_bytes() -> None:
    code = """
import tracemalloc
import json, langdetect.detector_factory
from queues.language import model, other_languages
tracemalloc.start()
model.load(), other_languages.guess("Jag kan inte logga in")
print(tracemalloc.get_traced_memory()[0])
"""
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(ran.stdout) < 8_000_000  # as objects 80,000,000

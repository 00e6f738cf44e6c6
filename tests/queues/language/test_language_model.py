"""The shipped model: its header, its script, its size."""

from __future__ import annotations

import hashlib
import json
import lzma
import os
import subprocess
import sys
from pathlib import Path

import pytest

from queues.language.model import OTHER, load
from queues.language.priors import log_priors
from queues.language.tokens import words

ROOT = Path(__file__).resolve().parents[3]
MODEL = ROOT / "data/language_model.bin"
SOURCES = ("tools/train_language.py", "tools/language_phrases.tsv", "queues/language/tokens.py")


def test_the_header_names_the_script_that_made_it() -> None:
    header = json.loads(MODEL.read_bytes().partition(b"\n")[0])
    expected = hashlib.sha256(b"".join((ROOT / source).read_bytes() for source in SOURCES)).hexdigest()
    assert header["script"] == "tools/train_language.py"
    assert header["script_sha256"] == expected, "train the model again with tools/train_language.py"


def test_notice_tells_the_models_checksum_and_sources() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    assert hashlib.sha256(MODEL.read_bytes()).hexdigest() in notice
    corpora = ("Tatoeba", "XQuAD", "xSID", "Universal Dependencies", "TreeGal", "XCOPA", "nlp.js", "lingua")
    others = ("wordfreq", "FrequencyWords", "banking77", "Home Assistant", "NLU++", "Rasa", "chatterbot-corpus")
    assert [name for name in (*corpora, *others) if name not in notice] == []


def test_the_file_is_what_its_header_says() -> None:
    head, _, packed = MODEL.read_bytes().partition(b"\n")
    header = json.loads(head)
    body = lzma.decompress(packed)  # its own checksum is looked at here
    names = body[: header["feature_bytes"]].decode("utf-8").split("\n")
    assert len(body) == header["feature_bytes"] + len(names) * len(header["labels"])
    assert names == sorted(set(names))
    assert tuple(header["labels"]) == load().labels
    assert len(header["calibration"]) == 6


def test_the_model_is_small() -> None:
    assert MODEL.stat().st_size <= 700 * 1024


@pytest.mark.skipif("TRIDESK_LANGUAGE_DATA" not in os.environ, reason="needs the open training data")
def test_the_script_reproduces_the_model(tmp_path: Path) -> None:
    folder = Path(os.environ["TRIDESK_LANGUAGE_DATA"])
    made = tmp_path / "model.bin"
    arguments = [ROOT / "tools/train_language.py", folder / "train_pack.tsv", folder / "words_gl.txt", made]
    subprocess.run([sys.executable, *map(str, arguments)], check=True)
    assert made.read_bytes() == MODEL.read_bytes()


def test_scores_do_not_depend_on_word_order_or_on_what_came_before() -> None:
    model = load()
    first = model.score(words("no me llega el codigo"))
    model.score(words("something else entirely"))
    assert model.score(words("codigo el llega me no")) == first
    assert first.known == 1.0


def test_thousands_of_words_do_not_overflow_the_packed_sums() -> None:
    model = load()
    many = model.score(["hola"] * 3000)
    top = max(range(len(many.logits)), key=many.logits.__getitem__)
    assert model.labels[top] == "es"


def test_priors_favour_the_market_and_the_customers_language() -> None:
    labels = load().labels
    market = dict(zip(labels, log_priors(labels), strict=True))
    returning = dict(zip(labels, log_priors(labels, "gl"), strict=True))
    assert market["es"] > market["pt"] > market[OTHER]
    assert max(returning, key=returning.__getitem__) == "gl"

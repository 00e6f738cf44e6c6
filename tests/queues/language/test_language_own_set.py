"""The project's own texts, none of them trained on: the detector keeps to what it promises on them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bench.language import calibration, coverage
from bench.language_set import Case, own_cases, wrappers
from queues.language.detector import Detection, detect
from queues.language.templates import KnownTexts
from queues.language.tokens import words

ROOT = Path(__file__).resolve().parents[3]
Found = list[tuple[Case, Detection]]


@pytest.fixture(scope="module")
def found() -> Found:
    return [(case, detect(case.text)) for case in own_cases()]


def share(found: Found) -> float:
    return sum(one.best in case.labels for case, one in found) / len(found)


def test_no_text_of_the_set_was_trained_on() -> None:
    trained = {
        tuple(words(line.split("\t")[0]))
        for line in (ROOT / "tools/language_phrases.tsv").read_text("utf-8").splitlines()
    }
    plain = [case for case in own_cases() if case.bucket in ("short", "slang", "long") and words(case.text)]
    assert [case.text for case in plain if tuple(words(case.text)) in trained] == []
    assert max(Counter(case.text for case in plain).values()) == 1


@pytest.mark.parametrize(("bucket", "least"), [("short", 0.97), ("slang", 0.955), ("long", 1.0), ("mail", 0.96)])
def test_the_right_language_is_the_likeliest(found: Found, bucket: str, least: float) -> None:
    assert share([(case, one) for case, one in found if case.bucket.startswith(bucket)]) >= least


@pytest.mark.parametrize("language", ["pt", "ca", "gl"])
def test_the_neighbours_of_spanish_are_told_apart(found: Found, language: str) -> None:
    short = [(case, one) for case, one in found if case.labels[0] == language and case.bucket in ("short", "slang")]
    assert share(short) >= 0.93


def test_english_and_spanish_are_the_surest(found: Found) -> None:
    market = [
        (case, one) for case, one in found if case.labels[0] in ("en", "es") and case.bucket in ("short", "slang")
    ]
    assert share(market) >= 0.985


def test_what_is_answered_is_right(found: Found) -> None:
    answered = [(case, one) for case, one in found if one.language != "und"]
    wrong = [(case.text, one.language) for case, one in answered if one.language not in case.labels]
    assert len(wrong) <= 0.005 * len(answered), wrong
    spoken = [(case, one) for case, one in found if case.labels != ("und",)]
    assert coverage(spoken) >= 0.9
    assert calibration(spoken) <= 0.03


def test_noise_is_never_answered(found: Found) -> None:
    assert [case.text for case, one in found if case.labels == ("und",) and one.language != "und"] == []


def test_known_wrappers_take_nothing_from_it() -> None:
    known = KnownTexts(frame.replace("{message}", "") for _, _, frame in wrappers())
    mails = [case for case in own_cases() if case.bucket.startswith("mail")]
    assert share([(case, detect(case.text, known_texts=known)) for case in mails]) >= 0.97

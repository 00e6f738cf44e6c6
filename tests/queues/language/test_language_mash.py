"""Keyboard mash is in no language; words of languages are not mash."""

from __future__ import annotations

import pytest

from queues.language.detector import detect
from queues.language.keyboard_mash import is_mash


@pytest.mark.parametrize(
    "token", ["asdf", "qwerty", "asdfghjkl", "zxcvb", "lkjhgf", "sdkfjhsdkjfh", "dfgdfg", "poiuyt"]
)
def test_mash(token: str) -> None:
    assert is_mash(token)


@pytest.mark.parametrize(
    "token",
    [
        "were",
        "property",
        "afghan",
        "hertz",
        "fazer",
        "prazer",
        "rhythm",
        "wert",
        "pls",
        "tmrw",
        "brrr",
        "хлгджщ",
        "ñandú",
        "",
    ],
)
def test_words(token: str) -> None:
    assert not is_mash(token)


@pytest.mark.parametrize("text", ["asdf asdf", "QWERTY!!", "sdkfjhsdkjfh 123 asdfgh"])
def test_a_message_of_mash_alone_has_no_language_however_low_the_cut(text: str) -> None:
    assert detect(text, cut=0).language == "und"


def test_words_beside_mash_decide() -> None:
    assert detect("asdfgh no puedo entrar en mi cuenta").language == "es"

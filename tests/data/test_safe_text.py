"""Foreign text comes out harmless, whatever went in."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data.safe_text import MOST_MARKS, safe_line, safe_text

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=60) | st.text(
    st.sampled_from("ae#1\u0301\u0327\u0338\u200d\ufe0f\u20e3👩👧→\u2329\u202e\ud800\x1b\x9b\r\n\t \u3164\u0915\u094d"),
    max_size=30,
)


@given(ANY_TEXT)
@example("a\u200d\u0301" * 3)
def test_nothing_dangerous_is_left(text: str) -> None:
    for char in safe_text(text):
        if char in "\t\n":
            continue
        assert unicodedata.category(char) not in {"Cc", "Cs", "Co", "Zl", "Zp"}
        assert char not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff\xad"


@given(ANY_TEXT)
def test_the_gate_can_be_passed_twice(text: str) -> None:
    assert safe_text(safe_text(text)) == safe_text(text)
    assert safe_line(safe_line(text)) == safe_line(text)


@given(ANY_TEXT)
def test_the_result_is_normalised_and_storable(text: str) -> None:
    assert unicodedata.is_normalized("NFC", safe_text(text))
    safe_text(text).encode("utf-8")


@given(ANY_TEXT)
def test_a_line_is_one_line(text: str) -> None:
    line = safe_line(text)
    assert line.splitlines() in ([], [line])
    assert line == line.strip()
    assert "  " not in line


@given(st.text(st.sampled_from("a\u0301\u0323\u0489\u0300"), max_size=40))
def test_marks_never_stack_high(text: str) -> None:
    row = 0
    for char in safe_text(text):
        row = row + 1 if unicodedata.category(char).startswith("M") else 0
        assert row <= MOST_MARKS


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("\x1b]0;title\x07", "␛]0;title␇"),
        ("a\x00b\x7f", "a␀b␡"),
        ("\x9b31m", "\ufffd31m"),
        ("x\u202egpj.exe", "x⟦RLO⟧gpj.exe"),
        ("pass\u200bword\ufeff", "password"),
        ("uno\r\ndos\rtres\u2028cuatro\tcinco", "uno\ndos\ntres\ncuatro\tcinco"),
        ("e\u0301", "é"),
        ("\ue000\ud800", "\ufffd\ufffd"),
        ("co\u200dop", "coop"),
    ],
)
def test_known_tricks(text: str, safe: str) -> None:
    assert safe_text(text) == safe


@pytest.mark.parametrize(
    "text",
    [
        "👩\u200d👩\u200d👧",
        "❤\ufe0f",
        "1\ufe0f\u20e3",
        "مرحبا بالعالم",
        "שלום",
        "हिन्दी में",
        "¿Qué tal, señor?",
        "日本語",
        "🇪🇸",
    ],
)
def test_honest_text_stays(text: str) -> None:
    assert safe_text(text) == text


def test_a_line_cannot_be_pushed_out() -> None:
    assert safe_line("Bank" + " " * 300 + "\n\tof\x00 Spain ") == "Bank of␀ Spain"

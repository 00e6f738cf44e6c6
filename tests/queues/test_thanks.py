"""What counts as nothing but thanks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.thanks import is_thanks


@pytest.mark.parametrize(
    "text",
    ["Thank you so much!", "thanks, it works now", "ty!!", "¡Muchas gracias!", "Mil gracias por la ayuda 🙏", "❤️",
     "🙏🏽🙏🏽", "Gracias, ya funciona. Un saludo", "Perfect, thanks"],
)  # fmt: skip
def test_thanks(text: str) -> None:
    assert is_thanks(text)


@pytest.mark.parametrize(
    "text",
    ["thanks but it still crashes", "gracias, ¿y cuánto tarda?", "thanks?", "", "   ", "😡", "ok", "??",
     "thanks for nothing", "gracias por nada", "Thank you. Now my other account is locked", "😡🙏", "it works now"],
)  # fmt: skip
def test_everything_else_wants_an_answer(text: str) -> None:
    assert not is_thanks(text)


@given(st.text(max_size=200))
def test_a_question_never_is(text: str) -> None:
    assert not is_thanks(f"{text}?")

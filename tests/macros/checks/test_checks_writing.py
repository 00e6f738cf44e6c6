"""How a reply is written: Spanish marks and accents, and whether every question has its answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macros.checks.questions import questions_in, unanswered
from macros.checks.spanish import accents, inverted_marks


def words(text: str) -> list[str]:
    return [text[one.start : one.end] for one in sorted(accents(text), key=lambda one: one.start)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("El codigo no llego", ["codigo"]),
        ("La VERIFICACION de su telefono", ["VERIFICACION", "telefono"]),
        ("Hace 3 anos, mas tarde, manana", ["anos", "mas", "manana"]),
        ("Le respondere segun la politica", ["respondere", "segun", "politica"]),
    ],
)
def test_lost_accents_are_found(text: str, found: list[str]) -> None:
    assert words(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "El código está aquí, más tarde. Esta cuenta, que usted publico, si el reembolso practico.",
        "Vea https://ayuda.example/codigo/informacion y codigo@ayuda.example",
        "Quiso entrar, mas no pudo.",
    ],
)
def test_right_spanish_passes(text: str) -> None:
    assert words(text) == []


def test_a_quotation_is_a_sentence_of_its_own() -> None:
    text = "Sobre su mensaje «no llega!», lo miro."
    assert [text[one.start : one.end] for one in inverted_marks(text)] == ["no llega!"]


def test_questions_are_found_with_their_mark_or_without() -> None:
    asked = ["Hi. How can I log in\nWhen will it arrive? Also, where is my refund", "¿Cuánto cuesta? como puedo pagar."]
    assert questions_in(asked) == [
        "How can I log in",
        "When will it arrive?",
        "where is my refund",
        "Cuánto cuesta?",
        "como puedo pagar",
    ]


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        ("Your parcel comes on Friday.", "1 of 3 answered; left: Do you sell lamps? · Is the shop open?"),
        ("The parcel is here, lamps too.", "2 of 3 answered; left: Is the shop open?"),
        ("Parcel, lamps, shop: yes.", ""),
        ("Hi", "0 of 3 answered; left: When does the parcel come? · Do you sell lamps? · Is the shop open?"),
    ],
)
def test_answers_are_counted(reply: str, told: str) -> None:
    asked = ["When does the parcel come? Do you sell lamps? Is the shop open?"]
    assert [one.message for one in unanswered(reply, asked)] == ([told] if told else [])


def test_a_time_answers_when_and_a_number_how_much() -> None:
    asked = ["When will somebody call me? How much is the insurance?"]
    assert unanswered("We ring you tomorrow; it is 12 EUR.", asked) == []
    assert len(unanswered("We ring you soon.", asked)) == 1


def test_a_single_question_is_left_to_the_agent() -> None:
    assert unanswered("Hi", ["Do you sell lamps?"]) == []


@given(st.lists(st.text(alphabet="aé how?¿.\nwhen cómo puedo", max_size=80), max_size=4), st.text(max_size=80))
def test_any_text_can_be_counted(asked: list[str], reply: str) -> None:
    assert len(unanswered(reply, asked)) <= 1

"""What an answer to our question says: numbers, stars, faces and words, and nothing where that is not sure."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.records.ratings import RatingVia, normalised
from queues.quality.scores import read_score


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5), ("5!", 5), (" 3 ", 3), ("4/5", 4), ("4,5/5", 5), ("10/10", 5), ("7 / 10", 4), ("0/10", 1),
        ("5 de 5", 5),
        ("8 sobre 10", 4), ("5 out of 5 stars", 5), ("five stars, thanks!", 5), ("cinco", 5), ("1 estrella", 1),
        ("nota: 4 porque fue lento", 4), ("I'd give it a 4", 4), ("le doy un 5", 5), ("un 5", 5), ("5 gracias", 5),
        ("4/5 muy bien", 4), ("9/10 muy amables", 5), ("5 😊", 5), ("5️⃣", 5), ("４", 4), ("5\n\nMaría", 5),
        ("2. I still can't log in", 2),
        ("★★★★☆", 4), ("⭐⭐⭐⭐⭐", 5), ("★☆☆☆☆ very slow", 1), ("😊", 5), ("🙂", 4), ("😐", 3), ("😡😡", 1),
        ("👍🏽", 4),
        ("excelente", 5), ("Excelente servicio, ¡muchas gracias!", 5), ("great, thanks", 5),
        ("Gracias. Muy bien todo", 5),
        ("good", 4), ("regular", 3), ("muy mal servicio", 1), ("bad", 2), ("Muy mal servicio. Nadie me ayudó.", 1),
        ("Hola, excelente atención", 5), ("pésimo", 1),
    ],
)  # fmt: skip
def test_scores(text: str, value: int) -> None:
    found = read_score(text)
    assert found is not None
    assert found.value == value


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "0", "6", "10", "7/5", "0/5", "5?", "¿5?", "is it 5?", "5 days and no answer", "a 5 minute call",
        "5-10 days",
        "5 a 10 días", "5:30", "5 %", "5€", "4/5/2026", "10/10/2026 12:00", "1. My account\n2. My mail",
        "1) one\n2) two",
        "3 de mayo", "4 de 5 pagos fallaron", "4/5 payments failed", "uno de mis amigos", "dos cosas más", "5 muy mal",
        "⭐", "☆☆☆☆☆", "★★ … ★★★", "😊😡", "🙏", "❤️", "ok", "ok thanks", "gracias", "thanks, have a good day",
        "buenos días",
        "not good", "no muy bien", "nada bien", "great, but it still fails", "Perfecto. Pero sigo sin acceso",
        "perfect, when will it arrive?", "good and bad", "excelente, cuando llega", "bad gateway on every page",
        "I have a fatal error in the app", "hello", "Fraude 5", "I am good, thanks", "my day was horrible",
        "great day", "3) the receipt is missing", "Order 5", "my number is 5",
    ],
)  # fmt: skip
def test_what_is_not_surely_a_score_is_none(text: str) -> None:
    assert read_score(text) is None


@pytest.mark.parametrize(
    ("text", "complains"),
    [
        ("5", False), ("1", False), ("5, gracias", False), ("5 - great service!", False), ("5\n\nAna López", False),
        ("Excelente. Gracias.", False), ("2, muy lento", True), ("4, but the app still crashes", True),
        ("muy mal servicio", True), ("5. One more thing: where is my invoice", True),
        ("Excelente. Falta la factura", True),
        ("5 ¿y la factura", False),
    ],
)  # fmt: skip
def test_an_answer_with_more_than_friendly_words_wants_somebody_to_read_it(text: str, complains: bool) -> None:
    found = read_score(text, "Ana López")
    if "¿" in text:
        assert found is None
    else:
        assert found is not None
        assert found.complains is complains


def test_the_words_beside_a_score_are_kept() -> None:
    found = read_score("4/5 - bien, aunque tardó")
    assert found is not None
    assert (found.score, found.scale, found.via, found.comment) == (4, 5, RatingVia.NUMBER, "bien, aunque tardó")


@given(st.sampled_from([2, 3, 4, 5, 6, 7, 8, 9, 10, 100]), st.data())
def test_every_scale_comes_to_one_to_five_and_keeps_its_order(scale: int, data: st.DataObject) -> None:
    low, high = sorted(data.draw(st.tuples(st.floats(0, scale), st.floats(0, scale))))
    assert 1 <= normalised(low, scale) <= normalised(high, scale) <= 5
    assert (normalised(0, scale), normalised(scale, scale)) == (1, 5)


@given(st.integers(1, 5))
def test_our_own_scale_stays_as_it_is(score: int) -> None:
    assert normalised(score, 5) == score


@given(st.text(max_size=300))
def test_any_text_is_read_without_harm(text: str) -> None:
    found = read_score(text)
    assert found is None or 1 <= found.value <= 5


@given(st.text(alphabet="12345/ .,-:\ndeofa★☆😊😡", max_size=40))
def test_signs_of_scores_in_any_order_are_read_without_harm(text: str) -> None:
    found = read_score(text)
    assert found is None or 1 <= found.value <= 5


@given(st.dates(date(1980, 1, 1), date(2060, 1, 1)), st.sampled_from(["%d/%m/%Y", "%m/%d/%y", "%d.%m.%Y", "%Y-%m-%d"]))
def test_no_date_is_a_score(day: date, form: str) -> None:
    written = day.strftime(form)
    assert read_score(written) is None
    assert read_score(written.lstrip("0")) is None

from __future__ import annotations

import pytest

from data.errors import InputError
from macros.suggesting.evaluation import Example, evaluate
from macros.suggesting.suggest import Suggester

WORDS = {"parcel/late": ["parcel", "late"], "card/lost": ["tarjeta", "perdida"]}


def history(count: int) -> list[Example]:
    macros = list(WORDS)
    return [
        Example(f"{WORDS[macros[n % 2]][0]} {WORDS[macros[n % 2]][1]} {n}", macros[n % 2], ("en", "es")[n % 2])
        for n in range(count)
    ]


def test_a_history_is_replayed_in_its_order_and_held_against_use_alone() -> None:
    found = evaluate([*history(20), Example("something new", "never/seen", "en")], Suggester())

    assert (found.learned, found.macros, found.whole.ranked) == (14, 3, 7)
    assert (found.whole.first, found.whole.in_three, found.whole.used_first) == (6, 6, 3)
    assert {language: score.ranked for language, score in found.languages.items()} == {"en": 4, "es": 3}
    assert found.whole.share(found.whole.first) == 85.7
    assert found.languages["es"].share(found.languages["es"].first) == 100.0


def test_what_is_ranked_was_not_learned_before() -> None:
    odd = [Example(f"unheard{n}", f"macro/{n}") for n in range(20)]

    assert evaluate(odd, Suggester()).whole.in_three == 0


def test_too_little_history_is_refused() -> None:
    with pytest.raises(InputError, match="9 answered messages"):
        evaluate(history(9), Suggester())

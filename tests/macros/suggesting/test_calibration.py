"""The probability that a macro is right: a prior for every desk, moved by the desk's own held-out replies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macros.filling.macro import Macro, Words
from macros.suggesting.calibration import Confidence, Held, adjusted, probability
from macros.suggesting.first_messages import teach, teach_limits
from macros.suggesting.offering import Situation, offers
from macros.suggesting.suggest import ELSEWHERE, Suggester

PRIOR = Confidence(0.8, 0.5)


def test_without_replies_the_prior_stands_and_few_hardly_move_it() -> None:
    assert adjusted([], PRIOR) == PRIOR
    few = adjusted([Held(2.0, False)] * 3, PRIOR)
    assert few.shift == pytest.approx(PRIOR.shift, abs=0.3)


def test_many_replies_are_followed() -> None:
    half_right = [Held(2.0, number % 2 == 0) for number in range(400)]
    fitted = adjusted(half_right, PRIOR)
    before, after = (probability(one.slope * 2.0 + one.shift) for one in (PRIOR, fitted))
    assert 0.5 <= after < 0.65 < before


@given(st.lists(st.tuples(st.floats(-12, 12), st.booleans()), max_size=60))
def test_more_evidence_never_means_less_confidence(held: list[tuple[float, bool]]) -> None:
    fitted = adjusted([Held(odds, right) for odds, right in held], PRIOR)
    assert fitted.slope > 0


def test_ranking_answers_as_if_unknown_leaves_no_trace() -> None:
    suggester = Suggester()
    for number in range(12):
        suggester.learn(f"where is my parcel number {number}", "parcel/where")
        suggester.learn(f"my lamp number {number} is broken", "lamp/repair")
    suggester.settle()
    asked = "my parcel has a broken lamp"
    before = suggester.suggest(asked)
    for _ in range(3):
        suggester._held_out()
    after = suggester.suggest(asked)
    assert [one.macro for one in after] == [one.macro for one in before]
    assert all(abs(one.fits - two.fits) < 1e-6 for one, two in zip(before, after, strict=True))


def test_a_message_about_something_else_is_an_outcome_of_its_own() -> None:
    suggester = Suggester()
    suggester.learn("where is my parcel", "parcel/where")
    before = suggester.suggest("where is your office")[0]
    suggester.know_message("where is your office", ELSEWHERE)
    after = suggester.suggest("where is your office")[0]

    assert suggester.macros == ("parcel/where",)
    assert after.macro == before.macro == "parcel/where"
    assert after.score < before.score == 1.0
    assert after.fits < before.fits


def test_what_one_of_the_desks_own_macros_answers_is_not_about_something_else() -> None:
    plain, answered = Suggester(), Suggester()
    teach(plain, ())
    teach_limits(plain)
    answered.know_message("What are your opening hours?", "own/hours")
    teach_limits(answered)
    assert len(answered) - 1 < len(plain)


def test_probabilities_of_all_macros_add_up_to_one_at_most() -> None:
    suggester = Suggester()
    for name in ("a", "b", "c"):
        suggester.learn("the very same question about a parcel", name)

    macros = {name: Macro(name, Words(), ()) for name in ("a", "b", "c")}
    found = offers(
        macros,
        "the very same question about a parcel",
        Situation(),
        lambda text, among, language, lean: suggester.suggest(text, 3, among, language=language, lean=lean),
    )
    assert sum(one.score for one in found) <= 1 + 1e-9
    assert sum(one.sure for one in found) <= 1

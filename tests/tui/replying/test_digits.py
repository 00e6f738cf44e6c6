"""The first digits: the best answers, what may leave at once, and the hand-over that the procedure asks for."""

from __future__ import annotations

from macros.filling.macro import Actions, EscalateTo, Macro, Words
from tui.digits.digit_slots import Asked, first_digits


def macro(name: str, team: str = "") -> Macro:
    return Macro(name, Words(), (), actions=Actions(escalate=EscalateTo(team) if team else None))


RANKED = [macro("a"), macro("b"), macro("c"), macro("d", "Integrity"), macro("e", "Integrity")]


def names(asked: Asked) -> str:
    return "".join(one.name for one in first_digits(RANKED, asked))


def test_without_a_procedure_the_best_come_first() -> None:
    assert names(Asked()) == "abc"


def test_what_may_leave_at_once_goes_before_what_waits_for_a_step() -> None:
    assert names(Asked({"b", "e"})) == "bac"


def test_the_hand_over_is_at_hand_and_first_when_nothing_else_is_left() -> None:
    assert names(Asked({"b"}, "integrity")) == "bde"
    assert names(Asked((), "integrity", due=True)) == "dea"
    assert names(Asked((), "Nobody")) == "abc"

"""Keys that were not meant do nothing: pasted text, held keys, keys for a card that was not drawn yet."""

from __future__ import annotations

from tui.terminal.key_guard import GAP, HELD, MOST, KeyGuard, Kind

ACT, MOVE, TEXT, LINE, NOTHING = Kind.ACT, Kind.MOVE, Kind.TEXT, Kind.LINE, Kind.NOTHING


def one_read(*kinds: Kind, at: float = 0.0, guard: KeyGuard | None = None) -> list[bool]:
    """Return which keys of one read may act, each a key of its own."""
    guard = guard or KeyGuard()
    return [not guard.refusal(f"key {n}", at, kinds[n:], "here") for n in range(len(kinds))]


def test_of_keys_that_come_at_once_the_first_acts() -> None:
    assert one_read(ACT, ACT, ACT) == [True, False, False]
    assert one_read(MOVE, ACT, MOVE, ACT) == [True, True, True, False]


def test_the_next_read_acts_again() -> None:
    guard = KeyGuard()
    assert one_read(ACT, ACT, guard=guard) == [True, False]
    assert one_read(ACT, at=GAP * 2, guard=guard) == [True]


def test_pasted_text_does_nothing_from_its_first_key_on() -> None:
    assert not any(one_read(*[ACT] * (MOST + 1)))
    assert not any(one_read(MOVE, *[NOTHING] * MOST))
    assert one_read(*[ACT] * MOST)[0]


def test_moves_are_harmless_as_often_as_they_come() -> None:
    assert all(one_read(*[MOVE] * 50))


def test_typing_is_never_held_up() -> None:
    assert all(one_read(*[TEXT] * 5_000))
    assert one_read(LINE, *[TEXT] * 100) == [True] * 101
    assert one_read(LINE, *[TEXT] * 3, ACT)[-1] is False  # what stands behind the words is not for the list


def test_a_paste_in_many_reads_acts_once_at_most() -> None:
    guard = KeyGuard()
    acted = [not guard.refusal(f"{n}", n * GAP / 2, [ACT], "here") for n in range(40)]
    assert acted == [True] + [False] * 39


def test_a_held_key_acts_once() -> None:
    guard = KeyGuard()
    times = [0.0, 0.6, *(0.6 + n / 30 for n in range(1, 30))]
    assert [not guard.refusal("e", at, [ACT], n) for n, at in enumerate(times)] == [True] + [False] * (len(times) - 1)
    assert not guard.refusal("e", times[-1] + HELD, [ACT], "the next ticket")


def test_another_key_or_the_same_place_is_not_held() -> None:
    guard = KeyGuard()
    assert not guard.refusal("plus", 0.0, [ACT], "#1")
    assert not guard.refusal("plus", 0.2, [ACT], "#1")
    assert not guard.refusal("e", 0.4, [ACT], "#1")
    assert not guard.refusal("t", 0.6, [ACT], "#2")
    assert not guard.refusal("z", 0.8, [ACT], "#2", repeats=True)
    assert not guard.refusal("z", 1.0, [ACT], "#3", repeats=True)


def test_a_key_that_was_read_before_the_card_was_drawn_is_not_for_it() -> None:
    guard = KeyGuard()
    assert guard.refusal("enter", 1.0, [ACT], "card", drawn_at=1.1)
    assert guard.refusal("enter", 1.2, [TEXT], "card", drawn_at=1.3) == ""
    assert not guard.refusal("p", 2.0, [ACT], "card", drawn_at=1.3)

"""Scorecards: what a file may say, and how points become a percentage."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError, RuleError
from queues.quality.cards import Criterion, Scorecard, built_in, card_for, load, load_text

CARD = """\
id = "own"
version = 2
effective = 2026-01-01
title = "Own"
lanes = ["app"]

[[criterion]]
id = "answers"
weight = 3
text = { en = "Answers", es = "Responde" }

[[criterion]]
id = "tags"
scale = "yes-no"
na = true
text = "Tags"

[[criterion]]
id = "privacy"
scale = "yes-no"
auto_fail = true
text = "Private"
"""


def test_a_card_is_read() -> None:
    card = load_text(CARD)
    assert (card.label, card.words("es"), len(card.criteria)) == ("own@2", "Own", 3)
    first = card.criteria[0]
    assert (first.words("es"), first.words("fr"), first.answers, first.weight) == (
        "Responde",
        "Answers",
        ("0", "1", "2"),
        3,
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('scale = "yes-no"\nna', 'scale = "1-2"\nna', "line 14: criterion 'tags' has a scale"),
        ('id = "tags"', 'id = "answers"', "line 13: criterion 'answers' has an empty id, or one that an earlier"),
        ("weight = 3", "weight = 0", "line 9: criterion 'answers' weighs nothing"),
        ('text = "Tags"', 'text = ""', "line 16: criterion 'tags' has no text"),
        ("version = 2", "version = 0", "line 2: versions begin at 1"),
        ('title = "Own"', 'title = " "', "line 4: the title is empty"),
        ('id = "own"', 'id = "a@b"', "line 1: the id is empty or holds @"),
        ("auto_fail = true", "auto-fail = true", "line 21: 'auto-fail' is not a known key"),
        ("weight = 3", 'weight = "x"', "line 9"),
        ("version = 2\n", "", "the key 'version' is missing"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(old: str, new: str, said: str) -> None:
    with pytest.raises(InputError) as error:
        load_text(CARD.replace(old, new), "own.toml")
    assert error.value.message.startswith("own.toml, line ")
    assert said in error.value.message


def test_a_card_without_criteria_is_none() -> None:
    with pytest.raises(InputError, match="no \\[\\[criterion\\]\\]"):
        load_text(CARD.partition("[[")[0])


def test_own_cards_go_before_the_built_in_ones_and_two_of_one_id_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(CARD.replace('"own"', '"support-reply"'), encoding="utf-8")
    cards = load(tmp_path)
    assert cards["support-reply"].version == 2
    assert cards.keys() == built_in().keys()
    (tmp_path / "b.toml").write_text(CARD.replace('"own"', '"support-reply"'), encoding="utf-8")
    with pytest.raises(InputError, match="rename one"):
        load(tmp_path)
    assert load(tmp_path / "none") == dict(built_in())


def test_a_lane_has_its_card() -> None:
    cards = dict(built_in())
    assert card_for("safety", cards).id == "safety-reply"
    assert card_for("mail", cards).id == "support-reply"


@pytest.mark.parametrize("card", built_in().values(), ids=lambda card: card.id)
def test_the_built_in_cards_speak_both_languages_and_one_thing_fails_them(card: Scorecard) -> None:
    assert all({"en", "es"} <= set(one.text) for one in card.criteria)
    assert {"en", "es"} <= set(card.title)
    assert sum(one.auto_fail for one in card.criteria) == 1


def test_points_are_weighed_and_what_does_not_apply_counts_neither_way() -> None:
    card = load_text(CARD)
    assert card.percent({"answers": 2, "tags": 1, "privacy": 1}) == (100, ())
    assert card.percent({"answers": 1, "tags": None, "privacy": 1}) == (62.5, ())
    assert card.percent({"answers": 2, "tags": 0, "privacy": 1}) == (80, ())
    assert card.percent({"answers": 2, "tags": 1, "privacy": 0}) == (0, ("privacy",))


def test_a_card_is_filled_whole_with_what_is_on_it() -> None:
    card = load_text(CARD)
    with pytest.raises(RuleError, match="tags of own@2 is not scored yet"):
        card.percent({"answers": 1, "privacy": 1})
    with pytest.raises(RuleError, match="'speed' is not a criterion"):
        card.percent({"answers": 1, "tags": 1, "privacy": 1, "speed": 1})


def test_answers_are_digits_words_or_not_applicable() -> None:
    answers, tags, _ = load_text(CARD).criteria
    assert [answers.points(one) for one in ("0", " 2 ")] == [0, 2]
    assert [tags.points(one) for one in ("yes", "No", "1", "n/a", "NA", "-")] == [1, 0, 1, None, None, None]
    assert [tags.shown(one) for one in (1, 0, None)] == ["yes", "no", "n/a"]
    for one in ("3", "", "x", "n/a"):
        with pytest.raises(RuleError, match="give 0 or 1 or 2"):
            answers.points(one)


criteria = st.lists(
    st.tuples(st.floats(0.1, 100), st.integers(1, 5), st.booleans()), min_size=1, max_size=8
)  # fmt: skip


@given(criteria, st.data())
def test_a_score_is_between_nothing_and_all_and_better_points_never_lower_it(
    made: list[tuple[float, int, bool]], data: st.DataObject
) -> None:
    listed = tuple(
        Criterion(f"c{n}", {"en": "x"}, weight, tuple(str(step) for step in range(best + 1)), auto_fail=fails)
        for n, (weight, best, fails) in enumerate(made)
    )
    card = Scorecard("x", 1, load_text(CARD).effective, {"en": "x"}, listed)
    low: dict[str, int | None] = {one.id: data.draw(st.integers(0, one.best)) for one in listed}
    high: dict[str, int | None] = {one.id: data.draw(st.integers(low[one.id] or 0, one.best)) for one in listed}
    worse, better = card.percent(low)[0], card.percent(high)[0]
    assert 0 <= worse <= better <= 100
    assert card.percent({one.id: one.best for one in listed})[0] == 100

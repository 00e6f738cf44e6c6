"""What masking costs, by the characters that it looks at: a figure that does not depend on the machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.confidential import contacts, mask, numbers, secret_values
from data.confidential.items import Item, Kind

WORDS = "the app crashed while I was uploading a picture and I would like to know why. "
LOG = "2026-11-29T10:15:02Z worker-3 id=0f3a9c path=/v1/items/4711 took=35ms ip=10.0.3.7\n"
MOST_AT_A_TIME = mask._LONGEST_READ + 3 * mask._REACH


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lengths of the parts that are looked at."""
    lengths: list[int] = []
    every = mask._all

    def counted(text: str) -> Iterator[Item]:
        lengths.append(len(text))
        return every(text)

    monkeypatch.setattr(mask, "_all", counted)
    return lengths


def test_text_without_an_anchor_is_not_looked_at(read: list[int]) -> None:
    assert mask.find(WORDS * 1_000) == []
    assert read == []


def test_only_what_is_around_an_anchor_is_looked_at(read: list[int]) -> None:
    text = WORDS * 200 + "Call 612 345 678. " + WORDS * 200
    assert [item.kind for item in mask.find(text)] == ["phone"]
    assert sum(read) < 1_500


def test_text_full_of_digits_is_looked_at_little_more_than_once_and_in_small_parts(read: list[int]) -> None:
    mask.find(LOG * 1_000)
    assert sum(read) < 1.3 * 1_000 * len(LOG)
    assert max(read) <= MOST_AT_A_TIME


def test_finding_in_steps_looks_at_one_part_a_step(read: list[int]) -> None:
    for steps, _ in enumerate(mask.finding(LOG * 200), 1):
        assert len(read) == steps
    assert len(read) > 3


def test_patterns_are_not_tried_where_no_word_of_theirs_is(monkeypatch: pytest.MonkeyPatch) -> None:
    class Never:
        def finditer(self, text: str) -> Iterator[object]:
            raise AssertionError

        search = finditer

    for room, name in ((secret_values, "_CODE"), (secret_values, "_PASSWORD"), (contacts, "_EN"), (contacts, "_SAID")):
        monkeypatch.setattr(room, name, Never())
    mask.find("2026-11-29 10:15:02 worker 3 took 35 ms\n" * 50)


def test_an_item_on_a_cut_is_whole_wherever_it_is() -> None:
    card = "4539 9458 0730 2151"
    for before in range(mask._LONGEST_READ - 300, mask._LONGEST_READ + 300, 7):
        text = ("7 words " * 600)[:before] + f" {card} " + "7 words " * 200
        assert card[5:] not in mask.masked(text)


def test_a_long_private_key_is_masked_to_its_end() -> None:
    key = "-----BEGIN PRIVATE KEY-----\n" + "MIIEvQIBADANBgkqhkiG9w0BAQEF4AASCBKc\n" * 120 + "-----END PRIVATE KEY-----"
    assert mask.masked(f"here it is:\n{key}\nthanks") == "here it is:\n•••\nthanks"


def test_the_parts_of_a_long_text_are_masked_like_the_text() -> None:
    lines = [
        line.split("\t")[2].replace("[[", "").replace("]]", "")
        for line in (Path(__file__).parent / "tuned.tsv").read_text(encoding="utf-8").splitlines()
    ]
    apart = "\n\n".join(f"{line}\n{'-' * 600}" for line in lines)
    for line in lines:
        first = line.split("\\n")[0]
        if "\\n" not in line and mask.masked(first) == first:
            assert first in mask.masked(apart)


TABLES = {
    "one number": "9071" * 50_000,
    "groups of four": " ".join(f"{number * 7919 % 10_000:04}" for number in range(40_000)),
    "a number in each line": "\n".join(f"{number * 7_919_771 % 10**10:010}" for number in range(20_000)),
    "tied groups": "-".join(f"{number * 7919 % 1_000:03}" for number in range(50_000)),
    "digits": "1 2 3 4 5 6 7 8 9 0 " * 10_000,
}


@pytest.mark.parametrize("name", TABLES)
def test_of_a_table_of_numbers_each_is_not_tried_in_every_grouping(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = 0
    looked_at = numbers._Run.spans

    def counted(run: numbers._Run, place: int, most: int) -> Iterator[tuple[int, int, int]]:
        nonlocal tried
        tried += 1
        return looked_at(run, place, most)

    monkeypatch.setattr(numbers._Run, "spans", counted)
    assert len(mask.find(TABLES[name])) < 50
    assert tried <= 100 * (1 + len(TABLES[name]) // mask._LONGEST_READ)


def test_what_a_long_list_has_in_the_forms_of_its_kind_is_found() -> None:
    cards = [f"4{number:014}" for number in range(150)]
    checked = [next(f"{card}{last}" for last in range(10) if numbers._is_luhn(f"{card}{last}")) for card in cards]
    written = [" ".join(card[at : at + 4] for at in range(0, 16, 4)) for card in checked]
    assert len(mask.find("\n".join(written))) == len(written)
    assert len(mask.find("\n".join(checked))) == len(checked)
    numbered = [f"512-44-{number:04}" for number in range(1, 200)]
    assert len(mask.find("\n".join(numbered))) == len(numbered)
    phones = [f"+34 612 34 {number // 100:02} {number % 100:02}" for number in range(200)]
    assert len(mask.find("\n".join(phones))) == len(phones)


@pytest.mark.parametrize("between", ["\u00a0", "\u2013", "  ", " - ", "/", "."])
@pytest.mark.parametrize("zero", ["0", "\u0660", "\uff10"])
def test_a_card_far_down_a_table_is_found_however_its_groups_are_parted(between: str, zero: str) -> None:
    rows = "\n".join(f"{row} {row * 37 % 900 + 100}" for row in range(60))
    for groups in (("4111", "1111", "1111", "1111"), ("3782", "822463", "10005"), ("41111111", "11111111")):
        written = between.join(groups).translate({48 + digit: chr(ord(zero) + digit) for digit in range(10)})
        text = f"{rows}\n61 {written}\n{rows}"
        cards = [text[item.start : item.end] for item in mask.find(text) if item.kind is Kind.CARD]
        assert any(written in card for card in cards)


@pytest.mark.parametrize("card", ["4111111111111111", "5500000000000004", "340000000000009", "6011000000000004"])
def test_check_digits_are_those_of_luhn(card: str) -> None:
    from stdnum import luhn

    assert [numbers._is_luhn(f"{card[:-1]}{last}") for last in range(10)] == [
        luhn.is_valid(f"{card[:-1]}{last}") for last in range(10)
    ]

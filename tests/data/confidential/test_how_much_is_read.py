"""What masking costs, by the characters that it looks at: a figure that does not depend on the machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.confidential import contacts, mask, secret_values
from data.confidential.items import Item

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

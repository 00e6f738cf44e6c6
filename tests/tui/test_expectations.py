"""The table of expectations in docs/screen.md: complete, and every key and file that it names is there."""

from __future__ import annotations

import re
from pathlib import Path

from tui.keys.key_names import shown
from tui.keys.keymap import keymap_from

ROOT = Path(__file__).parents[2]
ALL, RIVALS = 24, 12


def rows(header: str) -> list[list[str]]:
    """Return the cells of the table below a header line."""
    text = (ROOT / "docs" / "screen.md").read_text(encoding="utf-8")
    body = text[text.index(header) :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in body]


def test_each_expectation_has_an_answer_and_each_file_of_tests_is_there() -> None:
    table = rows("| expectation | here |")
    assert len(table) == ALL
    assert {here for _, here, *_ in table} <= {"y", "n", "partly"}
    for expectation, here, how, tests in table:
        assert how, expectation
        assert tests or here != "y", expectation
        for path in re.findall(r"tests/[\w/]+\.py", tests):
            assert (ROOT / path).is_file(), path


def test_each_key_of_an_expectation_is_bound() -> None:
    keymap = keymap_from()
    bound = {shown(key).casefold() for keys in keymap.keys.values() for key in keys} | {"/", "/name"}
    named = {key for row in rows("| expectation | here |") for key in re.findall(r"`([^` ]{1,2}|g \w)`", row[2])}
    assert {key for key in named if key.replace(" ", "").casefold() not in bound} == set()


def test_each_rival_has_its_figure() -> None:
    table = rows("| tool | its presses |")
    assert len(table) == RIVALS
    for tool, presses, better, how in table:
        assert how, tool
        assert (int(presses.split()[0]) > 2 or "text" in presses) == (better == "y"), tool

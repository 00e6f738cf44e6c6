"""What a new desk knows is kept for the next start, and only as long as it is what the macros say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from macros.files.front_matter import parse
from macros.filling.macro import Macro
from macros.suggesting import learning
from macros.suggesting.first_lesson import NAME, is_kept, lesson_of, remembered
from macros.suggesting.first_messages import teach, teach_limits
from macros.suggesting.learning import Learner
from macros.suggesting.suggest import Suggester, Suggestion

MACROS = [
    parse("account/hours", "+++\ntitle = 'Opening hours'\n+++\nWe open at nine and close at six"),
    parse("account/parking", "+++\ntitle = 'Parking'\n+++\nCars stand behind the house"),
    parse("payment/refunded", "+++\ntitle = 'Refund'\n+++\nThe money for your order is on its way"),
]
NAMES = frozenset(macro.name for macro in MACROS)
ASKED = ("when do you open", "where can my car stand", "money back for the order", "something else", "")


def lesson(folder: Path, macros: list[Macro]) -> Suggester | None:
    return remembered(folder, lesson_of(macros))


def suggestions(suggester: Suggester) -> list[list[Suggestion]]:
    return [suggester.suggest(text, language="en") for text in ASKED]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that keeps what the macros teach."""
    Learner(MACROS, tmp_path / "cache")
    return tmp_path / "cache"


def test_the_next_start_suggests_the_same_without_learning(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    learned = Learner(MACROS)
    monkeypatch.setattr(learning, "teach_limits", None)  # would fail if it were called
    kept = Learner(MACROS, folder)
    for text in ASKED:
        assert kept.rank(text, NAMES, "en", {}) == learned.rank(text, NAMES, "en", {})


def test_it_goes_on_learning_and_forgetting_as_if_it_had_learned_all(folder: Path) -> None:
    kept, learned = lesson(folder, MACROS), Suggester()
    assert kept is not None
    teach(learned, MACROS)
    teach_limits(learned)
    for suggester in (kept, learned):
        suggester.learn("the pelican sleeps", "account/parking", language="en")
        assert suggester.suggest("where does the pelican sleep")[0].macro == "account/parking"
    assert suggestions(kept) == suggestions(learned)
    assert kept.unlearn("the pelican sleeps", "account/parking")
    assert learned.unlearn("the pelican sleeps", "account/parking")
    assert suggestions(kept) == suggestions(learned)


@pytest.mark.parametrize(
    "changed",
    [
        MACROS[:2],
        [*MACROS, parse("b/new", "+++\ntitle = 'New'\n+++\nNew words")],
        [parse("account/hours", "+++\ntitle = 'Opening hours'\n+++\nWe open at ten"), *MACROS[1:]],
        [parse("account/hours", "+++\ntitle = 'Hours'\n+++\nWe open at nine and close at six"), *MACROS[1:]],
        [replace(MACROS[0], name="account/other"), *MACROS[1:]],
    ],
    ids=["fewer", "more", "text", "title", "name"],
)
def test_other_macros_are_learned_anew(folder: Path, changed: list[Macro]) -> None:
    assert lesson(folder, MACROS) is not None
    assert is_kept(folder, MACROS)
    assert lesson(folder, changed) is None
    assert not is_kept(folder, changed)


@pytest.mark.parametrize("place", [0, 70, 200, -1])
def test_a_damaged_file_is_made_again(folder: Path, place: int) -> None:
    kept = bytearray((folder / NAME).read_bytes())
    kept[place] ^= 1
    (folder / NAME).write_bytes(kept)
    assert lesson(folder, MACROS) is None
    Learner(MACROS, folder)
    assert lesson(folder, MACROS) is not None


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe", b"short"])
def test_a_file_of_something_else_is_passed_over(folder: Path, content: bytes) -> None:
    (folder / NAME).write_bytes(content)
    assert lesson(folder, MACROS) is None


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    learner = Learner(MACROS, tmp_path / "file" / "cache")
    assert learner.rank("when do you open", NAMES, "en", {})


def test_only_its_owner_may_read_it_and_nothing_else_stays(folder: Path) -> None:
    assert [path.name for path in folder.iterdir()] == [NAME]
    assert (folder / NAME).stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0

"""The glossary: its entries are complete in both languages, and texts are searched as people write."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from data.errors import InputError
from queues.glossary.glossary import Sort, built_in, standard

GLOSSARY = built_in()


def words_of(text: str, language: str = "", *, ours: bool = False) -> list[str]:
    return [entry.word for entry in GLOSSARY.in_text(text, language, ours=ours)]


def test_every_entry_has_a_meaning_in_both_languages() -> None:
    assert len(GLOSSARY.entries) >= 350
    assert [entry.word for entry in GLOSSARY.entries if set(entry.meaning) != {"en", "es"}] == []
    assert set(Counter(entry.sort for entry in GLOSSARY.entries)) == set(Sort)


def test_no_spelling_has_two_entries_of_one_language() -> None:
    spellings = Counter(
        (spelling.casefold(), entry.language) for entry in GLOSSARY.entries for spelling in {entry.word, *entry.also}
    )
    assert [spelling for spelling, times in spellings.items() if times > 1] == []


def test_spanish_slang_comes_from_several_countries() -> None:
    places = Counter(place for entry in GLOSSARY.entries for place in entry.places)
    assert {"MX", "ES", "AR", "CO", "CL", "VE", "PE", "UY", "EC"} <= set(places)


def test_every_entry_finds_itself_in_a_text() -> None:
    missed = [
        (entry.word, spelling)
        for entry in GLOSSARY.entries
        for spelling in (entry.word, *entry.also)
        if entry not in GLOSSARY.in_text(f"xyz {spelling} xyz", entry.language, ours=True)
    ]
    assert missed == []


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("SMHHH this app 💀💀", "en", ["smh", "💀"]),
        ("wey no manches, me banearon!!", "es", ["wey", "no manches", "banear"]),
        ("sus datos llegaron", "es", []),
        ("that is so sus", "en", ["sus"]),
        ("Jajajaja que buena onda", "es", ["jaja", "onda"]),
        ("I love you ❤️", "en", ["<3"]),
        ("I love you ❤", "en", ["<3"]),
        ("x </3.", "en", ["</3"]),
        ("see a</3b", "en", []),
        ("a padre in the fatherland", "en", []),
        ("qué padre", "es", ["padre"]),
        ("", "", []),
    ],
)
def test_texts_are_read_as_people_write(text: str, language: str, expected: list[str]) -> None:
    assert words_of(text, language) == expected


def test_terms_of_the_house_are_looked_for_in_our_own_texts_only() -> None:
    assert words_of("my draft is on hold", "en") == []
    assert "draft" in words_of("my draft is on hold", "en", ours=True)


def test_an_ordinary_word_is_marked_in_its_own_language() -> None:
    (cap,) = GLOSSARY.about("no cap")
    assert cap.is_unsure
    (smh,) = GLOSSARY.about("SMDH")
    assert not smh.is_unsure


def test_a_word_that_is_not_there_has_neighbours() -> None:
    assert GLOSSARY.about("shadobann") == []
    assert GLOSSARY.near("shadobann") == ["shadowban"]


def test_own_files_add_and_replace(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'sort = "slang"\nlanguage = "en"\n[words]\nsmh = { en = "so much hate" }\n'
        'zug = { es = "tren", also = ["zuug"] }\n',
        encoding="utf-8",
    )
    glossary = standard(tmp_path)
    assert [entry.said("en") for entry in glossary.about("smh")] == ["so much hate"]
    assert [entry.said("en") for entry in glossary.about("zuug")] == ["tren"]
    assert len(glossary.entries) == len(GLOSSARY.entries) + 1
    assert standard(tmp_path / "missing").entries == GLOSSARY.entries


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('sort = "slang"\n[words]\nzug = { also = ["x"] }\n', "line 3: 'zug' has no meaning"),
        ('sort = "slung"\n[words]\n', "line 1: "),
        ('sort = "slang"\n[words]\nzug = { en = "x", plane = ["en"] }\n', "'plane' is not a known key"),
        ('sort = "slang"\n[words\n', "line 2"),
        ('sort = "slang"\n[words]\n"ke pex" = { en = "hi" }\nbad = 3\n', "line 4: the value of 'bad' is not"),
    ],
)
def test_a_mistake_is_reported_with_its_line(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=problem):
        standard(tmp_path)


def test_a_long_foreign_text_costs_little() -> None:
    assert GLOSSARY.in_text("no " * 200_000 + "smh", "en") == []

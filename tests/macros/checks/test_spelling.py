"""Spelling: dictionaries are found, loaded aside, and asked about words only, never about names or own words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.records.changes import Change
from data.records.customers import Customer
from data.records.messages import Direction, Message, MessageKind
from data.records.tickets import Priority, Status, Ticket
from macros.authoring.our_sentences import own_texts
from macros.checks import spelling
from macros.checks.check import Checker
from macros.checks.spelling import MOST_TOLD, Speller
from macros.files.library import Library

pytest.importorskip("hunspell")

AFF = "SET UTF-8\nSFX S Y 1\nSFX S 0 s .\n"
SPANISH = "hola gracias/S la el su de ha llegado código pedido/S puede probar otra vez y niño/S"
ENGLISH = "hello your order/S has arrived please try it again the code and you can"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(spelling, "_SYSTEM", ())
    monkeypatch.setattr(spelling, "_packaged", lambda name: iter(()))
    monkeypatch.delenv("DICPATH", raising=False)
    for name, words in (("es_ES", SPANISH), ("en_GB", ENGLISH)):
        listed = words.split()
        (tmp_path / f"{name}.aff").write_text(AFF, encoding="utf-8")
        (tmp_path / f"{name}.dic").write_text("\n".join([str(len(listed)), *listed]) + "\n", encoding="utf-8")
    return tmp_path


def speller(folder: Path, *used: str) -> Speller:
    made = Speller((folder,), lambda: used)
    assert made.wait("es")
    assert made.wait("en")
    return made


def wrong(made: Speller, text: str, language: str = "es", known: str = "") -> list[str]:
    return [text[one.start : one.end] for one in made(text, language, known)]


def test_misspelt_words_are_pointed_at(folder: Path) -> None:
    made = speller(folder)
    assert wrong(made, "Hola: su pedido a yegado, grasias.") == ["yegado", "grasias"]
    assert wrong(made, "Pruebe otra vez el codigo de los niños, gracias.")[0] == "Pruebe"
    assert wrong(made, "Hello, your oders has arived.", "en") == ["oders", "arived"]
    assert not any(one.blocking for one in made("grasias", "es", ""))


@pytest.mark.parametrize(
    "text",
    [
        "Hola, Ainhoa Etxeberria:\ngracias.\n\nUn Saludo\nNoa Vidal",
        "Su pedido de Lumivo ha llegado, SIM y USD.",
        "Puede probar https://ayuda.example/xyzzy o xyzzy@ayuda.example, @xyzzy, a1b2c3.",
        "Hola {{ customer.first_name }}, gracias.",
    ],
)
def test_names_capitals_links_and_holes_are_left_alone(folder: Path, text: str) -> None:
    assert [word for word in wrong(speller(folder), text) if word not in ("Un", "Saludo", "o")] == []


def test_our_own_words_and_the_customers_are_right(folder: Path) -> None:
    made = speller(folder, "Abra el monedero")
    assert wrong(made, "el monedero y el gameplay") == ["gameplay"]
    assert wrong(made, "el monedero y el gameplay", known="mi gameplay no va") == []


def test_no_list_grows_long_and_other_languages_are_left_alone(folder: Path) -> None:
    made = speller(folder)
    assert len(wrong(made, "xxyyzz " * 50)) == MOST_TOLD
    assert wrong(made, "xxyyzz", "fr") == []


def test_without_a_dictionary_nothing_is_found(tmp_path: Path, folder: Path) -> None:
    made = Speller((tmp_path / "nowhere",))
    assert not made.wait("es")
    assert wrong(made, "grasias") == []


def test_the_first_question_only_begins_to_load(folder: Path) -> None:
    made = Speller((folder,))
    first = made("grasias", "es", "")
    made.wait("es")
    assert first == [] or first == made("grasias", "es", "")
    assert wrong(made, "grasias") == ["grasias"]


def test_the_check_before_sending_tells_it_without_blocking(folder: Path) -> None:
    check = Checker(lambda _: ("es", 1.0), spell=speller(folder))
    asked = Message(1, 7, Direction.IN, MessageKind.MAIL, "", "a@b.example", "", "gameplay", "gameplay", 0, 0)
    ticket = Ticket(7, "mail", Status.OPEN, Priority.NORMAL, "x", 1, 0, 0, language="es")
    text = "Hola: el codigo de gameplay ha yegado."
    found = check(Change(reply=text), ticket, Customer(1, "Ana"), [asked])
    assert [(one.rule, text[one.start : one.end], one.blocking) for one in found] == [
        ("accent", "codigo", False),
        ("spelling", "yegado", False),
    ]


@given(st.text(max_size=200))
def test_any_text_can_be_looked_at(text: str) -> None:
    for start, end in spelling._candidates(text):
        assert 0 <= start < end <= len(text)
    made = Speller()
    made._loaded["es"] = [Known()]
    for one in made(text, "es", text.lower()):
        assert one.start < one.end


class Known:
    """A dictionary that knows nothing."""

    def spell(self, word: str) -> bool:
        return False


def test_the_words_of_the_built_in_macros_are_our_own() -> None:
    used = list(own_texts(Library.standard()))
    made = Speller((), lambda: used)
    if not made.wait("en"):
        pytest.skip("no English dictionary on this machine")
    assert [one for text in used for one in wrong(made, text, "en")] == []


def test_a_word_that_the_dictionarys_charset_cannot_hold_is_none_of_its_business(folder: Path) -> None:
    (folder / "es_ES.aff").write_text("SET ISO8859-1\n", encoding="latin-1")
    (folder / "es_ES.dic").write_text("1\nhola\n", encoding="latin-1")
    assert wrong(speller(folder), "hola привет grasias") == ["grasias"]

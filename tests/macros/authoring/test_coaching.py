from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError
from data.records.messages import OwnReply
from macros.authoring.coach import advise, carry_out, title_of
from macros.authoring.write_macro import as_template, save_macro
from macros.files.library import Library

MACRO = """+++
title = { en = "Late parcel", es = "Paquete tarde" }
key = "7"
topics = ["delivery"]
+++
=== en
Hi {{ customer.first_name }},

Your parcel {% if customer.region == "es-MX" %}package{% else %}box{% endif %} is late, and we are sorry.
It will be there within three working days.

Write to us if it is not.
=== es
Hola {{ customer.first_name }}:

Tu paquete llega tarde y lo sentimos mucho.
"""


def library(tmp_path: Path) -> Library:
    (tmp_path / "own" / "delivery").mkdir(parents=True)
    (tmp_path / "own" / "delivery" / "late.j2").write_text(MACRO, encoding="utf-8")
    found = Library(tmp_path / "own")
    found.refresh()
    return found


def reply(n: int, text: str, macro: str = "", language: str = "en") -> OwnReply:
    return OwnReply(n, n, n, macro, language, text, f"Ana{n} Ruiz")


def late(n: int, third: str) -> OwnReply:
    text = f"Hi Ana{n},\n\nYour parcel box is late, and we are sorry.\n{third}\n\nWrite to us if it is not.\n"
    return reply(n, text, "delivery/late")


AS_IT_IS = "It will be there within three working days."
IN_OTHER_WORDS = "It will be there within five working days."


def test_a_line_that_is_changed_again_and_again_becomes_a_variant(tmp_path: Path) -> None:
    macros = library(tmp_path)
    replies = [late(n, IN_OTHER_WORDS) for n in range(8)] + [late(n, AS_IT_IS) for n in range(8, 10)]
    (advice,) = advise(macros, replies)
    one = advice.reworded

    assert one is not None
    assert (one.macro, one.language, one.line, one.changed, one.uses) == ("delivery/late", "en", 4, 8, 10)
    assert (one.old, one.new) == (AS_IT_IS, IN_OTHER_WORDS)

    assert carry_out(advice, macros, tmp_path / "own") == "delivery/late-2"
    macros.refresh()
    variant = macros.get("delivery/late-2")
    assert not macros.refused()
    assert variant.title.for_language("en") == "Late parcel (2)"
    assert (variant.key, variant.topics) == ("", ("delivery",))
    assert variant.body_for("en").text == macros.get("delivery/late").body_for("en").text.replace("three", "five")
    assert variant.body_for("es").text == macros.get("delivery/late").body_for("es").text
    assert advise(macros, replies) == [], "what was saved is not advised again"


def test_a_line_taken_out_is_advised_as_a_macro_without_it(tmp_path: Path) -> None:
    macros = library(tmp_path)
    (advice,) = advise(macros, [late(n, "") for n in range(6)])

    assert advice.reworded is not None
    assert advice.reworded.new == ""
    carry_out(advice, macros, tmp_path / "own")
    macros.refresh()
    assert "working days" not in macros.get("delivery/late-2").body_for("en").text


@pytest.mark.parametrize(
    "replies",
    [
        [late(n, AS_IT_IS) for n in range(10)],
        [late(n, IN_OTHER_WORDS) for n in range(4)],
        [late(n, IN_OTHER_WORDS if n % 2 else AS_IT_IS) for n in range(10)],
        [reply(n, "Something else altogether was written here.", "delivery/late") for n in range(10)],
    ],
    ids=["unchanged", "few", "half", "rewritten"],
)
def test_what_is_seldom_changed_is_left_alone(tmp_path: Path, replies: list[OwnReply]) -> None:
    assert not any(one.reworded for one in advise(library(tmp_path), replies))


def typed(n: int) -> OwnReply:
    return reply(
        n, f"Hi Ana{n},\n\nThe invoice for order {n} went out to your accountant again today.\nBest wishes\nZoë"
    )


def test_what_is_typed_four_times_becomes_a_macro(tmp_path: Path) -> None:
    macros = library(tmp_path)
    assert advise(macros, [typed(n) for n in range(3)]) == []
    (advice,) = advise(macros, [typed(n) for n in range(4)])

    assert advice.repeated is not None
    assert (advice.repeated.times, advice.repeated.language) == (4, "en")
    name = carry_out(advice, macros, tmp_path / "own")
    macros.refresh()
    assert not macros.refused()
    assert macros.get(name).title.for_language("en").startswith("The invoice for order 0 went out")
    assert "Hi {{ customer.first_name }}," in macros.get(name).body_for("en").text
    assert advise(macros, [typed(n) for n in range(4)]) == [], "what was saved is not advised again"


def test_the_same_text_twice_on_one_ticket_is_one_time(tmp_path: Path) -> None:
    assert advise(library(tmp_path), [typed(1)] * 4) == []


def test_a_saved_text_is_never_code_and_never_overwrites(tmp_path: Path) -> None:
    text = as_template("=== es\n{{ secret }} {% for x in y %} {# note #} +++", "")
    names = [save_macro(tmp_path, 'A "quoted" title\nover two lines', "en", text) for _ in range(2)]
    found = Library(tmp_path)
    found.refresh()

    assert names == ["own/a-quoted-title-over-two-lines", "own/a-quoted-title-over-two-lines-2"]
    assert not found.refused()
    assert found.get(names[0]).languages == ("en",)
    assert (tmp_path / f"{names[0]}.j2").stat().st_mode & 0o777 == 0o600


def test_what_cannot_be_saved_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="title"):
        save_macro(tmp_path, "!!", "en", "text")
    with pytest.raises(InputError, match="empty"):
        save_macro(tmp_path, "Title", "en", "")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="permissions"):
        save_macro(tmp_path / "file", "Title", "en", "text")
    assert not list(tmp_path.rglob("*.j2"))


def test_a_macro_changed_meanwhile_is_not_written_over_the_wrong_line(tmp_path: Path) -> None:
    macros = library(tmp_path)
    (advice,) = advise(macros, [late(n, IN_OTHER_WORDS) for n in range(8)])
    (tmp_path / "own" / "delivery" / "late.j2").write_text(MACRO.replace("three", "two"), encoding="utf-8")

    with pytest.raises(InputError, match="changed meanwhile"):
        carry_out(advice, macros, tmp_path / "own")


@given(text=st.text(max_size=200), name=st.text(max_size=12))
def test_any_reply_can_be_saved_unless_it_is_empty(
    tmp_path_factory: pytest.TempPathFactory, text: str, name: str
) -> None:
    folder = tmp_path_factory.mktemp("own")
    saved = save_macro(folder, "Title", "en", "Words: " + as_template(text, name))
    found = Library(folder)
    found.refresh()
    assert [macro.name for macro in found] == [saved]


def test_titles_pass_over_the_greeting() -> None:
    assert title_of("Hola:\n\nGracias por escribirnos hoy mismo.\n") == "Gracias por escribirnos hoy mismo."
    assert title_of("Hi\n" + "word " * 30).endswith("…")
    assert title_of("") == ""

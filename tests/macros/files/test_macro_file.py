from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.records.tickets import Priority, Status, Ticket
from macros.files.front_matter import MacroError, parse
from macros.filling.macro import When, nearest

FULL = """+++
title = { en = "Refund", es = "Reembolso" }
key = "r"
topics = ["billing"]
[actions]
status = "solved"
promise = { text = "money is back", due = "day" }
[when]
statuses = ["open"]
[[asks]]
name = "day"
kind = "date"
+++
=== en
Hello {{ day }}

=== es
Hola {{ day }}
"""


def test_a_full_file_is_read_into_its_parts() -> None:
    macro = parse("billing/refund", FULL)

    assert (macro.title.for_language("es-MX"), macro.title.for_language("de")) == ("Reembolso", "Refund")
    assert macro.languages == ("en", "es")
    assert macro.actions.status is Status.SOLVED
    assert macro.asks[0].name == "day"
    assert macro.bodies[1].text == "Hola {{ day }}"
    assert macro.bodies[1].line == 18


def test_a_file_without_front_matter_is_a_macro_too() -> None:
    macro = parse("general/thanks", "Thank you!\n")

    assert (macro.title.for_language("es"), macro.bodies[0].text, macro.languages) == ("thanks", "Thank you!", ())


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("+++\ntitle = 'x'\n", 1, "not closed"),
        ("+++\ntitle = 'x'\ntitel = 'y'\n+++\nhi", 3, "titel"),
        ("+++\ntitle = \n+++\nhi", 2, "TOML"),
        ("+++\n[actions]\nstatus = 'gone'\n+++\nhi", 3, "gone"),
        ("+++\n[actions]\nsnooze = 'soon'\n+++\nhi", 3, "soon"),
        ("+++\n[[asks]]\nname = 'customer'\n+++\nhi", 3, "customer"),
        ("+++\n[[asks]]\nname = 'x'\npattern = '(a+)+'\n+++\nhi", 4, "repeat"),
        ("+++\n[[asks]]\nname = 'x'\nkind = 'choice'\n+++\nhi", 1, "choices"),
        ("+++\n[[asks]]\nname = 'x'\nkind = 'date'\ndefault = 'soon'\n+++\nhi", 5, "default cannot be used"),
        ("=== en\nhi\n=== en\nho", 3, "two texts"),
        ("stray\n=== en\nhi", 1, "no language"),
        ("", 1, "empty"),
        ("x" * 20_481, 1, "larger"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(source: str, line: int, reason: str) -> None:
    with pytest.raises(MacroError) as caught:
        parse("a/b", source, Path("b.j2"))

    assert (caught.value.line, reason in caught.value.reason) == (line, True), caught.value.reason


@given(st.text(alphabet=st.sampled_from("+=\n en{}[]'\"ax.#"), max_size=120))
def test_any_text_is_a_macro_or_a_named_error(source: str) -> None:
    line = 1
    try:
        assert parse("a/b", source).bodies
    except MacroError as wrong:
        line = wrong.line
    assert 1 <= line <= source.count("\n") + 2


@pytest.mark.parametrize(
    ("available", "wanted", "taken"),
    [
        (("en", "es", "es-MX"), "es-MX", "es-MX"),
        (("en", "es"), "es-MX", "es"),
        (("en", "es-MX"), "es", "es-MX"),
        (("es", "en"), "und", "en"),
        (("fr", "pt"), "de", "fr"),
        ((), "de", None),
    ],
)
def test_the_nearest_language_is_taken(available: tuple[str, ...], wanted: str, taken: str | None) -> None:
    assert nearest(available, wanted) == taken


def test_when_admits_only_what_it_names() -> None:
    ticket = Ticket(1, "mail", Status.OPEN, Priority.NORMAL, "", 1, 0, 0, language="es-MX", tags=("vip",))

    assert When(languages=("es",), tags=("vip", "x"), statuses=(Status.OPEN,)).fits(ticket)
    assert not When(lanes=("chat",)).fits(ticket)
    assert not When(tags=("x",)).fits(ticket)


def test_an_outcome_is_said_by_true_alone() -> None:
    assert parse("a/one", "+++\noutcome = true\n+++\nIt is done").outcome
    assert not parse("a/one", "It is done").outcome
    with pytest.raises(MacroError, match="outcome has to be true or false"):
        parse("a/one", "+++\ntitle = 'x'\noutcome = 'yes'\n+++\nIt is done")

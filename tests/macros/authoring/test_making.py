from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError
from data.records.customers import Customer, Identity
from data.records.tickets import Priority, Status, Ticket
from macros.authoring.reply_to_macro import keep, make
from macros.checks.check import Checker
from macros.files.library import Library
from macros.filling.context import Brand, Context
from macros.filling.macro import Macro
from macros.render import render

LIBRARY = Library.standard()
TICKET = Ticket(4021, "mail", Status.OPEN, Priority.NORMAL, "x", 1, 0, 0, topic="payment", external_ref="ZX-99")
ANA = Customer(1, "Ana García", (Identity("email", "ana@home.example"),), register="tu")
HERE = Context(TICKET, ANA, "Noa Vidal", 0, Brand("Lumivo", "help@lumivo.example", "https://help.example"))
OTHER = Ticket(77, "mail", Status.OPEN, Priority.NORMAL, "x", 2, 0, 0)
BOB = Context(OTHER, Customer(2, "Bob Stone"), "Lena Kraus", 0, Brand("Lumivo"))


def kept(folder: Path, text: str, language: str = "en", title: str = "My answer") -> Macro:
    keep(make(title, text, language, HERE, LIBRARY.snippets, TICKET.topic), folder)
    library = Library.standard(folder)
    assert library.refused() == []
    return library.get("payment/my-answer")


def test_what_is_one_customers_becomes_a_value(tmp_path: Path) -> None:
    text = "Hello Ana,\n\nAna García (ana@home.example), your case #4021 / ZX-99 is done. Anatomy stays.\n\nNoa\nLumivo"
    macro = kept(tmp_path, text)

    assert render(macro, "en", HERE, {}).text == text
    other = render(macro, "en", BOB, {}).text
    assert other.startswith("Hello Bob,\n\nBob Stone ({{ customer.email }}), your case #77 / {{ ticket.reference }}")
    assert "Anatomy stays." in other
    assert other.endswith("Lena\nLumivo")


def test_our_own_greeting_and_closing_become_their_snippets(tmp_path: Path) -> None:
    written = render(LIBRARY.get("general/delay"), "es", HERE, {}).text
    macro = kept(tmp_path, written, "es")
    source = (tmp_path / "payment" / "my-answer.j2").read_text(encoding="utf-8")

    assert source.count('{% include "greeting" %}') == source.count('{% include "closing" %}') == 2
    assert render(macro, "es", HERE, {}).text == written
    assert macro.topics == ("payment",)


def test_the_language_that_nobody_wrote_cannot_be_sent(tmp_path: Path) -> None:
    macro = kept(tmp_path, "Hola, Ana:\n\nListo.", "es")
    change = render(macro, "en", HERE, {}).change

    assert macro.languages == ("es", "en")
    findings = Checker(lambda text: ("en", 1.0))(change, TICKET, ANA, [])
    assert [(one.rule, one.blocking) for one in findings] == [("hole", True)]


def test_nothing_is_written_over(tmp_path: Path) -> None:
    kept(tmp_path, "One.")
    kept(tmp_path, "Two.")
    assert "One." in (tmp_path / "payment" / "my-answer.j2").read_text(encoding="utf-8")
    assert "Two." in (tmp_path / "payment" / "my-answer-2.j2").read_text(encoding="utf-8")


@pytest.mark.parametrize("title", ["", "   ", "…", "\x1b[31m"])
def test_a_name_without_letters_is_none(title: str) -> None:
    if title == "\x1b[31m":
        assert make(title, "x", "en", HERE, {}).name == "own/31m"
        return
    with pytest.raises(InputError, match="a name with letters in it"):
        make(title, "x", "en", HERE, {})


def test_an_empty_or_huge_text_is_refused_in_a_sentence() -> None:
    for text in ("", " \n ", "x" * 30_000):
        with pytest.raises(InputError):
            make("name", text, "en", HERE, {})


@given(st.text(alphabet="ab {}%#=+\n'\"\\|Ana.@1é", max_size=80).filter(lambda text: text.strip()))
def test_the_macro_says_to_the_same_customer_what_the_reply_said(text: str) -> None:
    from data.safe_text import safe_text
    from macros.files.front_matter import parse
    from macros.files.snippet_links import link_macro

    made = make("name", text, "en", HERE, {})
    said = render(link_macro(parse(made.name, made.source), {}), "en", HERE, {}).text
    assert "".join(said.split()) == "".join(safe_text(text).split())

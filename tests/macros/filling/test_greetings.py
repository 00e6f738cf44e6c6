from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.records.customers import Customer
from data.records.tickets import Priority, Status, Ticket
from macros.files.front_matter import parse
from macros.filling.context import Context
from macros.filling.greetings import without_closing, without_greeting
from macros.filling.macro import Once
from macros.render import render


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Hi Ana,\n\nIt is late.", "It is late."),
        ("Hola, Ana:\nTarda.", "Tarda."),
        ("¡Hola!\nTarda.", "¡Hola!\nTarda."),
        ("Estimada Ana Ruiz:\n\nTarda.", "Tarda."),
        ("Good morning\n\nIt is late.", "It is late."),
        ("High prices are due to taxes.\nMore.", "High prices are due to taxes.\nMore."),
        ("Hi Ana,", "Hi Ana,"),
        ("", ""),
    ],
)
def test_a_line_that_only_greets_goes(text: str, left: str) -> None:
    assert without_greeting(text) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("It is late.\n\nKind regards,\nNoa\nSupport", "It is late."),
        ("Tarda.\n\nUn saludo,\nNoa", "Tarda."),
        ("Tarda.\n\nGracias, Noa", "Tarda."),
        (
            "Late.\n\nThanks to the new version it works. Try it.",
            "Late.\n\nThanks to the new version it works. Try it.",
        ),
        ("Kind regards,\nNoa", "Kind regards,\nNoa"),
        ("", ""),
    ],
)
def test_a_paragraph_that_only_closes_goes(text: str, left: str) -> None:
    assert without_closing(text) == left


def test_a_macro_without_snippets_is_put_in_without_its_own_greeting() -> None:
    macro = parse("a", "Hi {{ customer.first_name }},\n\nIt is late.\n\nBest,\n{{ agent.name }}")
    context = Context(Ticket(7, "mail", Status.OPEN, Priority.NORMAL, "x", 1, 0, 0), Customer(1, "Ana"), "Noa", 0)
    assert render(macro, "en", context, {}, frozenset(Once)).text == "It is late."
    assert render(macro, "en", context, {}, frozenset({Once.LAST})).text == "Hi Ana,\n\nIt is late."


@given(st.text(alphabet="hi hola,.\nñsaludo ", max_size=200))
def test_something_is_always_left(text: str) -> None:
    assert bool(without_greeting(text).strip()) == bool(text.strip())
    assert bool(without_closing(text).strip()) == bool(text.strip())

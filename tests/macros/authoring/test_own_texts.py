"""The texts by which our own replies are known."""

from __future__ import annotations

from macros.authoring.our_sentences import own_texts
from macros.files.library import Library
from macros.filling.macro import Body, Macro, Words


def test_both_branches_and_no_values() -> None:
    body = Body(
        "es", 'Hola {{ name }}:\n{% if customer.register == "usted" %}Escriba{% else %}Escribe{% endif %} aquí.', 1
    )
    first, last = own_texts([Macro("a/b", Words(), (body,))])
    assert first.split() == ["Hola", ":", "Escriba", "aquí."]
    assert last.split() == ["Hola", ":", "Escribe", "aquí."]


def test_a_choice_of_three_gives_each_and_one_without_else_nothing_at_last() -> None:
    text = "{% if a %}Uno{% elif b %}dos{% else %}tres{% endif %} y {% if c %}más{% endif %}."
    texts = [found.split() for found in own_texts([Macro("a/b", Words(), (Body("es", text, 1),))])]
    assert texts == [["Uno", "y", "más."], ["dos", "y", "."], ["tres", "y", "."]]


def test_no_template_is_left_in_the_built_in_ones() -> None:
    texts = list(own_texts(Library.standard()))
    assert len(texts) > 100
    assert not [text for text in texts if "{%" in text or "}}" in text]

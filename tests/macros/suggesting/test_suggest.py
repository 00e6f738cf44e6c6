from __future__ import annotations

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from macros.files.front_matter import parse
from macros.suggesting.features import expressions, spelling, terms, words
from macros.suggesting.meanings import meanings
from macros.suggesting.suggest import Suggester

ANSWERED = [
    ("I forgot my password and cannot log in", "access/reset"),
    ("the password reset mail never comes", "access/reset"),
    ("my parcel has not arrived yet", "delivery/late"),
    ("where is my parcel, it is late", "delivery/late"),
    ("me cobraron dos veces el pedido", "billing/twice"),
    ("tengo un cobro duplicado en la tarjeta", "billing/twice"),
]


def taught() -> Suggester:
    suggester = Suggester()
    for text, macro in ANSWERED:
        suggester.learn(text, macro)
    return suggester


def test_the_macro_that_answered_the_like_comes_first_in_either_language() -> None:
    suggester = taught()

    assert suggester.suggest("my PARCEL is late")[0].macro == "delivery/late"
    assert suggester.suggest("Cóbros duplicados")[0].macro == "billing/twice"
    assert suggester.suggest("I need a new password")[0].because == "I forgot my password and cannot log in"


def test_titles_and_texts_serve_before_any_ticket_is_answered() -> None:
    suggester = Suggester()
    suggester.know(
        [
            parse(
                "a/one", "+++\ntitle = {en = 'Duplicate charge', es = 'Cobro duplicado'}\n+++\n=== en\nSorry {{ now }}"
            ),
            parse("a/two", "+++\ntitle = 'Late parcel'\n+++\nIt is on its way"),
        ]
    )
    suggester.know_name("lost_card")

    assert suggester.suggest("cobro duplicado", 1)[0].macro == "a/one"
    assert suggester.suggest("on its way?", 1)[0].macro == "a/two"
    assert suggester.suggest("I lost a card", 1)[0].macro == "lost_card"
    assert suggester.suggest("cobro duplicado", 1)[0].because == ""


def test_with_nothing_to_go_by_the_most_used_come_first() -> None:
    suggester = taught()
    suggester.learn("parcel again", "delivery/late")

    first = suggester.suggest("1234 !!")[0]
    assert (first.macro, first.closeness) == ("delivery/late", 0.0)
    assert Suggester().suggest("anything") == []


def test_the_most_used_are_counted_in_the_tickets_language() -> None:
    suggester = Suggester()
    suggester.learn("uno", "a/one", language="es")
    for _ in range(2):
        suggester.learn("dos", "a/two", language="en")

    assert suggester.suggest("1234", language="es")[0].macro == "a/one"
    assert suggester.suggest("1234", language="en")[0].macro == "a/two"
    assert suggester.suggest("1234", language="pt")[0].macro == "a/two", "else in all languages"


def test_what_else_speaks_for_a_macro_counts_until_history_says_otherwise() -> None:
    lean = {"access/reset": 4.0}

    assert taught().suggest("good morning", lean=lean)[0].macro == "access/reset"
    assert taught().suggest("where is my late parcel", lean=lean)[0].macro == "delivery/late"


def test_only_admitted_macros_are_suggested() -> None:
    assert [one.macro for one in taught().suggest("parcel", among={"access/reset"})] in ([], ["access/reset"])


def test_what_is_unlearned_has_no_influence_left() -> None:
    suggester = taught()
    before = suggester.suggest("parcel invoice lamp", 5)
    suggester.learn("invoice for the lamp", "billing/invoice")
    assert suggester.suggest("parcel invoice lamp", 5) != before

    assert suggester.unlearn("invoice for the lamp", "billing/invoice")
    assert not suggester.unlearn("invoice for the lamp", "billing/invoice")
    after = suggester.suggest("parcel invoice lamp", 5)
    assert [one.macro for one in after] == [one.macro for one in before]
    assert all(abs(one.score - two.score) < 1e-6 for one, two in zip(before, after, strict=True))


@given(st.lists(st.tuples(st.text(max_size=30), st.sampled_from("abc")), max_size=8), st.text(max_size=30))
def test_any_text_is_learned_ranked_and_forgotten(pairs: list[tuple[str, str]], asked: str) -> None:
    suggester = Suggester()
    for text, macro in pairs:
        suggester.learn(text, macro)
    found = suggester.suggest(asked)
    assert len({one.macro for one in found}) == len(found)
    assert all(0 <= one.score <= 1.000001 and 0 <= one.closeness <= 1.000001 for one in found)
    for text, macro in pairs:
        assert suggester.unlearn(text, macro)
    assert len(suggester) == 0
    assert suggester.suggest(asked) == []


def test_words_are_folded_cut_and_function_words_go_only_from_long_texts() -> None:
    assert list(terms(words("¿Dónde está?"))) == ["donde", "esta", "m:where"]
    assert list(terms(words("the table of my sister looks purple"))) == ["table", "siste", "looks", "purpl"]
    assert list(terms(words("is it on"))) == ["is", "it", "on"]
    assert spelling(["ab"]) == {"<ab": 1, "ab>": 1, "<ab>": 1}


def test_one_meaning_has_one_name_in_either_language_and_in_phrases() -> None:
    assert meanings(words("I want my money back")) == ["money", "refund"]
    assert "refund" in meanings(words("Quiero un REEMBOLSO"))
    assert {"m:card", "m:stolen", "n:card stolen"} < set(expressions(words("my card was stolen")))
    assert meanings([]) == []


def test_answers_in_one_language_serve_the_other() -> None:
    suggester = taught()
    suggester.learn("somebody stole my phone", "safety/stolen")

    assert suggester.suggest("me robaron el celular")[0].macro == "safety/stolen"
    assert suggester.suggest("olvidé mi contraseña")[0].macro == "access/reset"


def test_a_reason_counts_the_nearest_answered_tickets() -> None:
    suggester = taught()
    suggester.know_name("delivery/late")
    first = suggester.suggest("my parcel has not come, where is it")[0]

    assert (first.alike, first.of) == (2, 2)


def test_looking_again_tells_near_rivals_apart() -> None:
    suggester = Suggester()
    for number in range(6):
        suggester.learn(f"top up my account number {number} by card", "topup/card")
        suggester.learn(f"top up my account number {number} by cheque", "topup/cheque")
    before = suggester.suggest("top up my account by cheque")[0]
    suggester.settle()
    after = suggester.suggest("top up my account by cheque")[0]

    assert before.macro == after.macro == "topup/cheque"
    assert after.score > before.score


def test_ranking_needs_nothing_but_the_standard_library() -> None:
    heavy = ("jinja2", "numpy", "sklearn", "textual")
    code = f"import sys, macros.suggesting.suggest; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"

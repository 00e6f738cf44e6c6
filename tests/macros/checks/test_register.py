"""Tú, usted, vos and vosotros in a reply, against how the customer is addressed and where."""

from __future__ import annotations

import time

import pytest

from data.records.changes import Change
from data.records.customers import Customer, Identity
from data.records.tickets import Priority, Status, Ticket
from macros.checks.check import Checker
from macros.checks.register import region, register
from macros.files.library import Library
from macros.filling.context import Context
from macros.render import regional, render

TICKET = Ticket(1, "mail", Status.OPEN, Priority.NORMAL, "x", 1, 0, 0, language="es", external_ref="R1")


def customer(said: str = "", place: str = "") -> Customer:
    known = (Identity("email", "a@b.example"),)
    return Customer(1, "Ana García", known, language="es", register=said, region=place)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hola, Ana: ya puedes entrar en la app.", "puedes"),
        ("Hemos recibido tu mensaje.", "tu"),
        ("Cuando llegue, escríbenos aquí.", "escríbenos"),
        ("Gracias.\nReinicia el teléfono.", "Reinicia"),
        ("Lo que nos contaste ya está resuelto.", "contaste"),
        ("Si querés, lo vemos mañana.", "querés"),
    ],
)
def test_tu_is_found_where_usted_is_meant(text: str, words: str) -> None:
    (found,) = register(text, customer("usted"))
    assert text[found.start : found.end] == words
    assert register(text, customer("vos" if words == "querés" else "tu")) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Le escribo a usted por su caso.", "usted"),
        ("Por favor, indíquenos el número.", "indíquenos"),
        ("1. Reinicie el teléfono.", "Reinicie"),
        ("Hemos recibido su solicitud y le responderemos pronto.", "su"),
    ],
)
def test_usted_is_found_where_tu_is_meant(text: str, words: str) -> None:
    (found,) = register(text, customer("tu"))
    assert text[found.start : found.end] == words
    assert register(text, customer("usted")) == []


@pytest.mark.parametrize(
    "text",
    [
        "El equipo lo comprueba y le he pasado tu caso.",
        "El servidor responde y la app reinicia sola.",
        "Su titular decide.",
        "El problema persiste y consiste en un fallo.",
        "Un saludo,\nLuis",
    ],
)
def test_what_speaks_of_others_is_left(text: str) -> None:
    assert register(text, customer("tu")) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hola, Ana: ya puedes entrar en la app.", "puedes"),
        ("Gracias.\nReinicia el teléfono.", "Reinicia"),
        ("Escríbenos aquí.", "Escríbenos"),
        ("Por favor, indíquenos el número.", "indíquenos"),
    ],
)
def test_tu_and_usted_are_found_where_vos_is_meant(text: str, words: str) -> None:
    (found,) = register(text, customer("vos"))
    assert text[found.start : found.end] == words


def test_what_tu_and_vos_share_fits_both() -> None:
    text = "Hemos recibido tu mensaje y lo que nos contaste. Recibirás noticias cuando quieras."
    assert register(text, customer("vos")) == register(text, customer("tu")) == []


def test_vos_is_found_where_tu_is_meant_and_in_one_reply_with_it() -> None:
    text = "Si querés, escribinos. Reiniciá el teléfono."
    (found,) = register(text, customer("tu"))
    assert text[found.start : found.end] == "querés"
    assert register(text, customer("vos")) == region(text, customer("vos", "es-CO")) == []
    (mixed,) = register("Si querés, lo vemos. Ya puedes entrar.", customer())
    assert "mixes tú and vos" in mixed.message


def test_a_reply_that_mixes_both_is_told_without_knowing_the_customer() -> None:
    (found,) = register("Hemos recibido tu mensaje. Por favor, indíquenos el número.", customer())
    assert "mixes" in found.message


@pytest.mark.parametrize(
    ("text", "place", "told"),
    [
        ("Podéis entrar ya.", "es-MX", True),
        ("Podéis entrar ya.", "es-ES", False),
        ("Podéis entrar ya.", "", False),
        ("Si querés, escribinos.", "es-MX", True),
        ("Si querés, escribinos.", "es-AR", False),
        ("Ya puedes entrar.", "es-MX", False),
    ],
)
def test_forms_of_another_region(text: str, place: str, told: bool) -> None:
    assert bool(region(text, customer("", place))) is told


@pytest.mark.parametrize("said", ["tu", "usted", "vos"])
@pytest.mark.parametrize("place", ["", "es-ES", "es-MX", "es-AR"])
def test_the_built_in_macros_keep_to_one_register_and_region(said: str, place: str) -> None:
    person = customer(said, place)
    other = customer("tu" if said == "usted" else "usted", place)
    wrong = told = 0
    for macro in Library.standard():
        text = render(macro, "es", Context(TICKET, person, "Luis", 0), {}).text
        wrong += len(register(text, person) + region(text, person))
        told += bool(register(text, other))
    assert wrong == 0
    assert told > 40


def test_a_region_takes_its_own_words() -> None:
    macro = Library.standard().get("copyright/decided")
    at = {
        place: render(macro, "es", Context(TICKET, customer("tu", place), "Luis", 0), {}).text
        for place in ("", "es-ES", "es-MX")
    }
    assert "vídeos" in at[""]
    assert "vídeos" in at["es-ES"]
    assert "vídeos" not in at["es-MX"]
    assert "videos" in at["es-MX"]


@pytest.mark.parametrize(
    ("language", "place", "taken"),
    [("es", "es-MX", "es-MX"), ("en", "es-MX", "en"), ("es", "", "es"), ("es-AR", "es-MX", "es-AR")],
)
def test_a_body_of_the_region_is_preferred(language: str, place: str, taken: str) -> None:
    assert regional(language, place) == taken


def test_the_checker_asks_and_english_is_left_alone() -> None:
    spanish = Checker(lambda text: ("es", 0.99))
    change = Change(reply="Hola, Ana: ya puedes entrar en la app.", reply_language="es")
    rules = {one.rule for one in spanish(change, TICKET, customer("usted"), [])}
    assert "register" in rules
    english = Checker(lambda text: ("en", 0.99))
    assert "register" not in {one.rule for one in english(change, TICKET, customer("usted"), [])}


@pytest.mark.parametrize("unit", ["su ", "te ", "y ", "os a", "\n", "escríbe", "a" * 50 + "éis "])
def test_hostile_text_costs_no_more_than_its_length(unit: str) -> None:
    started = time.process_time()
    register(unit * 20_000, customer("tu"))
    region(unit * 20_000, customer("", "es-MX"))
    assert time.process_time() - started < 5

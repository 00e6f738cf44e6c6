"""How letters fit a text: accents, order, typos, and what is not forgiven."""

from __future__ import annotations

import random

import pytest

from data.records.tickets import Status
from tui.keys.actions import ACTIONS, BY_ID, Scope
from tui.keys.keymap import keymap_from
from tui.keys.place_keys import Place
from tui.palette.action_entries import action_entries, help_lines
from tui.palette.entries import Entry, Kind, fitting
from tui.palette.matching import distance_to_beginning, fit, searchable, split
from tui.palette.possible import Situation, possible

TITLES = (
    "Devolución: falta el plazo", "Refund: receipt needed", "Código que no llega", "Cuenta bloqueada", "Ban appeal",
    "Cambio de contraseña", "Crash: ask for the version", "Cobro doble", "Acoso: apoyo y recursos", "Factura enviada",
)  # fmt: skip


def best(text: str, titles: tuple[str, ...] = TITLES) -> str:
    entries = [Entry(Kind.MACRO, title, title, words=searchable(title)) for title in titles]
    return next((entry.title for entry, _ in fitting(entries, text)), "")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("devolucion", "Devolución: falta el plazo"),
        ("DEVOLUCIÓN", "Devolución: falta el plazo"),
        ("plazo devol", "Devolución: falta el plazo"),
        ("devolusion plaso", "Devolución: falta el plazo"),
        ("refnud", "Refund: receipt needed"),
        ("reciept", "Refund: receipt needed"),
        ("codgo", "Código que no llega"),
        ("bloqeada", "Cuenta bloqueada"),
        ("cntraseña", "Cambio de contraseña"),
        ("verzion", "Crash: ask for the version"),
        ("acso", "Acoso: apoyo y recursos"),
    ],
)
def test_accents_order_and_typos_are_forgiven(typed: str, found: str) -> None:
    assert best(typed) == found


@pytest.mark.parametrize("typed", ["zzz", "refund zzz", "xyz", "?", "…", "ref und crash"])
def test_what_fits_nothing_finds_nothing(typed: str) -> None:
    assert best(typed) == ""


def test_a_beginning_is_better_than_an_inside_and_both_better_than_a_typo() -> None:
    titles = ("Wholesale", "Sale of the year", "Sole owner")
    assert [best("sale", titles), best("sole", titles)] == ["Sale of the year", "Sole owner"]
    costs = [fit(searchable(title), split("sale")) for title in titles]
    assert [how is not None and how.exact for how in costs] == [True, True, False]


def test_short_words_must_be_right() -> None:
    assert best("bam") == ""
    assert best("thme", ("To the left", "Theme")) == "Theme"


def test_any_single_typo_in_a_long_word_still_finds_it() -> None:
    chance = random.Random(3)
    missed = []
    for word in ("devolucion", "contraseña", "bloqueada", "recursos", "receipt", "enviada", "version"):
        for _ in range(40):
            place = chance.randrange(1, len(word) - 1)
            way, letter = chance.randrange(4), chance.choice("aeiostrn")
            typed = (
                word[:place] + letter + word[place + 1 :],
                word[:place] + word[place + 1 :],
                word[:place] + letter + word[place:],
                word[:place] + word[place + 1] + word[place] + word[place + 2 :],
            )[way]
            if not best(typed):
                missed.append(typed)
    assert missed == []


def test_the_distance_counts_a_swap_as_one() -> None:
    assert distance_to_beginning("refnud", "refunds", 2) == 1
    assert distance_to_beginning("abc", "xyz", 1) == 2


LIST = Situation(Place.LIST, Status.OPEN, lanes=frozenset({1, 2, 3}))


def test_what_can_be_done_now_comes_first_and_nothing_is_missing() -> None:
    entries = action_entries(keymap_from(), LIST, Kind.ACTION) + action_entries(keymap_from(), LIST, Kind.SETTING)
    assert {entry.id for entry in entries} == {action.id for action in ACTIONS if action.scope is Scope.LIST}
    states = [entry.possible for entry in action_entries(keymap_from(), LIST, Kind.ACTION)]
    assert states == sorted(states, reverse=True)
    assert not all(states)


@pytest.mark.parametrize(
    ("action", "now", "can"),
    [
        ("ticket.solve", LIST, True),
        ("ticket.solve", Situation(Place.LIST), False),
        ("ticket.solve", Situation(Place.LIST, Status.SOLVED), False),
        ("ticket.reopen", LIST, False),
        ("ticket.reopen", Situation(Place.LIST, Status.CLOSED), True),
        ("desk.undo", LIST, False),
        ("desk.undo", Situation(Place.LIST, can_undo=True), True),
        ("lane.2", LIST, True),
        ("lane.9", LIST, False),
        ("macro.slot_1", Situation(Place.LIST), False),
        ("desk.new_mail", Situation(Place.LIST), True),
        ("message.quotes", LIST, False),
        ("composer.send", LIST, False),
        ("composer.send", Situation(Place.LIST, Status.OPEN, writing=True), True),
        ("step.confirm", Situation(Place.STEPS, Status.OPEN), True),
        ("ticket.urgent", Situation(Place.LIST), True),
    ],
)
def test_an_action_can_be_done_where_it_would_do_something(action: str, now: Situation, can: bool) -> None:
    assert possible(BY_ID[action], now) is can


def test_the_help_begins_with_the_place_that_has_the_keys() -> None:
    writing = Situation(Place.COMPOSER, Status.OPEN, writing=True)
    assert [line for name, line in help_lines(keymap_from(), writing) if not name][:2] == [
        "While writing",
        "In the lanes and the open ticket",
    ]
    assert [name for name, _ in help_lines(keymap_from(), LIST)][1] == "ticket.view"
    names = [name for name, _ in help_lines(keymap_from(), LIST) if name]
    assert sorted(names) == sorted(BY_ID)

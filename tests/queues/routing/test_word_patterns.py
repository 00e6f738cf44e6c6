"""Phrases with sets and gaps, and the sets that a file may add to."""

from __future__ import annotations

import pytest

from data.errors import InputError
from queues.routing.conditions import Facts
from queues.routing.rules import load, route

OWN = """
[sets]
child = ["bebito"]
fruit = ["pera", "manzana verde", "naranj*"]
"""


def matches(when: str, text: str) -> bool:
    return route(load(f'{OWN}[[rule]]\nname = "it"\nwhen = {{ {when} }}'), Facts(text=text)).reason == "it"


@pytest.mark.parametrize(
    ("when", "yes", "no"),
    [
        ('words = "<fruit>"', "una manzana verde", "una manzana"),
        ('words = "<fruit>"', "dos naranjas", "anaranjado"),
        ('words = "<child> is <young-age>"', "this KID is nine", "this kid is 45"),
        ('words = "<child> .. <young-age>"', "the kid in the video is 9", "9 views for the kid"),
        ('words = "<child> .. pera"', "kid a b c d pera", "kid a b c d e pera"),
        ('words = "<child> pera"', "bebito pera", "bebito una pera"),
        ('words = "comer* .. <fruit>"', "comeré una pera", "una pera comeré"),
        ('words = "pera", without = "verde"', "una pera", "una pera, verde"),
        ('words = "pera", without = "<young-age>"', "una pera", "nueve: una pera"),
    ],
)
def test_a_phrase_matches_in_order_and_no_further_than_its_gap(when: str, yes: str, no: str) -> None:
    assert matches(when, yes)
    assert not matches(when, no)


@pytest.mark.parametrize(
    ("when", "problem"),
    [
        ('words = "<nothing>"', "there is no set <nothing>"),
        ('words = "a", without = "<nothing>"', "there is no set <nothing>"),
        ('hears = "nothing"', "'nothing' is not heard"),
        ('mostly = "crash"', "'crash' is not a kind of harm"),
        ('words = "a", without = "?"', "'?' holds no letter"),
    ],
)
def test_what_a_rule_names_must_exist(when: str, problem: str) -> None:
    with pytest.raises(InputError, match=r"line 3") as error:
        load(f'[[rule]]\nname = "it"\nwhen = {{ {when} }}')
    assert problem in error.value.message

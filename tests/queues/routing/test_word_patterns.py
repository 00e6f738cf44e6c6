"""Phrases with sets and gaps, and the sets that a file may add to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError
from queues.routing.conditions import Facts
from queues.routing.rules import load, route
from queues.routing.word_patterns import Pattern, spots
from queues.routing.word_sets import Phrases

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


said = st.lists(st.sampled_from(["a", "b", "ab", "abc", "abcd", "abce", "bcd"]), max_size=9)
parts_of_phrases = st.sampled_from(["a", "b", "ab", "abc", "bcd"])
phrases = st.tuples(
    st.lists(parts_of_phrases, max_size=2), st.sampled_from(["a", "ab", "abc", "a*", "ab*", "abc*", "bcd*"])
).map(lambda parts: (*parts[0], parts[1]))
named = st.lists(st.tuples(phrases, st.sampled_from("xyz")), max_size=8)
parts = st.lists(st.sampled_from(["a", "ab", "abc", "ab*", "abc*", "..", "<x>", "<y>"]), max_size=5)


def is_word(wanted: str, word: str) -> bool:
    return word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted


@given(named, said)
def test_every_phrase_is_where_its_words_are(phrases_of: list[tuple[tuple[str, ...], str]], words: list[str]) -> None:
    tree = Phrases(phrases_of)
    for place in range(len(words)):
        there = {
            (name, len(phrase))
            for phrase, name in phrases_of
            if place + len(phrase) <= len(words)
            and all(map(is_word, phrase, words[place:]))
            and not (len(phrase) == 1 and phrase[0].endswith("*") and len(phrase[0]) < 4)
        }
        assert set(tree.at(words, place)) == there
        assert {(name, end - start) for name, start, end in tree.all_in(words) if start == place} == there


@given(named, said, parts)
def test_a_pattern_matches_as_if_every_place_were_tried(
    phrases_of: list[tuple[tuple[str, ...], str]], words: list[str], of_pattern: list[str]
) -> None:
    tree = Phrases(phrases_of)

    def goes_on(at: int, rest: list[str], slack: int) -> bool:
        if not rest:
            return True
        if rest[0] == "..":
            return goes_on(at, rest[1:], 4)
        starts = range(at, min(at + slack + 1, len(words)))
        if rest[0].startswith("<"):
            ends = [start + size for start in starts for name, size in tree.at(words, start) if f"<{name}>" == rest[0]]
        else:
            ends = [start + 1 for start in starts if is_word(rest[0], words[start])]
        return any(goes_on(end, rest[1:], 0) for end in ends)

    wanted = any(goes_on(start, of_pattern, 0) for start in range(len(words))) or not set(of_pattern) - {".."}
    assert Pattern(tuple(of_pattern)).matches(spots(words, tree)) == wanted

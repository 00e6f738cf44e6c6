"""Which macros are offered for a ticket, in which order, and which surely."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.records.tickets import Severity
from macros.files.front_matter import parse
from macros.files.library import Library
from macros.suggesting.offering import SURE, Offer, Situation, offers
from macros.suggesting.suggest import Suggester, Suggestion

PARCELS = "topics = ['parcel']"
FILES = {
    "parcel/where": f"+++\ntitle = 'Where your parcel is'\n{PARCELS}\n+++\nOpen Orders and choose Track.",
    "parcel/arrived": f"+++\ntitle = 'Your parcel has arrived'\n{PARCELS}\noutcome = true\n+++\nIt has arrived.",
    "parcel/depot": f"+++\ntitle = 'To the depot'\n{PARCELS}\n[actions]\nescalate = {{ team = 'Depot' }}\n+++\nAsked.",
    "fire/steps": "+++\ntitle = 'Fire: what to do'\ntopics = ['fire']\n+++\nLeave the house.",
    "hours": "+++\ntitle = 'Opening hours'\n+++\nWe open at nine and close at six.",
}
MACROS = {name: parse(name, source) for name, source in FILES.items()}
PARCEL = Situation(topic="parcel", lane="shop", language="en")
TEXT = "where is my parcel, I want to track it in my orders"
TOLD = "has my parcel arrived?"


def suggester(*answered: tuple[str, str]) -> Suggester:
    made = Suggester()
    made.know(MACROS.values())
    for text, macro in answered:
        made.learn(text, macro)
    return made


def offered(text: str, situation: Situation, *answered: tuple[str, str]) -> list[Offer]:
    taught = suggester(*answered)

    def rank(text: str, among: frozenset[str], language: str, lean: Mapping[str, float]) -> list[Suggestion]:
        return taught.suggest(text, len(among), among, language=language, lean=lean)

    return offers(MACROS, text, situation, rank)


def sure(found: list[Offer]) -> list[str]:
    return [one.macro for one in found if one.sure]


def test_a_stated_outcome_is_offered_only_once_it_is_established() -> None:
    asked = [(TOLD, "parcel/arrived")] * 9
    assert "parcel/arrived" not in [one.macro for one in offered(TOLD, PARCEL, *asked)]

    established = replace(PARCEL, established=frozenset({"parcel/arrived"}))
    assert sure(offered(TOLD, established, *asked))[0] == "parcel/arrived"


def test_the_topic_makes_sure_what_words_alone_leave_open() -> None:
    assert sure(offered(TEXT, PARCEL))[:1] == ["parcel/where"]
    assert sure(offered("good morning", PARCEL)) == []
    assert sure(offered("my dog sings", replace(PARCEL, topic=""))) == []


@pytest.mark.parametrize("safety", [Situation(topic="fire", lane="safety"), Situation("fire", "shop", Severity.S2)])
def test_learning_moves_nothing_across_topics_where_harm_is_possible(safety: Situation) -> None:
    learned = [(TEXT, "parcel/where")] * 9
    assert sure(offered(TEXT, Situation(lane="shop"), *learned)) == ["parcel/where"]

    found = offered(TEXT, safety, *learned)
    assert sure(found) == []
    assert found[0].macro == "fire/steps"
    assert sure(offered(TEXT, replace(safety, topic=""), *learned)) == [], "without a topic nothing is sure there"


@pytest.mark.parametrize("severity", Severity)
def test_a_grave_matter_is_handed_over_first(severity: Severity) -> None:
    found = offered(TEXT, replace(PARCEL, severity=severity))
    grave = severity in (Severity.S0, Severity.S1)
    assert (found[0].macro == "parcel/depot") is grave
    assert found[0].sure
    again = offered(TEXT, replace(PARCEL, severity=severity, handed_over=True))
    assert again[0].macro == "parcel/where", "what is handed over is not handed over again"


def test_the_hand_over_of_another_topic_does_not_come_first() -> None:
    found = offered(TEXT, Situation(topic="fire", lane="safety", severity=Severity.S0))
    assert found[0].macro == "fire/steps"
    assert "parcel/depot" not in sure(found)


@given(
    st.text(max_size=60),
    st.sampled_from(["", "parcel", "fire"]),
    st.sampled_from(["", "shop", "safety"]),
    st.none() | st.sampled_from(Severity),
)
def test_what_is_sure_says_so_by_its_score(text: str, topic: str, lane: str, severity: Severity | None) -> None:
    found = offered(text, Situation(topic, lane, severity), (TEXT, "parcel/where"))
    assert all(0 <= one.score <= 1 for one in found)
    assert all(one.score >= SURE for one in found if one.sure)


HARMFUL = [
    ("es", "Unas niñas de diez años suben bailes y se ve el horario de salida del colegio"),
    ("en", "there is a 9 year old girl on here and grown men write to her"),
    ("es", "van a publicar mis fotos si no pago"),
    ("en", "he knows where I live and says he will come tonight"),
    ("en", "someone has my account and asks my friends for money"),
]


@pytest.mark.parametrize(("language", "text"), HARMFUL)
@pytest.mark.parametrize("severity", [None, Severity.S0, Severity.S1, Severity.S3])
def test_no_built_in_macro_is_sure_of_harm_that_has_no_topic(
    language: str, text: str, severity: Severity | None
) -> None:
    library = {macro.name: macro for macro in Library.standard()}
    taught = Suggester()
    taught.know(library.values())

    def rank(text: str, among: frozenset[str], language: str, lean: Mapping[str, float]) -> list[Suggestion]:
        return taught.suggest(text, len(among), among, language=language, lean=lean)

    found = offers(library, text, Situation("", "safety", severity, language), rank)
    assert sure(found) == []
    assert not any(library[one.macro].outcome for one in found)

"""The built-in macros on a new desk, against a table of messages and the macros that a careful agent would accept.

Half of the table is held out: nothing was fitted to it. A message without a right macro is one that none fits.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from data.demo import texts
from data.records.tickets import Severity
from macros.files.library import Library
from macros.filling.macro import Macro
from macros.suggesting.first_messages import teach, teach_limits
from macros.suggesting.offering import Offer, Situation, offers
from macros.suggesting.suggest import Suggester, Suggestion

TABLE = Path(__file__).with_name("judged.jsonl")
GRAVE = (Severity.S0, Severity.S1)


@dataclass(frozen=True, slots=True)
class Judged:
    text: str
    situation: Situation
    right: frozenset[str]
    held_out: bool
    demo: bool


def judged() -> Iterator[Judged]:
    demo = {text.id: text for text in texts()}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        known = demo.get(row.get("demo", ""))
        language = known.language if known else row["language"]
        severity = Severity(row["severity"]) if row["severity"] else None
        situation = Situation(row["topic"], row["lane"], severity, language)
        text = known.text if known else row["text"]
        yield Judged(text, situation, frozenset(row["right"]), row["held_out"], known is not None)


ROWS = list(judged())
Row = tuple[Judged, Sequence[Offer]]


@pytest.fixture(scope="module")
def library() -> Mapping[str, Macro]:
    return {macro.name: macro for macro in Library.standard()}


@pytest.fixture(scope="module")
def suggester(library: Mapping[str, Macro]) -> Suggester:
    made = Suggester()
    teach(made, library.values())
    teach_limits(made)
    return made


@pytest.fixture(scope="module", params=["routed", "words alone"])
def offered(request: pytest.FixtureRequest, library: Mapping[str, Macro], suggester: Suggester) -> list[Row]:
    def rank(text: str, among: frozenset[str], language: str, lean: Mapping[str, float]) -> Sequence[Suggestion]:
        return suggester.suggest(text, len(among), among, language=language, lean=lean)

    def situation(row: Judged) -> Situation:
        return row.situation if request.param == "routed" else Situation(language=row.situation.language)

    return [(row, offers(library, row.text, situation(row), rank)) for row in ROWS]


def sure(rows: Sequence[Row]) -> list[tuple[Judged, str]]:
    return [(row, offer.macro) for row, found in rows for offer in found if offer.sure]


def share(right: int, of: int) -> float:
    return 100 * right / of if of else 100.0


def test_the_table_is_large_enough_and_half_of_it_is_held_out(library: Mapping[str, Macro]) -> None:
    assert len([row for row in ROWS if row.demo]) == len(list(texts()))
    assert len([row for row in ROWS if not row.demo]) >= 150
    assert 0.45 < sum(row.held_out for row in ROWS) / len(ROWS) < 0.55
    assert all(row.right <= library.keys() for row in ROWS)


def test_what_is_sure_is_right(offered: list[Row]) -> None:
    found = sure(offered)
    assert share(sum(macro in row.right for row, macro in found), len(found)) >= 93
    unseen = [(row, macro) for row, macro in found if row.held_out]
    assert share(sum(macro in row.right for row, macro in unseen), len(unseen)) >= 89


def test_nothing_is_sure_where_no_macro_fits(offered: list[Row]) -> None:
    none = [found for row, found in offered if not row.right]
    silent = sum(not any(offer.sure for offer in found) for found in none)
    assert share(silent, len(none)) >= 95


def test_no_sure_answer_does_harm(offered: list[Row], library: Mapping[str, Macro]) -> None:
    harmful = [
        (row.text, macro)
        for row, macro in sure(offered)
        if macro not in row.right
        and (row.situation.severity in GRAVE or library[macro].outcome or _is_for_harm(library[macro]))
    ]
    assert harmful == []


def _is_for_harm(macro: Macro) -> bool:
    return bool({"underage-report", "harassment-report", "hacked-account"} & set(macro.topics))


@pytest.mark.parametrize("offered", ["routed"], indirect=True)
def test_two_of_five_answerable_messages_are_answered(offered: list[Row]) -> None:
    answerable = [row for row in ROWS if row.right]
    answered = {id(row) for row, macro in sure(offered) if macro in row.right}
    assert share(len(answered), len(answerable)) >= 40


@pytest.mark.parametrize("offered", ["routed"], indirect=True)
def test_the_right_macro_is_found_by_rank(offered: list[Row]) -> None:
    answerable = [(row, [offer.macro for offer in found]) for row, found in offered if row.right]
    first = sum(macros[0] in row.right for row, macros in answerable)
    three = sum(bool(row.right & set(macros[:3])) for row, macros in answerable)
    assert share(first, len(answerable)) >= 85
    assert share(three, len(answerable)) >= 95


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("The code arrives neither by text nor by e-mail.", "en", False),
        ("El código no me llega al celular y tampoco al correo", "es", False),
        ("I no longer have access to the e-mail of my account and get no code", "en", False),
        ("Quiero el código por SMS, no por correo", "es", False),
        ("No me llega por SMS, ¿lo mandan por correo?", "es", True),
        ("Not by SMS please, I am abroad: can I get the code by e-mail?", "en", True),
    ],
)
def test_what_the_customer_rules_out_is_not_offered(
    library: Mapping[str, Macro], suggester: Suggester, text: str, language: str, wanted: bool
) -> None:
    def rank(text: str, among: frozenset[str], language: str, lean: Mapping[str, float]) -> Sequence[Suggestion]:
        return suggester.suggest(text, len(among), among, language=language, lean=lean)

    made = offers(library, text, Situation("login-code", "app", None, language), rank)
    assert ("login-code/by-email" in [offer.macro for offer in made if offer.sure]) == wanted

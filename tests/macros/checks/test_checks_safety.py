"""Words for specialists, and words that hurt."""

from __future__ import annotations

import pytest

from data.records.changes import Change, Finding
from data.records.customers import Customer
from data.records.tickets import Priority, Severity, Status, Ticket
from macros.checks.check import Checker
from macros.checks.safety import blame, specialist


def told(found: list[Finding], text: str) -> list[tuple[str, str]]:
    return [(one.rule, text[one.start : one.end]) for one in found]


@pytest.mark.parametrize(
    ("text", "rule", "words"),
    [
        ("In our view you should sue him.", "legal-advice", "you should sue"),
        ("This is clearly illegal.", "legal-advice", "This is clearly illegal"),
        ("We recommend that you press charges.", "legal-advice", "We recommend that you press charges"),
        ("Debería demandar a la otra persona.", "legal-advice", "Debería demandar"),
        ("Eso es un delito, claro.", "legal-advice", "Eso es un delito"),
        (
            "Our filter flagged the post for its keywords.",
            "detection-signal",
            "Our filter flagged the post for its keywords",
        ),
        ("El sistema detectó otra IP.", "detection-signal", "El sistema detectó otra IP"),
    ],
)
def test_what_only_specialists_may_say_is_told(text: str, rule: str, words: str) -> None:
    assert (rule, words) in told(specialist(text), text)


@pytest.mark.parametrize(
    "text",
    [
        "You can report it to the police, and a lawyer can tell you more.",
        "We cannot say whether this is illegal.",
        "No podemos decirle si eso es un delito.",
        "Our systems noticed nothing unusual. Open the app on your device.",
        "Nuestro equipo vio su mensaje. Abra la aplicación en su dispositivo.",
    ],
)
def test_pointing_to_specialists_passes(text: str) -> None:
    assert specialist(text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("You shouldn't have posted your address.", "You shouldn't have posted"),
        ("Why did you accept the request?", "Why did you accept"),
        ("No deberías haber compartido la foto.", "No deberías haber compartido"),
        ("¿Por qué publicaste eso?", "Por qué publicaste"),
        ("Es su culpa.", "Es su culpa"),
    ],
)
def test_blame_is_told(text: str, words: str) -> None:
    assert told(blame(text), text) == [("blame", words)]


COMFORT = ("This is not your fault.", "None of this is your fault.", "No es tu culpa.", "Why did you write? Thank you.")


@pytest.mark.parametrize("text", COMFORT)
def test_comfort_passes(text: str) -> None:
    assert blame(text) == []


def test_blame_is_minded_in_a_safety_matter_only() -> None:
    check = Checker(lambda _: ("en", 0.9))
    ticket = Ticket(7, "mail", Status.OPEN, Priority.NORMAL, "x", 1, 0, 0, language="en", severity=Severity.S2)
    calm = Ticket(7, "mail", Status.OPEN, Priority.NORMAL, "x", 1, 0, 0, language="en")
    change, ana = Change(reply="You should not have sent the form twice."), Customer(1, "Ana")
    assert [one.rule for one in check(change, ticket, ana, ())] == ["blame"]
    assert check(change, calm, ana, ()) == []

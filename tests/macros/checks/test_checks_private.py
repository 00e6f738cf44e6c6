"""What must not leave: other people's data, numbers of a person, words for colleagues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.protocols import Sending
from data.records.changes import Change, Finding
from data.records.customers import Customer, Identity
from data.records.messages import Direction, Message, MessageKind
from data.records.tickets import Priority, Status, Ticket
from macros.checks.check import Checker
from macros.checks.personal import dni, iban

ANA = Customer(1, "Ana García", (Identity("email", "ana@home.example"), Identity("handle", "@ana.g")))


class Known:
    """Luis is customer 2, and he alone wrote order 88-123456; everybody wrote article 360012345."""

    def whose(self, values: Sequence[str], /) -> Mapping[str, int]:
        known = {"luis@home.example": 2, "@luisp": 2, "+34611222333": 2, "ana@home.example": 1, "@ana.g": 1}
        return {value: known[value] for value in values if value in known}

    def named(self, names: Sequence[str], /) -> Mapping[str, frozenset[int]]:
        known = {"Luis Pérez": frozenset({2}), "Ana García": frozenset({1, 7}), "Noa Vidal": frozenset({9})}
        return {name: known[name] for name in names if name in known}

    def wrote(self, numbers: Sequence[str], /) -> Mapping[str, frozenset[int]]:
        known = {"88-123456": frozenset({2}), "360012345": frozenset({2, 3}), "55555": frozenset({1})}
        return {number: known[number] for number in numbers if number in known}

    def owner(self, ticket_id: int, /) -> int | None:
        return {7: 1, 8: 2}.get(ticket_id)


def message(text: str, direction: Direction = Direction.IN, name: str = "Ana García") -> Message:
    return Message(1, 7, direction, MessageKind.MAIL, name, "ana@home.example", "", text, text, 0, 0, language="en")


def findings(text: str, *conversation: Message, language: str = "en", agent: str = "Noa Vidal") -> list[Finding]:
    ticket = Ticket(7, "mail", Status.OPEN, Priority.NORMAL, "Parcel", 1, 0, 0, language=language)
    check = Checker(lambda _: (language, 0.99), own_addresses=("help@shop.example",))
    return check(Change(reply=text), ticket, ANA, conversation, Sending("ana@home.example", agent, 0, Known()))


def said(text: str, *conversation: Message, language: str = "en") -> list[tuple[str, bool, str]]:
    found = findings(text, *conversation, language=language)
    return [(one.rule, one.blocking, text[one.start : one.end]) for one in found]


@pytest.mark.parametrize(
    ("text", "rule", "words"),
    [
        ("Write to Luis@Home.example please.", "other-customer", "Luis@Home.example"),
        ("The account @LuisP has it.", "other-customer", "@LuisP"),
        ("Call +34 611 222 333 then.", "other-customer", "+34 611 222 333"),
        ("Your order 88-123456 left today.", "other-customer", "88-123456"),
        ("As in ticket #8, try again.", "other-customer", "ticket #8"),
        ("Your card 4111 1111 1111 1111 is fine.", "card-number", "4111 1111 1111 1111"),
        ("We pay to ES91 2100 0418 4502 0005 1332 today.", "bank-account", "ES91 2100 0418 4502 0005 1332"),
        ("Your DNI 12345678Z is on file.", "national-id", "12345678Z"),
        ("Your DNI ١٢٣٤٥٦٧٨-z is on file.", "national-id", "١٢٣٤٥٦٧٨-z"),
        ("Your NIE X1234567L is on file.", "national-id", "X1234567L"),
        ("Your SSN 123-45-6789 is on file.", "national-id", "123-45-6789"),
        ("Your new password is Ab3!xyz.", "gives-secret", "Ab3!xyz."),
        ("Su contraseña temporal es: «tigre2024»", "gives-secret", "tigre2024"),
        ("Your verification code is 482913", "gives-secret", "482913"),
        ("INTERNAL NOTE: he lied.", "internal", "INTERNAL NOTE"),
        ("Thanks\nNO COMPARTIR\nhe lied", "internal", "NO COMPARTIR"),
        ("It is for uso interno.", "internal", "uso interno"),
    ],
)
def test_what_harms_somebody_blocks(text: str, rule: str, words: str) -> None:
    assert (rule, True, words) in said(text)


@pytest.mark.parametrize(
    "text",
    [
        "Write to ana@home.example or help@shop.example, as @ana.g did.",
        "Your order 55555 left, see https://help.example/articles/88-123456 and article 360012345.",
        "In ticket #7 and ticket #99 all is well since 2026-11-27, 34.1 and 12:30.",
        "Card 4111 1111 1111 1112, order 12345678A, amount 1 234 567.89 EUR.",
        "Account ES91 2100 0418 4502 0005 1333 does not exist.",
        "Your password is safe. Reset your password: https://shop.example/reset9 in 24 hours.",
        "Choose a password: 12-letter ones are best. La contraseña es incorrecta. Nunca compartas tu clave.",
        "Do not share your code with anybody. Te recomendamos no compartir tu contraseña con nadie.",
        "Our internal team looks at it. No compartas el código con otros usuarios.",
        "Call us on 900 123 456 or 1-800-555-0199.",
        "Reference 2024-11-0012 and order 1234567890123.",
    ],
)
def test_honest_words_pass(text: str) -> None:
    assert said(text) == []


def test_a_phone_number_that_is_nobodys_is_told_unless_the_customer_gave_it() -> None:
    text = "You can call +1 202 555 0143."
    assert said(text) == [("phone", False, "+1 202 555 0143")]
    assert said(text, message("My phone is 202-555-0143")) == []


def test_what_the_customer_wrote_is_no_secret_to_them() -> None:
    text = "About @luisp and order 88-123456: we look at it. Luis Pérez hears nothing."
    asked = message("Luis Pérez, that is @luisp, has my order 88-123456")
    assert {one[0] for one in said(text)} == {"other-customer", "name"}
    assert said(text, asked) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello Ana,\nthank you, Luis.", "Luis"),
        ("Hola Ana:\nGracias, Marta Ruiz.", "Marta Ruiz"),
        ("Hello Ana,\nI spoke with Luis Pérez about it.", "Luis Pérez"),
        ("Hello Ana,\nall is well.\n\nKind regards,\nBea Soler\nLumivo Support", "Bea Soler"),
        ("Hello Ana,\nall is well.\n\nBea", "Bea"),
    ],
)
def test_a_left_over_name_is_told(text: str, words: str) -> None:
    assert ("name", False, words) in said(text, message("We look at it", Direction.OUT, "Bea Soler"))


@pytest.mark.parametrize(
    "text",
    [
        "Hello Ana,\nthank you, Ana.\n\nKind regards,\nNoa Vidal\nLumivo Support",
        "Hello Ana García,\nmy colleague Bea Soler looked at it. Thank you, team.\n\nNoa",
        "Hola Ana:\nGracias de nuevo. Perdona. Claro, lo miramos.\nEquipo de Soporte",
    ],
)
def test_right_names_pass(text: str) -> None:
    assert said(text, message("We look at it", Direction.OUT, "Bea Soler"), language="en") == []


def test_words_of_a_note_do_not_leave_but_what_the_customer_saw_may() -> None:
    note = message("the bank says this man has tried it three times before", Direction.NOTE, "Bea Soler")
    text = "Hello, we think this man has tried it three times before, sorry."
    assert said(text, note) == [("internal", True, "this man has tried it three times before")]
    assert said(text, note, message("this man has tried it three times before")) == []
    assert said("This man has tried it again.", note) == []


def test_nothing_is_looked_up_where_nobody_can_be_asked() -> None:
    check = Checker(lambda _: ("en", 0.99))
    ticket = Ticket(7, "mail", Status.OPEN, Priority.NORMAL, "Parcel", 1, 0, 0, language="en")
    found = check(Change(reply="Write to luis@home.example"), ticket, replace(ANA, name=""), ())
    assert [one.rule for one in found] == ["other-address"]


@given(st.integers(0, 99_999_999))
def test_exactly_one_letter_fits_a_dni(number: int) -> None:
    assert sum(dni(f"{number:08}{letter}") for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 1


@given(st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=11, max_size=30))
def test_exactly_one_pair_of_check_digits_fits_an_account(rest: str) -> None:
    fitting = [pair for pair in range(2, 99) if iban(f"ES{pair:02}{rest}")]
    assert len(fitting) == 1


@given(st.text(alphabet=st.sampled_from("aA1 +-@.#\nñé:/{}[]«9"), max_size=200), st.text(max_size=100))
def test_every_finding_points_into_the_reply(text: str, noted: str) -> None:
    for language in ("en", "es"):
        for one in findings(text, message(noted, Direction.NOTE), language=language):
            assert 0 <= one.start <= one.end <= len(text)

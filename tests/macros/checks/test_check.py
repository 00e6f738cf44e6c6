from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.records.changes import Change, Finding
from data.records.customers import Customer, Identity
from data.records.messages import Direction, Message, MessageKind
from data.records.outbox import Enclosure
from data.records.tickets import Priority, Status, Ticket
from macros.checks.check import Checker
from macros.checks.personal import luhn

ANA = Customer(1, "Ana García", (Identity("email", "ana@home.example"),))


def ticket(language: str) -> Ticket:
    return Ticket(7, "mail", Status.OPEN, Priority.NORMAL, "Parcel", 1, 0, 0, language=language)


def message(text: str, direction: Direction = Direction.IN) -> Message:
    return Message(1, 7, direction, MessageKind.MAIL, "", "ana@home.example", "", text, text, 0, 0, language="en")


def findings(text: str, language: str = "en", detected: str = "", *conversation: Message) -> list[Finding]:
    check = Checker(lambda _: (detected or language, 0.99), own_addresses=("@shop.example",))
    return check(Change(reply=text), ticket(language), ANA, conversation)


def said(found: list[Finding], text: str) -> list[tuple[str, bool, str]]:
    return [(one.rule, one.blocking, text[one.start : one.end]) for one in found]


@pytest.mark.parametrize(
    ("language", "text", "rule", "words"),
    [
        ("en", "You get {{ amount }} back", "hole", "{{ amount }}"),
        ("en", "Dear [CUSTOMER NAME], hello", "hole", "[CUSTOMER NAME]"),
        ("en", "It is {order_id} now", "hole", "{order_id}"),
        ("en", "Please send us your password.", "asks-secret", "send us your password"),
        ("en", "What is the verification code?", "asks-secret", "What is the verification code"),
        ("en", "Could you tell me the code", "asks-secret", "tell me the code"),
        ("es", "Envíenos su contraseña, por favor.", "asks-secret", "Envíenos su contraseña"),
        ("es", "¿Cuál es tu PIN?", "asks-secret", "Cuál es tu PIN"),
        ("es", "Necesitamos el código que recibió.", "asks-secret", "Necesitamos el código"),
    ],
)
def test_holes_and_asking_for_secrets_block(language: str, text: str, rule: str, words: str) -> None:
    assert (rule, True, words) in said(findings(text, language), text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "We will never ask you to send us your password."),
        ("en", "Please don't share your PIN with anybody."),
        ("en", "You will receive a link to reset your password."),
        ("en", "Please tell us the error code."),
        ("es", "Nunca le pediremos que nos envíe su contraseña."),
        ("es", "¿Nos indica el código de pedido?"),
        ("es", "No comparta su clave con nadie."),
        ("en", "See https://shop.example/?q=[a]&b=1 and write to help@shop.example or ana@home.example."),
        ("en", "Hi there, the file you attached has arrived."),
        ("en", "Hello Ana, thank you!"),
        ("en", "Your order number is 1234567890123."),
    ],
)
def test_honest_replies_pass(language: str, text: str) -> None:
    assert findings(text, language) == []


@pytest.mark.parametrize(
    ("language", "text", "rule", "words"),
    [
        ("en", "Hi Luis,\nthanks", "name", "Luis"),
        ("es", "Estimada Sra. Pérez: gracias.", "name", "Pérez"),
        ("es", "Hola Ana. Puede probar otra vez? Gracias.", "inverted-marks", "Puede probar otra vez?"),
        ("es", "¿Todo bien? Estupendo!", "inverted-marks", "Estupendo!"),
        ("en", "We guarantee a full refund.", "promise-refund", "guarantee a full refund"),
        ("es", "Le devolveremos todo.", "promise-refund", "Le devolveremos"),
        ("en", "That user has been banned.", "promise-outcome", "user has been banned"),
        ("es", "Vamos a suspender su cuenta.", "promise-outcome", "Vamos a suspender su cuenta"),
        ("en", "Please find attached the form.", "attachment", "find attached"),
        ("es", "Le adjunto el formulario.", "attachment", "Le adjunto"),
        ("en", "Write to Bob@Other.example please.", "other-address", "Bob@Other.example"),
    ],
)
def test_the_rest_is_told_without_blocking(language: str, text: str, rule: str, words: str) -> None:
    assert (rule, False, words) in said(findings(text, language), text)


@pytest.mark.parametrize("text", ["Please find attached the form.", "Le adjunto el formulario."])
def test_talk_of_an_attachment_is_right_where_there_is_one(text: str) -> None:
    check = Checker(lambda _: ("en", 0.5))
    assert (
        check(Change(reply=text, attachments=(Enclosure("/tmp/form.pdf", "form.pdf", 9),)), ticket("en"), ANA, ()) == []
    )
    assert [one.rule for one in check(Change(reply=text), ticket("en"), ANA, ())] == ["attachment"]


@pytest.mark.parametrize("text", ["Have you seen the attached file?", "Your file is attached to the ticket."])
def test_the_customers_own_attachment_may_be_spoken_of(text: str) -> None:
    assert "attachment" not in [one.rule for one in findings(text)]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("We never promise that you get a refund.", []),
        ("We cannot say that you will get your money.", []),
        ("We will refund you.", ["promise-refund"]),
        ("We are not sure about that. We will refund you.", ["promise-refund"]),
    ],
)
def test_a_promise_that_is_denied_is_none(text: str, rules: list[str]) -> None:
    assert [one.rule for one in findings(text)] == rules


def test_what_a_blocking_finding_says_is_not_said_twice() -> None:
    found = findings("Hello, {{ name }} comes.")
    assert [(one.rule, one.blocking) for one in found] == [("hole", True)]


def test_an_empty_subject_is_no_hole_and_one_with_a_hole_blocks() -> None:
    check = Checker(lambda _: ("en", 0.99))
    (only,) = check(Change(reply="Here you are.", subject="About {{ order }}"), ticket("en"), ANA, ())
    assert (only.rule, only.blocking, only.start, only.end, only.message[:8]) == ("hole", True, 0, 0, "Subject:")


def test_the_language_of_the_ticket_goes_before_that_of_the_last_message() -> None:
    check = Checker(lambda _: ("es", 0.99))
    last = message("Where is it")  # read as English
    assert check(Change(reply="Aquí está."), ticket("es"), ANA, [last]) == []
    assert [one.rule for one in check(Change(reply="Aquí está."), ticket("und"), ANA, [last])] == ["reply-language"]


def test_a_known_address_and_one_of_ours_may_be_named_and_a_note_makes_none_known() -> None:
    text = "Write to eve@other.example."
    assert [one.rule for one in findings(text)] == ["other-address"]
    assert findings(text, "en", "en", message("I am eve@other.example")) == []
    assert "other-address" in [one.rule for one in findings(text, "en", "en", message(text, Direction.NOTE))]
    assert findings("Write to us@shop.example.") == []


def test_a_reply_in_another_language_is_told() -> None:
    assert [one.rule for one in findings("Hola", "en", "es")] == ["reply-language"]
    assert findings("Hola", "en", "und") == []


def test_an_unsure_detector_does_not_accuse() -> None:
    check = Checker(lambda _: ("es", 0.5))

    assert check(Change(reply="ok"), ticket("en"), ANA, ()) == []


def test_an_empty_reply_blocks_and_no_reply_is_nothing_to_check() -> None:
    check = Checker(lambda _: ("en", 1.0))

    assert [one.blocking for one in check(Change(reply=" \n"), ticket("en"), ANA, ())] == [True]
    assert check(Change(note="{{ x }}"), ticket("en"), ANA, ()) == []


def test_questions_that_nothing_answers_are_counted_since_our_last_reply() -> None:
    asked = message("When does the parcel come? Do you sell lamps?")
    reply = "Your parcel comes on Friday."

    assert findings(reply, "en", "en", asked)[0].message == "1 of 2 answered; left: Do you sell lamps?"
    assert findings(reply, "en", "en", asked, message("Yes.", Direction.OUT)) == []


def test_what_blocks_comes_first() -> None:
    found = findings("Hi Luis, you get {{ amount }}")

    assert [one.rule for one in found] == ["hole", "name"]


@given(st.text(alphabet=st.sampled_from("a ¿?!.{}[]@1\n-ñ"), max_size=200))
def test_every_finding_points_into_the_reply(text: str) -> None:
    for one in findings(text, "es"):
        assert 0 <= one.start <= one.end <= len(text)


@given(st.integers(min_value=0, max_value=10**14))
def test_exactly_one_check_digit_is_right(number: int) -> None:
    assert sum(luhn(f"{number}{digit}") for digit in range(10)) == 1 or number == 0

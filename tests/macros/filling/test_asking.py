"""Whether a reply asks for something: it then waits for the answer."""

from __future__ import annotations

import pytest

from data.records.tickets import Status
from macros.files.front_matter import parse
from macros.filling.asking import asks
from macros.render import render
from tests.macros.files.test_library_content import situation

ASKING = [
    "Could you send me the order number?",
    "Please send us a screenshot.",
    "We need your order number to go on.",
    "Let me know which one you prefer.",
    "I need two things: the version and the device.",
    "¿Qué versión usa?",
    "Por favor, envíenos el recibo.",
    "Necesitamos el número de pedido para continuar.",
    "Indíquenos su país, por favor.",
    "Quedo pendiente de su respuesta.",
    "Mándame una captura.",
]
ANSWERING = [
    "Your refund is on its way.",
    "If you have any questions, let us know.",
    "Is there anything else I can help with?",
    "Please do not send me your password.",
    "Please update the app and restart.",
    "You find it here: https://help.example/?q=refund",
    "Need more help? Visit our help page.",
    "¿Le puedo ayudar en algo más?",
    "No me envíe contraseñas.",
    "Si necesita algo más, escríbanos.",
    "No dude en responder si vuelve a ocurrir.",
]


@pytest.mark.parametrize("text", ASKING)
def test_a_question_and_a_request_ask(text: str) -> None:
    assert asks(text)
    assert asks(f"{ANSWERING[0]}\n\n{text}\n\nKind regards")


@pytest.mark.parametrize("text", ANSWERING)
def test_courtesies_conditions_and_warnings_do_not(text: str) -> None:
    assert not asks(text)


@pytest.mark.parametrize(
    ("actions", "text", "status"),
    [
        ("", "Which phone is it?", Status.PENDING),
        ("", "It is under Settings.", Status.SOLVED),
        ('status = "solved"', "Which phone is it?", Status.SOLVED),
        ('status = "pending"', "It is under Settings.", Status.PENDING),
        ('status = "open"', "I am looking.", Status.OPEN),
        ('escalate = { team = "Depot" }', "It is under Settings.", Status.ON_HOLD),
        ('escalate = { team = "Depot" }\nstatus = "solved"', "It is with them.", Status.ON_HOLD),
        ('escalate = { team = "Depot" }\nstatus = "pending"', "It is with them.", Status.PENDING),
        ('snooze = "2d"', "It is under Settings.", None),
    ],
)
def test_a_macro_that_names_no_status_waits_where_it_asks(actions: str, text: str, status: Status | None) -> None:
    macro = parse("a/one", f"+++\n[actions]\n{actions}\n+++\n{text}")
    assert render(macro, "en", situation("tu"), {}).change.status is status

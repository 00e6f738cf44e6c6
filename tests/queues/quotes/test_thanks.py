"""What counts as nothing but thanks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.records.incoming import Incoming
from data.records.messages import Attachment, MessageKind
from queues.quotes.only_thanks import is_thanks, only_thanks


@pytest.mark.parametrize(
    "text",
    ["Thank you so much!", "thanks, it works now", "ty!!", "¡Muchas gracias!", "Mil gracias por la ayuda 🙏", "❤️",
     "🙏🏽🙏🏽", "Thanks for your help!", "Muchas gracias por tu ayuda.", "thanks for the quick reply",
     "Great help, thanks", "Gracias, ya funciona. Un saludo", "Perfect, thanks", "Many thanks for your quick help.",
     "Great service, thank you!", "Muchas gracias por la rapidez", "Problem solved, thank you", "Received, thanks",
     "El problema está resuelto, gracias", "Todo correcto, gracias. Feliz fin de semana", "Thanks again!",
     "Thanks for the update", "Gracias por la información", "Muchas gracias por la pronta respuesta",
     "Gracias por avisarme", "Hola, mil gracias", "Ya quedó, gracias", "Bárbaro, muchas gracias", "Se agradece mucho",
     "Thanks for sorting this out so quickly!", "Received with thanks", "Much appreciated", "Vielen Dank!",
     "Merci beaucoup", "Muito obrigada"],
)  # fmt: skip
def test_thanks(text: str) -> None:
    assert is_thanks(text)


@pytest.mark.parametrize(
    "text",
    ["thanks but it still crashes", "gracias, ¿y cuánto tarda?", "thanks?", "", "   ", "😡", "ok", "??",
     "thanks for nothing", "gracias por nada", "Help me, thanks", "Ayuda, gracias", "help, thanks",
     "Great! Help! Thanks", "answer me, thanks", "thanks 😡", "gracias 👎", "thanks :(", "gracias 😞🙏",
     "Thanks. Help your team", "support, thanks", "Thank you. Now my other account is locked",
     "😡🙏", "it works now", "Thanks, it was working", "Thanks. Problem", "Thanks, not received",
     "no recibido, gracias", "Gracias, problema no resuelto", "Info, gracias", "Update please, thanks",
     "Let me know, thanks", "Responder, gracias", "Una solución, gracias", "Gracias por avisar tarde",
     "Thanks for letting me down", "Thanks for the update on nothing", "Gracias por no contestar"],
)  # fmt: skip
def test_everything_else_wants_an_answer(text: str) -> None:
    assert not is_thanks(text)


@given(st.text(max_size=200))
def test_a_question_never_is(text: str) -> None:
    assert not is_thanks(f"{text}?")


def test_the_names_of_who_thanks_and_who_is_thanked_ask_nothing() -> None:
    signed = incoming("Thanks, Marta!\n\nLuis", name="Luis Prado")
    assert only_thanks(signed, "marta")
    assert not only_thanks(signed)
    assert not only_thanks(incoming("Thanks, Marta! Luis"), "marta")
    assert not only_thanks(incoming("Marta", name="Marta"))


def incoming(text: str, *types: str, new_text: str = "", name: str = "") -> Incoming:
    files = tuple(Attachment("f", kind, 3, "", place) for place, kind in enumerate(types))
    return Incoming(
        connector="mbox", source="x", raw_sha256="", kind=MessageKind.MAIL, from_name=name, subject="", text=text,
        from_address="ana@x.example", new_text=new_text or text, at=None, attachments=files,
    )  # fmt: skip


def test_thanks_with_a_file_or_with_words_out_of_sight_want_an_answer() -> None:
    frame = "On Sun, 1 Mar 2026 at 18:20, Help <help@desk.example> wrote:"
    assert only_thanks(incoming("Gracias."))
    assert only_thanks(incoming("Gracias.", "application/pgp-signature"))
    assert only_thanks(incoming(f"Thanks!\n\n{frame}\n> Is it there?", new_text="Thanks!"))
    assert not only_thanks(incoming("Gracias.", "image/png"))
    assert not only_thanks(incoming(f"Thanks!\n\n{frame}\n\nIs it there?", new_text="Thanks!"))
    assert not only_thanks(incoming("Thanks!\n\nbut it still fails", new_text="Thanks!"))

"""Cutting quoted history and signatures off what a customer wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.new_text import split

ATTRIBUTIONS = [
    "On Tue, Mar 4, 2025 at 9:12 AM Acme <help@acme.example> wrote:",
    "El mar, 4 mar 2025 a las 9:12, Acme (<help@acme.example>) escribió:",
    "El jue, 7 mar 2024 a la(s) 16:43, Sofía Pérez\n(sofia@outlook.example) escribió:",
    "Em ter., 4 de mar. de 2025 às 09:12, Acme <help@acme.example> escreveu:",
    "O mar., 4 mar. 2025 ás 9:12, Acme (<help@acme.example>) escribiu:",
    "El dt., 4 març 2025 a les 9:12, Acme <help@acme.example> va escriure:",
    "Il giorno mar 4 mar 2025 alle ore 09:12 Acme <help@acme.example> ha scritto:",
    "Le mar. 4 mars 2025 à 09:12, Acme <help@acme.example> a écrit :",
    "Am Di., 4. März 2025 um 09:12 Uhr schrieb Acme <help@acme.example>:",
]
SEPARATORS = [
    "-----Original Message-----",
    "-----Mensaje original-----",
    "---------- Forwarded message ---------",
    "________________________________\nFrom: Acme <help@acme.example>\nSent: Tuesday, March 4, 2025 9:12 AM",
    "De: Acme <help@acme.example>\nEnviado: martes, 4 de marzo de 2025 9:12\nPara: Ana",
]
LEGAL = (
    "AVISO LEGAL: Este mensaje va dirigido exclusivamente a su destinatario. Si usted no lo es, elimínelo.",
    "This email and any attachments are confidential and intended solely for the addressee. If you have received "
    "this message in error please notify the sender and delete it.",
)


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
@pytest.mark.parametrize("history", ["> Hello,\n> we are looking into it.", "Hello,\nwe are looking into it."])
def test_history_under_an_attribution_is_quoted(attribution: str, history: str) -> None:
    parts = split(f"Still broken.\n\n{attribution}\n\n{history}")
    assert parts.text == "Still broken."
    assert "looking into it" in parts.quoted


@pytest.mark.parametrize("separator", SEPARATORS)
def test_history_under_a_separator_is_quoted(separator: str) -> None:
    assert split(f"Still broken.\n\n{separator}\nSubject: Re: it\n\nHello again").text == "Still broken."


def test_an_answer_below_or_between_quotes_is_kept() -> None:
    attribution = ATTRIBUTIONS[0]
    assert split(f"{attribution}\n> did it work?\n\nno, it did not").text == "no, it did not"
    between = split(f"{attribution}\n> first?\n\nyes\n\n> second?\n\nno").text
    assert between.split() == ["yes", "no"]


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nAna Gómez\nSales | Acme",
        "Sent from my iPhone",
        "Enviado desde mi iPhone",
        "Enviado desde Yahoo Mail para Android",
        "Get Outlook for Android",
        "Regards,\nAna Gómez",
        "Un saludo,\nAna",
        *LEGAL,
    ],
)
def test_a_signature_is_cut(signature: str) -> None:
    parts = split(f"Where is my card?\n\n{signature}")
    assert parts.text == "Where is my card?"
    assert parts.signature == signature.strip()


def test_a_bare_forward_keeps_its_words() -> None:
    parts = split("---------- Forwarded message ---------\nFrom: a@b.example\nDate: 4 Mar 2025\n\nYour parcel is late")
    assert parts.text.strip() == "Your parcel is late"


@pytest.mark.parametrize("text", ["Thanks!", "Gracias de antemano.", "On Monday the agent wrote: wait", "De: nada"])
def test_ordinary_words_stay(text: str) -> None:
    assert split(text).text == text


PIECES = st.lists(
    st.sampled_from([*ATTRIBUTIONS, *SEPARATORS, *LEGAL, "> quoted", "-- ", "hola", "", "Regards,", "Ana", "##-x-##"])
    | st.text(max_size=40),
    max_size=12,
)


@given(PIECES)
def test_words_are_never_lost_and_never_invented(pieces: list[str]) -> None:
    text = "\n".join(pieces)
    parts = split(text)
    signs = "".join(parts.text.split())
    # a number or a face is enough; without either the words are found, wherever they stand
    assert any(map(str.isalpha, parts.text)) == any(map(str.isalpha, text)) or 0 < len(signs) <= 8
    assert set(parts.text.split()) <= set(text.split())


@pytest.mark.parametrize("said", ["5", "4/5", "★★★★☆", "😊", "🙏🏽🙏🏽", "4,5 / 5!"])
@pytest.mark.parametrize(
    "rest",
    ["\n\nOn Mon, 23 Nov 2026 at 10:00, Ann <ann@x.example> wrote:\n> How did we do?\n> 1 (bad)",
     "\n\nEnviado desde mi iPhone", "\n\nUn saludo,\nAna"],
)  # fmt: skip
def test_a_number_or_a_face_alone_is_all_that_was_said(said: str, rest: str) -> None:
    assert split(said + rest).text == said

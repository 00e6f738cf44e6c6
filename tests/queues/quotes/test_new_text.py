"""Cutting quoted history and signatures off what a customer wrote."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.quotes.new_text import split

ATTRIBUTIONS = [
    "On Tue, Mar 4, 2025 at 9:12 AM Acme <help@acme.example> wrote:",
    "El mar, 4 mar 2025 a las 9:12, Acme (<help@acme.example>) escribió:",
    "El jue, 7 mar 2024 a la(s) 16:43, Sofía Pérez\n(sofia@outlook.example) escribió:",
    "Em ter., 4 de mar. de 2025 às 09:12, Acme <help@acme.example> escreveu:",
    "En martes, 4 de marzo de 2025, 09:12:22 a. m. CST, Acme <help@acme.example> escribió:",
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


def test_a_bare_forward_is_shown_as_a_whole() -> None:
    forward = "---------- Forwarded message ---------\nFrom: a@b.example\nDate: 4 Mar 2025\n\nYour parcel is late"
    assert split(forward).text == forward


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
    assert any(map(str.isalpha, parts.text)) == any(map(str.isalpha, text)) or 0 < len(signs) <= 30
    assert set(parts.text.split()) <= set(text.split())


@pytest.mark.parametrize("said", ["5", "4/5", "★★★★☆", "😊", "🙏🏽🙏🏽", "4,5 / 5!", "12/02/2026 10:15", "4500012345"])
@pytest.mark.parametrize(
    "rest",
    ["\n\nOn Mon, 23 Nov 2026 at 10:00, Ann <ann@x.example> wrote:\n> How did we do?\n> 1 (bad)",
     "\n\nEnviado desde mi iPhone", "\n\nUn saludo,\nAna"],
)  # fmt: skip
def test_a_number_or_a_face_alone_is_all_that_was_said(said: str, rest: str) -> None:
    assert split(said + rest).text == said


MORE_ATTRIBUTIONS = [
    "On Tue, 4 Mar 2025, 09:12 Acme, <help@acme.example> wrote:",
    "On 4 March 2025 at 09:12, Acme <help@acme.example> wrote:",
    "On 04/03/2025 09:12, Acme wrote:",
    "On Tuesday, 4 March 2025 at 09:12:30 GMT, Acme <help@acme.example> wrote:",
    "Op di 4 mrt 2025 om 09:12 schreef Acme <help@acme.example>:",
    "Op 4 mrt 2025, om 09:12 heeft Acme <help@acme.example> het volgende geschreven:",
    "Den tis 4 mars 2025 kl 09:12 skrev Acme <help@acme.example>:",
    "Den 4. mar. 2025 kl. 09.12 skrev Acme <help@acme.example>:",
    "tir. 4. mar. 2025 kl. 09:12 skrev Acme <help@acme.example>:",
    "tirs. 4. mars 2025 kl. 09:12 skrev Acme <help@acme.example>:",
    "wt., 4 mar 2025 o 09:12 Acme <help@acme.example> napisał(a):",
    "W dniu 04.03.2025 o 09:12, Acme pisze:",
    "W dniu wt., 4.03.2025 o 09:12 Acme <help@acme.example> napisał(a):",
    "ti 4. maalisk. 2025 klo 9.12 Acme (help@acme.example) kirjoitti:",
    "Acme kirjoitti 4.3.2025 klo 9.12:",
    "Acme <help@acme.example> kirjoitti ti 4. maalisk. 2025 klo 9.12:",
    "вт, 4 мар. 2025 г. в 09:12, Acme <help@acme.example>:",
    "4 марта 2025 г., 09:12, Acme <help@acme.example> написал:",
    "вівторок, 4 березня 2025 р. Acme <help@acme.example> пише:",
    "Am 04.03.2025 um 09:12 schrieb Acme:",
    "Acme <help@acme.example> schrieb am Di., 4. März 2025, 09:12:",
    "Am Di., 4. März 2025 um 09:12 Uhr schrieb Acme <\nhelp@acme.example>:",
    "Le mar. 4 mars 2025 à 09:12, Acme <help@acme.example> a\nécrit :",
    "Le 04/03/2025 à 09:12, Acme a écrit :",
    "El mar, 4 mar 2025 a las 9:12, Acme (<help@acme.example>)\nescribió:",
    "El 4/3/2025 a las 9:12, Acme escribió:",
    "El martes, 4 de marzo de 2025, 09:12:30 CET, Acme <help@acme.example> escribió:",
    "Em ter., 4 de mar. de 2025 às 09:12, Acme <help@acme.example>\nescreveu:",
    "Em 4 de março de 2025 09:12, Acme <help@acme.example> escreveu:",
    "Il giorno mar 4 mar 2025 alle ore 09:12 Acme\n<help@acme.example> ha scritto:",
    "Il 04/03/2025 09:12, Acme ha scritto:",
    "4 Mar 2025 Sal, 09:12 tarihinde Acme <help@acme.example> şunu yazdı:",
    "Pada Sel, 4 Mar 2025 pukul 09.12 Acme <help@acme.example> menulis:",
    "Vào Th 3, 4 thg 3, 2025 vào lúc 09:12 Acme <help@acme.example> đã viết:",
    "út 4. 3. 2025 v 9:12 odesílatel Acme <help@acme.example> napsal:",
    "În mar., 4 mar. 2025 la 09:12, Acme <help@acme.example> a scris:",
    "Στις Τρί 4 Μαρ 2025 στις 9:12 π.μ., ο χρήστης Acme <help@acme.example> έγραψε:",
    "2025年3月4日(火) 9:12 Acme <help@acme.example>:",
    "2025年3月4日 09:12,Acme <help@acme.example> 写道:",
    "Acme <help@acme.example> 于2025年3月4日周二 09:12写道:",
    "2025년 3월 4일 (화) 오전 9:12, Acme <help@acme.example>님이 작성:",
    "\u202bبتاريخ الثلاثاء، 4 مارس 2025 في 9:12 ص تمت كتابة ما يلي بواسطة "
    "\u202aAcme\u202c\u200f <\u202ahelp@acme.example\u202c\u200f>:\u202c",
    "2025-03-04 9:12 GMT+01:00 Acme <help@acme.example>:",
    "2025-03-04 9:12 GMT+01:00 Acme\n<help@acme.example>:",
    "---- On Tue, 04 Mar 2025 09:12:00 +0100 Acme <help@acme.example> wrote ----",
    "---- El mar, 04 mar 2025 09:12:00 +0100, Acme <help@acme.example> escribió ----",
    "--- On Tue, 3/4/25, Acme <help@acme.example> wrote:",
    "On Tue, Mar 4, 2025, 9:12 AM Acme <help@acme.example\n> wrote:",
    "On Tue, Mar 4, 2025 at 9:12 AM Acme <help@acme.example\n>:",
    "Acme <help@acme.example> escribió:",
    "El mar., 4 mar. 2025 9:12, Acme <help@acme.example> escribió:",
]
HEADER_BLOCKS = [
    "-------- Original message --------\n"
    "From: Acme <help@acme.example>\n"
    "Date: 04/03/2025 09:12 (GMT+01:00)\n"
    "To: Ana <ana@x.example>\n"
    "Subject: Re: it",
    "-------- Mensaje original --------\n"
    "De: Acme <help@acme.example>\n"
    "Fecha: 4/3/25 9:12 (GMT+01:00)\n"
    "A: ana@x.example\n"
    "Asunto: Re: it",
    "________________________________\n"
    "Van: Acme <help@acme.example>\n"
    "Verzonden: dinsdag 4 maart 2025 09:12\n"
    "Aan: Ana\n"
    "Onderwerp: Re: it",
    "________________________________\n"
    "Från: Acme <help@acme.example>\n"
    "Skickat: den 4 mars 2025 09:12\n"
    "Till: Ana\n"
    "Ämne: Re: it",
    "Lähettäjä: Acme <help@acme.example>\n"
    "Lähetetty: tiistai 4. maaliskuuta 2025 9.12\n"
    "Vastaanottaja: Ana\n"
    "Aihe: Re: it",
    "Od: Acme <help@acme.example>\nWysłano: wtorek, 4 marca 2025 09:12\nDo: Ana\nTemat: Re: it",
    "Date: Tue, 4 Mar 2025 09:12:00 +0100\nSubject: Re: it\nFrom: help@acme.example\nTo: ana@x.example",
    "From: help@acme.example\nTo: ana@x.example\nSubject: Re: it\nDate: Tue, 4 Mar 2025 09:12:00 +0100",
    "*From:* Acme [mailto:help@acme.example]\n*Sent:* Tuesday, March 4, 2025 9:12 AM\n*To:* Ana\n*Subject:* it",
    "*De:* Acme <help@acme.example>\n*Enviado el:* martes, 4 de marzo de 2025 9:12\n*Para:* Ana\n*Asunto:* it",
    "De: Acme\nEnviado: martes, 4 de marzo de 2025 9:12\nPara: Ana\nAsunto: it",
]


@pytest.mark.parametrize("frame", [*MORE_ATTRIBUTIONS, *HEADER_BLOCKS])
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_an_answer_directly_above_a_frame_stays_and_the_history_goes(frame: str, gap: str) -> None:
    parts = split(f"No, I still have the wrong one{gap}{frame}\n\nDid the new one arrive?\nThe team")
    assert parts.text == "No, I still have the wrong one"
    assert not parts.sure


@pytest.mark.parametrize(
    "line",
    [
        "At 3/4/2025 09:12 AM, you wrote:",
        "On Tuesday 4 March 2025, 9:12, you wrote:",
        "El martes 4 de marzo de 2025, 9:12, usted escribió:",
        "El 4/3/2025 a las 9:12, escribiste:",
        "Am 04.03.2025 um 09:12 schrieben Sie:",
        "Le 4 mars 2025 à 9:12, vous avez écrit :",
    ],
)
def test_an_attribution_that_says_you_counts_only_above_marked_lines(line: str) -> None:
    assert split(f"It works.\n\n{line}\n> Does it work?\n>Tell us.").text == "It works."
    by_hand = f"It works.\n\n{line}\nthat I get 20 EUR."
    assert split(by_hand).text == by_hand


@pytest.mark.parametrize("frame", [*MORE_ATTRIBUTIONS, *HEADER_BLOCKS])
def test_an_answer_above_and_below_marked_history_stays(frame: str) -> None:
    parts = split(f"No, see below\n{frame}\n> Did the new one arrive?\n\nIt did not, order 4711.\n\n> Really?\n\nYes.")
    assert parts.text.split() == ["No,", "see", "below", "It", "did", "not,", "order", "4711.", "Yes."]
    assert parts.sure


@pytest.mark.parametrize(
    "above",
    ["El jueves pasado recibí un paquete roto", "My mail is ana@x.example", "Ana Ruiz", "12/02/2026 10:15",
     "The order of 3 March 2026, 4711,", "On 3 March 2026 I paid", "From: Berlin", "Asunto: factura 4711"],
)  # fmt: skip
@pytest.mark.parametrize(
    "frame",
    ["On Sun, 1 Mar 2026 at 18:20, Help Desk <help@desk.example> wrote:\n> Which one?",
     "Help Desk <help@desk.example> wrote:\n> Which one?",
     "________________________________\nDe: Soporte <help@desk.example>\nEnviado: domingo, 1 de marzo de 2026 18:20\n"
     "Para: Ana\nAsunto: Re: factura\n\n¿Cuál?"],
)  # fmt: skip
def test_a_frame_is_never_longer_upward(above: str, frame: str) -> None:
    assert split(f"{above}\n{frame}").text == above


@pytest.mark.parametrize(
    "text",
    [
        "On Monday I went there.\nThey wrote:\nno refund",
        "On Monday 3 March at 10:15 your colleague Rosa wrote:\n\nyou get 15 euros.\n\nI never got it.",
        "El lunes 3 de marzo de 2026 a las 10:15 su compañera escribió:\n\nle devolvemos 15 euros\n\nNo ha llegado.",
        "The page says:\n> Payment refused, code 05\nWhat does it mean?",
        "> Payment refused, code 05\n\nWhat is this?",
        "Quiero cambiarlo\n\nDe: Madrid\nA: Sevilla\nFecha: viernes 12/12/2026 10:30\n\n¿Es posible?",
        "El envío\n\nDe: Madrid\nEnviado: viernes 12/12/2026 10:30\nPara: Sevilla\n\nNo ha llegado.",
        "I got this mail:\n\nFrom: scam@x.example\nSubject: You won\nDate: 3 May 2026 10:30\n\nIs it yours?",
        "I got this mail\nFrom: scam@x.example\nSubject: You won\nDate: 3 May 2026 10:30\nIs it yours?",
        "I spoke with\n\nRosa Vidal\n12/02/2026 10:15\n\nand she promised me 15 euros",
        "####################\nError 17\n####################\n\nWhat can I do?",
        "Total\n==========\n40 euros\n==========\nwhy?",
        "Mensaje original\nperdido en la oficina", "I lost the\nOriginal message\nof yours",
        "It says to reply above this line, but where?", "What should I write above this line",
        "I paid\nEnviado desde mi banco el lunes, 300 euros.", "It went\nSent from my old account 4711",
        "Here\nSent from my iPhone 12, order 88123", "Mi paquete\nEnviado con SEUR el martes",
        "I wrote\nSent from my phone? No idea.", "I sent the laptop.\nSent with the blue courier, number 88123.",
        "No llega\n\nGracias\nPedido número 4711", "No llega\n\nSaludos\nPedido Perdido 4711",
        "It is here\n\nThanks,\nStill broken", "It is lost\n\nBest\nOrder 4711", "Hi\n\nRegards,\nPlease call me",
        "Hola\n\nUn saludo,\n¿Cuándo llega?", "Hola\n--\nMi pedido es el 4711", "Options\n--\nWhich one is right?",
        "It was good\n--\nbut it still fails", "Look\n\nConfidential: my code was seen by the recipient of my message",
        "I write because this message with my confidential data went in error to another recipient. Delete it all now.",
        "Please sign:\n\nOn 3 March 2026 I, Ana Ruiz, wrote:\n\nI agree to it.",
    ],
)  # fmt: skip
def test_what_only_looks_like_history_or_a_signature_is_the_customers(text: str) -> None:
    assert split(text).text == text


def test_history_in_one_line_with_the_answer_is_told_apart() -> None:
    parts = split("no, it is not On Sun, 1 Mar 2026 at 18:20, Help <help@desk.example> wrote:\n> Is it there?")
    assert parts.text == "no, it is not"


def test_a_separator_in_a_finished_quote_takes_nothing_below_it() -> None:
    frame = "On Sun, 1 Mar 2026 at 18:20, Help <help@desk.example> wrote:"
    quote = f"{frame}\n> Try again.\n>\n> -----Original Message-----\n> no"
    assert split(f"Hello\n\n{quote}\n\nAs slow as before.").text.split() == ["Hello", "As", "slow", "as", "before."]


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("Thanks!", True),
        ("Thanks!\n\nSent from my iPhone", True),
        ("Thanks!\n\nRegards,\nAna Gil", True),
        ("Thanks!\n\n-- \nAna Gil\nTel. +34 600 111 222", True),
        ("Thanks!\n\n-- \nAna Gil\nbut it still fails", False),
        ("Thanks!\n\nOn Sun, 1 Mar 2026 at 18:20, Help <help@desk.example> wrote:\n> Is it there?", True),
        ("Thanks!\n\nOn Sun, 1 Mar 2026 at 18:20, Help <help@desk.example> wrote:\n\nIs it there?", False),
    ],
)
def test_what_is_cut_without_a_mark_is_not_sure(text: str, sure: bool) -> None:
    parts = split(text)
    assert (parts.text, parts.sure) == ("Thanks!", sure)


@pytest.mark.parametrize(
    "line", ["Sent from my iPhone", "On Sun, 1 Mar 2026 at 18:20, H <h@x.example> wrote:", "Regards,"]
)
def test_the_only_thing_said_is_never_cut(line: str) -> None:
    assert split(line).text == line


def test_time_grows_with_the_length_only() -> None:
    lines = [
        "On Sun, 1 Mar 2026 at 18:20, Help",
        "From: a@b.example",
        "-----Original Message-----",
        "Regards,",
        "> x",
        "--",
    ]
    started = time.process_time()
    split("\n".join(lines * 4_000))
    split("On 1 Mar 2026 " + "a " * 200_000)
    assert time.process_time() - started < 20


@pytest.mark.parametrize(
    "below",
    [
        "On Sun, Mar 1, 2026 at 18:20, Help <help@desk.example> wrote:   Which lamp is it?",
        "El dom., mar. 1, 2026 a 18:20, Help<help@desk.example> escribió:   ¿Qué lámpara es?",
        "-------- Original message --------From: Help <help@desk.example> Date: 01/03/2026 18:20 Subject: Lamp Which?",
        "-------- Mensaje original --------De: Help <help@desk.example> Fecha: 1/3/26 18:20 Asunto: Lámpara ¿Cuál?",
        "You received this message because you're subscribed to the group Help. Leave it: https://groups.example/help",
        "-=-=-=-=-=-=-=-=-\nGroups.io Links: You receive all messages sent to this group.\nhttps://groups.example/g/12",
        "Sent with Proton Mail secure email.",
        "Von meinem/meiner Galaxy gesendet",
        "Envoyé depuis mon appareil Galaxy",
        "Inviato dal mio dispositivo Samsung",
        "Outlook für iOS<https://aka.example/x> beziehen",
        "Wysłane z iPhone'a",
        "<https://www.avast.com/sig-email>\tVirus-free.www.avast.com",
    ],
)
def test_what_programs_put_on_one_line_is_cut(below: str) -> None:
    assert split(f"Still broken.\n\n{below}\n").text == "Still broken."


@pytest.mark.parametrize(
    "text",
    [
        "On Sun, Mar 1, 2026 at 18:20, Help <help@desk.example> wrote: 20 euros. I got nothing.",
        "Your site says\n-----Original Message-----\nabove each mail. Is that right?",
        "-------- Original message -------- is what I read above your mails.",
        "You received this message because you're subscribed? No, I am a customer: https://shop.example/me",
        "The parcel of order 88:\nEnviado por correo\nIt never came.",
        "Ich wechsle\nvon Android\nzu iPhone.",
        "I have to\nget Outlook\nto read this.",
    ],
)
def test_a_sentence_with_the_words_of_a_program_stays(text: str) -> None:
    assert split(f"A question.\n\n{text}").text == f"A question.\n\n{text}"


@pytest.mark.parametrize(
    "signature",
    [
        "--\nLiebe Grüße / Kind regards\n\nJan",
        "--\nMarta Ruiz @martaruiz\nEditor, The Valley Post",
        "From my iPhone 12",
        "Sent from my Acme Seven Octacore device",
        "Sent from my cell, please excuse typos.",
        "Get [Outlook for iOS](https://aka.example/o0ukef)",
        "Sent from Windows Mail",
        "Verzonden met BlackBerry Work",
        "從我的 iPad 傳送",
        "Enviado desde mi smartphone Samsung Galaxy.",
        "Enviado desde mi teléfono Huawei",
        "Enviado desde mi Nokia de Movistar",
        "Envoyé depuis mon téléphone Vodafone",
        "Enviado con el correo electrónico seguro de [Proton Mail](https://proton.example/).",
        "Gesendet mit der Yahoo Mail App",
        "Sent from my ZTE Nova 5",
        "Enviado desde mi vivo Y30",
        "Cordialmente,\n\nMarta Lucía Rojas\nCel: 301 555 0199",
    ],
)
def test_more_of_what_devices_and_people_write_below_is_cut(signature: str) -> None:
    assert split(f"The parcel never came.\n\n{signature}").text == "The parcel never came."


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my office by the courier you named",
        "From my side nothing was changed",
        "Enviado desde mi correo del trabajo, no del móvil",
        "Enviado desde mi cuenta de Orange",
        "Sent from my vivo en Lima account",
        "Sent from my old address to the new one",
        "--\n| 2 | shirts |",
        "Regards / I still wait\nAna",
    ],
)
def test_sentences_that_look_like_them_stay(line: str) -> None:
    assert split(f"The parcel never came.\n\n{line}\n\nPlease look.").text.splitlines()[2] == line.split("\n")[0]


def test_history_behind_bars_is_quoted_below_its_attribution_only() -> None:
    bars = "| sam replied to your question:\n| ------\n| Did the parcel come?\n|"
    attribution = "2025/3/4 Acme Help <help@acme.example>"
    assert split(f"No, it did not.\n\n{attribution}\n\n{bars}").text == "No, it did not."
    assert split(f"No, it did not.\n\n{attribution}\n\n{bars}\n\nAnd one more thing.").text.endswith("one more thing.")
    table = "These came:\n\n| shirts | 2 |\n| socks | 0 |"
    assert split(table).text == table


def test_a_row_of_signs_goes_with_what_it_is_above() -> None:
    block = "Message du : 04/03/2025 09:12\nDe : Acme <help@acme.example>\nA : ana@x.example\nSujet : Colis"
    assert split(f"Not yet.\n\n====\n\n{block}\n\nIs it there?").text == "Not yet."
    assert split(f"Not yet.\n★★★\n\n{block}\n\nIs it there?").text == "Not yet.\n★★★"

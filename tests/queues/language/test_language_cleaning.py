"""What the cleaner leaves of mails, forms, chats and logs."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.language.cleaning import clean
from queues.language.detector import detect
from queues.language.scripts import by_script
from queues.language.templates import KnownTexts
from queues.language.tokens import features, words
from queues.quotes.new_text import is_frame

WISH = "quiero cancelar mi plan"


@pytest.mark.parametrize(
    "text",
    [
        f'<div dir="ltr">{WISH}</div><br><div class="gmail_quote">Acme wrote:<blockquote>Hi</blockquote></div>',
        f"Name: Ana\nEmail: a@b.example\nPlatform: iOS 17\nDescription: {WISH}",
        f"Nombre: Ana\nCorreo electrónico: a@b.example\nPlataforma: iOS\nDescripción: {WISH}",
        f"Agent: how can I help you?\nCustomer: {WISH}\nAgent: one moment please",
        f"[10:02] Soporte: hello there\n[10:03] Ana: {WISH}",
        f"{WISH}\nTypeError: cannot read property\n    at async signIn (main.js:1:2)\nid=7f user_agent=Mozilla/5.0",
        f"Re: We received your request\n\n{WISH}",
        f"{WISH} https://acme.example/login?lang=en",
        f"##- Please type your reply above this line -##\n{WISH}",
        f"Which device?\nPixel 7\nSince when?\n11/03/2024\nPlease describe the problem:\n{WISH}",
        f"Which device?\nPixel 7\nSince when?\n11/03/2024\nPlease describe the problem:\n{WISH}?",
        f"Nome completo: Ana\nE-mail: ana.perez@mail.example\nPedido: 8812\nSua mensagem: {WISH}",
        f"{WISH}\n\nThis email was sent from the contact page.",
        f"{WISH}\n\nYou are receiving this because you are subscribed. Unsubscribe here.",
        f"{WISH}\n\n---\nTicket #88121 · Status: open",
        f"{WISH}\n\nHelp Desk (Acme)\n11 Mar 2024, 10:15\n\nThank you for your message.",
        f"{WISH}\nHow would you rate our answer?\nGood: https://acme.example/1\nBad: https://acme.example/0",
        f"[11/3/24 10:15:22] Acme Ayuda: hola\n[11/3/24 10:16:40] Ana: {WISH}",
        f"[EXTERNAL EMAIL] Do not click links.\n\n{WISH}",
        f"Hello support team, a customer has a new message for you:\n{WISH}",
        f"Olá equipe de suporte, há uma nova mensagem de um cliente:\n{WISH}",
        f"Merhaba destek ekibi, yeni bir mesaj var:\n{WISH}",
        f"Escalated by Tier 1.\n\nCustomer message:\n{WISH}",
        f"{WISH}\n-------------------------\nFrom: help@acme.example\nPlease tell us your number.",
        f"{WISH}\n\nAna Pérez\nCompras\nTalleres del Norte, S. L. · Tel. 600 111 222",
        f"{WISH}\n\n----- Please reply above this line -----\nDana: which phone?",
        f"Operatore: come posso aiutarla?\nCliente: {WISH}\nOperatore: un momento",
        f"Assistant Acme (10:15) : Bonjour\nClient (10:16) : {WISH}",
        f"Visitor 8812\n10:16\n{WISH}\nDana from Acme\n10:17\nOne moment",
    ],
)
def test_only_the_customers_words_remain(text: str) -> None:
    assert clean(text).rstrip("?") == WISH


def test_citations_go_only_where_words_remain() -> None:
    assert clean('me sale "Too many attempts" siempre').split() == ["me", "sale", "siempre"]
    assert clean('"Too many attempts"') == '"Too many attempts"'


@pytest.mark.parametrize(
    "text",
    [
        "Pedido 12\n---\nno ha llegado todavía y lo necesito",
        "¿Va?\nsí\n¿seguro?\nno sé",
        "a las 10:15\nno iba",
        "Hola equipo, no me llega el código:\nsolo una pantalla negra",
    ],
)
def test_what_looks_like_machines_but_is_the_customer_stays(text: str) -> None:
    assert len(clean(text).split()) >= len(text.split()) - 3


@given(st.text(alphabet='ab <>/:\n"-_=#@.á>', max_size=200))
def test_cleaning_takes_any_text_and_invents_no_letters(text: str) -> None:
    assert set(filter(str.isalpha, clean(text))) <= set(filter(str.isalpha, text))


@pytest.mark.parametrize("unit", ["<style>", "<a ", "a:b\n", '"', "a@", "x=", "_a", "at a(", "On 4 a\n", "«", "aaa-"])
def test_cleaning_hostile_text_costs_no_more_than_its_length(unit: str) -> None:
    started = time.process_time()
    clean(unit * 50_000)
    assert time.process_time() - started < 5  # a quadratic step takes minutes


@pytest.mark.parametrize(
    ("text", "language", "shared"),
    [
        ("hola", "", False),
        ("我想听 the Music of Ghost in the Shell", "zh", False),
        ("東京タワーへ行く", "ja", False),
        ("привет", "ru", True),
        ("γεια σου", "und", True),
        ("où êtes-vous", "", False),
    ],
)
def test_the_script_rule(text: str, language: str, shared: bool) -> None:
    assert by_script(text) == (language, shared)


def test_drawn_out_letters_are_shortened() -> None:
    assert words("HOLAAAA!! 123 qué_tal") == ["hola", "qué", "tal"]


def test_features_are_grams_and_the_word() -> None:
    assert features("q") == ["_q", "q_", "_q_"]
    assert features("hola")[-1] == "_hola_"


def test_subtraction_keeps_what_is_not_ours() -> None:
    known = KnownTexts(["Thank you for contacting Acme support today."])
    assert known.subtract("Thank you for contacting Acme support today.\nNo funciona.") == "No funciona."
    assert known.subtract("Thank you so much.") == "Thank you so much."


def test_a_greeting_that_we_use_too_is_anybodys_unless_more_of_ours_stands_there() -> None:
    known = KnownTexts(["Hello,\nThank you for contacting Acme support today."])
    assert known.subtract("Hello,\nno va") == "Hello,\nno va"
    assert known.subtract("Hello,\nThank you for contacting Acme support today.\nno va") == "no va"


def test_a_header_stays_one_line_and_is_known_by_it() -> None:
    answer = "Thank you for writing to us. We will answer within one working day."
    block = "From: Lumivo Help <help@lumivo.example>\nSent: Tuesday, March 3, 2026 10:12\nTo: Ana <ana@x.example>\n"
    mail = f"me hackearon\n\n{block}Subject: Your request\n\n{answer}"
    assert KnownTexts([answer]).subtract(mail, kept=is_frame).startswith(f"me hackearon\n\n{block}Subject:")
    assert detect(mail, known_texts=[answer], cut=0).language == "es"


def test_texts_laid_over_others_leave_those_as_they_are() -> None:
    below = KnownTexts(["One sentence of ours is here."])
    above = KnownTexts(["Another one of ours is there."], over=below)
    text = "One sentence of ours is here.\nAnother one of ours is there.\nno va"
    assert above.subtract(text) == "no va"
    assert below.subtract(text) == "Another one of ours is there.\nno va"

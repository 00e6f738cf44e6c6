"""National numbers, accounts and phones as people write them: with any separator, glued to their word, or alone."""

from __future__ import annotations

import pytest

from data.confidential.mask import DOTS, masked

FORMS = {
    "DNI": ["30519284D", "30519284-D", "30519284 D", "30.519.284-D", "30.519.284D", "30 519 284 D", "30519284/D"],
    "NIE": ["Y3401925D", "Y-3401925-D", "Y 3401925 D", "Y.3401925.D", "Y-3.401.925-D", "y3401925d"],
    "CURP": ["HEGG560427MVZRRL04", "HEGG-560427-MVZRRL04", "HEGG 560427 MVZRRL 04", "hegg560427mvzrrl04"],
    "RFC": ["GODE561231GR8", "GODE-561231-GR8", "gode 561231 gr8"],
    "CUIT": ["20267565393", "20-26756539-3", "20-26.756.539-3", "20 26756539 3", "20/26756539/3"],
    "RUT": ["30.686.957-4", "30686957-4", "306869574", "30.686.957 - 4"],
    "SSN": ["536-90-4399", "536 90 4399", "536904399", "536–90–4399"],
    "IBAN": ["ES9121000418450200051332", "ES91 2100 0418 4502 0005 1332", "ES91.2100.0418.4502.0005.1332"],
}
AFTER_ITS_WORD = ["{word}: {value}", "{word}-{value}", "{word}_{value}", "{low}{value}", "{word} nº {value}.",
                  "{word}\n{value}", '"{low}":"{value}"', "Mi {word} es {value}, gracias"]  # fmt: skip
ALONE = {"DNI", "NIE", "CURP", "RFC", "IBAN"}
KEPT = [
    "reference 536-90-4399", "lote 30519284-B", "RFC 5322 and RFC-3834", "model Y-3401925", "version 30.519.284",
    "el total es 30.519.284 pesos", "número de envío 0034 1234 5678 9012", "(2024) 123-4567 units",
    "5 000 000 000 people", "contact us in 2026-2027", "pedido 612 345 678", "invoice #20-26756539-1",
    "mi dni no aparece", "CVE-2024-12345678",
]  # fmt: skip
PHONES = ["+34 612 345 678", "(11) 91234-5678", "0151 23456789", "+7 912 345-67-89", "020 7946 0958", "93 412 34 56"]


def _is_hidden(text: str) -> bool:
    """Return whether dots are in place of the digits, but for the last four of an account."""
    shown = masked(text)
    return DOTS in shown and sum(map(str.isdigit, shown)) <= 4


@pytest.mark.parametrize("word", FORMS)
def test_a_number_is_masked_in_every_form_after_its_word(word: str) -> None:
    for value in FORMS[word]:
        for context in AFTER_ITS_WORD:
            text = context.format(word=word, low=word.lower(), value=value)
            assert _is_hidden(text), text


@pytest.mark.parametrize("word", sorted(ALONE))
def test_a_number_with_a_check_sign_is_masked_without_its_word_too(word: str) -> None:
    for value in FORMS[word]:
        text = f"Soy Ana, {value}, y espero el reembolso."
        assert _is_hidden(text), text


@pytest.mark.parametrize("text", KEPT)
def test_what_only_looks_like_them_is_kept(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize("number", PHONES)
def test_phones_of_many_countries_are_masked(number: str) -> None:
    assert sum(map(str.isdigit, masked(f"Call me at {number} after six"))) == 2

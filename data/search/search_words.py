"""Text as the full-text index holds it, and as it is looked for: the same folding on both sides.

Case, accents and width are folded. Scripts without spaces become single signs, so that a word inside a sentence is a
phrase. Numbers are added in one spelling: `1,234.56`, `1.234,56` and `1234.56` alike, telephone numbers without signs.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ACCENTS = re.compile("[\u0300-\u036f]")
_SPACELESS = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\U00020000-\U0003ffff])"
)
_AMOUNT = re.compile(r"(?<![\w.,])(\d{1,3}(?:[.,' \u00a0]\d{3})+|\d+)(?:[.,](\d{1,2}))?(?![\w]|[.,]\d)")
_PHONE = re.compile(r"(?<!\w)\+?\(?\d[\d ().\u00a0/-]{5,20}\d(?!\w)")
_NOT_DIGIT = re.compile(r"\D")
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
SHORTEST_BEGINNING = 3
"""Letters of a word that may be the beginning of a longer one; the index keeps these beginnings."""
SHORTEST_PHONE, LONGEST_PHONE = 6, 15
"""Digits of a telephone number; E.164 allows fifteen."""

_PREFIXES = (
    *("521", "549", "351", "353", "502", "503", "504", "505", "506", "507", "591", "593", "595", "598", "1", "7"),
    *("30", "31", "32", "33", "34", "39", "41", "43", "44", "45", "46", "47", "48", "49", "51", "52", "53", "54", "55"),
    *("56", "57", "58", "61", "81", "82", "86", "91"),
)
"""Prefixes of countries (E.164), and of mobile numbers in two of them; those that are not here have three digits."""
_SHORTEST_WITH_PREFIX, _LONGEST_WITHOUT_PREFIX = 8, 11


def folded(text: str) -> str:
    """Return a text without case, accents (composed or not) and width."""
    text = unicodedata.normalize("NFKD", text.encode("utf-8", "replace").decode("utf-8"))
    return unicodedata.normalize("NFC", _ACCENTS.sub("", text)).casefold().replace("\x00", " ")


def amount(whole: str, cents: str | None) -> str:
    """Return an amount in the one spelling of the index: `1234x56`, or `1234` without a fraction."""
    digits = _NOT_DIGIT.sub("", whole)
    return f"{digits}x{cents}" if cents else digits


def numbers_in(text: str) -> set[str]:
    """Return the amounts and telephone numbers of a text in their one spelling, as far as signs divide them."""
    amounts = {amount(one[1], one[2]) for one in _AMOUNT.finditer(text) if not one[0].isdigit()}
    for one in _PHONE.finditer(text):
        digits = _NOT_DIGIT.sub("", one[0])
        if SHORTEST_PHONE <= len(digits) <= LONGEST_PHONE:
            amounts.add(digits)
    return amounts


def indexed(*texts: str) -> str:
    """Return what the index holds of these texts."""
    text = folded("\n".join(texts))
    return " ".join([*_words(_SPACELESS.sub(r" \1 ", text)), *sorted(numbers_in(text))])


def endings(phone: str) -> list[str]:
    """Return the endings of a telephone number, so that it is found without its country's prefix."""
    digits = _NOT_DIGIT.sub("", phone)
    return [digits[place:] for place in range(len(digits) - SHORTEST_PHONE + 1)]


def phone_spellings(written: str) -> set[str]:
    """Return the digits of a telephone number, and the same with and without prefixes of countries."""
    digits = _NOT_DIGIT.sub("", written)
    spellings = {digits}
    if written.lstrip(" (").startswith("+") or digits.startswith("00"):
        whole = digits.removeprefix("00")
        code = next((code for code in _PREFIXES if whole.startswith(code)), whole[:3])
        spellings |= {whole, whole[len(code) :], "0" + whole[len(code) :]}
    elif _SHORTEST_WITH_PREFIX <= len(digits) <= _LONGEST_WITHOUT_PREFIX:
        national = digits.removeprefix("0")
        spellings |= {national, *(code + national for code in _PREFIXES)}
    return {digits for digits in spellings if len(digits) >= SHORTEST_PHONE}


def _other_spellings(plain: str) -> set[str]:
    """Return other spellings of a word with digits, as phrases: `AB99812` and `AB-99812`, `2.14.1` and `v2.14.1`."""
    joined = re.fullmatch(r"([a-z]{1,6})([-_/.# ]?)(\d{2,})", plain)
    if joined:
        return {f"{joined[1]} {joined[3]}" if not joined[2] else joined[1] + joined[3]}
    return {f"v{plain.replace('.', ' ')}"} if re.fullmatch(r"\d{1,4}(?:\.\d{1,5}){1,4}", plain) else set()


def term(text: str, *, beginning: bool = False) -> str:
    """Return an FTS5 expression for a word or phrase; empty if nothing of it can be looked for.

    `beginning`: its last word may be a beginning. A number is found in each of its spellings.
    """
    plain = folded(text)
    parts = _words(_SPACELESS.sub(r" \1 ", plain))
    if not parts:
        return ""
    phrase = f'"{" ".join(parts)}"'
    if (
        beginning
        and not _SPACELESS.search(plain[-1:])
        and len(parts[-1]) >= SHORTEST_BEGINNING
        and _WORD.search(plain[-1:])
    ):
        phrase += "*"
    spellings = numbers_in(f" {plain} ") if any(sign.isdigit() for sign in plain) else set()
    for number in [number for number in spellings if number.isdigit()]:
        spellings |= phone_spellings(("+" if "+" in plain else "") + number)
    spellings |= _other_spellings(plain.strip()) if any(sign.isdigit() for sign in plain) else set()
    return phrase if not spellings else "(" + " OR ".join([phrase, *(f'"{one}"' for one in sorted(spellings))]) + ")"


def _words(text: str) -> list[str]:
    """Return the words of a text as the tokenizer sees them: letters, digits, and signs that belong to letters."""
    apart = text.translate({ord(sign): " " for sign in set(text) if not _is_of_a_word(sign)})
    return [word for word in apart.split(" ") if word]


@lru_cache(4096)
def _is_of_a_word(sign: str) -> bool:
    kind = unicodedata.category(sign)
    return kind[0] in "LN" or kind in ("Co", "Mn", "Mc")

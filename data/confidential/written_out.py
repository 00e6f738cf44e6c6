"""Numbers and e-mail addresses written out in words: `seis uno dos …`, `jane dot doe at example dot com`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from data.confidential import nearby_words
from data.confidential.first_look import has_any
from data.confidential.items import Item, Kind

_ONES = {
    "zero": 0, "oh": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "cero": 0, "uno": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8,
    "nueve": 9,
}  # fmt: skip
_TENS = (
    r"ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty"
    r"|seventy|eighty|ninety|diez|once|doce|trece|catorce|quince|dieci\w{4,6}|veinte|veinti\w{3,6}|treinta|cuarenta"
    r"|cincuenta|sesenta|setenta|ochenta|noventa"
)
_ONE = "|".join(_ONES)
_WORD = rf"(?:(?:double|triple|doble)[ ])?(?:(?:{_TENS})(?:[ -](?:y[ ])?(?:{_ONE}))?|{_ONE})"
_BETWEEN = r"(?:[ ]?[,.\-–/][ ]?|[ \n])"
_RUN = re.compile(
    rf"(?<!\w)(?:\d{{1,4}}{_BETWEEN}){{0,4}}{_WORD}(?:{_BETWEEN}{_WORD}){{2,24}}(?:{_BETWEEN}\d{{1,4}}){{0,4}}(?!\w)",
    re.IGNORECASE,
)
"""Three numbers in words or more, with some in digits before or after them."""
_PART = re.compile(rf"{_TENS}|{_ONE}|double|triple|doble|\d+", re.IGNORECASE)
_FEWEST_KINDS = 2
"""Different words for digits that a text has before it is looked at: hardly a number has fewer."""
_FEWEST_NAMED, _FEWEST_ALONE, _FEWEST_OF_A_CARD = 4, 7, 13
"""Digits of a number after a word that says what it is, of one without, and of a card."""
_SECRET = re.compile(
    r"\b(?:codes?|c[óo]digos?|otp|pins?|nip|passcode|password|contrase[ñn]a|clave|token|2fa|cvv2?|cvc2?)\b[^\n!?]{0,36}$",
    re.IGNORECASE,
)
_ENDS = (
    r"(?:com|net|org|info|edu|gov|gob|io|me|live|app|dev|es|mx|ar|co|cl|pe|uy|ve|ec|bo|py|cr|pa|gt|hn|sv|ni|do|uk|us|ca"
    r"|de|fr|it|pt|br|eu|cat)"
)
_DOT = r"[ ]?(?:\.|[\(\[{][ ]?(?:dot|punto|\.)[ ]?[\)\]}]|(?<=[ ])(?:dot|punto)(?=[ ]))[ ]?"
_AT = r"[ ]?(?:[\(\[{][ ]?(?:at|arroba|@)[ ]?[\)\]}]|(?<=[ ])(?:at|arroba)(?=[ ]))[ ]?"
_NAME = r"[^\W_][\w\-+]{0,40}"
_EMAIL = re.compile(
    rf"(?<![\w.@])(?P<local>{_NAME}(?:{_DOT}{_NAME}){{0,4}}){_AT}{_NAME}(?:{_DOT}{_NAME}){{0,3}}?(?P<dot>{_DOT}){_ENDS}(?!\w)",
    re.IGNORECASE,
)
_AT_WORDS = ("arroba", " at ", "(at", "[at", "{at", "( at", "[ at", "(@", "[@")
ANCHORS = ("arroba", " dot com", " dot ", "(at)", "[at]", "{at}", "(@)", "[@]")
"""Parts of a written address that hardly stand anywhere else."""


def runs(text: str, low: str) -> Iterator[tuple[int, int]]:
    """Yield the places of numbers in words, whatever they count."""
    if sum(word in low for word in _ONES) >= _FEWEST_KINDS:
        yield from (match.span() for match in _RUN.finditer(text))


def written_out(text: str, low: str) -> Iterator[Item]:
    """Yield the numbers in words that a word before them names, or that are long; and addresses in words."""
    for start, end in runs(text, low):
        kind = _kind(text, start, end)
        if kind is not None:
            yield Item(start, end, kind)
    if has_any(low, _AT_WORDS):
        for match in _EMAIL.finditer(text):
            # `look at example.com` is no address: a word for the sign needs one for a dot, or a bracket
            if match["dot"].strip() != "." or re.search(r"arroba|[(\[{][ ]?(?:at|@)", match[0], re.IGNORECASE):
                yield Item(*match.span(), Kind.EMAIL)


def _kind(text: str, start: int, end: int) -> Kind | None:
    """Return what the number in words at this place is, nothing where it just counts."""
    digits = _digits(text[start:end])
    said = nearby_words.before(text, start)
    if len(digits) < _FEWEST_NAMED or nearby_words.HARMLESS.search(said):
        return None
    if _SECRET.search(said):
        return Kind.CODE
    if _counts(digits):
        return None
    if len(digits) >= _FEWEST_OF_A_CARD or nearby_words.CARD.search(said):
        return Kind.CARD
    if nearby_words.NATIONAL.search(said):
        return Kind.ID
    if nearby_words.ACCOUNT.search(said):
        return Kind.BANK
    if nearby_words.PHONE.search(said) or len(digits) >= _FEWEST_ALONE:
        return Kind.PHONE
    return None


def _digits(run: str) -> str:
    """Return the digits of a number in words; those of tens are two of any sort."""
    found = ""
    again = 1
    for part in _PART.findall(run.lower()):
        if part in ("double", "doble", "triple"):
            again = 3 if part == "triple" else 2
            continue
        found += (part if part.isdigit() else str(_ONES[part]) if part in _ONES else "xx") * again
        again = 1
    return found


def _counts(digits: str) -> bool:
    """Return whether they go up or down one by one, as in `one, two, three, four`."""
    if not digits.isdigit():
        return False
    steps = {int(after) - int(before) for before, after in pairwise(digits)}
    return steps in ({1}, {-1})

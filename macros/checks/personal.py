"""Numbers and secrets that do not belong in a reply, recognised by their check digits if they have any."""

from __future__ import annotations

import re

from data.records.changes import Finding
from macros.checks.folding import digits_of, free

_CARD = re.compile(r"(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")
_DNI = re.compile(r"(?<![\w-])(?:[XYZ][ -]?\d{7}|\d{8})[ -]?[A-Z](?![\w-])", re.IGNORECASE)
_SSN = re.compile(r"(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])")
_SECRET = re.compile(
    r"\b(?:password|passcode|passphrase|pin|contrase[ñn]a|clave|(?:verification|login|security|access) code"
    r"|c[óo]digo de (?:verificaci[óo]n|acceso|seguridad|inicio de sesi[óo]n))\b"
    r"[^.!?\n:]{0,25}?(?:\b(?:is|es|ser[áa])\b:?|:)\s*[\"'«“]?(?P<value>[^\s\"'»”]{4,64})",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?<![\w.,/+-])(?:\+\d[\d ().-]{6,16}\d|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}"
    r"|[6789]\d{2}[ .-]?\d{3}[ .-]?\d{3}|[6789]\d{2}(?:[ .-]\d{2}){3}|\d{9,12})(?![\w/-]|[.,]\d)"
)
_PHONE_WORD = re.compile(
    r"\b(?:phone|mobile|cell|tel|call|text|whatsapp|tel[ée]fono|m[óo]vil|celular|llam\w*|ll[áa]m\w*)\b[^\n.!?]{0,25}$",
    re.IGNORECASE,
)
_FREEPHONE = re.compile(r"^(?:\+?34)?[89]00|^\+?1?8(?:00|33|44|55|66|77|88)|^\+?44(?:800|808)")
_IN_A_NUMBER = re.compile(r"(?<=\d)[ ().-]{1,2}(?=\d)")
_SAME_DIGITS = 9
"""Two phone numbers are the same if this many last digits are: either may have a country prefix."""


def numbers(text: str) -> list[Finding]:
    """Find card, account, identity-card and social-security numbers whose check digits are right."""
    findings: list[Finding] = []
    for rule, pattern, is_real, message in _NUMBERS:
        findings += [
            Finding(rule, message, *match.span(), blocking=True)
            for match in pattern.finditer(text)
            if is_real(match[0]) and free(findings, *match.span())
        ]
    return findings


def given_secrets(text: str) -> list[Finding]:
    """Find a password, PIN or code that the reply gives away: `your password is Ab3…`."""
    message = "This gives a password or a code away; let the customer set a new one."
    return [
        Finding("gives-secret", message, *match.span("value"), blocking=True)
        for match in _SECRET.finditer(text)
        if _looks_secret(match["value"])
    ]


def phones(text: str, known: str) -> list[Finding]:
    """Find phone numbers that are neither in the `known` words of this conversation nor free to call."""
    places = [place for place in phone_places(text) if not _FREEPHONE.match(place[2])]
    if not places:
        return []
    message = "This phone number is not the customer's; make sure that they may see it."
    bare = _IN_A_NUMBER.sub("", known)
    return [
        Finding("phone", message, start, end) for start, end, digits in places if digits[-_SAME_DIGITS:] not in bare
    ]


def phone_places(text: str) -> list[tuple[int, int, str]]:
    """Return where each phone number starts and ends, and its digits; an order number is not a phone number."""
    return [
        (*match.span(), digits_of(match[0]))
        for match in _PHONE.finditer(text)
        if not match[0].isdigit() or _PHONE_WORD.search(text[max(0, match.start() - 40) : match.start()])
    ]


def luhn(digits: str) -> bool:
    """Return whether the check digit is right (ISO/IEC 7812-1); spaces and dashes do not count."""
    from stdnum import luhn

    bare = digits_of(_with_ascii_digits(digits))
    return luhn.is_valid(bare) and bare.strip("0") != ""


def iban(text: str) -> bool:
    """Return whether the check digits of an IBAN are right (ISO 13616, ISO 7064 MOD 97-10).

    A country's own rules (length, bank code) are left out: a mistyped account number must not leave either.
    """
    from stdnum.iso7064 import mod_97_10

    bare = text.replace(" ", "").upper()
    return 15 <= len(bare) <= 34 and mod_97_10.is_valid(bare[4:] + bare[:4])


def dni(text: str) -> bool:
    """Return whether the letter of a Spanish DNI or NIE is right (Real Decreto 1553/2005; Orden INT/2058/2008)."""
    from stdnum.es import dni, nie

    bare = _with_ascii_digits(text)
    return dni.is_valid(bare) or nie.is_valid(bare)


def _with_ascii_digits(text: str) -> str:
    """Return the text with the digits of every script as those of ASCII."""
    return "".join(str(int(char)) if char.isdecimal() else char for char in text)


def _looks_secret(value: str) -> bool:
    bare = value.rstrip(".,;:!?)")
    counted = re.fullmatch(r"\d+-[a-z]+", bare)  # `2-step`, `8-digit`
    return len(bare) >= 4 and any(character.isdigit() for character in bare) and "://" not in bare and counted is None


_NUMBERS = (
    ("card-number", _CARD, luhn, "This looks like a whole card number; leave at most its last four digits."),
    ("bank-account", _IBAN, iban, "This is a bank account number; leave at most its last four digits."),
    ("national-id", _DNI, dni, "This is the number of an identity card; leave it out."),
    ("national-id", _SSN, bool, "This looks like a social security number; leave it out."),
)

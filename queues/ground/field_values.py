"""Values of custom fields: what people type or systems hand over, checked and written in one spelling.

A value that can be read in two ways is refused, never guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches

from data.errors import RuleError
from data.records.custom_fields import CustomField, FieldKind
from data.safe_text import safe_line
from queues.ground.folded_text import fold

LONGEST = 200
"""Characters of a text."""
_MOST_DIGITS = 18
_NUMBER = re.compile(r"[-+−]?\d[\d.,' \u00a0\u202f]*")
_EXACT = re.compile(r"-?\d+(\.\d+)?")
_GROUPS = re.compile(r"\d{1,3}([.,' ])\d{3}(?:\1\d{3})*")
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "−": "-", "’": "'"})
_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_AMOUNT = re.compile(r"(?P<before>[^\d\s+−-]*)\s*(?P<number>[-+−]?\d[\d.,'\s]*?)\s*(?P<after>[^\d\s.,']*)")
_SIGNS = {"€": "EUR", "£": "GBP", "₹": "INR", "zł": "PLN", "₺": "TRY", "₴": "UAH"}
"""Signs of a single currency; `$`, `¥` and `kr` are several."""
_DECIMALS = dict.fromkeys(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ],
    0,
)
_DECIMALS |= dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3)
"""Decimals of currencies that have not two (ISO 4217)."""


class NotAValueError(ValueError):
    """A text is not a value of its field; the message is a sentence with what to write."""


def parse(field: CustomField, text: str, *, exact: bool = False) -> str:
    """Return a value in its one spelling; empty for none.

    `exact` is for values that a program wrote: a point is the decimal point. Raises RuleError with what to write.
    """
    line = safe_line(text).strip()
    if not line:
        return ""
    try:
        return _PARSERS[field.kind](field, line, exact)
    except NotAValueError as error:
        raise RuleError("Not a value of this field", f"{field.label}: {error}") from None


def defined(fields: Iterable[CustomField], name: str) -> CustomField:
    """Return the field that is called this, by its name or its label. Raises RuleError if there is none."""
    known = list(fields)
    wanted = fold(name)
    for field in known:
        if field.name == name:
            return field
    for field in known:
        if wanted in (fold(field.name), fold(field.label)):
            return field
    if not known:
        raise RuleError("No such field", f"There is no field {name!r}: the settings define none; add a [[field]].")
    close = get_close_matches(name, [field.name for field in known], 1)
    if close:
        raise RuleError("No such field", f"There is no field {name!r}; did you mean {close[0]}?")
    names = ", ".join(field.name for field in known)
    raise RuleError("No such field", f"There is no field {name!r}; the fields are {names}.")


def _text(field: CustomField, line: str, exact: bool) -> str:
    if len(line) > LONGEST:
        raise NotAValueError(f"{len(line)} characters are too long; write at most {LONGEST}.")
    return line


def _number(field: CustomField, line: str, exact: bool) -> str:
    return _plain(_decimal(line, exact))


def _date(field: CustomField, line: str, exact: bool) -> str:
    match = _DATE.fullmatch(line)
    try:
        return date(*map(int, match.groups())).isoformat() if match else _no_date(line)
    except ValueError as error:
        raise NotAValueError(f"{line!r} is not a day; write it as year-month-day, such as 2026-04-03.") from error


def _no_date(line: str) -> str:
    raise ValueError(line)


def _choice(field: CustomField, line: str, exact: bool) -> str:
    known = next((choice for choice in field.choices if choice == line), "")
    known = known or next((choice for choice in field.choices if fold(choice) == fold(line)), "")
    if not known:
        raise NotAValueError(f"{line!r} is not one of the choices; use {', '.join(field.choices)}.")
    return known


def _money(field: CustomField, line: str, exact: bool) -> str:
    match = _AMOUNT.fullmatch(line.translate(_SPACES))
    if match is None or (match["before"] and match["after"]):
        raise NotAValueError(f"{line!r} is not an amount; write one such as 12.50 {field.currency or 'EUR'}.")
    named = match["before"] or match["after"]
    currency = _SIGNS.get(named, named.upper()) or field.currency
    if not currency:
        raise NotAValueError(f"{line!r} names no currency; write one such as {match['number'].strip()} EUR.")
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise NotAValueError(f"{named!r} may be several currencies; write its code, such as USD, MXN or EUR.")
    places = _DECIMALS.get(currency, 2)
    amount = _decimal(match["number"].strip(), exact, places)
    if -int(amount.as_tuple().exponent) > places:
        raise NotAValueError(f"{line!r} has more decimals than {currency} has ({places}); write the amount in full.")
    return f"{amount:.{places}f} {currency}"


def _decimal(text: str, exact: bool, places: int = 3) -> Decimal:
    """Return a number of either notation, of as many decimals. Raises NotAValueError if there is none, or two."""
    line = text.translate(_SPACES).strip()
    if exact and _EXACT.fullmatch(line):
        return _short(Decimal(line), text)
    if not _NUMBER.fullmatch(line):
        raise NotAValueError(f"{text!r} is not a number; write one such as 1250 or 12.5.")
    sign, digits = ("-", line[1:]) if line[0] == "-" else ("", line.removeprefix("+"))
    marks = [char for char in digits if not char.isdigit()]
    whole, fraction = digits, ""
    if len(set(marks)) == 1 and len(marks) == 1 and marks[0] in ".,":
        whole, _, fraction = digits.partition(marks[0])
        if len(fraction) == 3 and 1 <= len(whole) <= 3 and whole != "0":
            large, small = f"{whole}{fraction}", f"{whole}.{fraction}0"
            if places < 3:
                raise NotAValueError(f"{text!r} may be {large}; write that, or at most {places} decimals.")
            raise NotAValueError(f"{text!r} may be {large} or {small}; write one of these.")
    elif marks and marks[-1] in ".," and marks.count(marks[-1]) == 1:
        whole, _, fraction = digits.rpartition(marks[-1])
    if not whole.isdigit() and not _GROUPS.fullmatch(whole):
        raise NotAValueError(f"{text!r} is not a number; write one such as 1250 or 12.5.")
    plain = "".join(char for char in whole if char.isdigit())
    return _short(Decimal(f"{sign}{plain}.{fraction or 0}"), text)


def _short(number: Decimal, text: str) -> Decimal:
    if len(number.as_tuple().digits) > _MOST_DIGITS:
        raise NotAValueError(f"{text!r} has too many digits; at most {_MOST_DIGITS}.")
    return Decimal(_plain(number))


def _plain(number: Decimal) -> str:
    """Return a number without exponent, nor zeros at its end."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


_PARSERS: Mapping[FieldKind, Callable[[CustomField, str, bool], str]] = {
    FieldKind.TEXT: _text,
    FieldKind.NUMBER: _number,
    FieldKind.DATE: _date,
    FieldKind.CHOICE: _choice,
    FieldKind.MONEY: _money,
}

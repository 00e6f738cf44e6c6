"""What a custom field must hold: `A-17`, `*`, `>100`, `<=250 EUR`, `>2026-04-03`; for search, lanes and rules."""

from __future__ import annotations

import re
from decimal import Decimal

ANY = "*"
"""Any value, but not none."""
_SIGNS = (">=", "<=", ">", "<")
_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
_AMOUNT = re.compile(r"(-?\d+(?:\.\d+)?)(?: ([A-Za-z]{3}))?", re.ASCII)
_IS_DAY = "f.value GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'"
_MAY_BE_NUMBER = "ltrim(f.value, '-') GLOB '[0-9]*' AND f.value NOT GLOB '?*-*' AND f.value NOT GLOB '*.*.*'"
_AFTER_NUMBER = "ltrim(f.value, '-.0123456789')"

Comparable = tuple[Decimal, str] | str
"""A number and its currency, if it has one; or a day."""


def comparison(wanted: str) -> tuple[str, str]:
    """Split `>=100` into its sign and its limit; the sign is empty where nothing is compared."""
    sign = next((sign for sign in _SIGNS if wanted.startswith(sign)), "")
    return sign, wanted.removeprefix(sign).strip()


def comparable(value: str) -> Comparable | None:
    """Return a number, an amount or a day as what has an order; None for any other value."""
    if day := _DATE.fullmatch(value):
        year, month, of_month = day.groups()
        return f"{year}-{month:0>2}-{of_month:0>2}"
    amount = _AMOUNT.fullmatch(value)
    return (Decimal(amount[1]), (amount[2] or "").casefold()) if amount else None


def wrong_limit(wanted: str) -> str:
    """Return why values cannot be compared with this condition, a sentence; empty if they can, or are not compared."""
    sign, limit = comparison(wanted)
    if not sign or comparable(limit) is not None:
        return ""
    return (
        f"{wanted!r} compares with neither a number nor a day; write {sign}1250.50, {sign}100 EUR or {sign}2026-04-03."
    )


def fits(value: str, wanted: str) -> bool:
    """Return whether a value is as wanted: any for `*`, none for the empty string, else itself, case ignored.

    `>`, `>=`, `<` and `<=` compare numbers, amounts and days; amounts of two currencies are not compared.
    """
    if wanted in (ANY, ""):
        return bool(value) == (wanted == ANY)
    sign, limit = comparison(wanted)
    other = comparable(limit)
    if not sign:
        return value.casefold() == (other if isinstance(other, str) else wanted.casefold())
    own = comparable(value)
    if isinstance(own, str) and isinstance(other, str):
        order = (own > other) - (own < other)
    elif isinstance(own, tuple) and isinstance(other, tuple) and other[1] in ("", own[1]):
        order = (own[0] > other[0]) - (own[0] < other[0])
    else:
        return False
    return {">": order > 0, ">=": order >= 0, "<": order < 0, "<=": order <= 0}[sign]


def sql(wanted: str, name: str) -> tuple[str, dict[str, str]]:
    """Return the condition on `f.value`, a value in lower case, and what it is given under names from `name` on."""
    sign, limit = comparison(wanted)
    other = comparable(limit)
    if wanted == ANY:
        return "true", {}
    if isinstance(other, str):
        return f"{_IS_DAY} AND f.value {sign or '='} :{name}", {name: other}
    if not sign:
        return f"f.value = :{name}", {name: wanted}
    if other is None:
        return "false", {}
    is_number = f"({_AFTER_NUMBER} = '' OR {_AFTER_NUMBER} GLOB ' [a-z][a-z][a-z]')"
    of_currency = f" AND {_AFTER_NUMBER} = ' ' || :{name}_currency" if other[1] else ""
    return (
        f"{_MAY_BE_NUMBER} AND {is_number}{of_currency} AND CAST(f.value AS REAL) {sign} CAST(:{name} AS REAL)",
        {name: str(other[0]), f"{name}_currency": other[1]},
    )

"""The filters of ours: numbers, money, days, times and names as the customer's place writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from jinja2 import Undefined, pass_context
from jinja2.runtime import Context

from macros.filling import locales, values

LOCALE = "_locale"
"""Under this name a template's values hold the `locales.Locale`; no template can name it."""

_CURRENCIES = {"€": "EUR", "£": "GBP", "US$": "USD", "MX$": "MXN", "¥": "JPY"}
_MONEY = re.compile(r"(?P<before>[^\d\s,.-]{1,4})?\s?(?P<number>-?\d[\d.,\s]*)\s?(?P<after>[^\d\s,.-]{1,4})?")
_MOST = Decimal(10) ** 15


def read_number(text: str, *, cents: bool = False) -> Decimal | None:
    """Return the number that someone typed, `1.234,50` or `1,234.50`; None if it is not a number.

    The last mark is the decimal one unless it comes twice; in an amount with `cents`, `1.234` is a thousand and more.
    """
    kept = re.sub(r"[\s\u00a0']", "", text)
    marks = [item for item in kept if item in ".,"]
    if marks:
        last = kept.rindex(marks[-1])
        thousands = cents and len(marks) == 1 and len(kept) - last == 4 and kept[:last].lstrip("-") != "0"
        grouped = marks.count(marks[-1]) > 1 or thousands
        whole = re.sub(r"[.,]", "", kept if grouped else kept[:last])
        kept = whole if grouped else f"{whole}.{kept[last + 1 :]}"
    try:
        amount = Decimal(kept)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount) < _MOST else None


def read_money(text: str, local: str = "") -> tuple[Decimal, str] | None:
    """Return the amount and its currency (ISO 4217) that someone typed; `local` is what a bare `$` means."""
    match = _MONEY.fullmatch(text.strip())
    amount = read_number(match["number"], cents=True) if match else None
    if match is None or amount is None:
        return None
    mark = (match["before"] or match["after"] or "").upper()
    currency = local if mark == "$" else _CURRENCIES.get(mark, mark)
    return (amount, currency) if re.fullmatch(r"[A-Z]{3}", currency) else None


@pass_context
def number(context: Context, value: Any) -> Any:
    """Write a number: `12.345,5`."""
    amount = Decimal(value) if isinstance(value, int) else read_number(value) if isinstance(value, str) else None
    return value if amount is None or abs(amount) >= _MOST else locales.number(amount, _locale(context))


@pass_context
def money(context: Context, value: Any, currency: str = "") -> Any:
    """Write an amount: `12,50 €`. If the value has no currency, the named currency is used."""
    if isinstance(value, Undefined):
        return value
    locale = _locale(context)
    amount = Decimal(value) if isinstance(value, int) else read_number(str(value), cents=True)
    result = (amount, currency) if amount is not None and currency else read_money(str(value), _dollar(locale))
    return value if result is None else locales.money(*result, locale)


@pass_context
def date(context: Context, value: Any, style: str = "long") -> Any:
    """Write a day in a style of `locales.DAY_STYLES`."""
    return locales.day(value.at, _locale(context), style) if isinstance(value, values.Moment) else value


@pass_context
def time(context: Context, value: Any) -> Any:
    """Write the time of day: `14:05`."""
    at = value.time if isinstance(value, values.Moment) else None
    return value if at is None else locales.clock(at, _locale(context))


def name(value: Any) -> Any:
    """Write a name as people write theirs: `José de la Cruz`."""
    return values.person(value) if isinstance(value, str) else value


def first_name(value: Any) -> Any:
    """Write the name to address someone by."""
    return values.first_name(value) if isinstance(value, str) else value


OWN: Mapping[str, Callable[..., Any]] = {
    "number": number, "money": money, "date": date, "time": time, "name": name, "first_name": first_name,
}  # fmt: skip


def wrong_argument(filter_name: str, argument: object) -> str:
    """Return why a filter of ours does not accept an argument; empty if it does."""
    if filter_name == "date":
        styles = ", ".join(locales.DAY_STYLES)
        return "" if argument in locales.DAY_STYLES else f"date takes one of {styles}"
    if filter_name == "money":
        fits = isinstance(argument, str) and re.fullmatch(r"[A-Z]{3}", argument)
        return "" if fits else 'money takes a currency of three capital letters, such as "EUR"'
    return f"{filter_name} takes no argument" if filter_name in OWN else ""


def _locale(context: Context) -> locales.Locale:
    result = context.get(LOCALE)
    return result if isinstance(result, locales.Locale) else locales.Locale("en", "en")


def _dollar(locale: locales.Locale) -> str:
    place = locale.place
    own = {symbol: currency for currency, symbol in place.symbols.items()} if place is not None else {}
    return own.get("$", "USD")

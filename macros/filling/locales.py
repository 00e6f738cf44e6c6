"""How a customer's place writes numbers, money, days and times.

Spanish and English are written as in the Unicode CLDR (https://cldr.unicode.org), from a table that
`tools/locale_tables.py` makes; `_own_habits` has what we do otherwise. In other languages numbers and days come in
neutral form.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

NBSP = "\u00a0"
DAY_STYLES = ("day", "full", "long", "short")
"""23 November; Monday, 23 November 2026; 23 November 2026; 23/11/2026."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place's habits. Those of a day are format strings of `day`, `number` or `month`, `year` and `weekday`."""

    day: str
    full: str
    long: str
    short: str
    months: tuple[str, ...]
    days: tuple[str, ...]
    """The names of the days, from Monday."""
    halves: tuple[str, ...]
    """What is written for am and pm; empty where a day has 24 hours."""
    decimal: str
    group: str
    least: int
    """The least number of digits before the decimal mark that are grouped."""
    further: int
    """The digits of each group but the last, which has three."""
    money: str
    """Where a currency's own symbol goes; a code of three letters always stands off."""
    symbols: Mapping[str, str]
    """Currencies (ISO 4217) that have a symbol here."""
    zone: str = ""
    """The time zone, where the whole place has one that people go by."""


_APART = f"{{symbol}}{NBSP}{{number}}"
_SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "US$", "JPY": "¥"}
"""For places that write the code of a currency which everyone knows by its symbol."""
_WHOLE = frozenset({"JPY", "CLP", "PYG", "KRW", "ISK", "VND"})
"""Currencies without a smaller unit (ISO 4217)."""
_ZONES = {
    "es": "Europe/Madrid", "es-ES": "Europe/Madrid", "es-MX": "America/Mexico_City",
    "es-AR": "America/Argentina/Buenos_Aires", "es-BO": "America/La_Paz", "es-CL": "America/Santiago",
    "es-CO": "America/Bogota", "es-CR": "America/Costa_Rica", "es-CU": "America/Havana",
    "es-DO": "America/Santo_Domingo", "es-EC": "America/Guayaquil", "es-GQ": "Africa/Malabo",
    "es-GT": "America/Guatemala", "es-HN": "America/Tegucigalpa", "es-NI": "America/Managua",
    "es-PA": "America/Panama", "es-PE": "America/Lima", "es-PR": "America/Puerto_Rico", "es-PY": "America/Asuncion",
    "es-SV": "America/El_Salvador", "es-UY": "America/Montevideo", "es-VE": "America/Caracas",
    "en-GB": "Europe/London", "en-IE": "Europe/Dublin", "en-IN": "Asia/Kolkata", "en-NZ": "Pacific/Auckland",
    "en-SG": "Asia/Singapore", "en-ZA": "Africa/Johannesburg",
}  # fmt: skip


def _read_table() -> tuple[dict[str, Place], frozenset[str]]:
    """Return the places and the languages of the table."""
    table = json.loads(Path(__file__).with_name("cldr.json").read_text(encoding="utf-8"))
    places = {
        name: Place(**{**table["languages"][name[:2]], **row, "zone": _ZONES.get(name, "")})
        for name, row in table["places"].items()
    }
    return places, frozenset(table["languages"])


def _own_habits(places: Mapping[str, Place]) -> dict[str, Place]:
    """Return the places with what we write otherwise than CLDR."""
    own = dict(places)
    # English of an unknown country: a day and an hour that cannot be misread, and no dollar of a country
    world = places["en-001"]
    own["en"] = replace(world, short="{day} {month:.3} {year}", halves=(), symbols={})
    for name, place in places.items():
        # the hours of Spanish are 24 in writing, except where English is spoken too
        if name.startswith("es") and name not in ("es-US", "es-PR"):
            own[name] = replace(place, halves=())
    for name in ("es-AR", "es-CO"):  # CLDR had the space for long, and replies of ours have it
        own[name] = replace(own[name], money=_APART)
    mexican = own["es-MX"]  # "$" is the peso: another currency is named by its code
    own["es-MX"] = replace(mexican, symbols={**mexican.symbols, "USD": "USD", "EUR": "EUR"})
    return own


_TABLE, _LANGUAGES = _read_table()
PLACES: dict[str, Place] = _own_habits(_TABLE)


@dataclass(frozen=True, slots=True)
class Locale:
    """A language as it is written in one place: `es` in `es-MX`."""

    language: str
    """ISO 639-1."""
    name: str
    """`es-MX`; just the language if the place is unknown."""

    @property
    def place(self) -> Place | None:
        """What is known of the place, None for languages that are not written here."""
        if self.language not in _LANGUAGES:
            return None
        return PLACES.get(self.name) or PLACES["es-419" if self.language == "es" else "en"]


def locale_for(language: str, region: str) -> Locale:
    """Return the locale of a body in `language` for a customer of `region` (a locale such as `es-MX`, or empty)."""
    base = language.split("-")[0].lower()
    spoken, _, country = region.replace("_", "-").partition("-")
    if country and spoken.lower() == base:
        return Locale(base, f"{base}-{country.upper()}")
    _, _, country = language.partition("-")
    return Locale(base, f"{base}-{country.upper()}" if country else base)


def zone_name(region: str) -> str:
    """Return the time zone that all people of a locale's place go by, or the empty string."""
    place = PLACES.get(region)
    return place.zone if place is not None else ""


def number(value: Decimal, locale: Locale, digits: int | None = None) -> str:
    """Return a number in words of digits: `12.345,5`; `digits` fixes those after the decimal mark."""
    place = locale.place
    if digits is not None:
        value = value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)
    whole, _, rest = f"{abs(value):f}".partition(".")
    if place is not None and len(whole) >= place.least:
        whole = _grouped(whole, place)
    decimal = place.decimal if place is not None else "."
    return ("-" if value < 0 else "") + whole + (decimal + rest if rest else "")


def _grouped(whole: str, place: Place) -> str:
    groups, rest = [whole[-3:]], whole[:-3]
    while rest:
        groups.append(rest[-place.further :])
        rest = rest[: -place.further]
    return place.group.join(reversed(groups))


def money(amount: Decimal, currency: str, locale: Locale) -> str:
    """Return an amount with its currency (ISO 4217): `12,50 €`, `$12.50`, `USD 12.50`."""
    place = locale.place
    written = number(abs(amount), locale, 0 if currency in _WHOLE else 2)
    sign = "-" if amount < 0 else ""
    if place is None:
        return f"{sign}{written}{NBSP}{currency}"
    symbol = place.symbols.get(currency) or _SYMBOLS.get(currency, currency)
    is_code_in_front = symbol.isalpha() and len(symbol) == 3 and place.money.startswith("{symbol}")
    return sign + (_APART if is_code_in_front else place.money).format(symbol=symbol, number=written)


def day(value: date, locale: Locale, style: str = "long") -> str:
    """Return a day in one of `DAY_STYLES`. Where the place is unknown, the short form cannot be misread."""
    place = locale.place
    if place is None:
        return value.isoformat()
    shape = {"day": place.day, "full": place.full, "long": place.long, "short": place.short}[style]
    month, weekday = place.months[value.month - 1], place.days[value.weekday()]
    return shape.format(day=value.day, number=value.month, month=month, year=value.year, weekday=weekday)


def clock(value: time | datetime, locale: Locale) -> str:
    """Return a time of day: `14:05`, `2:05 PM`."""
    place = locale.place
    if place is None or not place.halves:
        return f"{value.hour:02}:{value.minute:02}"
    return f"{value.hour % 12 or 12}:{value.minute:02}{NBSP}{place.halves[value.hour >= 12]}"

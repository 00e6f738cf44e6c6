"""How a customer's place writes numbers, money, days and times.

Spanish and English are written here, by CLDR (https://cldr.unicode.org) and, for four digits in Spain, the Academy's
orthography; in other languages numbers and days come in neutral form.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_HALF_EVEN, Decimal

NBSP = "\u00a0"
DAY_STYLES = ("day", "full", "long", "short")
"""23 November; Monday, 23 November 2026; 23 November 2026; 23/11/2026."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place's habits."""

    decimal: str = "."
    group: str = ","
    least: int = 4
    """The least number of digits before the decimal mark that are grouped."""
    money: str = "{symbol}{number}"
    """Where a currency's own symbol goes; a code of three letters always stands off."""
    symbols: tuple[tuple[str, str], ...] = ()
    """Currencies that are written otherwise here than elsewhere in the language."""
    month_first: bool = False
    hours: int = 24
    zone: str = ""
    """The time zone, where the whole place has one that people go by."""


_AFTER = f"{{number}}{NBSP}{{symbol}}"
_APART = f"{{symbol}}{NBSP}{{number}}"
_SPAIN = Place(",", ".", 5, _AFTER, zone="Europe/Madrid")
_DOTTED = Place()
PLACES: dict[str, Place] = {
    "es": _SPAIN,
    "es-ES": _SPAIN,
    "es-MX": Place(symbols=(("MXN", "$"), ("USD", "USD"), ("EUR", "EUR")), zone="America/Mexico_City"),
    "es-US": Place(symbols=(("USD", "$"),), hours=12),
    "es-AR": Place(",", ".", 4, _APART, (("ARS", "$"),), zone="America/Argentina/Buenos_Aires"),
    "es-CO": Place(",", ".", 4, _APART, (("COP", "$"),), zone="America/Bogota"),
    "es-CL": Place(",", ".", 4, symbols=(("CLP", "$"),), zone="America/Santiago"),
    "es-PE": Place(".", ",", 4, _APART, (("PEN", "S/"),), zone="America/Lima"),
    "es-EC": Place(",", ".", 4, symbols=(("USD", "$"),), zone="America/Guayaquil"),
    "es-UY": Place(",", ".", 4, _APART, (("UYU", "$"),), zone="America/Montevideo"),
    "es-CR": Place(",", NBSP, 5, symbols=(("CRC", "₡"),), zone="America/Costa_Rica"),
    "es-DO": Place(symbols=(("DOP", "RD$"),), zone="America/Santo_Domingo"),
    "es-GT": Place(symbols=(("GTQ", "Q"),), zone="America/Guatemala"),
    "es-VE": Place(",", ".", 4, symbols=(("VES", "Bs.S"),), zone="America/Caracas"),
    "es-BO": Place(",", ".", 4, symbols=(("BOB", "Bs"),), zone="America/La_Paz"),
    "es-PY": Place(",", ".", 4, _APART, (("PYG", "Gs."),), zone="America/Asuncion"),
    "es-419": _DOTTED,
    "en": _DOTTED,
    "en-US": Place(symbols=(("USD", "$"),), month_first=True, hours=12),
    "en-GB": Place(zone="Europe/London"),
    "en-IE": Place(zone="Europe/Dublin"),
    "en-CA": Place(symbols=(("CAD", "$"),), hours=12),
    "en-AU": Place(symbols=(("AUD", "$"),), hours=12),
}
_SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "US$", "JPY": "¥"}
_WHOLE = frozenset({"JPY", "CLP", "PYG", "KRW", "ISK", "VND"})
"""Currencies without a smaller unit (ISO 4217)."""

_MONTHS = {
    "es": (
        "enero", "febrero", "marzo", "abril", "mayo", "junio",
        "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
_DAYS = {
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


@dataclass(frozen=True, slots=True)
class Locale:
    """A language as it is written in one place: `es` in `es-MX`."""

    language: str
    """ISO 639-1."""
    name: str
    """`es-MX`; just the language where nobody knows the place."""

    @property
    def place(self) -> Place | None:
        """What is known of the place, None for languages that are not written here."""
        if self.language not in _MONTHS:
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
    place = locale.place or Place(group="")
    if digits is not None:
        value = value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)
    whole, _, rest = f"{abs(value):f}".partition(".")
    if len(whole) >= place.least and place.group:
        head = len(whole) % 3
        groups = [whole[:head], *(whole[at : at + 3] for at in range(head, len(whole), 3))]
        whole = place.group.join(group for group in groups if group)
    return ("-" if value < 0 else "") + whole + (place.decimal + rest if rest else "")


def money(amount: Decimal, currency: str, locale: Locale) -> str:
    """Return an amount with its currency (ISO 4217): `12,50 €`, `$12.50`, `USD 12.50`."""
    place = locale.place
    written = number(abs(amount), locale, 0 if currency in _WHOLE else 2)
    sign = "-" if amount < 0 else ""
    if place is None:
        return f"{sign}{written}{NBSP}{currency}"
    symbol = dict(place.symbols).get(currency) or _SYMBOLS.get(currency, currency)
    shape = _APART if symbol.isalpha() and len(symbol) == 3 and place.money != _AFTER else place.money
    return sign + shape.format(symbol=symbol, number=written)


def day(value: date, locale: Locale, style: str = "long") -> str:
    """Return a day in one of `DAY_STYLES`. Where the place is unknown, the short form cannot be misread."""
    place = locale.place
    if place is None:
        return value.isoformat()
    months, month_first = _MONTHS[locale.language], place.month_first
    month = months[value.month - 1]
    if style == "short":
        if locale.name == "en":
            return f"{value.day} {month[:3]} {value.year}"
        days_first = f"{value.day:02}/{value.month:02}/{value.year}"
        return f"{value.month}/{value.day}/{value.year}" if month_first else days_first
    if locale.language == "es":
        words = f"{value.day} de {month}" if style == "day" else f"{value.day} de {month} de {value.year}"
    elif month_first:
        words = f"{month} {value.day}" if style == "day" else f"{month} {value.day}, {value.year}"
    else:
        words = f"{value.day} {month}" if style == "day" else f"{value.day} {month} {value.year}"
    return f"{_DAYS[locale.language][value.weekday()]}, {words}" if style == "full" else words


def clock(value: time | datetime, locale: Locale) -> str:
    """Return a time of day: `14:05`, `2:05 PM`."""
    place = locale.place
    if place is None or place.hours == 24:
        return f"{value.hour:02}:{value.minute:02}"
    half = ("a.m.", "p.m.") if locale.language == "es" else ("AM", "PM")
    return f"{value.hour % 12 or 12}:{value.minute:02}{NBSP}{half[value.hour >= 12]}"

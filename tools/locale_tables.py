"""Write macros/filling/cldr.json: how the places where Spanish or English is official write numbers, money and dates.

    python tools/locale_tables.py

The data is the Unicode CLDR's, as Babel gives it; the same Babel always gives the same bytes. Date patterns become
format strings of Python, so that the desk needs no Babel.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from babel import Locale
from babel.core import get_cldr_version, get_global
from babel.languages import get_territory_language_info
from babel.localedata import locale_identifiers
from babel.numbers import get_territory_currencies

TARGET = Path(__file__).resolve().parent.parent / "macros" / "filling" / "cldr.json"
LANGUAGES = ("en", "es")
WIDE = ("es_419", "en_001")
"""Latin America, and English that is not American: for customers whose country is not known."""
_WORLD_CURRENCIES = ("EUR", "GBP", "JPY", "USD")
_FIELDS = {
    "d": "{day}", "dd": "{day:02}", "M": "{number}", "MM": "{number:02}", "MMMM": "{month}", "EEEE": "{weekday}",
    "y": "{year}", "yy": "{year}",
}  # fmt: skip
"""What a field of a CLDR date pattern is in a format string. Years always have four digits here."""


def tables() -> str:
    """Return the text of the file."""
    names = [name for language in LANGUAGES for name in sorted(locale_identifiers()) if _is_wanted(name, language)]
    languages = {language: _names(Locale.parse(language)) for language in LANGUAGES}
    head = {"cldr": get_cldr_version(), "languages": languages}
    rows = [f"{_json(name.replace('_', '-'))}: {_json(_place(name, languages))}" for name in names]
    start = ",\n".join(f"{_json(key)}: {_json(value)}" for key, value in head.items())
    return "{\n" + start + ',\n"places": {\n' + ",\n".join(rows) + "\n}\n}\n"


def format_string(pattern: str) -> str:
    """Return a CLDR date pattern as a format string: `d 'de' MMMM` as `{day} de {month}`. Raises KeyError."""
    tokens = re.finditer(r"'([^']*)'|([A-Za-z])\2*|[^A-Za-z']+", pattern)
    return "".join(token[1] or (_FIELDS[token[0]] if token[2] else token[0]) for token in tokens)


def _is_wanted(name: str, language: str) -> bool:
    """Return whether a locale is the language itself, a wide one, or one of a country where it is official."""
    spoken, _, territory = name.partition("_")
    if spoken != language:
        return False
    official = get_territory_language_info(territory).get(language, {}) if len(territory) == 2 else {}
    return name == language or name in WIDE or official.get("official_status") is not None


def _names(locale: Locale) -> dict[str, list[str]]:
    months, days = locale.months["format"]["wide"], locale.days["format"]["wide"]
    return {"months": [months[number] for number in range(1, 13)], "days": [days[number] for number in range(7)]}


def _place(name: str, languages: dict[str, dict[str, list[str]]]) -> dict[str, Any]:
    locale = Locale.parse(name)
    symbols = locale.number_symbols["latn"]
    halves, own = locale.day_periods["format"]["abbreviated"], languages[locale.language]
    is_12_hours = "a" in locale.time_formats["short"].pattern
    return {
        "decimal": symbols["decimal"],
        "group": symbols["group"],
        "least": 5 if locale.language == "es" and not _is_latin_american(name) else 4,
        "further": locale.decimal_formats[None].grouping[1],
        "money": _money(locale.currency_formats["standard"].pattern),
        "symbols": _symbols(locale),
        "day": format_string(locale.datetime_skeletons["MMMMd"].pattern),
        "full": format_string(locale.date_formats["full"].pattern),
        "long": format_string(locale.date_formats["long"].pattern),
        "short": format_string(locale.date_formats["short"].pattern),
        "halves": [halves["am"], halves["pm"]] if is_12_hours else [],
    } | {key: value for key, value in _names(locale).items() if value != own[key]}


def _is_latin_american(name: str) -> bool:
    """Return whether a locale inherits from es-419.

    Spanish groups from five digits on (CLDR's minimumGroupingDigits, which Babel leaves out), es-419 from four.
    """
    return name == "es_419" or get_global("parent_exceptions").get(name) == "es_419"


def _money(pattern: str) -> str:
    """Return where a currency's symbol goes; CLDR's pattern of negative amounts, after a `;`, is left out."""
    return re.sub(r"[#,0.]+", "{number}", pattern.partition(";")[0].replace("¤", "{symbol}"))


def _symbols(locale: Locale) -> dict[str, str]:
    """Return the currencies that have a symbol here: those of the whole world, and the country's own."""
    own = get_territory_currencies(locale.territory)[:1] if len(locale.territory or "") == 2 else []
    pairs = {currency: locale.currency_symbols.get(currency, currency) for currency in (*own, *_WORLD_CURRENCIES)}
    return {currency: symbol for currency, symbol in sorted(pairs.items()) if symbol != currency}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    TARGET.write_text(tables(), encoding="utf-8")
    print(TARGET)

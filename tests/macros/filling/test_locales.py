from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
from babel import Locale as BabelLocale
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_currency, format_decimal
from hypothesis import given
from hypothesis import strategies as st

from data.records.customers import Customer
from data.records.tickets import Priority, Status, Ticket
from macros.files.front_matter import parse
from macros.filling.allow_list import RefusedError
from macros.filling.context import Context
from macros.filling.engine import check_text
from macros.filling.filters import read_money, read_number
from macros.filling.locales import PLACES, clock, day, locale_for, money, number, zone_name
from macros.filling.values import first_name, person
from macros.render import render
from tools import locale_tables

NOW = int(datetime(2026, 11, 23, 13, 5, tzinfo=UTC).timestamp())
N = "\u00a0"
SPANISH = "23 de noviembre"


def said(template: str, region: str = "", language: str = "es", name: str = "Ana Ruiz", **answers: str) -> str:
    ticket = Ticket(7, "mail", Status.OPEN, Priority.NORMAL, "x", 1, NOW, NOW)
    context = Context(ticket, Customer(1, name, region=region), "Noa", NOW)
    asks = "".join(f"[[asks]]\nname = '{ask}'\n" for ask in answers)
    return render(parse("x", f"+++\n{asks}\n+++\n=== {language}\n{template}"), language, context, answers).text


@pytest.mark.parametrize(
    ("region", "euros", "dollars", "pesos", "whole"),
    [
        ("es-ES", f"1234,50{N}€", f"20,00{N}US$", f"12.345,00{N}MXN", "12.345,5"),
        ("es-MX", f"EUR{N}1,234.50", f"USD{N}20.00", "$12,345.00", "12,345.5"),
        ("en-US", "€1,234.50", "$20.00", f"MXN{N}12,345.00", "12,345.5"),
        ("en-GB", "€1,234.50", "US$20.00", f"MXN{N}12,345.00", "12,345.5"),
        ("es-AR", f"€{N}1.234,50", f"US${N}20,00", f"MXN{N}12.345,00", "12.345,5"),
        ("fr-FR", f"1234.50{N}EUR", f"20.00{N}USD", f"12345.00{N}MXN", "12345.5"),
    ],
)
def test_money_and_numbers_as_the_place_writes_them(
    region: str, euros: str, dollars: str, pesos: str, whole: str
) -> None:
    locale = locale_for(region.split("-")[0], region)
    assert money(Decimal("1234.5"), "EUR", locale) == euros
    assert money(Decimal(20), "USD", locale) == dollars
    assert money(Decimal(12345), "MXN", locale) == pesos
    assert number(Decimal("12345.5"), locale) == whole


def test_four_digits_are_grouped_by_the_habits_of_the_place() -> None:
    assert number(Decimal(1234), locale_for("es", "es-ES")) == "1234"
    assert number(Decimal(1234567), locale_for("es", "")) == "1.234.567"
    assert number(Decimal(1234), locale_for("es", "es-MX")) == "1,234"
    assert money(Decimal("-0.5"), "EUR", locale_for("es", "")) == f"-0,50{N}€"
    assert money(Decimal(1500), "JPY", locale_for("en", "en-US")) == "¥1,500"


@pytest.mark.parametrize(
    ("region", "forms"),
    [
        ("es-ES", (f"{SPANISH} de 2026", f"lunes, {SPANISH} de 2026", SPANISH, "23/11/2026", "14:05")),
        ("es-MX", (f"{SPANISH} de 2026", f"lunes, {SPANISH} de 2026", SPANISH, "23/11/2026", "07:05")),
        ("en-US", ("November 23, 2026", "Monday, November 23, 2026", "November 23", "11/23/2026", f"1:05{N}PM")),
        ("en-GB", ("23 November 2026", "Monday, 23 November 2026", "23 November", "23/11/2026", "13:05")),
        ("", ("23 November 2026", "Monday, 23 November 2026", "23 November", "23 Nov 2026", "13:05")),
    ],
)  # fmt: skip
def test_days_and_times_in_the_customers_place_and_zone(region: str, forms: tuple[str, ...]) -> None:
    language = region.split("-")[0] or "en"
    template = '{{ now }}|{{ now | date("full") }}|{{ now | date("day") }}|{{ now | date("short") }}|{{ now | time }}'
    assert tuple(said(template, region, language).split("|")) == forms


def test_the_customers_day_may_be_another_than_ours() -> None:
    late = int(datetime(2026, 11, 23, 23, 30, tzinfo=UTC).timestamp())
    ticket = Ticket(7, "mail", Status.OPEN, Priority.NORMAL, "x", 1, late, late)
    macro = parse("x", "=== es\n{{ now | date('short') }}")

    def told(region: str) -> str:
        return render(macro, "es", Context(ticket, Customer(1, "", region=region), "Noa", late), {}).text

    assert (told("es-ES"), told("es-MX"), told("")) == ("24/11/2026", "23/11/2026", "23/11/2026")


def test_the_region_counts_only_in_its_own_language() -> None:
    assert locale_for("en", "es-MX").name == "en"
    assert locale_for("es-AR", "").name == "es-AR"
    assert locale_for("es", "es_mx").name == "es-MX"
    assert locale_for("es", "es-XX").place == PLACES["es-419"]


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1.234,50 €", ("1234.50", "EUR")), ("€1,234.50", ("1234.50", "EUR")), ("12.50 EUR", ("12.50", "EUR")),
        ("$20", ("20", "USD")), ("US$ 20", ("20", "USD")), ("1.234 EUR", ("1234", "EUR")), ("0,5 GBP", ("0.5", "GBP")),
        ("1 234,5 eur", ("1234.5", "EUR")), ("twenty", None), ("20", None), ("20 BITCOINS", None), ("", None),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_type_them(typed: str, amount: tuple[str, str] | None) -> None:
    found = read_money(typed, "USD")
    assert found == (None if amount is None else (Decimal(amount[0]), amount[1]))


def test_a_bare_dollar_is_the_customers_own() -> None:
    assert said("{{ a | money }}", "es-MX", a="$20") == "$20.00"
    assert said("{{ a | money }}", "es-CO", a="$20") == f"${N}20,00"
    assert said("{{ a | money }}", "es-ES", a="$20") == f"20,00{N}US$"


def test_a_bare_number_takes_the_currency_named_and_nonsense_stays() -> None:
    assert said('{{ a | money("EUR") }}', "es-ES", a="1234.5") == f"1234,50{N}€"
    assert said("{{ a | money }} {{ a | number }} {{ a | date }} {{ a | time }}", a="n/a") == "n/a n/a n/a n/a"


def test_a_missing_value_stays_a_hole_through_every_filter() -> None:
    for name in ("money", "number", "date", "time", "name", "first_name"):
        assert said(f"{{{{ customer.name | {name} }}}}", name="") == "{{ customer.name }}"


@pytest.mark.parametrize(
    "template",
    ['{{ now | date("%Y" ) }}', "{{ now | date(customer.name) }}", '{{ 1 | money("euro") }}', '{{ 1 | number("x") }}'],
)
def test_other_arguments_are_refused_when_the_file_is_read(template: str) -> None:
    with pytest.raises(RefusedError):
        check_text(template, frozenset())


@pytest.mark.parametrize(
    ("name", "shown", "first"),
    [
        ("JOSÉ DE LA CRUZ", "José de la Cruz", "José"),
        ("maría-josé o'neill", "María-José O'Neill", "María-José"),
        ("Ana de la Vega", "Ana de la Vega", "Ana"),
        ("McDonald, Zoë", "McDonald, Zoë", "Zoë"),
        ("Dra. ÍÑIGO Pérez", "Dra. ÍÑIGO Pérez", "Íñigo"),
        ("Mr. Smith", "Mr. Smith", "Smith"),
        ("Sr", "Sr", "Sr"),
        ("", "", ""),
    ],
)
def test_names_keep_their_accents_and_lose_their_shouting(name: str, shown: str, first: str) -> None:
    assert (person(name), first_name(name)) == (shown, first)


@given(st.decimals(-(10**12), 10**12, places=2, allow_nan=False), st.sampled_from(sorted(PLACES)))
def test_what_was_written_is_read_back(value: Decimal, region: str) -> None:
    written = number(value, locale_for(region.split("-")[0], region), 2)
    assert read_number(written) == value


@given(st.text(max_size=40), st.sampled_from([*sorted(PLACES), "fr-FR", ""]))
def test_no_text_breaks_a_filter(text: str, region: str) -> None:
    read_money(text, "EUR")
    person(text)
    first_name(text)
    said("{{ customer.name | money }}{{ customer.name | number }}{{ customer.name | name }}", region, name=text)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.sampled_from([*sorted(PLACES), "fr-FR"]))
def test_every_day_has_all_its_forms(value: date, region: str) -> None:
    locale = locale_for(region.split("-")[0], region)
    for style in ("day", "full", "long", "short"):
        assert str(value.day) in day(value, locale, style)
    assert str(value.year) in day(value, locale)


def test_every_named_zone_exists_where_zones_are_known() -> None:
    from zoneinfo import available_timezones

    assert {zone_name(region) for region in PLACES} - {""} <= available_timezones()
    assert Path("/usr/share/zoneinfo").exists() or available_timezones()
    assert clock(datetime(2026, 1, 1, 0, 5), locale_for("en", "en-US")) == f"12:05{N}AM"


def test_macros_are_offered_by_what_is_known_of_the_customer() -> None:
    when = parse("x", "+++\n[when]\ntiers = ['gold']\nregions = ['es-MX', 'en']\nregisters = ['tu']\npriorities = ['high']\n+++\nx").when  # fmt: skip  # noqa: E501
    ticket = Ticket(7, "mail", Status.OPEN, Priority.HIGH, "x", 1, NOW, NOW)
    ana = Customer(1, "Ana", tier="gold", region="es-MX", register="tu")

    assert when.fits(ticket, ana)
    for other in (
        Customer(1, "Ana", region="es-MX", register="tu"),
        Customer(1, "Ana", tier="gold", region="es-ES", register="tu"),
        Customer(1, "Ana", tier="gold", region="es-MX"),
    ):
        assert not when.fits(ticket, other)
    assert when.fits(ticket, Customer(1, "Ana", tier="gold", region="en-GB", register="tu"))
    assert parse("x", "+++\n[when]\nregisters = ['usted']\n+++\nx").when.fits(ticket)


# CLDR, as Babel gives it


def test_the_table_is_what_the_tool_writes() -> None:
    assert locale_tables.TARGET.read_text(encoding="utf-8") == locale_tables.tables(), "run tools/locale_tables.py"


@pytest.mark.parametrize("name", sorted(set(PLACES) - {"en"}))
@pytest.mark.parametrize("value", [date(2026, 11, 3), date(2026, 9, 23)], ids=str)
def test_days_are_cldrs(name: str, value: date) -> None:
    locale, babel = locale_for(name[:2], name), BabelLocale.parse(name, sep="-")
    for style in ("full", "long"):
        assert day(value, locale, style) == format_date(value, style, locale=babel)
    assert day(value, locale, "day") == format_skeleton("MMMMd", value, locale=babel)
    # with the whole year: CLDR's short form has two digits in many places
    pattern = babel.date_formats["short"].pattern.replace("yy", "y")
    assert day(value, locale, "short") == format_date(value, pattern, locale=babel)


@pytest.mark.parametrize("name", sorted(set(PLACES) - {"en"}))
def test_numbers_are_cldrs(name: str) -> None:
    four_digits = [Decimal("1234.5")] if PLACES[name].least == 4 else []  # Babel groups Spain's too, CLDR does not
    for value in (Decimal("12.5"), *four_digits, Decimal("12345.5"), Decimal("1234567.5")):
        assert number(value, locale_for(name[:2], name)) == format_decimal(value, locale=name.replace("-", "_"))


@pytest.mark.parametrize(
    ("name", "currency"),
    [("es-CL", "CLP"), ("es-CR", "CRC"), ("es-PA", "PAB"), ("es-HN", "HNL"), ("es-NI", "NIO"), ("es-SV", "USD"),
     ("es-PR", "USD"), ("es-PE", "PEN"), ("en-NZ", "NZD"), ("en-IN", "INR"), ("en-CA", "CAD"), ("en-ZA", "ZAR")],
)  # fmt: skip
def test_a_places_own_money_is_cldrs(name: str, currency: str) -> None:
    value, babel = Decimal(1234567), name.replace("-", "_")
    assert money(value, currency, locale_for(name[:2], name)) == format_currency(value, currency, locale=babel)


@pytest.mark.parametrize("name", ["en-CA", "en-AU", "en-NZ", "en-IN", "en-US", "es-US", "es-PR"])
def test_the_halves_of_the_day_are_cldrs(name: str) -> None:
    for at in (time(0, 5), time(13, 5)):
        written = format_time(at, "short", locale=name.replace("-", "_"))
        assert clock(at, locale_for(name[:2], name)) == re.sub(r"[ \u202f](?=[AaPp])", N, written)


@pytest.mark.parametrize(
    ("name", "short", "amount"),
    [
        ("en-CA", "2026-11-03", "1,234.50"), ("es-CL", "03-11-2026", "1.234,50"),
        ("es-CR", "3/11/2026", f"1{N}234,50"), ("en-ZA", "2026/11/03", f"1{N}234,50"),
        ("es-PA", "11/03/2026", "1,234.50"), ("en-NZ", "03/11/2026", "1,234.50"),
    ],
)  # fmt: skip
def test_what_places_write_in_full(name: str, short: str, amount: str) -> None:
    locale = locale_for(name[:2], name)
    assert (day(date(2026, 11, 3), locale, "short"), number(Decimal("1234.5"), locale, 2)) == (short, amount)


def test_lakhs_and_the_ninth_month_in_peru() -> None:
    assert number(Decimal(12345678), locale_for("en", "en-IN")) == "1,23,45,678"
    assert day(date(2026, 9, 1), locale_for("es", "es-PE")) == "1 de setiembre de 2026"


def test_a_pattern_with_a_field_that_is_not_known_is_refused() -> None:
    assert locale_tables.format_string("EEEE d 'de' MMMM 'de' y") == "{weekday} {day} de {month} de {year}"
    with pytest.raises(KeyError):
        locale_tables.format_string("d MMM y")

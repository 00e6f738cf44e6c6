"""Values of custom fields: one spelling for each, and no guess where a value can be read in two ways."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError, RuleError
from data.records.custom_fields import CustomField, FieldKind, missing
from data.search.field_conditions import fits
from queues.ground.field_definitions import fields_of
from queues.ground.field_values import defined, parse

ORDER = CustomField("order", "Order number")
WEIGHT = CustomField("weight", "Weight", FieldKind.NUMBER)
DAY = CustomField("bought", "Bought on", FieldKind.DATE)
WHERE = CustomField("product", "Product", FieldKind.CHOICE, ("App", "Web", "Téléphone"))
AMOUNT = CustomField("amount", "Amount", FieldKind.MONEY, currency="EUR")
PLAIN_AMOUNT = CustomField("amount", "Amount", FieldKind.MONEY)


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        (ORDER, "  A-17 \n ", "A-17"),
        (WEIGHT, "12,5", "12.5"),
        (WEIGHT, "-0,50", "-0.5"),
        (WEIGHT, "1.234,5", "1234.5"),
        (WEIGHT, "1,234.5", "1234.5"),
        (WEIGHT, "1 234 567", "1234567"),
        (WEIGHT, "1.234.567", "1234567"),
        (WEIGHT, "1234567", "1234567"),
        (WEIGHT, "0.125", "0.125"),
        (WEIGHT, "-0", "0"),
        (DAY, "2026-4-3", "2026-04-03"),
        (DAY, "2026/04/03", "2026-04-03"),
        (WHERE, "app", "App"),
        (WHERE, "telephone", "Téléphone"),
        (AMOUNT, "12,5", "12.50 EUR"),
        (AMOUNT, "12.50 usd", "12.50 USD"),
        (AMOUNT, "USD 1,299.00", "1299.00 USD"),
        (AMOUNT, "€1.299,00", "1299.00 EUR"),
        (AMOUNT, "1500 JPY", "1500 JPY"),
        (AMOUNT, "-3 EUR", "-3.00 EUR"),
        (AMOUNT, "1.25 KWD", "1.250 KWD"),
        (AMOUNT, "", ""),
    ],
)
def test_a_value_has_one_spelling(field: CustomField, typed: str, kept: str) -> None:
    assert parse(field, typed) == kept
    assert parse(field, kept, exact=True) == kept


@pytest.mark.parametrize(
    ("field", "typed", "why"),
    [
        (ORDER, "x" * 201, "too long"),
        (WEIGHT, "1,234", "1234 or 1.2340"),
        (WEIGHT, "1.234", "1234 or 1.2340"),
        (WEIGHT, "twelve", "not a number"),
        (WEIGHT, "1,2,3", "not a number"),
        (WEIGHT, "1.23.456", "not a number"),
        (WEIGHT, "1e9", "not a number"),
        (WEIGHT, "NaN", "not a number"),
        (WEIGHT, "9" * 19, "too many digits"),
        (DAY, "03/04/2026", "year-month-day"),
        (DAY, "2026-02-30", "not a day"),
        (WHERE, "desktop", "App, Web, Téléphone"),
        (AMOUNT, "$5", "may be several currencies"),
        (AMOUNT, "12.505 EUR", "12505; write that, or at most 2 decimals"),
        (AMOUNT, "0.505 EUR", "more decimals"),
        (AMOUNT, "1.5 JPY", "more decimals"),
        (AMOUNT, "EUR", "not an amount"),
        (AMOUNT, "EUR 5 USD", "not an amount"),
        (PLAIN_AMOUNT, "5", "names no currency"),
    ],
)
def test_another_value_is_refused_with_what_to_write(field: CustomField, typed: str, why: str) -> None:
    with pytest.raises(RuleError, match=why) as refused:
        parse(field, typed)
    assert refused.value.message.startswith(f"{field.label}: ")


@given(st.decimals(-(10**9), 10**9, places=4), st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_what_is_kept_is_read_as_the_same_again(number: Decimal, day: date) -> None:
    kept = parse(WEIGHT, f"{number:f}", exact=True)
    assert Decimal(kept) == number
    assert parse(WEIGHT, kept, exact=True) == kept
    assert parse(DAY, day.isoformat()) == day.isoformat()


@given(st.text(max_size=40))
def test_no_text_breaks_a_field(text: str) -> None:
    for field in (ORDER, WEIGHT, DAY, WHERE, AMOUNT, PLAIN_AMOUNT):
        try:
            kept = parse(field, text)
        except RuleError:
            continue
        assert parse(field, kept, exact=True) == kept


def test_conditions_compare_values_of_one_kind() -> None:
    values = {"weight": "12.5", "bought": "2026-04-03", "amount": "99.90 EUR", "product": "App"}
    for name, wanted, fitting in (
        ("product", "app", True), ("product", "web", False), ("product", "*", True), ("order", "*", False),
        ("order", "", True), ("weight", ">12", True), ("weight", ">=12.5", True), ("weight", "<12.5", False),
        ("amount", "<= 100", True), ("amount", ">100 EUR", False), ("bought", ">2026-04-02", True),
        ("bought", "<2026-04-03", False), ("bought", ">5", False), ("weight", ">2026-01-01", False),
        ("product", ">5", False), ("order", ">0", False), ("weight", ">many", False),
        ("bought", ">2026-3-31", True), ("bought", "<=2026/4/3", True), ("bought", "2026-4-3", True),
        ("amount", ">50 USD", False), ("amount", ">50 eur", True), ("weight", ">5 EUR", False),
    ):  # fmt: skip
        assert fits(values.get(name, ""), wanted) is fitting, (name, wanted)


def test_a_field_is_named_by_its_name_or_its_label() -> None:
    fields = (ORDER, WEIGHT)
    assert defined(fields, "order") is defined(fields, "ORDER NUMBER") is ORDER
    for known, name, hint in (
        (fields, "ordr", "did you mean order"),
        (fields, "x", "order, weight"),
        ((), "x", "none"),
    ):
        with pytest.raises(RuleError, match=hint):
            defined(known, name)


def test_required_fields_are_missing_in_their_lanes_only() -> None:
    needed = CustomField("order", "Order", lanes=("mail",), required=True)
    assert missing((needed, WEIGHT), "mail", ["weight"]) == [needed]
    assert missing((needed,), "mail", ["order"]) == missing((needed,), "app", []) == []


@pytest.mark.parametrize(
    ("field", "why"),
    [
        (CustomField("Order", "O"), "small letters"),
        (CustomField("order-no", "O"), "small letters"),
        (CustomField("other", "Order number"), "a field before it"),
        (CustomField("x", "X", FieldKind.CHOICE), "needs choices"),
        (CustomField("x", "X", FieldKind.CHOICE, ("a", "a")), "needs choices"),
        (CustomField("x", "X", choices=("a",)), "type = 'choice'"),
        (CustomField("x", "X", currency="EUR"), "currency"),
        (CustomField("x", "X", FieldKind.MONEY, currency="euro"), "currency"),
        (CustomField("x", "X", lanes=("nowhere",)), "nowhere"),
    ],
)
def test_a_definition_that_cannot_be_is_refused(field: CustomField, why: str) -> None:
    with pytest.raises(InputError, match=why):
        fields_of((ORDER, field), ["mail"], "config.toml")
    assert fields_of((ORDER, WEIGHT, WHERE, AMOUNT), ["mail"], "config.toml") == (ORDER, WEIGHT, WHERE, AMOUNT)

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError
from data.records.customers import Customer, Identity
from data.records.tickets import Priority, Status, Ticket
from macros.files.front_matter import parse
from macros.filling.context import CONTRACT, SINGLE, Brand, Context
from macros.filling.values import first_name
from macros.render import HOLE, Rendered, render

NOW = 1_790_000_000  # 21 September 2026, 13:33 UTC
TICKET = Ticket(7, "mail", Status.OPEN, Priority.NORMAL, "Lost\nparcel", 1, NOW, NOW, tags=("vip", "paid"))
ANA = Customer(1, "Ana García", (Identity("email", "ana@home.example"),))


def made(source: str, language: str = "en", customer: Customer = ANA, **answers: str) -> Rendered:
    context = Context(TICKET, customer, "Lena Kraus", NOW, Brand("Shop"))
    return render(parse("a/b", source), language, context, answers)


def ask(name: str, kind: str, extra: str = "") -> str:
    return f"+++\n[[asks]]\nname = '{name}'\nkind = '{kind}'\n{extra}\n+++\n"


def test_values_are_filled_in() -> None:
    source = (
        "Hi {{ customer.first_name }}, {{ ticket.id }} "
        "{{ ticket.subject }} {{ agent.first_name }} {{ brand.name }} {{ now }}"
    )

    assert made(source).text == "Hi Ana, 7 Lost parcel Lena Shop 21 September 2026"


def test_the_body_fits_the_language_and_so_do_dates() -> None:
    made_es = made("=== en\nOn {{ now }}\n=== es\nEl {{ now }}", "es-MX")

    assert (made_es.text, made_es.language) == ("El 21 de septiembre de 2026", "es")
    assert made_es.change.reply_language == "es"


def test_a_missing_value_is_a_hole_with_its_place() -> None:
    rendered = made(ask("amount", "money") + "You get {{ amount }}.")

    assert rendered.text == "You get {{ amount }}."
    assert [(hole.name, rendered.text[hole.start : hole.end]) for hole in rendered.holes] == [
        ("amount", "{{ amount }}")
    ]


def test_an_unknown_name_is_a_hole_false_and_has_a_default() -> None:
    nobody = Customer(2, "ana@home.example")
    source = "{{ customer.first_name | default('you') }}{% if customer.name %}x{% endif %} {{ customer.first_name }}"

    assert made(source, customer=nobody).text == "you {{ customer.first_name }}"


def test_a_required_answer_that_is_only_tested_still_shows_as_a_hole() -> None:
    body = "{% if count > 2 %}Many{% else %}Few{% endif %}"

    assert made(ask("count", "number") + body).text == "Few\n{{ count }}"
    assert made(ask("count", "number", "optional = true") + body).text == "Few"
    assert made(ask("count", "number") + body, count="3").text == "Many"


def test_lines_of_tags_leave_no_empty_lines_and_inline_tags_keep_theirs() -> None:
    source = "A{% if now %}!{% endif %}\n{% for tag in ticket.tags %}\n- {{ tag }}\n{% endfor %}\nB"

    assert made(source).text == "A!\n- vip\n- paid\nB"


@pytest.mark.parametrize(
    ("kind", "extra", "good", "bad"),
    [
        ("number", "", "3,5", "three"),
        ("date", "", "2026-01-31", "31/01/2026"),
        ("choice", "choices = ['a', 'b']", "b", "c"),
        ("email", "", "a@b.example", "a@b"),
        ("money", "", "1.250,00 €", "12"),
        ("text", "pattern = '[A-Z]{2}\\d+'", "AB12", "AB12x"),
    ],
)
def test_answers_are_checked_by_kind(kind: str, extra: str, good: str, bad: str) -> None:
    source = ask("given", kind, extra) + "{{ given }}"

    assert made(source, given=good).holes == ()
    with pytest.raises(InputError, match="given"):
        made(source, given=bad)


def test_actions_become_one_change() -> None:
    source = """+++
[actions]
status = "solved"
add_tags = ["done"]
assign = "me"
snooze = "2h"
escalate = { team = "payments", due = "1d" }
promise = { text = "money", due = "day" }
[[asks]]
name = "day"
kind = "date"
+++
By {{ day }}"""
    change = made(source, day="2026-10-01").change

    # what sleeps is not done with, whatever the file says beside it
    assert (change.status, change.add_tags, change.assignee) == (None, ("done",), "Lena Kraus")
    assert change.snooze_until == NOW + 7200
    assert change.escalate is not None
    assert change.escalate.due_at == NOW + 86_400
    assert change.promise is not None
    assert change.promise.due_at == 1_790_899_199  # 1 October 2026, 23:59:59 UTC
    assert (change.macro, change.reply) == ("a/b", "By 1 October 2026")


def test_a_subject_is_one_line() -> None:
    assert made("+++\nsubject = '''Re:\n{{ ticket.subject }}'''\n+++\nx").subject == "Re: Lost parcel"


def test_too_long_a_reply_is_an_error_in_words() -> None:
    body = "{% for x in [" + "1," * 50 + "] %}" + "y" * 3000 + "{% endfor %}"
    with pytest.raises(InputError, match="grows past"):
        made(body)


@given(st.text(max_size=60))
def test_a_customers_name_is_data_and_never_rendered_again(name: str) -> None:
    rendered = made("[{{ customer.name | default('') }}]", customer=Customer(1, name + "{{ 6 * 7 }}{% x %}"))

    assert "42" not in rendered.text.replace(name, "") or "42" in name
    assert "\n" not in rendered.text
    assert "\x1b" not in rendered.text
    if "@" not in name:
        assert HOLE.search(rendered.text)


@pytest.mark.parametrize(
    ("name", "first"), [("Ana García", "Ana"), ("García López, Ana", "Ana"), ("a@b.example", ""), ("", ""), (",", "")]
)
def test_the_first_name_is_found(name: str, first: str) -> None:
    assert first_name(name) == first


def test_custom_fields_are_filled_in_and_a_missing_one_is_a_hole() -> None:
    fields = {"order": "A-17\n{{ x }}", "bought": "2026-04-03", "amount": "12.50 EUR"}
    ticket = Ticket(7, "m", Status.OPEN, Priority.LOW, "s", 1, 0, 0, fields=fields)
    text = (
        "{{ ticket.fields.order }}|{{ ticket.fields.bought }}|{{ ticket.fields.amount | money }}|"
        "{{ ticket.fields.items }}{% if ticket.fields.keys %}no{% endif %}"
    )
    rendered = render(parse("a/b", f"=== es\n{text}"), "es", Context(ticket, Customer(1, "Ana"), "Lena", NOW), {})
    order, bought, amount, rest = rendered.text.split("|")
    assert (order, bought, rest) == ("A-17 {{ x }}", "3 de abril de 2026", "{{ ticket.fields.items }}")
    assert "12,50" in amount
    assert [hole.name for hole in rendered.holes] == ["x", "ticket.fields.items"]


def test_the_contract_and_the_values_agree() -> None:
    full = Context(
        Ticket(7, "m", Status.OPEN, Priority.LOW, "s", 1, 0, 0, external_ref="R1", topic="t", tags=("a",)),
        Customer(1, "A B", (Identity("email", "a@b.example"),), "es", "tu", "es-MX"),
        "Lena",
        NOW,
        Brand("b", "e", "u", "s"),
        csat_token="TR-ABCDEFGH23",
        csat_form="https://forms.example/?t={token}",
    ).values("en")

    assert set(full) == set(CONTRACT) | set(SINGLE)
    for group, fields in CONTRACT.items():
        present = full[group]
        assert isinstance(present, dict)
        assert set(present) == set(fields)

from __future__ import annotations

import pytest

from macros.filling.allow_list import RefusedError
from macros.filling.engine import check_text

ASKED = frozenset({"amount"})


@pytest.mark.parametrize(
    "text",
    [
        "{{ customer.first_name | default('there') }}, {{ amount }}",
        "{% if customer.register == 'tu' and not amount %}a{% elif 'x' in ticket.tags %}b{% else %}c{% endif %}",
        "{% for tag in ticket.tags %}{{ loop.index }}{{ tag }}{% endfor %}{{ ticket.tags | join(', ') }}",
        "{{ ticket.fields.order }}{% if ticket.fields.order %}, {{ ticket.fields.amount | money }}{% endif %}",
        "{% set who = agent.name %}{{ 'a' ~ who }} {{ 'x' if amount is defined else 'y' }}{# note #}",
        "{{ customer['name'] | upper | trim }} {% raw %}{{ as it is }}{% endraw %}",
        "{% for x in ['a', 'b'] if x != 'a' %}{{ x }}{% else %}none{% endfor %}",
    ],
)
def test_honest_templates_pass(text: str) -> None:
    check_text(text, ASKED)


@pytest.mark.parametrize(
    "text",
    [
        "{{ 9 ** 9 ** 9 }}",
        "{{ ticket.fields }}",
        "{{ ticket.fields.__class__ }}",
        "{{ ticket.fields._values }}",
        "{{ ticket.fields['order'] }}",
        "{{ ticket.fields.order.upper }}",
        "{% for x in ticket.fields %}{{ x }}{% endfor %}",
        "{{ 'a' * 10 ** 9 }}",
        "{{ ''.__class__ }}",
        "{{ customer.__class__ }}",
        "{{ customer['__class__'] }}",
        "{{ ticket.delete() }}",
        "{{ self }}",
        "{{ customer }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ amount | attr('x') }}",
        "{{ '%1000000000d' | format(1) }}",
        "{{ amount | indent(1000000) }}",
        "{{ range(10) }}",
        "{{ amount is callable }}",
        "{{ (ticket.tags | join(amount)) }}",
        "{{ amount | join(amount) }}",
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{% extends 'x' %}",
        "{% block a %}{% endblock %}",
        "{% macro a() %}{% endmacro %}",
        "{% filter upper %}x{% endfilter %}",
        "{% set customer = 'x' %}",
        "{% set x %}a{% endset %}",
        "{% set x = amount %}{% set x = x ~ x %}",
        "{% for a in ticket.tags %}{% for b in ticket.tags %}x{% endfor %}{% endfor %}",
        "{% for a in ticket.subject %}x{% endfor %}",
        "{% for a, b in ticket.tags %}x{% endfor %}",
        "{% for a in ticket.tags recursive %}x{% endfor %}",
        "{% for a in ['x'] %}{% endfor %}{{ a }}",
        "{% if (amount ~ amount) == 'x' %}{% endif %}",
        "{{ {'a': 1} }}",
        "{{ none }}",
        "{{ amount[0:1] }}",
        "{{ unknown }}",
        "{{ ticket.body }}",
        "{{ 'unclosed",
        "{% if %}",
        "{{ " + "9" * 6000 + " }}",
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
        "{% if amount %}" * 13 + "{% endif %}" * 13,
        "{{ amount }}" * 1100,
        "{% for a in [" + "1," * 51 + "] %}{% endfor %}",
    ],
)
def test_everything_else_is_refused_before_it_is_compiled(text: str) -> None:
    with pytest.raises(RefusedError) as caught:
        check_text(text, ASKED)

    assert caught.value.line == 1


def test_the_line_is_the_one_of_the_fault() -> None:
    with pytest.raises(RefusedError) as caught:
        check_text("one\n\n{{ amount }}\n{{ amount() }}", ASKED)

    assert caught.value.line == 4

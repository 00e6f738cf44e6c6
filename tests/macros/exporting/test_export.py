"""Macros for other tools: what is exported is read again, and what has no equivalent there is said."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from data.records.tickets import Status
from macros.exporting.export import COLUMNS, to_json, to_rows, to_zendesk
from macros.exporting.liquid_text import LiquidText
from macros.files.front_matter import parse
from macros.files.library import Library
from macros.importing.read_answers import read
from macros.importing.run import Import
from tui.cli.macros import macros
from tui.look.written_values import safe_cell

LIBRARY = Library.standard()


def language_of(text: str) -> str:
    return "es" if any(word in text for word in ("Hola", " su ", "Gracias", "¿")) else "en"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi {{ customer.first_name }}!", "Hi {{ticket.requester.first_name}}!"),
        ("{% if customer.register == 'usted' %}su{% else %}tu{% endif %} caso", "tu caso"),
        ("{% if customer.register == 'usted' %}a{% elif customer.register == 'tu' %}b{% endif %}", "b"),
        ("{% if brand.name %}x{% else %}y{% endif %}", "{% if ticket.brand.name %}x{% else %}y{% endif %}"),
        ("{% if ticket.status == 'open' %}{{ amount }}{% endif %}", "{% if ticket.status == 'open' %}[Sum]{% endif %}"),
        ("{% include 'hello' %} {# why #}there", "Hey {{current_user.name}} there"),
    ],
)
def test_texts_become_liquid(text: str, expected: str) -> None:
    assert LiquidText({"hello": "Hey {{ agent.name }}"}, "tu", {"amount": "Sum"}).of(text) == expected


def test_what_has_no_equivalent_is_said() -> None:
    said = LiquidText({}, "tu", {"amount": "Sum"})
    assert said.of("{{ amount }} {{ customer.region }} {% set x = 1 %} {% include 'gone' %}")
    assert said.lost == [
        "its snippet gone is missing",
        "it asks for amount; the text has [Sum] to be replaced",
        "its value customer.region has no equivalent there",
        "its template code {% set x = 1 %} stays as it is",
    ]


def test_a_macro_of_zendesk_has_its_texts_by_language_and_its_actions() -> None:
    source = '+++\ntitle = "A"\n[actions]\nstatus = "on hold"\nadd_tags = ["x"]\nassign = "me"\n+++\n'
    exported = to_zendesk(parse("a/b", source + "=== en\nHi\n=== es\nHola\n"), "tu")
    assert exported.row["title"] == "a::A"
    assert {action["field"]: action["value"] for action in exported.row["actions"]} == {
        "comment_value": "{% if ticket.requester.language == 'Spanish' %}Hola{% else %}Hi{% endif %}",
        "status": "hold", "current_tags": "x", "assignee_id": "current_user",
    }  # fmt: skip
    assert exported.lost == ()


@pytest.mark.parametrize("form", ["--zendesk", "--csv"])
def test_the_whole_library_is_read_again(tmp_path: Path, form: str) -> None:
    out = CliRunner().invoke(macros, ["export", form], catch_exceptions=False).stdout_bytes
    job = Import(tmp_path, lambda html: html, language_of)
    outcomes = [*job.run(read("export", out))]
    assert [each for each in outcomes if each.outcome != "written"] == []
    assert len(outcomes) == len([*LIBRARY])
    assert {each.languages for each in outcomes} == {("en", "es")} or {
        frozenset(each.languages) for each in outcomes
    } == {frozenset({"en", "es"})}
    by_title = {macro.title.for_language("en"): macro for macro in LIBRARY}
    for each in Library(tmp_path):
        original = by_title[each.title.for_language("en")]
        assert each.actions.status == original.actions.status, each.name
        assert each.actions.add_tags == original.actions.add_tags, each.name
        assert [body.language for body in each.bodies if not body.text.strip()] == []


def test_json_keeps_everything() -> None:
    macro = LIBRARY.get("general/acknowledge")
    row = to_json(macro).row
    assert json.loads(json.dumps(row)) == row
    assert row["bodies"].keys() == {"en", "es"}
    assert row["actions"]["promise"] == {"text": "answer within 24 hours", "due": "1d"}
    assert row["snippets"].keys() >= {"greeting", "closing"}


def test_rows_hold_no_formula() -> None:
    macro = parse("a/b", '+++\ntitle = "=1+1"\n+++\n=cmd\n')
    (row,) = to_rows(macro, "tu")
    assert row.row["title"] == "=1+1"
    out = CliRunner().invoke(macros, ["export", "--csv", "general/acknowledge"], catch_exceptions=False)
    rows = [*csv.DictReader(io.StringIO(out.stdout))]
    assert [(row["language"], row["status"]) for row in rows] == [("en", str(Status.OPEN)), ("es", str(Status.OPEN))]
    assert "it makes a promise" in out.stderr


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_text_that_begins_like_a_formula_is_read_again_as_it_was(delimiter: str) -> None:
    macro = parse("a/b", '+++\ntitle = "=A"\nsubject = "@you"\n+++\n- one; "two"\tthree,\n=four\n')
    (row,) = to_rows(macro, "tu")
    stream = io.StringIO(newline="")
    lines = csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    lines.writerows([COLUMNS, [safe_cell(value) for value in row.row.values()]])
    (foreign,) = read("in.csv", stream.getvalue().encode())
    assert (foreign.title, foreign.subject) == ("=A", "@you")
    assert foreign.texts[0].text == '- one; "two"\tthree,\n=four'

"""Custom fields for scripts: set, shown, listed, searched, exported and imported."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from data.errors import InputError, RuleError
from tui.cli.main import cli

SETTINGS = """
[[field]]
name = "order"
label = "Order number"
required-to-solve = true

[[field]]
name = "amount"
type = "money"
currency = "EUR"
"""
ROWS = 'id,subject,text,Order,field.amount,plan\n1,Late,Where is it?,A-17,"1.299,00",gold\n2,Hello,Hi,,many,free\n'


@pytest.fixture(autouse=True)
def _desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("TRIDESK_DB", str(tmp_path / "desk.db"))
    configure(tmp_path, SETTINGS)
    (tmp_path / "rows.csv").write_text(ROWS)
    run("import", str(tmp_path / "rows.csv"), "--column", "field.order=Order")


def configure(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "config" / "tridesk"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(text)


def run(*arguments: str) -> str:
    return CliRunner().invoke(cli, arguments, catch_exceptions=False).stdout


def tickets(*arguments: str) -> list[int]:
    return [json.loads(line)["id"] for line in run("list", "--json", *arguments).splitlines()]


def fields(number: int) -> dict[str, str]:
    values: dict[str, str] = json.loads(run("show", str(number), "--json"))["fields"]
    return values


def test_a_mapped_column_and_one_of_our_own_exports_fill_fields() -> None:
    assert fields(1) == {"amount": "1299.00 EUR", "order": "A-17"}
    assert fields(2) == {}
    exported = [json.loads(line) for line in run("export", "tickets").splitlines()]
    assert exported[1]["imported"]["fields"] == {"plan": "free", "field.amount": "many"}


def test_values_are_set_shown_and_taken_back() -> None:
    said = run("set", "2", "--field", "order=B 2", "--field", "Amount=5")
    assert "order set, Amount set" in said
    assert fields(2) == {"amount": "5.00 EUR", "order": "B 2"}
    assert "Order number: B 2" in run("show", "2")
    assert "Order number: B 2" in run("show", "2", "--linear")
    assert "order none → B 2" in run("history", "2")
    run("set", "2", "--field", "order=none")
    assert fields(2) == {"amount": "5.00 EUR"}
    assert "Order number: needed before it is solved" in run("show", "2")
    run("undo")
    assert fields(2)["order"] == "B 2"


def test_a_value_that_cannot_be_is_refused_with_a_sentence() -> None:
    with pytest.raises(RuleError, match=r"Amount: 'much' is not an amount; write one such as 12\.50 EUR"):
        run("set", "1", "2", "--field", "amount=much")
    with pytest.raises(RuleError, match=r"There is no field 'ordr'; did you mean order"):
        run("set", "1", "--field", "ordr=1")
    with pytest.raises(RuleError, match="needs: Order number"):
        run("solve", "2")
    result = CliRunner().invoke(cli, ["set", "1", "--field", "order"])
    assert (result.exit_code, "--field NAME=VALUE" in result.stderr) == (2, True)
    assert fields(1)["amount"] == "1299.00 EUR"


def test_tickets_are_listed_and_found_by_their_fields() -> None:
    assert tickets("--all", "--field", "order=a-17") == [1]
    assert tickets("--all", "--field", "amount=>1000") == [1]
    assert tickets("--all", "--field", "order=") == [2]
    hits = [json.loads(line)["ticket"] for line in run("search", "--json", "field.amount:>=1299").splitlines()]
    assert hits == [1]


def test_csv_has_a_column_for_each_field() -> None:
    rows = list(csv.DictReader(io.StringIO(run("export", "tickets", "--csv"))))
    assert [(row["field.order"], row["field.amount"]) for row in rows] == [("A-17", "1299.00 EUR"), ("", "")]


def test_a_definition_that_cannot_be_is_refused_where_it_is(tmp_path: Path) -> None:
    for text, why in (
        (SETTINGS + '[[field]]\nname = "x"\ntype = "chioce"\n', "line 13.*chioce"),
        (SETTINGS + '[[field]]\nname = "x"\nlanes = ["no"]\n', "line 13.*'no'"),
        (SETTINGS + '[[lane]]\nname = "a"\nfields = { ordr = "1" }\n', "ordr"),
        (SETTINGS + '[[lane]]\nname = "a"\nfields = { order = [] }\n', "fields is empty"),
    ):
        configure(tmp_path, text)
        with pytest.raises(InputError, match=why):
            run("set", "1", "--field", "order=1")
    configure(tmp_path, SETTINGS)
    rules = tmp_path / "config" / "tridesk" / "routing.toml"
    rules.write_text('[[rule]]\nname = "x"\nwhen = { fields = { ordr = "1" } }\nthen = { lane = "app" }\n')
    with pytest.raises(InputError, match="there is no field 'ordr'"):
        run("set", "1", "--field", "order=1")


def test_the_examples_of_the_docs_hold_together(tmp_path: Path) -> None:
    docs = Path(__file__).parents[3] / "docs"
    fields, lane = re.findall(r"```toml\n(.*?)```", (docs / "fields.md").read_text(encoding="utf-8"), re.DOTALL)
    configure(tmp_path, fields + lane)
    run("set", "1", "--field", "amount=700", "--field", "product=web")
    assert "large" in run("list", "--field", "amount=>100")
    run("set", "1", "--field", "amount=800")
    (lanes,) = re.findall(r"```toml\n(.*?)```", (docs / "tutorial.md").read_text(encoding="utf-8"), re.DOTALL)
    configure(tmp_path, lanes)
    assert re.findall(r"^\d+ +(\w+)", run("lanes"), re.MULTILINE)[:4] == ["refunds", "mail", "app", "safety"]

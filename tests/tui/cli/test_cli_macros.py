from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from data.errors import InputError
from tui.cli.macros import macros


@pytest.fixture(autouse=True)
def _own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def run(*arguments: str, given: str = "") -> Result:
    return CliRunner().invoke(macros, arguments, input=given)


def test_list_names_every_macro_once() -> None:
    rows = [json.loads(line) for line in run("list", "--json").stdout.splitlines()]

    assert len(rows) == len({row["name"] for row in rows}) > 0
    assert {"name", "title", "key", "topics", "tags", "languages"} == set(rows[0])


def test_show_prints_each_language(tmp_path: Path) -> None:
    (tmp_path / "one.j2").write_text("=== en\nhello\n=== es\nhola", encoding="utf-8")
    done = run("show", "one", "--folder", str(tmp_path))

    assert "=== en\nhello\n\n=== es\nhola" in done.stdout


def test_check_gives_line_and_reason_and_fails(tmp_path: Path) -> None:
    (tmp_path / "bad.j2").write_text("=== en\nhello\n{{ 9 ** 9 }}", encoding="utf-8")
    (tmp_path / "good.j2").write_text("hello", encoding="utf-8")
    done = run("check", str(tmp_path), "--json")

    assert done.exit_code == 1
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {"file": str(tmp_path / "bad.j2"), "accepted": False, "line": 3, "reason": "** may not be used in a macro"},
        {"file": str(tmp_path / "good.j2"), "accepted": True, "line": None, "reason": ""},
    ]
    assert run("check", str(tmp_path / "good.j2")).exit_code == 0


def test_render_fills_in_and_shows_holes(tmp_path: Path) -> None:
    source = "+++\n[[asks]]\nname = 'amount'\n+++\n=== es\nHola {{ customer.first_name }}: {{ amount }}"
    (tmp_path / "one.j2").write_text(source, encoding="utf-8")
    common = ("render", "one", "--folder", str(tmp_path), "--customer", "Ana Ruiz", "--language", "es-MX")

    assert run(*common, "--answer", "amount=12 EUR").stdout == "Hola Ana: 12 EUR\n"
    assert json.loads(run(*common, "--json").stdout)["holes"] == [{"name": "amount", "start": 10, "end": 22}]


def test_suggest_learns_from_a_file_and_echoes_other_keys(tmp_path: Path) -> None:
    learn = tmp_path / "learn.jsonl"
    learn.write_text('{"text": "lost parcel", "macro": "late"}\n{"text": "new password", "macro": "reset"}\n', "utf-8")
    done = run("suggest", "--learn", str(learn), "--top", "1", "--json", given='{"id": 4, "text": "my parcel"}\n')

    (row,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert row["id"] == 4
    assert [one["macro"] for one in row["macros"]] == ["late"]


def test_a_bad_line_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    done = run("suggest", "--json", given='nonsense\n{"text": "parcel \\ud800"}\n')

    assert done.exit_code == 1
    assert "Line 1 is not a JSON object" in done.stderr
    assert len(done.stdout.splitlines()) == 1
    (tmp_path / "learn.jsonl").write_text('{"text": "x"}', encoding="utf-8")
    assert isinstance(run("suggest", "--learn", str(tmp_path / "learn.jsonl")).exception, InputError)


def test_a_history_is_evaluated_and_too_little_is_refused(tmp_path: Path) -> None:
    learn = tmp_path / "learn.jsonl"
    pairs = [("parcel late", "parcel/late", "en"), ("tarjeta perdida", "card/lost", "es")] * 10
    lines = [json.dumps({"text": f"{text} {n}", "macro": macro, "language": language})
             for n, (text, macro, language) in enumerate(pairs)]  # fmt: skip
    learn.write_text("\n".join(lines), encoding="utf-8")

    found = json.loads(run("evaluate", "--learn", str(learn), "--json").output)
    assert (found["learned"], found["ranked"], found["top1"], found["used_top3"]) == (14, 6, 100.0, 100.0)
    assert found["languages"]["es"]["top1"] == 100.0
    assert "all" in run("evaluate", "--learn", str(learn)).output

    learn.write_text(lines[0], encoding="utf-8")
    assert isinstance(run("evaluate", "--learn", str(learn)).exception, InputError)


def test_import_writes_checked_macros_and_reports(tmp_path: Path) -> None:
    export = tmp_path / "export.json"
    export.write_text(
        json.dumps(
            [
                {"short_code": "hours", "content": "Hola {{contact.name}}, mañana abrimos a las nueve. ¡Gracias!"},
                {"short_code": "bad", "content": "{% if x %}"},
            ]
        ),
        encoding="utf-8",
    )
    done = run("import", str(export), "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]

    assert done.exit_code == 1
    assert [(row["macro"], row["outcome"], row["languages"]) for row in rows] == [
        ("chatwoot/hours", "written", ["es"]),
        ("chatwoot/bad", "refused", []),
    ]
    assert run("check").exit_code == 0
    assert "Hola Ana, mañana" in run("render", "chatwoot/hours", "--customer", "Ana").stdout
    again = run("import", str(export), "--dry-run").stdout
    assert "unchanged chatwoot/hours" in again
    assert "nothing was written" in again


def test_stats_count_the_replies_of_a_desk(tmp_path: Path) -> None:
    from data.records.changes import Change
    from data.records.incoming import Incoming
    from data.records.messages import MessageKind
    from data.store import Store
    from queues.desk.desk import Desk
    from queues.desk.desk_rules import DeskRules
    from tui.setup.clock import wall_clock

    path = tmp_path / "desk.db"
    store = Store.open(path)
    desk = Desk(store, clock=wall_clock, rules=DeskRules(), agent="noa")
    who = ("Ana", "ana@clientes.example", "Help", "Hi", "Hi", 1_800_000_000)
    desk.receive([Incoming("post", "test", "00", MessageKind.MAIL, *who)])
    desk.act([1], Change(reply="Hello.", macro="general/delay", reply_language="es", edited=False))
    store.close()

    (row,) = [json.loads(line) for line in run("stats", "--db", str(path), "--json").stdout.splitlines()]
    assert (row["macro"], row["uses"], row["languages"], row["unedited"]) == ("general/delay", 1, {"es": 1}, 1)
    assert "0 of 1" in run("stats", "--db", str(path)).stdout
    assert "general/acknowledge" in run("stats", "--db", str(path), "--unused").stdout

"""`tridesk clocks` lists the targets and sets clocks anew when they changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data.errors import InputError
from tui.cli.main import run

POLICY = '[[policy]]\nname = "all"\nfirst-reply = "{first}"\nresolution = "5d"\n'


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A desk with three tickets, whose settings lie in a folder of their own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "config" / "tridesk").mkdir(parents=True)
    lines = [{"text": f"My account number {n} is locked", "from": f"p{n}@x.example"} for n in range(3)]
    source = tmp_path / "mail.jsonl"
    source.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert run(["import", str(source), "--db", str(tmp_path / "desk.db")]) == 0
    return tmp_path / "desk.db"


def settings(tmp_path: Path, text: str) -> None:
    (tmp_path / "config" / "tridesk" / "config.toml").write_text(text, encoding="utf-8")


def answer(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    return dict(json.loads(capsys.readouterr().out.splitlines()[-1]))


def test_a_changed_policy_moves_the_clocks_once(desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings(tmp_path, POLICY.format(first="2d"))
    command = ["clocks", "--again", "--json", "--db", str(desk)]
    assert run([*command, "--dry-run"]) == 0
    assert answer(capsys) == {
        "tickets": 3, "changed": 3, "late_before": 0, "late_after": 0, "dry_run": True,
    }  # fmt: skip
    run(command)
    assert answer(capsys)["changed"] == 3
    run(command)
    assert answer(capsys)["changed"] == 0
    run(["list", "--json", "--db", str(desk)])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["first_due"] > row["created"] for row in rows} == {True}


def test_the_policies_are_listed_in_order(desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings(tmp_path, POLICY.format(first="30m"))
    capsys.readouterr()
    run(["clocks", "--json", "--db", str(desk)])
    listed = answer(capsys)
    assert (listed["policy"], listed["first_reply_seconds"], listed["next_reply_seconds"]) == ("all", 1800, None)
    run(["clocks", "--db", str(desk)])
    assert "every other ticket" in capsys.readouterr().out


def test_a_dry_run_of_nothing_is_wrong_usage(desk: Path) -> None:
    assert run(["clocks", "--dry-run", "--db", str(desk)]) == 2


def test_a_wrong_policy_is_one_sentence(desk: Path, tmp_path: Path) -> None:
    settings(tmp_path, POLICY.format(first="soon"))
    with pytest.raises(InputError, match=r"config\.toml, line \d+, column 1: policy 'all': first-reply is 'soon'"):
        run(["clocks", "--db", str(desk)])

"""`tridesk replay` plays the past again and writes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tui.cli.main import run


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("month") / "desk.db"
    assert run(["demo", "--worked", "--tickets", "90", "--keep", str(path), "--no-ui"]) == 0
    return path


def test_every_order_a_load(month: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = month.read_bytes()
    capsys.readouterr()
    run(["replay", "--db", str(month), "--agents", "1", "--load", "0.3", "--load", "0.9", "--json"])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["order"], row["load"]) for row in rows] == [
        (order, load) for load in (0.3, 0.9) for order in ("next-up", "no-rest", "first-in", "by-queue")
    ]
    assert len({row["answered"] for row in rows}) == 1
    assert month.read_bytes() == before


def test_other_targets_are_tried_from_another_folder(
    month: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.toml").write_text('[[policy]]\nname = "at once"\nfirst-reply = "1m"\nnext-reply = "1m"\n')
    capsys.readouterr()
    for more in ([], ["--settings", str(tmp_path)]):
        run(["replay", "--db", str(month), "--load", "0.5", "--json", *more])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert rows[4]["breaches"] > rows[0]["breaches"]


def test_an_empty_period_says_what_to_do(month: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    run(["replay", "--db", str(month), "--since", "2001-01-01", "--until", "2001-02-01"])
    assert "--since" in capsys.readouterr().out


def test_hours_and_calendar_together_are_wrong_usage(month: Path) -> None:
    assert run(["replay", "--db", str(month), "--hours", "09:00-10:00", "--calendar", "always"]) == 2

"""`tridesk replay` plays the past again and writes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data.errors import InputError
from tests.shared_files import copy_of
from tui.cli.main import run


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(path: Path) -> None:
        assert run(["demo", "--worked", "--tickets", "90", "--keep", str(path), "--no-ui"]) == 0

    return copy_of(tmp_path_factory, "replay-month.db", make)


def test_every_order_a_load(month: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = month.read_bytes()
    capsys.readouterr()
    run(["replay", "--db", str(month), "--agents", "1", "--load", "0.3", "--load", "0.9", "--json"])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert rows[0]["order"] == "record"
    assert [(row["order"], row["load"]) for row in rows[1:]] == [
        (order, load) for load in (0.3, 0.9) for order in ("next-up", "no-rest", "first-in", "by-queue")
    ]
    assert len({row["answered"] for row in rows[1:]}) == 1
    assert 0 < rows[0]["answered"] <= rows[1]["answered"]  # some wait to this day
    assert month.read_bytes() == before


def test_other_targets_are_tried_from_another_folder(
    month: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.toml").write_text('[[policy]]\nname = "at once"\nfirst-reply = "1m"\nnext-reply = "1m"\n')
    capsys.readouterr()
    for more in ([], ["--settings", str(tmp_path)]):
        run(["replay", "--db", str(month), "--load", "0.5", "--json", "--order", "next-up", *more])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["order"] for row in rows] == ["record", "next-up"] * 2
    assert rows[2]["breaches"] > rows[0]["breaches"]  # what happened in fact is held to the other targets too
    assert rows[3]["breaches"] > rows[1]["breaches"]


def test_an_empty_period_says_what_to_do(month: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    run(["replay", "--db", str(month), "--since", "2001-01-01", "--until", "2001-02-01"])
    assert "--since" in capsys.readouterr().out


def test_hours_and_calendar_together_are_wrong_usage(month: Path) -> None:
    assert run(["replay", "--db", str(month), "--hours", "09:00-10:00", "--calendar", "always"]) == 2
    assert run(["replay", "--db", str(month), "--hours", "09:00-10:00", "--staff", "1@always"]) == 2
    assert run(["replay", "--db", str(month), "--demo"]) == 2


def test_staff_comes_in_shifts(month: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    base = ["replay", "--db", str(month), "--json", "--order", "next-up"]
    for staff in (["2@00:00-24:00"], ["1@00:00-24:00", "1@always"], ["1@06:00-14:00", "1@14:00-22:00"]):
        assert run([*base, *(part for one in staff for part in ("--staff", one))]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()][1::2]
    assert rows[0] == rows[1]
    assert rows[2]["p90_wait"] > rows[0]["p90_wait"]
    assert rows[2]["load"] > rows[0]["load"]


@pytest.mark.parametrize("staff", ["2", "0@always", "2@nowhere", "x@06:00-14:00", "2@25:00-26:00"])
def test_wrong_staff_is_told(month: Path, staff: str) -> None:
    with pytest.raises(InputError, match="--staff"):
        run(["replay", "--db", str(month), "--staff", staff])

"""`tridesk demo` without the screen: filled by a seed, kept only when asked."""

from __future__ import annotations

import json
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from data.errors import InputError
from data.store import Store
from tui.cli.main import run


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_the_opening_is_told_and_nothing_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", "--no-ui", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["tickets"] == 45
    assert set(told["lanes"]) == {"mail", "app", "safety"}
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


def test_a_kept_desk_holds_what_was_asked_for(tmp_path: Path) -> None:
    kept = tmp_path / "new" / "desk.db"
    assert run(["demo", "--no-ui", "--tickets", "120", "--seed", "4", "--keep", str(kept)]) == 0
    with closing(Store.open(kept, create=False)) as store:
        assert sum(counts.active for counts in store.tickets.counts().values()) == 120


def test_a_file_that_exists_is_never_touched(tmp_path: Path) -> None:
    kept = tmp_path / "mine.txt"
    kept.write_text("mine")
    with pytest.raises(InputError, match="exists"):
        run(["demo", "--no-ui", "--keep", str(kept)])
    assert kept.read_text() == "mine"


def test_a_number_that_is_none_is_wrong_usage() -> None:
    assert run(["demo", "--no-ui", "--tickets", "-1"]) == 2

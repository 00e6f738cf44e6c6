"""A shift from the command line: begun, opened into its tickets, ended with a hand-over that the next one finds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from data.errors import InputError
from tests.tui.playing import fifteen_tickets
from tui.cli.main import cli


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "tridesk").mkdir()
    (tmp_path / "tridesk" / "config.toml").write_text('agent = "ann"\ntime-zone = "Europe/Madrid"\n', encoding="utf-8")
    return fifteen_tickets(tmp_path / "desk.db")


def run(path: Path, *arguments: str, typed: str = "") -> Result:
    found = CliRunner().invoke(cli, ["--db", str(path), *arguments], input=typed, catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return found


def rows(found: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in found.output.splitlines()]


def test_a_shift_from_its_beginning_to_its_hand_over(path: Path) -> None:
    with pytest.raises(InputError, match="shift start"):
        run(path, "shift")
    assert "began" in run(path, "shift", "start").output
    run(path, "note", "5", "Looked at it.")
    run(path, "solve", "5")
    (found,) = rows(run(path, "shift", "--json"))
    assert (found["agent"], found["solved_an_hour"]["count"], found["out_of_turn"]["count"]) == ("ann", 1, 1)
    assert [one["ticket"] for one in rows(run(path, "shift", "--behind", "solved an hour", "--json"))] == [5]
    assert "1 solved" in run(path, "shift", "end").output
    (note, *_) = rows(run(path, "handover", "--json"))
    assert (note["kind"], note["agent"], "1 solved" in note["text"]) == ("note", "ann", True)
    assert "shift ended" in run(path, "undo").output


def test_a_hand_over_of_ones_own_words_is_shown_safely_at_the_next_start(path: Path) -> None:
    run(path, "shift", "start")
    run(path, "shift", "end", "--note", "-", typed="Call #3 \x1b[31mback\n")
    shown = run(path, "shift", "start").output
    assert "Hand-over of ann" in shown
    with pytest.raises(InputError, match="goes on since"):
        run(path, "shift", "start")
    run(path, "shift", "end", "--note", "")
    assert "Call #3" in shown
    assert "\x1b" not in shown + run(path, "handover").output
    assert [one["kind"] for one in rows(run(path, "shift", "start", "--json"))[:2]] == ["shift", "note"]


def test_a_hand_over_without_end_is_shown_as_far_as_anybody_reads(path: Path) -> None:
    run(path, "shift", "start")
    run(path, "shift", "end", "--note", "-", typed="y" * 100_000 + "\n" + "a line\n" * 5_000)
    shown = run(path, "shift", "start").output.splitlines()
    assert "  … and 4941 more" in shown
    assert (len(shown) < 200, max(map(len, shown)) < 1_100) == (True, True)
    (note, *_) = rows(run(path, "handover", "--json"))
    assert note["text"].count("a line") == 5_000, "all of it is kept"


def test_a_changed_procedure_is_told_at_the_next_start(path: Path) -> None:
    folder = path.parent / "tridesk" / "procedures"
    folder.mkdir()
    head = 'id = "own"\nversion = 1\neffective = 2026-01-01\n[applies]\ntopics = ["own"]\n'
    text = head + '[[step]]\nid = "a"\nkind = "check"\ntext.en = "Look."\n'
    (folder / "own.toml").write_text(text, encoding="utf-8")
    run(path, "shift", "start")
    (folder / "own.toml").write_text(text.replace("Look.", "Look twice."), encoding="utf-8")
    run(path, "shift", "end", "--note", "")
    assert "procedure own: changed" in run(path, "shift", "start").output
    run(path, "shift", "end", "--note", "")
    assert "procedure own" not in run(path, "shift", "start").output

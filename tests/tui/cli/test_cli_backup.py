"""`tridesk backup` and `restore` as a user calls them, the automatic ones, and what `doctor` says about them."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from pathlib import Path

import pytest

from data.desk_file.backup_files import backups_of
from tests.data.desks import counts, fill, wreck
from tests.tui.cli.in_process import tridesk
from tui.cli.main import run
from tui.setup.backup_process import BackupProcess


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    path = tmp_path / "desk.db"
    fill(path, 20)
    return path


def lines(desk: Path, *arguments: str, code: int = 0) -> list[str]:
    """Run the command and return what it prints."""
    ran = tridesk(os.environ, *arguments, "--db", str(desk))
    assert ran.returncode == code, ran.stderr
    return (ran.stdout if code == 0 else ran.stderr).splitlines()


def said(desk: Path) -> list[str]:
    return [json.loads(line)["say"] for line in lines(desk, "backup", "--automatic")]


def test_there_and_back(desk: Path) -> None:
    (line,) = lines(desk, "backup")
    assert line.endswith("opened and found sound")
    before = counts(desk)
    fill(desk, 5, start=21)
    (question,) = lines(desk, "restore", code=1)
    assert "Repeat the command with --yes" in question
    (done,) = [json.loads(line) for line in lines(desk, "restore", "--yes", "--json")]
    assert done["events_lost"] == 5
    assert counts(desk) == {**before, "events": before["events"] + 1}
    (listed,) = [json.loads(line) for line in lines(desk, "restore", "--list", "--json")]
    assert (listed["kind"], listed["bytes"]) == ("backup", backups_of(desk)[0].size)
    files = sorted(line.split()[-1] for line in lines(desk, "backup", "--list"))  # both may be of one second
    assert files == sorted(["replaced", Path(listed["backup"]).name])
    lines(desk, "restore", Path(done["kept"]).name, "--yes")
    assert counts(desk)["tickets"] == 25


def test_the_sentences_of_a_damaged_desk_lead_out_of_it(desk: Path) -> None:
    lines(desk, "backup")
    desk.write_bytes(bytes(100) + desk.read_bytes()[100:])
    (sentence,) = lines(desk, "list", code=1)
    command = sentence.partition("`")[2].rpartition("`")[0]
    assert command == f"tridesk restore --db {desk}"
    lines(desk, *command.split()[1:2], "--yes")
    assert len(lines(desk, "list")) == 20


def test_without_a_backup_the_sentence_leads_to_salvage(desk: Path) -> None:
    fill(desk, 300, start=21)
    wreck(desk, 60)
    assert any("restore --salvage" in line for line in lines(desk, "backup", code=1))
    (read, *_) = lines(desk, "restore", "--salvage", "--yes")
    assert read.startswith("Read from")
    lines(desk, "list")


def test_the_automatic_backup_is_made_when_it_is_due(desk: Path) -> None:
    assert said(desk) == []
    assert said(desk) == []
    (first,) = backups_of(desk)
    old = first.path.with_name("desk-20200101T000000Z.db")
    first.path.rename(old)
    assert said(desk) == []
    assert len(backups_of(desk)) == 2
    os.utime(desk, (0, 0))
    for copy in backups_of(desk)[:-1]:
        copy.path.unlink()
    assert said(desk) == []
    assert [copy.path for copy in backups_of(desk)] == [old]  # not changed since


def test_the_automatic_check_says_what_is_wrong(desk: Path) -> None:
    lines(desk, "backup")
    fill(desk, 3, start=21)
    older = desk.read_bytes()
    fill(desk, 3, start=24)
    lines(desk, "backup")
    desk.write_bytes(older)
    (sentence,) = said(desk)
    assert "has 3 events fewer than its backup of" in sentence
    lines(desk, "restore", "--yes", backups_of(desk)[1].path.name)
    assert said(desk) == []  # an older backup was chosen
    wreck(desk, 5)
    (sentence,) = said(desk)
    assert sentence.startswith("Damaged file: ")
    assert "restore the backup of" in sentence


def test_doctor_says_how_old_the_newest_backup_is(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def backups() -> tuple[bool, str]:
        with suppress(SystemExit):
            run(["doctor", "--json", "--db", str(desk)])
        rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        return next((row["ok"], row["detail"]) for row in rows if row["check"] == "backups")

    assert backups()[1].startswith("none yet")
    run(["backup", "--db", str(desk)])
    capsys.readouterr()
    ok, detail = backups()
    assert (ok, detail.startswith("the newest of 1 is 0 hours old")) == (True, True)
    copy = backups_of(desk)[0].path
    copy.rename(copy.with_name("desk-20250101T000000Z.db"))
    ok, detail = backups()
    assert (ok, "`tridesk backup` makes one" in detail) == (False, True)


def test_the_screen_hears_of_damage_and_has_the_desk_backed_up(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.setup.backup_process.FIRST_SECONDS", 0.0)
    monkeypatch.setattr("tui.setup.backup_process.EVERY_SECONDS", 0.05)
    heard: list[str] = []
    process = BackupProcess(desk)
    process.start(heard.append)
    until = time.monotonic() + 60
    while not backups_of(desk) and time.monotonic() < until:
        time.sleep(0.05)
    assert heard == []
    wreck(desk, 5)
    while not heard and time.monotonic() < until:
        time.sleep(0.05)
    process.stop()
    assert heard[0].startswith("Damaged file: ")
    assert len(heard) == 1

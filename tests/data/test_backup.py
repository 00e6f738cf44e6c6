"""Backups: whole or not there, checked, private, rotated; and what is said of a file that cannot be used."""

from __future__ import annotations

import random
import re
import resource
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.desk_file.backup_files import (
    ALWAYS_KEPT,
    REPLACED,
    Backup,
    backup_folder,
    backup_path,
    backups_of,
    copies_of,
    to_remove,
)
from data.desk_file.make_backup import make_backup, rotate
from data.errors import StoreError
from data.locations import alone, private_folder
from data.migrations.version import NEWEST
from data.store import Store
from tests.data.desks import counts, fill, wreck
from tests.database import KNOWS_KEY, raw_desk

DAY = 86_400
NOW = 1_795_957_298
ROOT = Path(__file__).parents[2]


@pytest.fixture
def desk(tmp_path: Path, file_kind: str) -> Path:
    path = tmp_path / "home" / "desk.db"
    fill(path, 50)
    return path


def test_a_backup_has_what_is_only_in_the_log_and_nothing_next_to_it(desk: Path) -> None:
    store = Store.open(desk)
    fill(desk, 5, start=51)
    assert desk.with_name("desk.db-wal").stat().st_size
    made = make_backup(desk, NOW)
    store.close()
    assert [file.name for file in backup_folder(desk).iterdir() if file.name != ".lock"] == [made.path.name]
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.path.parent.stat().st_mode) == 0o700
    assert counts(made.path) == counts(desk) == {"tickets": 55, "messages": 55, "events": 55, "found": 55}


def test_two_backups_in_one_second_have_two_names(desk: Path) -> None:
    assert make_backup(desk, NOW).path != make_backup(desk, NOW).path
    assert len(backups_of(desk)) == 2


def test_a_damaged_desk_is_not_backed_up(desk: Path) -> None:
    earlier = make_backup(desk, NOW)
    wreck(desk, 3)
    with pytest.raises(
        StoreError, match=re.escape(f"is damaged; it was left as it is: restore the backup of {earlier.when}")
    ):
        make_backup(desk, NOW + 60)
    assert [copy.path for copy in copies_of(desk)] == [earlier.path]


def test_a_second_backup_waits_for_no_other(desk: Path) -> None:
    with alone(private_folder(backup_folder(desk)) / ".lock"), pytest.raises(StoreError, match="Another backup"):
        make_backup(desk, NOW)


def test_a_backup_to_a_file_never_replaces_one(desk: Path, tmp_path: Path) -> None:
    target = tmp_path / "usb.db"
    assert counts(make_backup(desk, NOW, target=target).path) == counts(desk)
    with pytest.raises(StoreError, match="exists already"):
        make_backup(desk, NOW, target=target)


def test_a_backup_without_room_leaves_nothing(desk: Path) -> None:
    program = (
        "import resource, sys; from pathlib import Path; from data.desk_file.make_backup import make_backup; "
        "from data.errors import StoreError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "try: make_backup(Path(sys.argv[1]), 1)\n"
        "except StoreError as error: print(error.message)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", KNOWS_KEY + program, str(desk)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 100_000
    assert re.search("room|Reading or writing|cannot be written", ran.stdout), (ran.stdout, ran.stderr)
    assert "\n" not in ran.stdout.strip()
    assert copies_of(desk) == []
    assert [file.name for file in backup_folder(desk).iterdir()] == [".lock"]
    assert counts(desk)["tickets"] == 50


def test_killed_while_backing_up(desk: Path) -> None:
    """At any moment: no half backup is ever listed, the next one works and removes what is left over."""
    fill(desk, 300, start=51)
    whole = counts(desk)
    program = "import sys; from pathlib import Path; from data.desk_file.make_backup import make_backup\n" \
        "print('ready', flush=True)\nwhile True: make_backup(Path(sys.argv[1]), 1)"  # fmt: skip
    for turn in range(12):
        with subprocess.Popen(
            [sys.executable, "-c", KNOWS_KEY + program, str(desk)], cwd=ROOT, stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(random.Random(turn).random() * 0.2)
            process.kill()
        for copy in copies_of(desk):
            assert counts(copy.path) == whole
            copy.path.unlink()
    make_backup(desk, NOW)
    assert not list(backup_folder(desk).glob("*.part*"))


@given(ages=st.lists(st.integers(0, 40 * DAY), max_size=60, unique=True), keep=st.integers(0, 20))
def test_rotation_keeps_the_newest_two_and_the_last_of_each_day(ages: list[int], keep: int) -> None:
    copies = [Backup(Path(str(age)), NOW - age) for age in ages]
    removed = to_remove(copies, NOW, keep)
    kept = [copy for copy in copies if copy not in removed]
    newest = sorted(copies, key=lambda copy: -copy.at)[:ALWAYS_KEPT]
    assert set(newest) <= set(kept)
    young = {copy.at // DAY for copy in copies if copy.at > NOW - keep * DAY}
    assert young <= {copy.at // DAY for copy in kept}
    assert len(kept) <= keep + 1 + ALWAYS_KEPT


def test_rotation_removes_files(desk: Path) -> None:
    for age in (100, 90, 3, 2, 1):
        make_backup(desk, NOW - age * DAY)
    make_backup(desk, NOW - 50 * DAY, kind=REPLACED)
    assert len(rotate(desk, NOW, 14)) == 3
    assert [(NOW - copy.at) // DAY for copy in copies_of(desk)] == [1, 2, 3]


def test_an_upgrade_is_preceded_by_a_backup(desk: Path) -> None:
    with closing(raw_desk(desk)) as raw:
        raw.execute("DELETE FROM _sqlite_migrations WHERE name = 'views_of_a_lane'")
        for index in ("ticket_assignee", "ticket_language", "ticket_rest"):
            raw.execute(f"DROP INDEX {index}")
        raw.execute("DROP TABLE ticket_tag")
        raw.execute(f"PRAGMA user_version = {NEWEST - 1}")
        raw.commit()
    Store.open(desk).close()
    (copy,) = backups_of(desk)
    assert copy.kind == "before-upgrade"


def test_an_empty_file_and_a_missing_one_are_never_a_new_desk_where_there_is_a_backup(desk: Path) -> None:
    made = make_backup(desk, NOW)
    desk.write_bytes(b"")
    with pytest.raises(StoreError, match=f"is empty, not a desk: restore the backup of {made.when}"):
        Store.open(desk)
    assert desk.read_bytes() == b""
    desk.unlink()
    with pytest.raises(StoreError, match=r"no desk file at .*, but it has a backup"):
        Store.open(desk)
    assert not desk.exists()


def test_a_desk_without_its_log_is_never_a_new_desk(tmp_path: Path) -> None:
    """The first tables of a desk may still be in its log; the copy of the file alone then has none."""
    path = tmp_path / "copy.db"
    with closing(sqlite3.connect(tmp_path / "a.db")) as raw:
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute("CREATE TABLE x (y)")
        path.write_bytes((tmp_path / "a.db").read_bytes())
    before = path.read_bytes()
    assert before
    with pytest.raises(StoreError, match=r"newest changes are in the file copy\.db-wal there"):
        Store.open(path)
    assert path.read_bytes() == before


def test_a_log_without_its_desk_is_never_a_new_desk(desk: Path) -> None:
    store = Store.open(desk)
    fill(desk, 5, start=51)
    desk.rename(desk.with_name("gone"))
    with pytest.raises(StoreError, match=r"its log desk\.db-wal is there"):
        Store.open(desk)
    store.close()


def test_a_new_desk_appears_whole(tmp_path: Path) -> None:
    program = "import sys; from pathlib import Path; from data.store import Store\n" \
        "print('ready', flush=True); Store.open(Path(sys.argv[1]))"  # fmt: skip
    for turn in range(6):
        path = tmp_path / str(turn) / "desk.db"
        with subprocess.Popen(
            [sys.executable, "-c", KNOWS_KEY + program, str(path)], cwd=ROOT, stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(random.Random(turn).random() * 0.3)
            process.kill()
        assert not path.exists() or path.stat().st_size > 100_000
        Store.open(path).close()


@pytest.mark.parametrize("page", range(2, 40))
def test_damage_is_said_in_one_sentence_on_reads_too(desk: Path, page: int) -> None:
    made = make_backup(desk, NOW)
    wreck(desk, page)
    sentence = ""
    try:
        counts(desk)
    except StoreError as error:
        sentence = f"{error.title}: {error.message}"
    way_out = f"restore the backup of {made.when} with `tridesk restore --db"
    assert not sentence or (sentence.startswith("Damaged file: ") and way_out in sentence)


def test_a_backup_path_of_another_desk_is_not_ours(desk: Path) -> None:
    other = desk.with_name("desk-2.db")
    fill(other, 1)
    make_backup(other, NOW)
    assert backups_of(desk) == []
    assert backup_path(desk, NOW).parent == backup_path(other, NOW).parent

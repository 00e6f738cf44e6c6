"""Restoring: the backup in the desk's place, the old file kept, no reply sent twice, wherever it is cut off."""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from struct import unpack
from typing import Any

import pytest

from data.desk_file.backup_files import REPLACED, copies_of
from data.desk_file.connection import connect
from data.desk_file.make_backup import make_backup
from data.errors import StoreError
from data.records.outbox import OutboxState
from data.recovery.restore import restore
from data.recovery.salvage import salvage
from data.store import Store
from tests.data.desks import counts, fill, queue, wreck
from tests.database import KNOWS_KEY, raw_desk

NOW = 1_795_957_298
ROOT = Path(__file__).parents[2]


@pytest.fixture
def desk(tmp_path: Path, file_kind: str) -> Path:
    path = tmp_path / "home" / "desk.db"
    fill(path, 50)
    return path


def states(desk: Path) -> dict[str, OutboxState]:
    store = Store.open(desk)
    try:
        return {entry.message_id: entry.state for entry in store.outbox.waiting()}
    finally:
        store.close()


def test_the_backup_comes_back_and_the_file_before_it_is_kept(desk: Path) -> None:
    backup = make_backup(desk, NOW)
    fill(desk, 7, start=51)
    later = counts(desk)
    done = restore(desk, backup.path, NOW + 60, "eva")
    assert counts(desk) == {"tickets": 50, "messages": 50, "events": 51, "found": 50}
    assert done.events_lost == 7
    assert done.kept is not None
    assert counts(done.kept) == later
    store = Store.open(desk)
    newest = list(store.events.each())[-1]
    assert (newest.kind, newest.actor, newest.detail["from"]) == ("restored", "eva", backup.path.name)
    assert store.events.last_restored().at == NOW + 60


def test_what_was_only_in_the_log_is_kept_with_the_file(desk: Path) -> None:
    backup = make_backup(desk, NOW)
    program = """
import os, sys
from pathlib import Path
from data.store import Store
from tests.data.desks import fill
store = Store.open(Path(sys.argv[1]))
fill(Path(sys.argv[1]), 9, start=51)
os._exit(9)
"""
    subprocess.run([sys.executable, "-c", KNOWS_KEY + program, str(desk)], cwd=ROOT, check=False)
    log = desk.with_name("desk.db-wal").read_bytes()
    done = restore(desk, backup.path, NOW + 60, "eva")
    assert done.events_lost == 9
    assert done.kept is not None
    assert done.kept.with_name(done.kept.name + "-wal").read_bytes() == log
    assert counts(done.kept)["tickets"] == 59
    assert counts(desk)["tickets"] == 50


def test_replies_that_waited_are_in_doubt_unless_the_old_file_knows_better(desk: Path) -> None:
    for name in ("<sent@x>", "<undone@x>", "<queued@x>"):
        queue(desk, name)
    queue(desk, "<failed@x>", OutboxState.FAILED)
    backup = make_backup(desk, NOW)
    store = Store.open(desk)
    with store.write():
        for entry in store.outbox.waiting():
            if entry.message_id == "<sent@x>":
                store.outbox.move(entry.id, OutboxState.QUEUED, OutboxState.SENT)
            if entry.message_id == "<undone@x>":
                store.outbox.move(entry.id, OutboxState.QUEUED, OutboxState.RECALLED)
    store.close()
    copy = desk.with_name("copy.db")
    shutil.copy(desk, copy)
    restore(desk, backup.path, NOW, "eva")
    assert states(desk) == {"<queued@x>": OutboxState.QUEUED, "<failed@x>": OutboxState.FAILED}
    wreck(desk, 0)
    assert restore(desk, backup.path, NOW, "eva").in_doubt == 3
    doubt = OutboxState.IN_DOUBT
    assert states(desk) == {
        "<sent@x>": doubt, "<undone@x>": doubt, "<queued@x>": doubt, "<failed@x>": OutboxState.FAILED,
    }  # fmt: skip


def test_an_open_desk_is_not_replaced(desk: Path) -> None:
    backup = make_backup(desk, NOW)
    program = "import sys; from pathlib import Path; from data.store import Store\n" \
        "store = Store.open(Path(sys.argv[1])); print('open', flush=True); sys.stdin.read()"  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-c", KNOWS_KEY + program, str(desk)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(StoreError, match=r"Another program has .* open"):
            restore(desk, backup.path, NOW, "eva")
        process.communicate()
    restore(desk, backup.path, NOW, "eva")


def test_an_unsound_backup_is_refused_and_nothing_is_touched(desk: Path) -> None:
    backup = make_backup(desk, NOW)
    wreck(backup.path, 3)
    before = counts(desk)
    with pytest.raises(StoreError, match="damaged"):
        restore(desk, backup.path, NOW, "eva")
    (desk.parent / "other.db").write_text("text " * 1000)
    with pytest.raises(StoreError, match="not a SQLite file"):
        restore(desk, desk.parent / "other.db", NOW, "eva")
    assert counts(desk) == before


@pytest.mark.parametrize("fault", ["zero header", "text", "half", "no bytes", "missing"])
def test_a_desk_that_cannot_be_opened_is_restored(desk: Path, fault: str) -> None:
    backup = make_backup(desk, NOW)
    wanted = counts(desk)
    content = desk.read_bytes()
    broken = {
        "zero header": bytes(100) + content[100:],
        "text": b"just a text\n" * 1000,
        "half": content[: len(content) // 2],
        "no bytes": b"",
    }.get(fault)
    desk.unlink() if broken is None else desk.write_bytes(broken)
    done = restore(desk, backup.path, NOW, "eva")
    assert counts(desk) == {**wanted, "events": wanted["events"] + 1}
    assert (done.kept.read_bytes() if done.kept else None) == broken


@pytest.mark.parametrize("cut", range(1, 9))
def test_a_restore_that_is_cut_off_at_any_step_can_be_repeated(desk: Path, cut: int) -> None:
    """The process ends at the n-th of its steps; the old desk is still whole somewhere, and a second run succeeds."""
    backup = make_backup(desk, NOW)
    fill(desk, 7, start=51)
    store = Store.open(desk)  # so that the log is not taken in
    fill(desk, 2, start=58)
    later = counts(desk)
    log = desk.with_name("desk.db-wal")
    saved = {file: file.read_bytes() for file in (desk, log)}
    store.close()
    for file, content in saved.items():
        file.write_bytes(content)
    program = f"""
import os, sys
from pathlib import Path
import data.recovery.restore as room
steps = 0
def counted(work):
    def step(*args, **kwargs):
        global steps
        steps += 1
        if steps == {cut}: os._exit(7)
        return work(*args, **kwargs)
    return step
for name in ("flush", "flush_folder", "copy_pages", "migrate", "private_folder"):
    setattr(room, name, counted(getattr(room, name)))
os.replace = counted(os.replace)
room.restore(Path(sys.argv[1]), Path(sys.argv[2]), {NOW}, "eva")
"""
    ran = subprocess.run(
        [sys.executable, "-c", KNOWS_KEY + program, str(desk), str(backup.path)], cwd=ROOT, check=False
    )
    assert ran.returncode in (0, 7)
    if not desk.exists():
        with pytest.raises(StoreError, match="Desk missing"):
            Store.open(desk)
    restore(desk, backup.path, NOW + 60, "eva")
    assert counts(desk)["tickets"] == 50
    kept = [counts(copy.path) for copy in copies_of(desk) if copy.kind == REPLACED]
    assert later in kept


def test_killed_while_restoring(desk: Path) -> None:
    fill(desk, 300, start=51)
    backup = make_backup(desk, NOW)
    program = "import sys; from pathlib import Path; from data.recovery.restore import restore\n" \
        "print('ready', flush=True)\nwhile True: restore(Path(sys.argv[1]), Path(sys.argv[2]), 1, 'eva')"  # fmt: skip
    for turn in range(12):
        with subprocess.Popen(
            [sys.executable, "-c", KNOWS_KEY + program, str(desk), str(backup.path)], cwd=ROOT, stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(random.Random(turn).random() * 0.4)
            process.kill()
        if not desk.exists():
            restore(desk, backup.path, NOW, "eva")
        assert {name: count for name, count in counts(desk).items() if name != "events"} == {
            "tickets": 350, "messages": 350, "found": 350,
        }  # fmt: skip
        for copy in copies_of(desk):
            if copy.kind:
                copy.path.unlink()


def test_a_restore_without_room_leaves_the_desk_as_it_is(desk: Path) -> None:
    backup = make_backup(desk, NOW)
    before = counts(desk)
    program = (
        "import resource, sys; from pathlib import Path; from data.recovery.restore import restore; "
        "from data.errors import StoreError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "try: restore(Path(sys.argv[1]), Path(sys.argv[2]), 1, 'eva')\n"
        "except StoreError as error: print(error.message)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", KNOWS_KEY + program, str(desk), str(backup.path)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ran.stdout.count("\n") == 1, (ran.stdout, ran.stderr)
    assert counts(desk) == before
    assert sorted(file.name for file in desk.parent.iterdir()) == ["backups", "desk.db"]


def test_a_sound_file_is_salvaged_whole(desk: Path) -> None:
    queue(desk, "<queued@x>")
    before = counts(desk)
    done = salvage(desk, desk, NOW, "eva")
    assert done.damaged == ()
    assert counts(desk) == {**before, "events": before["events"] + 1}
    assert done.restored.kept is not None
    store = Store.open(desk)
    assert store.tickets.counts()["mail"].active == 50
    assert store.check() == []
    assert [entry.state for entry in store.outbox.waiting()] == [OutboxState.QUEUED]


def salvaged_of(desk: Path, page: int) -> dict[str, int] | None:
    """Return what is left after salvage of a copy of the desk with a wrecked page; None if nothing could be read."""
    copy = desk.parent / "broken" / "desk.db"
    shutil.rmtree(copy.parent, ignore_errors=True)
    copy.parent.mkdir()
    shutil.copy(desk, copy)
    wreck(copy, page)
    try:
        salvage(copy, copy, NOW, "eva")
    except StoreError:
        return None
    store = Store.open(copy)
    assert store.check() == []
    store.close()
    return counts(copy)


def test_a_wrecked_page_costs_the_rows_on_it_only(desk: Path) -> None:
    fill(desk, 450, start=51)
    pages = desk.stat().st_size // 4096
    shares = []
    for page in random.Random(1).sample(range(1, pages), 20):
        kept = salvaged_of(desk, page)
        shares.append(kept["messages"] / 500 if kept else 0.0)
    assert sum(share > 0.95 for share in shares) >= 18, shares


def test_a_wrecked_root_costs_its_table_and_no_long_search(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each read that fails opens an encrypted file anew: to try every number takes minutes."""
    with closing(raw_desk(desk)) as raw:
        (root,) = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'message'").fetchone()
    wreck(desk, root - 1)
    opened: list[Path] = []

    def noted(path: Path, **options: Any) -> sqlite3.Connection:
        opened.append(path)
        return connect(path, **options)

    monkeypatch.setattr("data.recovery.salvage.connect", noted)
    done = salvage(desk, desk, NOW, "eva")
    assert done.damaged == ("message",)
    assert (done.rows["ticket"], done.rows.get("message", 0)) == (50, 0)
    assert len(opened) < 500


def leaves(desk: Path, table: str) -> list[tuple[int, int]]:
    """Return the pages with a table's rows and how many are on each (https://www.sqlite.org/fileformat.html, 1.6)."""
    with closing(raw_desk(desk)) as raw:
        (root,) = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    content = desk.read_bytes()
    pages = [content[start : start + 4096] for start in range(0, len(content), 4096)]
    top = pages[root - 1]
    count, _, _, last = unpack(">HHBL", top[3:12])
    assert top[0] in (2, 5), "a page with others below it"
    children = [unpack(">L", top[cell : cell + 4])[0] for cell in unpack(f">{count}H", top[12 : 12 + 2 * count])]
    return [(page - 1, unpack(">H", pages[page - 1][3:5])[0]) for page in (*children, last)]


def test_rows_between_two_wrecked_ends_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "home" / "desk.db"
    fill(path, 50)
    first, *between, last = leaves(path, "message")
    for page, _ in (first, last):
        wreck(path, page)
    assert salvage(path, path, NOW, "eva").rows["message"] == sum(rows for _, rows in between) > 0


def test_a_table_without_numbers_is_read_from_both_ends_up_to_the_damage(tmp_path: Path) -> None:
    path = tmp_path / "home" / "desk.db"
    fill(path, 1)
    with closing(raw_desk(path)) as raw:
        for number in range(300):
            raw.execute("INSERT INTO identity (kind, value, customer_id) VALUES ('email', ?, 1)", (f"{number:060}",))
    page, rows = leaves(path, "identity")[3]
    wreck(path, page)
    assert salvage(path, path, NOW, "eva").rows["identity"] == 301 - rows


def test_a_wrecked_first_page_is_taken_from_a_backup(desk: Path) -> None:
    make_backup(desk, NOW)
    fill(desk, 20, start=51)
    wreck(desk, 0)
    salvage(desk, desk, NOW, "eva")
    assert counts(desk)["messages"] == 70


def test_nothing_can_be_read_of_a_text(desk: Path) -> None:
    desk.write_text("just a text\n" * 1000)
    with pytest.raises(StoreError, match="Not even the list of tables"):
        salvage(desk, desk, NOW, "eva")
    assert desk.read_text().startswith("just a text")


def test_an_older_backup_that_was_chosen_is_not_older_than_any_other(desk: Path) -> None:
    first = make_backup(desk, NOW)
    fill(desk, 3, start=100)
    second = make_backup(desk, NOW)  # named by the next second
    restore(desk, first.path, NOW, "ann")
    with closing(Store.open(desk)) as store:
        assert store.events.last_restored().at >= max(copy.at for copy in copies_of(desk) if copy.path == second.path)

"""Where files may be: private, on a disk that SQLite can work on, and gone when they were temporary."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from data import locations
from data.errors import StoreError
from data.locations import (
    doubtful_file_system,
    keep_files_private,
    network_file_system,
    remove_leftovers,
    remove_unfinished,
    temporary_folder,
    umask_before,
)
from data.store import Store
from tests.data.desks import counts, fill
from tests.database import database

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("ext4", ""), ("btrfs", ""), ("overlay", ""), ("tmpfs", ""), ("fuseblk", ""), ("zfs", ""),
        ("fuse.ceph-fuse", "network"), ("gfs2", "network"), ("nfs4", "network"), ("cifs", "network"),
        ("fuse.sshfs", "network"), ("fuse.rclone", "network"), ("fuse.mount-s3", "network"),
        ("9p", "network"), ("fuse.gvfsd-fuse", "network"),
        ("fuse", "doubtful"), ("fuse.mergerfs", "doubtful"), ("fuse.unheard-of", "doubtful"), ("virtiofs", "doubtful"),
    ],
)  # fmt: skip
def test_each_file_system_is_local_refused_or_doubtful(tmp_path: Path, kind: str, answer: str) -> None:
    folder = tmp_path / "my desk"
    folder.mkdir()
    mounts = tmp_path / "mounts"
    place = str(folder).replace(" ", "\\040")
    mounts.write_text(f"/dev/x / ext4 rw 0 0\nwhat {place} {kind} rw 0 0\n")
    found = (network_file_system(folder / "desk.db", mounts), doubtful_file_system(folder / "desk.db", mounts))
    assert found == {"": ("", ""), "network": (kind, ""), "doubtful": ("", kind)}[answer]


def test_a_doubtful_file_system_gets_the_rollback_journal_and_a_local_one_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "desk.db"
    fill(path, 5)
    for kind, mode in (("fuse.mergerfs", "delete"), ("", "wal")):
        monkeypatch.setattr("data.store.doubtful_file_system", lambda path, kind=kind: kind)
        with closing(Store.open(path)) as store:
            assert database(store).execute("PRAGMA journal_mode").fetchone()[0] == mode
            with closing(Store.open(path)) as other, other.write():
                other.settings.save("x", mode)
            assert store.settings.get("x") == mode
            assert path.with_name("desk.db-wal").exists() == (mode == "wal")
        assert counts(path)["tickets"] == 5
    new = tmp_path / "new.db"
    monkeypatch.setattr("data.store.doubtful_file_system", lambda path: "fuse")
    with closing(Store.open(new)) as store:
        assert database(store).execute("PRAGMA journal_mode").fetchone()[0] == "delete"


def test_a_network_file_system_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.store.network_file_system", lambda path: "nfs4")
    with pytest.raises(StoreError, match="is on nfs4, where SQLite can lose data"):
        Store.open(tmp_path / "desk.db")
    assert not (tmp_path / "desk.db").exists()


def test_temporary_folders_of_processes_that_are_gone_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ours = temporary_folder()
    assert stat.S_IMODE(ours.stat().st_mode) == 0o700
    program = (
        "import os, sys, tempfile; tempfile.tempdir = sys.argv[1]\n"
        "from data.locations import temporary_folder\n"
        "(temporary_folder() / 'draft.txt').write_text('secret'); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, check=False)
    (tmp_path / "tridesk-x-1").mkdir()
    (tmp_path / "kept").mkdir()
    (tmp_path / "tridesk-999999999-link").symlink_to(tmp_path / "kept")
    remove_leftovers()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [ours.name, "tridesk-x-1", "kept", "tridesk-999999999-link"]
    )


def test_files_are_private_from_the_start_of_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = os.umask(0o022)
    monkeypatch.setattr(locations, "_umask", 0o022)
    try:
        keep_files_private()
        (tmp_path / "file").write_text("x")
        assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600
        assert umask_before() == 0o022
    finally:
        os.umask(before)


def test_the_program_writes_no_log_of_the_screen(tmp_path: Path) -> None:
    """Textual would, if these variables reached it."""
    log = tmp_path / "textual.log"
    program = (
        "import os, sys\nfrom tui.__main__ import main\nsys.argv = ['tridesk', 'doctor']\n"
        "try: main()\nexcept SystemExit: pass\n"
        "from textual import constants\nprint(constants.LOG_FILE, constants.DEBUG, os.environ.get('TEXTUAL'))"
    )
    environment = os.environ | {"TEXTUAL_LOG": str(log), "TEXTUAL_DEBUG": "1", "TEXTUAL": "devtools,debug"}
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.stdout.splitlines()[-1] == "None False None", ran.stderr
    assert not log.exists()


def test_copies_that_a_killed_program_was_making_are_removed(tmp_path: Path) -> None:
    desk, now = tmp_path / "desk.db", 1_800_000_000
    gone = [".desk.db.abc_1x2y.new", ".desk.db.restoring", ".desk.db.restoring-from", ".desk.db.restoring-from-first",
            ".desk.db.recoding", ".desk.db.recoding-journal", ".desk.db.abc.new-wal"]  # fmt: skip
    kept = ["desk.db", "desk.db-wal", ".desk.db.mine", ".other.db.restoring", ".desk.db.restoring.txt"]
    for name in (*gone, *kept):
        (tmp_path / name).write_text("x")
        os.utime(tmp_path / name, (now - 4_000, now - 4_000))
    (tmp_path / ".desk.db.young.new").write_text("x")
    os.utime(tmp_path / ".desk.db.young.new", (now - 60, now - 60))
    remove_unfinished(desk, now)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*kept, ".desk.db.young.new"])

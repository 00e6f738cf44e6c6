"""Encrypted desks: nothing readable in the file, both ways and cut off anywhere, refused without the key in words."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, NoReturn

import pytest

from data.desk_file import encryption
from data.desk_file.backup_files import backup_folder, backups_of
from data.desk_file.copy_with_key import contents
from data.desk_file.encryption import PLAIN, forget, key_from, needs_passphrase, new_salt, remember, salt_of
from data.desk_file.make_backup import anchors_of, make_backup
from data.errors import StoreError
from data.recovery import change_key as room
from data.recovery.change_key import change_key
from data.recovery.restore import restore
from data.store import Store
from tests.data.desks import counts, fill, wreck
from tests.database import KNOWS_KEY, SALT, raw_desk

pytestmark = pytest.mark.usefixtures("sqlcipher")
NOW = 1_795_957_298
ROOT = Path(__file__).parents[2]
KEY = bytes(range(32))
WORDS = (b"text7", b"ana@x.example", b"Subject 7", b"SQLite format", b"ticket")


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    remember(SALT, KEY)
    path = tmp_path / "home" / "desk.db"
    fill(path, 50)
    return path


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_nothing_of_it_can_be_read_in_the_file_its_log_and_its_backup(desk: Path) -> None:
    before = counts(desk)
    change_key(desk, SALT, NOW, "eva")
    store = Store.open(desk)
    assert store.events.newest()  # from now on it has the log open
    fill(desk, 5, start=51)
    made = make_backup(desk, NOW)
    assert desk.with_name("desk.db-wal").stat().st_size
    for name, content in files(desk.parent).items():
        assert not [word for word in WORDS if word in content], name
    store.close()
    assert counts(desk)["tickets"] == before["tickets"] + 5 == counts(made.path)["tickets"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in (desk, made.path)} == {0o600}


def test_both_ways_keep_every_row_and_are_recorded(desk: Path) -> None:
    with closing(raw_desk(desk)) as raw:
        before = contents(raw)
    change_key(desk, SALT, NOW, "eva")
    assert salt_of(desk) == SALT
    change_key(desk, PLAIN, NOW + 1, "eva")
    assert desk.read_bytes().startswith(b"SQLite format 3")
    with closing(raw_desk(desk)) as raw:
        after = contents(raw)
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"event", "event_head", "action", "sqlite_sequence"}
    with closing(Store.open(desk)) as store:
        assert [event.kind for event in store.events.each()][-2:] == ["encrypted", "decrypted"]
        assert store.events.verify(anchors_of(desk, store.events)).breaks == ()
        assert store.check() == []
    assert [path.name for path in desk.parent.iterdir()] == ["desk.db"]


def test_a_changed_key_opens_it_and_the_one_before_does_not(desk: Path) -> None:
    change_key(desk, SALT, NOW, "eva")
    salt = new_salt(passphrase=True)
    remember(salt, key_from("correct horse", salt))
    change_key(desk, salt, NOW, "eva")
    assert needs_passphrase(salt_of(desk))
    assert counts(desk)["tickets"] == 50
    forget(salt)
    remember(salt, key_from("correct horsf", salt))
    with pytest.raises(StoreError, match=r"does not open .*; try again"):
        Store.open(desk)
    remember(salt, key_from("correct horse", salt))
    assert counts(desk)["tickets"] == 50


def test_one_passphrase_is_one_key_however_its_letters_are_written() -> None:
    assert key_from("contraseña larga", SALT) == key_from("contrasen\u0303a larga", SALT)
    assert key_from("contraseña larga", SALT) != key_from("contraseña larga", SALT[:-1] + b"x")


def test_without_the_key_it_is_refused_and_left_as_it_is(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change_key(desk, SALT, NOW, "eva")
    content = desk.read_bytes()
    forget(SALT)
    for opened in (lambda: Store.open(desk), lambda: make_backup(desk, NOW), lambda: restore(desk, desk, NOW, "eva")):
        with pytest.raises(StoreError, match=re.escape(f"{desk} is encrypted, and")):
            opened()
    remember(SALT, KEY)
    monkeypatch.setitem(sys.modules, "sqlcipher3", None)
    monkeypatch.delitem(sys.modules, "data.desk_file.encrypted_connection", raising=False)
    with pytest.raises(StoreError, match=re.escape("pip install 'tridesk[encrypted]'")):
        Store.open(desk)
    assert desk.read_bytes() == content


def test_a_key_is_asked_for_once(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change_key(desk, SALT, NOW, "eva")
    asked: list[tuple[Path, bytes]] = []

    def source(path: Path, salt: bytes) -> bytes:
        asked.append((path, salt))
        return KEY

    monkeypatch.setattr(encryption, "_source", source)
    forget(SALT)
    assert counts(desk) == counts(desk)
    assert asked == [(desk, SALT)]


@pytest.mark.parametrize("salt", [PLAIN, SALT])
def test_to_ask_whether_it_is_encrypted_takes_no_lock_away(desk: Path, salt: bytes) -> None:
    """POSIX locks go when any descriptor of the file is closed; another process would then take the log away."""
    if salt:
        change_key(desk, salt, NOW, "eva")
    store = Store.open(desk)
    assert store.events.newest()  # from now on it has the log open
    fill(desk, 5, start=51)
    assert salt_of(desk) == salt
    program = f"{KNOWS_KEY.replace('bytes(32)', 'bytes(range(32))')}import sys; from pathlib import Path\n"
    program += "from data.store import Store; Store.open(Path(sys.argv[1])).close()"
    subprocess.run([sys.executable, "-c", program, str(desk)], cwd=ROOT, check=True)
    assert desk.with_name("desk.db-wal").stat().st_size
    assert len(list(store.tickets.each())) == 55


def test_an_open_desk_is_not_encrypted(desk: Path) -> None:
    program = "import sys; from pathlib import Path; from data.store import Store\n"
    program += "store = Store.open(Path(sys.argv[1])); print('ready', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(desk)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(StoreError, match="Another program holds"):
            change_key(desk, SALT, NOW, "eva")
        assert other.stdin is not None
        other.stdin.close()
    assert salt_of(desk) == PLAIN
    assert counts(desk)["tickets"] == 50


def change_until(desk: Path, salt: bytes, cut: int, monkeypatch: pytest.MonkeyPatch) -> NoReturn:
    """Change the key and end the process at one of the steps, without what its `finally` would clean up."""
    steps = iter(range(1, 99))

    def counted(work: Callable[..., Any]) -> Callable[..., Any]:
        def step(*values: Any) -> Any:
            if next(steps) == cut:
                os._exit(7)
            result = work(*values)
            if next(steps) == cut:
                os._exit(7)
            return result

        return step

    for place, name in ((room, "new_file"), (room, "flush"), (room, "flush_folder"), (os, "replace")):
        monkeypatch.setattr(place, name, counted(getattr(place, name)))
    try:
        change_key(desk, salt, NOW, "eva")
    finally:
        os._exit(0)


@pytest.mark.parametrize("was_encrypted", [False, True])
def test_cut_off_at_any_step_the_old_file_or_the_new_one_is_whole(
    desk: Path, monkeypatch: pytest.MonkeyPatch, was_encrypted: bool
) -> None:
    target = PLAIN if was_encrypted else SALT
    if was_encrypted:
        change_key(desk, SALT, NOW, "eva")
    saved = files(desk.parent)
    ends: list[bytes] = []
    for cut in range(1, 9):
        for name, content in saved.items():
            (desk.parent / name).write_bytes(content)
        child = os.fork()
        if child == 0:
            change_until(desk, target, cut, monkeypatch)
        os.waitpid(child, 0)
        ends.append(salt_of(desk))
        assert counts(desk)["tickets"] == 50, cut
        assert not list(desk.parent.glob(".desk.db.recoding*")), cut
    assert set(ends) == {PLAIN, SALT}


def test_a_desk_stays_encrypted_when_a_plain_backup_is_restored(desk: Path) -> None:
    plain = make_backup(desk, NOW)
    change_key(desk, SALT, NOW, "eva")
    restore(desk, plain.path, NOW + 60, "eva")
    assert salt_of(desk) == SALT
    assert counts(desk)["tickets"] == 50


def test_a_backup_with_another_key_is_not_asked_about(desk: Path) -> None:
    other = new_salt(passphrase=True)
    remember(other, KEY)
    change_key(desk, other, NOW, "eva")
    make_backup(desk, NOW)
    change_key(desk, SALT, NOW, "eva")
    forget(other)
    assert len(backups_of(desk)) == 1
    with closing(Store.open(desk)) as store:
        assert anchors_of(desk, store.events) == {}


def test_a_changed_byte_is_damage_and_not_another_text(desk: Path) -> None:
    change_key(desk, SALT, NOW, "eva")
    make_backup(desk, NOW)
    wreck(desk, 20)
    with closing(Store.open(desk)) as store:
        assert store.check()
    content = bytearray(desk.read_bytes())
    content[200] ^= 1
    desk.write_bytes(content)
    with pytest.raises(StoreError, match=r"does not open .* the file is damaged: restore the backup"):
        Store.open(desk)
    assert backup_folder(desk).exists()

"""`tridesk encrypt`, `decrypt` and `key` as a user calls them; every command with the key and without."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from data.desk_file import encryption
from data.desk_file.backup_files import copies_of
from data.desk_file.encryption import PLAIN, forget, needs_passphrase, remember, salt_of
from data.desk_file.make_backup import make_backup
from data.errors import DeskError, StoreError
from data.recovery.change_key import change_key
from tests.data.desks import counts, fill, wreck
from tests.database import SALT
from tui.accounts.mail_process import MailProcess
from tui.cli.main import run
from tui.setup import desk_key
from tui.setup.backup_process import BackupProcess
from tui.setup.settings import config_folder

pytestmark = pytest.mark.usefixtures("sqlcipher")
ROOT = Path(__file__).parents[3]
PHRASE = "correct horse battery"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(desk_key, "_from_environment", "")
    monkeypatch.setattr(encryption, "_source", desk_key._key)
    path = tmp_path / "desk.db"
    fill(path, 10)
    return path


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    kept: dict[tuple[str, str], str] = {}
    backend = type("Backend", (), {"__module__": "keyring.backends.SecretService"})()
    backend.get_password = lambda service, name: kept.get((service, name))
    backend.set_password = lambda service, name, secret: kept.__setitem__((service, name), secret)
    module = ModuleType("keyring")
    module.get_keyring = lambda: SimpleNamespace(backends=[backend])  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", module)
    return kept


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{text}\n"))


def test_the_key_is_in_the_keyring_and_nowhere_else(
    desk: Path, keyring: dict[tuple[str, str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    run(["backup", "--db", str(desk)])
    run(["encrypt", "--db", str(desk)])
    ((_, name), key) = next(iter(keyring.items()))
    salt = salt_of(desk)
    assert name == f"desk {salt.hex()}"
    assert key not in capsys.readouterr().out
    assert [salt_of(copy.path) for copy in copies_of(desk)] == [salt]  # the plain backup is gone
    forget(salt)
    assert counts(desk)["tickets"] == 10
    run(["key", "--yes", "--db", str(desk)])
    assert capsys.readouterr().out.strip() == key
    keyring.clear()
    forget(salt)
    with pytest.raises(StoreError, match="there is no key for it"):
        run(["list", "--db", str(desk)])
    assert len(command(desk, "list", env={"TRIDESK_KEY": key}).stdout.splitlines()) == 10


def command(desk: Path, *arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tui", *arguments, "--db", str(desk)], cwd=ROOT, capture_output=True, text=True,
        check=False, stdin=subprocess.DEVNULL, env=os.environ | (env or {}),
    )  # fmt: skip


def test_a_passphrase_and_back(desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    typed(monkeypatch, "short")
    with pytest.raises(DeskError, match="10 letters or more"):
        run(["encrypt", "--passphrase", "--db", str(desk)])
    assert salt_of(desk) == PLAIN
    typed(monkeypatch, PHRASE)
    run(["encrypt", "--passphrase", "--db", str(desk)])
    salt = salt_of(desk)
    assert needs_passphrase(salt)
    forget(salt)
    config_folder().mkdir(parents=True, exist_ok=True)
    (config_folder() / "config.toml").write_text(f"[encryption]\nkey = \"command:printf %s '{PHRASE}'\"\n")
    assert counts(desk)["tickets"] == 10
    forget(salt)
    monkeypatch.setenv("OURS", PHRASE)
    (config_folder() / "config.toml").write_text('[encryption]\nkey = "env:OURS"\n')
    assert counts(desk)["tickets"] == 10
    assert "OURS" not in os.environ  # so that no program that is started has it
    capsys.readouterr()
    run(["doctor", "--db", str(desk)])
    assert "is sound, encrypted; 10 tickets wait" in capsys.readouterr().out
    run(["decrypt", "--yes", "--json", "--db", str(desk)])
    said = json.loads(capsys.readouterr().out)
    assert (said["encrypted"], len(said["other_backups"])) == (False, 1)
    assert salt_of(desk) == PLAIN
    run(["verify", "--db", str(desk)])


def test_without_a_keyring_it_says_what_to_do_and_changes_nothing(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(StoreError, match="Use a passphrase instead, with --passphrase"):
        run(["encrypt", "--db", str(desk)])
    assert salt_of(desk) == PLAIN


def test_without_the_key_every_command_says_so(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remember(SALT, bytes(32))
    change_key(desk, SALT, 1, "eva")
    make_backup(desk, 2)
    forget(SALT)
    content = desk.read_bytes()
    typed(monkeypatch, "")
    for command_line in (
        "list", "show 1", "search text5", "files 1", "export tickets", "reply 1 Hello", "note 1 x", "solve 1", "take 1",
        "tag 1 +x", "next", "history 1", "report", "handover", "promises", "escalations", "outbox list", "reviews list",
        "lanes", "sync", "backup", "restore --yes", "decrypt --yes", "encrypt --passphrase", "key --yes", "verify",
        "access ana@x.example", "erase ana@x.example --dry-run",
    ):  # fmt: skip
        with pytest.raises(StoreError, match=r"is encrypted, and there is no key for it.* TRIDESK_KEY"):
            run([*command_line.split(), "--db", str(desk)])
    assert desk.read_bytes() == content


def test_what_a_damaged_encrypted_desk_says_leads_out_of_it(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    remember(SALT, bytes(32))
    change_key(desk, SALT, 1, "eva")
    fill(desk, 300, start=11)
    wreck(desk, 60)
    with pytest.raises(StoreError, match="restore --salvage"):
        run(["backup", "--db", str(desk)])
    run(["restore", "--salvage", "--yes", "--db", str(desk)])
    assert salt_of(desk) == SALT
    assert counts(desk)["tickets"] > 250


def of_process(number: int) -> bytes:
    try:
        return Path(f"/proc/{number}/cmdline").read_bytes() + Path(f"/proc/{number}/environ").read_bytes()
    except OSError:
        return b""


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
def test_processes_of_the_screen_get_the_key_and_show_it_nowhere(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remember(SALT, os.urandom(32))
    change_key(desk, SALT, 1, "eva")
    key = encryption.key_of(desk, SALT).hex().encode()
    seen: list[bytes] = []
    monkeypatch.setattr("tui.setup.backup_process.FIRST_SECONDS", 0.0)
    heard: list[str] = []
    mail, backups = MailProcess(desk, {}), BackupProcess(desk)
    mail.start(lambda: None, heard.append)
    backups.start(heard.append)
    until = time.monotonic() + 60
    while not copies_of(desk) and time.monotonic() < until:
        seen += [of_process(process.pid) for process in (mail._process, backups._process) if process is not None]
    mail.stop()
    backups.stop()
    assert heard == []
    assert [salt_of(copy.path) for copy in copies_of(desk)] == [SALT]
    assert any(seen)
    assert not [text for text in seen if key in text or b"TRIDESK_KEY" in text]


def test_the_variable_reaches_no_other_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIDESK_KEY", PHRASE)
    monkeypatch.setattr(desk_key, "_from_environment", "")
    desk_key.begin()
    assert "TRIDESK_KEY" not in os.environ
    assert desk_key.given() == PHRASE
    desk_key.begin()  # again, for another command in this process
    assert desk_key.given() == PHRASE


def test_the_screen_refuses_in_words(desk: Path) -> None:
    from tui.app import run_desk

    remember(SALT, bytes(32))
    change_key(desk, SALT, 1, "eva")
    forget(SALT)
    with pytest.raises(StoreError, match="is encrypted, and there is no key for it"):
        run_desk(desk)
    remember(SALT, bytes(31) + b"x")
    with pytest.raises(StoreError, match="This key does not open"):
        run_desk(desk)
    forget(SALT)

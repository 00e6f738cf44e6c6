"""`tridesk files`: a ticket's files listed and saved, by number or all."""

from __future__ import annotations

import base64
import json
import stat
from pathlib import Path

import pytest

from data.errors import InputError
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.mail.read_mail import read_mail
from tui.cli.main import run

SCRIPT = b"#!/bin/sh\necho pwned\n"


def mail(number: int, *files: tuple[str, bytes]) -> bytes:
    head = f"From: Ana <ana@clientes.example>\nMessage-ID: <{number}@x>\nReferences: <1@x>\nSubject: Files\n"
    parts = [
        f"--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename=\"{name}\"\n"
        f"Content-Transfer-Encoding: base64\n\n{base64.encodebytes(data).decode()}\n"
        for name, data in files
    ]  # fmt: skip
    return (
        f"{head}Content-Type: multipart/mixed; boundary=b\n\n--b\n\nText {number}\n" + "".join(parts) + "--b--\n"
    ).encode()


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("XDG_DOWNLOAD_DIR", raising=False)
    path = tmp_path / "desk.db"
    monkeypatch.setenv("TRIDESK_DB", str(path))
    store = Store.open(path)
    desk = Desk(store, clock=lambda: 1_800_000_000, rules=DeskRules())
    for raw in (mail(1, ("old.txt", b"old"), ("../run.sh", SCRIPT)), mail(2, ("photo.txt", b"new"))):
        with store.write():
            store.messages.keep_raw(raw, "test", 1_800_000_000)
        desk.receive([read_mail(raw, connector="post", source="test")])
    store.close()
    return path


def test_the_list_has_the_newest_first(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["files", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[-1] for line in lines] == [
        "application/octet-stream photo.txt",
        "application/octet-stream old.txt",
        "! a program or script",
    ]
    assert run(["files", "1", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["number"], row["filename"], row["size"]) for row in rows] == [
        (1, "photo.txt", 3), (2, "old.txt", 3), (3, "../run.sh", len(SCRIPT)),
    ]  # fmt: skip
    assert rows[2]["warnings"] == ["a program or script"]


def test_one_is_saved_by_its_number_and_all_beside_it(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["files", "1", "--save", "2", "--to", str(tmp_path)]) == 0
    assert (tmp_path / "old.txt").read_bytes() == b"old"
    capsys.readouterr()
    assert run(["files", "1", "--save", "all", "--to", str(tmp_path), "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [Path(row["saved"]).name for row in rows] == ["photo.txt", "old (2).txt", "run.sh"]
    saved = tmp_path / "run.sh"
    assert saved.read_bytes() == SCRIPT
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600


def test_without_a_folder_it_is_the_one_for_downloads(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    downloads = Path.home() / "Downloads"
    downloads.mkdir()
    assert run(["files", "1", "--save", "3"]) == 0
    said = capsys.readouterr()
    assert said.out == f"saved {downloads / 'run.sh'}\n"
    assert said.err == "careful: a program or script\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["9"], "There is no ticket #9"),
        (["1", "--save", "4"], "has no file 4; the numbers are 1 to 3, or all"),
        (["1", "--save", "x"], "has no file x"),
        (["1", "--save", "1", "--to", "/no/such/folder"], "/no/such/folder: No such file or directory"),
    ],
)
def test_what_cannot_be_done_is_said(path: Path, arguments: list[str], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        run(["files", *arguments])


def test_a_folder_alone_is_wrong_usage(path: Path) -> None:
    assert run(["files", "1", "--to", "/tmp"]) == 2

"""Folders and archives that never end: links, pipes, devices, loops, depth, members that share bytes, unpacked size."""

from __future__ import annotations

import json
import os
import struct
import zipfile
from pathlib import Path

import pytest

from data.errors import InputError
from queues.connectors.files import files_of, messages_of
from queues.exports import read_export, regular_files
from queues.exports.read_export import Record, is_export, pieces
from queues.exports.regular_files import DEEPEST, files_in, open_regular
from queues.helper import export_process
from queues.helper.client import RawMessage
from queues.helper.export_process import read_export_apart

MAIL = b"From: a@b.example\n\nHello"
TICKET = {"id": 1, "requester_id": 2, "subject": "Hi", "comments": [{"id": 1, "author_id": 2, "body": "Hello"}]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a mail, and every way in which it may go on for ever or lead out of itself."""
    inside, outside = tmp_path / "in", tmp_path / "out"
    (inside / "deep").mkdir(parents=True)
    outside.mkdir()
    (inside / "deep" / "one.eml").write_bytes(MAIL)
    (outside / "secret.eml").write_bytes(b"From: root@x.example\n\nsecret")
    (inside / "loop").symlink_to(inside)
    (inside / "out").symlink_to(outside)
    (inside / "link.eml").symlink_to(outside / "secret.eml")
    (inside / "zero.eml").symlink_to("/dev/zero")
    (inside / "gone.eml").symlink_to(inside / "nothing")
    os.mkfifo(inside / "pipe.eml")
    os.mkfifo(inside / "pipe.json")
    os.mkfifo(inside / "pipe.zip")
    (inside / "dir.eml").mkdir()
    return inside


def read(source: Path) -> tuple[list[bytes], list[str]]:
    items = list(messages_of(files_of(source)))
    return (
        [item.raw for item in items if isinstance(item, RawMessage)],
        [item.message for item in items if isinstance(item, InputError)],
    )


def test_a_folder_is_read_without_links_pipes_and_devices(folder: Path) -> None:
    mails, refused = read(folder)
    assert mails == [MAIL]
    assert sorted(sentence.split("/in/")[1].split(" is ")[0] for sentence in refused) == [
        "gone.eml", "link.eml", "pipe.eml", "pipe.json", "pipe.zip", "zero.eml",
    ]  # fmt: skip
    assert all("was not followed" in sentence or "is a pipe" in sentence for sentence in refused)
    for name in ("pipe.json", "pipe.zip", "link.eml"):
        assert not is_export(folder / name)
        assert [type(piece) for piece in pieces(folder / name)] == [InputError]


def test_a_maildir_with_loops_ends(tmp_path: Path) -> None:
    box = tmp_path / "box"
    for name in ("cur", "new", ".Sent/cur"):
        (box / name).mkdir(parents=True)
        (box / name / "1").write_bytes(MAIL + name.encode())
    (box / "again").symlink_to(box)
    (box / "cur" / "2").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(box / "new" / "3")
    mails, refused = read(box)
    assert sorted(mails) == sorted(MAIL + name.encode() for name in ("cur", "new", ".Sent/cur"))
    assert len(refused) == 2


def test_a_link_that_the_user_names_is_read(tmp_path: Path) -> None:
    (tmp_path / "mail.eml").write_bytes(MAIL)
    (tmp_path / "named.eml").symlink_to(tmp_path / "mail.eml")
    assert read(tmp_path / "named.eml") == ([MAIL], [])


def test_a_device_and_a_pipe_that_the_user_names_are_refused_at_once(folder: Path) -> None:
    for path in (Path("/dev/zero"), Path("/dev/null"), folder / "pipe.eml"):
        with pytest.raises(InputError, match="is a pipe, a device or a folder"):
            open_regular(path)
        assert read(path)[0] == []


def test_depth_count_and_time_have_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path
    for number in range(DEEPEST + 5):
        place /= "d"
        place.mkdir()
        (place / f"{number}.eml").write_bytes(MAIL)
    assert len(files_in(tmp_path, lambda name: True)) == DEEPEST
    moments = iter([0.0, 1e9, 1e9])
    many = tmp_path / "many"
    many.mkdir()
    for number in range(1_000):
        (many / f"{number}.eml").touch()
    with pytest.raises(InputError, match="too much to look through"):
        files_in(many, lambda name: True, lambda: next(moments))
    monkeypatch.setattr(regular_files, "MOST_ENTRIES", 500)
    with pytest.raises(InputError, match="too much to look through"):
        files_of(many)


def quoted(path: Path, members: int) -> None:
    """Write an archive whose directory names one member many times."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", json.dumps([TICKET] * 1_000))
    content = path.read_bytes()
    start = content.index(b"PK\x01\x02")
    end = content.index(b"PK\x05\x06")
    entry = content[start:end]
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, members, members, len(entry) * members, start, 0)
    path.write_bytes(content[:start] + entry * members + tail)


def test_members_that_share_bytes_are_refused(tmp_path: Path) -> None:
    quoted(tmp_path / "bomb.zip", 9_000)
    (told,) = pieces(tmp_path / "bomb.zip")
    assert isinstance(told, InputError)
    assert "share their bytes" in told.message


def test_an_archive_unpacks_to_a_limit_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_export, "LARGEST_ARCHIVE", 100_000)
    with zipfile.ZipFile(tmp_path / "large.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(100):
            archive.writestr(f"{number}.jsonl", (json.dumps(TICKET | {"id": number}) + "\n") * 20)
    told = list(pieces(tmp_path / "large.zip"))
    assert 500 < sum(isinstance(piece, Record) for piece in told) < 1_200
    assert isinstance(told[-1], InputError)
    assert "the rest was not read" in told[-1].message


def test_an_archive_in_an_archive_is_not_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.writestr("a.json", json.dumps([TICKET]))
    with zipfile.ZipFile(tmp_path / "out.zip", "w") as archive:
        archive.write(tmp_path / "in.zip", "in.zip")
    (told,) = pieces(tmp_path / "out.zip")
    assert isinstance(told, InputError)
    assert "holds no JSON files" in told.message


def test_a_large_export_is_read_in_another_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.json").write_text(
        json.dumps({"tickets": [TICKET] * 50, "users": [{"id": 2, "email": "a@b.example"}]})
    )
    (tmp_path / "cut.json").write_text(json.dumps([TICKET] * 50)[:-2])
    here = [list(pieces(tmp_path / name)) for name in ("a.json", "cut.json")]
    monkeypatch.setattr(export_process, "_SMALL", 0)
    apart = [list(read_export_apart(tmp_path / name)) for name in ("a.json", "cut.json")]
    assert [[str(piece) for piece in of] for of in apart] == [[str(piece) for piece in of] for of in here]
    assert next(read_export_apart(tmp_path / "a.json")) is not None  # and is left early


def test_an_export_that_takes_too_much_memory_is_refused_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_process, "MEMORY", 150_000_000)
    path = tmp_path / "large.json"
    path.write_bytes(b"[" + b",".join([b"[]"] * 2_000_000) + b"]")
    (told,) = list(read_export_apart(path))[-1:]
    assert isinstance(told, InputError)
    assert "takes too much memory or time" in told.message

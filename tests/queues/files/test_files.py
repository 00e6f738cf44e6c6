"""A ticket's files: their bytes, a safe name, saving one, and what it may do."""

from __future__ import annotations

import base64
import hashlib
import os
import stat
import unicodedata
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError
from data.records.changes import Change
from data.records.incoming import Incoming
from data.records.messages import Attachment, Direction, Message, MessageKind
from data.records.outbox import Enclosure
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.files.facts import LONGEST_SHOWN, Danger, dangers, shown_text
from queues.files.kept_files import TicketFile, content, files_of
from queues.files.safe_names import LONGEST, numbered, safe_name
from queues.files.saving import default_folder, save
from queues.helper.client import Helper
from queues.mail.file_bytes import file_in
from queues.mail.read_mail import read_mail
from tests.queues.files.test_tnef import FILE, HEAD

START = 1_800_000_000
PHOTO = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def part(head: str, body: bytes) -> bytes:
    return b"--b\r\n" + head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body + b"\r\n"


def packed(head: str, body: bytes) -> bytes:
    return part(f"{head}\nContent-Transfer-Encoding: base64", base64.encodebytes(body).replace(b"\n", b"\r\n"))


def mail(*parts: bytes) -> bytes:
    head = b"From: ana@clientes.example\r\nSubject: Files\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    return head + part("Content-Type: text/plain", b"See the files.") + b"".join(parts) + b"--b--\r\n"


def listed(raw: bytes) -> tuple[Attachment, ...]:
    return read_mail(raw, connector="post", source="test").attachments


UUENCODED = b"My log:\r\nbegin 644 a b.txt\r\n#86)C\r\n`\r\nend\r\nand that."


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([packed("Content-Type: image/png; name=photo.png", PHOTO)], [("photo.png", PHOTO)]),
        ([part("Content-Type: text/plain\nContent-Disposition: attachment; filename=a.txt", b"=20\xe9")],
         [("a.txt", b"=20\xe9")]),
        ([part("Content-Type: message/rfc822", b"Subject: inner\n\nHello")], [("", b"Subject: inner\n\nHello")]),
        ([part("Content-Type: text/plain", UUENCODED)], [("a b.txt", b"abc")]),
        ([packed("Content-Type: application/ms-tnef; name=winmail.dat", HEAD + FILE)],
         [("Oferta año 2026.pdf", b"%PDF-1.4 offer")]),
        ([packed("Content-Type: image/png; name=1.png", PHOTO), packed("Content-Type: image/png; name=2.png", b"2")],
         [("1.png", PHOTO), ("2.png", b"2")]),
    ],
)  # fmt: skip
def test_each_listed_file_is_found_again_byte_for_byte(parts: list[bytes], expected: list[tuple[str, bytes]]) -> None:
    raw = mail(*parts)
    assert [(one.filename, file_in(raw, one.sha256)) for one in listed(raw)] == expected
    assert file_in(raw, "0" * 64) is None


def test_the_files_of_a_large_mail_are_the_same_bytes() -> None:
    large = os.urandom(1_500_000)
    armoured = b"-----BEGIN MESSAGE-----\r\n" + base64.encodebytes(large).replace(b"\n", b"\r\n") + b"-----END-----"
    inner = b"Subject: inner\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(large)
    raw = mail(
        packed("Content-Type: video/mp4; name=film.mp4", large),
        part("Content-Type: application/pgp-keys; name=key.asc", armoured),
        part("Content-Type: message/rfc822", inner),
    )
    film, key, forwarded = (file_in(raw, one.sha256) for one in listed(raw))
    assert film == large
    assert key == armoured
    assert forwarded is not None
    assert forwarded.replace(b"\r\n", b"\n") == inner.replace(b"\r\n", b"\n").strip() + b"\n"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = Store.open(tmp_path / "desk.db")
    yield Desk(store, clock=lambda: START, rules=DeskRules(), agent="noa")
    store.close()


def received(desk: Desk, raw: bytes) -> list[Message]:
    with desk.store.write():
        desk.store.messages.keep_raw(raw, "test", START)
    (done,) = desk.receive([read_mail(raw, connector="post", source="test")])
    return desk.store.messages.of(done.ticket_id)


def test_the_newest_message_s_files_come_first_and_ours_are_among_them(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "form.pdf").write_bytes(b"%PDF-1.7 form")
    first, second = (packed(f"Content-Type: image/png; name={name}.png", name.encode()) for name in ("one", "two"))
    received(desk, mail(first, second))
    desk.act([1], Change(reply="Here.", attachments=(Enclosure(str(tmp_path / "form.pdf"), "form.pdf", 13),)))

    there = files_of(desk.store.messages.of(1))
    assert [one.attachment.filename for one in there] == ["form.pdf", "one.png", "two.png"]
    with Helper() as helper:
        assert [content(desk.store, one, helper) for one in there] == [b"%PDF-1.7 form", b"one", b"two"]


def test_a_file_that_stayed_elsewhere_or_is_lost_says_so(desk: Desk) -> None:
    raw = mail(packed("Content-Type: image/png; name=photo.png", PHOTO))
    (message,) = received(desk, raw)
    (photo,) = files_of([message])
    with Helper() as helper:
        elsewhere = TicketFile(message, Attachment("bill.pdf", "application/pdf", 3, "", 0))
        with pytest.raises(InputError, match=r"bill\.pdf stayed in the system"):
            content(desk.store, elsewhere, helper)
        with pytest.raises(InputError, match=r"photo\.png cannot be read out of its mail"):
            content(desk.store, TicketFile(message, Attachment("photo.png", "image/png", 3, "ab", 0)), helper)
        assert content(desk.store, photo, helper) == PHOTO
    desk.receive([
        Incoming("files", "test", "f" * 64, MessageKind.MAIL, "Eva", "eva@x.example", "Hi", "Hi", "Hi", START,
                 attachments=(photo.attachment,)),
    ])  # fmt: skip
    (unkept,) = files_of(desk.store.messages.of(2))
    assert unkept.message.direction is Direction.IN
    with Helper() as helper, pytest.raises(InputError, match="stayed in the system"):
        content(desk.store, unkept, helper)


@pytest.mark.parametrize(
    ("foreign", "safe"),
    [
        ("photo.jpg", "photo.jpg"),
        ("año 2026 (1).pdf", "año 2026 (1).pdf"),
        ("../../etc/passwd", "passwd"),
        (r"C:\Windows\system.ini", "system.ini"),
        ("..", "file.pdf"),
        ("", "file.pdf"),
        (".bashrc", "bashrc"),
        (" . .profile", "profile"),
        ("-rf", "_rf"),
        ("~root", "_root"),
        ("a\x00b\x1b[31m\r\n.txt", "ab[31m.txt"),
        ("a␛b.txt", "a_b.txt"),
        ("gpj.\u202eexe", "gpj.exe"),
        ('a<b>:"|?*.txt', "a_b______.txt"),
        ("CON", "_CON"),
        ("aux.tar.gz", "_aux.tar.gz"),
        ("lpt¹ .txt", "_lpt¹ .txt"),
        ("console.txt", "console.txt"),
        ("invoice.pdf. . ", "invoice.pdf"),
        ("x" * 300 + ".docx", "x" * (LONGEST - 5) + ".docx"),
        ("日" * 100 + ".txt", "日" * 58 + ".txt"),
    ],
)
def test_a_safe_name(foreign: str, safe: str) -> None:
    assert safe_name(foreign, "application/pdf") == safe


AWKWARD = st.text(st.sampled_from("ab. -~/\\:\x00\x1b\n\u202e\u200d\u2028é日CONcon1¹$\ud800\u2400") | st.characters())


@given(AWKWARD | AWKWARD.map(lambda name: name * 40), st.sampled_from(["", "text/plain", "x/y"]))
def test_every_name_comes_out_safe(foreign: str, content_type: str) -> None:
    name = safe_name(foreign, content_type)
    assert name == safe_name(name, content_type)
    assert 0 < len(name.encode()) <= LONGEST + 1
    assert name[0] not in ".-~ "
    assert name[-1] not in ". "
    assert not set(name) & set('/\\<>:"|?*')
    kinds = {unicodedata.category(char) for char in name}
    assert not kinds & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert name.split(".")[0].strip().upper() not in {"CON", "PRN", "AUX", "NUL", "COM1", "LPT1", "COM¹", "CONIN$"}
    assert numbered(name, 2) != name


def test_a_saved_file_is_private_and_never_over_another(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        first = save(tmp_path, "../run.sh", "text/plain", b"one")
    finally:
        os.umask(before)
    second = save(tmp_path, "run.sh", "text/plain", b"two")
    (tmp_path / "run (3).sh").symlink_to(tmp_path / "elsewhere")
    third = save(tmp_path, "run.sh", "text/plain", b"three")

    assert [one.name for one in (first, second, third)] == ["run.sh", "run (2).sh", "run (4).sh"]
    assert [one.read_bytes() for one in (first, second, third)] == [b"one", b"two", b"three"]
    assert {stat.S_IMODE(one.stat().st_mode) for one in (first, second, third)} == {0o600}
    assert sorted(one.name for one in tmp_path.iterdir()) == ["run (2).sh", "run (3).sh", "run (4).sh", "run.sh"]


def test_a_folder_that_cannot_be_written_is_named_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match="missing: No such file"):
        save(tmp_path / "missing", "a.txt", "", b"a")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="No space left"):
        save(tmp_path, "a.txt", "", b"a")
    assert list(tmp_path.iterdir()) == []


def test_the_folder_for_downloads_is_the_one_of_the_system_else_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("XDG_DOWNLOAD_DIR", raising=False)
    assert default_folder() == tmp_path
    (tmp_path / "Downloads").mkdir()
    assert default_folder() == tmp_path / "Downloads"
    (tmp_path / "dl").mkdir()
    monkeypatch.setenv("XDG_DOWNLOAD_DIR", str(tmp_path / "dl"))
    assert default_folder() == tmp_path / "dl"


def zipped(*names: str) -> bytes:
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return kept.getvalue()


@pytest.mark.parametrize(
    ("name", "content_type", "data", "expected"),
    [
        ("photo.png", "image/png", PHOTO, ()),
        ("notes.txt", "text/plain", b"MZ means nothing here", ()),
        ("setup.EXE", "image/png", b"", (Danger.PROGRAM,)),
        ("setup.exe. .", "image/png", b"", (Danger.PROGRAM,)),
        ("photo.jpg", "image/jpeg", b"MZ\x90\x00\x03", (Danger.PROGRAM, Danger.NAMED_OTHERWISE)),
        ("run", "text/plain", b"#!/bin/sh\n", (Danger.PROGRAM,)),
        ("help", "text/plain", b"# hi\n[Desktop Entry]\nExec=x", (Danger.PROGRAM,)),
        ("x", "application/x-msdownload", b"", (Danger.PROGRAM,)),
        ("bill.xlsm", "application/octet-stream", b"", (Danger.MACROS,)),
        ("bill.docx", "application/zip", zipped("word/document.xml"), ()),
        ("bill.docx", "", zipped("word/vbaProject.bin"), (Danger.MACROS,)),
        ("bill.doc", "", b"\xd0\xcf\x11\xe0" + "_VBA_PROJECT".encode("utf-16-le"), (Danger.MACROS,)),
        ("page", "text/plain", b"\n<!DOCTYPE html><script>", (Danger.WEB_PAGE,)),
        ("logo.svg", "image/svg+xml", b"<svg/>", (Danger.WEB_PAGE,)),
        ("all.bin.zip", "", zipped("a"), (Danger.ARCHIVE,)),
        ("file", "", zipped("a"), (Danger.ARCHIVE,)),
        ("bill.pdf", "application/pdf", b"junk\n%PDF-1.4", ()),
        ("bill.pdf", "application/pdf", b"<html>", (Danger.WEB_PAGE, Danger.NAMED_OTHERWISE)),
    ],
)
def test_what_a_file_may_do(name: str, content_type: str, data: bytes, expected: tuple[Danger, ...]) -> None:
    assert dangers(name, content_type, data) == expected


@pytest.mark.parametrize(
    ("name", "content_type", "data", "expected"),
    [
        ("a.txt", "text/plain", b"uno\ndos", "uno\ndos"),
        ("a.log", "application/octet-stream", "año".encode(), "año"),
        ("a.txt", "text/plain", "año".encode("cp1252"), "año"),
        ("a.txt", "text/plain", "\ufeffaño".encode("utf-16-le"), "\ufeffaño"),
        ("a.txt", "text/plain", b"a" * (LONGEST_SHOWN - 1) + "日本".encode(), "a" * (LONGEST_SHOWN - 1)),
        ("a.txt", "text/plain", b"a\x00b", None),
        ("a.pdf", "application/pdf", b"%PDF-1.4 nothing else", None),
        ("a", "image/png", b"text", None),
        ("a.txt", "text/plain", b"", ""),
    ],
)
def test_which_files_are_shown_as_text(name: str, content_type: str, data: bytes, expected: str | None) -> None:
    text = shown_text(name, content_type, data)
    assert (text and text.lstrip("\ufeff")) == (expected and expected.lstrip("\ufeff"))


def test_the_bytes_are_the_ones_that_the_listing_names() -> None:
    raw = mail(packed("Content-Type: image/png; name=photo.png", PHOTO))
    (one,) = listed(raw)
    assert one.sha256 == hashlib.sha256(PHOTO).hexdigest()

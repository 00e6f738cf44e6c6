"""What Outlook packs into winmail.dat is shown: its files, and its words where no other part has them."""

from __future__ import annotations

import base64
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.records.incoming import Incoming
from queues.mail.read_mail import read_mail
from queues.mail.tnef import unpacked


def attribute(name: int, value: bytes, level: int = 2) -> bytes:
    return struct.pack("<BHHI", level, name, 6, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def text(number: int, value: str) -> bytes:
    data = value.encode("utf-16-le") + b"\0\0"
    return struct.pack("<HHII", 0x1F, number, 1, len(data)) + data + b"\0" * (-len(data) % 4)


def properties(*values: bytes) -> bytes:
    return struct.pack("<I", len(values)) + b"".join(values)


NUMBER = struct.pack("<HHI", 3, 0x0E20, 7)
NAMED = struct.pack("<HH16sII", 3, 0x8001, b"", 0, 5) + struct.pack("<I", 1)
HEAD = struct.pack("<IH", 0x223E9F78, 1) + attribute(0x9007, struct.pack("<II", 1252, 0), 1)
FILE = (
    attribute(0x9002, b"\0" * 14)
    + attribute(0x8010, b"OFFER~1.PDF\0")
    + attribute(0x800F, b"%PDF-1.4 offer")
    + attribute(0x9005, properties(NUMBER, NAMED, text(0x3707, "Oferta año 2026.pdf")))
)
WORDS = attribute(0x9003, properties(NAMED, text(0x1000, "The lamp flickers.")), 1)


def mail(packed: bytes, said: str = "") -> Incoming:
    words = f"--b\nContent-Type: text/plain\n\n{said}\n" if said else ""
    raw = (
        f"From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n{words}--b\n"
        "Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n"
        f"{base64.encodebytes(packed).decode()}\n--b--\n"
    )
    return read_mail(raw.encode(), connector="files", source="test")


def test_the_files_inside_are_the_mails_files() -> None:
    found = mail(HEAD + FILE, "See the offer.")
    assert (found.readable, found.text) == (True, "See the offer.")
    assert [(one.filename, one.size) for one in found.attachments] == [("Oferta año 2026.pdf", 14)]


@pytest.mark.parametrize("words", [WORDS, attribute(0x800C, b"The lamp flickers.\0", 1)])
def test_words_that_stand_nowhere_else_are_shown(words: bytes) -> None:
    found = mail(HEAD + words + FILE)
    assert (found.readable, found.text) == (True, "The lamp flickers.")


def test_words_of_the_mail_itself_come_first() -> None:
    assert mail(HEAD + WORDS, "See the offer.").text == "See the offer."


def test_a_folder_in_a_name_is_no_part_of_it() -> None:
    packed = HEAD + attribute(0x9002, b"") + attribute(0x8010, b"..\\..\\a/b.txt\0") + attribute(0x800F, b"x")
    assert [one.filename for one in mail(packed).attachments] == ["b.txt"]


def test_what_was_cut_off_keeps_what_came_before() -> None:
    assert [name for name, _ in unpacked(HEAD + FILE + WORDS[:-9]).files] == ["Oferta año 2026.pdf"]


def test_a_broken_property_hides_neither_those_before_it_nor_the_files() -> None:
    broken = attribute(0x9003, properties(text(0x1000, "The lamp flickers."), struct.pack("<HH", 0x99, 1)), 1)
    found = unpacked(HEAD + broken + FILE)
    assert (found.plain, len(found.files)) == ("The lamp flickers.", 1)


@pytest.mark.parametrize("packed", [b"", b"x", HEAD, b"PK\x03\x04" * 20])
def test_one_that_holds_nothing_stays_a_file_and_says_why(packed: bytes) -> None:
    found = mail(packed)
    assert [one.filename for one in found.attachments] == ["winmail.dat"]
    assert "winmail.dat" in found.problem


@given(st.binary(max_size=300), st.integers(0, 400))
def test_no_bytes_raise(noise: bytes, at: int) -> None:
    whole = HEAD + WORDS + FILE
    unpacked(whole[:at] + noise + whole[at:])

"""Whatever was sent can be read: broken structure, odd charsets, forwards, invitations, mails of any size."""

from __future__ import annotations

import base64
import hashlib
import os

import pytest

from data.records.incoming import Incoming
from queues.mail.charsets import allowed_codec, decode
from queues.mail.headers import date
from queues.mail.html import html_to_text
from queues.mail.read_mail import read_mail


def read(raw: bytes | str) -> Incoming:
    data = raw if isinstance(raw, bytes) else raw.encode("utf-8", "surrogateescape")
    return read_mail(data, connector="files", source="test")


def mixed(*parts: str, head: str = "Content-Type: multipart/mixed; boundary=b") -> Incoming:
    return read(f"From: ana@x.example\n{head}\n\n" + "".join(f"--b\n{part}\n" for part in parts) + "--b--\n")


@pytest.mark.parametrize(
    "html",
    [
        "<html><head><meta charset=utf-8><title>x</title><body><p>Seat twelve</p></body></html>",
        "<head><style>p {color: red}</style><div>Seat twelve</div>",
        "<head><title>x<body>Seat twelve</body>",
        "<style>p {color: red} <body><p>Seat twelve</p></body>",
        "<!-- never closed <p>Seat twelve</p>",
        "<div style='display:none'><p>Seat twelve</p></div>",
        f"<img src='data:image/png;base64,{'iVBOR' * 80_000}'><p>Seat twelve</p>",
        f"<style>{'p {color: red} ' * 30_000}</style><p>Seat twelve</p>",
        f"<p style='color: red'>{'<span></span>' * 20_000}Seat twelve</p>",
        "<noscript>Seat twelve</noscript>",
    ],
)
def test_words_in_html_are_found_wherever_they_stand(html: str) -> None:
    assert "Seat twelve" in html_to_text(html)
    assert read(f"From: a@b.example\nContent-Type: text/html\n\n{html}").readable


def test_hidden_words_stay_hidden_where_others_are_seen() -> None:
    assert html_to_text("<div style='display:none'>offer</div><p>Seat twelve</p>") == "Seat twelve"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<p>It is <a href="https://v.example/4711">here</a>.</p>', "It is here <https://v.example/4711> ."),
        ('<a href="https://v.example/4711">https://v.example/4711</a>', "https://v.example/4711"),
        ('<a href="https://www.v.example/">v.example</a>', "v.example"),
        ('<a href="mailto:ana@x.example">ana@x.example</a>', "ana@x.example"),
        ('<a href="mailto:ana@x.example?subject=x">Ana</a>', "Ana <mailto:ana@x.example?subject=x>"),
        ('<a href="javascript:alert(1)">here</a>', "here"),
        ('<a href="https://v.example/1"><img src=x></a>', ""),
        ('<div><a href="https://v.example/1"><div>the</div>film</a></div>', "the\nfilm <https://v.example/1>"),
    ],
)
def test_the_target_of_a_link_stands_beside_its_words(html: str, text: str) -> None:
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    "head",
    ["Content-Type: multipart/alternative", "Content-Type: multipart/mixed; boundary=other",
     'Content-Type: multipart/mixed; boundary=""', "X-Nothing: said"],
)  # fmt: skip
def test_a_boundary_that_is_missing_or_wrong_is_found_in_the_body(head: str) -> None:
    mail = mixed("Content-Type: text/plain\n\nSeat twelve", "Content-Type: image/png; name=a.png\n\nxx", head=head)
    assert (mail.text, [one.filename for one in mail.attachments]) == ("Seat twelve", ["a.png"])


def test_a_multipart_of_no_parts_shows_its_words() -> None:
    assert read("From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\nSeat twelve").text == "Seat twelve"


@pytest.mark.parametrize(
    "first",
    [
        'Content-Type: text/plain; name="body.txt"',
        'Content-Type: text/plain\nContent-Disposition: inline; filename="body.txt"',
    ],
)
def test_the_first_text_is_the_body_though_it_has_a_name(first: str) -> None:
    mail = mixed(f"{first}\n\nSeat twelve", 'Content-Type: text/plain; name="log.txt"\n\nline')
    assert (mail.text, [one.filename for one in mail.attachments]) == ("Seat twelve", ["log.txt"])


def test_a_text_that_came_as_a_file_is_shown_where_nothing_else_is_said() -> None:
    mail = mixed("Content-Type: text/plain; name=a.txt\nContent-Disposition: attachment\n\nSeat twelve")
    assert (mail.text, len(mail.attachments)) == ("Seat twelve", 1)


@pytest.mark.parametrize(
    "plain", ["\u200b\u00ad\ufeff \u2060", "&nbsp;"[:0], "Your mail program does not support HTML mail."]
)
def test_html_is_read_where_the_plain_part_says_nothing(plain: str) -> None:
    long = "Seat twelve, please, beside the window and not in the last row"
    mail = mixed(f"Content-Type: text/plain; charset=utf-8\n\n{plain}", f"Content-Type: text/html\n\n<p>{long}</p>",
                 head="Content-Type: multipart/alternative; boundary=b")  # fmt: skip
    assert mail.text == long


INNER = "From: Shop <s@shop.example>\nSubject: =?utf-8?q?Pedido_n=C3=BAmero_1?=\n\nShipped today.\n"


def test_a_mail_that_only_forwards_shows_the_mail() -> None:
    mail = mixed(f"Content-Type: message/rfc822\n\n{INNER}")
    assert mail.text == "From: Shop <s@shop.example>\nSubject: Pedido número 1\n\nShipped today."
    assert mail.new_text == mail.text
    encoded = base64.b64encode(INNER.encode()).decode()
    mail = mixed(f"Content-Type: message/rfc822; name=s.eml\nContent-Transfer-Encoding: base64\n\n{encoded}")
    assert mail.attachments[0].sha256 == hashlib.sha256(INNER.encode()).hexdigest()
    assert "Shipped today." in mail.text


STATUS = "Reporting-MTA: dns; m.example\n\nStatus: 5.1.1\n"


def test_a_delivery_status_keeps_its_bytes() -> None:
    mail = mixed(
        "\nnot delivered", "Content-Type: message/delivery-status\n\nReporting-MTA: dns; m.example\n\nStatus: 5.1.1\n"
    )
    assert mail.attachments[0].size >= len("Reporting-MTA: dns; m.example\n\nStatus: 5.1.1\n")


def test_an_invitation_alone_is_told_in_words() -> None:
    event = ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;TZID=Europe/Madrid:20261201T103000\nDTEND:20261201T100000Z\n"
             "SUMMARY:Visit\\, first\nLOCATION:Calle May\n or 1\nEND:VEVENT\nEND:VCALENDAR")  # fmt: skip
    mail = mixed(f"Content-Type: text/calendar; method=REQUEST\n\n{event}")
    assert (
        mail.text
        == "Visit, first\nFrom: 2026-12-01 10:30 Europe/Madrid\nUntil: 2026-12-01 10:00 UTC\nPlace: Calle Mayor 1"
    )


@pytest.mark.parametrize(
    ("head", "body", "reason"),
    [
        ("Content-Type: application/pkcs7-mime; smime-type=enveloped-data", "MIIB", "S/MIME"),
        ("Content-Type: multipart/encrypted; boundary=b",
         "--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\n"
         "Content-Type: application/octet-stream\n\nx\n--b--",
         "PGP"),
        ("Content-Type: application/ms-tnef; name=winmail.dat", "x", "winmail.dat"),
        ("Content-Type: text/html", "<img src='https://x.example/a.png'>", "no words"),
        ("Content-Type: application/octet-stream", "\x01\x02", "no words"),
    ],
)  # fmt: skip
def test_what_holds_no_words_to_be_read_says_why(head: str, body: str, reason: str) -> None:
    mail = read(f"From: a@b.example\n{head}\n\n{body}")
    assert (mail.readable, mail.text) == (False, "")
    assert reason in mail.problem


def test_an_empty_mail_and_a_picture_alone_are_readable() -> None:
    assert read("From: a@b.example\n\n\n").readable
    assert mixed("Content-Type: image/jpeg; name=a.jpg\nContent-Transfer-Encoding: base64\n\n/9j/").readable


@pytest.mark.parametrize("blank", [b"\n", b"\r\n\r\n", b"\xef\xbb\xbf", b"  \n"])
def test_blank_lines_above_the_headers_are_passed_over(blank: bytes) -> None:
    mail = read(blank + b"From: ana@x.example\n\nSeat twelve")
    assert (mail.readable, mail.from_address, mail.text) == (True, "ana@x.example", "Seat twelve")


@pytest.mark.parametrize("width", [57, 45, 54])
def test_a_large_mail_is_read_and_its_files_are_listed(width: int) -> None:
    film = os.urandom(30_000_001)
    lines = b"\r\n".join(base64.b64encode(film[at : at + width]) for at in range(0, len(film), width))
    mail = read(
        b"From: ana@x.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSeat twelve\r\n--b\r\n"
        b"Content-Type: video/mp4; name=a.mp4\r\nContent-Transfer-Encoding: base64\r\n\r\n" + lines + b"\r\n--b--\r\n"
    )
    film_part = mail.attachments[0]
    assert mail.text == "Seat twelve"
    assert (film_part.filename, film_part.size) == ("a.mp4", len(film))
    assert film_part.sha256 == hashlib.sha256(film).hexdigest()


@pytest.mark.parametrize(
    ("label", "codec"),
    [("cp-850", "cp850"), ("IBM-850", "cp850"), ("windows1252", "cp1252"), ("Win-1251", "cp1251"),
     ("ISO8859_15", "iso8859-15"),
     ("iso 8859-1", None), ("utf8mb4", "utf-8"), ("x-sjis", "cp932"), ("latin-1", "cp1252"),
     ("rot13", None), ("x-unknown", None)],
)  # fmt: skip
def test_charsets_are_known_by_every_spelling(label: str, codec: str | None) -> None:
    assert allowed_codec(label) == codec


@pytest.mark.parametrize("label", ["iso-2022-jp", "ISO-2022-JP-MS", "", "us-ascii", "utf-8"])
def test_iso_2022_jp_is_read_with_the_signs_of_vendors(label: str) -> None:
    assert decode(b"\x1b$B-j-!\x1b(B abc", label) == "㈱① abc"
    assert decode("返品したい".encode("iso2022_jp"), label) == "返品したい"


def test_a_charset_that_only_the_html_names_is_taken() -> None:
    head = b"From: a@b.example\nContent-Type: text/html\nContent-Transfer-Encoding: 8bit\n\n"
    assert read(head + b"<meta charset='iso-8859-15'><p>50 \xa4 de m\xe1s</p>").text == "50 € de más"
    named = head.replace(b"text/html", b"text/html; charset=windows-1251")
    assert read(named + b"<meta charset='iso-8859-15'><p>\xcf\xf0\xe8</p>").text == "При"


@pytest.mark.parametrize(
    "value",
    ["Mon, 23 Nov 2026 10:00:00 +0100", "23 Nov 2026 10:00:00 +0100 (CET)", "Mon, 23 Nov 2026 10:00 +0100",
     "lun, 23 nov 2026 10:00:00 +0100", "Mon, 23-Nov-2026 10:00:00 +0100", "2026-11-23T10:00:00+01:00",
     "2026-11-23 09:00:00Z", "Mon, 23 Nov 26 10:00:00 +0100", "Mon, 23 Nov 2026 10.00.00 +0100"],
)  # fmt: skip
def test_odd_dates_are_read_as_they_were_meant(value: str) -> None:
    assert date(value) == 1795424400


@pytest.mark.parametrize(
    "value", ["vie, 1 ene 2027 10:00:00 +0000", "1 janv 2027 10:00:00 +0000", "2027-01-01T10:00:00"]
)
def test_months_of_other_languages_are_read(value: str) -> None:
    assert date(value) == 1798797600


@pytest.mark.parametrize("value", ["", "yesterday", "Mon, 31 Feb 2026 99:00:00", "2026-13-45T10:00:00", "0"])
def test_a_date_without_sense_is_none(value: str) -> None:
    assert date(value) is None


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("Content-Type: text/plain (words)", "The lamp flickers."),
        ("Content-Type: plain/text", "The lamp flickers."),
        ("Content-Type: text/x-unknown", "The lamp flickers."),
        ("Content-Type: application/octet-stream", "The lamp flickers."),
        ("Content-Transfer-Encoding: base64 (mime)", "VGhlIGxhbXAgZmxpY2tlcnMu"),
        ("Content-Transfer-Encoding: quoted-printable;", "The lamp=20flickers."),
        ("Content-Transfer-Encoding: base64", "The lamp flickers."),
        ("Content-Transfer-Encoding: base64", "VGhlIGxhbXAg\nZmxpY2tlcnMu\n_____"),
    ],
)
def test_types_and_encodings_that_are_named_carelessly_are_read(head: str, body: str) -> None:
    mail = read(f"From: a@b.example\n{head}\n\n{body}")
    assert (mail.readable, mail.text.strip()) == (True, "The lamp flickers.")


def test_every_mail_of_a_bare_forward_is_shown_and_what_it_forwards() -> None:
    inner = "From: b@bank.example\n\nWe charged {} EUR."
    around = (
        "From: c@d.example\nContent-Type: multipart/mixed; boundary=c\n\n--c\nContent-Type: message/rfc822\n\n{}\n--c--"
    )
    mail = mixed(
        "Content-Type: message/rfc822\n\n" + inner.format(20),
        "Content-Type: message/rfc822\n\n" + around.format(inner.format(30)),
    )
    assert "charged 20 EUR" in mail.text
    assert "charged 30 EUR" in mail.text


def test_html_that_is_shorter_than_the_plain_part_that_sends_to_it_is_read() -> None:
    mail = read(
        "From: a@b.example\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n"
        "Your e-mail program does not show HTML.\n--b\nContent-Type: text/html\n\n<p>No.</p>\n--b--"
    )
    assert mail.text == "No."


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_files_written_into_the_text_are_files(end: str) -> None:
    lines = ["My log:", "begin 644 a b.txt", "#86)C", "`", "end", "and", "begin 644 c.txt", "#9&5F", "end", "Why?"]
    mail = read("From: a@b.example\n\n" + end.join(lines))
    assert mail.text.replace("\r\n", "\n") == "My log:\nand\nWhy?"
    assert [(one.filename, one.size) for one in mail.attachments] == [("a b.txt", 3), ("c.txt", 3)]


@pytest.mark.parametrize(
    "text", ["begin 100 years ago\nthe lamp worked.\nend", "begin 644 a.txt\n#86)C", "begin 644 a.txt\n`\nend"]
)
def test_words_that_only_begin_like_a_file_stay(text: str) -> None:
    mail = read(f"From: a@b.example\n\n{text}")
    assert mail.text == text
    assert not mail.attachments


@pytest.mark.parametrize(
    ("label", "codec"), [("windows-31j", "cp932"), ("koi8r", "koi8-r"), ("x-x-big5", "big5"), ("KOI8-RU", "koi8-u")]
)
def test_charsets_are_known_by_the_names_of_other_programs(label: str, codec: str) -> None:
    assert allowed_codec(label) == codec

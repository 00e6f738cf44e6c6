"""Mails whose structure is odd or broken: their words are read as they came, or the desk says why it has none."""

from __future__ import annotations

import base64
import quopri

import pytest

from queues.mail.read_mail import read_mail

WORDS = "¿Dónde está mi paquete 4711?"
HEAD = "From: Ana <ana@x.example>\r\nTo: help@desk.example\r\nSubject: Order\r\nMIME-Version: 1.0\r\n"
PART = f"--bb\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{WORDS}\r\n--bb--\r\n"
INNER = (
    f"From: Bob <bob@x.example>\r\nSubject: Inner\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{WORDS}".encode()
)
INVITATION = (
    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Recogida\r\nDTSTART:20261130T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR"
)
PGP = "-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n-----END PGP MESSAGE-----"


def mail(content_type: str, body: str | bytes, encoding: str = "8bit") -> bytes:
    fields = f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return (HEAD + fields).encode() + (body.encode() if isinstance(body, str) else body)


def forwarded(encoding: str, body: bytes) -> bytes:
    fields = f"--bb\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode()
    return mail('multipart/mixed; boundary="bb"', fields + body + b"\r\n--bb--")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (mail("multipart/mixed", PART), WORDS),
        (mail('multipart/mixed; boundary="other"', PART), WORDS),
        (mail('multipart/mixed; boundary=""', PART), WORDS),
        (mail("multipart/mixed; boundary=bb (a comment)", PART), WORDS),
        (forwarded("quoted-printable", quopri.encodestring(INNER)), WORDS),
        (forwarded("base64", base64.encodebytes(INNER)), WORDS),
        (forwarded("8bit", INNER), WORDS),
        (mail("text/plain; charset=utf-8", base64.b64encode(WORDS.encode()), '"base64"'), WORDS),
        (mail("application/xhtml+xml; charset=utf-8", f"<html><body><p>{WORDS}</p></body></html>"), WORDS),
        (mail("application/ics; name=invite.ics", INVITATION), "Recogida"),
        (b">From ana@x.example Mon Nov 30\r\n" + mail("text/plain; charset=utf-8", WORDS), WORDS),
        (mail("text/plain", f"They sent me this:\r\n{PGP}"), "They sent me this"),
    ],
)
def test_the_words_are_read_as_they_came(raw: bytes, words: str) -> None:
    item = read_mail(raw, connector="files", source="test")
    assert words in item.text
    assert item.readable


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (mail("text/plain", PGP), "PGP"),
        (mail("message/partial; id=x; number=1; total=2", "Content-Type: text/plain\r\n\r\nhalf"), "one part"),
        (mail("message/external-body; access-type=URL", "Content-Type: image/png\r\n\r\n"), "elsewhere"),
    ],
)
def test_mail_without_words_says_why(raw: bytes, why: str) -> None:
    item = read_mail(raw, connector="files", source="test")
    assert not item.readable
    assert why in item.problem


def test_an_xhtml_file_stays_a_file() -> None:
    fields = "Content-Type: application/xhtml+xml\r\nContent-Disposition: attachment; filename=a.xhtml"
    page = f"--bb\r\n{fields}\r\n\r\n<p>x</p>"
    raw = mail('multipart/mixed; boundary="bb"', f"{PART.replace('--bb--', page)}\r\n--bb--")
    item = read_mail(raw, connector="files", source="test")
    assert (item.text, [file.filename for file in item.attachments]) == (WORDS, ["a.xhtml"])

"""Real and hostile mail comes out readable, or unreadable with a reason; never as an exception."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.records.incoming import Incoming
from data.records.messages import Direction, MessageKind
from queues.mail.addresses import addresses
from queues.mail.charsets import allowed_codec, decode
from queues.mail.flowed import unflowed
from queues.mail.headers import date, lenient_base64, message_ids, parameters, words
from queues.mail.html import html_to_text
from queues.mail.read_mail import read_mail


def read(raw: bytes | str, own: frozenset[str] = frozenset()) -> Incoming:
    data = raw if isinstance(raw, bytes) else raw.encode("utf-8", "surrogateescape")
    return read_mail(data, connector="files", source="test", own_addresses=own)


def plain(headers: str, body: str = "Hello there") -> Incoming:
    return read(f"From: Ana <ana@example.org>\n{headers}\n\n{body}")


def test_a_plain_mail() -> None:
    mail = read(
        b"From: =?utf-8?Q?Jos=C3=A9?= <Jose@Example.ORG>\nTo: Help <help@desk.example>, b@desk.example\n"
        b"Subject: =?iso-8859-1?Q?=BFD=F3nde_est=E1?=\n =?iso-8859-1?Q?_mi_cuenta=3F?=\n"
        b"Date: Mon, 4 Mar 2024 06:15:04 +0200\nMessage-ID: <one@example.org>\nIn-Reply-To: <zero@example.org>\n"
        b"References: <first@example.org>\n <zero@example.org>\nReply-To: other@example.org\n"
        b"Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n\nNo encuentro "
        b"mi cuenta \x93ana\x94"
    )
    assert (mail.from_name, mail.from_address, mail.reply_to) == ("José", "jose@example.org", "other@example.org")
    assert mail.subject == "¿Dónde está mi cuenta?"
    assert mail.at == 1709525704
    assert mail.message_id == "<one@example.org>"
    assert mail.references == ("<first@example.org>", "<zero@example.org>")
    assert mail.to == ("help@desk.example", "b@desk.example")
    assert mail.text == "No encuentro mi cuenta “ana”"
    assert mail.readable
    assert mail.language == "es"


MIXED = """From: a@example.org
Content-Type: multipart/mixed; boundary=out

--out
Content-Type: multipart/alternative; boundary=in

--in
Content-Type: text/plain; charset=utf-8

The plain text
--in
Content-Type: text/html

<p>The <b>HTML</b> text</p>
--in--
--out
Content-Type: application/pdf; name*0*=utf-8''fac%C3%BA; name*1="ra.pdf"
Content-Disposition: attachment
Content-Transfer-Encoding: base64

SGVsbG8=
--out
Content-Type: text/plain; name="log.txt"
Content-Disposition: attachment; filename="../../=?utf-8?B?bG9nLnR4dA==?="

line
--out--
"""


def test_text_and_attachments_are_told_apart() -> None:
    mail = read(MIXED)
    assert mail.text == "The plain text"
    first, second = mail.attachments
    assert (first.filename, first.size, first.sha256) == ("facúra.pdf", 5, hashlib.sha256(b"Hello").hexdigest())
    assert (second.filename, second.content_type, second.position) == ("../../log.txt", "text/plain", 3)


def test_html_stands_in_for_an_empty_plain_part() -> None:
    assert read(MIXED.replace("The plain text", " ")).text == "The HTML text"


def test_an_attached_mail_is_one_attachment() -> None:
    mail = read(
        "From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nSee below\n--x\n"
        "Content-Type: message/rfc822; name=old.eml\n\nFrom: c@d.example\nSubject: inner\n\nInner text\n--x--\n"
    )
    assert mail.text == "See below"
    assert [part.filename for part in mail.attachments] == ["old.eml"]
    assert mail.attachments[0].size > 20


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ("Subject: hi", MessageKind.MAIL),
        ("Auto-Submitted: no", MessageKind.MAIL),
        ("Auto-Submitted: auto-replied", MessageKind.AUTO),
        ("Precedence: bulk", MessageKind.MAIL),
        ("Subject: Respuesta automática: Consulta", MessageKind.MAIL),
        ("X-Failed-Recipients: x@y.example", MessageKind.MAIL),
        ("Return-Path: <>\nSubject: Undeliverable: hi", MessageKind.MAIL),
        ("X-Spam-Flag: YES", MessageKind.SPAM),
    ],
)
def test_the_kind_is_told_from_headers(headers: str, kind: MessageKind) -> None:
    assert plain(headers).kind is kind


def test_a_web_form_is_told_and_ours_goes_out() -> None:
    form = read("From: Form <no-reply@desk.example>\nReply-To: ana@example.org\n\nhelp")
    assert (form.kind, form.reply_to) == (MessageKind.FORM, "ana@example.org")
    ours = read("From: help@desk.example\nTo: ana@example.org\n\nhello", frozenset({"help@desk.example"}))
    assert ours.direction is Direction.OUT


def test_quotes_and_controls() -> None:
    mail = plain("Subject: a\x1b]0;x\x07b", "New\x00 words\n\nOn Monday, Bob <b@example.org> wrote:\n> old words\n")
    assert mail.subject == "a␛]0;x␇b"
    assert "old words" in mail.text
    assert mail.new_text == "New␀ words"


def test_line_breaks_cannot_be_smuggled_through_encoded_words() -> None:
    mail = plain("Subject: =?utf-8?Q?hi=0D=0ABcc:_x@evil.example?=\nMessage-ID: <a\r\n b@c.example>")
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject
    assert mail.message_id == "<ab@c.example>"


def nested(levels: int) -> bytes:
    opening = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(levels))
    return ("From: a@b.example\nSubject: deep\n" + opening + "\nthe end\n").encode()


NASTY = {
    "nested": nested(2_000),
    "open address": b"From: a@[\nTo: a@[,<,>,,;:(((\n\nx",
    "exchange id": b"From: a@b.example\nMessage-ID: <[0123456789abcdef@x]>\nReferences: <[a]> <<b>> <\n\nx",
    "unknown charset": b"From: a@b.example\nContent-Type: text/plain; charset=klingon\n\nma\xc3\xb1ana",
    "evil charset": b"From: a@b.example\nContent-Type: text/plain; charset=unicode_escape\n\n\\x41\\ud800",
    "encoded words": b"From: a@b.example\nSubject: " + b"=?utf-8?B?4pyT?= " * 60_000 + b"\n\nx",
    "broken base64": b"From: a@b.example\nContent-Transfer-Encoding: base64\n\nSGVsb*G8gdGhlcmU\n\n--\nfooter \xff",
    "nuls": b"From: a@b.example\nSubject: \0\0\n\n\0\0\0",
    "header bomb": b"From: a@b.example\n" + b"X-A: b\n" * 50_000 + b"\nx",
    "long header": b"From: " + b"(" * 50_000 + b"\nSubject: " + b"x" * 500_000 + b"\n\nx",
    "many parts": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 5_000,
    "tags": b"Content-Type: text/html\n\n" + b"<a " * 60_000 + b'</"' * 60_000,
    "quotes": b"From: a@b.example\n\n" + b">" * 100_000 + b"x",
    "open quotes": b"From: a@b.example\nTo: " + b'"\\' * 30_000 + b"\n\nx",
    "no at sign": b"From: a@b.example\nTo: " + b'"\\\\x' * 15_000 + b"@\n\nx",
    "deep quotes": b"Content-Type: text/html\n\n" + b"<blockquote>x<br>" * 10_000,
    "bad date": b"From: a@b.example\nDate: Mon, 99 Foo 99999 99:99:99 +9999\n\nx",
    "empty": b"",
    "noise": bytes(range(256)) * 20,
}


@pytest.mark.parametrize("name", NASTY)
def test_nasty_mail_comes_out_somehow(name: str) -> None:
    mail = read(NASTY[name])
    assert mail.raw_sha256 == hashlib.sha256(NASTY[name]).hexdigest()
    assert mail.readable or mail.problem
    for shown in (mail.subject, mail.text, mail.from_address, mail.message_id):
        assert not any(char < " " and char not in "\t\n" for char in shown)
        shown.encode()


def test_what_nasty_mail_still_says() -> None:
    assert not read(NASTY["empty"]).readable
    assert read(NASTY["nested"]).subject == "deep"
    assert read(NASTY["exchange id"]).message_id == "<[0123456789abcdef@x]>"
    assert read(NASTY["unknown charset"]).text == "mañana"
    assert read(NASTY["evil charset"]).text == "\\x41\\ud800"
    assert read(NASTY["broken base64"]).text.startswith("Hello there")
    assert read(NASTY["bad date"]).at is None


@settings(deadline=None)  # the language model is loaded on the way
@given(st.binary(max_size=400))
def test_any_bytes_can_be_read(raw: bytes) -> None:
    read(raw)
    read(b"From: a@b.example\nContent-Type: " + raw)
    read(b"Content-Type: text/html; charset=utf-8\n\n" + raw)


def test_the_same_mail_by_another_way_has_the_same_content() -> None:
    body = "Subject: hi\nMessage-ID: <1@x.example>"
    first, second = plain(body), plain("Received: by relay\n" + body)
    assert first.content_hash == second.content_hash
    assert first.raw_sha256 != second.raw_sha256
    assert plain(body, "Other words").content_hash != first.content_hash


@given(st.text())
def test_encoded_words_come_back(text: str) -> None:
    line = " ".join(text.split())
    payload = line.encode("utf-8", "replace")
    expected = payload.decode()
    assert words(f"=?utf-8?B?{base64.b64encode(payload).decode()}?=") == expected


@given(st.binary())
def test_base64_round_trip(data: bytes) -> None:
    assert lenient_base64(base64.encodebytes(data)) == data


@pytest.mark.parametrize(
    ("value", "pairs"),
    [
        ('"Doe, Jane" <Jane@X.example>, bob@y.example', [("Doe, Jane", "jane@x.example"), ("", "bob@y.example")]),
        ("bob@y.example (Bob B)", [("Bob B", "bob@y.example")]),
        ("Team: a@x.example, b@x.example;", [("", "a@x.example"), ("", "b@x.example")]),
        ("undisclosed-recipients:;", []),
        ('"=?utf-8?Q?Mu=C3=B1oz=2C_Ana?=" <ana@x.example>', [("Muñoz, Ana", "ana@x.example")]),
        ('"pay@bank.example" <evil@x.example>', [("pay@bank.example", "evil@x.example")]),
        ("Ana [ana@c.example]", [("Ana []", "ana@c.example")]),
        ("ana@[192.0.2.1]", [("", "ana@[192.0.2.1]")]),
        ("Ana <mailto:ana@c.example?subject=x>", [("Ana", "ana@c.example")]),
        ("Ana &lt;ana@c.example&gt;", [("Ana", "ana@c.example")]),
        ("'Ana' <'ana@c.example'>", [("Ana", "ana@c.example")]),
        ("O'Hara <o'hara@c.example>", [("O'Hara", "o'hara@c.example")]),
        ("Ana <ana＠c.example>", [("Ana", "ana@c.example")]),
    ],
)
def test_addresses(value: str, pairs: list[tuple[str, str]]) -> None:
    assert addresses(value) == pairs


@given(st.text(max_size=200))
def test_no_header_text_raises(text: str) -> None:
    addresses(text)
    words(text)
    message_ids(text)
    date(text)
    parameters(text)


@pytest.mark.parametrize("label", ["unicode_escape", "rot13", "hex", "punycode", "idna", "undefined", "", "x\0"])
def test_only_text_charsets_are_allowed(label: str) -> None:
    assert allowed_codec(label) is None


@given(
    st.binary(max_size=200),
    st.sampled_from(["utf-8", "utf-16", "iso-2022-jp", "gb2312", "utf-7", "klingon", "us-ascii"]),
)
def test_decoding_never_raises(data: bytes, label: str) -> None:
    decode(data, label)


def test_labels_that_lie() -> None:
    assert decode("mañana ✓".encode(), "iso-8859-1") == "mañana ✓"
    assert decode(b"ma\xf1ana \x80", "us-ascii") == "mañana €"


def test_html() -> None:
    html = (
        "<html><head><title>T</title><style>p{}</style></head><body><p>One&nbsp;two<br>three</p>"
        "<script>evil()</script><div style='display:none'>hidden</div><ul><li>a<li>b</ul>"
        "<div class=gmail_signature>Ana</div><blockquote><p>old</p></blockquote></body>"
    )
    text = html_to_text(html)
    assert "One two\nthree" in text
    assert "- a\n- b" in text
    assert "-- \nAna" in text
    assert "> old" in text
    for gone in ("evil", "hidden", "p{}", "<"):
        assert gone not in text


def test_flowed_text_is_put_together() -> None:
    assert unflowed("One \nline\n> quoted \n> too\n-- \nAna") == "One line\n> quoted too\n-- \nAna"
    assert unflowed("\n" * 100_000) == "\n" * 100_000
    assert unflowed("a \n\nb \n> c \nd\n") == "a \nb \n> c \nd\n"

"""Strings and mails that mean harm: each string in each place of a mail, and mails whose structure is odd."""

from __future__ import annotations

import base64
import quopri
from collections.abc import Iterator
from itertools import chain
from urllib.parse import quote

STRINGS = (
    "\x1b]0;owned\x07", "\x1b]2;owned\x1b\\", "\x1b[21t", "\x1b[6n", "\x1b[c", "\x05", "\x1bP$qm\x1b\\",
    "\x1bP+q544e\x1b\\", "\x1b]52;c;cm0gLXJm\x07", "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "\x1b_Gi=31,a=q;AAAA\x1b\\", "\x1b[2J\x1b[H", "\x1b[?1049l", "\x1b[?1000h", "\x1bc", "\x0e\x0f", "\x9b31m",
    "\x9d0;owned\x9c", "\x90$qm\x9c", "\x1b]1337;File=:AAAA\x07", "\x1b[5i\x1b[4i", "\x1b]4;1;?\x07", "\x1b[31",
    "\x1b", "\x7f\x08\x08\x08", "\x00nul\x00", "\r\x1b[Aover", "\x0b\x0c", "[@click=app.quit]press[/]",
    "[link=https://evil.example]x[/link]", "[/]", "[red]", "[[[", "\\[bold]", "$text", "{{ 7*7 }}",
    "{% for x in range(10**9) %}{% endfor %}", "\u202etxt.exe", "\u2066a\u2069", "\u200b\u200d\ufeff\u00ad",
    "\U000e0041\U000e0042", "e" + "\u0301" * 60, "👩\u200d💻🏳️\u200d🌈", "\ufff9a\ufffab\ufffb", "\ue000\uf8ff",
    "\ud800", "\u2028\u2029\x85", " " * 300 + "x", "=cmd|'/c calc'!A1", "+1+1", "-2+3", "@SUM(1)", "\t=1", '"',
    "'; DROP TABLE ticket; --", "%00%0d%0a", "../../etc/passwd", 'NEAR("a" b, 5)', "col:umn* AND (",
    "a\r\nBcc: all@evil.example", "\n.\r\nMAIL FROM:<x>", "аpple.com", "xn--pple-43d.com", "ﷺ" * 200,
    "A" * 20_000, "日本語" * 2_000, "<a " * 5_000, "=?utf-8?b?" + "A" * 75 + "?=" * 40, "> " * 3_000, "🙂" * 500,
)  # fmt: skip


def mails() -> Iterator[bytes]:
    """Yield every string in every place, then the odd ones."""
    places = (mail for text in STRINGS for mail in _in_each_place(text))
    for n, mail in enumerate(chain(places, _odd())):  # two mails of one sender with one text are the same mail
        yield mail.replace(b"a@x.example", b"a%d@x.example" % n)


def _in_each_place(text: str) -> Iterator[bytes]:
    raw = text.encode("utf-8", "surrogatepass")
    line = raw.replace(b"\r", b"").replace(b"\n", b"")
    word = b"=?utf-8?B?" + base64.b64encode(raw[:3_000]) + b"?="
    quoted = b"=?utf-8?Q?" + quopri.encodestring(raw[:3_000], header=True).replace(b"\n", b"") + b"?="
    yield _mail(subject=line)
    yield _mail(subject=word)
    yield _mail(subject=quoted)
    yield _mail(sender=word + b" <a@x.example>")
    yield _mail(sender=b'"' + line.replace(b'"', b"") + b'" <a@x.example>')
    yield _mail(sender=b"<" + line[:200] + b"@x.example>")
    yield _mail(body=raw)
    yield _mail(body=raw, kind=b"text/plain; charset=latin-1")
    yield _mail(body=base64.encodebytes(raw), coding=b"base64")
    yield _mail(body=b"<p>" + raw + b"</p>", kind=b"text/html; charset=utf-8")
    entities = "".join(f"&#{ord(char)};" for char in text[:2_000]).encode()
    yield _mail(body=b"<p title='" + entities + b"'>" + entities + b"</p>", kind=b"text/html; charset=utf-8")
    yield _mail(body=raw, kind=b"text/plain; charset=" + line[:60])
    yield _mail(extra=b"Message-ID: <" + line[:500] + b">\nReferences: " + line[:500])
    yield _mail(extra=b"Reply-To: " + word + b" <b@x.example>\nCc: " + line[:500])
    yield _mail(extra=b"Date: " + line[:100] + b"\nAuthentication-Results: " + line[:300] + b"\nList-Id: " + line[:300])
    yield _with_file(b'filename="' + line[:300].replace(b'"', b"") + b'"')
    yield _with_file(b"filename*=utf-8''" + quote(raw[:300]).encode())


def _mail(
    *,
    sender: bytes = b"Ana <ana@x.example>",
    subject: bytes = b"Hello",
    body: bytes = b"Where is my order?",
    kind: bytes = b"text/plain; charset=utf-8",
    coding: bytes = b"8bit",
    extra: bytes = b"X-Nothing: 1",
) -> bytes:
    heads = [b"From: " + sender, b"To: support@us.example", b"Subject: " + subject, b"Content-Type: " + kind]
    return b"\n".join([*heads, b"Content-Transfer-Encoding: " + coding, extra, b"", body, b""])


def _with_file(name: bytes) -> bytes:
    body = b"--b\nContent-Type: text/plain\n\nSee the file.\n--b\nContent-Type: application/zip\n"
    body += (
        b"Content-Disposition: attachment; " + name + b"\nContent-Transfer-Encoding: base64\n\nUEsDBAoAAAAA\n--b--\n"
    )
    return _mail(body=body, kind=b"multipart/mixed; boundary=b")


def _odd() -> Iterator[bytes]:
    yield b""
    yield b"\n"
    yield b"\x00" * 5_000
    yield bytes(range(256)) * 20
    yield b"From nobody\nno headers at all"
    yield b"Subject: only headers"
    yield b"Subject: a\n" * 5_000 + b"\nbody"
    yield _mail(extra=b"References: " + b" ".join(b"<%d@x>" % n for n in range(20_000)))
    yield _mail(extra=b"To: " + b", ".join(b"p%d@x.example" % n for n in range(5_000)))
    yield _mail(sender=b"(" * 50_000)
    yield _mail(sender=b"<[...]>")
    yield _mail(sender=b"a@[")
    yield _mail(extra=b"Message-ID: <[a]>")
    yield _mail(subject=b"=?utf-8?q?" + b"=41" * 20_000 + b"?=")
    yield _mail(subject=b" ".join([b"=?utf-8?b?QUFB?="] * 5_000))
    yield _mail(kind=b"multipart/mixed; boundary=b", body=b"--b\n\n" * 2_000)
    yield _mail(kind=b"multipart/mixed; boundary=", body=b"--\n\ntext\n----")
    yield _mail(kind=b"multipart/mixed", body=b"no boundary")
    nested = b"text"
    for n in range(200):
        nested = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) + nested + b"\n--b%d--" % n
    yield b"Subject: nested\n" + nested
    inner = _mail()
    for _ in range(60):
        inner = b"Content-Type: message/rfc822\n\n" + inner
    yield b"Subject: forwarded\n" + inner
    yield _mail(kind=b"message/external-body; access-type=URL; URL=file:///etc/passwd", body=b"\nx")
    yield _mail(kind=b"message/partial; id=a; number=1; total=9", body=b"x")
    yield _mail(kind=b"application/ms-tnef", body=b"x\x9f>\x22" + bytes(range(256)) * 4)
    yield _mail(coding=b"base64", body=b"!!!" * 1_000)
    yield _mail(coding=b"uuencode", body=b"begin 644 x\n" + b"M" * 61 + b"\nend")
    yield _mail(kind=b"text/plain; charset=unicode_escape", body=b"\\x1b[31m")
    yield _mail(kind=b"text/plain; charset=utf-7", body=b"+ABs-]0;owned+AAc-")
    yield _mail(kind=b"text/plain; charset=iso-2022-jp", body=b"\x1b$B" + b"\x21" * 999)
    yield _mail(kind=b"text/html", body=b"<div>" * 20_000)
    yield _mail(kind=b"text/html", body=b"</" * 50_000)
    yield _mail(kind=b"text/html", body=b"<![CDATA[" * 20_000)
    yield _mail(kind=b"text/html", body=b"<script>alert(1)</script><style>*{}</style><img src=http://x/y.png>")
    yield _mail(body=b"\n" * 200_000)
    yield _mail(body=b"x" * 2_000_000)
    yield _mail(body=b"1 2 3 4 5 " * 100_000)
    for date in (
        b"Thu, 1 Jan 1960 00:00:00 +0000",
        b"Fri, 31 Dec 99999 00:00:00 +0000",
        b"x" * 5_000,
        b"Mon, 31 Feb 2026",
    ):
        yield _mail(extra=b"Date: " + date)

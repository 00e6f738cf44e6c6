"""What leaves is what was asked: header set, addresses, subject and body, whatever strangers wrote into them."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.header import decode_header
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import getaddresses

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data.errors import RuleError
from queues.mail import header_lines
from queues.mail.addresses import addresses, written_address
from queues.mail.letter import one_line, usable_id, write
from queues.mail.letter_check import difference, unfit_to_leave
from queues.mail.letter_fields import Letter, Person
from tests.queues.outgoing_samples import HOSTILE, Samples

ID = "<tridesk.1.00@desk.example>"
OURS = ["From", "To", "Subject", "Date", "Message-ID"]
CONTENT = ["MIME-Version", "Content-Type", "Content-Transfer-Encoding"]
LETTERS = st.characters(codec=None)
anything = st.lists(st.one_of(st.text(LETTERS, max_size=30), st.sampled_from(HOSTILE)), max_size=6).map(" ".join)


def asked(subject: str = "Hola", name: str = "Ana", address: str = "ana@x.example", **more: object) -> Letter:
    values: dict[str, object] = {
        "at": 1_800_000_000, "plain": "Hola", "sender": Person("Support", "help@desk.example"), "message_id": ID,
    }  # fmt: skip
    return Letter(subject, recipient=Person(name, address), **{**values, **more})  # type: ignore[arg-type]


def parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=default)


def as_decoded(value: str) -> str:
    """Return what an older reader makes of a header."""
    parts = decode_header(re.sub(r"\r?\n(?=[ \t])", "", value))
    return "".join(part.decode(charset or "ascii") if isinstance(part, bytes) else part for part, charset in parts)


def check(subject: str, name: str, address: str) -> None:
    """Write a mail and read it with both readers of the standard library."""
    raw = write(asked(subject, name, address))
    mail, plainly = parsed(raw), message_from_bytes(raw)
    assert mail.keys() == [*OURS, *CONTENT]
    assert str(mail["Subject"]) == as_decoded(plainly["Subject"]) == one_line(subject)
    (person,) = mail["To"].addresses
    local, _, domain = written_address(address).rpartition("@")
    bare = re.sub(r"\\(.)", r"\1", local[1:-1]) if local.startswith('"') else local
    assert (person.username, person.domain) == (bare, domain)
    ((shown, spec),) = getaddresses([plainly["To"].replace("\r\n", "")])
    assert spec == f"{local}@{domain}"
    assert as_decoded(shown) == " ".join(one_line(name).split())
    assert raw.isascii()
    head = raw.partition(b"\r\n\r\n")[0]
    assert all(len(line) <= 76 for line in head.split(b"\r\n") if b"=?" in line)
    assert parsed(mail.as_bytes(policy=SMTP)).keys() == mail.keys()  # also when a relay writes it anew


@given(anything, anything)
@example("", "0 00¡¡¡¡𐀀𐀀𐀀 =?utf-8?q?a=0D=0ABcc:_evil=40x.example?=")
def test_subjects_and_names_arrive_as_they_were_written(subject: str, name: str) -> None:
    check(subject, name, "ana@x.example")


@pytest.mark.parametrize("seed", range(10))
def test_generated_subjects_and_addresses(seed: int) -> None:
    samples = Samples(seed)
    for _ in range(30):
        check(samples.words(18), samples.words(5), samples.address())


@pytest.mark.faults
def test_ten_thousand_generated_subjects_and_addresses() -> None:
    samples = Samples(10_000)
    for _ in range(10_000):
        check(samples.words(18), samples.words(5), samples.address())


@given(st.text(LETTERS, min_size=1, max_size=300), st.booleans())
def test_a_body_is_the_text_that_was_asked(text: str, html: bool) -> None:
    mail = parsed(write(asked(plain=text, html="<p>ñ</p>" if html else "")))
    body = mail.get_body(("plain",))
    assert body is not None
    clean = re.sub("\r\n|\r", "\n", text.encode("utf-8", "replace").decode()).replace("\x00", "")
    content = body.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert content.decode().replace("\r\n", "\n").rstrip("\n") == clean.rstrip("\n")
    assert mail.keys() == [*OURS, *(CONTENT[:2] if html else CONTENT)]


@given(anything | st.sampled_from(["<>", '"', "<a>", '"a"', "a'b", "utf-8''x"]), anything, st.binary(max_size=60))
def test_files_arrive_with_their_names_and_bytes(name: str, kind: str, content: bytes) -> None:
    mail = parsed(write(asked(files=[(name, kind, content)])))
    (part,) = mail.iter_attachments()
    assert part["Content-Disposition"].params["filename"] == (one_line(name) or "attachment")
    assert part.get_payload(decode=True) == content
    assert part.keys() == ["Content-Type", "Content-Disposition", "Content-Transfer-Encoding"]


@pytest.mark.parametrize(
    ("content", "kind", "charset"),
    [
        (b"uno", "text/csv", "utf-8"),
        ("año".encode(), "text/csv", "utf-8"),
        ("año".encode("latin-1"), "application/octet-stream", None),
    ],
)
def test_a_text_file_names_its_charset_or_is_sent_as_bytes(content: bytes, kind: str, charset: str | None) -> None:
    (part,) = parsed(write(asked(files=[("a.csv", "text/csv", content)]))).iter_attachments()
    assert (part.get_content_type(), part.get_content_charset()) == (kind, charset)


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("Ana@x.example.", "Ana@x.example"),
        ("<@relay.example,@b.example:ana@x.example>", "ana@x.example"),
        ("mailto:ana@x.example", "ana@x.example"),
        (".a..b@x.example", '".a..b"@x.example'),
        ('"a b"@x.example', '"a b"@x.example'),
        ('"a\\"b"@x.example', '"a\\"b"@x.example'),
        ("ana@señor.example", "ana@xn--seor-hqa.example"),
        ("ana@fuß.example", "ana@xn--fu-hia.example"),
        ("ana@日本。example", "ana@xn--wgv71a.example"),
        ("ana@[192.0.2.1]", "ana@[192.0.2.1]"),
        ("ñandú@x.example", "ñandú@x.example"),
    ],
)
def test_an_address_has_one_written_form(address: str, written: str) -> None:
    assert written_address(address) == written
    assert written_address(written) == written


@pytest.mark.parametrize(
    "address",
    ["", "ana", "@x.example", "ana@", "a@b..c", "a@-b.example", "a\r\nb@x.example", "a@x.example\r\nRCPT TO:<b@x>",
     "=?utf-8?q?a?=@x.example", "a@=?utf-8?q?x?=", "a\ufffdb@x.example", "a@x.example, b@y.example", "a@x y.example",
     "Ana ana@x.example", "ana gil@x.example", "a@b@x.example",
     f"a@{'x' * 64}.example", f"{'a' * 200}@x.example"],
)  # fmt: skip
def test_what_no_mail_can_be_sent_to_is_refused_in_a_sentence(address: str) -> None:
    with pytest.raises(ValueError, match=r"^(is|holds|has) "):
        written_address(address)
    if address:
        with pytest.raises(RuleError, match="No mail address"):
            write(asked(address=address))


@pytest.mark.parametrize(
    ("value", "pairs"),
    [
        ("Ruiz, Ana <ana@x.example>", [("Ruiz, Ana", "ana@x.example")]),
        ("Ruiz, Ana, PhD <ana@x.example>, b@y.example", [("Ruiz, Ana, PhD", "ana@x.example"), ("", "b@y.example")]),
        ("ana @ x.example", [("", "ana@x.example")]),
        ("Ana <ana @ x.example>", [("Ana", "ana@x.example")]),
        ("Ana <ana . gil@x.example>", [("Ana", "ana.gil@x.example")]),
        ("Ana @ Home, Bob <bob@y.example>", [("Ana @ Home", ""), ("Bob", "bob@y.example")]),
        ("Ana <ana gil@x.example>", [("Ana", "ana gil@x.example")]),
        ("Ana <3 cats <ana@x.example>", [("Ana <3 cats", "ana@x.example")]),
        ("Ana <<ana@x.example>>", [("Ana", "ana@x.example")]),
        ("ana@x.example, Gil, Bob <bob@y.example>", [("", "ana@x.example"), ("Gil, Bob", "bob@y.example")]),
        ("Ana <@relay.example,@two.example:ana@x.example>", [("Ana", "ana@x.example")]),
        ("Ana <mailto:ana@x.example>", [("Ana", "ana@x.example")]),
        ("Ana <ana@x.example.>", [("Ana", "ana@x.example")]),
        ('Ana <"ana ruiz"@x.example>', [("Ana", '"ana ruiz"@x.example')]),
        ('Ana <"ana..r"@x.example>', [("Ana", "ana..r@x.example")]),
        ('Ana <"bob@y.example"@x.example>', [("Ana", '"bob@y.example"@x.example')]),
        ('"ana ruiz"@x.example', [("", '"ana ruiz"@x.example')]),
        ("Ana < ana @ x.example >", [("Ana", "ana@x.example")]),
        ("Ana <ana@[IPv6:::1]>", [("Ana", "ana@[ipv6:::1]")]),
    ],
)  # fmt: skip
def test_odd_senders_are_read_as_they_were_meant(value: str, pairs: list[tuple[str, str]]) -> None:
    assert addresses(value) == pairs


def test_letters_beyond_ascii_in_the_local_part_are_never_an_encoded_word() -> None:
    raw = write(asked(name="Ñandú", address="ñandú@señor.example"))
    assert "To: =?utf-8?q?=C3=91and=C3=BA?= <ñandú@xn--seor-hqa.example>\r\n".encode() in raw


@pytest.mark.parametrize(
    "value",
    ["<=?utf-8?q?a=0D=0ABcc=3A_x?=@x.example>", "<a@b\r\nBcc: x>", f"<{'a' * 600}@x.example>", "<á@x.example>", "a@b"],
)
def test_an_id_that_a_reader_would_decode_is_left_out(value: str) -> None:
    assert not usable_id(value)
    assert parsed(write(asked(parent=value, thread=(value,)))).keys() == [*OURS, *CONTENT]


def test_nothing_is_written_that_differs_from_what_was_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    place, real = "queues.mail.letter.text_line", header_lines.text_line
    monkeypatch.setattr(place, lambda name, text: real(name, text.replace("  ", " ")))
    write(asked("a b"))
    with pytest.raises(RuleError, match="The subject of the written mail differs"):
        write(asked("a  b"))
    monkeypatch.setattr(place, lambda name, text: f"{name}: {text}\r\nBcc: evil@x.example")
    with pytest.raises(RuleError, match="The set of headers of the written mail differs"):
        write(asked("a b"))


@given(anything, anything, st.text(LETTERS, max_size=60), st.integers(0), st.integers(0, 255))
def test_a_byte_that_changes_what_a_mail_says_is_noticed(
    subject: str, name: str, text: str, at: int, byte: int
) -> None:
    letter = asked(one_line(subject), " ".join(one_line(name).split()), plain=f"{one_line(text)}\n")
    raw = write(letter)
    assert difference(raw, letter) == ""
    at %= len(raw)
    changed = raw[:at] + bytes([byte]) + raw[at + 1 :]
    if difference(changed, letter):
        return
    before, after = message_from_bytes(raw), message_from_bytes(changed)
    assert after.keys() == before.keys()
    assert after.get_payload(decode=True) == before.get_payload(decode=True)
    for header in ("Subject", "Message-ID", "From", "To"):
        assert as_decoded(after[header]) == as_decoded(before[header])


@pytest.mark.parametrize("line", ["Bcc: evil@x.example", "Subject: twice", "not a header", ""])
def test_a_line_more_in_the_head_of_a_mail_is_noticed(line: str) -> None:
    letter = asked(plain="Hola\n")
    raw = write(letter)
    for name in (b"From", b"Subject", b"MIME-Version"):
        assert difference(raw.replace(name + b":", line.encode() + b"\r\n" + name + b":", 1), letter)


def test_only_the_headers_that_we_write_may_leave() -> None:
    raw = write(asked(address="ana@señor.example"))
    assert unfit_to_leave(raw, ID, "ana@señor.example") == ""
    assert unfit_to_leave(raw, ID, "bob@x.example")
    assert unfit_to_leave(raw, "<other@desk.example>", "ana@señor.example")
    for line in (b"Bcc: evil@x.example", b"To: evil@x.example", b"Reply-To: evil@x.example", b"X-Recipient: evil"):
        assert unfit_to_leave(line + b"\r\n" + raw, ID, "ana@señor.example")
    assert unfit_to_leave(raw.replace(b"To:", b"X-To:"), ID, "ana@señor.example")
    assert unfit_to_leave(raw.replace(b"<ana@", b"<bob@x.example>, <ana@"), ID, "ana@señor.example")

"""Generated subjects, names and addresses: two other readers find in the bytes what was asked.

The readers are the standard library's parser and Dovecot, whose IMAP ENVELOPE is what mail programs show.
"""

from __future__ import annotations

import re
import ssl
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import compat32, default
from email.utils import getaddresses
from itertools import count, islice
from random import Random

import pytest
from imapclient import IMAPClient

from data.errors import RuleError
from queues.mail.addresses import written_address
from queues.mail.letter import one_line
from queues.mail.letter_check import decoded, unfit_to_leave
from queues.outgoing import mail_bytes
from tests.queues.outgoing_samples import Samples
from tests.servers.mail_stack import MailStack

START = 1_800_000_000
numbers = count(1)


@dataclass(frozen=True, slots=True)
class Sent:
    """One mail and what was asked for it."""

    raw: bytes
    subject: str
    brand: str
    name: str
    address: str
    cc: tuple[str, ...]


def _written(address: str) -> str:
    try:
        return written_address(address)
    except ValueError:
        return ""


class Generator(Samples):
    """Asks for mails as customers' words make them: blanks, quotes, long words, look-alikes of encoded words."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self._random = Random(seed)

    def subject(self) -> str:
        """Return some words, now and then with what breaks a writer of headers."""
        parts = [self.words(14)]
        more = (
            "  ",
            " " * 60,
            '"quoted"',
            "\\",
            "=?utf-8?q?=41?=",
            "=?x",
            "ñ" * 200,
            "w" * 300,
            "\t",
            "—",
            "(c) <d@e>",
        )
        while self._random.random() < 0.4:
            parts.insert(self._random.randint(0, len(parts)), self._random.choice(more))
        return self._random.choice(["", " "]).join(parts)

    def mails(self) -> Iterator[Sent]:
        """Yield mails that could be written; what cannot is refused with a reason."""
        for number in count(1):
            subject, brand, name = self.subject(), self.words(4), self.words(6)
            address = self.address()
            copies = tuple(self.address() for _ in range(self._random.choice((0, 0, 1, 3))))
            message_id = f"<tridesk.{number}.{self._random.getrandbits(96):024x}@desk.example>"
            try:
                recipient = mail_bytes.addressee(name, address, "email:support")
                raw = mail_bytes.build(
                    text="Hola.", subject=subject, sender="help@desk.example", brand=brand, recipient=recipient,
                    message_id=message_id, at=START + number, earlier=(), cc=copies,
                )  # fmt: skip
            except RuleError:
                assert not all(map(_written, (address, *copies))), (address, copies)
                continue
            assert unfit_to_leave(raw, message_id, address, copies) == ""
            yield Sent(
                raw, one_line(mail_bytes.reply_subject(subject)), _shown(brand), _shown(recipient.name),
                written_address(address), tuple(map(written_address, copies)),
            )  # fmt: skip


def _shown(name: str) -> str:
    return " ".join(one_line(name).split())


def read_by_the_standard_library(raw: bytes, sent: Sent) -> None:
    plain = message_from_bytes(raw, policy=compat32)
    assert decoded(_unfolded(plain["Subject"])) == sent.subject
    mail = message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    assert mail.keys()[:3] == ["From", "To", "Cc"] if sent.cc else ["From", "To", "Subject"]
    assert str(mail["Subject"]) == sent.subject
    for field, name, address in (("From", sent.brand, "help@desk.example"), ("To", sent.name, sent.address)):
        ((shown, spec),) = getaddresses([_unfolded(plain[field])])
        assert (decoded(shown), spec) == (name, address)
        (person,) = mail[field].addresses
        # the parser of Python 3.11 keeps the blank between two encoded words of a name
        assert "".join(person.display_name.split()) == "".join(name.split())
        assert f"{person.username}@{person.domain}" == _unquoted(address)
    copies = [f"{person.username}@{person.domain}" for person in mail["Cc"].addresses] if sent.cc else []
    assert copies == [_unquoted(address) for address in sent.cc]
    assert not mail.defects
    assert mail.get_content().strip() == "Hola."


def _unfolded(value: str) -> str:
    return re.sub(r"\r?\n(?=[ \t])", "", value)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_standard_library_reads_what_was_asked(seed: int) -> None:
    for sent in islice(Generator(seed).mails(), 500):
        read_by_the_standard_library(sent.raw, sent)


def envelopes(stack: MailStack, sent: Sequence[Sent]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Let Dovecot read mails; return subject, and names and addresses of From, To and Cc as it understands them."""
    address, password = stack.add_user(f"reader{next(numbers)}")
    folder = stack.maildir(address)
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    for number, one in enumerate(sent):
        (folder / "new" / f"{1_700_000_000 + number}.M{number}.host").write_bytes(one.raw.replace(b"\r\n", b"\n"))
    subprocess.run(["chown", "-R", "mail:mail", str(stack.folder / "mail")], check=True, timeout=300)
    results = []
    context: ssl.SSLContext = stack.tls()
    with IMAPClient("localhost", stack.ports["imaps"], ssl=True, ssl_context=context) as client:
        client.login(address, password)
        client.select_folder("INBOX", readonly=True)
        uids = client.search("ALL")
        for start in range(0, len(uids), 500):
            rows = client.fetch(uids[start : start + 500], ["ENVELOPE"])
            for uid in sorted(rows):
                envelope = rows[uid][b"ENVELOPE"]
                people = [one for field in (envelope.from_, envelope.to, envelope.cc) for one in field or ()]
                pairs = [(_text(one.name), f"{_text(one.mailbox)}@{_text(one.host)}") for one in people]
                results.append((_text(envelope.subject), pairs))
    return results


def _text(value: bytes | None) -> str:
    return decoded((value or b"").decode("utf-8"))


def _unquoted(address: str) -> str:
    """Return an address as an envelope has it, its local part without quotes (RFC 3501, 7.4.2)."""
    local, _, domain = address.rpartition("@")
    return re.sub(r"\\(.)", r"\1", local[1:-1] if local.startswith('"') else local) + "@" + domain


def check_dovecot(stack: MailStack, seed: int, amount: int) -> None:
    sent = list(islice(Generator(seed).mails(), amount))
    seen = envelopes(stack, sent)
    assert len(seen) == amount
    for one, (subject, people) in zip(sent, seen, strict=True):
        assert subject == one.subject
        asked = [(one.brand, "help@desk.example"), (one.name, one.address), *(("", address) for address in one.cc)]
        assert people == [(name, _unquoted(address)) for name, address in asked]


def test_dovecot_reads_what_was_asked(mail_stack: MailStack) -> None:
    check_dovecot(mail_stack, 3, 500)


@pytest.mark.faults
def test_both_read_ten_thousand_mails_as_they_were_asked(mail_stack: MailStack) -> None:
    for sent in islice(Generator(4).mails(), 10_000):
        read_by_the_standard_library(sent.raw, sent)
    check_dovecot(mail_stack, 4, 10_000)

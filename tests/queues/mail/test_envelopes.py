"""Mails of ours as another program reads them: the envelopes of a real mail server are what was asked."""

from __future__ import annotations

from email.header import decode_header
from itertools import count

import pytest
from imapclient import IMAPClient

from queues.mail.addresses import written_address
from queues.mail.letter import one_line, write
from queues.mail.letter_fields import Letter, Person
from tests.queues.outgoing_samples import Samples
from tests.servers.mail_stack import MailStack

numbers = count(700)


def as_decoded(value: bytes | None) -> str:
    """Decode the encoded words, which the server hands on as they are."""
    parts = decode_header((value or b"").decode("ascii"))
    return "".join(part.decode(charset or "ascii") if isinstance(part, bytes) else part for part, charset in parts)


def check(stack: MailStack, amount: int) -> None:
    samples = Samples(amount)
    asked = [(samples.words(18), samples.words(5), samples.address()) for _ in range(amount)]
    address, password = stack.add_user(f"envelope{next(numbers)}")
    with IMAPClient("localhost", stack.ports["imaps"], ssl_context=stack.tls()) as client:
        client.login(address, password)
        for number, (subject, name, recipient) in enumerate(asked):
            person, our = Person(name, recipient), Person("Soporte ñ", address)
            client.append("INBOX", write(Letter(subject, number, "Hola", our, person, f"<{number}@desk.example>")))
        client.select_folder("INBOX")
        found = client.fetch(client.search(), ["ENVELOPE"])
    assert len(found) == amount
    for (subject, name, recipient), number in zip(asked, sorted(found), strict=True):
        envelope = found[number][b"ENVELOPE"]
        assert as_decoded(envelope.subject) == one_line(subject)
        (person,) = envelope.to
        assert as_decoded(person.name) == " ".join(one_line(name).split())
        local, _, domain = written_address(recipient).rpartition("@")
        assert local in (person.mailbox.decode(), _quoted(person.mailbox.decode()))
        assert (person.host.decode(), envelope.cc, envelope.bcc) == (domain, None, None)
        assert envelope.reply_to == envelope.from_


def _quoted(local: str) -> str:
    return '"' + local.replace("\\", "\\\\").replace('"', '\\"') + '"'


def test_the_servers_envelope_is_what_was_asked(mail_stack: MailStack) -> None:
    check(mail_stack, 200)


@pytest.mark.faults
def test_ten_thousand_envelopes(mail_stack: MailStack) -> None:
    check(mail_stack, 10_000)

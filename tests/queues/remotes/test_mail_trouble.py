"""What goes wrong with mail servers: one clear sentence each, the rest goes on, and it gets well by itself."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import msgspec
import pytest

from data.errors import ConnectorError
from data.records.outbox import OutboxEntry, OutboxState
from queues.accounts.mail_account import Account
from queues.accounts.providers import Server
from queues.connectors.email import EmailConnector
from queues.connectors.imap import Mailbox
from queues.remotes.links import LinkState
from tests.servers.cutting_proxy import CuttingProxy
from tests.servers.desk_at_mail import DeskAtMail, received, until
from tests.servers.mail_stack import MailStack

numbers = count(1)


@pytest.fixture
def desk(mail_stack: MailStack, tmp_path: Path) -> Iterator[DeskAtMail]:
    one = DeskAtMail(mail_stack, tmp_path, mail_stack.add_user(f"trouble{next(numbers)}")[0])
    yield one
    one.stop()


def until_told(desk: DeskAtMail, state: LinkState, words: str) -> None:
    until(lambda: (link := desk.link()) is not None and (link.state, words in link.sentence) == (state, True),
          lambda: (desk.link(), desk.said))  # fmt: skip


def test_a_server_stopped_and_started(desk: DeskAtMail) -> None:
    desk.write(1)
    desk.start()
    until(lambda: len(desk.tickets()) == 1)
    desk.stack.stop_imap()
    try:
        until_told(desk, LinkState.OFFLINE, "takes no connections")
        desk.reply(1)
        assert desk.states() == [OutboxState.QUEUED]
    finally:
        desk.stack.start_imap()
    desk.until_online()
    until(lambda: desk.states() == [OutboxState.SENT])
    desk.write(2)
    until(lambda: len(desk.tickets()) == 2)
    # told once, however often it was tried, and told again when it was well
    assert len([sentence for sentence in desk.said if "takes no connections" in sentence]) == 1
    assert any("online again" in sentence for sentence in desk.said)


def test_replies_wait_for_the_sending_server_and_leave_in_order(desk: DeskAtMail) -> None:
    customer, _ = desk.stack.add_user(f"patient{next(numbers)}", "clientes.example")
    for number in (1, 2, 3):
        desk.write(number, sender=customer)
    desk.start()
    until(lambda: len(desk.tickets()) == 3)
    desk.stack.stop_smtp()
    try:
        for ticket in (2, 1, 3):
            desk.reply(ticket, f"Respuesta {ticket}")
        until_told(desk, LinkState.NO_SENDING, "takes no connections")
        assert desk.states() == [OutboxState.QUEUED] * 3
        assert [entry.attempts for entry in desk.outbox()] == [0, 0, 0]
    finally:
        desk.stack.start_smtp()
    desk.stop()
    desk.once()
    assert desk.states() == [OutboxState.SENT] * 3
    until(lambda: len(received(desk.stack, customer)) == 3)
    sent = sorted(desk.outbox(), key=lambda entry: (entry.sent_at or 0, entry.id))
    assert [entry.ticket_id for entry in sent] == [2, 1, 3]


def test_a_changed_password_is_told_and_the_new_one_taken(mail_stack: MailStack, tmp_path: Path) -> None:
    desk = DeskAtMail(mail_stack, tmp_path, "support@desk.example")
    right, desk.password = desk.password, "old"
    desk.start()
    try:
        until_told(desk, LinkState.OFFLINE, "does not accept the password of support@desk.example")
        assert right not in str(desk.link())
        assert "old" not in str(desk.link())
        desk.password = right
        desk.until_online()
    finally:
        desk.stop()


@pytest.mark.parametrize("auth", ["xoauth2", "oauthbearer"])
def test_an_expired_token_is_told_and_a_fresh_one_taken(mail_stack: MailStack, tmp_path: Path, auth: str) -> None:
    address, _ = mail_stack.add_user(f"token{next(numbers)}")
    desk = DeskAtMail(mail_stack, tmp_path, address, auth=auth)
    desk.password = mail_stack.token(address, -5)
    desk.start()
    try:
        until_told(desk, LinkState.OFFLINE, "does not accept the token")
        desk.password = mail_stack.token(address)
        desk.until_online()
        desk.write(1)
        until(lambda: len(desk.tickets()) == 1)
        desk.reply(1)
        until(lambda: desk.states() == [OutboxState.SENT], lambda: (desk.outbox(), desk.said))
    finally:
        desk.stop()


def test_a_full_mailbox_keeps_no_reply_back(mail_stack: MailStack, tmp_path: Path) -> None:
    mail_stack.remove_mailbox("full@desk.example")
    desk = DeskAtMail(mail_stack, tmp_path, "full@desk.example")
    desk.write(1, text="x " * 6_000)
    desk.start()
    try:
        until(lambda: len(desk.tickets()) == 1)
        desk.reply(1, "y " * 6_000)
        until(lambda: desk.states() == [OutboxState.SENT])
        until(
            lambda: any("is full" in sentence and "was sent" in sentence for sentence in desk.said), lambda: desk.said
        )
        with desk.box() as box:
            box.select("INBOX")
            box.mark(box.uids_after(0)[0], add=["\\Deleted"])
            box._client.expunge()
        desk.stop()
        desk.once()
        with desk.box() as box:
            box.select("Sent")
            assert len(box.uids_after(0)) == 1
    finally:
        desk.stop()


def told_by(desk: DeskAtMail, **changes: object) -> str:
    account: Account = msgspec.structs.replace(desk.account, **changes)
    with pytest.raises(ConnectorError) as told:
        EmailConnector(account, desk.secret).check()
    return told.value.message


def test_a_certificate_that_is_not_trusted_is_told_before_any_password(desk: DeskAtMail) -> None:
    stack = desk.stack
    assert "cannot be trusted" in told_by(desk, ca_file=str(stack.other_ca))
    wrong_name = Server("127.0.0.2", stack.ports["imaps"])
    assert "cannot be trusted" in told_by(desk, imap=wrong_name)
    assert "does not speak TLS" in told_by(desk, imap=Server("localhost", stack.ports["imap"]))
    assert "is not found" in told_by(desk, imap=Server("mail.invalid"))


def test_starttls_is_used_where_it_is_asked_for(desk: DeskAtMail) -> None:
    ports = desk.stack.ports
    account = msgspec.structs.replace(
        desk.account,
        imap=Server("localhost", ports["imap"], "starttls"),
        smtp=Server("localhost", ports["submission"], "starttls"),
    )
    EmailConnector(account, desk.secret).check()


def test_a_password_may_have_any_letters(mail_stack: MailStack, tmp_path: Path) -> None:
    desk = DeskAtMail(mail_stack, tmp_path, "acentos@desk.example")
    EmailConnector(desk.account, desk.secret).check()
    desk.password = "contraseña-ñandu"
    assert "does not accept the password" in told_by(desk)
    smtp_only = EmailConnector(desk.account, desk.secret)
    with pytest.raises(ConnectorError, match="does not accept the password"):
        smtp_only.send(OutboxEntry(1, 1, 1, "x", OutboxState.QUEUED, "<1@x>", "a@b.example", b"", 0))


GREETINGS = {
    "no STARTTLS": b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n",
    "already in": b"* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] welcome\r\n",
}


@pytest.mark.parametrize("greeting", GREETINGS.values(), ids=GREETINGS)
def test_no_password_without_tls(desk: DeskAtMail, greeting: bytes) -> None:
    """A server, or somebody in between, that offers no TLS hears no password."""
    with CuttingProxy.answering(greeting) as proxy:
        account = msgspec.structs.replace(desk.account, imap=Server("127.0.0.1", proxy.port, "starttls"))
        with pytest.raises(ConnectorError, match="no password was sent"):
            Mailbox(account, "hush-hush")
        assert b"hush" not in proxy.heard
        assert b"AUTHENTICATE" not in proxy.heard
        assert b"LOGIN" not in proxy.heard


@pytest.mark.parametrize("place", ["greeting", "literal", "tag"])
def test_imap_cut_anywhere_loses_and_doubles_nothing(desk: DeskAtMail, place: str) -> None:
    cut_and_check(desk, place, 2)


@pytest.mark.faults
@pytest.mark.parametrize("place", ["greeting", "literal", "tag"])
def test_imap_cut_two_hundred_times(desk: DeskAtMail, place: str) -> None:
    for turn in range(67):
        cut_and_check(desk, place, turn, first=turn * 10)


def cut_and_check(desk: DeskAtMail, place: str, turn: int, first: int = 0) -> None:
    """Let a proxy end the connection at a place, then fetch in peace, and count."""
    known = len(desk.tickets())
    for number in range(first, first + 6):
        desk.write(number, text=f"Carta {number} " + ("larga " * 40 + "\r\n") * 10)
    until(lambda: len(received(desk.stack, desk.address)) == known + 6)
    straight = desk.account
    with CuttingProxy.to(desk.stack, "imaps", place, turn) as proxy:
        desk.use(msgspec.structs.replace(straight, imap=Server("localhost", proxy.port)))
        with pytest.raises(ConnectorError):
            desk.once()
        assert proxy.cut
    desk.use(straight)
    desk.once()
    bodies = [message.text for message in desk.messages()]
    assert len(bodies) == len(set(bodies)) == known + 6
    assert all(body.count("larga") == 400 for body in bodies)


def test_a_port_that_says_nothing_is_told(desk: DeskAtMail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("queues.connectors.imap_login.TIMEOUT", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert "does not answer" in told_by(desk, imap=Server("localhost", silent.getsockname()[1]))

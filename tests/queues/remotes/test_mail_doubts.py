"""Replies in doubt that settle themselves, and servers that fall silent, on real mail servers."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import count
from pathlib import Path

import msgspec
import pytest

from data.errors import DoubtError
from data.records.outbox import OutboxState, Proof
from data.records.tickets import Status
from data.store import Store
from queues.accounts.providers import Server
from queues.connectors.smtp import SmtpSession
from queues.remotes.links import LinkState
from tests.servers.desk_at_mail import DeskAtMail, picture, received, until
from tests.servers.mail_stack import MailStack
from tui.accounts.link_line import link_line
from tui.cli.main import run

numbers = count(1)


@pytest.fixture
def address(mail_stack: MailStack) -> str:
    return mail_stack.add_user(f"doubtful{next(numbers)}")[0]


@pytest.fixture
def customer(mail_stack: MailStack) -> str:
    return mail_stack.add_user(f"asker{next(numbers)}", "clientes.example")[0]


@pytest.fixture
def _unheard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lose the server's answer to each final dot: it has taken the reply."""
    real = SmtpSession.finish

    def finish(session: SmtpSession) -> str:
        real(session)
        session.close()
        raise DoubtError("In doubt", "the connection ended before an answer.")

    monkeypatch.setattr(SmtpSession, "finish", finish)


def doubted(desk: DeskAtMail, customer: str) -> None:
    """Let a customer write and be answered, without hearing that the reply was taken."""
    desk.write(1, sender=customer)
    until(lambda: received(desk.stack, desk.address))
    desk.once()
    desk.reply(1)
    desk.once()


WAYS: dict[str, tuple[dict[str, bool], set[Proof]]] = {
    "a delivery report": ({}, {Proof.REPORT}),
    "the copy to ourselves": ({"copy_to_self": True, "delivery_reports": False}, {Proof.COPY}),
    "both": ({"copy_to_self": True}, {Proof.COPY, Proof.REPORT}),
}


@pytest.mark.usefixtures("_unheard")
@pytest.mark.parametrize("way", WAYS)
def test_a_reply_in_doubt_is_settled_by_what_comes_back(
    mail_stack: MailStack, address: str, customer: str, tmp_path: Path, way: str
) -> None:
    changes, proofs = WAYS[way]
    desk = DeskAtMail(mail_stack, tmp_path, address, **changes)  # type: ignore[arg-type]
    doubted(desk, customer)
    (entry,) = desk.outbox()
    assert entry.proofs == proofs
    until(lambda: len(received(mail_stack, address)) == 1 + len(proofs))
    desk.once()
    assert desk.states() == [OutboxState.SENT]
    assert len(received(mail_stack, customer)) == 1
    assert [str(message.direction) for message in desk.messages()] == ["in", "out"]
    other = DeskAtMail(mail_stack, tmp_path, address, agent="zoe")  # sees what came back, and not as a customer's
    for one in (desk, other, desk, other):
        one.once()
    assert picture(other) == picture(desk)


@pytest.mark.usefixtures("_unheard")
def test_without_any_proof_the_list_says_what_is_known(
    mail_stack: MailStack, address: str, customer: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    desk = DeskAtMail(mail_stack, tmp_path, address, delivery_reports=False)
    doubted(desk, customer)
    desk.once()
    assert desk.states() == [OutboxState.IN_DOUBT]
    monkeypatch.setenv("TRIDESK_DB", str(desk.path))
    assert run(["outbox", "list"]) == 0
    said = capsys.readouterr().out
    assert "no delivery report was asked for" in said
    assert "not in the sent mail at 20" in said
    assert run(["outbox", "list", "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert (row["state"], row["proofs"]) == ("in doubt", [])
    assert row["looked_at"]
    with pytest.raises(SystemExit):
        run(["doctor"])
    assert "FAIL  outbox: 1 reply in doubt; `tridesk outbox list`" in capsys.readouterr().out
    desk.write(2, sender=customer, answers=desk.outbox()[0].message_id)  # who answers a reply has read it
    until(lambda: len(received(mail_stack, address)) == 2)
    desk.once()
    assert desk.states() == [OutboxState.SENT]


def test_each_reply_that_left_is_reported_in_one_line(
    mail_stack: MailStack, address: str, customer: str, tmp_path: Path
) -> None:
    desk = DeskAtMail(mail_stack, tmp_path, address)
    doubted(desk, customer)
    assert desk.states() == [OutboxState.SENT]
    until(lambda: len(received(mail_stack, address)) == 2)
    desk.once()
    with closing(Store.open(desk.path)) as store:
        assert len(store.events.of_kinds(1, ["delivered"])) == 1
        assert len(store.messages.of(1)) == 2
        assert [mail.gone for mail in store.remote.of_ticket(1) if mail.mailbox == "INBOX"] == [False, True]


def test_a_colleagues_report_that_comes_before_their_reply_is_known_opens_nothing(
    mail_stack: MailStack, address: str, customer: str, tmp_path: Path
) -> None:
    desk = DeskAtMail(mail_stack, tmp_path, address)
    other = DeskAtMail(mail_stack, tmp_path, address, agent="zoe", sent="Elsewhere")
    with other.box() as box:
        box._client.create_folder("Elsewhere")  # where this desk looks, no copy of the reply is
    doubted(desk, customer)
    until(lambda: len(received(mail_stack, address)) == 2)
    other.once()
    assert [one.status for one in other.tickets()] == [Status.PENDING]
    assert len(other.messages()) == 1


class Stalling:
    """Passes bytes on to a server, until it stops doing so and keeps every connection open."""

    def __init__(self, port: int) -> None:
        self._to, self.stalled = port, threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._open: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(("127.0.0.1", self._to))
                self._open += [client, server]
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=self._pump, args=pair, daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                while self.stalled.is_set():
                    time.sleep(0.05)
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.stalled.clear()
        for one in (self._listening, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


@pytest.fixture
def stalling(mail_stack: MailStack) -> Iterator[Stalling]:
    one = Stalling(mail_stack.ports["imaps"])
    yield one
    one.close()


@pytest.mark.parametrize("when", ["waiting for mail", "connecting"])
def test_a_server_that_falls_silent_is_reported_within_fifteen_seconds(
    mail_stack: MailStack, address: str, tmp_path: Path, stalling: Stalling, when: str,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    desk = DeskAtMail(mail_stack, tmp_path, address)
    desk.use(msgspec.structs.replace(desk.account, imap=Server("localhost", stalling.port)))
    if when == "connecting":
        stalling.stalled.set()
    desk.start()
    try:
        if when == "waiting for mail":
            desk.until_online()
            stalling.stalled.set()
        begun = time.monotonic()

        def reported() -> bool:
            link = desk.link()
            is_said = any("has not answered for" in sentence for sentence in desk.said)
            return link is not None and link.state is LinkState.STALLED and is_said

        until(reported, lambda: (desk.link(), desk.said))
        assert time.monotonic() - begun < 15
        link = desk.link()
        assert link is not None
        assert link_line({desk.account.connector: link}) == "support not answering"
        stalling.stalled.clear()
        desk.until_online()
        desk.write(5)
        until(lambda: desk.tickets())
    finally:
        stalling.stalled.clear()
        desk.stop()

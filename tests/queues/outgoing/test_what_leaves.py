"""Every door that a mail leaves by: what strangers wrote stays what it is, and nothing leaves that was not asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from data.errors import RefusedError, RuleError
from data.records.changes import Change
from data.records.escalations import Escalation
from data.records.incoming import CustomerHint, Incoming
from data.records.messages import MessageKind
from data.records.outbox import OutboxEntry, OutboxState
from data.store import Store
from queues.accounts.mail_account import Account, complete
from queues.accounts.providers import Server
from queues.connectors.as_mail import Written, as_mail
from queues.connectors.email import EmailConnector
from queues.connectors.outbox_folder import OutboxFolder
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.ground.teams import Team
from queues.mail.read_mail import read_mail
from queues.outgoing.outbox import deliver_due
from tests.database import database
from tests.queues.outgoing_samples import HOSTILE
from tests.servers.smtp_double import SmtpDouble
from tui.cli.mbox_writing import mbox_entry

START = 1_800_000_000
OURS = ["From", "To", "Subject", "Date", "Message-ID"]
CONTENT = ["MIME-Version", "Content-Type", "Content-Transfer-Encoding"]
THREAD = ["In-Reply-To", "References"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    rules = DeskRules(teams=(Team("Billing", "billing@desk.example"),), undo_seconds=0)
    store = Store.open(tmp_path / "desk.db")
    yield Desk(store, clock=lambda: START, rules=rules, agent="noa")
    store.close()


def arrive(desk: Desk, number: int = 1, **fields: object) -> int:
    item = Incoming(
        connector="files", source="test", raw_sha256=f"{number:064}", kind=MessageKind.MAIL, from_name="Ana Gil",
        from_address=f"ana{number}@x.example", subject="Help", text="Hi", new_text="Hi", at=START,
        message_id=f"<{number}@x.example>",
    )  # fmt: skip
    (filed,) = desk.receive([replace(item, **fields)])  # type: ignore[arg-type]
    return filed.ticket_id


def parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=default)


def queued(desk: Desk) -> EmailMessage:
    (entry,) = desk.store.outbox.waiting()
    return parsed(entry.raw)


def safe(written: str) -> str:
    return " ".join(written.replace("\r\n", " ").split())


@pytest.mark.parametrize("hostile", [value for value in HOSTILE if "?" in value or "''" in value or "<" in value])
def test_a_reply_to_a_hostile_mail_is_possible_and_harmless(desk: Desk, hostile: str) -> None:
    number = arrive(desk, subject=f"Pedido {hostile} Málaga", from_name=hostile, message_id=f"<{hostile}@x.example>")
    desk.act([number], Change(reply="Hola"))
    mail = queued(desk)
    assert [name for name in mail if name not in THREAD] == [*OURS, *CONTENT]
    assert mail["Subject"] == f"Re: Pedido {hostile} Málaga"
    assert [person.addr_spec for person in mail["To"].addresses] == ["ana1@x.example"]
    assert mail.get_content().strip() == "Hola"


@pytest.mark.parametrize("hostile", HOSTILE[:4])
def test_an_escalation_bears_nothing_of_a_strangers_subject_but_its_words(desk: Desk, hostile: str) -> None:
    number = arrive(desk, subject=hostile)
    desk.act([number], Change(escalate=Escalation("Billing", note="Look, please.")))
    mail = queued(desk)
    assert mail.keys() == [*OURS, *CONTENT]
    assert str(mail["Subject"]).endswith(f"] {hostile}")
    assert mail["To"] == "Billing <billing@desk.example>"


@pytest.mark.parametrize("hostile", HOSTILE[:4])
def test_a_message_of_a_ticketing_system_is_read_as_it_was_written(hostile: str) -> None:
    raw = as_mail(
        Written("Ana <ana@x.example>", "bob@y.example", f"{hostile} é", 1, f"<{hostile}@x.example>", "Hola"), "h"
    )
    assert parsed(raw).keys() == [*OURS, *CONTENT]
    read = read_mail(raw, connector="rt:x", source="test", own_addresses=frozenset())
    assert (read.subject, read.from_address, read.text.strip()) == (f"{safe(hostile)} é", "ana@x.example", "Hola")


@pytest.mark.parametrize("hostile", HOSTILE[:4])
def test_an_exported_message_is_read_as_it_was_written(desk: Desk, hostile: str) -> None:
    number = arrive(desk, subject=hostile, message_id=f"<{hostile}@x.example>", text="From here:\nHola")
    (message,) = desk.store.messages.of(number)
    entry = mbox_entry(message, None)
    mail = parsed(entry.partition(b"\n")[2])
    assert [name for name in mail if name != "Message-ID"] == ["From", "Subject", "Date", *CONTENT]
    assert mail["Subject"] == hostile
    assert b"\n>From here:\n" in entry


def test_a_thread_keeps_its_first_id_and_its_latest(desk: Desk) -> None:
    number = arrive(desk)
    for turn in range(2, 31):
        arrive(desk, turn, from_address="ana1@x.example", references=("<1@x.example>",), subject="Re: Help")
    desk.act([number], Change(reply="Hola"))
    mail = queued(desk)
    ids = str(mail["References"]).split()
    assert (ids[0], ids[-1], len(ids)) == ("<1@x.example>", "<30@x.example>", 20)
    assert mail["In-Reply-To"] == "<30@x.example>"


def test_the_name_of_the_recipient_stands_in_to_and_only_beside_their_own_address(desk: Desk) -> None:
    number = arrive(desk, from_name="Begoña Ruiz, Málaga")
    desk.act([number], Change(reply="Hola", recipient="someone@else.example"))
    desk.act([number], Change(reply="Hola"))
    first, second = (parsed(entry.raw) for entry in desk.store.outbox.waiting())
    assert first["To"] == "someone@else.example"
    assert [one.display_name for one in second["To"].addresses] == ["Begoña Ruiz, Málaga"]


def test_a_name_that_is_an_address_does_not_stand_in_to(desk: Desk) -> None:
    desk.act([arrive(desk, from_name="pay@bank.example")], Change(reply="Hola"))
    assert queued(desk)["To"] == "ana1@x.example"


@pytest.mark.parametrize("address", ["a@b..c", "=?utf-8?q?a?=@x.example", "a@x.example, b@y.example", "a@b@x.example"])
@pytest.mark.parametrize("reason", ["", "I know better"])
def test_a_reply_that_no_mail_could_carry_is_refused_at_the_door(desk: Desk, address: str, reason: str) -> None:
    number = arrive(desk)
    before = desk.store.tickets.get(number)
    change = Change(reply="Hola", recipient=address, override_reason=reason, add_tags=("sent",))
    assert [one.rule for one in desk.findings(number, change) if one.blocking] == ["no-address"]
    with pytest.raises(RuleError, match="choose another address"):
        desk.act([number], change)
    assert desk.store.tickets.get(number) == before
    assert desk.store.outbox.waiting() == []


def test_a_mail_account_has_no_way_to_a_handle_and_a_ticketing_system_has(desk: Desk) -> None:
    handle = {"from_address": "", "customer": CustomerHint(handle="ana_gil")}
    with pytest.raises(RuleError, match="is not a mail address"):
        desk.act([arrive(desk, 1, connector="email:support", **handle)], Change(reply="Hola"))
    desk.act([arrive(desk, 2, connector="rt:helpdesk", **handle)], Change(reply="Hola"))
    mail = queued(desk)
    assert mail.keys() == [*OURS, *THREAD, *CONTENT]
    assert mail["To"].addresses == ()


@pytest.mark.parametrize("line", [b"Bcc: evil@x.example", b"Reply-To: evil@x.example", b"To: evil@x.example"])
def test_a_mail_that_is_not_what_was_asked_stays_in_the_outbox(desk: Desk, tmp_path: Path, line: bytes) -> None:
    number = arrive(desk)
    desk.act([number], Change(reply="Hola"))
    (entry,) = desk.store.outbox.waiting()
    database(desk.store).execute("UPDATE outbox SET raw = ?", (line + b"\r\n" + entry.raw,))
    folder = OutboxFolder(tmp_path)
    lost: list[int] = []
    done = deliver_due(desk.store, {"files": folder}, START + 60, lost=lost.append)
    assert (done.sent, done.failed, lost) == (0, 1, [number])
    (kept,) = desk.store.outbox.waiting()
    assert kept.state is OutboxState.FAILED
    assert "edit the reply" in kept.reason
    assert not folder.outbox.exists()


@pytest.fixture
def double(tmp_path: Path) -> Iterator[SmtpDouble]:
    with SmtpDouble(tmp_path) as one:
        yield one


@pytest.fixture
def sender(double: SmtpDouble) -> Iterator[EmailConnector]:
    server = Server("localhost", double.port)
    account = Account("support", "support@señor.example", imap=server, smtp=server, ca_file=str(double.ca))
    one = EmailConnector(complete(account), lambda account: "secret")
    yield one
    one.rest()


def waiting(recipient: str, raw: bytes = b"To: a\r\n\r\nHola") -> OutboxEntry:
    return OutboxEntry(1, 1, 1, "email:support", OutboxState.QUEUED, "<1@desk.example>", recipient, raw, 0)


@pytest.mark.parametrize(
    ("recipient", "command"),
    [
        ("ana@日本語.example", "RCPT TO:<ana@xn--wgv71a119e.example>"),
        (".a..b@x.example", 'RCPT TO:<".a..b"@x.example>'),
        ("ana@x.example.", "RCPT TO:<ana@x.example>"),
    ],
)
def test_the_server_gets_the_written_form_of_addresses(
    double: SmtpDouble, sender: EmailConnector, recipient: str, command: str
) -> None:
    sender.send(waiting(recipient))
    assert "MAIL FROM:<support@xn--seor-hqa.example>" in double.lines
    assert command in double.lines


def test_letters_that_the_server_cannot_take_are_said_before_sending(
    double: SmtpDouble, sender: EmailConnector
) -> None:
    with pytest.raises(RefusedError, match="takes no addresses such as ñandú@x"):
        sender.send(waiting("ñandú@x.example"))
    assert not double.taken
    double.extensions = ("SMTPUTF8", "8BITMIME")
    sender.rest()
    sender.send(waiting("ñandú@x.example"))
    assert "MAIL FROM:<support@xn--seor-hqa.example> SMTPUTF8 BODY=8BITMIME" in double.lines
    assert "RCPT TO:<ñandú@x.example>" in double.lines


@pytest.mark.parametrize("recipient", ["a@x.example>\r\nRCPT TO:<evil@y.example", "a@x.example\nDATA", "handle"])
def test_no_command_comes_out_of_an_address(double: SmtpDouble, sender: EmailConnector, recipient: str) -> None:
    with pytest.raises(RefusedError):
        sender.send(waiting(recipient))
    assert not any(line.startswith(("RCPT", "DATA")) for line in double.lines)


def test_eight_bits_are_announced_and_not_used_without_need(double: SmtpDouble, sender: EmailConnector) -> None:
    sender.send(waiting("ana@x.example", "To: a\r\n\r\nSeñora".encode()))
    assert "MAIL FROM:<support@xn--seor-hqa.example> BODY=8BITMIME" in double.lines
    sender.send(waiting("ana@x.example"))
    assert "MAIL FROM:<support@xn--seor-hqa.example>" in double.lines

"""`tridesk forward` as scripts call it."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from click.testing import CliRunner

from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.mail.read_mail import read_mail
from queues.routing.rules import Rules
from tests.queues.mails import START, mail
from tests.tui.replying.test_screen_forwarding import RAW
from tui.cli.main import cli


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    store = Store.open(tmp_path / "desk.db")
    desk = Desk(store, clock=lambda: START, rules=DeskRules(routing=Rules(())))
    with store.write():
        store.messages.keep_raw(RAW, "test", START)
    desk.receive([read_mail(RAW, connector="files", source="test"), mail()])
    store.close()
    return tmp_path / "desk.db"


def run(file: Path, *arguments: str) -> str:
    result = CliRunner().invoke(cli, ["--db", str(file), *arguments])
    return str(result.exception) if result.exception is not None else result.output


def sent(file: Path) -> EmailMessage:
    store = Store.open(file)
    (entry,) = store.outbox.waiting()
    store.close()
    message = message_from_bytes(entry.raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage) -> str:
    body = message.get_body()
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_text_quote_and_files_leave(file: Path) -> None:
    done = run(file, "forward", "1", "Can you find it?", "--to", "courier@else.example", "--file", "all")
    assert done == "#1: forwarded to courier@else.example\n"
    message = sent(file)
    assert text_of(message).startswith("Can you find it?\n\n---------- Forwarded message ----------\nFrom: Zoe\n")
    assert "No ha llegado." in text_of(message)
    assert "zoe1@" not in text_of(message)
    assert [part.get_filename() for part in message.iter_attachments()] == ["label.txt"]


def test_text_alone_and_another_subject(file: Path) -> None:
    run(file, "forward", "1", "Find it", "--to", "courier@else.example", "--text-only", "--subject", "Parcel", "--json")
    assert text_of(sent(file)).strip() == "Find it"
    assert sent(file)["Subject"].startswith("Parcel [F-1-")
    assert run(file, "undo") == "Undone: #1: forwarded to courier@else.example\n"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--file", "2"), "has no file 2"),
        (("--message", "9"), "has no message 9"),
        (("--attach", "/nowhere/x"), "No such file"),
        (("--text-only",), "no text"),
    ],
)
def test_what_cannot_be_sent_is_said_and_nothing_leaves(file: Path, more: tuple[str, ...], words: str) -> None:
    assert words in run(file, "forward", "1", "--to", "courier@else.example", *more)
    store = Store.open(file)
    assert store.outbox.waiting() == []
    store.close()


def test_confidential_data_need_a_reason(file: Path) -> None:
    arguments = ("forward", "1", "Account ES91 2100 0418 4502 0005 1332", "--to", "courier@else.example")
    assert "#1: " in run(file, *arguments)
    assert run(file, *arguments, "--reason", "the bank asked") == "#1: forwarded to courier@else.example\n"

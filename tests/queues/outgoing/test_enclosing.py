"""Files that go out with a reply: in the mail, in the conversation, and never half."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from data.errors import RuleError
from data.records.changes import Change
from data.records.incoming import Incoming
from data.records.messages import MessageKind
from data.records.outbox import Enclosure
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules

START = 1_800_000_000


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = Store.open(tmp_path / "desk.db")
    desk = Desk(store, clock=lambda: START, rules=DeskRules(), agent="noa")
    ana = ("Ana", "ana@clientes.example", "Help", "Hi", "Hi", START)
    desk.receive([Incoming("post", "test", "00", MessageKind.MAIL, *ana)])
    yield desk
    store.close()


def enclosure(path: Path, content: bytes = b"%PDF-1.7 \r\n\x00\xff") -> Enclosure:
    path.write_bytes(content)
    return Enclosure(str(path), path.name, len(content))


def test_the_files_are_in_the_mail_and_in_the_conversation(desk: Desk, tmp_path: Path) -> None:
    form, notes = enclosure(tmp_path / "formulario año.pdf"), enclosure(tmp_path / "notes.txt", b"uno\ndos\n")
    desk.act([1], Change(reply="Here it is.", attachments=(form, notes)))
    (entry,) = desk.store.outbox.waiting()
    mail = message_from_bytes(entry.raw, policy=default)

    assert [part.get_filename() for part in mail.iter_attachments()] == ["formulario año.pdf", "notes.txt"]
    assert [part.get_content() for part in mail.iter_attachments()] == [b"%PDF-1.7 \r\n\x00\xff", "uno\ndos\n"]
    assert mail["Subject"] == "Re: Help"
    sent = desk.store.messages.of(1)[-1]
    assert [(one.filename, one.content_type, one.size, one.position) for one in sent.attachments] == [
        ("formulario año.pdf", "application/pdf", 13, 1),
        ("notes.txt", "text/plain", 8, 2),
    ]


def test_a_subject_of_its_own_is_taken_as_it_is_on_one_line(desk: Desk) -> None:
    desk.act([1], Change(reply="Here it is.", subject="Your form\r\nBcc: x@y.example"))
    (entry,) = desk.store.outbox.waiting()

    assert message_from_bytes(entry.raw, policy=default)["Subject"] == "Your form Bcc: x@y.example"
    assert message_from_bytes(entry.raw, policy=default)["Bcc"] is None
    assert desk.store.messages.of(1)[-1].subject == "Your form Bcc: x@y.example"


@pytest.mark.parametrize("kind", ["gone", "folder", "device", "large"])
def test_a_file_that_cannot_go_keeps_the_whole_reply_back(kind: str, desk: Desk, tmp_path: Path) -> None:
    path = {"device": Path("/dev/zero"), "folder": tmp_path}.get(kind, tmp_path / "x.bin")
    if kind == "large":
        with open(path, "wb") as file:
            file.truncate(10_000_001)
    before = desk.store.tickets.get(1)

    with pytest.raises(RuleError, match="Attachment"):
        desk.act([1], Change(reply="Here it is.", add_tags=("sent",), attachments=(Enclosure(str(path), "x.bin", 1),)))
    assert desk.store.tickets.get(1) == before
    assert list(desk.store.outbox.waiting()) == []
    assert len(desk.store.messages.of(1)) == 1


def test_undo_calls_the_mail_with_its_files_back(desk: Desk, tmp_path: Path) -> None:
    desk.act([1], Change(reply="Here it is.", attachments=(enclosure(tmp_path / "a.pdf"),)))
    desk.undo()
    assert list(desk.store.outbox.waiting()) == []
    assert len(desk.store.messages.of(1)) == 1

"""Replies to imported mail: one file each, whole, however often they are sent."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from data.errors import ConnectorError
from data.records.outbox import OutboxEntry, OutboxState
from queues.connectors.base import connector_class
from queues.connectors.outbox_folder import OutboxFolder


def entry(message_id: str = "<1@desk.example>") -> OutboxEntry:
    return OutboxEntry(
        1, 1, 1, "files", OutboxState.SENDING, message_id, "ana@clientes.example", b"To: a\r\n\r\nHola", 0
    )


def test_a_reply_is_one_private_file_however_often_it_is_sent(tmp_path: Path) -> None:
    folder = OutboxFolder(tmp_path)
    assert not folder.was_delivered(entry())
    assert folder.send(entry()) == folder.send(entry())
    (file,) = folder.outbox.iterdir()
    assert file.read_bytes() == entry().raw
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert folder.was_delivered(entry())
    assert not folder.was_delivered(entry("<2@desk.example>"))


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file in the way")
    with pytest.raises(ConnectorError, match="cannot be written"):
        OutboxFolder(tmp_path).send(entry())


def test_nothing_comes_in_through_it(tmp_path: Path) -> None:
    assert OutboxFolder(tmp_path).fetch("7") == ([], "7")


def test_it_is_known_by_its_name() -> None:
    assert connector_class("files") is OutboxFolder

"""Redacting a ticket: undone within its window, then gone from every byte of the file; who and why stay."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path

import pytest

from data.confidential.items import Kind
from data.errors import RuleError
from data.records.changes import Change
from data.records.incoming import Incoming
from data.records.messages import Draft
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.mail.read_mail import read_mail
from tests.database import content

CARD, PASSWORD, NAME = "4539 9458 0730 2151", "Gatito1987", "canary-zorro"
TEXT = f"Mi tarjeta es {CARD}\r\nmi contraseña es {PASSWORD}\r\npedido 10048832751 {NAME}\r\n"


def mail(encoding: str) -> bytes:
    body = TEXT.encode()
    if encoding == "base64":
        body = base64.encodebytes(body)
    head = (
        "From: Ana <ana@clientes.example>\r\nTo: help@desk.example\r\nMessage-ID: <1@clientes.example>\r\n"
        f"Subject: Cobro en {CARD}\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
    )
    file = f'\r\n--b\r\nContent-Type: image/png; name="{CARD}.png"\r\nContent-Disposition: attachment; '
    file += f'filename="{CARD}.png"\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b--\r\n'
    return head.encode() + body + file.encode()


class Clock:
    now = 1_800_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture(params=["8bit", "base64"])
def desk(tmp_path: Path, request: pytest.FixtureRequest, file_kind: str) -> Desk:
    store = Store.open(tmp_path / "desk.db")
    desk = Desk(store, clock=Clock(), rules=DeskRules(), agent="ann")
    raw = mail(request.param)
    with store.write():
        store.messages.keep_raw(raw, "test", Clock.now)
    item: Incoming = read_mail(raw, connector="files", source="test")
    desk.receive([replace(item, lane="mail")])
    with store.write():
        store.drafts.save(Draft(1, f"Su tarjeta {CARD}", revision=1), replacing=0)
    desk.act([1], Change(reply=f"Hola.\n\n> {NAME}", override_reason="wrote about it"))
    return desk


def bytes_of(desk: Desk) -> bytes:
    path = desk.store.path
    return b"".join(content(file) for file in path.parent.glob(path.name + "*"))


def traces(desk: Desk, *values: str) -> list[str]:
    """Return which values are in the file in the clear, or in base64."""
    held = bytes_of(desk)
    found = [value for value in values if value.encode() in held or value.replace(" ", "").encode() in held]
    return found + (["base64"] if base64.b64encode(TEXT.encode())[:24] in held else [])


def test_it_is_gone_from_the_file_and_who_and_why_stay(desk: Desk) -> None:
    assert traces(desk, CARD)
    desk.redact(1, "asked by ana", kinds=[Kind.CARD, Kind.PASSWORD], now=True)
    desk.redact(1, "asked by ana", texts=[NAME], now=True)
    assert traces(desk, CARD, PASSWORD, NAME) == []
    message = desk.store.messages.of(1)[0]
    assert "•••2151" in message.text
    assert "10048832751" in message.text
    assert CARD not in message.attachments[0].filename
    assert desk.store.search(PASSWORD) == []
    assert desk.store.search("10048832751") != []
    events = [event for event in desk.store.events.of(1) if event.kind in ("redaction", "redacted")]
    assert [event.kind for event in events] == ["redaction", "redacted"] * 2
    assert (events[0].actor, events[0].detail["reason"]) == ("ann", "asked by ana")
    raw = desk.store.messages.raw(message.raw_sha256)
    assert raw is not None
    again = read_mail(raw, connector="files", source="test")
    assert "pedido 10048832751" in again.text
    assert CARD not in json.dumps([again.subject, again.text, [file.filename for file in again.attachments]])


def test_the_file_is_sound_afterwards(desk: Desk) -> None:
    desk.redact(1, "asked", kinds=[Kind.CARD, Kind.PASSWORD], now=True)
    assert desk.store.check() == []
    with pytest.raises(Exception, match="events are never changed"), desk.store.write():
        desk.store._connection.execute("UPDATE event SET actor = 'eve'")
    desk.undo()


def test_the_record_of_events_is_still_intact_and_says_what_was_redacted(desk: Desk) -> None:
    desk.skip(1, f"wrote {NAME}")
    desk.redact(1, "asked", texts=(NAME,), now=True)
    assert NAME not in str(desk.store.events.of(1))
    verdict = desk.store.events.verify()
    assert (verdict.breaks, verdict.redacted > 0) == ((), True)


def test_a_legal_hold_keeps_it(desk: Desk) -> None:
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    desk.hold_legally(ticket.customer_id, "court order 7")
    with pytest.raises(RuleError, match="must be kept"):
        desk.redact(1, "asked", texts=("a",))


def test_undo_takes_it_back_within_the_window_and_not_after(desk: Desk) -> None:
    desk.redact(1, "asked", kinds=[Kind.CARD])
    desk.tick()
    assert CARD in desk.store.messages.of(1)[0].text
    desk.undo()
    Clock.now += 3_600
    desk.tick()
    assert CARD in desk.store.messages.of(1)[0].text
    desk.redact(1, "asked", kinds=[Kind.CARD])
    Clock.now += 3_600
    desk.tick()
    assert CARD not in desk.store.messages.of(1)[0].text
    number = max(event.action for event in desk.store.events.of(1) if event.kind == "redaction")
    with pytest.raises(RuleError):
        desk.undo(number=number)


@pytest.mark.parametrize(
    ("kinds", "texts", "reason"),
    [((Kind.BANK,), (), "why"), ((), ("not there",), "why"), ((Kind.CARD,), (), " "), ((Kind.EMAIL,), (), "why")],
)
def test_what_cannot_be_redacted_is_said(
    desk: Desk, kinds: tuple[Kind, ...], texts: tuple[str, ...], reason: str
) -> None:
    with pytest.raises(RuleError):
        desk.redact(1, reason, kinds=kinds, texts=texts)

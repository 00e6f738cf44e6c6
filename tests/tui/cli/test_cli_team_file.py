"""A desk's file is brought into a team, and a copy taken out again has everything that a team keeps."""

from __future__ import annotations

import json
from contextlib import closing
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest

from data.errors import InputError, RuleError
from data.records.changes import Change
from data.records.incoming import Incoming
from data.records.messages import Direction, MessageKind
from data.records.outbox import OutboxEntry
from data.records.tickets import Status
from data.store import Store
from queues.mail.read_mail import read_mail
from queues.outgoing.outbox import deliver_due
from tests.servers.postgres import Team
from tui.cli.main import run
from tui.setup.open_desk import open_desk
from tui.setup.settings import config_folder, load

pytestmark = pytest.mark.trackers
FIELD = """
[[field]]
name = "order"
label = "Order"
"""


class Postbox:
    """Takes every reply."""

    def send(self, entry: OutboxEntry) -> None:
        return None

    def was_delivered(self, entry: OutboxEntry) -> bool | None:
        return None


def letter(number: int, text: str) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = "Ana Ñandú <ana@clientes.example>", "support@desk.example"
    mail["Subject"], mail["Message-ID"] = f"Número {number} 日本", f"<{number}@clientes.example>"
    mail["Date"] = "Mon, 21 Sep 2026 12:00:00 +0000"
    mail.set_content(text)
    mail.add_attachment(bytes(range(256)), maintype="image", subtype="png", filename="foto ñ.png")
    return mail.as_bytes()


@pytest.fixture
def path(team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a desk's file with work of every sort, and have the command line be in the team."""
    path = tmp_path / "desk.db"
    monkeypatch.setenv("TRIDESK_DB", str(path))
    monkeypatch.setenv("WORD", "alice-pass")
    config_folder().mkdir(parents=True, exist_ok=True)
    (config_folder() / "config.toml").write_text(f"agent = 'alice'\nundo-seconds = 0\n{FIELD}")
    assert run(["team", "join", team.url("alice"), "--name", "acme", "--secret", "env:WORD"]) == 0
    fill(path)
    return path


def fill(path: Path) -> None:
    desk = open_desk(path, settings=load().settings)
    with closing(desk.store):
        for number in (1, 2, 3):
            raw = letter(number, f"Hola, no puedo entrar. ¿Qué pasa? 🎉 {number}\n\n> cita\n")
            desk.store.messages.keep_raw(raw, "a mailbox", 1_790_000_000)
            desk.receive([read_mail(raw, connector="files", source="a mailbox")])
        desk.receive([
            Incoming(
                connector="files", source="a table", raw_sha256="f" * 64, kind=MessageKind.MAIL, from_name="Bob",
                from_address="bob@clientes.example", subject="Without its mail", text="Only text, ñ", at=1_780_000_000,
                new_text="Only text, ñ", received_at=1_780_000_000, language="en", confidence=0.99, lane="app",
            )
        ])  # fmt: skip
        desk.act([1], Change(note="@bruno mira esto, ñ", assignee="alice"))
        desk.act(
            [1],
            Change(reply="Hola Ana:\n\nYa está.", status=Status.PENDING, add_tags=("vip", "ñ"), override_reason="x"),
        )
        deliver_due(desk.store, {entry.connector: Postbox() for entry in desk.store.outbox.waiting()}, 2_000_000_000)
        desk.act([2], Change(status=Status.SOLVED, fields={"order": "A-17"}, lane="app"))
        desk.act([4], Change(note="a note of its own"))
        desk.act([3], Change(status=Status.SUSPENDED))


def contents(path: Path) -> dict[str, Any]:
    """Return by subject what a team keeps of a desk's tickets."""
    found: dict[str, Any] = {}
    with closing(Store.open(path, create=False)) as store:
        for ticket in store.tickets.each():
            customer = store.customers.get(ticket.customer_id)
            found[ticket.subject] = {
                "state": (ticket.status, ticket.lane, ticket.assignee, ticket.language, set(ticket.tags)),
                "fields": dict(ticket.fields),
                "customer": [identity.value for identity in customer.identities] if customer else [],
                "messages": [
                    (
                        message.direction, message.text.strip(), message.from_name, message.received_at,
                        [(part.filename, part.size, part.sha256) for part in message.attachments],
                    )
                    for message in store.messages.of(ticket.id)
                ],
                "raw": [
                    store.messages.raw(message.raw_sha256) for message in store.messages.of(ticket.id)
                    if message.direction is Direction.IN and ticket.subject != "Without its mail"
                ],
            }  # fmt: skip
    return found


def rows(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]


def test_the_round_trip_loses_nothing_and_nothing_comes_twice(
    team: Team, path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(path)
    assert before["Número 3 日本"]["state"][0] is Status.SUSPENDED
    del before["Número 3 日本"]
    capsys.readouterr()
    assert run(["team", "bring", "--json"]) == 0
    assert rows(capsys) == [{"tickets": 3, "messages": 3, "stay": 1}]
    assert run(["team", "bring", "--json"]) == 0
    assert rows(capsys) == [{"tickets": 0, "messages": 0, "stay": 1}]
    assert team.owner.rows("SELECT count(*) FROM tridesk.ticket") == [(3,)]
    assert team.owner.rows("SELECT direction, count(*) FROM tridesk.message GROUP BY 1 ORDER BY 1") == [
        ("in", 3), ("note", 2), ("out", 1),
    ]  # fmt: skip
    here = contents(path)
    del here["Número 3 日本"]
    assert here == before  # this file is as it was

    target = tmp_path / "alone.db"
    assert run(["team", "take-out", str(target), "--json"]) == 0
    assert rows(capsys) == [{"file": str(target), "tickets": 3, "in_team": 3}]
    assert contents(target) == before
    with closing(Store.open(target, create=False)) as store:
        assert {(ticket.connector, ticket.external_ref) for ticket in store.tickets.each()} == {("files", "")}
    with pytest.raises(RuleError, match="was taken out of this team"):
        run(["team", "bring", "--db", str(target)])
    with pytest.raises(InputError, match="nothing is overwritten"):
        run(["team", "take-out", str(target)])
    assert run(["note", "1", "on its own", "--db", str(target)]) == 0
    assert team.owner.rows("SELECT count(*) FROM tridesk.message") == [(6,)]


def test_what_is_new_follows_and_what_can_be_undone_waits(
    team: Team, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(["team", "bring", "--json"]) == 0
    capsys.readouterr()
    desk = open_desk(path, settings=load().settings)
    with closing(desk.store):
        raw = letter(9, "Otra cosa")
        desk.store.messages.keep_raw(raw, "a mailbox", 1_790_000_000)
        desk.receive([read_mail(raw, connector="files", source="a mailbox")])
        desk.act([1], Change(reply="Still to be undone", override_reason="x"))
    assert run(["team", "bring", "--json"]) == 0
    assert rows(capsys)[-1]["tickets"] == 1
    assert team.owner.rows("SELECT count(*) FROM tridesk.message WHERE direction = 'out'") == [(1,)]

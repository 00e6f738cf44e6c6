"""How many statements the desk needs for a mail: what one more costs, an import of a million pays a million times."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from data.records.incoming import Incoming
from data.records.messages import MessageKind
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.routing.rules import default_rules
from tests.database import database

MAILS = 40
MOST = 19
"""Statements of the desk's own for a mail by a new person."""
NOW = 1_790_000_000


def mail(number: int, references: tuple[str, ...] = ()) -> Incoming:
    return Incoming(
        connector="files", source=f"{number}", raw_sha256=f"{number:064}", kind=MessageKind.MAIL,
        from_name=f"Person {number}", from_address=f"p{number}@mail.example", subject=f"Question {number}",
        text=f"Where is the page about matter {number}?", new_text=f"Where is the page about matter {number}?",
        at=NOW, received_at=NOW, message_id=f"<{number}@mail.example>", language="en", confidence=0.99,
        references=references,
    )  # fmt: skip


def test_a_mail_takes_few_statements(tmp_path: Path) -> None:
    with closing(Store.open(tmp_path / "desk.db")) as store:
        desk = Desk(store, clock=lambda: NOW, rules=DeskRules(routing=default_rules()))
        own: list[str] = []
        connection = database(store).conn
        connection.set_trace_callback(lambda sql: None if sql.startswith("--") else own.append(sql))
        desk.receive([mail(number) for number in range(MAILS)], bulk=True)
        connection.set_trace_callback(None)
    assert len(own) / MAILS <= MOST


def test_a_long_list_of_references_takes_no_more_statements(tmp_path: Path) -> None:
    with closing(Store.open(tmp_path / "desk.db")) as store:
        desk = Desk(store, clock=lambda: NOW, rules=DeskRules(routing=default_rules()))
        desk.receive([mail(0)], bulk=True)
        counts = []
        connection = database(store).conn
        for number, long in ((1, 2), (2, 150)):
            own: list[str] = []
            connection.set_trace_callback(own.append)
            desk.receive([mail(number, tuple(f"<{place}@list{number}.example>" for place in range(long)))], bulk=True)
            connection.set_trace_callback(None)
            counts.append(sum(sql.startswith(("SELECT", "WITH")) for sql in own))
    assert counts[0] == counts[1]

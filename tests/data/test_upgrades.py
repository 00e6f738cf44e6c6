"""A file of every earlier shape is brought to the newest one with everything in it; steps never change."""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from data.desk_file.backup_files import BEFORE_UPGRADE, copies_of
from data.errors import StoreError
from data.migrations.schema import migrations
from data.migrations.version import NEWEST
from data.store import Store

NAMES = [migration.name for migration in migrations.pending(Database(memory=True))]
KEPT = Path(__file__).with_name("shapes.json")
"""The hash of the file's shape after each step, as it was when the step was made."""
_OTHERS = re.compile(r"^_sqlite|_(?:data|idx|content|docsize|config)$")
"""Tables of sqlite-utils and of SQLite's full text."""
ROWS = (
    "INSERT INTO customer (id, name, created_at) VALUES (1, 'Ana', 100)",
    "INSERT INTO identity (kind, value, customer_id) VALUES ('email', 'ana@x.example', 1)",
    "INSERT INTO lane (name, title, position) VALUES ('mail', 'Mail', 0)",
    """INSERT INTO ticket (id, lane, status, priority, subject, customer_id, created_at, updated_at, version, language,
        confidence, language_source, assignee, connector, external_ref, reason, topic, procedure, touches, reopens,
        tags, sort_due) VALUES (1, 'mail', 'open', 'normal', 'Café', 1, 100, 100, 1, 'es', 0.9, 'guess', '', 'files',
        '', '', '', '', 0, 0, '["vip"]', 9223372036854775807)""",
    "INSERT INTO lane_count (lane, status, n) VALUES ('mail', 'open', 1)",
    """INSERT INTO message (id, ticket_id, direction, kind, from_name, from_address, subject, text, new_text, at,
        received_at, language, confidence, message_id, reply_to, raw_sha256, content_hash, readable, macro, attachments)
        VALUES (1, 1, 'in', 'mail', 'Ana', 'ana@x.example', 'Café', 'La máquina no funciona.',
        'La máquina no funciona.', 100, 100, 'es', 0.9, '<1@x.example>', '', '', '', 1, '', '[]')""",
    "INSERT INTO message_text (rowid, subject, text) VALUES (1, 'Café', 'La máquina no funciona.')",
    "INSERT INTO action (id, at, actor, summary, state, steps) VALUES (1, 100, 'files', 'received', 'done', '[]')",
    """INSERT INTO event (id, action, ticket_id, at, actor, kind, detail)
        VALUES (1, 1, 1, 100, 'files', 'received', '{}')""",
)


def made_at(path: Path, step: int) -> None:
    """Make a desk file as a program that knew only the first steps left it."""
    with closing(Database(path)) as database:
        migrations.apply(database, stop_before=NAMES[1] if len(NAMES) > 1 else None)
        for row in ROWS:
            database.execute(row)
        if step < len(NAMES):
            migrations.apply(database, stop_before=NAMES[step])
        else:
            migrations.apply(database)
        database.execute(f"PRAGMA user_version = {step}")
        database.conn.commit()


def shapes() -> dict[str, str]:
    """Return a hash of every table and index after each step, whatever the white space and SQLite's own tables."""
    found = {}
    with closing(Database(memory=True)) as database:
        for step in range(1, NEWEST + 1):
            migrations.apply(database, stop_before=NAMES[step] if step < NEWEST else None)
            rows = database.execute(
                "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
            ).fetchall()
            said = [[name, re.sub(r"\s+", " ", sql)] for name, sql in rows if not _OTHERS.search(name)]
            found[str(step)] = hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]
    return found


SOME = (1, NEWEST // 2, NEWEST - 1, NEWEST)
"""Those that each run tries; `make faults` tries all."""


@pytest.mark.parametrize(
    "step", [step if step in SOME else pytest.param(step, marks=pytest.mark.faults) for step in range(1, NEWEST + 1)]
)
def test_a_file_of_every_shape_is_upgraded(tmp_path: Path, step: int) -> None:
    path = tmp_path / "desk.db"
    made_at(path, step)
    with closing(Store.open(path, create=False)) as store:
        assert store.check() == []
        (ticket,) = store.tickets.each()
        assert (ticket.subject, ticket.tags, ticket.lane) == ("Café", ("vip",), "mail")
        assert [message.text for message in store.messages.of(1)] == ["La máquina no funciona."]
        assert [hit.ticket_id for hit in store.search("maquina", limit=5)] == [1]
    kept = [copy for copy in copies_of(path) if copy.kind == BEFORE_UPGRADE]
    assert len(kept) == (step < NEWEST)


def test_no_step_was_changed_after_it_was_made() -> None:
    now, kept = shapes(), json.loads(KEPT.read_text(encoding="utf-8"))
    assert {step: now.get(step) for step in kept} == kept, "a step that files have seen was changed; add a new one"
    assert kept.keys() == now.keys(), f"keep the shape of the new step in shapes.json: {json.dumps(now)}"


def test_a_file_of_a_newer_program_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    made_at(path, NEWEST)
    with closing(Database(path)) as database:
        database.execute(f"PRAGMA user_version = {NEWEST + 1}")
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"desk\.db was made by a newer tridesk .* update tridesk\."):
        Store.open(path)
    assert path.read_bytes() == before

"""One command copies a team's database as it is at one moment; a restored copy has everything."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from data.errors import InputError
from queues.team.administration import prepare
from queues.team.database import Database
from queues.team.dump import TABLES, exported
from tests.queues.team.test_operations import operate
from tests.servers.postgres import PostgresServer, Team, open_ticket, programs
from tui.cli.main import run

pytestmark = pytest.mark.trackers
ODD = "añ\t\\N \\. \x01 ¿日本? 'q' \"d\"\r\n"


def fill(team: Team) -> None:
    gateway, bruno = team.connected("gateway"), team.connected("bruno")
    for number in range(1, 6):
        open_ticket(gateway, f"{ODD}{number}".encode() + b"\x00\xff", "ana@clientes.example", f"{ODD}{number}")
    operate(bruno, {"owner": {"from": "", "to": "bruno"}, "add": [ODD]}, number=2)
    operate(bruno, {"set": {"status": "solved"}, "fields": {"order": ODD}}, number=3)


def contents(database: Database) -> dict[str, list[tuple[tuple[str, str], ...]]]:
    """Return every row, but for what a restored copy has of its own."""
    own = {"event": {"xact"}, "team": {"generation"}}
    found = {}
    for table in TABLES:
        rows = database.rows(f"SELECT to_jsonb(t)::text FROM tridesk.{table} t ORDER BY 1")
        values = [json.loads(row) for (row,) in rows]
        found[table] = sorted(
            tuple((name, str(value)) for name, value in sorted(row.items()) if name not in own.get(table, ()))
            for row in values
        )
    return found


def restored(server: PostgresServer, name: str, *command: str, prepares: bool) -> Database:
    """Return a new database that a program of PostgreSQL has filled."""
    owner = server.owner("postgres")
    owner.rows(f"CREATE DATABASE {name}")
    owner.close()
    database = server.owner(name)
    if prepares:
        prepare(database)
    folder = programs()
    assert folder is not None
    done = subprocess.run(
        [folder / command[0], *command[1:], "-d", server.url("owner", name)],
        env={**os.environ, "PGPASSWORD": "owner-pass"}, stdin=subprocess.DEVNULL, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return database


@pytest.fixture
def ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TRIDESK_DB", str(tmp_path / "desk.db"))
    monkeypatch.setenv("PGPASSWORD", "owner-pass")


@pytest.mark.parametrize("way", ["pg_dump", "export"])
def test_a_restored_copy_has_everything_and_goes_on(
    way: str,
    team: Team,
    tmp_path: Path,
    ours: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fill(team)
    found = programs()
    assert found is not None
    monkeypatch.setenv("PATH", str(found) if way == "pg_dump" else str(tmp_path))
    target = tmp_path / "copy"
    assert run(["team", "dump", team.url("owner"), str(target), "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert (row["by"], row["bytes"], row["why"]) == (way, target.stat().st_size, None)
    assert target.stat().st_mode & 0o777 == 0o600
    command = ("pg_restore", str(target)) if way == "pg_dump" else ("psql", "-q", "-f", str(target))
    copy = restored(team.server, f"{team.name}_{way}", *command, prepares=way == "export")
    try:
        assert contents(copy) == contents(team.owner)
        assert sum(map(len, contents(copy).values())) > 15
        prepare(copy)
        copy.rows("UPDATE tridesk.member SET lease_until = now()")
        added = open_ticket(copy_owner(copy), b"new", "ana@clientes.example", "Neu")
        assert added == "6"  # numbers go on
    finally:
        copy.close()


def copy_owner(database: Database) -> Database:
    """Make the owner a member, to write as an agent does."""
    database.rows("INSERT INTO tridesk.member (login, role) VALUES ('owner', 'agent')")
    return database


def test_the_export_is_of_one_moment(team: Team) -> None:
    fill(team)
    blocks = exported(team.owner)
    head = next(blocks)
    assert b"schema 3" in head
    open_ticket(team.connected("gateway"), b"late", "ana@clientes.example", "Late")
    text = b"".join(blocks)
    assert b"Late" not in text
    assert text.endswith(b"COMMIT;\n")


def test_nothing_is_overwritten_and_a_failure_leaves_no_file(
    team: Team, tmp_path: Path, ours: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    there = tmp_path / "there"
    there.write_text("mine")
    with pytest.raises(InputError, match="nothing is overwritten"):
        run(["team", "dump", team.url("owner"), str(there)])
    assert there.read_text() == "mine"
    broken = tmp_path / "bin"
    broken.mkdir()
    program = broken / "pg_dump"
    program.write_text("#!/bin/sh\necho 'server version mismatch' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{broken}:{os.environ['PATH']}")
    target = tmp_path / "copy"
    assert run(["team", "dump", team.url("owner"), str(target)]) == 0
    said = capsys.readouterr()
    assert "pg_dump could not: server version mismatch" in said.err
    assert "an export as SQL" in said.out
    missing = tmp_path / "no folder" / "copy"
    with pytest.raises(Exception, match="check the folder"):
        run(["team", "dump", team.url("owner"), str(missing)])
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["copy", "there"]

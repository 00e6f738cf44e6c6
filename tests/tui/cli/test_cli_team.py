"""`tridesk team …` with a real PostgreSQL, as owner and agents type it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data.errors import DeskError, InputError
from tests.servers.postgres import PostgresServer, open_ticket
from tui.cli.main import run
from tui.setup.settings import config_folder, load

pytestmark = pytest.mark.trackers
WORD = "owner-pass"


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIDESK_DB", str(tmp_path / "desk.db"))


def rows(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]


def passwords(monkeypatch: pytest.MonkeyPatch, path: Path, *lines: str) -> None:
    """Keep passwords where PostgreSQL's own programs look for them."""
    path.write_text("".join(f"*:*:*:{line}\n" for line in lines))
    path.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(path))


def test_set_up_joined_answered_and_left(
    postgres_server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server = postgres_server.owner("postgres")
    server.rows("CREATE DATABASE support")
    server.close()
    url = postgres_server.url("owner", "support")
    passwords(monkeypatch, tmp_path / "pgpass", f"owner:{WORD}")
    assert run(["team", "init", url, "--lease", "45", "--json"]) == 0
    assert rows(capsys) == [{"migrations": [1, 2, 3], "restored": False}]
    assert run(["team", "init", url]) == 0
    assert "is up to date" in capsys.readouterr().out
    assert run(["team", "add", url, "eva", "--json"]) == 0
    (added,) = rows(capsys)
    word = str(added["password"])
    passwords(monkeypatch, tmp_path / "pgpass", f"owner:{WORD}", f"eva:{word}")
    assert run(["team", "join", postgres_server.url("eva", "support"), "--secret", "pgpass"]) == 0
    said = capsys.readouterr().out
    assert "as eva (agent), 0 tickets" in said
    written = (config_folder() / "config.toml").read_text()
    assert word not in written + said
    (tracker,) = load().settings.tracker
    assert (tracker.name, tracker.kind, tracker.secret) == ("support", "team", "pgpass")

    owner = postgres_server.owner("support")
    owner.rows("INSERT INTO tridesk.member (login, role) VALUES ('owner', 'agent')")
    open_ticket(
        owner, b"From: ana@x.example\r\nSubject: Hola\r\n\r\nHola, no puedo entrar.\r\n", "ana@x.example", "Hola"
    )
    assert run(["sync"]) == 0
    capsys.readouterr()
    assert run(["list", "--json"]) == 0
    (row,) = rows(capsys)
    assert (row["subject"], row["customer"]) == ("Hola", "ana@x.example")
    assert run(["reply", str(row["id"]), "Aquí está.", "--status", "solved", "--reason", "a test"]) == 0
    with pytest.raises(DeskError, match="Replies that wait for support: 1"):
        run(["team", "leave"])
    assert run(["outbox", "list", "--json"]) == 0
    assert run(["outbox", "resend", str(rows(capsys)[0]["id"])]) == 0
    capsys.readouterr()
    assert run(["sync", "--json"]) == 0
    assert rows(capsys)[0]["sent"] == 1
    assert owner.rows("SELECT status, owner FROM tridesk.ticket") == [("solved", "")]
    owner.close()

    assert run(["team", "status", "--json"]) == 0
    (seen,) = rows(capsys)
    assert (seen["ok"], seen["role"], seen["tickets"], seen["lease_minutes"]) == (True, "agent", 1, 45)
    assert run(["doctor"]) == 0
    assert "support online" in capsys.readouterr().out
    assert run(["team", "remove", url, "eva"]) == 0
    with pytest.raises(SystemExit):
        run(["team", "status"])
    assert run(["sync"]) == 1
    assert run(["team", "leave"]) == 0
    assert load().settings.tracker == ()
    capsys.readouterr()
    assert run(["list", "--all", "--json"]) in (0, 2)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgresql://eva:geheim@db.example/support", "leave the password out"),
        ("https://db.example/support", "write it as postgresql://login@host/database"),
        ("postgresql://db.example/support", "write it as postgresql://login@host/database"),
        ("postgresql://eva@db.example/support?sslmode=disable", "without ? and #"),
        ("postgresql://eva@[half/support", "write it as postgresql://login@host/database"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_with_what_to_write(url: str, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        run(["team", "join", url, "--secret", "env:NOT_SET"])
    assert sentence in caught.value.message
    assert "geheim" not in str(caught.value)
    assert not (config_folder() / "config.toml").exists()


def test_a_wrong_password_or_a_plain_database_is_one_sentence_without_the_password(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PGPASS_OF_EVA", "geheim-123")
    postgres_server.team().close()
    join = ["team", "join", postgres_server.url("alice", "postgres"), "--secret"]
    with pytest.raises(DeskError, match="does not accept the password of alice; it may have expired") as refused:
        run([*join, "env:PGPASS_OF_EVA"])
    monkeypatch.setenv("PGPASS_OF_EVA", "alice-pass")
    with pytest.raises(DeskError, match="is not set up as a team's database") as strange:
        run([*join, "env:PGPASS_OF_EVA"])
    said = "".join(map(str, (*capsys.readouterr(), refused.value, strange.value)))
    assert "geheim" not in said
    assert "alice-pass" not in said


def test_without_a_team_the_commands_say_how_to_get_one() -> None:
    for command in ("status", "leave"):
        with pytest.raises(InputError, match="`tridesk team join` joins one"):
            run(["team", command])


def test_an_error_never_shows_what_libpq_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    import psycopg

    from queues.team.database import Database
    from tests.servers.postgres import Place

    def fails(*given: object, **more: object) -> None:
        raise psycopg.OperationalError(f"odd failure with {given} {more}")

    monkeypatch.setattr(psycopg, "connect", fails)
    with pytest.raises(DeskError) as caught:
        Database(Place("postgresql://eva@127.0.0.1/support"), lambda: "geheim").rows("SELECT 1")
    assert "geheim" not in f"{caught.value} {caught.value.__cause__}"

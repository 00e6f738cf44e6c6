"""`tridesk erase`, `access`, `legal-hold` and `retention` as a user calls them, over every file of a desk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from data.desk_file.backup_files import copies_of
from data.store import Store
from tests.tui.cli.in_process import tridesk
from tui.cli.main import run
from tui.setup.settings import config_folder, state_folder

ROOT = Path(__file__).parents[3]
ADDRESS = "zquintanilla@kestrel.example"
CANARIES = ("zoraida", "quintanilla", "kestrel", "wombatsubject", "ibexbody", "okapireply")
MAIL = f"""From: Zoraida Quintanilla <{ADDRESS}>
To: support@x.example
Subject: wombatsubject
Message-ID: <1@kestrel.example>
Date: Tue, 3 Mar 2026 10:00:00 +0000

ibexbody
"""


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A desk with the person and another, a reply in the outbox folder, two backups, a log, an export."""
    path = tmp_path / "home" / "desk.db"
    (tmp_path / "one.eml").write_text(MAIL)
    (tmp_path / "two.eml").write_text(
        MAIL.replace(ADDRESS, "ana@x.example").replace("Zoraida Quintanilla", "Ana").replace("kestrel", "x")
    )
    for name in ("one", "two"):
        run(["import", str(tmp_path / f"{name}.eml"), "--db", str(path)])
        (tmp_path / f"{name}.eml").unlink()
    folder = config_folder()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text("undo-seconds = 0\n[[retention]]\ndays = 1\n")
    run(["reply", "1", "okapireply, dear Zoraida", "--db", str(path)])
    run(["sync", "--db", str(path)])
    run(["backup", "--db", str(path)])
    run(["export", "messages", "--db", str(path)])
    run(["backup", "--db", str(path)])
    state_folder().mkdir(parents=True, exist_ok=True)
    (state_folder() / "mail.log").write_text(f"kept\nfetched a mail of {ADDRESS}\n")
    capsys.readouterr()
    return path


def held(*folders: Path) -> set[str]:
    content = b"".join(file.read_bytes().lower() for folder in folders for file in folder.rglob("*") if file.is_file())
    return {canary for canary in CANARIES if canary.encode() in content}


def lines(*arguments: str, code: int = 0) -> list[str]:
    ran = tridesk(os.environ, *arguments)
    assert ran.returncode == code, ran.stderr
    return (ran.stdout if code == 0 else ran.stderr).splitlines()


def test_a_dry_run_lists_everything_and_changes_nothing(desk: Path) -> None:
    before = held(desk.parent, state_folder())
    report = json.loads(lines("erase", ADDRESS, "--dry-run", "--json", "--db", str(desk))[0])
    assert before == set(CANARIES)
    assert (report["erased"], report["tickets"], report["known_as"]) == (False, [1], [ADDRESS])
    assert len(report["backups"]) == 2
    assert [Path(file).name for file in report["files"]][1:] == ["mail.log"]
    assert [export["what"] for export in report["exports"]] == ["messages as json"]
    assert held(desk.parent, state_folder()) == before


def test_erased_means_nowhere(desk: Path) -> None:
    (question,) = lines("erase", ADDRESS, "--reason", "asked", "--json", "--db", str(desk), code=1)
    assert "Repeat the command with --yes" in question
    (sentence,) = lines("erase", ADDRESS, "--yes", "--json", "--db", str(desk), code=1)
    assert "--reason" in sentence
    report = json.loads(lines("erase", ADDRESS, "--reason", "asked", "--yes", "--json", "--db", str(desk))[-1])
    assert report["erased"] is True
    # the other customer's mail is a copy of the same subject and text
    assert held(desk.parent, state_folder()) <= {"wombatsubject", "ibexbody"}
    assert (state_folder() / "mail.log").read_text() == "kept\n"
    assert len(copies_of(desk)) == 1
    assert lines("verify", "--db", str(desk))[0].endswith("redacted, as recorded")
    assert [json.loads(line)["customer"] for line in lines("list", "--all", "--json", "--db", str(desk))][-1]
    (sentence,) = lines("erase", ADDRESS, "--dry-run", "--db", str(desk), code=1)
    assert "No customer is known as" in sentence


def test_an_open_desk_is_not_erased_from(desk: Path) -> None:
    store = Store.open(desk)
    command = [sys.executable, "-m", "tui", "erase", ADDRESS, "--reason", "asked", "--yes", "--db", str(desk)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # locks are between processes
    store.close()
    assert ran.returncode == 1
    (sentence,) = ran.stderr.splitlines()
    assert "open; close the screen" in sentence
    assert "kestrel" in held(desk.parent)


def test_earlier_backups_can_be_kept_and_are_named(desk: Path) -> None:
    told = lines("erase", ADDRESS, "--reason", "asked", "--yes", "--keep-backups", "--db", str(desk))
    assert sum(line.startswith("Backups with them: ") for line in told) == 2
    assert told[-1] == "The backups above still hold the person, until rotation removes them."
    assert len(copies_of(desk)) == 2


def test_a_legal_hold_keeps_the_data(desk: Path) -> None:
    lines("legal-hold", ADDRESS, "--reason", "court order 7", "--db", str(desk))
    (listed,) = [json.loads(line) for line in lines("legal-hold", "--json", "--db", str(desk))]
    assert listed["reason"] == "court order 7"
    (sentence,) = lines("erase", ADDRESS, "--reason", "asked", "--yes", "--db", str(desk), code=1)
    assert "must be kept (court order 7" in sentence
    lines("legal-hold", ADDRESS, "--lift", "--db", str(desk))
    assert lines("legal-hold", "--db", str(desk)) == []


def test_everything_about_a_person_is_written_out(desk: Path) -> None:
    rows = [json.loads(line) for line in lines("access", ADDRESS, "--json", "--db", str(desk))]
    assert {"customer", "identity", "ticket", "message", "raw", "outbox", "event"} <= {row["kept_in"] for row in rows}
    assert [canary for canary in CANARIES if canary not in json.dumps(rows).lower()] == []
    readable = "\n".join(lines("access", ADDRESS, "--db", str(desk))).lower()
    assert [canary for canary in CANARIES if canary not in readable] == []
    assert "ana@x.example" not in readable
    store = Store.open(desk)
    assert [event.kind for event in store.events.each()][-1] == "accessed"
    store.close()


def test_retention_lists_first(desk: Path) -> None:
    lines("close", "1", "--db", str(desk))
    store = Store.open(desk)
    ticket = store.tickets.get(1)
    assert ticket is not None
    with store.write():
        store.tickets.update(ticket, {"updated_at": 1_000})
    store.close()
    assert lines("retention", "--db", str(desk)) == ["every lane, every kind, after 1 days: 1 tickets #1"]
    assert "okapireply" in held(desk.parent)
    lines("retention", "--apply", "--yes", "--db", str(desk))
    shown = [json.loads(line) for line in lines("export", "messages", "--json", "--db", str(desk))]
    assert {row["text"] for row in shown if row["ticket"] == 1} == {"(erased)"}
    assert b"okapireply" not in desk.read_bytes()


@pytest.mark.parametrize("person", ["", "nobody@x.example", "customer:99", "customer:99999999999999999999", "\x1b[31m"])
def test_a_person_that_is_not_known(desk: Path, person: str) -> None:
    (sentence,) = lines("erase", person, "--dry-run", "--db", str(desk), code=1)
    assert "No customer is known as" in sentence

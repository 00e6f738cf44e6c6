"""`tridesk verify`, and `doctor` that calls it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

from data.store import Store
from tests.data.desks import fill
from tui.cli.main import run


def rows(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[dict[str, object]]]:
    code = 0
    try:
        run([*arguments, "--json"])
    except SystemExit as end:
        code = int(end.code or 0)
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_it_says_intact_or_where_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk = tmp_path / "desk.db"
    fill(desk, 10)
    code, (verdict,) = rows(capsys, "verify", "--db", str(desk))
    assert (code, verdict["intact"], verdict["events"]) == (0, True, 10)
    run(["verify", "--db", str(desk)])
    first, second = capsys.readouterr().out.splitlines()
    assert (first, second.startswith("End of the record: event 10, ")) == ("10 events, intact", True)
    with closing(sqlite3.connect(desk)) as raw:
        raw.execute("DROP TRIGGER event_is_kept")
        raw.execute("UPDATE event SET actor = 'x' WHERE id = 4")
        raw.commit()
    code, (verdict,) = rows(capsys, "verify", "--db", str(desk))
    assert (code, verdict["intact"]) == (1, False)
    with suppress(SystemExit):
        run(["verify", "--db", str(desk)])
    assert capsys.readouterr().out.startswith("event 4 (1970-01-01T00:00:01Z) was changed; intact up to event 3\n")
    code, checks = rows(capsys, "doctor", "--db", str(desk))
    assert code == 1
    assert next(check for check in checks if check["check"] == "events")["ok"] is False


def test_a_desk_without_events_is_intact(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk = tmp_path / "desk.db"
    Store.open(desk).close()
    code, (verdict,) = rows(capsys, "verify", "--db", str(desk))
    assert (code, verdict["intact"]) == (0, True)

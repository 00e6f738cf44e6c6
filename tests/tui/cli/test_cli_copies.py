"""Cc in the shell: who gets a copy is said, added and left out by `reply` and `problem solve`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data.errors import RuleError
from data.records.outbox import OutboxEntry
from data.records.participants import Standing
from data.store import Store
from tests.tui.playing import incoming
from tui.cli.main import run
from tui.setup.open_desk import open_desk

BOB, EVE, ZOE = "bob@customer.example", "eve@else.example", "new@else.example"
NUMBER = ("reply", "1", "Hola, ya está.", "--reason", "a test", "--json")


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ticket whose customer named Bob and Eve, and one without anyone."""
    path = tmp_path / "desk.db"
    monkeypatch.setenv("TRIDESK_DB", str(path))
    desk = open_desk(path, create=True)
    desk.receive([replace(incoming(1, "No puedo entrar", "mail"), cc=(BOB, EVE)), incoming(2, "Otra cosa", "mail")])
    desk.store.close()
    return path


def replied(capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    capsys.readouterr()
    assert run([*NUMBER, *more]) == 0
    row: dict[str, Any] = json.loads(capsys.readouterr().out)
    return row


def queued(path: Path) -> list[OutboxEntry]:
    return Store.open(path).outbox.waiting()


@pytest.mark.parametrize(
    ("more", "copies"),
    [
        ((), (BOB, EVE)),
        (("--cc", ZOE), (BOB, EVE, ZOE)),
        (("--drop-cc", EVE), (BOB,)),
        (("--drop-cc", "all"), ()),
        (("--drop-cc", "all", "--cc", ZOE), (ZOE,)),
        (("--drop-cc", BOB, "--cc", ZOE.upper()), (EVE, ZOE)),
    ],
    ids=["kept", "one more", "one less", "none", "only one", "in exchange"],
)
def test_a_reply_names_and_drops_people(
    path: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], copies: tuple[str, ...]
) -> None:
    assert replied(capsys, *more)["cc"] == list(copies)
    assert [entry.cc for entry in queued(path)] == [copies]


def test_who_is_added_or_dropped_stays_so_and_undo_takes_it_back(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    replied(capsys, "--drop-cc", BOB, "--cc", ZOE)
    store = Store.open(path)
    assert store.participants.decided(1) == {BOB: Standing.DROPPED, ZOE: Standing.TAKEN_IN}
    assert replied(capsys)["cc"] == [EVE, ZOE]
    assert run(["undo"]) == 0
    assert run(["undo"]) == 0
    assert store.participants.decided(1) == {}
    assert not queued(path)


def test_the_text_says_it_too_and_what_is_no_person_is_refused(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*NUMBER[:-1]]) == 0
    assert f"Copies to {BOB}, {EVE}" in capsys.readouterr().out
    for wrong in ("nobody", "mailer-daemon@x.example"):
        with pytest.raises(RuleError, match="not a mail address"):
            run([*NUMBER, "--cc", wrong])
    with pytest.raises(RuleError, match="taken in and dropped at once"):
        run([*NUMBER, "--cc", ZOE, "--drop-cc", ZOE])


def test_a_problem_shows_the_copies_first_and_leaves_them_out(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["set", "1", "2", "--topic", "none", "--procedure", "none", "--reason", "a fault of ours"]) == 0
    assert run(["problem", "new", "Caída", "1", "2"]) == 0
    solve = ["problem", "solve", "P-1", "--macro", "general/closing-thanks"]
    capsys.readouterr()
    assert run([*solve, "--dry-run"]) == 0
    assert f"copies for 1 of them, to {BOB}, {EVE}" in capsys.readouterr().out
    assert run([*solve, "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["copies"] == {"1": [BOB, EVE]}
    assert run([*solve, "--drop-cc"]) == 0
    assert [entry.cc for entry in queued(path)] == [(), ()]

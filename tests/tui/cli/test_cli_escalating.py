"""Escalations and problems for scripts: the same door, documented keys, one sentence for what cannot be."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from data.records.incoming import Incoming
from data.records.messages import MessageKind
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.routing.rules import Rules
from tests.database import database
from tests.tui.cli.in_process import tridesk

CONFIG = """
agent = "eva"
[[team]]
name = "Security response"
address = "security@desk.example"
due = "4h"
language = "es"
"""


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    places = {name: str(tmp_path / name) for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")}
    folder = tmp_path / "XDG_CONFIG_HOME" / "tridesk"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(CONFIG)
    store = Store.open(tmp_path / "desk.db")
    desk = Desk(store, clock=lambda: 1_800_000_000, rules=DeskRules(routing=Rules(())))
    desk.receive([
        Incoming(
            connector="files", source="test", raw_sha256=f"{n}", kind=MessageKind.MAIL, from_name=f"Ana{n} Ruiz",
            from_address=f"ana{n}@x.example", subject=f"Subject {n} \x1b[31m", text="hola", new_text="hola", at=None,
            language=language, confidence=0.99,
        )
        for n, language in enumerate(("es", "en", "es"), 1)
    ])  # fmt: skip
    store.close()
    return {**os.environ, **places, "TRIDESK_DB": str(tmp_path / "desk.db"), "HOME": "/none"}


def lines(home: dict[str, str], *arguments: str) -> list[dict[str, Any]]:
    found = tridesk(home, *arguments, "--json")
    assert found.returncode == 0, found.stderr
    return [json.loads(line) for line in found.stdout.splitlines()]


def test_an_escalation_goes_out_comes_back_and_is_listed(home: dict[str, str]) -> None:
    (done,) = lines(home, "escalate", "1", "security response", "taken over")
    assert done["tickets"] == [1]
    assert done["leaves"] is not None
    (row,) = lines(home, "escalations")
    assert row["escalation"] == "E-1"
    assert (row["team"], row["state"], row["overdue"]) == ("Security response", "open", False)
    assert (row["mailed_to"], row["opened_by"]) == ("security@desk.example", "eva")
    assert row["due"] is not None
    shown = lines(home, "show", "1")[0]
    assert (shown["status"], shown["escalations"]) == ("on hold", [row])
    assert "E-1" in tridesk(home, "show", "1").stdout
    assert shown["messages"][-1]["direction"] == "note"
    assert "Motivo: taken over" in shown["messages"][-1]["text"]
    assert tridesk(home, "escalation", "answer", "E-1", "Frozen", "--reference", "S-9").returncode == 0
    assert lines(home, "escalations")[0]["reference"] == "S-9"
    assert lines(home, "show", "1")[0]["status"] == "open"
    assert tridesk(home, "escalation", "close", "e-1").returncode == 0
    assert lines(home, "escalations") == []
    assert lines(home, "escalations", "--all")[0]["state"] == "closed"


def test_late_ones_alone(home: dict[str, str]) -> None:
    lines(home, "escalate", "1", "Legal", "--due", "2020-01-31")
    lines(home, "escalate", "2", "Legal", "--due", "2d")
    assert [row["ticket"] for row in lines(home, "escalations", "--overdue")] == [1]
    assert "overdue" in tridesk(home, "escalations").stdout


def test_a_problem_is_linked_shown_and_answered_each_in_its_language(home: dict[str, str]) -> None:
    lines(home, "problem", "new", "Codes do not arrive", "1", "2")
    lines(home, "problem", "link", "P-1", "3")
    assert lines(home, "show", "1")[0]["problem"] == "P-1"
    assert lines(home, "problem", "list")[0] == {
        "problem": "P-1", "title": "Codes do not arrive", "state": "open", "opened": lines(home, "problem", "list")[0]
        ["opened"], "opened_by": "eva", "tickets": 3, "waiting": 3,
    }  # fmt: skip
    (planned,) = lines(home, "problem", "solve", "P-1", "--macro", "closing-thanks", "--dry-run")
    assert (planned["tickets"], planned["languages"]) == ([1, 2, 3], {"es": 2, "en": 1})
    assert lines(home, "problem", "show", "P-1")[0]["waiting"] == 3
    (done,) = lines(home, "problem", "solve", "P-1", "--macro", "closing-thanks", "--anyway")
    assert done["tickets"] == [1, 2, 3]
    texts = [lines(home, "show", str(n))[0]["messages"][-1]["text"] for n in (1, 2, 3)]
    assert [f"Ana{n}" in text for n, text in enumerate(texts, 1)] == [True] * 3
    assert [text.startswith("Hola") for text in texts] == [True, False, True]
    assert lines(home, "problem", "show", "P-1")[0]["state"] == "solved"
    lines(home, "undo")
    assert lines(home, "problem", "show", "P-1")[0]["linked"][0]["status"] == "new"


def test_what_is_held_back_is_named_and_stays_open(home: dict[str, str]) -> None:
    lines(home, "problem", "new", "Codes", "1", "2")
    found = tridesk(home, "problem", "solve", "P-1", "--macro", "payment/charged-twice", "--json")
    assert (found.returncode, "--anyway" in found.stderr) == (1, True), "it may not fit them"
    found = tridesk(home, "problem", "solve", "P-1", "--macro", "payment/charged-twice", "--anyway", "--json")
    assert found.returncode == 1
    assert "#1 held back" in found.stderr
    assert lines(home, "problem", "show", "P-1")[0]["state"] == "open"


@pytest.mark.parametrize(
    "command",
    [
        ("escalate", "99", "Legal"),
        ("escalate", "1", " "),
        ("escalate", "1", "Legal", "--due", "soon"),
        ("escalation", "answer", "E-1", "x"),
        ("escalation", "answer", "x", "x"),
        ("problem", "show", "P-1"),
        ("problem", "link", "P-1", "1"),
        ("problem", "new", " ", "1"),
    ],
)
def test_what_cannot_be_is_one_sentence(home: dict[str, str], command: tuple[str, ...]) -> None:
    found = tridesk(home, *command)
    assert found.returncode == 1
    assert found.stderr.startswith("tridesk: ")
    assert len(found.stderr.splitlines()) == 1


def test_foreign_words_reach_the_terminal_safely(home: dict[str, str]) -> None:
    lines(home, "problem", "new", "\x1b]0;owned\x07", "1")
    lines(home, "escalate", "1", "\x1b[31mLegal", "\x1b[31m")
    for command in (("problem", "list"), ("problem", "show", "P-1"), ("escalations",)):
        assert "\x1b" not in tridesk(home, *command).stdout


@pytest.mark.parametrize(
    ("line", "said"),
    [('name = ""', "no name"), ('name = "A"\naddress = "x"', "address"), ('name = "A"\ndue = "soon"', "due"),
     ('name = "A"\nanswers-from = ["x"]', "answers")],
)  # fmt: skip
def test_a_team_that_cannot_be_used_is_told(home: dict[str, str], line: str, said: str) -> None:
    (Path(home["XDG_CONFIG_HOME"]) / "tridesk" / "config.toml").write_text(f"[[team]]\n{line}\n")
    found = tridesk(home, "note", "1", "x")
    assert found.returncode == 1
    assert said in found.stderr


def test_undo_tells_of_the_rest(home: dict[str, str]) -> None:
    lines(home, "reply", "2", "Hi", "--status", "solved")
    store = Store.open(Path(home["TRIDESK_DB"]))
    with store.write():
        database(store).execute("UPDATE outbox SET state = 'sent'")
    store.close()
    found = tridesk(home, "undo")
    assert (found.returncode, "tridesk undo --rest" in found.stderr) == (1, True)
    assert "except for what was sent" in tridesk(home, "undo", "--rest").stdout
    assert lines(home, "show", "2")[0]["status"] == "open"

"""The desk for scripts: the commands as processes, their exit codes, and what they never load."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from data.records.incoming import Incoming
from data.records.messages import MessageKind
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.routing.rules import Rules
from tests.tui.cli.in_process import tridesk
from tui.cli.main import COMMANDS

ROOT = Path(__file__).parents[3]


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    places = {name: str(tmp_path / name) for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")}
    return {
        **os.environ,
        **places,
        "TRIDESK_DB": str(tmp_path / "desk.db"),
        "PYTHONPATH": str(ROOT),
        "HOME": str(tmp_path),
    }


@pytest.fixture
def desk_file(tmp_path: Path, home: dict[str, str]) -> Path:
    store = Store.open(tmp_path / "desk.db")
    desk = Desk(store, clock=lambda: 1_800_000_000, rules=DeskRules(routing=Rules(())))
    desk.receive([
        Incoming(
            connector="files", source="test", raw_sha256="a", kind=MessageKind.MAIL, from_name="Ana \x1b]0;owned\x07",
            from_address="ana@clientes.example", subject="[/b] contraseña \x1b[31m", text="No recuerdo mi contraseña",
            new_text="No recuerdo mi contraseña", at=None, language="es", confidence=0.99,
        )
    ])  # fmt: skip
    store.close()
    return tmp_path / "desk.db"


def test_list_show_and_search_read_the_desk(desk_file: Path, home: dict[str, str]) -> None:
    (row,) = [json.loads(line) for line in tridesk(home, "list", "--json").stdout.splitlines()]
    assert (row["id"], row["status"], row["language"], row["lane"]) == (1, "new", "es", "mail")
    shown = json.loads(tridesk(home, "show", "1", "--json").stdout)
    assert shown["messages"][0]["text"] == "No recuerdo mi contraseña"
    assert shown["figures"] == {
        "replies": 0, "first_reply": None, "one_touch": None, "handling": 0, "reopened": 0,
        "late": shown["figures"]["late"],
    }  # fmt: skip
    hit = json.loads(tridesk(home, "search", "contrasena", "--json").stdout)
    assert (hit["ticket"], hit["status"], hit["lane"]) == (1, "new", "mail")
    assert json.loads(tridesk(home, "search", "recuerdo mi", "-solved", "from:ana", "--json").stdout)["ticket"] == 1
    assert "before:soon is not a date" in tridesk(home, "search", "before:soon").stderr


def test_words_of_others_reach_the_terminal_safely(desk_file: Path, home: dict[str, str]) -> None:
    for command in (("list",), ("show", "1"), ("search", "recuerdo")):
        found = tridesk(home, *command)
        assert found.returncode == 0
        assert found.stdout
        assert "\x1b" not in found.stdout
        assert "\x07" not in found.stdout


def test_reply_solve_and_undo_go_through_the_door(desk_file: Path, home: dict[str, str]) -> None:
    done = json.loads(tridesk(home, "reply", "1", "--status", "solved", "--json", given="Hola, Ana: ya está.\n").stdout)
    assert done["tickets"] == [1]
    assert tridesk(home, "list", "--json").stdout == ""
    assert json.loads(tridesk(home, "undo", "--json").stdout)["undone"] is True
    assert json.loads(tridesk(home, "list", "--json").stdout)["status"] == "new"
    assert tridesk(home, "note", "1", "asked the team").returncode == 0
    assert tridesk(home, "solve", "1").returncode == 0


def test_what_failed_is_one_sentence_and_exit_1(desk_file: Path, home: dict[str, str]) -> None:
    for command in (
        ("show", "99"),
        ("solve", "1", "99"),
        ("reply", "1", " "),
        ("undo",),
        ("list", "--lane", "nowhere"),
    ):
        found = tridesk(home, *command)
        assert found.returncode == 1, command
        assert found.stderr.startswith("tridesk: ")
        assert len(found.stderr.splitlines()) == 1
        assert "Traceback" not in found.stderr


def test_wrong_usage_is_exit_2(home: dict[str, str]) -> None:
    assert tridesk(home, "nonsense").returncode == 2
    assert tridesk(home, "show", "x").returncode == 2


def test_no_desk_and_no_terminal_are_said(home: dict[str, str]) -> None:
    missing = tridesk(home, "list")
    assert (missing.returncode, "no desk file" in missing.stderr) == (1, True)
    assert not Path(home["TRIDESK_DB"]).exists()
    screen = tridesk(home)
    assert (screen.returncode, "terminal" in screen.stderr) == (1, True)


def test_doctor_tells_of_a_sound_desk_and_of_bad_settings(desk_file: Path, home: dict[str, str]) -> None:
    assert tridesk(home, "doctor", "--json").returncode == 0
    folder = Path(home["XDG_CONFIG_HOME"]) / "tridesk"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("undo-second = 3\n")
    found = tridesk(home, "doctor")
    assert found.returncode == 1
    assert "undo-second" in found.stdout


def test_what_is_suspended_is_told_listed_and_taken_in(tmp_path: Path, home: dict[str, str]) -> None:
    path = tmp_path / "spam.eml"
    path.write_text("From: a@b.example\nTo: help@desk.example\nSubject: Won\nX-Spam-Flag: YES\n\nClaim it")
    assert tridesk(home, "import", str(path)).returncode == 0
    assert tridesk(home, "list", "--json").stdout == ""
    (row,) = map(json.loads, tridesk(home, "list", "--status", "suspended", "--json").stdout.splitlines())
    told = {one["check"]: one for one in map(json.loads, tridesk(home, "doctor", "--json").stdout.splitlines())}
    assert (told["suspended"]["ok"], told["suspended"]["detail"].split(";")[0]) == (
        True, "1 ticket holds only spam or automatic mail",
    )  # fmt: skip
    (message,) = json.loads(tridesk(home, "show", str(row["id"]), "--json").stdout)["messages"]
    assert message["signs"] == [{"rule": "spam", "seen": "X-Spam-Flag: YES", "sure": False}]
    assert tridesk(home, "reopen", str(row["id"])).returncode == 0
    assert json.loads(tridesk(home, "list", "--json").stdout)["status"] == "open"
    assert "no mail waits to be taken in" in tridesk(home, "doctor").stdout


HELPS = """
import contextlib, io, json, sys
from tui.cli.main import COMMANDS, run
for name in COMMANDS:
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        code = run([name, "--help"])
    loaded = [m for m in sys.modules if m == "textual" or m.startswith("textual.")]
    print(json.dumps([name, code, shown.getvalue(), loaded]))
"""


def test_every_command_has_help_and_loads_no_screen(home: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", HELPS], env=home, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr[-500:]
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [name for name, *_ in rows] == list(COMMANDS)
    for name, code, shown, loaded in rows:
        assert (name, code, loaded, "Usage:" in shown) == (name, 0, [], True)


def test_a_foreign_package_in_our_place_is_named(tmp_path: Path, home: dict[str, str]) -> None:
    (tmp_path / "other" / "data").mkdir(parents=True)
    (tmp_path / "other" / "data" / "__init__.py").write_text("")
    path = f"{tmp_path / 'other'}{os.pathsep}{ROOT}"
    found = subprocess.run([sys.executable, "-P", "-m", "tui", "list"], env={**home, "PYTHONPATH": path}, cwd=tmp_path,
                           capture_output=True, text=True, check=False, timeout=60)  # fmt: skip
    assert found.returncode == 1
    assert "'data' is not tridesk's own" in found.stderr


def test_a_number_that_no_file_can_hold_is_wrong_usage(desk_file: Path, home: dict[str, str]) -> None:
    for command in ("show", "solve", "undo"):
        done = tridesk(home, command, "9" * 20, "--db", str(desk_file))
        assert done.returncode == 2
        assert "Traceback" not in done.stderr

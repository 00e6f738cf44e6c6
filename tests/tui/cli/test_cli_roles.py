"""`[roles]` in config.toml as commands keep to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import InputError, RuleError
from tests.data.desks import fill
from tui.cli.main import run
from tui.setup.settings import config_folder

LEADS = (
    "export messages", "erase ana@x.example --dry-run", "access ana@x.example", "restore --yes", "backup copy.db",
    "legal-hold ana@x.example --reason x", "retention",
)  # fmt: skip
AGENTS = ("note 1 hello", "solve 1", "import one.eml", "undo", "tag 1 +x")
ANYONE = ("list", "show 1", "search text1", "verify", "backup")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    fill(tmp_path / "desk.db", 2)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.eml").write_text("From: a@x.example\n\nHi")
    config_folder().mkdir(parents=True, exist_ok=True)
    return tmp_path / "desk.db"


def settings(agent: str) -> None:
    (config_folder() / "config.toml").write_text(
        f'agent = "{agent}"\n[roles]\nlea = "lead"\n"*" = "reader"\nann = "agent"\n[[retention]]\ndays = 1\n'
    )


@pytest.mark.parametrize(("agent", "allowed"), [("rita", 1), ("ann", 2), ("lea", 3)])
def test_each_role_may_what_it_may(desk: Path, agent: str, allowed: int) -> None:
    settings(agent)
    for level, commands in enumerate((ANYONE, AGENTS, LEADS), start=1):
        for command in commands:
            if level <= allowed:
                assert run([*command.split(), "--db", str(desk)]) == 0, command
            else:
                with pytest.raises(RuleError, match=f"{agent} is a"):
                    run([*command.split(), "--db", str(desk)])


def test_an_unknown_role_is_refused(desk: Path) -> None:
    (config_folder() / "config.toml").write_text('[roles]\nlea = "boss"\n')
    with pytest.raises(InputError, match=r"line 2, column 1: roles\.lea is .boss.; expected one of"):
        run(["solve", "1", "--db", str(desk)])

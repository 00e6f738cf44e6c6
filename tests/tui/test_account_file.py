"""Accounts in `config.toml`: changed where they stand, and everything else left as it is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest

from data.errors import InputError
from queues.accounts.mail_account import Account
from queues.accounts.ticketing_system import Tracker
from tui.accounts.config_writing import as_written, change
from tui.setup.settings import load

TEXT = """agent = "ann"  # me

[[account]]
# the one that everybody writes to
name = "support"
address = "help@gmail.com"
provider = "gmail"
brand = "Acme"   # shown beside the address
per-minute = 5

[account.signature]
en = "Bye"

[[tracker]]
name = "desk"
url = "https://tickets.example"
[tracker.queues]
Soporte = "mail"

[keys]
"ticket.solve" = "E"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(TEXT, encoding="utf-8")
    return tmp_path


def changed(folder: Path, account: str, **settings: object) -> str:
    (one,) = [one for one in as_written(folder) if one.name == account]
    new = msgspec.structs.replace(one, **settings)
    change(folder, account, new)
    assert new in as_written(folder)
    load(folder)
    return (folder / "config.toml").read_text(encoding="utf-8")


def test_only_the_lines_of_what_changed_change(folder: Path) -> None:
    account, tracker = as_written(folder)
    assert (account.name, tracker.name) == ("support", "desk")
    now = changed(folder, "support", lane="app", brand="", since=date(2026, 1, 31), per_minute=6)
    expected = TEXT.replace('brand = "Acme"   # shown beside the address\n', "")
    expected = expected.replace("per-minute = 5\n", 'per-minute = 6\nlane = "app"\nsince = "2026-01-31"\n')
    assert now == expected
    assert as_written(folder)[1] == tracker


def test_what_stands_in_a_table_of_its_own_is_written_anew(folder: Path) -> None:
    now = changed(folder, "desk", queues={"Billing": ""}, secret="env:TOKEN")
    assert now.startswith(TEXT[: TEXT.index("[[tracker]]")])
    assert now.endswith('\n[keys]\n"ticket.solve" = "E"\n')
    assert "Soporte" not in now


def test_an_account_can_take_another_name_but_not_a_taken_one(folder: Path) -> None:
    assert 'name = "ayuda"' in changed(folder, "support", name="ayuda")
    before = (folder / "config.toml").read_text(encoding="utf-8")
    with pytest.raises(InputError, match="already"):
        change(folder, "desk", Tracker("ayuda", "https://tickets.example"))
    with pytest.raises(InputError, match="no account"):
        change(folder, "support", Account("support", "a@gmail.com"))
    assert (folder / "config.toml").read_text(encoding="utf-8") == before


def test_no_file_is_no_account(tmp_path: Path) -> None:
    assert as_written(tmp_path) == []
    with pytest.raises(InputError, match="no account"):
        change(tmp_path, "support", Account("support", "a@gmail.com"))

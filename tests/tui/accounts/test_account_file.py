"""Accounts in `config.toml`: changed where they stand, and everything else left as it is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.errors import InputError
from queues.accounts.mail_account import Account
from queues.accounts.providers import Server
from queues.accounts.ticketing_system import Tracker
from tui.accounts.config_writing import add, as_written, change, remove
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


MIXED = """# settings of the desk
languages = [
["es"],
[
"en"]]
note = '''
[[account]]
name = "a text, not an account"
'''

# the first
[[account]]
name = "a"
address = "a@x.example"   # shared
signature.es = "Adiós"

[keys]   # between the accounts
x = "y"

# the second
  [[ account ]]
name = "b"
address = "b@x.example"

[account.imap]
host = "old.example"
port = 993
# the third
[[tracker]]
name = "c"
url = "https://c.example"
"""


def test_the_order_of_the_file_stays_with_tables_between_the_accounts(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(MIXED, encoding="utf-8")
    assert [account.name for account in as_written(tmp_path)] == ["a", "b", "c"]
    second = as_written(tmp_path)[1]
    assert isinstance(second, Account)
    change(tmp_path, "b", msgspec.structs.replace(second, imap=Server("new.example", 993), lane="app"))
    expected = MIXED.replace("old.example", "new.example")
    expected = expected.replace('"b@x.example"\n', '"b@x.example"\n  lane = "app"\n')
    # indented like its header; `security` is written with the other settings of a server, as in a new account
    expected = expected.replace("port = 993\n", 'port = 993\nsecurity = "tls"\n')
    assert path.read_text(encoding="utf-8") == expected


def test_an_account_goes_with_its_own_comment_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(MIXED, encoding="utf-8")
    remove(tmp_path, "b")
    assert (
        path.read_text(encoding="utf-8") == MIXED[: MIXED.index("# the second")] + MIXED[MIXED.index("# the third") :]
    )


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"], ids=["no mark", "byte order mark"])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_the_line_ends_and_the_byte_order_mark_of_the_file_stay(tmp_path: Path, newline: bytes, bom: bytes) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(bom + TEXT.encode().replace(b"\n", newline))
    before = load(tmp_path).settings
    account = as_written(tmp_path)[0]
    assert isinstance(account, Account)
    change(tmp_path, "support", msgspec.structs.replace(account, lane="app"))
    add(tmp_path, Account("b", "b@x.example"))
    remove(tmp_path, "b")
    new = TEXT.replace("per-minute = 5\n", 'per-minute = 5\nlane = "app"\n')
    assert path.read_bytes() == bom + new.encode().replace(b"\n", newline)
    assert load(tmp_path).settings.tracker == before.tracker


@pytest.mark.parametrize(("data", "words"), [(b"[keys\n", "config edit"), (b'agent = "Jos\xe9"', "UTF-8")])
def test_a_file_that_cannot_be_read_is_not_written(tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "config.toml").write_bytes(data)
    with pytest.raises(InputError, match=words):
        add(tmp_path, Account("b", "b@x.example"))
    with pytest.raises(InputError, match=words):
        remove(tmp_path, "b")
    assert (tmp_path / "config.toml").read_bytes() == data


texts = st.sampled_from(
    ["", "a", 'q"x', "\x7f", "\x00é\n\r\n\\", "'''", '"""', "#", "=", "日", "[x]", "\u2028", "\x85"]
)
tables = st.dictionaries(texts, texts, max_size=3)
accounts = st.builds(
    Account, name=st.just("a"), address=texts, imap=st.builds(Server, host=texts, port=st.integers(0, 1)),
    secret=texts, signature=tables, html=st.booleans(), copy_sent=st.sampled_from([None, True, False]),
    per_day=st.integers(0, 9), since=st.none() | st.dates(),
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(accounts, accounts, tables)
def test_what_is_written_is_read_back(tmp_path: Path, first: Account, second: Account, queues: dict[str, str]) -> None:
    path = tmp_path / "config.toml"
    path.write_text("# mine\n", encoding="utf-8")
    tracker = Tracker("t", "https://t.example", queues=queues)
    add(tmp_path, first)
    add(tmp_path, tracker)
    change(tmp_path, "a", second)
    assert as_written(tmp_path) == [second, tracker]
    remove(tmp_path, "a")
    remove(tmp_path, "t")
    assert path.read_text(encoding="utf-8") == "# mine\n"

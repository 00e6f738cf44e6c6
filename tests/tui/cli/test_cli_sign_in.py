"""`tridesk account login`, and `account add` for accounts that sign in."""

from __future__ import annotations

import io
import ssl
import sys
import urllib.request
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from threading import Thread

import click
import msgspec
import pytest

from data.errors import ConnectorError, InputError
from queues.accounts.mail_account import Account
from queues.accounts.oauth import OAuth
from queues.accounts.providers import Server
from queues.oauth.sign_in import sign_in
from queues.oauth.stored_tokens import stored
from tests.servers import filed_keyring
from tests.servers.oauth_desk import OAuthStack, settings_for
from tests.servers.oauth_server import CLIENT, CLIENT_SECRET, SECRET_CLIENT
from tui.accounts.config_writing import add, as_written, change
from tui.accounts.setup import AccountSetup
from tui.cli.main import run
from tui.cli.signing_in import has_browser
from tui.setup.settings import config_folder, load

numbers = count(1)


@pytest.fixture(autouse=True)
def keyring_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's keyring is this file."""
    monkeypatch.setitem(sys.modules, "keyring", filed_keyring)
    monkeypatch.setenv(filed_keyring.FILE, str(tmp_path / "keyring.json"))
    monkeypatch.setenv("TRIDESK_DB", str(tmp_path / "desk.db"))
    for name in ("SSH_CONNECTION", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    return tmp_path / "keyring.json"


@pytest.fixture
def browser(oauth_stack: OAuthStack, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A browser whose user signs in; yields what it was sent to."""
    opened: list[str] = []
    context = ssl.create_default_context(cafile=str(oauth_stack.mail.ca))
    threads: list[Thread] = []

    def browse(address: str) -> None:
        urllib.request.urlopen(address, context=context, timeout=20).close()

    def open_(address: str) -> bool:
        opened.append(address)
        threads.append(Thread(target=browse, args=(address,)))
        threads[-1].start()
        return True

    monkeypatch.setattr("webbrowser.get", lambda: object())
    monkeypatch.setattr("webbrowser.open", open_)
    yield opened
    for thread in threads:
        thread.join()


def account_of(stack: OAuthStack, **changes: object) -> Account:
    """Write an account of its own mailbox into the settings."""
    address, _ = stack.mail.add_user(f"clerk{next(numbers)}")
    stack.oauth.user = address
    imap, smtp = (Server("localhost", stack.mail.ports[name]) for name in ("imaps", "smtps"))
    oauth = settings_for(stack.oauth, stack.mail.ca, **changes)
    account = Account("support", address, ca_file=str(stack.mail.ca), oauth=oauth, imap=imap, smtp=smtp)
    add(config_folder(), account)
    return load().settings.account[0]


def typed(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Answer questions on a terminal; return them as they come."""
    asked: list[str] = []
    left = list(answers)

    def prompt(text: str, **_: object) -> str:
        asked.append(text)
        return left.pop(0)

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr(click, "prompt", prompt)
    return asked


def test_a_browser_signs_in_and_the_account_works(
    oauth_stack: OAuthStack, browser: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path,
    keyring_file: Path,
) -> None:  # fmt: skip
    account = account_of(oauth_stack)
    with pytest.raises(SystemExit):
        run(["account", "test"])
    assert "`tridesk account login support` signs" in capsys.readouterr().out
    assert run(["account", "login", "support"]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [f"support is signed in as {account.login}.", "the mailbox is empty"]
    assert browser[0] in said.err
    assert run(["account", "test"]) == 0
    assert run(["sync"]) == 0
    tokens = stored(account)
    assert tokens is not None
    assert oauth_stack.oauth.wrongs == []
    files = [path for path in (*tmp_path.rglob("*"), *config_folder().rglob("*")) if path.is_file()]
    holders = [path for path in files if tokens.access_token in path.read_text(errors="replace")]
    assert holders == [keyring_file]
    assert not any(secret in said.err + said.out for secret in (tokens.access_token, tokens.refresh_token))


def test_a_code_signs_in_where_no_browser_is(
    oauth_stack: OAuthStack, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    account = account_of(oauth_stack)
    monkeypatch.delenv("DISPLAY")

    def pause(seconds: float) -> None:
        (device,) = oauth_stack.oauth.devices.values()
        device.decision = account.login
        oauth_stack.oauth.ahead += seconds

    assert sign_in.__kwdefaults__ is not None
    monkeypatch.setitem(sign_in.__kwdefaults__, "pause", pause)
    assert run(["account", "login", "support", "--device"]) == 0
    said = capsys.readouterr()
    assert f"open {oauth_stack.oauth.url}/enter and enter the code" in said.err
    assert f"Or open {oauth_stack.oauth.url}/enter?code=" in said.err
    assert "is signed in" in said.out


def test_a_client_with_a_secret_is_asked_for_it_once(
    oauth_stack: OAuthStack, browser: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    account = account_of(oauth_stack, client_id=SECRET_CLIENT, client_secret=True)
    asked = typed(monkeypatch, CLIENT_SECRET, "")
    for _ in range(2):
        assert run(["account", "login", "support"]) == 0
    assert asked == ["Secret of the client", "Secret of the client (empty: as before)"]
    assert CLIENT_SECRET not in (config_folder() / "config.toml").read_text()
    assert stored(account) is not None


def test_a_script_gives_the_secret_on_standard_input(
    oauth_stack: OAuthStack, browser: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    account_of(oauth_stack, client_id=SECRET_CLIENT, client_secret=True)
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{CLIENT_SECRET}\n"))
    assert run(["account", "login", "support"]) == 0
    assert oauth_stack.oauth.wrongs == []


def test_who_signs_in_as_someone_else_is_told(oauth_stack: OAuthStack, browser: list[str]) -> None:
    account_of(oauth_stack)
    oauth_stack.oauth.user = "bob@customers.example"
    with pytest.raises(ConnectorError, match=r"does not accept the token|cannot check the token"):
        run(["account", "login", "support"])


def added(stack: OAuthStack, *more: str) -> list[str]:
    address, _ = stack.mail.add_user(f"clerk{next(numbers)}")
    stack.oauth.user = address
    servers = ["--imap", f"localhost:{stack.mail.ports['imaps']}", "--smtp", f"localhost:{stack.mail.ports['smtps']}"]
    return ["account", "add", address, "--name", "support", *servers, "--ca-file", str(stack.mail.ca), *more]


def test_an_account_is_added_with_a_sign_in(
    oauth_stack: OAuthStack, browser: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = added(oauth_stack, "--client-id", CLIENT, "--issuer", oauth_stack.oauth.url, "--scope", "mail")
    assert typed(monkeypatch) == []
    assert run(given) == 0
    assert "(the mailbox is empty)" in capsys.readouterr().out
    assert len(browser) == 1
    assert oauth_stack.oauth.asked == ["authorization_code"]


def test_without_a_terminal_the_sign_in_comes_later(
    oauth_stack: OAuthStack, capsys: pytest.CaptureFixture[str]
) -> None:
    given = added(oauth_stack, "--client-id", CLIENT, "--issuer", oauth_stack.oauth.url, "--scope", "mail")
    assert run(given) == 0
    assert "Sign it in with `tridesk account login support`." in capsys.readouterr().out
    (account,) = load().settings.account
    assert (account.oauth.client_id, account.oauth.issuer, account.oauth.scopes) == (
        CLIENT, oauth_stack.oauth.url, ("mail",)
    )  # fmt: skip
    assert (account.auth, account.secret, account.oauth.ca_file) == ("oauthbearer", "keyring", account.ca_file)
    assert oauth_stack.oauth.asked == []


def asked_of(monkeypatch: pytest.MonkeyPatch, address: str, *answers: str) -> tuple[list[str], Account]:
    """Add an account on a terminal without trying it; return the questions and the account."""
    signed: list[Account] = []
    monkeypatch.setattr("tui.cli.signing_in.sign_in_here", lambda account, way=None: signed.append(account))
    asked = typed(monkeypatch, *answers)
    assert run(["account", "add", address, "--no-test"]) == 0
    (account,) = load().settings.account
    assert bool(signed) == account.signs_in
    return asked, account


@pytest.mark.parametrize(("address", "auth"), [("ana@gmail.com", "xoauth2"), ("ana@outlook.com", "xoauth2")])
def test_known_providers_offer_it(address: str, auth: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, account = asked_of(monkeypatch, address, "my-client")
    assert asked == ["Client ID for signing in with OAuth (empty: without)"]
    assert (account.oauth.client_id, account.auth) == ("my-client", auth)
    assert account.oauth.token_endpoint.startswith("https://")


def test_without_a_client_it_stays_a_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked, account = asked_of(monkeypatch, "ana@gmail.com", "", "app-password")
    assert len(asked) == 2
    assert (account.auth, account.signs_in) == ("password", False)
    assert "app password" in capsys.readouterr().err


def test_a_password_and_a_sign_in_are_not_taken_for_each_other(
    oauth_stack: OAuthStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    account_of(oauth_stack)
    add(config_folder(), Account("plain", "ana@fastmail.com", provider="fastmail"))
    with pytest.raises(InputError, match="`tridesk account login support`"):
        run(["account", "secret", "support"])
    with pytest.raises(InputError, match="`tridesk account secret plain`"):
        run(["account", "login", "plain"])


def test_the_documented_account_is_understood() -> None:
    text = (Path(__file__).parents[3] / "docs" / "email.md").read_text(encoding="utf-8")
    text = text.partition("## Sign in with OAuth")[2].partition("```toml\n")[2].partition("```")[0]
    config_folder().mkdir(parents=True)
    (config_folder() / "config.toml").write_text(text)
    (account,) = load().settings.account
    assert (account.auth, account.signs_in) == ("oauthbearer", True)


def test_a_sign_in_is_written_and_read_back() -> None:
    account = Account("support", "ana@gmail.com", provider="gmail", oauth=OAuth("c", scopes=("mail",)))
    path = add(config_folder(), account)
    assert as_written(config_folder()) == [account]
    change(config_folder(), "support", msgspec.structs.replace(account, oauth=OAuth("d")))
    assert load().settings.account[0].oauth.client_id == "d"
    change(config_folder(), "support", msgspec.structs.replace(account, oauth=OAuth()))
    assert "oauth" not in path.read_text()


def test_the_screen_saves_it_and_says_how_to_sign_in(oauth_stack: OAuthStack, browser: list[str]) -> None:
    account = msgspec.structs.replace(account_of(oauth_stack), name="other")
    setup = AccountSetup(config_folder(), lambda secrets: None)
    kept = setup.keep(account, "typed by mistake")
    assert kept.sentence.endswith("Sign it in with `tridesk account login other`.")
    with pytest.raises(ConnectorError, match=r"signs .* in; replies"):
        setup.try_out(account, "typed by mistake")
    assert "typed by mistake" not in str(filed_keyring.entries())
    assert run(["account", "login", "other"]) == 0
    assert setup.try_out(account) == "the mailbox is empty"
    assert "account login" not in setup.keep(account, "", before="other").sentence


def test_a_removed_account_leaves_no_tokens_unless_another_uses_them(
    oauth_stack: OAuthStack, browser: list[str]
) -> None:
    account = account_of(oauth_stack)
    assert run(["account", "login", "support"]) == 0
    add(config_folder(), msgspec.structs.replace(account, name="archive", mailbox="Archive"))
    assert run(["account", "remove", "support"]) == 0
    assert stored(account) is not None
    AccountSetup(config_folder(), lambda secrets: None).remove("archive")
    assert filed_keyring.entries() == {}


def test_a_locked_keyring_does_not_keep_an_account(
    oauth_stack: OAuthStack, browser: list[str], keyring_file: Path
) -> None:
    account_of(oauth_stack)
    assert run(["account", "login", "support"]) == 0
    keyring_file.with_suffix(".locked").touch()
    assert run(["account", "remove", "support"]) == 0
    assert not load().settings.account


@pytest.mark.parametrize(
    ("environment", "found"),
    [({"DISPLAY": ":0"}, True), ({"WAYLAND_DISPLAY": "w"}, True), ({}, False),
     ({"DISPLAY": ":0", "SSH_CONNECTION": "1 2 3 4"}, False)],
)  # fmt: skip
def test_a_browser_that_the_user_would_not_see_is_none(
    environment: dict[str, str], found: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("webbrowser.get", lambda: object())
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert has_browser() is found

"""Accounts as the settings name them, where their secrets are, and what their flags say."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import ConnectorError, InputError
from data.records.outbox import RemoteMail
from data.records.tickets import Priority, Status, Ticket
from queues.accounts.mail_account import Account, complete, complete_all
from queues.accounts.providers import PROVIDERS, Server, provider_of
from queues.accounts.secrets import SecretsAtHand
from queues.remotes.mail_flags import ANSWERED, SEEN, SOLVED, claim_of, claimed_by, marking, without_claims

GMAIL = Account("me", "ana@gmail.com", provider="gmail")


def test_a_provider_fills_in_the_servers() -> None:
    account = complete(GMAIL)
    assert (account.imap.host, account.imap.port, account.imap.security) == ("imap.gmail.com", 993, "tls")
    assert (account.smtp.host, account.smtp.port) == ("smtp.gmail.com", 465)
    assert (account.copy_sent, account.per_day, account.auth) == (False, 500, "password")
    assert (account.login, account.connector) == ("ana@gmail.com", "email:me")


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_provider_makes_a_whole_account(name: str) -> None:
    account = complete(Account("me", "ana@x.example", provider=name))
    assert account.imap.host
    assert account.smtp.host
    assert account.smtp.port == (465 if account.smtp.security == "tls" else 587)
    assert all(provider_of(f"Ana@{domain.upper()}") == name for domain in PROVIDERS[name].domains)


def test_what_the_account_says_goes_before_its_provider() -> None:
    account = complete(msgspec.structs.replace(GMAIL, smtp=Server("mine.example", 2525), copy_sent=True, per_day=7))
    assert (account.smtp.host, account.smtp.port, account.copy_sent, account.per_day) == ("mine.example", 2525, True, 7)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"name": "a b"}, "name"), ({"address": "ana"}, "address"), ({"provider": "gmial"}, "known are gmail"),
        ({"provider": ""}, "imap.host"), ({"secret": "hunter2"}, "secret"), ({"secret": "env:"}, "secret"),
        ({"per_minute": 0}, "per-minute"), ({"imap": Server("x", 70_000)}, "imap.port"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_named(changes: dict[str, object], named: str) -> None:
    with pytest.raises(InputError, match=named) as told:
        complete(msgspec.structs.replace(GMAIL, **changes))
    assert "hunter2" not in told.value.message


def test_two_accounts_of_one_name_are_refused() -> None:
    with pytest.raises(InputError, match="Two accounts"):
        complete_all((GMAIL, GMAIL))


def test_there_is_no_account_without_tls() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"host": "x", "security": "none"}, Server)


def secret(place: str, **asked: str) -> str:
    return SecretsAtHand(asked)(msgspec.structs.replace(GMAIL, secret=place))


def test_secrets_come_from_where_the_account_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_PW", "from the environment")
    assert secret("env:MAIL_PW") == "from the environment"
    assert secret("command:printf 'tok\\nen'") == "tok"
    assert secret("ask", me="typed") == "typed"


@pytest.mark.parametrize(
    ("place", "told"),
    [("env:NO_SUCH_THING", "NO_SUCH_THING is empty"), ("command:true", "printed nothing"), ("ask", "not typed"),
     ("command:echo hush >&2; exit 3", "code 3")],
)  # fmt: skip
def test_a_missing_secret_is_told_without_a_word_of_it(place: str, told: str) -> None:
    with pytest.raises(ConnectorError, match=told) as found:
        secret(place)
    assert "hush" not in found.value.message


def keyring_of(monkeypatch: pytest.MonkeyPatch, module: str, chained: bool) -> None:
    backend = type("Keyring", (), {"get_password": lambda self, service, user: f"{service}/{user}"})()
    type(backend).__module__ = module
    fake = ModuleType("keyring")
    fake.get_keyring = lambda: SimpleNamespace(backends=[backend]) if chained else backend  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", fake)


@pytest.mark.parametrize("chained", [True, False])
def test_the_systems_keyring_is_asked(monkeypatch: pytest.MonkeyPatch, chained: bool) -> None:
    keyring_of(monkeypatch, "keyring.backends.SecretService", chained)
    assert secret("keyring") == "tridesk/ana@gmail.com"


@pytest.mark.parametrize("module", ["keyrings.alt.file", "keyring.backends.fail"])
def test_a_keyring_that_may_ask_on_the_terminal_is_not_used(monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    keyring_of(monkeypatch, module, chained=True)
    with pytest.raises(ConnectorError, match="no keyring"):
        secret("keyring")


@given(st.text(min_size=1, max_size=30))
def test_any_agents_name_comes_back_from_its_keyword(agent: str) -> None:
    keyword = claim_of(agent)
    assert keyword.isascii()
    assert not set(keyword) & set(' ()"%*\\{]')
    assert claimed_by({SEEN, keyword.upper(), SOLVED}) == agent
    assert without_claims({SEEN, keyword}) == {SEEN}


def ticket(status: Status) -> Ticket:
    return Ticket(1, "mail", status, Priority.NORMAL, "s", 1, 100, 100)


def mail(*flags: str) -> RemoteMail:
    return RemoteMail("email:me", "INBOX", 1, 1, "0", 100, frozenset(flags))


@pytest.mark.parametrize(
    ("status", "last_sent", "add"),
    [(Status.NEW, None, set()), (Status.OPEN, None, {SEEN}), (Status.PENDING, 100, {SEEN, ANSWERED}),
     (Status.OPEN, 99, {SEEN}), (Status.SOLVED, 120, {SEEN, ANSWERED, SOLVED})],
)  # fmt: skip
def test_flags_say_what_became_of_a_ticket(status: Status, last_sent: int | None, add: set[str]) -> None:
    assert marking(mail(), ticket(status), last_sent).add == add


def test_a_reopened_ticket_is_no_longer_marked_as_solved_but_stays_seen() -> None:
    found = marking(mail(SEEN, ANSWERED, SOLVED), ticket(Status.OPEN), 120)
    assert not found.add
    assert found.remove == {SOLVED}

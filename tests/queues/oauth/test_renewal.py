"""Renewing tokens: once across windows and processes, before they expire, and whatever goes wrong meanwhile."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from data.errors import ConnectorError, UnreachableError
from data.locations import alone
from queues.accounts.mail_account import Account
from queues.oauth.account_secrets import MARGIN, YOUNG, AccountSecrets
from queues.oauth.faults import SignInNeededError
from queues.oauth.sign_in import sign_in
from queues.oauth.stored_tokens import Tokens, entry_of, renewing_alone, store, stored
from tests.servers import filed_keyring
from tests.servers.oauth_desk import Clock, Guide, account_at
from tests.servers.oauth_server import LIFE, OAuthServer

HOUSE = Path(__file__).parents[3]
PROCESSES = 8
LATE = LIFE + 1


@pytest.fixture
def account(server: OAuthServer, ca: Path, tmp_path: Path) -> Account:
    """An account that has just been signed in."""
    one = account_at(server, ca)
    sign_in(one, Guide(server, ca, one.login), Clock(), tmp_path / "locks", has_browser=True)
    return one


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def secrets(tmp_path: Path, clock: Clock) -> AccountSecrets:
    return AccountSecrets(tmp_path / "locks", clock)


def kept(account: Account) -> Tokens:
    tokens = stored(account)
    assert tokens is not None
    return tokens


def test_a_token_is_used_until_shortly_before_its_end(
    server: OAuthServer, account: Account, secrets: AccountSecrets, clock: Clock
) -> None:
    first = kept(account)
    assert secrets(account) == first.access_token
    clock.ahead = LIFE - MARGIN - 60
    assert secrets(account) == first.access_token
    assert server.refreshes == 0
    clock.ahead = LIFE - MARGIN + 1
    second = secrets(account)
    assert second != first.access_token
    assert secrets(account) == second
    assert server.refreshes == 1
    assert kept(account).refresh_token == server.grants[0].refresh
    assert server.wrongs == []


def test_a_short_life_is_used_too(server: OAuthServer, ca: Path, tmp_path: Path, secrets: AccountSecrets) -> None:
    server.life = 60
    one = account_at(server, ca)
    sign_in(one, Guide(server, ca, one.login), Clock(), tmp_path / "locks", has_browser=True)
    assert secrets(one) == kept(one).access_token
    assert server.refreshes == 0


def test_a_server_that_gives_no_new_refresh_token_is_asked_with_the_old_one(
    server: OAuthServer, account: Account, secrets: AccountSecrets, clock: Clock
) -> None:
    server.rotates = False
    first = kept(account)
    for hour in (1, 2):
        clock.ahead = server.ahead = hour * LATE
        secrets(account)
    assert kept(account).refresh_token == first.refresh_token
    assert server.refreshes == 2


def processes(account: Account, locks: Path, count: int, ahead: int, **more: str) -> list[subprocess.Popen[str]]:
    """Start processes that want a token as soon as they are told to."""
    site = locks.parent / "site"
    site.mkdir(exist_ok=True)
    (site / "keyring.py").write_text(filed_keyring.SITE)
    wanted = [msgspec.json.encode(account).decode(), str(locks), str(ahead)]
    return [
        subprocess.Popen(
            [sys.executable, "-P", "-m", "tests.servers.token_taker", *wanted],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=os.environ | {"PYTHONPATH": f"{site}:{HOUSE}", **more},
        )
        for _ in range(count)
    ]  # fmt: skip


def test_eight_processes_and_eight_threads_spend_one_refresh_token_once(
    server: OAuthServer, account: Account, tmp_path: Path, clock: Clock
) -> None:
    server.held.clear()  # the first has to wait for its answer, so that all the others are there
    clock.ahead = LATE
    running = processes(account, tmp_path / "locks", PROCESSES, LATE)
    with ThreadPoolExecutor(PROCESSES) as threads:
        answers = [threads.submit(AccountSecrets(tmp_path / "locks", clock), account) for _ in range(PROCESSES)]
        with ThreadPoolExecutor(PROCESSES) as readers:
            told = [readers.submit(one.communicate, "\n", 60) for one in running]
            server.held.set()
            got = {answer.result()[0].strip() for answer in told} | {answer.result() for answer in answers}
    assert got == {kept(account).access_token}
    assert server.refreshes == 1
    assert server.wrongs == []


@pytest.mark.parametrize("ending", ["invalid_grant", "interaction_required"])
@pytest.mark.parametrize("way", ["revoked", "expired in the middle"])
def test_what_the_server_takes_no_longer_is_one_sentence_and_not_asked_again(
    way: str, ending: str, server: OAuthServer, account: Account, secrets: AccountSecrets, clock: Clock, ca: Path,
    tmp_path: Path,
) -> None:  # fmt: skip
    server.ending = ending
    server.revoke_all()
    clock.ahead = LATE if way == "revoked" else LIFE - 60
    for _ in range(3):
        with pytest.raises(SignInNeededError, match="`tridesk account login support`") as told:
            secrets(account)
    assert "has expired or was revoked" in told.value.message
    assert "Replies wait" in told.value.message
    assert server.refreshes == 1
    sign_in(account, Guide(server, ca, account.login), clock, tmp_path / "locks", has_browser=True)
    assert secrets(account) == kept(account).access_token


def test_nobody_signed_in_is_told(server: OAuthServer, ca: Path, secrets: AccountSecrets) -> None:
    with pytest.raises(SignInNeededError, match="`tridesk account login support` signs"):
        secrets(account_at(server, ca))


@pytest.mark.parametrize("status", [-1, 302, 429, 500, 503])
def test_while_the_server_is_gone_the_old_token_is_used_to_its_end(
    status: int, server: OAuthServer, account: Account, secrets: AccountSecrets, clock: Clock
) -> None:
    first = kept(account)
    server.status = status
    clock.ahead = LIFE - 60
    assert secrets(account) == first.access_token
    clock.ahead = LATE
    with pytest.raises(UnreachableError) as told:
        secrets(account)
    assert not isinstance(told.value, SignInNeededError)
    server.status = 0
    assert secrets(account) not in ("", first.access_token)
    assert server.wrongs == []


@pytest.mark.parametrize("rotates", [True, False])
def test_an_answer_that_was_lost_on_the_way_is_asked_for_again(
    rotates: bool, server: OAuthServer, account: Account, secrets: AccountSecrets, clock: Clock
) -> None:
    server.rotates, server.loses_answers = rotates, 1
    clock.ahead = LATE
    with pytest.raises(UnreachableError, match="ended the connection"):
        secrets(account)
    if rotates:  # the server takes it for a thief's, and says so
        with pytest.raises(SignInNeededError, match="was cut short"):
            secrets(account)
    else:
        assert secrets(account) == kept(account).access_token


@pytest.mark.parametrize("rotates", [True, False])
def test_a_program_killed_between_the_answer_and_its_storing(
    rotates: bool, server: OAuthServer, account: Account, secrets: AccountSecrets, clock: Clock, tmp_path: Path,
    ca: Path,
) -> None:  # fmt: skip
    server.rotates = rotates
    (one,) = processes(account, tmp_path / "locks", 1, LATE, **{filed_keyring.KILL: "2"})
    said, _ = one.communicate("\n", timeout=60)
    assert (one.returncode, said) == (-9, "")
    assert server.refreshes == 1
    assert kept(account).renewing
    clock.ahead = LATE
    if not rotates:  # as Google and Microsoft do: the old one is still good
        assert secrets(account) == kept(account).access_token
        assert not kept(account).renewing
        return
    with pytest.raises(SignInNeededError, match="was cut short"):
        secrets(account)
    sign_in(account, Guide(server, ca, account.login), clock, tmp_path / "locks", has_browser=True)
    assert secrets(account) == kept(account).access_token


def test_a_keyring_that_takes_nothing_costs_no_token(
    server: OAuthServer, account: Account, secrets: AccountSecrets, clock: Clock, keyring_file: Path
) -> None:
    clock.ahead = LATE
    locked = keyring_file.with_suffix(".locked")
    locked.touch()
    with pytest.raises(UnreachableError, match="the keyring refused"):
        secrets(account)
    assert server.refreshes == 0
    locked.unlink()
    assert secrets(account) == kept(account).access_token
    assert server.wrongs == []


def test_a_clock_that_was_ahead_makes_no_token_good_for_ever(
    server: OAuthServer, account: Account, secrets: AccountSecrets, clock: Clock
) -> None:
    clock.ahead = 10 * 86_400
    secrets(account)
    assert server.refreshes == 1
    clock.ahead = 0  # the token seems to be of the day after next week
    second = secrets(account)
    assert server.refreshes == 2
    assert secrets(account) == second
    assert kept(account).obtained_at <= clock()


def test_a_token_that_is_refused_is_renewed_unless_it_is_new(
    server: OAuthServer, account: Account, secrets: AccountSecrets, clock: Clock
) -> None:
    first = secrets(account)
    assert secrets.renewed(account, first) == ""
    clock.ahead = YOUNG + 1
    second = secrets.renewed(account, first)
    assert second not in ("", first)
    # another window was told the same of the same token
    assert secrets.renewed(account, first) == second
    assert server.refreshes == 1


def test_another_client_and_another_server_do_not_get_the_tokens(
    server: OAuthServer, account: Account, secrets: AccountSecrets
) -> None:
    for change in ({"client_id": "other"}, {"issuer": "https://evil.example"}):
        oauth = msgspec.structs.replace(account.oauth, **change)
        with pytest.raises(SignInNeededError, match=r"signs .* in; replies"):
            secrets(msgspec.structs.replace(account, oauth=oauth))
    with pytest.raises(SignInNeededError, match=r"signs .* in; replies"):
        secrets(msgspec.structs.replace(account, address="bob@desk.example"))


def test_a_client_that_was_deleted_is_named_and_its_token_used_meanwhile(
    server: OAuthServer, account: Account, secrets: AccountSecrets, clock: Clock
) -> None:
    store(account, msgspec.structs.replace(kept(account), client_secret="surely wrong"))
    clock.ahead = LIFE - 60
    assert secrets(account) == kept(account).access_token
    clock.ahead = LATE
    with pytest.raises(UnreachableError, match="does not accept the client desk-client") as told:
        secrets(account)
    assert not isinstance(told.value, SignInNeededError)
    assert "surely wrong" not in told.value.message


def test_no_token_is_in_an_error_a_log_or_what_a_value_shows(
    server: OAuthServer, account: Account, secrets: AccountSecrets, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.echoes = True
    tokens = kept(account)
    said: list[str] = [repr(tokens), repr(secrets), f"{tokens}"]
    clock.ahead = LATE
    hidden = {tokens.access_token, tokens.refresh_token, "hush-hush"}
    store(account, msgspec.structs.replace(tokens, client_secret="hush-hush"))
    with pytest.raises(ConnectorError) as wrong_client:
        secrets(account)
    server.revoke_all()
    store(account, msgspec.structs.replace(tokens, client_secret=""))
    with pytest.raises(ConnectorError) as revoked:
        secrets(account)
    for error in (wrong_client.value, revoked.value):
        chain: BaseException | None = error
        while chain is not None:
            said += [str(chain), repr(chain)]
            chain = chain.__cause__ or chain.__context__
    assert "…" in wrong_client.value.message
    assert not any(secret in text for secret in hidden for text in (*said, caplog.text))


def test_what_is_no_entry_of_ours_counts_as_none(
    server: OAuthServer, account: Account, secrets: AccountSecrets, keyring_file: Path
) -> None:
    whole = json.loads(keyring_file.read_text())
    assert list(whole) == [f"tridesk {entry_of(account)}"]
    for text in ("a password", "{}", '{"access_token": 1}'):
        keyring_file.write_text(json.dumps(dict.fromkeys(whole, text)))
        with pytest.raises(SignInNeededError, match=r"signs .* in; replies"):
            secrets(account)


def test_who_waits_too_long_for_another_window_is_told(account: Account, tmp_path: Path) -> None:
    pauses: list[float] = []
    with (
        renewing_alone(account, tmp_path / "locks"),
        pytest.raises(UnreachableError, match="Another tridesk is renewing"),
        renewing_alone(account, tmp_path / "locks", pause=pauses.append),
    ):
        raise AssertionError("two hold it")
    assert 44 < sum(pauses) < 46
    (lock,) = (tmp_path / "locks").iterdir()
    assert lock.stat().st_mode & 0o777 == 0o600
    assert account.login not in lock.name
    with alone(lock) as held:
        assert held


def test_without_a_keyring_nobody_signs_in_for_nothing(
    server: OAuthServer, ca: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    guide = Guide(server, ca, "ana")
    with pytest.raises(UnreachableError, match="have no place: the keyring is not installed"):
        sign_in(account_at(server, ca), guide, Clock(), tmp_path, has_browser=True)
    assert guide.shown == []
    assert server.asked == []


def test_a_server_that_answers_nonsense_is_told(
    server: OAuthServer, account: Account, secrets: AccountSecrets, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.ahead = LATE
    for body in (
        b"<html>",
        b"[]",
        b"{}",
        b'{"access_token": "a\\nb", "token_type": "bearer"}',
        b'{"access_token": "a", "token_type": "mac"}',
        b'{"access_token": 5, "token_type": "bearer"}',
    ):
        monkeypatch.setattr(server, "answer", lambda *_, body=body: (200, {}, body))
        with pytest.raises(UnreachableError):
            secrets(account)

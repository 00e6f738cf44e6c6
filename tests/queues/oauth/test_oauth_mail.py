"""Mail with tokens: Dovecot and Postfix ask a real OAuth server about each of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from data.records.outbox import OutboxState
from data.store import Store
from queues.connectors.mail_faults import LoginRefusedError
from queues.oauth.account_secrets import YOUNG
from queues.oauth.faults import SignInNeededError
from queues.remotes.links import LinkState
from tests.servers.desk_at_mail import received, until
from tests.servers.oauth_desk import OAuthDesk, OAuthStack
from tests.servers.oauth_server import LIFE
from tui.accounts.mail_worker import MailKeeper

numbers = count(1)
LATE = LIFE + 1


@pytest.fixture
def customer(stack: OAuthStack) -> str:
    return stack.mail.add_user(f"buyer{next(numbers)}", "clientes.example")[0]


@pytest.fixture
def desk(stack: OAuthStack, tmp_path: Path) -> Iterator[OAuthDesk]:
    one = OAuthDesk(stack, tmp_path, stack.mail.add_user(f"agent{next(numbers)}")[0])
    yield one
    one.stop()


def with_a_ticket(desk: OAuthDesk, customer: str) -> None:
    desk.sign_in()
    desk.write(1, sender=customer)
    until(lambda: received(desk.stack, desk.address))
    assert desk.once() == 1


def later(desk: OAuthDesk, seconds: int = LATE) -> None:
    """Let time pass for desk and server."""
    desk.token_clock.ahead += seconds
    desk.server.ahead += seconds


@pytest.mark.parametrize("auth", ["xoauth2", "oauthbearer"])
@pytest.mark.parametrize("length", [40, 3000])
def test_mail_comes_and_goes_with_tokens_short_and_long(
    auth: str, length: int, stack: OAuthStack, tmp_path: Path, customer: str
) -> None:
    stack.oauth.token_length = length
    desk = OAuthDesk(stack, tmp_path, stack.mail.add_user(f"agent{next(numbers)}")[0], auth=auth)
    with_a_ticket(desk, customer)
    desk.reply(1)
    desk.once()
    assert desk.states() == [OutboxState.SENT]
    until(lambda: len(received(stack.mail, customer)) == 1)
    assert stack.oauth.wrongs == []
    assert stack.oauth.refreshes == 0


@pytest.mark.parametrize("auth", ["xoauth2", "oauthbearer"])
def test_a_token_of_another_user_opens_no_mailbox(auth: str, stack: OAuthStack, tmp_path: Path) -> None:
    desk = OAuthDesk(stack, tmp_path, stack.mail.add_user(f"agent{next(numbers)}")[0], auth=auth)
    desk.sign_in("bob@customers.example")
    with pytest.raises(LoginRefusedError, match=r"account login support|cannot check the token") as told:
        desk.once()
    assert desk.tokens().access_token not in told.value.message
    assert stack.oauth.refreshes == 0


def test_a_token_that_ends_in_the_middle_of_idle_is_renewed_and_mail_comes(desk: OAuthDesk, customer: str) -> None:
    desk.sign_in()
    desk.start()
    desk.until_online()
    desk.server.end_access()  # by its own clock the desk would still use it
    desk.token_clock.ahead += YOUNG + 1
    desk.stack.stop_imap()  # as a provider ends a connection whose token is over
    desk.write(1, sender=customer)
    desk.stack.start_imap()
    until(lambda: len(desk.tickets()) == 1, lambda: desk.said)
    desk.until_online()
    assert desk.server.refreshes == 1
    assert desk.server.wrongs == []
    desk.reply(1)
    until(lambda: desk.states() == [OutboxState.SENT], lambda: desk.said)


def test_a_token_that_was_taken_back_is_replaced_in_the_same_attempt(desk: OAuthDesk, customer: str) -> None:
    with_a_ticket(desk, customer)
    desk.server.end_access()
    with pytest.raises(LoginRefusedError):  # it is so new that another would not help
        desk.once()
    assert desk.server.refreshes == 0
    desk.token_clock.ahead += YOUNG + 1
    assert desk.once() == 0
    assert desk.server.refreshes == 1


def test_a_reply_is_sent_with_a_new_token_when_the_old_one_is_over(desk: OAuthDesk, customer: str) -> None:
    with_a_ticket(desk, customer)
    desk.reply(1)
    later(desk)
    desk.once()
    assert desk.states() == [OutboxState.SENT]
    assert desk.server.refreshes == 1


def test_a_sign_in_that_was_revoked_costs_no_reply(desk: OAuthDesk, customer: str) -> None:
    with_a_ticket(desk, customer)
    desk.reply(1)
    desk.server.revoke_all()
    later(desk)
    for _ in range(12):  # more often than a reply may be refused
        with pytest.raises(SignInNeededError, match="`tridesk account login support`"):
            desk.once()
    (entry,) = desk.outbox()
    assert (entry.state, entry.attempts) == (OutboxState.QUEUED, 0)
    link = desk.link()
    assert link is not None
    assert (link.state, "account login support" in link.sentence) == (LinkState.OFFLINE, True)
    assert desk.server.refreshes == 1
    desk.sign_in()
    desk.once()
    assert desk.states() == [OutboxState.SENT]
    until(lambda: len(received(desk.stack, customer)) == 1)


def test_a_desk_that_runs_goes_on_by_itself_after_the_sign_in(desk: OAuthDesk, customer: str) -> None:
    with_a_ticket(desk, customer)
    desk.server.revoke_all()
    later(desk)
    desk.start()
    until(lambda: any("account login support" in one for one in desk.said), lambda: desk.said)
    desk.reply(1)
    desk.sign_in()
    until(lambda: desk.states() == [OutboxState.SENT], lambda: desk.said)
    until(lambda: "support: online again." in desk.said, lambda: desk.said)
    assert [entry.attempts for entry in desk.outbox()] == [1]


def test_a_token_that_is_refused_while_sending_costs_no_reply(desk: OAuthDesk, customer: str) -> None:
    with_a_ticket(desk, customer)
    desk.start()
    desk.until_online()  # the mailbox is open: only the way out needs another login
    desk.server.revoke_all()
    later(desk)
    desk.reply(1)
    until(lambda: any("account login support" in one for one in desk.said), lambda: desk.said)
    (entry,) = desk.outbox()
    assert (entry.state, entry.attempts) == (OutboxState.QUEUED, 0)
    desk.stop()
    desk.sign_in()
    desk.once()
    assert desk.states() == [OutboxState.SENT]


def test_a_sign_in_server_that_is_gone_costs_no_reply(desk: OAuthDesk, customer: str) -> None:
    with_a_ticket(desk, customer)
    desk.reply(1)
    later(desk, LIFE + 1)
    refresh = desk.tokens().refresh_token
    desk.server.status = -1
    with pytest.raises(Exception, match="ended the connection"):
        desk.once()
    assert desk.tokens().refresh_token == refresh
    assert [(entry.state, entry.attempts) for entry in desk.outbox()] == [(OutboxState.QUEUED, 0)]
    desk.server.status = 0
    desk.once()
    assert desk.states() == [OutboxState.SENT]
    assert desk.server.wrongs == []


def test_two_desks_on_one_mailbox_spend_one_refresh_token(
    stack: OAuthStack, desk: OAuthDesk, tmp_path: Path, customer: str
) -> None:
    desk.sign_in()
    other = OAuthDesk(stack, tmp_path, desk.address, agent="mar")
    other.token_clock = desk.token_clock
    other.secrets._clock = desk.token_clock
    later(desk)
    stack.oauth.held.clear()
    desk.start()
    other.start()
    try:
        until(lambda: stack.oauth.refreshes == 1)
        stack.oauth.held.set()
        desk.until_online()
        other.until_online()
        desk.write(1, sender=customer)
        until(lambda: len(desk.tickets()) == len(other.tickets()) == 1, lambda: (desk.said, other.said))
    finally:
        other.stop()
    assert stack.oauth.refreshes == 1
    assert stack.oauth.wrongs == []


def test_no_token_is_in_a_file_of_the_desk(desk: OAuthDesk, customer: str, tmp_path: Path, keyring_file: Path) -> None:
    with_a_ticket(desk, customer)
    first = desk.tokens()
    desk.reply(1)
    later(desk)
    desk.once()
    second = desk.tokens()
    desk.server.revoke_all()
    later(desk)
    with pytest.raises(SignInNeededError):
        desk.once()
    with closing(Store.open(desk.path)):
        files = [path for path in tmp_path.rglob("*") if path.is_file() and path != keyring_file]
        contents = [path.read_bytes() for path in files]
    assert desk.path in files
    hidden = {first.access_token, first.refresh_token, second.access_token, second.refresh_token}
    assert len(hidden) == 4
    assert not any(token.encode() in content for token in hidden for content in contents)


def test_the_keeper_of_the_program_signs_in_by_itself(desk: OAuthDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program's own source of secrets is one that renews."""
    from tui.setup.secrets_at_hand import account_secrets

    monkeypatch.setattr("tui.setup.secrets_at_hand.wall_clock", desk.token_clock)
    desk.sign_in()
    later(desk)
    keeper = MailKeeper(desk.path, desk.settings, account_secrets(), tell=desk.said.append)
    try:
        assert keeper.once(desk.account)[0] == 0
    finally:
        keeper.close()
    assert desk.server.refreshes == 1

"""Testing an account, and where its work begins: for `tridesk account` and the form on the screen. Never prompts."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from queues.accounts.mail_account import Account, complete
from queues.accounts.ticketing_system import Tracker
from queues.accounts.work_start import NOW, beginning_now, beginning_on
from queues.connectors.base import connector_class
from tui.look.words import counted, words
from tui.setup.secrets_at_hand import account_secrets

if TYPE_CHECKING:
    from queues.accounts.secrets import Secrets
    from queues.connectors.imap_answers import Stock


def try_account(account: Account | Tracker, typed: str = "") -> str:
    """Log in and return a short description of what was found; `typed` is the secret if it was just typed.

    Takes as long as the servers do. Raises DeskError with the reason if it fails.
    """
    secrets = _secrets(account, typed)
    if isinstance(account, Account):
        from queues.connectors.email import EmailConnector

        return in_words(EmailConnector(complete(account), secrets).check())
    system = connector_class(account.kind)(account, secrets)
    try:
        return str(system.check())
    finally:
        system.close()


def stock_of(one: Account, typed: str = "") -> Stock:
    """Log in to the mailbox and return how much mail is there. Raises DeskError with the reason if that fails."""
    from queues.connectors.email import EmailConnector

    return EmailConnector(complete(one), _secrets(one, typed)).stock()


def in_words(stock: Stock) -> str:
    """Say how much mail is in a mailbox."""
    if not stock.mails:
        return words("the mailbox is empty")
    mails = counted("{n:,} mail", "{n:,} mails", stock.mails).format(n=stock.mails)
    return words("{mails} since {day}, {unanswered:,} unanswered").format(
        mails=mails, day=_day(stock.oldest_at), unanswered=stock.unanswered
    )


def begun(one: Account, stock: Stock | None, said: str, now: int) -> Account:
    """Return the account with its work beginning as `said`: `now`, `all` or a day. Raises InputError for others.

    Without `stock` the place in the mailbox is unknown: the moment alone says what `now` is.
    """
    if said != NOW:
        return beginning_on(one, said)
    if stock is None:
        return beginning_now(one, now)
    return beginning_now(one, now, uidvalidity=stock.uidvalidity, uid=stock.last_uid)


def usual_start(stock: Stock) -> str:
    """Return from when on the mail of a new account is work unless the agent says otherwise.

    What desks share is work on all of them: from the day of the first mail that one of them marked.
    """
    return _day(stock.shared_at) if stock.shared_at else NOW


def _day(at: int) -> str:
    return datetime.fromtimestamp(at).date().isoformat()


def _secrets(account: Account | Tracker, typed: str) -> Secrets:
    """Return the source of the account's secret; who signs in has typed nothing that counts."""
    signs_in = isinstance(account, Account) and account.signs_in
    return _Typed(typed) if typed and not signs_in else account_secrets()


class _Typed:
    """The secret that was just typed, wherever it will be stored."""

    def __init__(self, typed: str) -> None:
        self._typed = typed

    def __call__(self, account: object) -> str:
        return self._typed

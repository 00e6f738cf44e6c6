"""Testing an account: shared by `tridesk account` and the form on the screen. Never prompts."""

from __future__ import annotations

from queues.accounts.mail_account import Account, complete
from queues.accounts.secrets import SecretsAtHand
from queues.accounts.ticketing_system import Tracker
from queues.connectors.base import connector_class


def try_account(one: Account | Tracker, typed: str = "") -> str:
    """Log in and return a short description of what was found; `typed` is the secret if it was just typed.

    Takes as long as the servers do. Raises DeskError with the reason if it fails.
    """
    secrets = _Typed(typed) if typed else SecretsAtHand()
    if isinstance(one, Account):
        from queues.connectors.email import EmailConnector

        EmailConnector(complete(one), secrets).check()
        return ""
    system = connector_class(one.kind)(one, secrets)
    try:
        return str(system.check())
    finally:
        system.close()


class _Typed:
    """The secret that was just typed, wherever it will be stored."""

    def __init__(self, typed: str) -> None:
        self._typed = typed

    def __call__(self, account: object) -> str:
        return self._typed

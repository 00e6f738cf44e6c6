"""Passwords and tokens, read from where the account says and kept in memory only during a login."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from data.errors import UnreachableError
from queues.accounts.system_keyring import NoSecretError, line_of_command, read, write

_OTHERWISE = "; or set secret to env:NAME, command:… or ask"


class Keyed(Protocol):
    """What a secret belongs to: a mail account or a ticketing system."""

    @property
    def name(self) -> str:
        """Its name in the settings."""
        ...

    @property
    def login(self) -> str:
        """Who logs in; the keyring keeps the secret under it."""
        ...

    @property
    def secret(self) -> str:
        """Where the secret is."""
        ...


class Secrets(Protocol):
    """The source of an account's secret, for a connector."""

    def __call__(self, account: Keyed, /) -> str:
        """Return the password or token, read again each time, so that a change applies at the next login."""
        ...


@runtime_checkable
class Renewing(Protocol):
    """A source of secrets that can get a new token for one that was refused."""

    def renewed(self, account: Keyed, refused: str, /) -> str:
        """Return another token than the refused one, the empty string if there is no other to be had.

        Raises ConnectorError with the reason if there should be one.
        """
        ...


class SecretsAtHand:
    """Reads secrets from keyring, environment or a command; `asked` has the secrets typed at start."""

    def __init__(self, asked: Mapping[str, str] | None = None) -> None:
        self._asked = dict(asked or {})

    def __call__(self, account: Keyed) -> str:
        """Return the secret of the account. Raises UnreachableError if it is not there."""
        kind, _, place = account.secret.partition(":")
        match kind:
            case "env":
                result = os.environ.get(place, "")
                missing = f"the environment variable {place} is empty; set it before the desk starts"
            case "command":
                result, missing = _of_command(place), "the command printed nothing; try it in a shell"
            case "ask":
                result = self._asked.get(account.name, "")
                missing = "it was not typed at the start; start the desk in a terminal"
            case _:
                result = keyring_get(account)
                missing = f"the keyring has none; give it with `tridesk account secret {account.name}`"
        if not result:
            raise _none(account, missing)
        return result


def _of_command(command: str) -> str:
    try:
        return line_of_command(command)
    except NoSecretError as error:
        raise UnreachableError("No password", f"The command for the password {error}; try it in a shell.") from error


def keyring_get(account: Keyed) -> str:
    """Return the account's secret from the system's keyring, or an empty string. Raises UnreachableError if none."""
    try:
        return read(account.login)
    except NoSecretError as error:
        raise _none(account, f"{error}{_OTHERWISE if error.is_missing else ''}") from error


def keyring_put(account: Keyed, secret: str) -> None:
    """Store the account's secret in the keyring. Raises UnreachableError if no keyring accepts it."""
    try:
        write(account.login, secret)
    except NoSecretError as error:
        raise _none(account, f"{error}{_OTHERWISE if error.is_missing else ''}") from error


def _none(account: Keyed, why: str) -> UnreachableError:
    return UnreachableError("No password", f"There is no password for {account.login}: {why}.")

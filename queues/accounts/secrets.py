"""Passwords and tokens, read from where the account says and kept in memory only during a login."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from typing import Protocol

from data.errors import UnreachableError
from queues.ground import children

COMMAND_SECONDS = 30
SERVICE = "tridesk"
"""The service name of our entries in the keyring."""


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
    """Return the first line printed by a command from the user's settings."""
    try:
        with subprocess.Popen(
            ["/bin/sh", "-c", command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            children.adopt(process)
            try:
                written, _ = process.communicate(timeout=COMMAND_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnreachableError(
            "No password", f"The command for the password failed ({type(error).__name__}); try it in a shell."
        ) from error
    if process.returncode:
        raise UnreachableError(
            "No password", f"The command for the password ended with code {process.returncode}; try it in a shell."
        )
    lines = written.decode("utf-8", "replace").splitlines()
    return lines[0].strip() if lines else ""


def keyring_get(account: Keyed) -> str:
    """Return the account's secret from the system's keyring, or an empty string. Raises UnreachableError if none."""
    keyring = _keyring(account)
    try:
        return str(keyring.get_password(SERVICE, account.login) or "")
    except Exception as error:  # a last resort: keyring backends may raise anything
        raise _none(account, f"the keyring refused ({type(error).__name__}); unlock it") from error


def keyring_put(account: Keyed, secret: str) -> None:
    """Store the account's secret in the keyring. Raises UnreachableError if no keyring accepts it."""
    keyring = _keyring(account)
    try:
        keyring.set_password(SERVICE, account.login, secret)
    except Exception as error:  # as above
        raise _none(account, f"the keyring refused ({type(error).__name__}); unlock it") from error


class _Keyring(Protocol):
    def get_password(self, service: str, username: str, /) -> str | None: ...
    def set_password(self, service: str, username: str, password: str, /) -> None: ...


def _keyring(account: Keyed) -> _Keyring:
    """Return the system's keyring; refuse a backend that prompts on the terminal: it would hang."""
    another = "set secret to env:NAME, command:… or ask"
    try:
        import keyring
    except ImportError as error:
        raise _none(account, f"the keyring is not installed (pip install 'tridesk[keyring]'); or {another}") from error
    backend = keyring.get_keyring()
    for item in getattr(backend, "backends", [backend]):
        place = type(item).__module__
        if place.startswith("keyring.backends.") and place.rpartition(".")[2] not in {"fail", "null", "chainer"}:
            result: _Keyring = item
            return result
    raise _none(account, f"this system has no keyring; {another}")


def _none(account: Keyed, why: str) -> UnreachableError:
    return UnreachableError("No password", f"There is no password for {account.login}: {why}.")

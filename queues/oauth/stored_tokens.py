"""An account's tokens in the keyring: one entry, bound to client and server, written whole."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from data.errors import UnreachableError
from data.locations import alone, private_file, private_folder
from queues.accounts import system_keyring
from queues.accounts.mail_account import Account
from queues.accounts.system_keyring import NoSecretError, read, write

PATIENCE = 45.0
"""Seconds to wait while another process renews: longer than a silent server may take."""
_LOOK_SECONDS = 0.1


class Tokens(msgspec.Struct, frozen=True):
    """What the keyring holds of an account."""

    access_token: str
    refresh_token: str
    """Empty once the server has refused it."""
    obtained_at: int
    """Unix seconds."""
    expires_at: int
    """0 if the server did not say."""
    token_endpoint: str
    client_secret: str = ""
    renewing: bool = False
    """A renewal began and its end was not stored: its answer may have been lost with the program."""

    def __repr__(self) -> str:
        return "Tokens(…)"


def entry_of(account: Account) -> str:
    """Return the name of the account's entry. Another client or another server has another: none gets these tokens."""
    return f"oauth:{account.login}:{account.oauth.client_id}@{account.oauth.place}"


def stored(account: Account) -> Tokens | None:
    """Return what the keyring has, None if that is nothing usable. Raises UnreachableError without a keyring."""
    try:
        text = read(entry_of(account))
    except NoSecretError as error:
        raise _no_place(account, error) from error
    try:
        return msgspec.json.decode(text, type=Tokens) if text else None
    except msgspec.DecodeError:
        return None


def store(account: Account, tokens: Tokens) -> None:
    """Write the entry. Raises UnreachableError if no keyring accepts it."""
    try:
        write(entry_of(account), msgspec.json.encode(tokens).decode())
    except NoSecretError as error:
        raise _no_place(account, error) from error


def forget(account: Account) -> None:
    """Remove the entry. Raises UnreachableError without a keyring."""
    try:
        system_keyring.forget(entry_of(account))
    except NoSecretError as error:
        raise _no_place(account, error) from error


def _no_place(account: Account, error: NoSecretError) -> UnreachableError:
    if error.is_missing:
        return UnreachableError(
            "No keyring",
            f"The tokens of {account.login} have no place: {error}. Without one, set secret to a command that prints a "
            "fresh token.",
        )
    return UnreachableError("No keyring", f"The tokens of {account.login} have no place: {error}.")


@contextmanager
def renewing_alone(
    account: Account, folder: Path, *, patience: float = PATIENCE, pause: Callable[[float], object] = time.sleep
) -> Iterator[None]:
    """Hold the lock of the account's tokens against every window and process of this user.

    A refresh token that two of them spent would end the sign-in (RFC 9700, 4.14.2). Raises UnreachableError if it
    cannot be had. It is free again when its holder ends, however that happens.
    """
    name = hashlib.sha256(entry_of(account).encode()).hexdigest()[:24]
    path = folder / f"sign-in-{name}.lock"
    waited = 0.0
    try:
        private_file(private_folder(folder) / path.name)
    except OSError as error:
        raise UnreachableError("Sign-in busy", f"{path} cannot be made ({error.strerror}).") from error
    while True:
        with alone(path) as held:
            if held:
                yield
                return
        if waited >= patience:
            raise UnreachableError(
                "Sign-in busy", f"Another tridesk is renewing the sign-in of {account.login}; it is tried again."
            )
        pause(_LOOK_SECONDS)
        waited += _LOOK_SECONDS

"""Accounts as the screen sets them up: read, tried, kept and taken away. Every call may take time: for workers only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from data.errors import ConnectorError, InputError
from tui.accounts.config_writing import add, as_written, change, remove
from tui.look.words import words

if TYPE_CHECKING:
    from queues.accounts.forms import Remote


@dataclass(frozen=True, slots=True)
class Kept:
    """An account that was written down."""

    name: str
    sentence: str
    """What the agent should know."""


class AccountSetup:
    """The accounts of one `config.toml`, and what happens once they changed."""

    def __init__(self, folder: Path, begin_anew: Callable[[dict[str, str]], object]) -> None:
        """`begin_anew` lets the desk and what looks after its mail take the accounts of today; it may take seconds.

        It is given the secrets that were typed and are kept nowhere, by account name.
        """
        self._folder, self._begin_anew = folder, begin_anew
        self._typed: dict[str, str] = {}

    def accounts(self) -> list[Remote]:
        """Return the accounts as they are written. Raises InputError where the file cannot be used."""
        return as_written(self._folder)

    def try_out(self, one: Remote, typed: str = "") -> str:
        """Log in, and return what was found in a few words. Raises DeskError with what is wrong."""
        from tui.accounts.trial import try_account

        return try_account(one, typed or self._typed.get(one.name, ""))

    def keep(self, one: Remote, typed: str, before: str = "") -> Kept:
        """Write the account down, in the place of the one called `before`. Raises DeskError with what is in the way.

        The secret goes where the account says; without a keyring it is asked for at each start.
        """
        if one.name != before and any(known.name == one.name for known in self.accounts()):
            raise InputError("Account exists", f"There is an account {one.name!r} already; give it another name.")
        one, note = self._with_secret(one, typed)
        path = change(self._folder, before, one) if before else add(self._folder, one)
        told = words("The account {name} is in {path}.").format(name=one.name, path=path)
        return Kept(one.name, f"{told} {note}".strip())

    def remove(self, name: str) -> None:
        """Take the account out of the settings; its tickets stay. Raises InputError."""
        remove(self._folder, name)
        self._typed.pop(name, None)

    def begin_anew(self) -> None:
        """Let the desk take the accounts of today. Raises DeskError where the settings cannot be used."""
        self._begin_anew(self._typed)

    def _with_secret(self, one: Remote, typed: str) -> tuple[Remote, str]:
        if not typed:
            return one, ""
        if one.secret == "keyring":
            from queues.accounts.secrets import keyring_put

            try:
                keyring_put(one, typed)
                return one, ""
            except ConnectorError:
                self._typed[one.name] = typed
                note = words("No keyring here takes the password: it is asked for at each start.")
                return msgspec.structs.replace(one, secret="ask"), note
        if one.secret == "ask":
            self._typed[one.name] = typed
            return one, words("The password is asked for at each start.")
        return one, words("What was typed is not kept: it is read from {place}.").format(place=one.secret)

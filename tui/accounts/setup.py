"""Account operations for the screen: read, test, save, remove. Every call may block: for workers only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from data.errors import ConnectorError, DeskError, InputError
from data.protocols import Clock
from tui.accounts.config_writing import add, as_written, change, remove
from tui.look.words import words
from tui.setup.clock import wall_clock

if TYPE_CHECKING:
    from queues.accounts.forms import Remote
    from queues.accounts.mail_account import Account


@dataclass(frozen=True, slots=True)
class Kept:
    """A saved account."""

    name: str
    sentence: str
    """A message for the agent."""


def take_out(folder: Path, name: str) -> Path:
    """Remove an account from the settings, and its tokens from the keyring; return the file. Raises InputError."""
    try:
        before = as_written(folder)
    except InputError:
        before = []  # another account is invalid: this one can go, and its tokens stay
    path = remove(folder, name)
    gone = [account for account in before if account.name == name]
    _forget_tokens(gone, [account for account in before if account.name != name])
    return path


def _forget_tokens(gone: list[Remote], left: list[Remote]) -> None:
    """Remove the tokens of accounts unless another one uses them; without a keyring there are none."""
    from queues.accounts.mail_account import Account, complete
    from queues.oauth.stored_tokens import entry_of, forget

    try:
        used = {entry_of(complete(one)) for one in left if isinstance(one, Account) and one.signs_in}
        for account in (complete(one) for one in gone if isinstance(one, Account) and one.signs_in):
            if entry_of(account) not in used:
                forget(account)
    except (ConnectorError, InputError):
        return


class AccountSetup:
    """The accounts of one `config.toml`, and the reload after a change."""

    def __init__(self, folder: Path, begin_anew: Callable[[dict[str, str]], object], clock: Clock = wall_clock) -> None:
        """`begin_anew` reloads the accounts in the desk and the mail process; it may take seconds.

        It gets the secrets that were typed and are stored nowhere, by account name.
        """
        self._folder, self._begin_anew, self._clock = folder, begin_anew, clock
        self._typed: dict[str, str] = {}

    def accounts(self) -> list[Remote]:
        """Return the accounts as written in the file. Raises InputError if the file cannot be used."""
        return as_written(self._folder)

    def try_out(self, account: Remote, typed: str = "") -> str:
        """Log in and return a short description of what was found. Raises DeskError with the reason if that fails."""
        from tui.accounts.trial import try_account

        return try_account(account, typed or self._typed.get(account.name, ""))

    def keep(self, account: Remote, typed: str, before: str = "") -> Kept:
        """Save the account, replacing the account called `before`. Raises DeskError with the reason if it cannot.

        The secret is stored where the account says; without a keyring it is asked for at each start.
        """
        if account.name != before and any(known.name == account.name for known in self.accounts()):
            raise InputError("Account exists", f"There is an account {account.name!r} already; give it another name.")
        account, note = self._with_secret(self._begun(account, typed), typed)
        path = change(self._folder, before, account) if before else add(self._folder, account)
        sentence = words("The account {name} was saved in {path}.").format(name=account.name, path=path)
        return Kept(account.name, f"{sentence} {note}".strip())

    def remove(self, name: str) -> None:
        """Remove the account from the settings; its tickets stay. Raises InputError."""
        take_out(self._folder, name)
        self._typed.pop(name, None)

    def begin_anew(self) -> None:
        """Reload the accounts in the desk. Raises DeskError if the settings cannot be used."""
        self._begin_anew(self._typed)

    def _begun(self, one: Remote, typed: str) -> Remote:
        """Return the account with the moment and the place in the mailbox where its work begins, if that is now."""
        from queues.accounts.mail_account import Account
        from queues.accounts.work_start import NOW, is_undecided
        from tui.accounts.trial import begun, stock_of

        if not isinstance(one, Account) or not is_undecided(one):
            return one
        try:
            stock = stock_of(one, typed or self._typed.get(one.name, ""))
        except DeskError:
            stock = None  # an account may be saved before its servers can be reached
        return begun(one, stock, NOW, self._clock())

    def _is_signed_in(self, account: Account) -> bool:
        from queues.accounts.mail_account import complete
        from queues.oauth.stored_tokens import stored

        try:
            return stored(complete(account)) is not None
        except ConnectorError:
            return False

    def _with_secret(self, account: Remote, typed: str) -> tuple[Remote, str]:
        from queues.accounts.mail_account import Account

        if isinstance(account, Account) and account.signs_in:
            note = words("Sign it in with `tridesk account login {name}`.").format(name=account.name)
            return account, "" if self._is_signed_in(account) else note
        if not typed:
            return account, ""
        if account.secret == "keyring":
            from queues.accounts.secrets import keyring_put

            try:
                keyring_put(account, typed)
                return account, ""
            except ConnectorError:
                self._typed[account.name] = typed
                note = words("No keyring is available here, so the password is asked for at each start.")
                return msgspec.structs.replace(account, secret="ask"), note
        if account.secret == "ask":
            self._typed[account.name] = typed
            return account, words("The password is asked for at each start.")
        return account, words("What you typed is not stored; it is read from {place}.").format(place=account.secret)

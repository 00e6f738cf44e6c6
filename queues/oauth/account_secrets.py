"""The secrets of all accounts: passwords from where they are, tokens from the keyring, renewed before they expire."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from data.errors import UnreachableError
from data.protocols import Clock
from queues.accounts.mail_account import Account
from queues.accounts.secrets import Keyed, SecretsAtHand
from queues.oauth import faults
from queues.oauth.stored_tokens import Tokens, renewing_alone, store, stored
from queues.oauth.token_server import ENDED, Granted, RefusedGrantError, TokenServer

MARGIN = 300
"""Seconds before its end in which a token is renewed, at most a fifth of its life."""
YOUNG = 300
"""Seconds after it was obtained in which a token that a mail server refuses is not renewed: a newer one would not help,
and each attempt to connect would take one.
"""


class AccountSecrets:
    """The source of every account's secret (`Secrets`, `Renewing`)."""

    def __init__(self, locks: Path, clock: Clock, asked: Mapping[str, str] | None = None) -> None:
        """`locks` is a folder of this user's, the same for every process; `asked` has the secrets typed at start."""
        self._locks, self._clock, self._typed = locks, clock, SecretsAtHand(asked)

    def __call__(self, account: Keyed) -> str:
        """Return the password or a token that is good now. Raises UnreachableError if there is none."""
        if not isinstance(account, Account) or not account.signs_in:
            return self._typed(account)
        tokens = self._known(account)
        if not self._is_due(tokens):
            return tokens.access_token
        return self._renewed(account, "").access_token

    def renewed(self, account: Keyed, refused: str) -> str:
        """Return another token than the one that a mail server refused; empty if that would not help."""
        if not isinstance(account, Account) or not account.signs_in:
            return ""
        tokens = self._known(account)
        if tokens.access_token == refused and 0 <= self._clock() - tokens.obtained_at < YOUNG:
            return ""
        return self._renewed(account, refused).access_token

    def _known(self, account: Account) -> Tokens:
        """Return the account's tokens. Raises SignInNeededError if there are none, or none that can be renewed."""
        tokens = stored(account)
        if tokens is None:
            raise faults.not_signed_in(account.name, account.login)
        if not tokens.refresh_token:
            server = urlsplit(tokens.token_endpoint).netloc
            reason = faults.interrupted if tokens.renewing else faults.expired
            raise reason(account.name, account.login, server)
        return tokens

    def _is_due(self, tokens: Tokens) -> bool:
        """Return whether a token is to be renewed: its end is near, or was reckoned by another clock than ours."""
        now = self._clock()
        margin = min(MARGIN, (tokens.expires_at - tokens.obtained_at) // 5)
        return now < tokens.obtained_at - YOUNG or 0 < tokens.expires_at <= now + margin

    def _renewed(self, account: Account, refused: str) -> Tokens:
        """Return tokens that no one has refused yet: another process's, or new ones."""
        with renewing_alone(account, self._locks):
            tokens = self._known(account)
            if not self._is_due(tokens) and tokens.access_token != refused:
                return tokens
            # a keyring that takes nothing would lose the new tokens, so it is tried first; and a program that ends
            # before the next entry leaves a trace of why the old token is refused
            store(account, msgspec.structs.replace(tokens, renewing=True))
            try:
                granted = self._ask(account, tokens)
            except UnreachableError as error:
                if isinstance(error, RefusedGrantError) and error.code in ENDED:
                    # not asked for again: a server takes that for an attack
                    store(account, msgspec.structs.replace(tokens, refresh_token="", access_token=""))
                    return self._known(account)
                if tokens.expires_at <= self._clock() or tokens.access_token == refused:
                    raise
                return tokens  # still good, if not for long
            newer = renewed_from(granted, tokens, self._clock())
            store(account, newer)
            return newer

    def _ask(self, account: Account, tokens: Tokens) -> Granted:
        server = TokenServer(account.name, account.oauth, tokens.client_secret)
        return server.refreshed(tokens.token_endpoint, tokens.refresh_token)


def renewed_from(granted: Granted, before: Tokens, now: int) -> Tokens:
    """Return what to store of new tokens; where the server gives no new refresh token, the old one stays."""
    return msgspec.structs.replace(
        before,
        access_token=granted.access_token,
        refresh_token=granted.refresh_token or before.refresh_token,
        obtained_at=now,
        expires_at=now + granted.seconds if granted.seconds else 0,
        renewing=False,
    )

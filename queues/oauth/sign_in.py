"""Signing an account in: which way, and where the tokens go."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from data.errors import InputError
from data.protocols import Clock
from queues.accounts.mail_account import Account
from queues.oauth import browser_flow, device_flow
from queues.oauth.endpoints import Endpoints, endpoints
from queues.oauth.faults import SignInError
from queues.oauth.stored_tokens import Tokens, renewing_alone, store, stored
from queues.oauth.token_server import TokenServer


class Way(StrEnum):
    """How to sign in."""

    BROWSER = "browser"
    DEVICE = "device"


class Guide(Protocol):
    """Tells the user what to do."""

    page: str
    """What the browser shows at the end."""

    def open(self, address: str) -> None:
        """Have a browser of this machine open an address."""
        ...

    def enter(self, address: str, code: str, whole_address: str) -> None:
        """Have the user enter a code at an address, on any device."""
        ...


def known_secret(account: Account) -> str:
    """Return the client's secret that an earlier sign-in stored, or the empty string. Raises UnreachableError."""
    tokens = stored(account)
    return tokens.client_secret if tokens is not None else ""


def sign_in(
    account: Account,
    guide: Guide,
    clock: Clock,
    locks: Path,
    *,
    has_browser: bool,
    way: Way | None = None,
    client_secret: str = "",
    pause: Callable[[float], object] = time.sleep,
) -> None:
    """Sign the account in and store its tokens. Raises ConnectorError, and InputError for a way that it does not have.

    Without a `way` it is the browser's where there is one, else the code's.
    """
    known_secret(account)  # without a keyring, nobody has to sign in for nothing
    server = TokenServer(account.name, account.oauth, client_secret)
    found = endpoints(account.oauth, server)
    chosen = way or _usual(found, has_browser=has_browser)
    if not (found.device if chosen is Way.DEVICE else found.authorization):
        other = Way.BROWSER if chosen is Way.DEVICE else Way.DEVICE
        raise InputError("Not offered", f"The provider of {account.name} has no such sign-in; use --{other}.")
    if chosen is Way.DEVICE:
        code = device_flow.device_code(server, found)
        guide.enter(code.address, code.user_code, code.whole_address)
        granted = device_flow.granted(server, found, code, pause)
    else:
        granted = browser_flow.granted(account.oauth, server, found, guide.open, guide.page)
    if not granted.refresh_token:
        raise SignInError(
            "Sign-in refused",
            f"The provider of {account.name} gave no refresh token, so the sign-in would soon end; add the scope or "
            "the parameter for it to oauth (often the scope offline_access).",
        )
    now = clock()
    expires = now + granted.seconds if granted.seconds else 0
    with renewing_alone(account, locks):  # a renewal that is under way would put older tokens over these
        store(account, Tokens(granted.access_token, granted.refresh_token, now, expires, found.token, client_secret))


def _usual(found: Endpoints, *, has_browser: bool) -> Way:
    if found.authorization and (has_browser or not found.device):
        return Way.BROWSER
    return Way.DEVICE

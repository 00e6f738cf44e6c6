"""Signing a mail account in from the shell: with a browser of this machine, or with a code on another device."""

from __future__ import annotations

import os
import sys
import webbrowser
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from data.safe_text import safe_line
from tui.look.words import words
from tui.setup.clock import wall_clock
from tui.setup.settings import state_folder

if TYPE_CHECKING:
    from queues.accounts.mail_account import Account


def sign_in_here(account: Account, way: str | None = None) -> None:
    """Sign the account in and store its tokens in the keyring. Raises DeskError."""
    from queues.accounts.mail_account import complete
    from queues.oauth.sign_in import Way, known_secret, sign_in

    account = complete(account)
    secret = _client_secret(known_secret(account)) if account.oauth.client_secret else ""
    sign_in(
        account, _Guide(), wall_clock, state_folder(),
        has_browser=has_browser(), way=Way(way) if way else None, client_secret=secret,
    )  # fmt: skip


def has_browser() -> bool:
    """Return whether a browser of this machine can show itself to the user."""
    if os.environ.get("SSH_CONNECTION"):
        return False
    if sys.platform != "darwin" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    with suppress(webbrowser.Error):
        return bool(webbrowser.get())
    return False


def _client_secret(known: str) -> str:
    """Return the client's secret: as typed, or as stored earlier."""
    if sys.stdin.isatty():
        question = words("Secret of the client (empty: as before)") if known else words("Secret of the client")
        typed = click.prompt(question, default="", hide_input=True, show_default=False, err=True)
    else:
        typed = "" if known else sys.stdin.readline()
    return str(typed).strip() or known


class _Guide:
    """Tells it on the standard error output."""

    def __init__(self) -> None:
        self.page = words("You are signed in. This page can be closed; tridesk goes on in the terminal.")

    def open(self, address: str) -> None:
        """Open the address, and print it for the case that nothing opens."""
        click.echo(words("Sign in with a browser on this machine; if none opens, at this address:"), err=True)
        click.echo(f"  {safe_line(address)}", err=True)
        if has_browser():
            with suppress(webbrowser.Error, OSError):
                webbrowser.open(address)

    def enter(self, address: str, code: str, whole_address: str) -> None:
        """Print where to enter which code."""
        text = words("On any device, open {address} and enter the code {code}.")
        click.echo(text.format(address=safe_line(address), code=safe_line(code)), err=True)
        if whole_address:
            click.echo(words("Or open {address}").format(address=safe_line(whole_address)), err=True)

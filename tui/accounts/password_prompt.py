"""Secrets of accounts with `secret = "ask"`, prompted for before the screen opens."""

from __future__ import annotations

import sys
from getpass import getpass

from data.safe_text import safe_line
from tui.setup.settings import Settings


def ask_secrets(settings: Settings) -> dict[str, str]:
    """Return the secrets by account name; does not prompt without a terminal."""
    wanted = [account for account in settings.remotes if account.secret == "ask"]
    if not wanted or not sys.stdin.isatty():
        return {}
    return {account.name: getpass(f"Password of {safe_line(account.login)}: ") for account in wanted}

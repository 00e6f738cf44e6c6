"""Where the secrets of accounts come from in this program: keyring, environment, commands, what was typed at start."""

from __future__ import annotations

from collections.abc import Mapping

from queues.oauth.account_secrets import AccountSecrets
from tui.setup.clock import wall_clock
from tui.setup.settings import state_folder


def account_secrets(asked: Mapping[str, str] | None = None) -> AccountSecrets:
    """Return the source of secrets; `asked` has those that were typed at the start, by account name."""
    return AccountSecrets(state_folder(), wall_clock, asked)

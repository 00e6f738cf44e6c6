"""Fetches the macros of a ticketing system in its export format."""

from __future__ import annotations

import json

import msgspec

from data.errors import InputError
from tui.setup.settings import load


def fetched(account: str) -> tuple[bytes, str]:
    """Return the macros of the account as JSON, and the tool that they are read as.

    Raises InputError if its system has no macros, and ConnectorError.
    """
    from queues.accounts.kinds import kind_named
    from queues.accounts.secrets import SecretsAtHand
    from queues.connectors.base import connector_class
    from tui.accounts.password_prompt import ask_secrets

    settings = load().settings
    for tracker in settings.tracker:
        tool = kind_named(tracker.kind).macros
        if tracker.name == account and tool:
            secrets = ask_secrets(msgspec.structs.replace(settings, account=(), tracker=(tracker,)))
            system = connector_class(tracker.kind)(tracker, SecretsAtHand(secrets))
            try:
                return json.dumps({"macros": list(system.macros())}).encode(), tool
            finally:
                system.close()
    raise InputError(
        "No macros", f"{account!r} is not an account with macros, such as Zendesk's; `tridesk account list` shows all."
    )

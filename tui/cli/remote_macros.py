"""Fetches the macros of a ticketing system in its export format."""

from __future__ import annotations

import json

import msgspec

from data.errors import InputError
from tui.setup.settings import load


def fetched(account: str) -> bytes:
    """Return the macros of the account as JSON. Raises InputError if its system has no macros, and ConnectorError."""
    from queues.accounts.secrets import SecretsAtHand
    from queues.connectors.zendesk import Zendesk
    from tui.accounts.password_prompt import ask_secrets

    settings = load().settings
    trackers = [tracker for tracker in settings.tracker if tracker.name == account and tracker.kind == "zendesk"]
    if not trackers:
        raise InputError(
            "No macros", f"{account!r} is not a Zendesk account; `tridesk account list` shows all accounts."
        )
    system = Zendesk(
        trackers[0], SecretsAtHand(ask_secrets(msgspec.structs.replace(settings, account=(), tracker=(trackers[0],))))
    )
    try:
        return json.dumps({"macros": list(system.macros())}).encode()
    finally:
        system.close()

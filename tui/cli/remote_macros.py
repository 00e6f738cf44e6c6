"""The macros of a ticketing system that has some, fetched as it exports them."""

from __future__ import annotations

import json

import msgspec

from data.errors import InputError
from tui.setup.settings import load


def fetched(account: str) -> bytes:
    """Return the macros of the account as JSON. Raises InputError where it has none to give, ConnectorError."""
    from queues.accounts.secrets import SecretsAtHand
    from queues.connectors.zendesk import Zendesk
    from tui.accounts.password_prompt import ask_secrets

    settings = load().settings
    found = [one for one in settings.tracker if one.name == account and one.kind == "zendesk"]
    if not found:
        raise InputError("No macros", f"{account!r} is no Zendesk account; `tridesk account list` shows what there is.")
    system = Zendesk(
        found[0], SecretsAtHand(ask_secrets(msgspec.structs.replace(settings, account=(), tracker=(found[0],))))
    )
    try:
        return json.dumps({"macros": list(system.macros())}).encode()
    finally:
        system.close()

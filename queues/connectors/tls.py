"""TLS as every account uses it: verified, by the system's authorities or by one named file."""

from __future__ import annotations

import ssl
from typing import Protocol

from data.errors import InputError


class Trusting(Protocol):
    """Anything with a trusted certificate authority: a mail account or a ticketing system."""

    @property
    def name(self) -> str:
        """Its name in the settings."""
        ...

    @property
    def ca_file(self) -> str:
        """The authority's file; empty for the system's."""
        ...


def context(account: Trusting) -> ssl.SSLContext:
    """Return what verifies the servers of an account. Raises InputError if its CA file cannot be used."""
    try:
        made = ssl.create_default_context(cafile=account.ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise InputError(
            "CA file", f"The ca-file of {account.name!r} ({account.ca_file}) cannot be read: {error}."
        ) from error
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    return made

"""Settings of common mail providers, from their help pages, so that an address alone sets an account up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec


class Server(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """One server of an account. There is no way to log in without TLS."""

    host: str = ""
    """Its name; empty for the provider's."""
    port: int = 0
    """0 for the default port."""
    security: Literal["tls", "starttls"] = "tls"
    """TLS from the first byte on, or after a greeting (RFC 8314 prefers the first)."""


NOWHERE = Server()
"""Not said."""


@dataclass(frozen=True, slots=True)
class Provider:
    """The settings of a provider."""

    imap: Server = NOWHERE
    smtp: Server = NOWHERE
    domains: tuple[str, ...] = ()
    auth: Literal["password", "xoauth2"] = "password"
    copy_sent: bool = True
    """False if the provider itself keeps a copy of what was sent."""
    per_day: int = 0
    hint: str = ""
    """What to do at the provider first."""


_APP_PASSWORD = "Make an app password in the security settings of the account and give that one here."

PROVIDERS = {
    "gmail": Provider(
        Server("imap.gmail.com"), Server("smtp.gmail.com"), ("gmail.com", "googlemail.com"), copy_sent=False,
        per_day=500, hint=_APP_PASSWORD,
    ),
    "outlook": Provider(
        Server("outlook.office365.com"), Server("smtp.office365.com", security="starttls"),
        ("outlook.com", "hotmail.com", "live.com", "msn.com"), auth="xoauth2", copy_sent=False,
        hint="Microsoft takes tokens only: give a command that prints a fresh one.",
    ),
    "fastmail": Provider(
        Server("imap.fastmail.com"), Server("smtp.fastmail.com"), ("fastmail.com", "fastmail.fm"), hint=_APP_PASSWORD
    ),
    "icloud": Provider(
        Server("imap.mail.me.com"), Server("smtp.mail.me.com", security="starttls"),
        ("icloud.com", "me.com", "mac.com"), per_day=1000, hint=_APP_PASSWORD,
    ),
    "yahoo": Provider(
        Server("imap.mail.yahoo.com"), Server("smtp.mail.yahoo.com"), ("yahoo.com", "yahoo.es", "ymail.com"),
        per_day=500, hint=_APP_PASSWORD,
    ),
    "aol": Provider(Server("imap.aol.com"), Server("smtp.aol.com"), ("aol.com",), per_day=500, hint=_APP_PASSWORD),
    "gmx": Provider(
        Server("imap.gmx.com"), Server("mail.gmx.com"), ("gmx.com", "gmx.us"),
        hint="Allow POP3 and IMAP in the settings of the mailbox first.",
    ),
    "gmx.net": Provider(
        Server("imap.gmx.net"), Server("mail.gmx.net"), ("gmx.net", "gmx.de", "gmx.at", "gmx.ch"),
        hint="Allow POP3 and IMAP in the settings of the mailbox first.",
    ),
    "zoho": Provider(
        Server("imap.zoho.com"), Server("smtp.zoho.com"), ("zoho.com", "zohomail.com"),
        hint="Allow IMAP in the settings of the mailbox first.",
    ),
    "mailbox.org": Provider(Server("imap.mailbox.org"), Server("smtp.mailbox.org"), ("mailbox.org",)),
    "ionos": Provider(Server("imap.ionos.com"), Server("smtp.ionos.com")),
    "ionos.es": Provider(Server("imap.ionos.es"), Server("smtp.ionos.es")),
}  # fmt: skip
"""By the name that `provider` takes."""


def provider_of(address: str) -> str:
    """Return the provider that an address belongs to, the empty string if its domain does not say."""
    domain = address.rpartition("@")[2].casefold()
    return next((name for name, provider in PROVIDERS.items() if domain in provider.domains), "")

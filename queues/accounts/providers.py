"""Settings of common mail providers, from their help pages, so that an address alone sets an account up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec

from queues.accounts.oauth import OAuth


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
    oauth: OAuth | None = None
    """How it gives tokens to a client that the user registered there; None where that is not known."""


_APP_PASSWORD = "Make an app password in the security settings of the account and give that one here."

_GOOGLE = OAuth(
    client_secret=True,  # its desktop clients have one, which Google does not regard as secret and yet demands
    scopes=("https://mail.google.com/",),
    authorization_endpoint="https://accounts.google.com/o/oauth2/v2/auth",
    token_endpoint="https://oauth2.googleapis.com/token",
    parameters={"access_type": "offline", "prompt": "consent select_account"},  # else no refresh token comes
)
"""Without device codes: Google does not give the right to mail for them."""
_MICROSOFT = OAuth(
    scopes=(
        "https://outlook.office.com/IMAP.AccessAsUser.All", "https://outlook.office.com/SMTP.Send", "offline_access",
    ),
    authorization_endpoint="https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
    device_endpoint="https://login.microsoftonline.com/{tenant}/oauth2/v2.0/devicecode",
    token_endpoint="https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
    redirect="http://localhost",
    parameters={"prompt": "select_account"},
)  # fmt: skip

PROVIDERS = {
    "gmail": Provider(
        Server("imap.gmail.com"), Server("smtp.gmail.com"), ("gmail.com", "googlemail.com"), copy_sent=False,
        per_day=500, hint=_APP_PASSWORD, oauth=_GOOGLE,
    ),
    "outlook": Provider(
        Server("outlook.office365.com"), Server("smtp.office365.com", security="starttls"),
        ("outlook.com", "hotmail.com", "live.com", "msn.com"), auth="xoauth2", copy_sent=False,
        hint="Microsoft takes tokens only: give the id of a client that you registered there, or a command that "
        "prints a fresh token.",
        oauth=_MICROSOFT,
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

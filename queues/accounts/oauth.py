"""OAuth settings of a mail account: where its provider signs people in, and as which registered client the desk asks.

They hold no token and no secret: those are in the keyring.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import msgspec

from queues.ground.loopback import is_loopback

_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
_COMMON = "common"
"""The tenant of Microsoft that takes accounts of all companies, and private ones."""
_ENDPOINTS = ("authorization_endpoint", "device_endpoint", "token_endpoint")


class OAuth(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """The `oauth` of an account. With a client id the desk signs in for tokens and renews them itself."""

    client_id: str = ""
    """The client that you registered with the provider."""
    client_secret: bool = False
    """The client has a secret. It is asked for at `tridesk account login` and stored in the keyring."""
    tenant: str = ""
    """Microsoft's directory, if the client is for one company only; empty for any."""
    scopes: tuple[str, ...] = ()
    """The rights to ask for; none given: those that the provider needs for mail."""
    issuer: str = ""
    """The server whose metadata names the endpoints (RFC 8414); empty for the provider's."""
    authorization_endpoint: str = ""
    """Where a browser signs in, unless an issuer says so."""
    device_endpoint: str = ""
    """Where device codes come from (RFC 8628), unless an issuer says so."""
    token_endpoint: str = ""
    """Where tokens come from, unless an issuer says so."""
    redirect: str = ""
    """The address on this machine that the browser returns to, as registered; without a port any free one is taken."""
    parameters: dict[str, str] = {}
    """More parameters for the browser's sign-in."""
    ca_file: str = ""
    """The certificate authority to trust for these addresses instead of the system's."""

    @property
    def place(self) -> str:
        """What tokens are bound to: the server that gives them."""
        return self.issuer or self.token_endpoint


NONE = OAuth()
"""An account without OAuth."""


def complete(given: OAuth, preset: OAuth) -> OAuth:
    """Return the settings with what the provider needs filled in. Raises ValueError as `setting: what to do`."""
    if not given.client_id:
        if given != NONE:
            raise ValueError("oauth.client-id: give the client that you registered with the provider")
        return given
    own = given.issuer or any(getattr(given, name) for name in _ENDPOINTS)
    tenant = given.tenant or _COMMON
    if not _TENANT.fullmatch(tenant):
        raise ValueError("oauth.tenant: write the directory's id or its domain")
    endpoints = {} if own else {name: getattr(preset, name).replace("{tenant}", tenant) for name in _ENDPOINTS}
    result = msgspec.structs.replace(
        given, **endpoints,
        client_secret=given.client_secret or (preset.client_secret and not own),
        scopes=given.scopes or preset.scopes,
        redirect=given.redirect or preset.redirect or "http://127.0.0.1",
        parameters=given.parameters or ({} if own else preset.parameters),
    )  # fmt: skip
    if not result.place:
        raise ValueError("oauth.issuer: give it, or authorization-endpoint and token-endpoint")
    if not (result.issuer or result.authorization_endpoint or result.device_endpoint):
        raise ValueError("oauth.authorization-endpoint: give it, or device-endpoint")
    for name in ("issuer", *_ENDPOINTS):
        address = getattr(result, name)
        if address and not is_safe(address):
            raise ValueError(f"oauth.{name.replace('_', '-')}: write it as https://host/path")
    if not _is_here(result.redirect):
        raise ValueError("oauth.redirect: write it as http://127.0.0.1 or http://localhost")
    return result


def is_safe(address: str) -> bool:
    """Return whether secrets may go to an address: with TLS, or to this machine (RFC 8252, 8.3)."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    plain = address.isascii() and address.isprintable() and " " not in address
    scheme = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    return plain and bool(host) and port != 0 and scheme and parts.username is None and not parts.fragment


def _is_here(address: str) -> bool:
    parts = urlsplit(address) if is_safe(address) else None
    return parts is not None and parts.scheme == "http" and not parts.query

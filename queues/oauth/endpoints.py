"""Where a provider's sign-in begins and its tokens come from: as the settings say, or its metadata (RFC 8414)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from queues.accounts.oauth import OAuth, is_safe
from queues.oauth.faults import SignInError
from queues.oauth.token_server import TokenServer


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The addresses of one server; empty where it has none."""

    authorization: str
    device: str
    token: str
    issuer: str = ""
    """How the server names itself; empty if that is not known."""
    names_itself: bool = False
    """It says so when it sends the browser back (RFC 9207)."""


def endpoints(settings: OAuth, server: TokenServer) -> Endpoints:
    """Return the addresses. Raises ConnectorError if the issuer does not name them."""
    told = _metadata(settings.issuer, server) if settings.issuer else {}
    result = Endpoints(
        settings.authorization_endpoint or _address(told, "authorization_endpoint"),
        settings.device_endpoint or _address(told, "device_authorization_endpoint"),
        settings.token_endpoint or _address(told, "token_endpoint"),
        settings.issuer,
        told.get("authorization_response_iss_parameter_supported") is True,
    )
    if not result.token:
        raise SignInError("Not understood", f"{settings.issuer} does not say where tokens come from.")
    return result


def _metadata(issuer: str, server: TokenServer) -> Mapping[str, Any]:
    """Return what the issuer says of itself, by OAuth or by OpenID Connect; it must be its own (RFC 8414, 3.3)."""
    parts = urlsplit(issuer)
    path = parts.path.rstrip("/")
    base = f"{parts.scheme}://{parts.netloc}"
    for address in (
        f"{base}/.well-known/oauth-authorization-server{path}",
        f"{base}{path}/.well-known/openid-configuration",
    ):
        told = server.metadata(address)
        if told is not None and told.get("issuer") == issuer:
            return told
    raise SignInError("Not understood", f"{issuer} does not describe itself as an OAuth server; check oauth.issuer.")


def _address(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) and is_safe(value) else ""

"""What is asked of a provider's OAuth server: tokens for a code, for a device code, and new ones (RFC 6749, 8628).

Each request is one form and one JSON object. The libraries for it were weighed: oauthlib only puts the forms together,
Authlib and MSAL bring cryptography and an HTTP client of their own, and none renews once across processes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard
from urllib.parse import urlencode, urlsplit

from data.errors import RefusedError, UnreachableError
from data.safe_text import safe_line
from queues.accounts.oauth import OAuth
from queues.connectors import tls
from queues.connectors.web import Packed, Said, WebClient
from queues.oauth.faults import SignInError

PER_MINUTE = 60
_LONGEST_WORDS = 160
_LONGEST_TOKEN = 65_536
_LONGEST_LIFE = 366 * 86_400
ENDED = frozenset({"invalid_grant", "interaction_required", "login_required", "consent_required"})
"""Errors that only the user can mend: the sign-in is over (RFC 6749, 5.2), or the server wants them back."""


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose certificates are believed (`tls.Trusting`)."""

    name: str
    ca_file: str


@dataclass(frozen=True, slots=True)
class Granted:
    """Tokens that the server gave. They are not shown where the value is."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    """Empty where the old one goes on being good."""
    seconds: int
    """How long the access token is good; 0 if the server does not say."""


class RefusedGrantError(SignInError):
    """The server answered with an error of OAuth; `code` is which (RFC 6749, 5.2; RFC 8628, 3.5)."""

    def __init__(self, title: str, message: str, code: str) -> None:
        super().__init__(title, message)
        self.code = code


class TokenServer:
    """Asks one server as one client. Every method raises ConnectorError; no token is in its words."""

    def __init__(self, name: str, settings: OAuth, client_secret: str = "") -> None:
        """`name` is the account's."""
        self._settings, self._secret = settings, client_secret
        self._context = tls.context(Trust(name, settings.ca_file))

    def for_code(self, endpoint: str, code: str, verifier: str, redirect: str) -> Granted:
        """Return the tokens for a code that a browser brought (RFC 7636, 4.5)."""
        return self._granted(
            endpoint,
            {"grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": redirect},
        )

    def for_device(self, endpoint: str, device_code: str) -> Granted:
        """Return the tokens for a device code, once the user has entered its user code (RFC 8628, 3.4)."""
        kind = "urn:ietf:params:oauth:grant-type:device_code"
        return self._granted(endpoint, {"grant_type": kind, "device_code": device_code})

    def refreshed(self, endpoint: str, refresh_token: str) -> Granted:
        """Return new tokens (RFC 6749, 6)."""
        return self._granted(endpoint, {"grant_type": "refresh_token", "refresh_token": refresh_token})

    def device_codes(self, endpoint: str) -> Mapping[str, Any]:
        """Return the answer to a request for device codes (RFC 8628, 3.2)."""
        return self._posted(endpoint, {"scope": " ".join(self._settings.scopes)})

    def metadata(self, address: str) -> Mapping[str, Any] | None:
        """Return the JSON object at an address, None if there is none."""
        said = self._said("GET", address, None)
        return said.body if said.status == 200 and isinstance(said.body, dict) else None

    def _granted(self, endpoint: str, form: Mapping[str, str]) -> Granted:
        body = self._posted(endpoint, form)
        access, refresh, seconds = (body.get(name) for name in ("access_token", "refresh_token", "expires_in"))
        if not _is_token(access) or str(body.get("token_type", "")).casefold() != "bearer":
            raise SignInError("Not understood", f"{_host(endpoint)} gives no tokens that mail servers take.")
        return Granted(access, refresh if _is_token(refresh) else "", _seconds(seconds))

    def _posted(self, endpoint: str, form: Mapping[str, str]) -> Mapping[str, Any]:
        secret = {"client_secret": self._secret} if self._secret else {}
        fields = {"client_id": self._settings.client_id, **form, **secret}
        packed = urlencode({name: value for name, value in fields.items() if value}).encode()
        said = self._said("POST", endpoint, Packed(packed, "application/x-www-form-urlencoded"))
        if said.status == 200 and isinstance(said.body, dict):
            return said.body
        raise _refusal(endpoint, self._settings.client_id, said, fields)

    def _said(self, method: str, address: str, body: Packed | None) -> Said:
        parts = urlsplit(address)
        client = WebClient(f"{parts.scheme}://{parts.netloc}", context=self._context, per_minute=PER_MINUTE)
        try:
            return client.converse(method, f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}", body)
        except RefusedError as error:  # of the sign-in, not of a reply, which goes on waiting
            raise UnreachableError(error.title, error.message) from error
        finally:
            client.close()


def _refusal(endpoint: str, client_id: str, said: Said, sent: Mapping[str, str]) -> UnreachableError:
    """Return the error of a refusal; what was sent is taken out of the server's words."""
    body = said.body if isinstance(said.body, dict) else {}
    code = body.get("error")
    if not isinstance(code, str) or not 400 <= said.status < 500:
        return UnreachableError(
            "Not understood", f"{_host(endpoint)} answered {said.status} without saying why; check its address."
        )
    words = safe_line(str(body.get("error_description") or code))
    for name, value in sent.items():
        if value and name not in ("client_id", "grant_type", "scope", "redirect_uri"):
            words = words.replace(value, "…")
    words, code = words[:_LONGEST_WORDS], safe_line(code)[:_LONGEST_WORDS]
    place = _host(endpoint)
    if code in ("invalid_client", "unauthorized_client"):
        return RefusedGrantError(
            "Sign-in refused",
            f"{place} does not accept the client {client_id}; check its id and secret. ({words})",
            code,
        )
    return RefusedGrantError("Sign-in refused", f"{place} gives no tokens ({words}).", code)


def _host(address: str) -> str:
    return urlsplit(address).netloc


def _is_token(value: object) -> TypeGuard[str]:
    """Return whether it can be sent as a token: visible ASCII, nothing that would end the line (RFC 6749, A.12)."""
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_TOKEN and value.isascii() and value.isprintable()


def _seconds(value: object) -> int:
    """Return `expires_in`, 0 if it is unusable; some servers write it as text."""
    try:
        return min(max(int(str(value)), 0), _LONGEST_LIFE)
    except ValueError:
        return 0

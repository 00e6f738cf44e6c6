"""An OAuth server on loopback, strict by the letter of RFC 6749, 7636, 8252, 8628, 7662, 8414 and 9700.

What a client does wrong is refused and noted in `wrongs`. Its clock can be moved, its answers can be held back.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock, Thread
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.servers.web_handler import Answer, WebHandler

CLIENT, SECRET_CLIENT, CLIENT_SECRET = "desk-client", "desk-with-secret", "the client's own secret"
INTROSPECTOR = ("dovecot", "the mail server's secret")
SCOPES = ("mail", "offline_access")
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
LIFE, CODE_LIFE, DEVICE_LIFE, INTERVAL = 3600, 60, 600, 5
_CHALLENGE = 43
_NO_STORE = {"Cache-Control": "no-store", "Content-Type": "application/json"}


@dataclass
class Grant:
    """One sign-in, and everything that came of it."""

    user: str
    client: str
    access: dict[str, float] = field(default_factory=dict)
    """Tokens for mail servers, and when they end."""
    refresh: str = ""
    spent: set[str] = field(default_factory=set)
    revoked: bool = False


@dataclass
class Code:
    """A code on its way through a browser."""

    grant: Grant
    challenge: str
    redirect: str
    ends: float
    used: bool = False


@dataclass
class Device:
    """A device code, and what its user did."""

    client: str
    user_code: str
    ends: float
    interval: float = INTERVAL
    asked: float = 0.0
    decision: str = ""
    """Empty, a user, or `denied`."""


class _Listener(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that go away, or do not believe the certificate."""


class OAuthServer:
    """Give it the folder with `server.pem` and `server.key`. `url` is its issuer."""

    def __init__(self, tls: Path) -> None:
        self.held = Event()
        """Clear it to hold refreshes back."""
        self._lock = Lock()
        self.forget()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls / "server.pem", tls / "server.key")
        self._server = _Listener(("127.0.0.1", 0), _handler(self))
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"https://localhost:{self._server.server_port}"

    def forget(self) -> None:
        """Be as at first: nobody has signed in, and nothing goes wrong."""
        self.user = ""
        """Who signs in with the browser; nobody: declined."""
        self.rotates = True
        """Each refresh token is good once; one that comes again ends its sign-in (RFC 9700, 4.14.2)."""
        self.gives_refresh = True
        self.life = LIFE
        self.token_length = 40
        self.ahead = 0.0
        """Seconds that its clock is ahead of this machine's."""
        self.status = 0
        """What every request is answered with, if not 0; below 0 the connection ends without an answer."""
        self.loses_answers = 0
        """So many answers to refreshes are lost on the way: the server has acted on them."""
        self.ending = "invalid_grant"
        """How it says that a sign-in is over."""
        self.echoes = False
        """Refusals quote what was sent."""
        self.issuer_said = ""
        """Another name for itself, when it sends the browser back."""
        self.held.set()
        self.grants: list[Grant] = []
        self.asked: list[str] = []
        """The grant types that were asked for, in order."""
        self.wrongs: list[str] = []
        self.devices: dict[str, Device] = {}
        self._codes: dict[str, Code] = {}

    def start(self) -> None:
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        self.held.set()
        self._server.shutdown()
        self._server.server_close()

    def now(self) -> float:
        return time.time() + self.ahead

    @property
    def refreshes(self) -> int:
        return self.asked.count("refresh_token")

    def revoke_all(self) -> None:
        """Take back every sign-in, as its user or an administrator would."""
        for grant in self.grants:
            grant.revoked = True

    def end_access(self) -> None:
        """Have every token for mail servers expire now."""
        for grant in self.grants:
            grant.access = dict.fromkeys(grant.access, 0.0)

    def decide(self, user_code: str, decision: str) -> None:
        """Be the user who enters a code."""
        next(one for one in self.devices.values() if one.user_code == user_code).decision = decision

    def answer(self, method: str, path: str, headers: Callable[[str], str], body: bytes) -> Answer:
        """Return the answer to a request."""
        parts = urlsplit(path)
        if self.status:
            return max(self.status, 0), {}, {}
        if parts.path == "/.well-known/oauth-authorization-server":
            return 200, {}, self._metadata()
        if parts.path == "/authorize":
            return self._authorize({name: values[0] for name, values in parse_qs(parts.query).items()})
        if method != "POST" or headers("Content-Type") != "application/x-www-form-urlencoded":
            return self._wrong("invalid_request", f"{method} {parts.path} is no form")
        form = parse_qs(body.decode(), keep_blank_values=True)
        if any(len(values) > 1 or not values[0] for values in form.values()):
            return self._wrong("invalid_request", "a parameter twice, or empty")
        fields = {name: values[0] for name, values in form.items()}
        match parts.path:
            case "/introspect":
                return self._introspect(fields)
            case "/device":
                return self._device(fields)
            case "/token":
                answer = self._token(fields)
                if fields.get("grant_type") == "refresh_token":
                    self.held.wait(30)
                    if self.loses_answers:
                        self.loses_answers -= 1
                        return 0, {}, {}
                return answer
        return 404, {}, {}

    def _metadata(self) -> dict[str, object]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "device_authorization_endpoint": f"{self.url}/device",
            "authorization_response_iss_parameter_supported": True,
            "code_challenge_methods_supported": ["S256"],
        }

    def _authorize(self, asked: dict[str, str]) -> Answer:
        redirect = urlsplit(asked.get("redirect_uri", ""))
        here = redirect.scheme == "http" and redirect.hostname in ("127.0.0.1", "localhost")
        sound = here and redirect.path in ("", "/in")
        if asked.get("client_id") not in (CLIENT, SECRET_CLIENT) or not sound:
            self.wrongs.append(f"sent to {asked.get('redirect_uri')}")
            return 400, {}, {}  # never back to an address that is not the client's
        back = {"state": asked.get("state", ""), "iss": self.issuer_said or self.url}
        challenge = asked.get("code_challenge", "")
        if asked.get("response_type") != "code" or len(challenge) != _CHALLENGE or not asked.get("state"):
            back["error"] = "invalid_request"
        elif asked.get("code_challenge_method") != "S256":
            back |= {"error": "invalid_request", "error_description": "PKCE with S256 only"}
        elif not self.user:
            back["error"] = "access_denied"
        else:
            code = secrets.token_urlsafe(16)
            grant = Grant(self.user, asked["client_id"])
            self._codes[code] = Code(grant, challenge, asked["redirect_uri"], self.now() + CODE_LIFE)
            back["code"] = code
        return 302, {"Location": f"{asked['redirect_uri']}?{urlencode(back)}"}, b""

    def _device(self, fields: dict[str, str]) -> Answer:
        if fields.get("client_id") != CLIENT or fields.get("scope") != " ".join(SCOPES):
            return self._wrong("invalid_client", "device codes for another client or scope")
        device, user_code = secrets.token_urlsafe(24), f"{secrets.randbelow(10**6):06}"
        self.devices[device] = Device(CLIENT, user_code, self.now() + DEVICE_LIFE)
        return 200, _NO_STORE, {
            "device_code": device, "user_code": user_code, "verification_uri": f"{self.url}/enter",
            "verification_uri_complete": f"{self.url}/enter?code={user_code}", "expires_in": DEVICE_LIFE,
            "interval": INTERVAL,
        }  # fmt: skip

    def _token(self, fields: dict[str, str]) -> Answer:
        with self._lock:
            kind, client = fields.get("grant_type", ""), fields.get("client_id", "")
            self.asked.append(kind)
            wanted = CLIENT_SECRET if client == SECRET_CLIENT else None
            if client not in (CLIENT, SECRET_CLIENT) or fields.get("client_secret") != wanted:
                return self._wrong("invalid_client", "no such client, or not its secret", quoting=fields)
            match kind:
                case "authorization_code":
                    return self._for_code(fields)
                case "urn:ietf:params:oauth:grant-type:device_code":
                    return self._for_device(fields)
                case "refresh_token":
                    return self._refreshed(fields)
            return self._wrong("unsupported_grant_type", kind)

    def _for_code(self, fields: dict[str, str]) -> Answer:
        code = self._codes.get(fields.get("code", ""))
        digest = hashlib.sha256(fields.get("code_verifier", "").encode()).digest()
        if code is None or code.grant.client != fields["client_id"] or self.now() > code.ends:
            return self._wrong("invalid_grant", "no such code", quoting=fields)
        if code.used:
            code.grant.revoked = True
            return self._wrong("invalid_grant", "a code twice")
        code.used = True
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != code.challenge:
            return self._wrong("invalid_grant", "PKCE: another verifier")
        if fields.get("redirect_uri") != code.redirect:
            return self._wrong("invalid_grant", "another redirect_uri")
        self.grants.append(code.grant)
        return self._tokens(code.grant)

    def _for_device(self, fields: dict[str, str]) -> Answer:
        device, now = self.devices.get(fields.get("device_code", "")), self.now()
        if device is None or device.client != fields["client_id"]:
            return self._wrong("invalid_grant", "no such device code")
        early, device.asked = now < device.asked + device.interval - 0.5, now
        if now > device.ends:
            return _refused("expired_token")
        if early:
            device.interval += 5
            return _refused("slow_down")
        if not device.decision:
            return _refused("authorization_pending")
        if device.decision == "denied":
            return _refused("access_denied")
        del self.devices[fields["device_code"]]
        self.grants.append(Grant(device.decision, device.client))
        return self._tokens(self.grants[-1])

    def _refreshed(self, fields: dict[str, str]) -> Answer:
        token = fields.get("refresh_token", "")
        grant = next((one for one in self.grants if token and token in {one.refresh, *one.spent}), None)
        if grant is None or grant.client != fields["client_id"]:
            return self._wrong("invalid_grant", "no such refresh token", quoting=fields)
        if grant.revoked:
            return _refused(self.ending, f"revoked {token}" if self.echoes else "revoked")
        if token in grant.spent:
            grant.revoked = True
            return self._wrong("invalid_grant", "a refresh token twice", quoting=fields)
        if self.rotates:
            grant.spent.add(token)
        return self._tokens(grant, anew=self.rotates)

    def _tokens(self, grant: Grant, *, anew: bool = True) -> Answer:
        access = secrets.token_hex(self.token_length // 2)
        grant.access[access] = self.now() + self.life
        answer: dict[str, object] = {"access_token": access, "token_type": "Bearer", "expires_in": self.life}
        if anew and self.gives_refresh:
            grant.refresh = f"refresh-{secrets.token_urlsafe(24)}"
            answer["refresh_token"] = grant.refresh
        return 200, _NO_STORE, answer

    def _introspect(self, fields: dict[str, str]) -> Answer:
        token = fields.get("token", "")
        if (fields.get("client_id"), fields.get("client_secret")) != INTROSPECTOR:
            return self._wrong("invalid_client", "asked about a token by a stranger")
        for grant in self.grants:
            if grant.access.get(token, 0.0) > self.now() and not grant.revoked:
                return 200, {}, {"active": True, "username": grant.user, "client_id": grant.client}
        return 200, {}, {"active": False}

    def _wrong(self, code: str, what: str, quoting: dict[str, str] | None = None) -> Answer:
        self.wrongs.append(what)
        return _refused(code, f"{what} {quoting}" if self.echoes else what)


def _refused(code: str, words: str = "") -> Answer:
    body = {"error": code, **({"error_description": words} if words else {})}
    return 401 if code == "invalid_client" else 400, _NO_STORE, body


def _handler(server: OAuthServer) -> type[WebHandler]:
    class Handler(WebHandler):
        timeout = 60

        def answer(self, body: bytes) -> Answer:
            return server.answer(self.command, self.path, lambda name: self.headers.get(name, ""), body)

        do_GET = do_POST = WebHandler.any  # noqa: N815

    return Handler

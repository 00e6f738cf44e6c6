"""Signing in: with a browser that comes back to this machine, and with a code on another device."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from data.errors import ConnectorError, InputError, UnreachableError
from queues.accounts.mail_account import Account
from queues.connectors.mail_faults import CERTIFICATE
from queues.oauth import browser_flow
from queues.oauth.device_flow import USUAL_INTERVAL
from queues.oauth.endpoints import endpoints
from queues.oauth.faults import SignInError
from queues.oauth.sign_in import Way, known_secret, sign_in
from queues.oauth.stored_tokens import stored
from queues.oauth.token_server import TokenServer
from tests.servers.oauth_desk import Guide, account_at
from tests.servers.oauth_server import CLIENT_SECRET, DEVICE_LIFE, INTERVAL, SECRET_CLIENT, OAuthServer

ANA = "ana@desk.example"
NOW = 1_800_000_000


def signed_in(
    account: Account, guide: Guide, folder: Path, way: Way = Way.BROWSER, *,
    pause: Callable[[float], object] = lambda seconds: None, client_secret: str = "",
) -> None:  # fmt: skip
    sign_in(account, guide, lambda: NOW, folder, has_browser=True, way=way, pause=pause, client_secret=client_secret)


def test_a_browser_comes_back_with_a_code_and_the_tokens_are_in_the_keyring(
    server: OAuthServer, ca: Path, tmp_path: Path
) -> None:
    account, guide = account_at(server, ca), Guide(server, ca, ANA)
    signed_in(account, guide, tmp_path)
    tokens = stored(account)
    assert tokens is not None
    (grant,) = server.grants
    assert (grant.user, list(grant.access), grant.refresh) == (ANA, [tokens.access_token], tokens.refresh_token)
    assert (tokens.obtained_at, tokens.expires_at) == (NOW, NOW + 3600)
    assert server.wrongs == []
    asked = parse_qs(urlsplit(guide.shown[0]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"][0].startswith("http://127.0.0.1:")
    guide.until_seen()
    assert "Fertig &amp; gut" in guide.pages[0]


def test_two_sign_ins_use_other_secrets_each(server: OAuthServer, ca: Path, tmp_path: Path) -> None:
    account, guide = account_at(server, ca), Guide(server, ca, ANA)
    for _ in range(2):
        signed_in(account, guide, tmp_path)
    first, second = (parse_qs(urlsplit(address).query) for address in guide.shown)
    assert first["state"] != second["state"]
    assert first["code_challenge"] != second["code_challenge"]


def test_what_is_not_the_answer_to_the_question_is_not_taken(server: OAuthServer, ca: Path, tmp_path: Path) -> None:
    account, seen = account_at(server, ca), []

    class Attacked(Guide):
        def open(self, address: str) -> None:
            asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
            back, state, issuer = asked["redirect_uri"], asked["state"], server.url
            port = back.rpartition(":")[2].partition("/")[0]
            for wrong in (
                f"{back}?code=stolen&state=guessed&iss={issuer}", f"{back}?code=stolen&iss={issuer}",
                f"http://127.0.0.1:{port}/other?code=stolen&state={state}&iss={issuer}",
                f"{back}?code=stolen&state={state}&iss=https://evil.example", f"{back}?code=stolen&state={state}",
                f"http://127.0.0.1:{port}/favicon.ico",
            ):  # fmt: skip
                with pytest.raises(urllib.error.HTTPError) as refused:
                    urllib.request.urlopen(wrong, timeout=20)
                seen.append(refused.value.code)
                refused.value.close()
            super().open(address)

    signed_in(account, Attacked(server, ca, ANA), tmp_path)
    assert seen == [404] * 6
    assert server.wrongs == []
    assert [grant.user for grant in server.grants] == [ANA]


def test_a_code_that_someone_else_asked_for_is_worth_nothing(server: OAuthServer, ca: Path) -> None:
    account = account_at(server, ca)
    client = TokenServer("support", account.oauth)
    found = endpoints(account.oauth, client)
    codes: list[str] = []
    with pytest.raises(ConnectorError, match="ten minutes"):
        browser_flow.granted(account.oauth, client, found, codes.append, "", patience=0)
    server.user = ANA
    address = urlsplit(codes[0])
    status, headers, _ = server.answer("GET", f"{address.path}?{address.query}", lambda name: "", b"")
    code = parse_qs(urlsplit(headers["Location"]).query)["code"][0]
    assert status == 302
    with pytest.raises(ConnectorError, match="another verifier"):
        client.for_code(found.token, code, "v" * 43, "http://127.0.0.1/in")
    assert server.grants == []


def test_a_declined_sign_in_is_one_sentence_and_stores_nothing(server: OAuthServer, ca: Path, tmp_path: Path) -> None:
    account = account_at(server, ca)
    with pytest.raises(SignInError, match=r"was not granted \(access_denied\)"):
        signed_in(account, Guide(server, ca, ""), tmp_path)
    assert stored(account) is None


def test_a_client_with_a_secret_shows_it_and_keeps_it(server: OAuthServer, ca: Path, tmp_path: Path) -> None:
    account = account_at(server, ca, client_id=SECRET_CLIENT, client_secret=True)
    with pytest.raises(ConnectorError, match=f"does not accept the client {SECRET_CLIENT}"):
        signed_in(account, Guide(server, ca, ANA), tmp_path, client_secret="another")
    assert known_secret(account) == ""
    signed_in(account, Guide(server, ca, ANA), tmp_path, client_secret=CLIENT_SECRET)
    assert known_secret(account) == CLIENT_SECRET


def test_a_sign_in_that_would_soon_end_is_refused(server: OAuthServer, ca: Path, tmp_path: Path) -> None:
    server.gives_refresh = False
    account = account_at(server, ca)
    with pytest.raises(SignInError, match="no refresh token"):
        signed_in(account, Guide(server, ca, ANA), tmp_path)
    assert stored(account) is None


def test_a_port_that_is_taken_is_told(server: OAuthServer, ca: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        account = account_at(server, ca, redirect=f"http://127.0.0.1:{taken.getsockname()[1]}/in")
        with pytest.raises(SignInError, match=r"set oauth\.redirect"):
            signed_in(account, Guide(server, ca, ANA), tmp_path)


def test_a_server_that_names_another_as_itself_is_not_believed(server: OAuthServer, ca: Path, tmp_path: Path) -> None:
    account = account_at(server, ca, issuer=f"{server.url}/")  # it calls itself by the name without the slash
    with pytest.raises(SignInError, match="does not describe itself"):
        signed_in(account, Guide(server, ca, ANA), tmp_path)


def test_a_certificate_of_nobody_known_ends_it(server: OAuthServer, ca: Path, tmp_path: Path) -> None:
    account = account_at(server, ca, ca_file="")
    with pytest.raises(UnreachableError) as refused:
        signed_in(account, Guide(server, ca, ANA), tmp_path)
    assert refused.value.title == CERTIFICATE
    assert server.asked == []


def test_a_way_that_the_provider_does_not_have_is_told(server: OAuthServer, ca: Path, tmp_path: Path) -> None:
    account = account_at(
        server, ca, issuer="", token_endpoint=f"{server.url}/token", authorization_endpoint=f"{server.url}/authorize"
    )
    with pytest.raises(InputError, match="use --browser"):
        signed_in(account, Guide(server, ca, ANA), tmp_path, Way.DEVICE)
    signed_in(account, Guide(server, ca, ANA), tmp_path)


@pytest.mark.parametrize(("has_browser", "kind"), [(True, "authorization_code"), (False, "device_code")])
def test_without_a_browser_the_code_is_the_way(
    has_browser: bool, kind: str, server: OAuthServer, ca: Path, tmp_path: Path
) -> None:
    guide = Guide(server, ca, ANA)
    sign_in(account_at(server, ca), guide, lambda: NOW, tmp_path, has_browser=has_browser, pause=lambda seconds: None)
    assert server.asked[-1].endswith(kind)


class Waits:
    """Time that passes at the server while the desk waits; `then` is done at the n-th wait."""

    def __init__(self, server: OAuthServer, **then: Callable[[], object]) -> None:
        self._server, self._then = server, then
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        self._server.ahead += seconds
        self._then.get(f"at_{len(self.seconds)}", lambda: None)()


class Slow(Guide):
    """A user who enters nothing by themselves."""

    def enter(self, address: str, code: str, whole_address: str) -> None:
        self.shown += [address, code, whole_address]


def code_of(server: OAuthServer) -> str:
    return next(iter(server.devices.values())).user_code


def test_a_code_is_asked_about_in_its_interval_until_it_was_entered(
    server: OAuthServer, ca: Path, tmp_path: Path
) -> None:
    account, guide = account_at(server, ca), Slow(server, ca, ANA)
    waits = Waits(server, at_3=lambda: server.decide(code_of(server), ANA))
    signed_in(account, guide, tmp_path, Way.DEVICE, pause=waits)
    assert waits.seconds == [INTERVAL] * 3
    assert guide.shown[0] == f"{server.url}/enter"
    assert server.wrongs == []
    assert stored(account) is not None


def test_a_server_that_asks_for_patience_gets_it(server: OAuthServer, ca: Path, tmp_path: Path) -> None:
    def be_asked_too_early() -> None:
        (device,) = server.devices.values()
        device.asked = server.now()

    waits = Waits(server, at_2=be_asked_too_early, at_5=lambda: server.decide(code_of(server), ANA))
    signed_in(account_at(server, ca), Slow(server, ca, ANA), tmp_path, Way.DEVICE, pause=waits)
    assert waits.seconds == [5, 5, 10, 10, 10]


def test_a_code_that_was_declined_ends_it(server: OAuthServer, ca: Path, tmp_path: Path) -> None:
    waits = Waits(server, at_2=lambda: server.decide(code_of(server), "denied"))
    with pytest.raises(SignInError, match="declined on the other device"):
        signed_in(account_at(server, ca), Slow(server, ca, ANA), tmp_path, Way.DEVICE, pause=waits)
    assert len(waits.seconds) == 2


def test_a_code_that_expired_there_ends_it(server: OAuthServer, ca: Path, tmp_path: Path) -> None:
    def expire() -> None:
        server.ahead += DEVICE_LIFE

    waits = Waits(server, at_2=expire)
    with pytest.raises(SignInError, match="not entered in time"):
        signed_in(account_at(server, ca), Slow(server, ca, ANA), tmp_path, Way.DEVICE, pause=waits)
    assert len(waits.seconds) == 2


def test_a_code_that_nobody_enters_is_not_asked_about_for_ever(server: OAuthServer, ca: Path, tmp_path: Path) -> None:
    waits = Waits(server)
    with pytest.raises(SignInError, match="not entered in time"):
        signed_in(account_at(server, ca), Slow(server, ca, ANA), tmp_path, Way.DEVICE, pause=waits)
    assert sum(waits.seconds) == DEVICE_LIFE


def test_a_network_that_is_gone_for_a_while_is_asked_less_often(server: OAuthServer, ca: Path, tmp_path: Path) -> None:
    def fail(status: int) -> Callable[[], None]:
        return lambda: setattr(server, "status", status)

    def back() -> None:
        server.status = 0
        server.decide(code_of(server), ANA)

    waits = Waits(server, at_1=fail(-1), at_2=fail(503), at_3=fail(-1), at_4=back)
    account = account_at(server, ca)
    signed_in(account, Slow(server, ca, ANA), tmp_path, Way.DEVICE, pause=waits)
    assert waits.seconds[:2] == [USUAL_INTERVAL, 2 * USUAL_INTERVAL]
    assert waits.seconds == sorted(waits.seconds)
    assert stored(account) is not None

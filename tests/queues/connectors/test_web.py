"""What web servers do instead of answering, each told in one sentence; nothing sent twice because of it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from data.errors import ConnectorError, DoubtError, InputError, RefusedError, UnreachableError
from data.records.tickets import Status
from queues.accounts.ticketing_system import Tracker, complete, complete_all
from queues.connectors.request_tracker import RequestTracker
from queues.connectors.tls import context
from queues.connectors.web import BusyError, NotFoundError, StaleError, TokenRefusedError, WebClient
from tests.servers.mail_stack import MailStack
from tests.servers.web_double import WebDouble

Client = Callable[..., WebClient]
OK: tuple[int, dict[str, str], object] = (200, {}, {"items": []})


@pytest.fixture
def client() -> Iterator[Callable[..., WebClient]]:
    made: list[WebClient] = []

    def make(url: str, per_minute: int = 1000) -> WebClient:
        made.append(WebClient(url, context=None, per_minute=per_minute))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.mark.parametrize(
    ("status", "headers", "kind", "words"),
    [
        (401, {}, TokenRefusedError, "does not accept the token"),
        (403, {}, RefusedError, "refused it"),
        (404, {}, NotFoundError, "does not have it"),
        (412, {}, StaleError, "a newer version"),
        (413, {}, RefusedError, "takes no message or file of this size"),
        (429, {"Retry-After": "7"}, BusyError, "asks to wait 7 seconds"),
        (503, {"Retry-After": "soon"}, BusyError, "asks to wait 60 seconds"),
        (429, {"X-RateLimit-Retry-After": "9"}, BusyError, "asks to wait 9 seconds"),
        (500, {}, UnreachableError, "failed"),
        (302, {"Location": "https://elsewhere.example"}, RefusedError, "another address"),
    ],
)
def test_each_answer_is_one_sentence(
    status: int, headers: dict[str, str], kind: type[ConnectorError], words: str, client: Client
) -> None:
    with WebDouble([(status, headers, {"message": "a\x1b[31m word"})]) as double, pytest.raises(kind) as caught:
        client(double.url).ask("GET", "x", {})
    assert words in caught.value.message
    assert "\x1b" not in caught.value.message
    assert "\n" not in caught.value.message


def test_what_is_no_json_is_told(client: Client) -> None:
    with WebDouble([(200, {}, b"<html>")]) as double, pytest.raises(ConnectorError, match="check the url"):
        client(double.url).ask("GET", "x", {})


def test_nobody_there_is_told(client: Client) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        with pytest.raises(UnreachableError, match="takes no connections"):
            client(f"http://127.0.0.1:{held.getsockname()[1]}").ask("GET", "x", {})


def test_a_kept_connection_that_ended_is_made_anew_for_reading_only(client: Client) -> None:
    with WebDouble([OK, (0, {}, None), OK]) as double:
        web = client(double.url)
        web.ask("GET", "x", {})
        assert web.ask("GET", "x", {}).body == {"items": []}
        web.close()
    with WebDouble([OK, (0, {}, None), OK]) as double:
        web = client(double.url)
        web.ask("GET", "x", {})
        with pytest.raises(UnreachableError):
            web.ask("PUT", "x", {}, body={})
        web.close()
        assert len(double.heard) == 2
    with WebDouble([OK, (0, {}, None), OK]) as double:
        web = client(double.url)
        web.ask("GET", "x", {})
        assert web.ask("POST", "search", {}, body={}, reads=True).body == {"items": []}
        web.close()


@pytest.mark.parametrize(
    "answer",
    [
        {"description": "Validation failed", "errors": [{"field": "status", "message": "is closed", "code": "x"}]},
        {"message": "Validation failed", "_embedded": {"errors": [{"path": "status", "message": "is closed"}]}},
    ],
)
def test_a_refusal_names_the_fields_that_are_wrong(answer: object, client: Client) -> None:
    with WebDouble([(400, {}, answer)]) as double, pytest.raises(RefusedError) as caught:
        client(double.url).ask("GET", "x", {})
    assert "(400 Validation failed status: is closed)" in caught.value.message


@pytest.mark.parametrize("answer", [(0, {}, None), (500, {}, {}), (201, {}, b"<html>")])
def test_an_offer_without_a_clear_answer_is_in_doubt(
    answer: tuple[int, dict[str, str], object], client: Client
) -> None:
    with WebDouble([answer]) as double:
        offer = client(double.url).offer("POST", "x", {}, {"Content": "ñ"})
        with pytest.raises(DoubtError):
            offer.finish()
        assert double.heard == ['{"Content": "ñ"}'.encode()]


@pytest.mark.parametrize("status", [400, 401, 403, 412, 429, 503])
def test_an_offer_that_was_refused_is_not_in_doubt(status: int, client: Client) -> None:
    with WebDouble([(status, {}, {})]) as double:
        offer = client(double.url).offer("POST", "x", {}, {})
        with pytest.raises(ConnectorError) as caught:
            offer.finish()
        assert not isinstance(caught.value, DoubtError)


def test_a_dropped_offer_was_never_made(client: Client) -> None:
    with WebDouble([OK]) as double:
        client(double.url).offer("POST", "x", {}, {"Content": "no"}).drop()
        client(double.url).ask("GET", "x", {})
        assert double.heard == [b""]


def test_requests_beyond_the_budget_wait(client: Client) -> None:
    with WebDouble([OK]) as double:
        web, waits = client(double.url, per_minute=2), list[float]()
        web.pause = waits.append
        for _ in range(3):
            web.ask("GET", "x", {})
        web.close()
    assert len(waits) == 1
    assert 50 < waits[0] <= 60
    assert web.requests == 3


def test_a_certificate_of_nobody_known_is_refused_before_the_token_is_sent(mail_stack: MailStack) -> None:
    tracker = complete(Tracker("desk", f"https://localhost:{mail_stack.ports['imaps']}"))
    system = RequestTracker(tracker, lambda one: "1-2-abc")
    with pytest.raises(UnreachableError, match=r"cannot be trusted.*no token was sent"):
        system.check()
    with pytest.raises(InputError, match="ca-file"):
        context(Tracker("desk", "https://x.example", ca_file="/nowhere.pem"))


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "http://tickets.example"}, {"url": "ftp://127.0.0.1"}, {"url": "https://me:secret@tickets.example"},
        {"url": "https://tickets.example?x=1"}, {"url": "https://tickets.example:99999"}, {"url": "https://["},
        {"name": "a b"}, {"secret": "mypassword"}, {"poll_seconds": 0},
    ],
)  # fmt: skip
def test_settings_that_cannot_be_used_are_told(changes: dict[str, object]) -> None:
    values: dict[str, object] = {"name": "desk", "url": "https://tickets.example", **changes}
    with pytest.raises(InputError, match="Tracker not understood"):
        complete(Tracker(**values))  # type: ignore[arg-type]


def test_statuses_and_addresses_are_made_plain() -> None:
    tracker = complete(Tracker("desk", "http://[::1]/rt/REST/2.0/", statuses={"waiting": Status.ON_HOLD}))
    assert tracker.url == "http://[::1]/rt"
    assert (tracker.there(Status.ON_HOLD), tracker.there(Status.PENDING)) == ("waiting", "stalled")
    assert (tracker.there(Status.CLOSED), tracker.there(Status.SNOOZED)) == ("resolved", "")
    assert (tracker.here("waiting"), tracker.here("unknown")) == (Status.ON_HOLD, None)
    with pytest.raises(InputError, match="Two"):
        complete_all((tracker, tracker))


def test_a_file_is_followed_elsewhere_without_saying_who_we_are(client: Client) -> None:
    with WebDouble([(200, {}, b"bytes")]) as other, WebDouble([(302, {"Location": f"{other.url}/f"}, b"")]) as home:
        assert client(home.url).download(f"{home.url}/a?name=x", {"Authorization": "me"}, 5) == b"bytes"
        assert [home.headers[0].get("Authorization"), other.headers[0].get("Authorization")] == ["me", None]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((302, {"Location": "/again"}, b""), "gives no usable address"),
        ((302, {"Location": "ftp://127.0.0.1/f"}, b""), "gives no usable address"),
        ((302, {"Location": "file:///etc/passwd"}, b""), "gives no usable address"),
        ((302, {"Location": "https://[half/f"}, b""), "gives no usable address"),
        ((302, {"Location": "https://x.example:99999/f"}, b""), "gives no usable address"),
        ((302, {"Location": f"https://{'x' * 70}.example/f"}, b""), "gives no usable address"),
        ((302, {"Location": "http://127.0.0.1:1/f"}, b""), "is stored elsewhere"),
        ((404, {}, {"error": "gone"}), "does not have it"),
        ((200, {}, b"sixsix"), "larger than 5 bytes"),
    ],
)
def test_a_file_that_cannot_be_had_is_refused(
    client: Client, answer: tuple[int, dict[str, str], object], words: str
) -> None:
    with WebDouble([answer]) as double, pytest.raises(RefusedError, match=words):
        client(double.url).download(f"{double.url}/f", {}, 5)


def test_a_file_is_fetched_from_named_hosts_only(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def fetch(client: WebClient, *_: object) -> bytes:
        asked.append(client.host)
        return b"x"

    monkeypatch.setattr(WebClient, "_fetch", fetch)
    client = WebClient("https://a.example", context=None, per_minute=99, file_hosts=("files.example", "*.cdn.example"))
    for host in ("a.example", "files.example", "x.y.cdn.example", "A.EXAMPLE"):
        assert client.download(f"https://{host}/f", {}, 5) == b"x"
    for host in (
        "evil.example",
        "cdn.example",
        "xcdn.example",
        "files.example.evil.example",
        "127.0.0.1",
        "[::1]",
        "b.",
    ):
        with pytest.raises(RefusedError, match="which is not asked: name it under file-hosts"):
            client.download(f"https://{host}/f", {}, 5)
    assert asked == ["a.example", "files.example", "x.y.cdn.example", "a.example"]


@pytest.mark.parametrize("sent", [b"H", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{", b"HTTP/1.1 200 OK\r\nX: "])
def test_a_server_that_sends_a_byte_now_and_then_does_not_hold_a_request(
    client: Client, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr("queues.connectors.web.LONGEST", 0.3)
    monkeypatch.setattr("queues.connectors.web.LONGEST_FILE", 0.3)
    stop = threading.Event()

    def drip(connection: socket.socket) -> None:
        with suppress(OSError), connection:
            connection.recv(65536)
            connection.sendall(sent)
            while not stop.wait(0.02):
                connection.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    threading.Thread(target=drip, args=(server.accept()[0],), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(UnreachableError, match="does not answer"):
            client(url).ask("GET", "x", {})
        with pytest.raises(UnreachableError, match="does not answer"):
            client(url).download(f"{url}/f", {}, 10**9)
        offer = client(url).offer("POST", "x", {}, {"a": 1})
        with pytest.raises(DoubtError):
            offer.finish()
        stop.set()
        server.shutdown(socket.SHUT_RDWR)


def test_a_file_whose_address_has_spaces_and_accents_is_fetched(client: Client) -> None:
    with WebDouble([(200, {}, b"bytes")]) as double:
        assert client(double.url).download(f"{double.url}/señal de tráfico%20.png?n=á b", {}, 5) == b"bytes"
        assert double.paths[0] == "/se%C3%B1al%20de%20tr%C3%A1fico%20.png?n=%C3%A1%20b"


@pytest.mark.parametrize("status", [200, 500])
def test_an_answer_nested_without_end_is_told(client: Client, status: int) -> None:
    with WebDouble([(status, {}, b"[" * 200_000)]) as double, pytest.raises(ConnectorError):
        client(double.url).ask("GET", "x", {})


def test_a_file_of_a_server_with_tls_is_never_fetched_without(client: Client) -> None:
    with WebDouble([OK]) as double, pytest.raises(RefusedError, match="gives no usable address"):
        WebClient("https://127.0.0.1:1", context=None, per_minute=9).download(f"{double.url}/f", {}, 5)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"error": "RecordInvalid", "description": "Record validation errors",
          "details": {"status": [{"description": "Status: closed prevents ticket update"}]}}, "closed prevents"),
        ({"error": {"title": "Forbidden", "message": "You do not have access."}}, "You do not have access"),
        ({"error": "Couldn't find", "description": "Not here"}, "Not here"),
        ({"details": {}, "message": ["a", 1, None, {"msg": "b"}]}, "a b"),
        (["a", "b"], "a b"),
        (7, "400"),
    ],
)  # fmt: skip
def test_what_a_server_says_is_found_under_its_names(client: Client, said: object, words: str) -> None:
    with WebDouble([(400, {}, said)]) as double, pytest.raises(RefusedError, match=words):
        client(double.url).ask("GET", "x", {})

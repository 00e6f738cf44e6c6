"""A webhook to a server with TLS: only a certificate that can be trusted gets it."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from queues.hooks.hook import Hook
from queues.hooks.outcome import Verdict
from queues.hooks.webhook import post
from tests.servers.hook_receiver import HookReceiver
from tests.servers.mail_stack import make_certificates
from tests.servers.tls_front import tls_front

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
KEYS = [b"0" * 32]


def test_only_a_receiver_that_can_be_trusted_gets_it(receiver: HookReceiver, tmp_path: Path) -> None:
    make_certificates(tmp_path)
    port = urlsplit(receiver.url).port
    assert port is not None
    with tls_front(port, tmp_path) as front:
        hook = Hook("board", ("*",), url=f"https://localhost:{front}/hook", timeout=60)
        refused = post(hook, "msg_1", b"{}", KEYS, 0)
        assert refused.verdict is Verdict.FAILING
        assert refused.sentence.startswith("its certificate cannot be trusted (")
        own = Hook("board", ("*",), url=hook.url, timeout=60, ca_file=str(tmp_path / "ca.pem"))
        assert post(own, "msg_2", b"{}", KEYS, 0).verdict is Verdict.DELIVERED
        elsewhere = Hook("board", ("*",), url=receiver.url.replace("http:", "https:"), timeout=60)
        assert post(elsewhere, "msg_3", b"{}", KEYS, 0).sentence == "it does not speak TLS there"
    assert [request.id for request in receiver.requests] == ["msg_2"]


def test_nothing_listens(tmp_path: Path) -> None:
    gone = Hook("board", ("*",), url="http://127.0.0.1:9/", timeout=60)
    outcome = post(gone, "msg_1", b"{}", KEYS, 0)
    assert (outcome.verdict, outcome.sentence) == (Verdict.FAILING, "it takes no connections")

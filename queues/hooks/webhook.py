"""A signed webhook: one POST, no redirect followed, little of the answer read, all within a time limit."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Sequence
from urllib.parse import urlsplit

from data.confidential.mask import masked
from data.safe_text import safe_line
from queues.connectors.tls import context
from queues.connectors.web import within
from queues.hooks.hook import Hook
from queues.hooks.outcome import Outcome, Verdict
from queues.hooks.signature import signature

LARGEST = 4_096
"""Bytes of an answer that are read."""
_SAID = 160
_LONGEST_WAIT = 86_400
_BUSY = frozenset({408, 425, 429})


def post(hook: Hook, webhook_id: str, body: bytes, keys: Sequence[bytes], now: int) -> Outcome:
    """Post the JSON; only an answer from 200 to 299 says that it was delivered."""
    parts = urlsplit(hook.url)
    host, path = parts.hostname or "", parts.path or "/"
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "tridesk",
        "Connection": "close",
        "webhook-id": webhook_id,
        "webhook-timestamp": str(now),
        "webhook-signature": signature(keys, webhook_id, now, body),
    }
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(host, parts.port, timeout=hook.timeout, context=context(hook))
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=hook.timeout)
    try:
        with within(connection, hook.timeout):
            connection.request("POST", path + (f"?{parts.query}" if parts.query else ""), body, headers)
            answer = connection.getresponse()
            said = answer.read(LARGEST)
    except (OSError, http.client.HTTPException) as error:
        return Outcome(Verdict.FAILING, _fault(error))
    finally:
        connection.close()
    return _judged(answer.status, answer.headers.get("Retry-After", ""), said)


def _judged(status: int, retry_after: str, said: bytes) -> Outcome:
    words = masked(safe_line(" ".join(said.decode("utf-8", "replace").split())[: 2 * _SAID]))[:_SAID]
    sentence = f"{status} {words}".strip()
    if 200 <= status < 300:
        return Outcome(Verdict.DELIVERED, str(status))
    if status == 410:
        return Outcome(Verdict.GONE, sentence)
    if 300 <= status < 400:
        return Outcome(Verdict.REFUSED, f"{status}: it is elsewhere; write its new address as url")
    wait = min(int(retry_after), _LONGEST_WAIT) if retry_after.isascii() and retry_after.isdigit() else 0
    failing = status >= 500 or status in _BUSY
    return Outcome(Verdict.FAILING if failing else Verdict.REFUSED, sentence, wait if failing else 0)


def _fault(error: BaseException) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return f"its certificate cannot be trusted ({error.verify_message})"
        case ssl.SSLError():
            return "it does not speak TLS there"
        case socket.gaierror():
            return "its name is not found"
        case TimeoutError():
            return "it does not answer in time"
        case ConnectionRefusedError():
            return "it takes no connections"
    return "it ended the connection without an answer"

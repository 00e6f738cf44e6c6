"""What docs/hooks.md shows works: its receiver, its settings, its table."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import msgspec

from queues.hooks.deliver import MOST_ATTEMPTS, RETRY_SECONDS
from queues.hooks.hook import TEST, TYPES, UNDONE, Hook, check_all
from queues.hooks.outcome import Verdict
from queues.hooks.signature import keys_of, new_secret
from queues.hooks.webhook import post

PAGE = (Path(__file__).parents[3] / "docs" / "hooks.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    match = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert match is not None
    return match[1]


def test_the_table_has_every_type() -> None:
    rows = re.findall(r"^\| `([\w.]+)` \| (.*?) \| ", PAGE, re.MULTILINE)
    assert dict(rows) == TYPES
    assert f"`{TEST}`" in PAGE
    assert f"`{UNDONE}`" in PAGE


def test_the_settings_are_accepted() -> None:
    hooks = msgspec.convert(tomllib.loads(block("toml"))["hook"], tuple[Hook, ...])
    check_all(hooks)
    assert [hook.name for hook in hooks] == ["board", "bell"]


def test_the_figures_are_those_of_the_code() -> None:
    assert RETRY_SECONDS == 30
    assert "tried again in 30 seconds" in PAGE
    assert MOST_ATTEMPTS == 12
    assert RETRY_SECONDS * (2 ** (MOST_ATTEMPTS - 1) - 1) // 3600 == 17
    assert "twelve attempts, 17 hours" in " ".join(PAGE.split())


def test_the_receiver_takes_what_is_signed_once_and_nothing_else() -> None:
    secret = new_secret()
    source = block("python").replace(
        'http.server.HTTPServer(("127.0.0.1", 8477), Receiver).serve_forever()',
        'server = http.server.HTTPServer(("127.0.0.1", 0), Receiver); print(server.server_port, flush=True)\n'
        "server.serve_forever()",
    )
    with subprocess.Popen(
        [sys.executable, "-c", source], env=os.environ | {"HOOK_SECRET": secret}, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            _try(int(process.stdout.readline()), secret)
            assert [process.stdout.readline() for _ in range(2)] == ["ticket.solved\n", "ticket.woken\n"]
        finally:
            process.terminate()
        assert process.stdout.read() == ""


def _try(port: int, secret: str) -> None:
    hook, now = Hook("board", ("*",), url=f"http://127.0.0.1:{port}/", timeout=60), int(time.time())
    keys, others = keys_of(secret), keys_of(new_secret())
    assert post(hook, "msg_1", b'{"type": "ticket.solved"}', keys, now).verdict is Verdict.DELIVERED
    assert post(hook, "msg_1", b'{"type": "ticket.solved"}', [*others, *keys], now).verdict is Verdict.DELIVERED
    assert post(hook, "msg_2", b'{"type": "ticket.closed"}', others, now).sentence == "401"
    assert post(hook, "msg_3", b'{"type": "ticket.closed"}', keys, now - 600).sentence == "401"
    assert post(hook, "msg_4", b'{"type": "ticket.woken"}', keys, now).verdict is Verdict.DELIVERED

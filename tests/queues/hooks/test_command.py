"""A hook's command: no shell, no secrets in its environment, a time limit, and little of what it writes is read."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import pytest

from queues.hooks.outcome import Verdict
from queues.hooks.run_command import environment, run
from tests.queues.hooks.conftest import HookedDesk

BODY = json.dumps({"type": "ticket.solved", "data": {"subject": "'; touch x; $(id)"}}).encode()


def python(source: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", source, *arguments]


def test_it_gets_the_json_on_its_input_and_its_arguments_as_they_are(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    source = "import sys; open(sys.argv[1], 'wb').write(sys.stdin.buffer.read() + sys.argv[2].encode())"
    outcome = run(python(source, str(kept), "$(id) `id` 'a;b"), BODY, 30)
    assert (outcome.verdict, outcome.sentence) == (Verdict.DELIVERED, "0")
    assert kept.read_bytes() == BODY + b"$(id) `id` 'a;b"


def test_its_environment_has_nothing_that_may_be_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELP_PASSWORD", "hunter2")
    monkeypatch.setenv("LC_TIME", "es_ES.UTF-8")
    kept = tmp_path / "kept"
    run(python("import os, sys; open(sys.argv[1], 'w').write(repr(dict(os.environ)))", str(kept)), BODY, 30)
    seen = kept.read_text()
    assert "hunter2" not in seen
    assert "es_ES.UTF-8" in seen
    assert set(environment()) <= {name for name in os.environ if name != "HELP_PASSWORD"}
    assert "PATH" in environment()


def test_one_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    kept = tmp_path / "child"
    source = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "open(sys.argv[1], 'w').write(str(child.pid))\n"
        "print('still at it', flush=True)\n"
        "time.sleep(600)"
    )
    outcome = run(python(source, str(kept)), BODY, 5)
    assert outcome.verdict is Verdict.REFUSED
    assert outcome.sentence == "it ran for more than 5 seconds and was ended: still at it"
    child = int(kept.read_text())
    deadline = time.monotonic() + 30
    while _runs(child):
        assert time.monotonic() < deadline


def test_one_that_leaves_a_child_with_its_output_open_is_not_waited_for() -> None:
    source = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])"
    began = time.monotonic()
    assert run(python(source), BODY, 60).verdict is Verdict.DELIVERED
    assert time.monotonic() - began < 50


def test_one_that_floods_fills_no_memory_and_no_line() -> None:
    source = "import sys\nfor _ in range(300): sys.stdout.write('\\x1b[31m' + 'x' * 100_000)\nsys.exit(3)"
    outcome = run(python(source), BODY, 60)
    assert outcome.sentence.startswith("it ended with code 3: ")
    assert len(outcome.sentence) < 200
    assert "\x1b" not in outcome.sentence


def test_one_that_fails_says_why_and_what_is_confidential_in_it_is_masked() -> None:
    source = (
        "import sys; print('looking', flush=True); print('no card 4111 1111 1111 1111', file=sys.stderr); sys.exit(1)"
    )
    assert run(python(source), BODY, 30).sentence == "it ended with code 1: no card •••1111"


def test_one_that_reads_nothing_has_taken_it_if_it_says_so() -> None:
    assert run(python("pass"), b"x" * 10_000_000, 30).verdict is Verdict.DELIVERED


def test_one_that_does_not_exist_is_a_failing_receiver() -> None:
    outcome = run(["/nowhere/at-all"], BODY, 30)
    assert outcome.verdict is Verdict.FAILING
    assert outcome.sentence == "it cannot be started (No such file or directory)"


def test_a_command_is_told_of_each_thing_once(hooked: HookedDesk, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    source = "import sys; open(sys.argv[1], 'a').write(sys.stdin.read() + '\\n')"
    deliverer = hooked.deliverer(command=tuple(python(source, str(kept))))
    hooked.ticket()
    hooked.ticket(sender="bob@x.example")
    hooked.later()
    hooked.run(deliverer)
    lines = [json.loads(line) for line in kept.read_text().splitlines()]
    assert [(line["type"], line["data"]["ticket"]) for line in lines] == [
        ("ticket.received", 1),
        ("ticket.received", 2),
    ]
    assert {line["id"] for line in lines} == {item.webhook_id for item in hooked.planned()}


def _runs(process: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return False

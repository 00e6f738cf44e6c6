"""A hook's command: a program of the user's, without a shell, with a time limit, and without our secrets."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import IO

from data.confidential.mask import masked
from data.locations import umask_before
from data.safe_text import safe_line
from queues.ground import children
from queues.hooks.outcome import Outcome, Verdict

_KEPT = ("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT")
"""What of our environment it gets, besides `LC_*`."""
_LARGEST = 4_096
"""Bytes at the end of its output that are kept; the rest is thrown away."""
_SAID = 160
_CLOSING_SECONDS = 1.0
"""How long its output is waited for after it ended: a child of its own may keep it open."""


def run(command: Sequence[str], body: bytes, seconds: float) -> Outcome:
    """Start the program, give it the JSON on its standard input, and wait for its end; 0 means delivered."""
    try:
        process = subprocess.Popen(
            list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=environment(), start_new_session=True, umask=umask_before(),
        )  # fmt: skip
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else ""
        return Outcome(Verdict.FAILING, f"it cannot be started ({why or type(error).__name__})")
    with process:
        children.adopt(process)
        assert process.stdin is not None
        assert process.stdout is not None
        said = bytearray()
        writer = _started(_write, process.stdin, body)
        reader = _started(_read, process.stdout, said)
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = None
            _end_group(process)
        reader.join(_CLOSING_SECONDS)
        if reader.is_alive():
            _end_group(process)
        writer.join(_CLOSING_SECONDS)
    if code is None:
        return Outcome(Verdict.REFUSED, f"it ran for more than {seconds:g} seconds and was ended{_words(said)}")
    if code:
        return Outcome(Verdict.REFUSED, f"it ended with code {code}{_words(said)}")
    return Outcome(Verdict.DELIVERED, "0")


def environment() -> dict[str, str]:
    """Return the environment of a hook's command: where it is and how it speaks, and nothing that may be secret."""
    return {name: value for name, value in os.environ.items() if name in _KEPT or name.startswith("LC_")}


def _started(work: object, *arguments: object) -> threading.Thread:
    thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]
    thread.start()
    return thread


def _write(pipe: IO[bytes], body: bytes) -> None:
    with suppress(OSError, ValueError):  # it need not read what it gets
        pipe.write(body)
        pipe.close()


def _read(pipe: IO[bytes], said: bytearray) -> None:
    with suppress(OSError, ValueError):
        while part := pipe.read1(65_536):  # type: ignore[attr-defined]
            said += part
            del said[:-_LARGEST]


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End it, and whatever it has started that still holds its output open."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _words(said: bytearray) -> str:
    lines = bytes(said).decode("utf-8", "replace").strip().splitlines()
    last = masked(safe_line(lines[-1]))[:_SAID] if lines else ""
    return f": {last}" if last else ""

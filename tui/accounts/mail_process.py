"""The mail process next to the screen: `tridesk sync --watch`, started and stopped with the screen.

A separate process, so that fetching a hundred thousand mails never delays a key.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from queues.ground import children
from tui.setup.desk_key import to_hand_on

ENDING_SECONDS = 5.0
"""How long it may take to finish its current step."""
AGAIN_SECONDS = 5.0
"""The delay before it is restarted after an unexpected exit."""


class MailProcess:
    """Starts the process, passes on its messages, and restarts it if it exits unexpectedly."""

    def __init__(self, store_path: Path, secrets: Mapping[str, str], *, wanted: bool = True) -> None:
        """Take the desk file and the secrets typed at start, by account name; `wanted` is False without accounts."""
        self._path, self._secrets, self._wanted = store_path, dict(secrets), wanted
        self._callbacks: tuple[Callable[[], object], Callable[[str], object]] | None = None
        self._process: subprocess.Popen[str] | None = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, on_news: Callable[[], object], on_said: Callable[[str], object]) -> None:
        """Start it. Both callbacks run in a thread: one when mail was filed, one with a message for the agent."""
        self._callbacks = (on_news, on_said)
        if not self._wanted:
            return
        self._thread = threading.Thread(target=self._keep, args=(on_news, on_said), name="mail", daemon=True)
        self._thread.start()

    def begin_anew(self, secrets: Mapping[str, str], *, wanted: bool) -> None:
        """Restart it with the current accounts, so that a new account is served; may take seconds."""
        self.stop()
        self._secrets |= secrets
        self._wanted, self._process, self._thread = wanted, None, None
        self._stopping = threading.Event()
        if self._callbacks is not None:
            self.start(*self._callbacks)

    def stop(self) -> None:
        """Stop it between two steps. Killing it would lose nothing either, but leave a reply in doubt."""
        self._stopping.set()
        process = self._process
        if process is not None and process.stdin is not None:
            try:
                process.stdin.close()
                process.wait(ENDING_SECONDS)
            except (OSError, subprocess.TimeoutExpired):
                process.kill()
        if self._thread is not None:
            self._thread.join(ENDING_SECONDS)

    def _keep(self, on_news: Callable[[], object], on_said: Callable[[str], object]) -> None:
        stopping = self._stopping
        while not stopping.is_set():
            try:
                self._listen(stopping, on_news, on_said)
            except OSError as error:
                on_said(f"The mail process could not be started ({error.strerror}).")
            stopping.wait(AGAIN_SECONDS)

    def _listen(
        self, stopping: threading.Event, on_news: Callable[[], object], on_said: Callable[[str], object]
    ) -> None:
        sync = ["sync", "--watch", "--attached", "--db", str(self._path.absolute())]
        with subprocess.Popen(
            [sys.executable, "-P", "-m", "tui", *sync], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, encoding="utf-8", start_new_session=True, env=_environment(),
        ) as process:  # fmt: skip
            self._process = process
            children.adopt(process)
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps({"accounts": self._secrets, "keys": to_hand_on(self._path)}) + "\n")
            process.stdin.flush()
            if stopping.is_set():  # while it was being started
                process.stdin.close()
            for line in process.stdout:
                message = json.loads(line) if line.startswith("{") else {}
                if message.get("news"):
                    on_news()
                if message.get("say"):
                    on_said(str(message["say"]))
            process.wait()


def _environment() -> dict[str, str]:
    here = str(Path(__file__).resolve().parents[2])
    return os.environ | {"PYTHONPATH": here}

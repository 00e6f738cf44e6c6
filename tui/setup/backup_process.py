"""Automatic backups next to the screen: `tridesk backup --automatic`, a process of its own, so that no key waits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from queues.ground import children
from tui.setup.desk_key import to_hand_on

FIRST_SECONDS = 2.0
"""The delay after the first paint before the file is checked."""
EVERY_SECONDS = 600.0
"""How often to look whether a backup is due."""
ENDING_SECONDS = 1.0


class BackupProcess:
    """Has the desk file checked once it is shown and then regularly, and backed up when that is due."""

    def __init__(self, store_path: Path) -> None:
        self._path = store_path
        self._stopping = threading.Event()
        self._process: subprocess.Popen[str] | None = None
        self._thread: threading.Thread | None = None
        self._last_said = ""

    def start(self, on_said: Callable[[str], object]) -> None:
        """Start looking; `on_said` is called in a thread with a message for the agent, each message once."""
        self._thread = threading.Thread(target=self._keep, args=(on_said,), name="backups", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop; a backup that is being written is left out, and its file is removed by the next."""
        self._stopping.set()
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
        if self._thread is not None:
            self._thread.join(ENDING_SECONDS)

    def _keep(self, on_said: Callable[[str], object]) -> None:
        wait = FIRST_SECONDS
        while not self._stopping.wait(wait):
            wait = EVERY_SECONDS
            try:
                self._look(on_said)
            except OSError as error:
                on_said(f"The desk cannot be backed up ({error.strerror}).")

    def _look(self, on_said: Callable[[str], object]) -> None:
        command = [sys.executable, "-P", "-m", "tui", "backup", "--automatic", "--db", str(self._path.absolute())]
        here = str(Path(__file__).resolve().parents[2])
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, encoding="utf-8", start_new_session=True, env=os.environ | {"PYTHONPATH": here},
        ) as process:  # fmt: skip
            self._process = process
            children.adopt(process)
            assert process.stdin is not None
            assert process.stdout is not None
            with suppress(BrokenPipeError), process.stdin as keys:
                keys.write(json.dumps(to_hand_on(self._path)) + "\n")
            for line in process.stdout:
                sentence = str(json.loads(line).get("say", "")) if line.startswith("{") else ""
                if sentence and sentence != self._last_said and not self._stopping.is_set():
                    self._last_said = sentence
                    on_said(sentence)

"""What fails after the program was told to end does not change how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.tui.real_terminal import ROOT
from tui.setup.settings import state_folder

PROGRAM = """
import os, signal, sys, threading
from data.errors import StoreError
from tui.terminal.shutdown import Shutdown, leave
asked = threading.Event()
with Shutdown(lambda code: asked.set()) as shutdown:
    os.kill(os.getpid(), signal.SIGHUP)
    asked.wait()
    raise {error}
leave(shutdown.code)
"""


@pytest.mark.parametrize(
    ("error", "said", "reports"),
    [("OSError('the terminal is gone')", "", 1), ("StoreError('Disk full', 'no room.')", "tridesk: no room.\n", 0)],
)
def test_a_failure_on_the_way_out_keeps_the_exit_code(error: str, said: str, reports: int) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(error=error)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (128 + signal.SIGHUP, said)
    assert len(list(state_folder().glob("crash-*"))) == reports

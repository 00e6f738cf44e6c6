"""Learns what the macros teach in a process of its own, which keeps it as a file.

Learning makes half a million objects. The screen's process would keep their memory for as long as it is open; so it
reads the file, as at every later start.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from queues.ground import children
from tui.setup.settings import cache_folder, config_folder


def learn_apart() -> None:
    """Start the process and wait until it has ended; called in a thread.

    Where it fails there is no file, and who needs it learns by itself.
    """
    here = str(Path(__file__).resolve().parents[2])
    with (
        suppress(OSError),
        subprocess.Popen(
            [sys.executable, "-P", "-m", __name__],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True, env=os.environ | {"PYTHONPATH": here},
        ) as process,
    ):  # fmt: skip
        children.adopt(process)


def main() -> None:
    """Learn, unless it is kept already."""
    from macros.files.library import Library
    from macros.suggesting.learning import Learner

    Learner(Library.standard(config_folder() / "macros"), cache_folder())


if __name__ == "__main__":
    main()

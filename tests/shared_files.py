"""Files that several tests read and that take long to make: made once in a run, whichever worker comes first."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def copy_of(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a copy of the file of that name, which `make` writes if no worker of this run has done so yet."""
    mine = factory.getbasetemp()
    folder = (mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine) / "shared"
    folder.mkdir(exist_ok=True)
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shared = folder / name
        if not shared.exists():
            unfinished = folder / f"{name}.unfinished"
            make(unfinished)
            unfinished.rename(shared)
    return Path(shutil.copy(shared, factory.mktemp(Path(name).stem) / name))

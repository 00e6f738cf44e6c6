from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tui.cli.main import COMMANDS

ROOT = Path(__file__).parents[3]
MODULES = [*sorted({module for module, _ in COMMANDS.values()}), "tui.keys.keymap", "tui.setup.settings"]
PROGRAM = """
import importlib, sys
for module in sys.argv[1:]:
    importlib.import_module(module)
    print(module, *sorted({name.partition(".")[0] for name in sys.modules} & {"textual", "rich"}))
"""


def test_no_command_imports_the_screen() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *MODULES], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines() == MODULES

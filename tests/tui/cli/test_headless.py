from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tui.cli.main import COMMANDS

ROOT = Path(__file__).parents[3]
LOADED = "import sys; print(sorted({name.partition('.')[0] for name in sys.modules} & {'textual', 'rich'}))"


@pytest.mark.parametrize(
    "module", [*sorted({module for module, _ in COMMANDS.values()}), "tui.keys.keymap", "tui.setup.settings"]
)
def test_no_command_imports_the_screen(module: str) -> None:
    code = f"import {module}; {LOADED}"
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert told.stdout.strip() == "[]"

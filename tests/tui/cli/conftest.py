"""Each object that a test of a command makes it write has only keys that docs/json.md names."""

from __future__ import annotations

import json
from typing import Any

import click
import pytest

from tools.json_keys import keys_of
from tui.cli import common
from tui.cli.main import cli


class _Checked:
    """`json` for `tui.cli.common`: refuses a key that is not documented."""

    loads = staticmethod(json.loads)

    @staticmethod
    def dumps(value: Any, **options: Any) -> str:
        context = click.get_current_context(silent=True)
        if context is not None and isinstance(value, dict):
            path = context.command_path  # a test may call a command without the program around it
            command = path.partition(" ")[2] if context.find_root().command is cli else path
            known = keys_of(command)
            unknown = [] if "*" in known else sorted(set(value) - set(known))
            assert not unknown, f"`{command} --json` writes {unknown}: document them in tools/json_keys.py"
        return json.dumps(value, **options)


@pytest.fixture(autouse=True)
def _documented_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(common, "json", _Checked)

"""Editing in the agent's own editor: a temporary file that only they can read, removed afterwards."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from data.errors import InputError
from queues.ground import children


def command(environment: Mapping[str, str]) -> list[str]:
    """Return the editor's command line: `VISUAL`, else `EDITOR`, else vi."""
    written = environment.get("VISUAL") or environment.get("EDITOR") or "vi"
    try:
        return shlex.split(written)
    except ValueError:
        raise InputError("Editor cannot be used", f"EDITOR is {written!r}; its quotes do not match.") from None


def edit(text: str, editor: list[str]) -> str:
    """Return `text` as edited. Raises `InputError` if the editor fails; then nothing is changed."""
    descriptor, name = tempfile.mkstemp(prefix="tridesk-", suffix=".txt")  # mkstemp gives 0600
    path = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        with subprocess.Popen([*editor, name]) as process:
            children.adopt(process)
        if process.returncode:
            raise InputError("Editor failed", f"{editor[0]} ended with {process.returncode}; the draft is unchanged.")
        return path.read_text(encoding="utf-8", errors="replace").removesuffix("\n")
    except OSError as error:
        reason = error.strerror or "it failed"
        raise InputError("Editor failed", f"{editor[0]}: {reason}; set EDITOR. The draft is unchanged.") from None
    finally:
        path.unlink(missing_ok=True)

"""Editing in the agent's own editor: a temporary file that only they can read, removed afterwards."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from data.errors import InputError
from data.locations import temporary_folder
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
    folder: Path | None = None
    try:
        folder = temporary_folder()
        path = folder / "draft.txt"
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
        with subprocess.Popen([*editor, str(path)]) as process:
            children.adopt(process)
        if process.returncode:
            raise InputError("Editor failed", f"{editor[0]} ended with {process.returncode}; the draft is unchanged.")
        return path.read_text(encoding="utf-8", errors="replace").removesuffix("\n")
    except OSError as error:
        reason = error.strerror or "it failed"
        raise InputError("Editor failed", f"{editor[0]}: {reason}; set EDITOR. The draft is unchanged.") from None
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)  # with what the editor made next to the draft

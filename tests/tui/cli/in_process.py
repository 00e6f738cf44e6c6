"""The program called as a shell calls it, but in this process: its environment, its input, its output, its exit code.

A process of its own takes a quarter of a second, which only tests about processes need.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from unittest import mock

import pytest

from data.desk_file import encryption
from tui.__main__ import main
from tui.setup import desk_key


@dataclass(frozen=True, slots=True)
class Ran:
    """What a program that has ended leaves."""

    returncode: int
    stdout: str
    stderr: str


def tridesk(environment: Mapping[str, str], *arguments: str, given: str = "") -> Ran:
    """Run `tridesk` with `given` on its standard input."""
    stdin, stdout, stderr = (io.TextIOWrapper(io.BytesIO(text), "utf-8") for text in (given.encode(), b"", b""))
    with mock.patch.dict(os.environ, environment, clear=True), pytest.MonkeyPatch.context() as patch:
        for name, stream in (("stdin", stdin), ("stdout", stdout), ("stderr", stderr)):
            patch.setattr(sys, name, stream)
        patch.setattr(sys, "argv", ["tridesk", *arguments])
        patch.setattr("tui.look.shown._REVEALED", ContextVar("revealed", default=False))
        patch.setattr(desk_key, "_from_environment", "")
        patch.setattr(encryption, "_source", encryption._source)  # the program sets its own
        mask = os.umask(0o077)
        try:
            main()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
        finally:
            os.umask(mask)
        return Ran(code, _written(stdout), _written(stderr))


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    content = stream.buffer
    assert isinstance(content, io.BytesIO)
    return content.getvalue().decode()

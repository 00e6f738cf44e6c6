"""Reports of internal errors: exception types and code lines, never values, which may be customer text."""

from __future__ import annotations

import platform
import time
import traceback
from pathlib import Path

from data.locations import private_folder
from tui.setup.settings import state_folder

HOUSE = Path(__file__).resolve().parents[2]


def fault_place(error: BaseException) -> str:
    """Return the type of an exception and the line of our code that raised it, never its message."""
    trace, place = error.__traceback__, "?"
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.is_relative_to(HOUSE):
            place = f"{file.relative_to(HOUSE)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__} at {place}"


def report_of(error: BaseException | None) -> str:
    """Return the types of an error and its causes, each with the code lines of its traceback."""
    parts: list[str] = []
    while error is not None:
        frames = traceback.extract_tb(error.__traceback__)
        parts += [
            type(error).__qualname__,
            *(f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames),
            "",
        ]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n".join(parts)


def write_report(error: BaseException | None) -> Path | str:
    """Write an error's report to the log folder and return its path; if that fails, return the first line."""
    now = time.strftime("%Y-%m-%dT%H:%M:%S")
    head = f"{now} Python {platform.python_version()} {platform.system()}\n"
    try:
        path = private_folder(state_folder()) / f"crash-{now.replace(':', '')}.txt"
        path.touch(mode=0o600)
        path.write_text(head + report_of(error), encoding="utf-8")
    except OSError:
        return report_of(error).partition("\n")[0]
    return path

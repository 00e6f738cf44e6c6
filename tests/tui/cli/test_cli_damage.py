"""A damaged desk at the command line: one sentence, an exit code, the file untouched, never a traceback."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.data.desks import fill, wreck

ROOT = Path(__file__).parents[3]
PROGRAM = """
import contextlib, io, sys
from tui.__main__ import main
for command in ("list --all", "show 3", "search text5", "verify", "solve 4", "export messages"):
    out, err = io.StringIO(), io.StringIO()
    sys.argv = ["tridesk", *command.split(), "--db", sys.argv[-1]]
    code = None
    with contextlib.redirect_stderr(err), contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())):
        try:
            main()
        except SystemExit as end:
            code = end.code
    print(code, repr(err.getvalue()))
"""


def said(desk: Path) -> list[tuple[int, str]]:
    """Run some commands; return the exit code and what each wrote to standard error."""
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(desk)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    rows = [line.partition(" ") for line in ran.stdout.splitlines()]
    return [(int(code), text) for code, _, text in rows]


@pytest.mark.parametrize("turn", range(10))
def test_flipped_bits_and_wrecked_pages(tmp_path: Path, turn: int) -> None:
    desk, where = tmp_path / "desk.db", random.Random(turn)
    fill(desk, 60)
    if turn % 2:
        content = bytearray(desk.read_bytes())
        for _ in range(5):
            content[where.randrange(100, len(content))] ^= 1 << where.randrange(8)
        desk.write_bytes(content)
    else:
        wreck(desk, where.randrange(1, desk.stat().st_size // 4096))
    for code, text in said(desk):
        assert code in (0, 1)
        assert "Traceback" not in text
        assert "a fault of the program itself" not in text, text
        if "damaged" in text:
            assert code == 1
            assert "restore --salvage" in text

"""What the benches measured, as one table: Markdown to read, JSON to compare."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

FOLDER = Path("build")
NAME = "bench"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure."""

    work: str
    """What was done: "first paint", "import a mail" …"""
    program: str
    value: float
    unit: str
    size: int | None = None
    """How many tickets or mails there were."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What it was measured on."""

    processor: str
    processors: int
    memory_gb: float
    load: float
    """Of the minute before the end: above the number of processors, times say little."""
    system: str
    python: str
    sqlite: str
    textual: str
    commit: str


_rows: list[Row] = []


def note(work: str, program: str, value: float, unit: str, size: int | None = None) -> None:
    """Take a figure into the table."""
    _rows.append(Row(work, program, round(value, 3), unit, size))


def save(folder: Path = FOLDER) -> list[Path]:
    """Write the table of all that was noted; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    of = machine()
    content = {"machine": asdict(of), "rows": [asdict(row) for row in _rows]}
    texts = {".json": json.dumps(content, indent=1, ensure_ascii=False) + "\n", ".md": markdown(of, _rows)}
    paths = []
    for ending, text in texts.items():
        path = folder / f"{NAME}{ending}"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


def markdown(of: Machine, rows: Sequence[Row]) -> str:
    """Return a table with a line for each work and program, and a column for each size."""
    sizes = sorted({row.size for row in rows if row.size is not None})
    heads = ["work", "program", *(f"{size:,}" for size in sizes), "any size"]
    found: dict[tuple[str, str, str], dict[int | None, float]] = {}
    for row in rows:
        found.setdefault((row.work, row.program, row.unit), {})[row.size] = row.value
    lines = [_line(heads), _line(["---"] * len(heads))]
    for (work, program, unit), values in found.items():
        shown = [_shown(values[size], unit) if size in values else "" for size in (*sizes, None)]
        lines.append(_line([work, program, *shown]))
    machine_lines = [f"{name.replace('_', ' ')}: {value}" for name, value in asdict(of).items()]
    return "\n".join([*lines, "", *machine_lines, ""])


def _shown(value: float, unit: str) -> str:
    return f"{f'{value:,.2f}'.rstrip('0').rstrip('.')} {unit}".rstrip()


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def machine() -> Machine:
    """Describe this machine and this program."""
    facts = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    names = [line.partition(":")[2].strip() for line in facts if line.startswith("model name")]
    asked = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)
    return Machine(
        processor=names[0] if names else platform.machine(),
        processors=os.cpu_count() or 1,
        memory_gb=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        load=round(os.getloadavg()[0], 1),
        system=platform.platform(terse=True),
        python=platform.python_version(),
        sqlite=sqlite3.sqlite_version,
        textual=version("textual"),
        commit=asked.stdout.strip(),
    )

"""Writes a report to a file; the extension determines the format."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, tzinfo
from pathlib import Path
from typing import IO, Any

from data.errors import InputError
from data.store import Store
from queues.figures.grouping import By, Grouped
from queues.figures.reporting import Progress, Report, reports
from tui.look.written_values import iso, safe_cell
from tui.reports.hours import elapsed_of
from tui.reports.html_page import groupings, page
from tui.reports.question import Asked, hours_named
from tui.reports.rows import keys, rows

KINDS = (".html", ".csv", ".jsonl")


def default_path(asked: Asked, zone: tzinfo) -> str:
    """Return a name for the file, in the home folder."""
    period = asked.period(zone)
    first, last = (f"{datetime.fromtimestamp(at, zone):%Y-%m-%d}" for at in (period.since, period.until))
    return f"~/tridesk-report-{first}-{last}-{asked.by}.html"


def lines_of(report: Report) -> Iterator[dict[str, Any]]:
    """Yield one line per figure, under the keys that scripts know."""
    times = _times(report)
    for row in rows(report):
        yield {**times, **keys(row)}


def _times(report: Report) -> dict[str, Any]:
    return {"since": iso(report.period.since), "until": iso(report.period.until), "by": str(report.by)}


def write_csv(stream: IO[str], report: Report) -> None:
    """Write the figures with a header line."""
    lines = list(lines_of(report))
    writer = csv.DictWriter(stream, list(lines[0]) if lines else list(_times(report)))
    writer.writeheader()
    # group names may be macros, tags or agents from an imported file
    writer.writerows({name: safe_cell(value) if isinstance(value, str) else value for name, value in line.items()}
                     for line in lines)  # fmt: skip


def write_page(path: Path, by: By, held: Mapping[Grouped, Report], zone: tzinfo, calendar: str) -> None:
    """Write the page, overwriting the file. Raises InputError if it cannot be written."""
    with _file(path, "w") as stream:
        stream.write(page(by, held, zone, hours_named(calendar)))


def write_report(store: Store, path: Path, asked: Asked, zone: tzinfo, on_progress: Progress) -> Path:
    """Write a report to a new file, as a page (.html), .csv or .jsonl; return its path.

    Raises InputError for another extension, an existing file, or a file that cannot be written.
    """
    path, kind = path.expanduser(), path.suffix.lower()
    if kind not in KINDS:
        raise InputError("Which kind of file", f"{path.name} must end in {', '.join(KINDS)}.")
    by = asked.by
    wanted = groupings(by, asked.period(zone)) if kind == KINDS[0] else (by,)
    elapsed = elapsed_of(asked.calendar)
    held = reports(store, asked.period(zone), wanted, zone, elapsed=elapsed, on_progress=on_progress)
    with _file(path, "x") as stream:
        if kind == KINDS[0]:
            stream.write(page(by, held, zone, hours_named(asked.calendar)))
        elif kind == KINDS[1]:
            write_csv(stream, held[by])
        else:
            stream.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines_of(held[by]))
    return path


@contextmanager
def _file(path: Path, mode: str) -> Iterator[IO[str]]:
    try:
        with path.open(mode, encoding="utf-8", errors="backslashreplace", newline="") as stream:
            yield stream
    except FileExistsError as error:
        raise InputError("File is there", f"{path} already exists and was not changed; choose another name.") from error
    except OSError as error:
        raise InputError("File not written", f"{path}: {error.strerror}; name a file that can be written.") from error

"""Writes that fail, programs that die between two writes, power that goes: SQLite's way, the n-th for each n."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from errno import EIO, ENOSPC
from pathlib import Path
from typing import Any

import pytest

from data.migrations.version import NEWEST
from tests.faults.file_worker import prepare, wrong
from tests.faults.recorded_writes import after_a_power_loss, recorded

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or (shutil.which("gcc") is None and "CI" not in os.environ),
    reason="needs gcc to build what fails the writes",
)
Figure = Callable[[str, object], None]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = tmp_path_factory.mktemp("faulty") / "faulty_files.so"
    source = str(HERE / "faulty_files.c")
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", str(built), source, "-ldl"], check=True)
    return built


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """The folder of a desk with two tickets."""
    prepare(tmp_path / "base")
    return tmp_path / "base"


def run(library: Path, *words: object) -> list[dict[str, Any]]:
    """Let the worker run to its end; return what it said of each n."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.faults.file_worker", *map(str, words)],
        env={**os.environ, "LD_PRELOAD": str(library)}, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def sound(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the runs in which the fault was met, after a look that nothing is wrong in any and the last one passed."""
    assert not lines[-1]["reached"]
    assert [line for line in lines if line["wrong"]] == []
    return lines[:-1]


@pytest.mark.parametrize(("error", "stays"), [(ENOSPC, 1), (EIO, 0)], ids=["full", "io"])
def test_a_write_that_fails_is_a_sentence_and_the_rest_is_whole(
    library: Path, base: Path, error: int, stays: int
) -> None:
    met = sound(run(library, "fail", base, error, stays, 3, 41))
    assert any(line["refused"] for line in met)


@pytest.mark.faults
@pytest.mark.parametrize(("error", "stays"), [(ENOSPC, 1), (ENOSPC, 0), (EIO, 1), (EIO, 0)])
def test_every_write_fails_once(library: Path, base: Path, error: int, stays: int, record_property: Figure) -> None:
    met = sound(run(library, "fail", base, error, stays, 1, 1))
    refused = Counter(refusal.rpartition(" ")[0] for line in met for refusal in line["refused"])
    assert refused
    record_property("figure", f"{len(met)} writes and syncs failed, {refused.total()} refusals in a sentence, 0 lost")


def test_killed_between_writes_nothing_is_lost_or_sent_twice(library: Path, base: Path) -> None:
    sound(run(library, "kill", base, 5, 37))


@pytest.mark.faults
def test_killed_at_every_write(library: Path, base: Path, record_property: Figure) -> None:
    met = sound(run(library, "kill", base, 1, 1))
    record_property("figure", f"killed at each of {len(met)} writes and syncs, 0 lost, 0 sent twice")


@pytest.fixture
def older(base: Path) -> Path:
    """The desk as an older tridesk left it."""
    with closing(sqlite3.connect(base / "desk.db")) as raw:
        for trigger in ("event_is_kept", "event_stays"):
            raw.execute(f"DROP TRIGGER {trigger}")
        for column in ("salt", "content", "link"):
            raw.execute(f"ALTER TABLE event DROP COLUMN {column}")
        raw.execute("DROP TABLE event_head")
        raw.execute("CREATE TRIGGER event_is_kept BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'never'); END")
        raw.execute("DELETE FROM _sqlite_migrations WHERE name = 'events_are_chained'")
        for index in ("ticket_assignee", "ticket_language", "ticket_rest"):
            raw.execute(f"DROP INDEX {index}")
        raw.execute("DROP TABLE ticket_tag")
        raw.execute("DELETE FROM _sqlite_migrations WHERE name = 'views_of_a_lane'")
        raw.execute(f"PRAGMA user_version = {NEWEST - 2}")
        raw.commit()
    return base


def upgrades(library: Path, older: Path, first: int, every: int) -> list[dict[str, Any]]:
    lines = run(library, "upgrade", older, first, every)
    met = sound(lines)
    assert {line["version"] for line in lines} <= {NEWEST - 2, NEWEST}
    assert len({line["shape"] for line in lines}) == 1, "an upgrade that was cut ended in another shape"
    return met


def test_an_upgrade_that_is_cut_goes_on_at_the_next_start(library: Path, older: Path) -> None:
    upgrades(library, older, 2, 23)


@pytest.mark.faults
def test_an_upgrade_that_is_cut_at_every_write(library: Path, older: Path, record_property: Figure) -> None:
    met = upgrades(library, older, 1, 1)
    record_property("figure", f"killed at each of {len(met)} writes of an upgrade, old or new each time")


def power_lost(library: Path, base: Path, every: int, turns: int) -> int:
    """Lose the power after each `every`-th recorded operation; return how often."""
    run(library, "record", base)
    run_folder = base.with_name("run")
    operations = list(recorded(base.with_name("record")))
    before = {file.name: file.read_bytes() for file in base.iterdir()}
    count = 0
    for place in range(0, len(operations) + 1, every):
        acks = b"".join(operation.data for operation in operations[:place] if operation.name == "acks").decode()
        done = {line[1:] for line in acks.splitlines() if line.startswith("+")}
        for turn in range(turns):
            left = after_a_power_loss(before, operations[:place], random.Random(place * 1_000 + turn))
            shutil.rmtree(run_folder)
            shutil.rmtree(run_folder.with_name("attempts"), ignore_errors=True)
            run_folder.mkdir()
            for name, content in left.items():
                (run_folder / name).write_bytes(content)
            assert wrong(run_folder / "desk.db", done) == [], f"power lost after operation {place}, turn {turn}"
            count += 1
    return count


def test_a_power_loss_leaves_what_was_acknowledged(library: Path, base: Path) -> None:
    power_lost(library, base, 29, 1)


@pytest.mark.faults
def test_a_power_loss_after_every_write(library: Path, base: Path, record_property: Figure) -> None:
    count = power_lost(library, base, 1, 4)
    record_property("figure", f"{count} power losses, unsynced writes dropped or torn, 0 acknowledged steps lost")

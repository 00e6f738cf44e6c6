"""The table of faults names tests that exist, and leaves none of the thirty out."""

from __future__ import annotations

import re

from tests.faults.table import FAULTS, ROOT, faults_of


def test_there_are_thirty_and_each_is_tried() -> None:
    assert [fault.id for fault in FAULTS] == [f"F{n}" for n in range(1, 31)]
    assert all(fault.tests for fault in FAULTS)


def test_every_test_of_the_table_exists() -> None:
    for fault in FAULTS:
        for test in fault.tests:
            file, _, name = test.partition("::")
            text = (ROOT / "tests" / file).read_text(encoding="utf-8")
            assert re.search(rf"^def {name}\(" if name else r"^def test_", text, re.MULTILINE), test


def test_a_test_is_found_by_its_id() -> None:
    assert faults_of("tests/queues/desk/test_crash.py::test_killed_at_some_points[type-1]") == ["F1"]
    assert faults_of("tests/tui/terminal/test_crash_report.py::test_anything") == ["F16"]
    assert faults_of("tests/data/test_views.py::test_x") == []

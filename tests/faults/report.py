"""Marks the tests that try a fault, and says at the end of `make faults` in a line for each what came of it.

A test adds its own words by `record_property("figure", "...")`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from tests.faults.table import FAULTS, faults_of


@dataclass
class _Outcome:
    held: int = 0
    failed: int = 0
    skipped: int = 0
    figures: list[str] = field(default_factory=list)


_OUTCOMES: dict[str, _Outcome] = {}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of the table, before any is deselected by its marks."""
    for item in items:
        if faults_of(item.nodeid):
            item.add_marker("fault")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count what came of a test."""
    if report.when != "call" and report.outcome == "passed":
        return
    for fault in faults_of(report.nodeid):
        outcome = _OUTCOMES.setdefault(fault, _Outcome())
        outcome.held += report.outcome == "passed"
        outcome.failed += report.outcome == "failed"
        outcome.skipped += report.outcome == "skipped"
        if report.outcome == "passed":
            figures = [str(value) for name, value in report.user_properties if name == "figure"]
            outcome.figures += [figure for figure in figures if figure not in outcome.figures]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table, where the faults were asked for."""
    if "faults or fault" not in str(config.option.markexpr):
        return
    terminalreporter.section("faults")
    for fault in FAULTS:
        outcome = _OUTCOMES.get(fault.id, _Outcome())
        counts = [f"{outcome.held} held"]
        counts += [f"{outcome.failed} FAILED"] if outcome.failed else []
        counts += [f"{outcome.skipped} skipped"] if outcome.skipped else []
        stand = ", ".join(counts) if outcome.held + outcome.failed + outcome.skipped else "NOT TRIED"
        terminalreporter.write_line(f"{fault.id:<4} {fault.tried}: {'; '.join([stand, *outcome.figures])}")

"""The page of settings is made from their types: every setting has a description, a type, an example and a version."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec
import pytest

from queues.clocks.calendar import from_table
from queues.clocks.clock_settings import CalendarTable
from tools.settings_page import PAGE, page
from tui.setup.open_desk import lanes, own_calendars, policies
from tui.setup.setting_facts import EXAMPLE, Fact, facts
from tui.setup.setting_types import names_below
from tui.setup.settings import Settings, load


@pytest.mark.parametrize("fact", facts(), ids=lambda fact: fact.name)
def test_every_setting_is_described(fact: Fact) -> None:
    assert fact.description
    assert fact.kind not in ("", "a value")
    assert fact.example, "give it a line in tui/setup/example.toml"
    assert fact.since, "end its line in tui/setup/example.toml with the version that brings it"
    assert not any(word in fact.description for word in ("`queues.", "`tui.", "None:"))


def test_the_page_of_settings_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run make reference"


def test_every_setting_is_a_fact() -> None:
    single = {fact.name for fact in facts()}
    tables = {name.rpartition(".")[0] for name in single}
    assert set(names_below(Settings)) == single | {table for table in tables if table}


def test_the_example_is_a_settings_file_that_the_desk_takes(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    pytest.importorskip("holidays")  # the extra that its calendar uses
    settings = load(tmp_path).settings
    assert [lane.name for lane in lanes(settings)] == ["refunds", "mail", "safety"]
    assert policies(settings, own_calendars(settings))


def test_the_keys_of_a_calendar_are_those_that_are_read() -> None:
    names = {field.encode_name for field in msgspec.structs.fields(CalendarTable)}
    example = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))["calendar"]["office"]
    assert names == set(example)
    for key in example.keys() - {"country", "subdivision"}:
        from_table({"monday": ["09:00-10:00"], key: example[key]} if key != "monday" else {key: example[key]}, "x")

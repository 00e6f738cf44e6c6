"""Column heads: over their columns at every width, in the first minutes of a new desk, and by a key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from data.records.tickets import LaneRow, Priority, Status
from data.store import Store
from tests.tui.playing import NOW, clock, fifteen_tickets, make_desk, picture, play, play_app, press, settled
from tui.app import DeskApp
from tui.lanes.row_line import Columns, heads_line, row_parts
from tui.setup.screen_settings import Ways
from tui.setup.writer import Writer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return fifteen_tickets(tmp_path / "desk.db")


@pytest.fixture
def row(path: Path) -> LaneRow:
    store = Store.open(path)
    try:
        (first,) = store.tickets.rows([1])
    finally:
        store.close()
    return replace(first, priority=Priority.NORMAL, status=Status.NEW, due_at=NOW + 7_200)


@pytest.mark.parametrize("who", [False, True])
@pytest.mark.parametrize("columns", [Columns(), Columns(urgency=False, draft=False, number=2, name=9)])
def test_each_head_is_over_its_column(row: LaneRow, columns: Columns, *, who: bool) -> None:
    for width in range(24, 120):
        heads, line = heads_line(width, columns, who=who), "".join(row_parts(row, width, NOW, columns, who=who))
        assert cell_len(heads) == cell_len(line) == width
        assert heads.index("#") == line.index(str(row.id)) + len(str(row.id)) - 1
        assert heads.rstrip().endswith("due in")
        assert len(heads.rstrip()) == len(line.rstrip("▴! "))


def test_a_new_desk_shows_the_heads_for_some_minutes_and_a_key_brings_them_back(path: Path) -> None:
    writer = Writer(lambda: make_desk(Store.open(path)), lambda desk: desk.store.close())

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        assert "# lg" in picture(app)
        for pane in app.desk.panes[:3]:
            assert pane.heads.size.height == 1
        app.parts.heads._hide()
        await settled(pilot, app)
        assert "# lg" not in picture(app)
        await press(pilot, app, "g", "c")
        assert "# lg" in picture(app)
        await press(pilot, app, "g", "c")
        assert "# lg" not in picture(app)
        assert "gc brings the column heads back" in app.desk.said

    play_app(
        path, writer, lambda store: DeskApp(store, writer, clock, agent="ann", ways=Ways(heads=True)), script, (140, 40)
    )


def test_a_desk_with_tickets_shows_none(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        assert "# lg" not in picture(app)

    play(path, script)

"""The line of all lanes: it fits every width, and what waits anywhere is in it."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from data.records.tickets import Lane
from tui.lanes.lane_line import lane_line
from tui.lanes.lane_stands import LaneStand

NOW = 1_800_000_000


def stand(number: int, title: str, active: int = 0, late: int = 0, due: int | None = None) -> LaneStand:
    return LaneStand(number, Lane(f"lane{number}", title, number), active, late, None if due is None else NOW + due)


FIVE = [
    stand(1, "Trust & harm", 15, 0, 2040), stand(2, "Refunds"), stand(3, "Spanish", 15, 2, 120), stand(4, "VIP"),
    stand(5, "Crashes", 1, 0, 14_000),
]  # fmt: skip


def test_a_wide_line_has_everything() -> None:
    assert lane_line(FIVE, 3, NOW, 120) == (
        " 1 Trust & harm 15 34m    2 Refunds 0   [3 Spanish 15/2! 2m]   4 VIP 0    5 Crashes 1 3h53 "
    )


def test_titles_give_way_first_then_the_last_lanes_become_one() -> None:
    line = lane_line(FIVE, 5, NOW, 60)
    assert cell_len(line) <= 60
    assert "[5 Cr… 1 3h53]" in line
    assert lane_line(FIVE, 5, NOW, 48) == " 1 Tr… 15 34m [5 Cr… 1 3h53] +3 lanes 15/2! 2m"


STANDS = st.lists(
    st.tuples(st.text("abcñ日 ", min_size=1, max_size=20), st.integers(0, 5000), st.integers(0, 50)), max_size=12
)


@given(STANDS, st.integers(45, 200))
def test_the_line_fits_and_counts_everything(given_lanes: list[tuple[str, int, int]], width: int) -> None:
    stands = [stand(n, title, active, late, 60) for n, (title, active, late) in enumerate(given_lanes, 1)]
    line = lane_line(stands, 1, NOW, width)
    assert cell_len(line) <= width
    counts = [int(n) for n in re.findall(r" (\d+)(?:/\d+!)? 1m", line)]
    assert sum(counts) == sum(active for _, active, _ in given_lanes)

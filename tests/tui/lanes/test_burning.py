"""When clocks run out, in words and bars."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.records.changes import Change
from data.records.incoming import Incoming
from data.records.messages import MessageKind
from data.records.tickets import Status
from data.store import Store
from queues.clocks.sla import Policy
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.routing.rules import Rules
from tui.lanes.deadline_bar import bars, burn_line, stay_line

NOW = 1_800_000_000
MINUTE = 60


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Tickets whose first replies are due in 5, 40 and 50 minutes (mail), and 10 (app)."""
    rules = DeskRules(routing=Rules(()), policies=(Policy("all", first_reply=3600),))
    store = Store.open(tmp_path / "desk.db")
    desk = Desk(store, clock=lambda: NOW, rules=rules)
    desk.receive([_mail(n, lane, minutes) for n, (lane, minutes) in enumerate(
        [("mail", 5), ("mail", 40), ("mail", 50), ("app", 10)], 1)])  # fmt: skip
    yield desk
    store.close()


def _mail(number: int, lane: str, minutes: int) -> Incoming:
    return Incoming(
        connector="post", source="test", raw_sha256=str(number), kind=MessageKind.MAIL, from_name="Ana",
        from_address=f"a{number}@x.example", subject=f"S{number}", text="Help", new_text="Help", at=NOW,
        message_id=f"<{number}@x>", lane=lane, received_at=NOW - 3600 + minutes * MINUTE,
    )  # fmt: skip


def test_a_lane_tells_its_first_breach_and_how_many_follow(desk: Desk) -> None:
    assert burn_line(desk.store, "mail", NOW) == "next 5m ▅█······"
    assert burn_line(desk.store, "safety", NOW) == ""


def test_what_is_late_already_is_not_the_next_breach(desk: Desk) -> None:
    assert burn_line(desk.store, "mail", NOW + 20 * MINUTE).startswith("next 20m")


def test_staying_costs_the_first_clock_elsewhere(desk: Desk) -> None:
    lanes = ["mail", "app", "safety"]
    assert stay_line(desk.store, lanes, 2, NOW) == "mail#1 breaches in 5m"
    assert stay_line(desk.store, lanes, 1, NOW) == "app#4 breaches in 10m"
    assert stay_line(desk.store, lanes, None, NOW) == ""
    desk.act([1, 4], Change(status=Status.SOLVED))
    assert stay_line(desk.store, lanes, 2, NOW) == ""  # 50 minutes are time enough


@given(st.lists(st.integers(0, 99), max_size=20))
def test_a_bar_is_never_lower_than_that_of_a_smaller_count(counts: list[int]) -> None:
    drawn = bars(counts)
    assert len(drawn) == (len(counts) if any(counts) else 0)
    order = "·▁▂▃▄▅▆▇█"
    heights = [order.index(bar) for bar in drawn]
    assert all((a <= b) == (counts[i] <= counts[j]) or counts[i] != counts[j] for i, a in enumerate(heights)
               for j, b in enumerate(heights))  # fmt: skip
    assert all((bar == "·") == (count == 0) for bar, count in zip(drawn, counts, strict=False))

"""Nothing that happens in a Roundup is passed over, whatever is cut, started again, or dated late."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from data.errors import UnreachableError
from queues.accounts.ticketing_system import Tracker
from queues.connectors.roundup_feed import Cursor, Feed, moment
from queues.connectors.roundup_rest import Rest
from queues.connectors.web import Answer

START = 1_790_000_000


class Issues:
    """The issues of a tracker, as its REST interface tells of them to a user in a time zone."""

    tracker = Tracker("desk", "https://issues.example", kind="roundup", user="eva")

    def __init__(self, amount: int, zone: int) -> None:
        self.now, self._zone, self.cut = START, zone, False
        self.rows = {str(one): (START - 86_400 * (amount - one // 3), 0) for one in range(1, amount + 1)}

    def change(self, number: str, late: int) -> None:
        """Change an issue; what is seen only now was dated when it was begun."""
        self.rows[number] = (max(self.now - late, self.rows[number][0]), self.rows[number][1] + 1)

    def ask(self, method: str, path: str, *, query: Sequence[tuple[str, str]]) -> Answer:
        written = dict(query).get("activity", "").rstrip(";")
        since = moment(written) - self._zone * 3600 if written else 0
        found = sorted((when, int(number)) for number, (when, _) in self.rows.items() if when >= since)
        listed = [{"id": str(number), "activity": self._told(when)} for when, number in found]
        return Answer({"data": {"collection": listed}}, {"date": formatdate(self.now, usegmt=True)})

    def by_number(self, kind: str, numbers: Iterable[str], fields: Iterable[str]) -> dict[str, dict[str, Any]]:
        if self.cut:
            raise UnreachableError("Not reachable", "The connection was ended by the test.")
        return {one: {"id": one, "activity": self._told(self.rows[one][0]), "n": self.rows[one][1]} for one in numbers}

    def _told(self, when: int) -> str:
        return datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%d.%H:%M:%S")


STEPS = st.one_of(
    st.tuples(st.just("change"), st.integers(1, 130), st.integers(0, 50)),
    st.tuples(st.just("wait"), st.integers(0, 400), st.just(0)),
    st.tuples(st.sampled_from(["read", "cut", "lost", "start"]), st.just(0), st.just(0)),
)


@given(
    amount=st.integers(1, 4) | st.integers(1, 130),
    zone=st.sampled_from([-11, -5, 0, 1, 14]),
    steps=st.lists(STEPS, max_size=25),
)
def test_every_change_is_read_in_the_end(amount: int, zone: int, steps: list[tuple[str, int, int]]) -> None:
    issues = Issues(amount, zone)
    feed, kept, read = Feed(cast(Rest, issues)), "", dict[str, int]()

    def once(*, lost: bool = False) -> bool:
        nonlocal kept
        rows, after, more = feed.next(Cursor.read(kept), [])
        if not lost:  # else what was read came to nothing before it was kept
            read.update({row["id"]: row["n"] for row in rows})
            kept = after.written()
        return more

    for name, first, second in steps:
        match name:
            case "change":
                issues.change(str(1 + first % amount), second)
            case "wait":
                issues.now += first
            case "start":
                feed = Feed(cast(Rest, issues))
            case "read" | "lost":
                once(lost=name == "lost")
            case "cut":
                issues.cut = True
                with suppress(UnreachableError):
                    once()
                issues.cut = False
    issues.now += 2
    for _ in range(2):  # what was listed before the last change, then what changed since
        while once():
            pass
    assert read == {number: changes for number, (_, changes) in issues.rows.items()}

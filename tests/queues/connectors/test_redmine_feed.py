"""Nothing that happens in a Redmine is passed over, whatever is cut, started again, or dated late."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data.records.messages import Direction
from queues.accounts.ticketing_system import Tracker, complete
from queues.connectors.redmine import Redmine
from queues.connectors.redmine_feed import AT_ONCE, SETTLE, Cursor, Feed, Query, moment, settles, written
from queues.connectors.redmine_reading import Reading

START = 1_790_000_000


class Issues:
    """The issues of a Redmine, as its list shows them: what an update was is not in it, but when."""

    def __init__(self, amount: int, to_a_second: int) -> None:
        self.now = START
        self.rows = {number: (START - 86_400 + number // to_a_second, 1) for number in range(1, amount + 1)}

    def change(self, number: str, late: int) -> None:
        """Change an issue; what is seen only now was dated when it was begun."""
        when, count = self.rows[int(number)]
        self.rows[int(number)] = max(self.now - late, when), count + 1

    def listed(self, query: Query) -> tuple[list[dict[str, Any]], int]:
        given = [(name, value) for name, value in query if name.startswith("v[")]
        updated = [moment(value) for name, value in given if name == "v[updated_on][]"]
        lowest = next((int(value) for name, value in given if name == "v[issue_id][]"), 0)
        first, last = (updated or [0])[0] - 1, updated[1] if len(updated) > 1 else self.now + 1
        rows = [(when, number) for number, (when, _) in self.rows.items() if first < when <= last and number >= lowest]
        by_number = dict(query)["sort"] == "id"
        rows.sort(key=lambda row: (0, row[1]) if by_number else row)
        found = rows[: int(dict(query)["limit"])]
        return [{"id": number, "updated_on": written(when)} for when, number in found], len(rows)


class Reader:
    """Reads the list as the connector does, and keeps which update of each issue it saw last."""

    def __init__(self, issues: Issues) -> None:
        self._issues, self.kept = issues, ""
        self.saw = dict[int, int]()
        self.read = 0

    def page(self, *, keeps: bool = True) -> bool:
        """Read a page; where it is cut, what was read is not kept."""
        cursor = Cursor.read(self.kept)
        rows, following, more = Feed(self._issues.listed).page(cursor)
        seen, saw = dict(cursor.seen), dict(self.saw)
        for row in rows:
            wanted, known = settles(cursor.seen.get(str(row["id"])), row)
            if wanted:
                saw[row["id"]], seen[str(row["id"])] = self._issues.rows[row["id"]][1], known
                self.read += 1
        if keeps:
            kept = {ref: known for ref, known in seen.items() if known.when >= following.at}
            self.kept, self.saw = Cursor(following.at, following.inside, following.newest, 0, kept).written(), saw
        return more

    def all(self) -> None:
        """Read until there is no more."""
        for _ in range(1_000):
            if not self.page():
                return
        raise AssertionError("it does not come to an end")


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    """Leave the clock as it is once a test has set it."""
    with patch("time.time", lambda: START):
        yield


STEPS = st.one_of(
    st.tuples(st.just("change"), st.integers(1, 250), st.integers(0, 50)),
    st.tuples(st.just("wait"), st.integers(0, 400), st.just(0)),
    st.tuples(st.sampled_from(["read", "cut", "all"]), st.just(0), st.just(0)),
)


@example(amount=2, to_a_second=1, steps=[("change", 0, 0), ("all", 0, 0), ("change", 1, 50)])
@given(
    amount=st.integers(1, 4) | st.integers(90, 250),
    to_a_second=st.sampled_from([1, 7, 99, 100, 101, 1_000]),
    steps=st.lists(STEPS, max_size=40),
)
def test_every_change_is_read_at_last(amount: int, to_a_second: int, steps: list[tuple[str, int, int]]) -> None:
    issues = Issues(amount, to_a_second)
    reader = Reader(issues)

    def tell() -> float:
        return issues.now

    with patch("time.time", tell):
        for step, number, late in steps:
            match step:
                case "change":
                    issues.change(str(1 + number % amount), late)
                case "wait":
                    issues.now += number
                case "read" | "cut":
                    reader.page(keeps=step == "read")
                case "all":
                    reader.all()
        reader.all()
        assert reader.saw == {number: count for number, (_, count) in issues.rows.items()}


def test_two_changes_of_one_second_are_both_read_and_then_nothing_more() -> None:
    issues = Issues(3, 1)
    reader = Reader(issues)
    with patch("time.time", lambda: issues.now):
        reader.all()
        issues.change("2", 0)
        reader.all()
        issues.change("2", 0)  # in the list it looks as before
        reader.all()
        assert reader.saw[2] == 3
        issues.now += SETTLE
        reader.all()
        before = reader.read
        for _ in range(3):
            issues.now += 15
            reader.all()
        assert reader.read == before


def test_more_issues_of_one_second_than_a_page_holds_are_all_read() -> None:
    issues = Issues(3 * AT_ONCE, 10_000)
    reader = Reader(issues)
    reader.all()
    assert len(reader.saw) == 3 * AT_ONCE


@pytest.mark.parametrize("given", ["", "yesterday", "2026-13-01T00:00:00Z"])
def test_a_moment_that_is_none_is_the_beginning(given: str) -> None:
    assert moment(given) == 0


def issue(journals: list[dict[str, Any]], **more: object) -> dict[str, Any]:
    """Return an issue of user 7, whose field for marks has the number 3; we are user 1."""
    fields = [{"id": 3, "name": "tridesk", "value": "m"}]
    return {"id": 5, "author": {"id": 7}, "custom_fields": fields, "journals": journals, **more}


def journal(number: int, user: int, notes: str = "", mark: str = "", **more: object) -> dict[str, Any]:
    details = [{"property": "cf", "name": "3", "new_value": mark}] if mark else []
    return {"id": number, "user": {"id": user}, "notes": notes or None, "details": details, **more}


def reading() -> Reading:
    """Return what reads issues of users of two domains."""

    def get(path: str) -> dict[str, Any]:
        number = int(path.removeprefix("users/").removesuffix(".json"))
        domain = "desk.example" if number < 5 else "clientes.example"
        return {"user": {"id": number, "login": f"u{number}", "mail": f"u{number}@{domain}", "firstname": "U"}}

    one = Reading(Tracker("desk", "https://mine.example", kind="redmine"), get, "mine.example", lambda number: b"x")
    one.people.me = one.people[{"id": 1}]
    return one


def test_a_mark_is_on_the_note_beside_it_or_on_the_private_one_after_it() -> None:
    journals = [
        journal(14, 1, mark="late"),
        journal(10, 1, "Reply.", "reply"),
        journal(11, 1, mark="note"), journal(12, 1, "Note.", private_notes=True),
        journal(13, 2, "Theirs.", "copied"),
        journal(15, 2, "Between.", private_notes=True),
        journal(16, 1, "Public, of our own.", private_notes=False),
        journal(17, 1, "Private, of our own.", private_notes=True),
    ]  # fmt: skip
    assert reading().marks(issue(journals)) == {10: "reply", 12: "note"}


def test_a_file_after_its_words_comes_by_itself_unless_it_is_ours() -> None:
    journals = [journal(10, 7, "Words."), journal(11, 1, "Reply.", "reply")]
    for one, number in zip(journals, (20, 21), strict=True):
        one["details"].append({"property": "attachment", "name": str(number), "new_value": "a.txt"})
    files = [{"id": number, "filename": "a.txt", "author": {"id": who}} for number, who in ((20, 7), (21, 1), (22, 7))]
    whole = issue(journals, attachments=files)
    filed = {-5, 10, 11}
    late = reading().happened(whole, filed.__contains__, [22])
    assert [(one.direction, one.number < -1_000) for one in late] == [(Direction.IN, True)]
    assert reading().happened(whole, (filed | {late[0].number}).__contains__, [22]) == []
    assert reading().happened(whole, filed.__contains__, None) == []


def test_the_version_is_read_from_the_form_alone() -> None:
    words = b'<p>&lt;input name="issue[lock_version]" value="9"&gt;</p>'
    page = words + b'<input type="hidden" value="12" name="issue[lock_version]" id="issue_lock_version" />'
    system = Redmine(Tracker("desk", "https://mine.example", kind="redmine"), lambda one: "key")
    with patch.object(system.web, "download", lambda *given: page):
        assert system._version("5") == "12"
    with patch.object(system.web, "download", lambda *given: b"<p>no form</p>"):
        assert system._version("5") == ""


@pytest.mark.parametrize("page", ["", "/", "/projects/soporte/issues", "/issues/7", "/issues.json", "/my/account"])
def test_the_address_is_that_of_any_page(page: str) -> None:
    assert (
        complete(Tracker("desk", f"https://mine.example/red{page}", kind="redmine")).url == "https://mine.example/red"
    )

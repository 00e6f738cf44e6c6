from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.changes import packed, unpacked
from data.errors import InputError
from data.macro_names import joined, separate
from data.records.changes import Change
from data.records.escalations import Escalation
from data.records.outbox import Enclosure
from data.records.promises import Promise
from data.records.tickets import Priority, Severity, Status
from macros.filling.macro import Once
from macros.filling.several_macros import in_place, left_out, stack, together

FORM = Enclosure("/x/form.pdf", "form.pdf", 9)
TERMS = Enclosure("/x/terms.pdf", "terms.pdf", 8)


def test_tags_and_files_add_up_and_the_later_word_holds() -> None:
    first = Change(
        reply="one", status=Status.SOLVED, priority=Priority.HIGH, add_tags=("a", "b"), remove_tags=("c",),
        macro="x/one", reply_language="es", attachments=(FORM,), subject="One",
    )  # fmt: skip
    second = Change(
        reply="two", status=Status.PENDING, add_tags=("c",), remove_tags=("b",), macro="x/two", reply_language="es",
        attachments=(FORM, TERMS), assignee="",
    )  # fmt: skip
    both = stack(first, second)

    assert (both.reply, both.status, both.priority, both.assignee) == ("two", Status.PENDING, Priority.HIGH, "")
    assert (both.add_tags, both.remove_tags) == (("a", "c"), ("b",))
    assert both.attachments == (FORM, TERMS)
    assert (both.subject, both.macro, both.reply_language) == ("One", "x/one + x/two", "es")


def test_promises_are_joined_and_so_are_escalations_to_one_team() -> None:
    first = Change(promise=Promise("answer in a day", 100), escalate=Escalation("Payments", "two charges", due_at=50))
    second = Change(promise=Promise("money visible", 70), escalate=Escalation("Payments", "hold", due_at=60))
    both = stack(first, second)

    assert both.promise == Promise("answer in a day; money visible", 70)
    assert both.escalate == Escalation("Payments", "two charges; hold", due_at=50)
    assert stack(first, Change()) == first
    assert stack(Change(), second) == second


def test_two_teams_at_once_are_refused_rather_than_one_dropped() -> None:
    with pytest.raises(InputError, match="escalates to Payments, the other to Security"):
        stack(Change(escalate=Escalation("Payments")), Change(escalate=Escalation("Security")))


def test_the_same_macro_twice_is_named_once() -> None:
    assert stack(Change(macro="a/b"), Change(macro="a/b")).macro == "a/b"
    assert together([Change(reply="1", macro="a"), Change(reply="2", macro="b")]).reply == "1\n\n2"


def test_only_the_first_greets_and_only_the_last_closes() -> None:
    assert left_out(False, False) == frozenset()
    assert left_out(True, False) == {Once.FIRST}
    assert left_out(False, True) == {Once.LAST}
    assert left_out(True, True) == set(Once)


@pytest.mark.parametrize(
    ("text", "before", "after", "result"),
    [
        ("one\ntwo", "", "", "one\ntwo"),
        ("one\ntwo", "Hi,", "", "\n\none\ntwo"),
        ("one\ntwo", "Hi,\n", "Bye", "\none\ntwo\n\n"),
        ("one\ntwo", "Hi,\n\n", "\n\nBye", "one\ntwo"),
        ("9 to 5", "We are here ", ".", "9 to 5"),
    ],
)
def test_a_text_of_several_lines_is_set_off(text: str, before: str, after: str, result: str) -> None:
    assert in_place(text, before, after) == result


@given(st.lists(st.from_regex(r"[a-z]{1,8}(/[a-z-]{1,8})?", fullmatch=True)))
def test_names_come_apart_as_they_were_joined(names: list[str]) -> None:
    assert separate(joined(names)) == tuple(dict.fromkeys(names))


TAGS = st.lists(st.text(max_size=5), max_size=3).map(tuple)
CHANGES = st.builds(
    Change,
    status=st.none() | st.sampled_from(Status),
    priority=st.none() | st.sampled_from(Priority),
    assignee=st.none() | st.text(max_size=5),
    add_tags=TAGS,
    remove_tags=TAGS,
    escalate=st.none() | st.builds(Escalation, st.just("Payments"), st.text(max_size=5)),
    promise=st.none() | st.builds(Promise, st.text(max_size=5), st.integers(0, 2**40)),
    snooze_until=st.none() | st.integers(0, 2**40),
    subject=st.text(max_size=5),
    attachments=st.lists(st.sampled_from([FORM, TERMS]), max_size=2).map(tuple),
)


@given(CHANGES)
def test_what_macros_do_survives_in_a_draft(change: Change) -> None:
    assert unpacked(packed(change)) == change
    assert (packed(change) == "") == (change == Change())


@pytest.mark.parametrize("text", ["nonsense", "[]", '{"status": "gone"}', "{" * 5000, '{"add_tags": 1}'])
def test_what_cannot_be_read_does_nothing(text: str) -> None:
    assert unpacked(text) == Change()


@given(CHANGES, CHANGES)
def test_nothing_that_either_adds_is_lost(first: Change, second: Change) -> None:
    both = stack(first, second)
    assert set(second.add_tags) <= set(both.add_tags)
    assert set(first.add_tags) - set(second.remove_tags) <= set(both.add_tags)
    assert set(first.attachments) | set(second.attachments) == set(both.attachments)
    assert (both.promise is None) == (first.promise is None and second.promise is None)
    assert not (set(second.add_tags) - set(second.remove_tags)) & set(both.remove_tags)


@pytest.mark.parametrize("severity", ["", Severity.S1])
def test_a_change_that_names_a_severity_or_none_is_read_back(severity: str) -> None:
    assert unpacked(packed(Change(severity=severity))) == Change(severity=severity)

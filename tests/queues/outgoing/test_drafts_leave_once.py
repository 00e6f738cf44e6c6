"""One draft becomes one reply or note, however many windows send it, and undoing gives it back once."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from data.errors import ConflictError, DeskError
from data.records.changes import Change
from data.records.messages import Direction
from data.records.outbox import OutboxState
from data.store import Store
from queues.desk.waiting_replies import Wish
from tests.tui.playing import fifteen_tickets, make_desk


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return fifteen_tickets(tmp_path / "desk.db")


def queued(path: Path) -> int:
    with closing(Store.open(path)) as store:
        return sum(one.state is OutboxState.QUEUED for one in store.outbox.waiting())


@pytest.mark.parametrize("kind", [Direction.OUT, Direction.NOTE])
def test_two_windows_that_send_at_once_send_once(path: Path, kind: Direction) -> None:
    with closing(Store.open(path)) as store:
        revision = make_desk(store).save_draft(1, "Hola", kind=kind, revision=0).revision
        before = len(store.messages.of(1))
    change = Change(reply="Hola") if kind is Direction.OUT else Change(note="Hola")
    change = replace(change, draft=revision)
    start, refused = threading.Barrier(4), []

    def window() -> None:
        with closing(Store.open(path)) as store:
            desk = make_desk(store)
            start.wait()
            try:
                desk.act([1], change)
            except ConflictError as error:
                refused.append(error.message)

    threads = [threading.Thread(target=window) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with closing(Store.open(path)) as store:
        assert len(store.messages.of(1)) == before + 1
    assert queued(path) == (1 if kind is Direction.OUT else 0)
    assert len(refused) == 3
    assert all("already sent" in one for one in refused)


def test_what_another_window_wrote_on_is_not_sent(path: Path) -> None:
    with closing(Store.open(path)) as store:
        desk = make_desk(store)
        first = desk.save_draft(1, "Hola", revision=0)
        desk.save_draft(1, "Hola, Ana", revision=first.revision)
        with pytest.raises(ConflictError, match="Another window changed"):
            desk.act([1], Change(reply="Hola", draft=first.revision))
        assert store.drafts.get(1) is not None
    assert queued(path) == 0


def test_a_draft_that_undo_gave_back_leaves_once_more_and_redo_does_not_double_it(path: Path) -> None:
    with closing(Store.open(path)) as one, closing(Store.open(path)) as two:
        here, there = make_desk(one), make_desk(two)
        change = Change(reply="Hola", draft=here.save_draft(1, "Hola", revision=0).revision)
        here.act([1], change)
        here.undo()
        there.agent = "eva"
        there.act([1], change)
        assert queued(path) == 1
        with pytest.raises(DeskError):
            here.redo()
    assert queued(path) == 1


def test_the_file_itself_holds_a_draft_only_once(path: Path) -> None:
    with closing(Store.open(path)) as store:
        desk = make_desk(store)
        desk.act([1], Change(reply="Hola", draft=desk.save_draft(1, "Hola", revision=0).revision))
        entry = store.outbox.waiting()[0]
        with pytest.raises(ConflictError), store.write():
            store.outbox.insert(replace(entry, message_id="<other@x.example>"))
        with store.write():
            assert store.outbox.move(entry.id, OutboxState.QUEUED, OutboxState.RECALLED)
            store.outbox.insert(replace(entry, message_id="<other@x.example>"))
            assert not store.outbox.move(entry.id, OutboxState.RECALLED, OutboxState.QUEUED)
    with closing(sqlite3.connect(path)) as raw, pytest.raises(sqlite3.IntegrityError):
        raw.execute("UPDATE outbox SET state = 'queued'")


def test_a_second_draft_of_the_same_second_leaves_too(path: Path) -> None:
    with closing(Store.open(path)) as store:
        desk = make_desk(store)
        for text in ("one", "two", "three"):
            desk.act([1], Change(reply=text, draft=desk.save_draft(1, text, revision=0).revision))
    assert queued(path) == 3


def test_redo_leaves_what_was_written_since(path: Path) -> None:
    with closing(Store.open(path)) as store:
        desk = make_desk(store)
        draft = desk.save_draft(1, "Hola", revision=0)
        desk.act([1], Change(reply="Hola", draft=draft.revision))
        desk.undo()
        desk.save_draft(1, "Hola, and more", revision=draft.revision)
        desk.redo()
        kept = store.drafts.get(1)
        assert kept is not None
        assert kept.text == "Hola, and more"


def test_words_taken_back_from_the_outbox_leave_once(path: Path) -> None:
    with closing(Store.open(path)) as store:
        desk = make_desk(store)
        desk.act([1], Change(reply="Hola", draft=desk.save_draft(1, "Hola", revision=0).revision))
        desk.settle(store.outbox.waiting()[0].id, Wish.EDIT)
        draft = store.drafts.get(1)
        assert draft is not None
        change = Change(reply=draft.text, draft=draft.revision)
        desk.act([1], change)
        with pytest.raises(ConflictError):
            desk.act([1], change)
    assert queued(path) == 1

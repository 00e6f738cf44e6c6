"""Files that go with a reply, from the composer by keys: chosen, told, kept with the draft, sent or not."""

from __future__ import annotations

from contextlib import closing
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.changes import unpacked
from data.errors import RuleError
from data.records.messages import Direction
from data.records.outbox import MOST_ENCLOSED, Enclosure
from data.store import Store
from queues.outgoing.attachments import chosen
from tests.tui.playing import fifteen_tickets, picture, play, press
from tui.app import DeskApp
from tui.replying.reply_card import ReplyCard


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (Path.home() / "notes.txt").write_bytes(b"uno")
    (Path.home() / "plan.txt").write_bytes(b"dos")
    return fifteen_tickets(tmp_path / "desk.db")


def names_in_draft(path: Path) -> list[str]:
    with closing(Store.open(path)) as store:
        draft = store.drafts.get(1)
        return [file.filename for file in unpacked(draft.actions).attachments] if draft is not None else []


def sent_files(path: Path) -> list[tuple[str | None, str]]:
    with closing(Store.open(path)) as store:
        return [
            (part.get_filename(), part.get_content())
            for entry in store.outbox.waiting()
            for part in message_from_bytes(entry.raw, policy=default).iter_attachments()
        ]


@pytest.mark.parametrize("size", [(120, 36), (60, 20)])
def test_files_are_completed_told_kept_with_the_draft_and_sent(path: Path, size: tuple[int, int]) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "r", *"Hola", "f5")
        assert "10,000,000 B free" in picture(app)
        await press(pilot, app, "n", "tab", "enter")
        assert "Attached: notes.txt (3 B)" in picture(app)
        await press(pilot, app, "f5", "p", "tab", "enter")
        assert "Attached: notes.txt (3 B), plan.txt (3 B)" in picture(app)
        await press(pilot, app, "escape")
        assert names_in_draft(path) == ["notes.txt", "plan.txt"]
        await press(pilot, app, "r")
        assert "Attached: notes.txt (3 B), plan.txt (3 B)" in picture(app)
        await press(pilot, app, "f8")
        assert "plan.txt (3 B)" not in picture(app)
        await press(pilot, app, "f2")
        assert isinstance(app.screen, ReplyCard)
        assert "Attached: notes.txt" in picture(app)
        await press(pilot, app, "exclamation_mark", *"ok", "enter", "enter")

    play(path, script, size)
    assert sent_files(path) == [("notes.txt", "uno")]


def test_a_file_that_has_gone_stops_the_reply_with_a_sentence(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "r", *"Hola", "f5", "n", "tab", "enter")
        (Path.home() / "notes.txt").unlink()
        await press(pilot, app, "f2", "exclamation_mark", *"ok", "enter", "enter")
        assert "notes.txt cannot be read (No such file or directory); nothing was sent." in app.desk.said

    play(path, script)
    assert sent_files(path) == []
    assert names_in_draft(path) == ["notes.txt"]


def test_what_cannot_go_is_told_at_once(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "r", *"Hola", "f5", "x", "enter")
        assert "is not a file; Tab completes a path" in app.desk.said
        await press(pilot, app, "f5", "escape", "f8")
        composer = app.parts.writing.composer
        assert composer is not None
        assert composer.attached == ()
        await press(pilot, app, "ctrl+t", "f5")
        assert composer.draft.kind is Direction.NOTE
        assert "Attach which file?" not in picture(app)

    play(path, script)


def test_limits_are_told_before_anything_is_sent(tmp_path: Path) -> None:
    small = tmp_path / "small.txt"
    small.write_bytes(b"12345")
    other = Enclosure("/elsewhere/big.bin", "big.bin", MOST_ENCLOSED - 4)
    with pytest.raises(RuleError, match=r"small\.txt has 5 bytes, and 4 of 10,000,000 are free in this reply"):
        chosen(small, [other])
    one = chosen(small, [])
    assert one == Enclosure(str(small), "small.txt", 5)
    with pytest.raises(RuleError, match="is already attached to the reply"):
        chosen(small, [one])
    for wrong in (tmp_path, tmp_path / "none", Path("~nobody-here/x"), Path("/\0")):
        with pytest.raises(RuleError, match=r"is not a file|cannot be read"):
            chosen(wrong, [])


def test_a_macro_filled_anew_keeps_the_files(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "enter", "1", "e", "f5", "n", "tab", "enter")
        composer = app.parts.writing.composer
        assert composer is not None
        assert composer.draft.macro
        before = composer.draft.language
        await press(pilot, app, "ctrl+l")
        assert composer.draft.language != before
        assert [file.filename for file in composer.attached] == ["notes.txt"]

    play(path, script)

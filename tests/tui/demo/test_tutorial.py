"""The tutorial: each step waits for its key and explains others; it is left and taken up again, in both languages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.store import Store
from tests.tui.playing import clock, picture, play_app, press, settled
from tui.app import DeskApp, make_writer
from tui.cli.main import run
from tui.cli.tutorial import fill
from tui.demo.tutorial import TutorialBox, keep_progress, progress_file, read_progress
from tui.look.words import forget, spoken
from tui.replying.composer_area import ComposerArea
from tui.setup.screen_settings import Ways

ANSWER = ("enter", "1", "enter", "z", "Z")
WRITE = ("r", *"I look at it", "escape")
STEPS = ("full_stop", "space", "escape", "g", "1")
FIND = ("m", "escape", "question_mark", "escape")
Script = Callable[[Pilot[int], DeskApp], Awaitable[None]]


@pytest.fixture(params=["en", "es"])
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("LANGUAGE", request.param)
    forget()
    yield request.param
    monkeypatch.undo()
    forget()


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STATE", "CONFIG", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    monkeypatch.setattr("tui.setup.clock.wall_clock", clock)


def tutorial(tmp_path: Path, script: Script, size: tuple[int, int] = (80, 24)) -> None:
    tmp_path.mkdir(exist_ok=True)
    path = tmp_path / "desk.db"
    if not path.exists():
        fill(path)
    writer = make_writer(path, clock, "Alex", demo=True, tutorial=True)

    def app_of(store: Store) -> DeskApp:
        from tui.app import own_procedures

        return DeskApp(store, writer, clock, agent="Alex", mode="demo", procedures=own_procedures,
                       ways=Ways(tutorial=True))  # fmt: skip

    play_app(path, writer, app_of, script, size)


async def said(pilot: Pilot[int], app: DeskApp) -> str:
    """Return what the box says on the screen that is on top."""
    app.parts.tutorial.look()
    await settled(pilot, app)
    return str(app.screen.query_one(TutorialBox).content)


@pytest.mark.usefixtures("language")
def test_the_lessons_are_played_to_their_end(tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        for lesson, keys in enumerate((ANSWER, WRITE, STEPS, FIND), 1):
            assert f"tutorial {lesson}/4 · " in await said(pilot, app)
            for key in keys:
                await said(pilot, app)
                await press(pilot, app, key)
        await said(pilot, app)
        assert app.parts.tutorial.is_over
        assert len(app.desk.store.outbox.waiting()) == 1
        await press(pilot, app, "e")  # every key is free now
        assert app.desk.last_done is not None

    tutorial(tmp_path, script)
    assert read_progress() == 0


def test_a_wrong_key_is_explained_and_does_nothing(tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "e")
        assert "e is “Solve”: Mark as solved and go to the next ticket. Not yet." in await said(pilot, app)
        await press(pilot, app, "g", "2")
        assert "g2 is “Lane 2”: Go to lane 2. Not yet." in await said(pilot, app)
        await press(pilot, app, "f9")
        assert "does nothing here" in await said(pilot, app)
        assert (app.desk.last_done, app.desk.active) == (None, 0)
        await press(pilot, app, "enter", "1", "p")
        assert "p is “Send, pending”" in await said(pilot, app)
        assert "p is “Send, pending”" in picture(app)
        assert "leaves it" not in picture(app)
        assert app.desk.store.outbox.waiting() == []

    tutorial(tmp_path, script)


def test_what_a_step_needs_comes_again_when_it_is_gone(tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "enter", "1")
        assert "3/5" in await said(pilot, app)
        await press(pilot, app, "escape")
        assert "2/5" in await said(pilot, app)
        await press(pilot, app, "1", "enter")
        assert "4/5" in await said(pilot, app)

    tutorial(tmp_path, script)


def test_a_desk_that_is_locked_meanwhile_is_opened_again(tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        before = await said(pilot, app)
        await press(pilot, app, "f12")
        app.parts.tutorial.look()
        await settled(pilot, app)
        assert not app.screen.query(TutorialBox)
        await press(pilot, app, "enter")
        assert not app.parts.lock.locked
        assert await said(pilot, app) == before

    tutorial(tmp_path, script)


def test_it_is_left_and_taken_up_at_the_lesson_that_was_left(tmp_path: Path) -> None:
    async def first(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "g", "t")
        assert "gt goes on" in await said(pilot, app)
        await press(pilot, app, "j", "k", "g", "t")
        for key in ANSWER:
            await said(pilot, app)
            await press(pilot, app, key)
        assert "tutorial 2/4" in await said(pilot, app)

    async def second(pilot: Pilot[int], app: DeskApp) -> None:
        assert "tutorial 2/4" in await said(pilot, app)
        for key in WRITE:
            await press(pilot, app, key)
        assert "tutorial 3/4" in await said(pilot, app)

    tutorial(tmp_path / "one", first)
    assert read_progress() == 1
    tutorial(tmp_path / "two", second)
    assert read_progress() == 2


def test_what_is_typed_can_be_corrected(tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "r", "H", "o", "escape")
        assert "Esc is “Leave”" in await said(pilot, app)
        await press(pilot, app, "backspace")
        assert "Not yet" not in await said(pilot, app)
        await press(pilot, app, "i", "left", "delete", "ctrl+z", "end", "enter", "y")
        assert "does nothing here" not in await said(pilot, app)
        assert app.screen.query_one(ComposerArea).text.startswith("Hi\ny")
        await press(pilot, app, "ctrl+t")
        assert "Reply or note" in await said(pilot, app)

    keep_progress(1)
    tutorial(tmp_path, script)


def test_a_reply_that_has_left_does_not_stop_the_lesson(tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "enter", "1", "enter")
        assert "4/5" in await said(pilot, app)
        with closing(Store.open(tmp_path / "desk.db")) as store, store.write():
            (entry,) = store.outbox.waiting()
            store.outbox.arrived(entry.id, entry.state, clock())
        await said(pilot, app)
        assert "tutorial 2/4" in await said(pilot, app)

    tutorial(tmp_path, script)


@pytest.mark.parametrize("text", ["", "x", "-1", "²", "\x00"])
def test_a_progress_that_makes_no_sense_begins_again(text: str) -> None:
    keep_progress(1)
    progress_file().write_text(text)
    assert read_progress() == 0


def test_keys_that_the_agent_bound_are_asked_for(tmp_path: Path) -> None:
    from tui.keys.keymap import keymap_from

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.use_keys(keymap_from({"ticket.view": "f6"}))
        assert "f6 opens the ticket" in await said(pilot, app)
        await press(pilot, app, "f6")
        assert "2/5" in await said(pilot, app)

    tutorial(tmp_path, script)


def test_without_a_terminal_it_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    from data.errors import InputError

    with pytest.raises(InputError, match="needs a terminal"):
        run(["tutorial"])


@pytest.mark.usefixtures("language")
@pytest.mark.parametrize("size", [(60, 20), (80, 24), (110, 32), (140, 40)])
def test_the_box_takes_its_lines_from_the_text_of_a_card_not_from_its_keys(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "enter", "1")
        await said(pilot, app)
        await press(pilot, app, "x")  # a wrong key makes the box grow
        await said(pilot, app)
        keys = ("Enter envía", "Esc") if spoken() == "es" else ("Enter sends", "Esc back")
        assert all(key in picture(app) for key in keys)

    tutorial(tmp_path, script, size)

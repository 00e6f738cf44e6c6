"""A desk with nothing in it: the ways to begin, a path completed as it is typed, an import beside the desk."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from data.records.tickets import Status
from data.store import Store
from tests.tui.playing import make_desk, picture, play, press, settled, tap
from tui.__main__ import open_screen
from tui.app import DeskApp
from tui.cards.ask_line import AskLine
from tui.cards.path_suggester import completed
from tui.first_run.first_screen import DEMO_WANTED
from tui.first_run.import_card import ImportCard
from tui.setup.settings import config_folder

LETTER = """From ana@example.org Mon Mar 04 06:15:04 2024
From: Ana <ana@example.org>
To: help@desk.example
Subject: Number {n}
Date: Mon, 4 Mar 2024 06:15:04 +0000
Message-ID: <{n}@mail.example>

I can not log in, number {n}.

"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "desk.db"
    store = Store.open(path)
    make_desk(store)
    store.close()
    return path


def mbox(folder: Path, count: int = 3) -> Path:
    path = folder / "in box.mbox"
    path.write_text("".join(LETTER.format(n=n) for n in range(count)))
    return path


@pytest.fixture
def config() -> Path:
    """A desk with settings, which asks only how to begin."""
    file = config_folder() / "config.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text('agent = "ann"\n')
    return file


@pytest.mark.usefixtures("config")
def test_the_first_screen_offers_the_ways_to_begin_and_each_is_one_key(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.parts.first_screen.welcome()
        await settled(pilot, app)
        shown = picture(app)
        assert all(way in shown for way in ("d  Try the demo", "i  Import mail", "e  Connect", "s  Set your name"))
        await press(pilot, app, "escape")
        assert app.screen is app.desk.screen
        app.parts.first_screen.welcome()
        await press(pilot, app, "d")
        assert app.return_value == DEMO_WANTED

    play(path, script, (80, 24))


@pytest.mark.usefixtures("config")
def test_a_file_is_imported_by_its_completed_path(path: Path, tmp_path: Path) -> None:
    mbox(tmp_path)

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.parts.first_screen.welcome()
        await press(pilot, app, "i")
        line = app.screen.query_one(Input)
        line.value = str(tmp_path / "in")
        await press(pilot, app, "tab")
        assert line.value == str(tmp_path / "in box.mbox")
        await press(pilot, app, "enter", "d")
        assert "3 messages: 3 new tickets" in app.desk.said
        assert app.screen is app.desk.screen
        assert len(list(app.desk.store.tickets.each())) == 3
        app.parts.first_screen.begin_import()
        await press(pilot, app, *["backspace"] * 2)
        app.screen.query_one(Input).value = str(tmp_path / "in box.mbox")
        await press(pilot, app, "enter", "d")
        assert "3 already here" in app.desk.said

    play(path, script)


def test_tab_and_enter_in_one_read_import_the_completed_path(path: Path, tmp_path: Path) -> None:
    mbox(tmp_path)

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.parts.first_screen.begin_import()
        await settled(pilot, app)
        app.screen.query_one(Input).value = str(tmp_path / "in")
        await tap(pilot, "tab", "enter")
        await settled(pilot, app)
        await press(pilot, app, "d")
        assert "3 messages: 3 new tickets" in app.desk.said

    play(path, script)


@pytest.mark.parametrize(
    ("key", "statuses", "said"),
    [("h", {Status.HISTORY}, "3 new"), ("n", {Status.OPEN}, "3 tickets are unanswered"), ("d", {Status.NEW}, "3 new")],
)
def test_old_mail_comes_in_as_history_or_as_work(
    path: Path, tmp_path: Path, key: str, statuses: set[Status], said: str
) -> None:
    mbox(tmp_path)

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.parts.first_screen.begin_import()
        await settled(pilot, app)
        app.post_message(events.Paste(f"file://{tmp_path}/in%20box.mbox\n"))
        await press(pilot, app, "enter", key)
        assert said in app.desk.said
        tickets = list(app.desk.store.tickets.each())
        assert {ticket.status for ticket in tickets} == statuses
        if key == "n":
            assert all((ticket.first_due or 0) > time.time() for ticket in tickets)

    play(path, script)


def test_escape_imports_nothing(path: Path, tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.parts.first_screen.begin_import()
        await settled(pilot, app)
        app.screen.query_one(Input).value = str(mbox(tmp_path))
        await press(pilot, app, "enter", "escape")
        assert app.screen is app.desk.screen
        assert app.parts.first_screen.importing is None

    play(path, script)


def test_an_export_tells_what_was_left_out_and_what_is_kept(path: Path, tmp_path: Path) -> None:
    good = (Path(__file__).parents[2] / "queues" / "exported" / "zendesk.jsonl").read_text(encoding="utf-8")
    (tmp_path / "export.jsonl").write_text(good + '{"id": 1\n', encoding="utf-8")

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.parts.first_screen.begin_import()
        await settled(pilot, app)
        app.screen.query_one(Input).value = str(tmp_path / "export.jsonl")
        await press(pilot, app, "enter", "h")
        assert "5 messages: 2 new tickets" in app.desk.said
        assert "1 left out, the first:" in app.desk.said
        assert "fields have no equivalent" in app.desk.said

    play(path, script)


@pytest.mark.parametrize(("typed", "sentence"), [("/no/such/file", "does not exist"), ("~nobody-here/x", "home")])
def test_what_cannot_be_imported_is_one_sentence_and_the_path_stays(path: Path, typed: str, sentence: str) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.parts.first_screen.begin_import()
        await settled(pilot, app)
        app.screen.query_one(Input).value = typed
        await press(pilot, app, "enter", "n")
        assert [type(one) for one in app.screen_stack[2:]] == [AskLine]
        assert app.screen.query_one(Input).value == typed
        assert sentence in app.desk.said
        await press(pilot, app, "escape")
        assert app.screen is app.desk.screen
        assert app.parts.first_screen.importing is None

    play(path, script)


def test_the_card_stops_an_import_and_escape_lets_it_go_on(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        from tui.first_run.importing import Progress

        progress = Progress(seen=1_200, read=50, total=100)
        app.push_screen(card := ImportCard("/tmp/[/b]x", progress))
        await settled(pilot, app)
        card._look()
        await settled(pilot, app)
        shown = picture(app)
        assert "1,200 messages" in shown
        assert "50%" in shown
        assert "[/b]" in shown
        await press(pilot, app, "x")
        assert progress.stopped
        await press(pilot, app, "escape")
        assert app.screen is app.desk.screen

    play(path, script)


def test_paths_complete_as_they_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "Mail").mkdir()
    (tmp_path / "Mail" / "inbox").write_text("")
    (tmp_path / ".secret").write_text("")
    (tmp_path / "Mail" / "evil\x1b]0;x\x07").write_text("")
    assert completed("~") == "~/"
    assert completed("~/M") == "~/Mail/"
    assert completed("~/Mail/in") == "~/Mail/inbox"
    assert completed("~/") == "~/Mail/"
    assert completed("~/.s") == "~/.secret"
    assert completed("~/Mail/e") is None
    assert completed("~/no/such") is None
    assert completed("\x00/x") is None
    monkeypatch.chdir(tmp_path)
    assert completed("Ma") == "Mail/"


def test_the_demo_that_was_chosen_runs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(f"sys.{name}", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    commands = list[list[str]]()

    def run(arguments: list[str]) -> int:
        commands.append(arguments)
        return 0

    monkeypatch.setattr("tui.app.run_desk", lambda *_given, **_named: DEMO_WANTED)
    monkeypatch.setattr("tui.cli.main.run", run)
    assert open_screen(path) == 0
    assert commands == [["demo"]]

"""Colleagues at a ticket are seen in its row, on the ticket and on a reply; the open ticket is reported."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

from click.testing import CliRunner
from textual.pilot import Pilot

from data.store import Store
from queues.desk.desk import Desk
from queues.ground.presence import COLLEAGUES, LOOKING, Present, looked_at
from tests.tui.playing import NOW, Play, fifteen_tickets, make_desk, picture, play_app, press, settled
from tui.app import DeskApp
from tui.cli.listing import show
from tui.desk.colleagues import AWAY_SECONDS
from tui.lanes.row_line import row_parts
from tui.look.ascii_signs import drawn
from tui.replying.reply_card import ReplyCard
from tui.setup.screen_settings import Ways
from tui.setup.writer import Writer


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


def play(path: Path, script: Play, clock: Clock, *, in_team: bool = True) -> None:
    writer: Writer[Desk] = Writer(lambda: make_desk(Store.open(path)), lambda desk: desk.store.close())
    ways = Ways(in_team=in_team)
    play_app(path, writer, lambda store: DeskApp(store, writer, clock, agent="ann", ways=ways), script, (140, 40))


def there(path: Path, *, writing: dict[str, list[str]], looking: dict[str, list[str]], until: int = NOW + 60) -> None:
    """Note what the mail process would have learned of colleagues."""
    with closing(Store.open(path)) as store, store.write():
        store.settings.save(COLLEAGUES, {"team:desk": {"until": until, "writing": writing, "looking": looking}})


async def news(pilot: Pilot[int], app: DeskApp) -> None:
    app.desk.poll()
    await settled(pilot, app)


def windows(path: Path) -> set[int]:
    with closing(Store.open(path)) as store:
        return looked_at(store, "ann", NOW)


def test_colleagues_are_seen_in_the_row_on_the_ticket_and_on_an_open_card(tmp_path: Path) -> None:
    path, clock = fifteen_tickets(tmp_path / "desk.db"), Clock()

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        number = str(app.desk.list.current_id)
        there(path, writing={number: ["bruno"]}, looking={number: ["[b]carla\x1b[31m"]})
        await news(pilot, app)
        (row,) = [line for line in picture(app).splitlines() if "✎ " in line]
        assert f"{number} es" in row
        await press(pilot, app, "enter")
        assert "bruno is writing · [b]carla" in picture(app)
        assert "\x1b" not in picture(app)
        await press(pilot, app, "1")
        assert isinstance(app.screen, ReplyCard)
        assert "! bruno is writing" in app.screen.card.facts
        assert "! bruno is writing" in picture(app)
        there(path, writing={}, looking={number: ["dora"]})
        await news(pilot, app)
        assert "bruno is writing" not in picture(app)
        assert "! dora has it open" in picture(app)
        clock.now += 60  # the mail process has died: what it knew ends
        app.parts.presence.look()
        await settled(pilot, app)
        assert "dora" not in picture(app)

    play(path, script, clock)


def test_the_open_ticket_is_reported_while_keys_come_and_not_when_it_is_only_passed(tmp_path: Path) -> None:
    path, clock = fifteen_tickets(tmp_path / "desk.db"), Clock()

    async def looks(pilot: Pilot[int], app: DeskApp) -> set[int]:
        for _ in range(2):
            app.parts.presence.look()
        await settled(pilot, app)
        return windows(path)

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        for timer in list(app.desk.screen._timers):
            if timer._interval == 1:  # the desk's own looks would count as the test's
                timer.stop()
        assert await looks(pilot, app) == set()  # under the cursor is not open
        await press(pilot, app, "enter")
        app.parts.presence.look()
        await settled(pilot, app)
        assert windows(path) == set()  # it may only be passed
        number = app.desk.view.ticket_id
        assert await looks(pilot, app) == {number}
        app.parts.lock._last -= AWAY_SECONDS
        assert await looks(pilot, app) == set()
        app.parts.lock.touched()
        assert await looks(pilot, app) == {number}
        await app.parts.presence.leave()
        await settled(pilot, app)
        assert windows(path) == set()

    play(path, script, clock)


def test_an_open_ticket_is_reported_again_before_its_minute_is_over(tmp_path: Path) -> None:
    path, clock = fifteen_tickets(tmp_path / "desk.db"), Clock()

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "enter")
        said = app.parts.presence._said_at
        for _ in range(60):
            clock.now += 1
            app.parts.presence.look()
        await settled(pilot, app)
        assert said < NOW + 40 <= app.parts.presence._said_at

    play(path, script, clock)


def test_a_desk_without_a_team_says_and_shows_nothing(tmp_path: Path) -> None:
    path, clock = fifteen_tickets(tmp_path / "desk.db"), Clock()

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "enter")
        for _ in range(3):
            app.parts.presence.look()
        await settled(pilot, app)
        assert app.desk.store.settings.get(LOOKING) is None

    play(path, script, clock, in_team=False)


def test_signs_fit_the_row_and_are_ascii_where_the_screen_is(tmp_path: Path) -> None:
    path = fifteen_tickets(tmp_path / "desk.db")
    with closing(Store.open(path)) as store:
        (row,) = store.tickets.rows([8])
    for width in (24, 40, 80):
        for who in (False, True):
            plain = "".join(row_parts(row, width, NOW, who=who))
            for there, sign in ((Present(("b",), ("c",)), "✎ "), (Present((), ("c",)), "◦ ")):
                line = "".join(row_parts(row, width, NOW, who=who, colleagues=there))
                assert (sign in line, sign in plain) == (True, False)
                assert len(line) == len(plain)
                assert drawn(sign).isascii()


def test_show_names_colleagues_for_scripts_and_people(tmp_path: Path) -> None:
    path = fifteen_tickets(tmp_path / "desk.db")
    there(path, writing={"3": ["bruno"]}, looking={"3": ["eva"], "4": ["bruno"]}, until=1 << 40)
    run = CliRunner().invoke
    said = json.loads(run(show, ["3", "--json", "--db", str(path)], catch_exceptions=False).stdout)
    assert (said["writing"], said["looking"]) == (["bruno"], ["eva"])
    assert "eva has it open" in run(show, ["3", "--db", str(path)], catch_exceptions=False).stdout

"""Gates on words by key: no reply passes them on any road, and no step is answered that was not seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.records.changes import Change
from data.records.incoming import Incoming
from data.records.messages import MessageKind
from data.records.tickets import Status
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.procedures.book import ProcedureBook
from queues.routing.rules import Rules
from tests.tui.desk.test_key_feed import send
from tests.tui.playing import NOW, Play, clock, picture, play_app, press, settled, ticket
from tui.app import DeskApp
from tui.procedures.panel import ProcedurePanel
from tui.replying.bulk_card import BulkCard
from tui.replying.bulk_plan import AS_SAID
from tui.replying.reply_card import ReplyCard
from tui.setup.writer import Writer

LONG = "Read this to the end. " * 12
PROCEDURE = f"""
id = "words"
version = 1
effective = 2026-01-01
[[step]]
id = "owner"
kind = "check"
gate = "reply"
text = "The owner writes."
[[step]]
id = "risk"
kind = "choose"
gate = "reply"
choices = ["S1", "S3"]
text = "How bad? {LONG}"
[[step]]
id = "work"
kind = "check"
gate = true
text = "Do the work. {LONG}"
[[step]]
id = "last"
kind = "check"
text = "The last one. {LONG}"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "procedures"
    folder.mkdir()
    (folder / "words.toml").write_text(PROCEDURE)
    return folder


@pytest.fixture
def path(tmp_path: Path, folder: Path) -> Path:
    """Two tickets with a gate on words, one of them graphic, and one that follows no procedure."""
    path = tmp_path / "desk.db"
    desk = make_desk(Store.open(path), folder)
    desk.receive([
        Incoming("demo", f"{n}", f"{n}", MessageKind.MAIL, f"Zoë {n}", f"zoe{n}@x.example", f"Ticket {n}",
                 "Where do I find my account?", "Where do I find my account?", NOW - 60, language="en",
                 confidence=0.99, lane="mail", received_at=NOW - 60)
        for n in (1, 2, 3)
    ])  # fmt: skip
    desk.act([1, 2], Change(procedure="words"))
    desk.act([2], Change(add_tags=("graphic",)))
    desk.store.close()
    return path


def make_desk(store: Store, folder: Path) -> Desk:
    rules = DeskRules(routing=Rules(()), procedures=ProcedureBook(folder))
    return Desk(store, clock=clock, rules=rules, agent="ann")


def play(path: Path, folder: Path, script: Play, size: tuple[int, int] = (120, 40)) -> None:
    writer: Writer[Desk] = Writer(lambda: make_desk(Store.open(path), folder), lambda desk: desk.store.close())

    def app_of(store: Store) -> DeskApp:
        return DeskApp(store, writer, clock, agent="ann", procedures=lambda: ProcedureBook(folder))

    play_app(path, writer, app_of, script, size)


def answers(app: DeskApp, number: int) -> dict[str, object]:
    return {name: one.value for name, one in app.desk.store.work.steps(number, "words").items()}


def sent(app: DeskApp) -> list[int]:
    return [entry.ticket_id for entry in app.desk.store.outbox.waiting()]


async def go(pilot: Pilot[int], app: DeskApp, number: int) -> None:
    app.parts.going.open_ticket(0, number)
    await settled(pilot, app)


async def card(pilot: Pilot[int], app: DeskApp, number: int) -> ReplyCard:
    """Show the card of a macro that belongs to no procedure."""
    await go(pilot, app, number)
    found = app.desk.ticket()
    assert found is not None
    app.parts.replies.preview_macro(found, "general/closing-thanks")
    await settled(pilot, app)
    assert isinstance(app.screen, ReplyCard)
    return app.screen


@pytest.mark.parametrize("key", ["enter", "p", "o"])
def test_the_card_sends_nothing_before_a_gate_on_words(path: Path, folder: Path, key: str) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        shown = await card(pilot, app, 1)
        assert "■ first: The owner writes." in picture(app)
        assert "p pending" not in picture(app)
        await press(pilot, app, key)
        assert (app.screen, sent(app)) == (shown, [])
        await press(pilot, app, "exclamation_mark", *"asked", "enter", key)
        assert sent(app) == [1]
        assert app.desk.store.events.of(1)[-1].detail["override_reason"] == "asked"

    play(path, folder, script)


def test_a_gate_of_work_lets_a_reply_wait_for_the_customer(path: Path, folder: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.desk.writer.submit(lambda desk: desk.take_step(1, "owner", True)).result()
        app.desk.writer.submit(lambda desk: desk.take_step(1, "risk", "S3")).result()
        await card(pilot, app, 1)
        await press(pilot, app, "enter")
        assert sent(app) == []
        await press(pilot, app, "p")
        assert (sent(app), ticket(app, 1).status) == ([1], Status.PENDING)

    play(path, folder, script)


def test_the_composer_shows_the_card_instead_of_sending(path: Path, folder: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await go(pilot, app, 1)
        await press(pilot, app, "r", *"done", "ctrl+s")
        assert isinstance(app.screen, ReplyCard)
        assert "■ first: The owner writes." in picture(app)
        await press(pilot, app, "enter")
        assert sent(app) == []

    play(path, folder, script)


def test_a_bulk_answer_holds_the_gated_ones_back_whatever_becomes_of_them(path: Path, folder: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "V")
        first = app.desk.ticket()
        assert first is not None
        app.parts.replies.preview_macro(first, "general/closing-thanks")
        await settled(pilot, app)
        assert isinstance(app.screen, BulkCard)
        assert {status: set(held) for status, held in app.screen.plan.held.items()} == {
            AS_SAID: {1, 2},
            Status.PENDING: {1, 2},
            Status.OPEN: {1, 2},
        }
        await press(pilot, app, "p")
        assert sent(app) == [3]

    play(path, folder, script)


def test_the_first_space_shows_and_only_the_second_confirms(path: Path, folder: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await go(pilot, app, 1)
        await press(pilot, app, "space")
        assert (app.focused, answers(app, 1)) == (app.parts.steps.panel, {})
        assert "› ◆ The owner writes." in picture(app)
        await press(pilot, app, "escape", "space")
        assert answers(app, 1) == {}
        await press(pilot, app, "space")
        assert answers(app, 1) == {"owner": True}

    play(path, folder, script)


@pytest.mark.parametrize("size", [(120, 40), (70, 24)])
def test_two_spaces_of_one_packet_confirm_nothing_unseen(path: Path, folder: Path, size: tuple[int, int]) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await go(pilot, app, 1)
        app.parts.steps.go_to_steps()
        app.parts.steps.panel.action_confirm()  # before anything was drawn
        await settled(pilot, app)
        assert answers(app, 1) == {}
        await press(pilot, app, "space")
        assert answers(app, 1) == {"owner": True}

    play(path, folder, script, size)


def test_the_palette_shows_the_steps_and_confirms_none(path: Path, folder: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await go(pilot, app, 1)
        for _ in range(3):
            await app.parts.act("procedure.step")
            await settled(pilot, app)
        assert answers(app, 1) == {}

    play(path, folder, script)


def test_nothing_is_confirmed_while_the_words_are_folded(path: Path, folder: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await go(pilot, app, 2)
        assert "folded" in picture(app)
        await press(pilot, app, "space", "space", "space", "j", "1")
        await app.parts.steps.answer(ProcedurePanel.Answered(2, "owner", True))
        await settled(pilot, app)
        assert answers(app, 2) == {}
        assert "X shows it" in app.desk.said
        await press(pilot, app, "X")
        assert answers(app, 2) == {}
        await press(pilot, app, "k", "space", "1")
        assert answers(app, 2) == {"owner": True, "risk": "S1"}

    play(path, folder, script)


@pytest.mark.parametrize(("size", "goes_on"), [((140, 50), True), ((80, 24), False)])
def test_unfolding_goes_on_to_the_step_where_text_and_step_are_in_view_and_confirms_nothing(
    path: Path, folder: Path, size: tuple[int, int], goes_on: bool
) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await go(pilot, app, 2)
        await press(pilot, app, "X")
        assert (app.parts.steps.panel.active, answers(app, 2)) == (goes_on, {})
        await press(pilot, app, "X")
        assert "folded" in picture(app)

    play(path, folder, script, size)


def test_a_key_read_before_the_step_was_visible_does_not_answer_it(path: Path, folder: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await go(pilot, app, 2)
        await send(pilot, app, "X ", at=1.0)
        assert (app.parts.steps.panel.active, answers(app, 2)) == (True, {})
        await send(pilot, app, " ", at=100.0)
        assert answers(app, 2) == {}
        assert "before what it acts on was visible" in app.desk.said
        await send(pilot, app, " ")
        assert answers(app, 2) == {"owner": True}

    play(path, folder, script, (160, 50))


def test_a_step_that_was_scrolled_out_of_sight_is_shown_before_it_is_answered(path: Path, folder: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await go(pilot, app, 1)
        await press(pilot, app, "space")
        app.parts.steps.panel.scroll_end(animate=False)
        await settled(pilot, app)
        assert "The owner writes." not in picture(app)
        await press(pilot, app, "space")
        assert answers(app, 1) == {}
        assert "The owner writes." in picture(app)
        await press(pilot, app, "space")
        assert answers(app, 1) == {"owner": True}

    play(path, folder, script, (110, 24))


def test_an_answer_can_be_taken_back_while_the_words_are_folded(path: Path, folder: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.desk.writer.submit(lambda desk: desk.take_step(2, "owner", True)).result()
        await go(pilot, app, 2)
        await press(pilot, app, "space", "k", "backspace")
        assert answers(app, 2) == {}

    play(path, folder, script)


def test_what_waits_in_no_lane_is_offered_and_counted(path: Path, folder: Path) -> None:
    desk = make_desk(Store.open(path), folder)
    for number in (1, 3):
        known = desk.store.tickets.get(number)
        assert known is not None
        with desk.store.write():  # as after a lane was taken out of the settings
            desk.store.tickets.update(known, {"lane": "legal"})
    desk.act([2], Change(status=Status.PENDING))
    desk.store.close()

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "full_stop")
        assert app.desk.view.ticket_id in (1, 3)
        assert (app.desk.pane.number, "0 No lane · 2 open" in picture(app)) == (0, True)
        assert app.desk.said.startswith("Most urgent: legal#")
        await app.parts.most_urgent.open_next(app.desk.view.ticket_id)
        other = 4 - (app.desk.view.ticket_id or 0)
        app.desk.writer.submit(lambda desk: desk.act([other], Change(status=Status.PENDING))).result()
        await app.parts.most_urgent.open_next(4 - other)
        assert app.desk.said == "No other ticket comes next; still waiting: 1 No lane."
        app.desk.writer.submit(lambda desk: desk.act([4 - other], Change(status=Status.PENDING))).result()
        await press(pilot, app, "full_stop")
        assert app.desk.said == "Nothing is waiting in any lane. Well done."

    play(path, folder, script)

"""The procedure beside the ticket: answered by key, its gates met on every road, undone like all else."""

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
from tests.tui.playing import NOW, Play, clock, picture, play_app, press, settled, ticket
from tui.app import DeskApp
from tui.procedures.changed_wording_card import ChangeCard
from tui.procedures.panel import ProcedurePanel
from tui.replying.reply_card import ReplyCard
from tui.setup.writer import Writer

PROCEDURE = """
id = "lock"
version = 3
effective = 2026-01-01
changed = "New."
[[step]]
id = "freeze"
kind = "check"
gate = true
text.en = "Freeze the account."
text.es = "Congela la cuenta."
[[step]]
id = "reason"
kind = "choose"
gate = true
choices = ["attempts", "enforcement"]
text = "Why is it locked?"
[[step]]
id = "identity"
kind = "ask"
gate = true
text = "Identity checked?"
evidence = "two signals"
[[step]]
id = "team"
kind = "escalate"
team = "Integrity"
text = "Hand over."
"""
ASKED = "No me llega el código por SMS para entrar"
"""A question that the first digit surely answers, so that a reply leaves without a second question."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "procedures"
    folder.mkdir()
    (folder / "lock.toml").write_text(PROCEDURE)
    return folder


@pytest.fixture
def path(tmp_path: Path, folder: Path) -> Path:
    """A desk with two tickets that follow a procedure and one that follows none."""
    path = tmp_path / "desk.db"
    desk = make_desk(Store.open(path), folder)
    desk.receive([
        Incoming("demo", f"{n}", f"{n}", MessageKind.MAIL, f"Zoë {n}", f"zoe{n}@x.example", f"Ticket {n}", ASKED,
                 ASKED, NOW - 60, language="es", confidence=0.99, lane="mail", received_at=NOW - 60)
        for n in (1, 2, 3)
    ])  # fmt: skip
    desk.act([1, 2], Change(procedure="lock"))
    with desk.store.write():
        for number in (1, 2):
            followed = desk.store.tickets.get(number)
            assert followed is not None
            desk.store.tickets.update(followed, {"topic": "login-code"})
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
    return {name: one.value for name, one in app.desk.store.work.steps(number, "lock").items()}


def beside(app: DeskApp) -> bool:
    return app.parts.steps.panel.display


async def go(pilot: Pilot[int], app: DeskApp, number: int) -> None:
    app.parts.going.open_ticket(0, number)
    await settled(pilot, app)


def test_three_gates_and_the_answer_take_eight_keys_beside_the_text(path: Path, folder: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await go(pilot, app, 1)
        assert "lock@3" in picture(app)
        assert "step 1 of 4 · open gates: 3" in picture(app)
        assert "Congela la cuenta." in picture(app)
        await press(pilot, app, "space")
        assert answers(app, 1) == {}
        assert "Space confirms" in picture(app)
        await press(pilot, app, "space")
        assert answers(app, 1) == {"freeze": True}
        assert "ann, 0" in picture(app)
        assert "1 attempts  2 enforcement" in picture(app)
        await press(pilot, app, "2")
        assert answers(app, 1)["reason"] == "enforcement"
        await press(pilot, app, *"sms, ip", "enter")
        assert answers(app, 1)["identity"] == "sms, ip"
        assert app.focused is app.desk.view
        await press(pilot, app, "1")
        assert isinstance(app.screen, ReplyCard)
        assert app.screen.card.gates == []
        await press(pilot, app, "enter")
        assert ticket(app, 1).status is Status.SOLVED
        assert app.desk.store.messages.of(1)[-1].procedure == "lock@3"
        await go(pilot, app, 1)
        assert "lock@3" in picture(app)

    play(path, folder, script)


def test_the_card_sends_the_agent_to_the_steps_and_comes_back(path: Path, folder: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await go(pilot, app, 1)
        await press(pilot, app, "1", "enter")
        assert isinstance(app.screen, ReplyCard)
        assert "■ first: Congela la cuenta." in picture(app)
        assert ticket(app, 1).status is Status.NEW
        await press(pilot, app, "space", "space", "1", *"x", "enter")
        assert isinstance(app.screen, ReplyCard)
        await press(pilot, app, "enter")
        assert ticket(app, 1).status is Status.SOLVED

    play(path, folder, script)


def test_keys_typed_blindly_on_a_gated_ticket_neither_send_nor_answer_steps(path: Path, folder: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await go(pilot, app, 1)
        for _ in range(3):
            await press(pilot, app, "1", "enter")
        assert (answers(app, 1), app.desk.store.outbox.waiting()) == ({}, [])

    play(path, folder, script)


def test_waiting_for_the_customer_needs_no_gate(path: Path, folder: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await go(pilot, app, 1)
        await press(pilot, app, "1", "p")
        assert ticket(app, 1).status is Status.PENDING

    play(path, folder, script)


def test_solving_names_the_step_and_the_keys_and_a_reason_goes_past(path: Path, folder: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await go(pilot, app, 1)
        await press(pilot, app, "e")
        assert "Congela la cuenta." in app.desk.said
        assert "Space" in app.desk.said
        await press(pilot, app, "exclamation_mark", "enter")
        assert ticket(app, 1).status is Status.NEW
        await press(pilot, app, "exclamation_mark", *"lead said so", "enter")
        assert ticket(app, 1).status is Status.SOLVED
        detail = app.desk.store.events.of(1)[-1].detail
        assert (detail["override_reason"], detail["skipped_steps"][0]) == ("lead said so", "freeze")

    play(path, folder, script)


def test_the_card_takes_a_reason_too(path: Path, folder: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await go(pilot, app, 1)
        await press(pilot, app, "1", "exclamation_mark", *"urgent", "enter", "enter")
        assert ticket(app, 1).status is Status.SOLVED

    play(path, folder, script)


def test_bulk_meets_the_gates(path: Path, folder: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "V", "e")
        assert {ticket(app, n).status for n in (1, 2, 3)} == {Status.NEW}
        assert "Congela la cuenta." in app.desk.said

    play(path, folder, script)


def test_undo_takes_a_step_back_and_so_does_a_key_on_the_step(path: Path, folder: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await go(pilot, app, 1)
        await press(pilot, app, "space", "space", "1")
        await press(pilot, app, "escape", "escape", "z")
        assert answers(app, 1) == {"freeze": True}
        await press(pilot, app, "space", "k", "backspace")
        assert answers(app, 1) == {}

    play(path, folder, script)


def test_handing_over_is_one_key_on_its_step(path: Path, folder: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await go(pilot, app, 1)
        await press(pilot, app, "space", "j", "j", "j", "space")
        assert [one.team for one in app.desk.store.escalations.of(1)] == ["Integrity"]
        assert ticket(app, 1).status is Status.ON_HOLD
        await press(pilot, app, "z")
        assert ticket(app, 1).status is Status.NEW

    play(path, folder, script)


def test_a_ticket_without_a_procedure_has_the_whole_width(path: Path, folder: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await go(pilot, app, 3)
        assert beside(app) is False
        await press(pilot, app, "8", "enter")
        assert ticket(app, 3).status is Status.SOLVED

    play(path, folder, script)


def test_a_narrow_screen_shows_the_steps_while_the_keys_are_in_them(path: Path, folder: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await go(pilot, app, 1)
        assert beside(app) is False
        await press(pilot, app, "space")
        assert beside(app) is True
        await press(pilot, app, "space")
        assert "1 attempts  2 enforcement" in picture(app)
        await press(pilot, app, "escape")
        assert beside(app) is False

    play(path, folder, script, (70, 24))


def test_a_changed_file_is_taken_in_and_a_broken_one_told(path: Path, folder: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await go(pilot, app, 1)
        (folder / "lock.toml").write_text(PROCEDURE.replace("version = 3", "version = 44"))
        app.parts.steps.watch_book()
        await settled(pilot, app)
        assert "lock@44" in picture(app)
        (folder / "lock.toml").write_text("id = ")
        app.parts.steps.watch_book()
        await settled(pilot, app)
        assert "lock.toml, line 1" in app.desk.said
        assert "lock@44" in picture(app)

    play(path, folder, script)


def test_a_procedure_that_changed_since_is_shown_once_as_a_difference(path: Path, folder: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await go(pilot, app, 1)
        await press(pilot, app, "space", "escape")
        text = PROCEDURE.replace("version = 3", "version = 44").replace("Congela la cuenta.", "Congela y cierra todo.")
        (folder / "lock.toml").write_text(text.replace("New.", "Closing comes first now."))
        app.parts.steps.watch_book()
        await press(pilot, app, "space")
        assert isinstance(app.screen, ChangeCard)
        assert "- * Congela la cuenta." in picture(app)
        assert "+ * Congela y cierra todo." in picture(app)
        assert "Closing comes first now." in picture(app)
        await press(pilot, app, "escape", "space")
        assert isinstance(app.screen, ChangeCard)
        await press(pilot, app, "enter", "escape", "space")
        assert not isinstance(app.screen, ChangeCard)

    play(path, folder, script)


def test_a_macro_that_changed_since_is_shown_before_its_preview(path: Path, folder: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await go(pilot, app, 3)
        await press(pilot, app, "1")
        assert isinstance(app.screen, ReplyCard)
        name = app.screen.card.change.macro
        await press(pilot, app, "escape")
        await app.desk.settled()
        app.desk.writer.submit(lambda desk: desk.acknowledge("macro", name, "[es]\nAntes decía otra cosa.")).result()
        await press(pilot, app, "1")
        assert isinstance(app.screen, ChangeCard)
        assert "- Antes decía otra cosa." in picture(app)
        await press(pilot, app, "enter")
        assert isinstance(app.screen, ReplyCard)
        await press(pilot, app, "escape", "1")
        assert isinstance(app.screen, ReplyCard)

    play(path, folder, script)


def test_a_ticket_that_no_procedure_holds_for_is_given_one_by_name(path: Path, folder: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await go(pilot, app, 3)
        await press(pilot, app, "space", *"lock:", "enter")
        assert ticket(app, 3).procedure == "lock"
        assert beside(app) is True
        await press(pilot, app, "z")
        assert ticket(app, 3).procedure == ""

    play(path, folder, script)


def test_keys_faster_than_hands_answer_no_more_steps(path: Path, folder: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await go(pilot, app, 1)
        app.parts.steps.panel.focus()
        for n in range(6):
            app.parts.changing.key_time = 100 + n / 1_000
            message = ProcedurePanel.Answered(1, "freeze", True if n % 2 else None)
            await app.parts.steps.answer(message)
        assert "faster" in app.desk.said
        assert len([event for event in app.desk.store.events.of(1) if event.kind == "step"]) < 4

    play(path, folder, script)


def test_a_digit_pressed_before_the_macros_are_there_is_not_lost(path: Path, folder: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await go(pilot, app, 3)
        library, app.desk.answering._library = app.desk.answering._library, None
        await press(pilot, app, "4")
        assert "in a moment" in app.desk.said
        app.desk.answering._library = library
        app.parts.macro_keys.take([])
        await settled(pilot, app)
        assert isinstance(app.screen, ReplyCard)

    play(path, folder, script)

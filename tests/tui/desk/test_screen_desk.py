from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.theme import Theme
from textual.widgets import OptionList

from data.records.changes import Change, Finding
from data.records.escalations import Escalation
from data.records.incoming import Incoming
from data.records.messages import Direction
from data.records.outbox import OutboxEntry, OutboxState
from data.records.tickets import Status
from data.store import Store
from queues.desk.desk import Desk
from tests.tui.playing import (
    NOW,
    SUBJECTS,
    clock,
    fifteen_tickets,
    incoming,
    make_desk,
    picture,
    play,
    press,
    settled,
    status_of,
    strips,
    tap,
)
from tui.app import DeskApp
from tui.demo.demo_worker import Rounds
from tui.keys.actions import BY_ID
from tui.look.theme import CONTRAST, THEMES
from tui.replying.reply_card import ReplyCard
from tui.replying.reply_card_lines import Card
from tui.setup.writer import Writer

GOLDENS = Path(__file__).parents[1] / "goldens"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return fifteen_tickets(tmp_path / "desk.db")


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let messages stay: on a busy machine a test takes longer than they would."""
    monkeypatch.setattr("tui.context.desk_context.SAID_SECONDS", 3_600)


@pytest.mark.masked
@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 36), (200, 50)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("state", ["lanes", "ticket"])
def test_the_desk_looks_as_it_should(path: Path, size: tuple[int, int], state: str) -> None:
    golden = GOLDENS / f"desk-{state}-{size[0]}x{size[1]}.txt"

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "j", *(["enter"] if state == "ticket" else []))
        shown = picture(app) + "\n"
        if os.environ.get("UPDATE_GOLDENS"):
            golden.write_text(shown, encoding="utf-8")
        assert shown == golden.read_text(encoding="utf-8")

    play(path, script, size)


def test_what_customers_wrote_never_reaches_the_terminal_as_an_escape(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        for lane in ("1", "2", "3"):
            await press(pilot, app, "g", lane, "enter", "Q", "u")
            for strip in strips(app):
                assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", strip.text)

    play(path, script)


def test_each_lane_keeps_its_cursor_and_its_open_ticket(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        desk = app.desk
        await press(pilot, app, "j", "j", "enter")
        first = desk.view.ticket_id
        await press(pilot, app, "g", "3", "j", "enter", "l", "h")
        assert desk.active == 1
        await press(pilot, app, "g", "1")
        assert (desk.view.ticket_id, desk.list.current_id) == (first, first)
        assert desk.views[2].ticket_id is not None
        await press(pilot, app, "u")
        assert desk.view.ticket_id is None
        assert desk.views[2].ticket_id is not None

    play(path, script)


def test_solving_leaves_the_cursor_on_its_line_and_undo_brings_the_ticket_back(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        desk = app.desk
        await press(pilot, app, "j")
        solved = desk.list.current_id
        assert solved is not None
        await press(pilot, app, "e")
        assert status_of(path, solved) is Status.SOLVED
        assert (desk.list.current_id != solved, desk.list.window.line) == (True, 1)
        await press(pilot, app, "z")
        assert status_of(path, solved) is Status.NEW
        assert desk.list.current_id == solved
        await press(pilot, app, "Z")
        assert status_of(path, solved) is Status.SOLVED

    play(path, script)


def test_keys_mean_all_selected_tickets_and_one_undo_takes_all_back(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "x", "j", "j", "v")
        chosen = set(app.desk.list.selected)
        assert len(chosen) == 3
        await press(pilot, app, "p")
        assert {status_of(path, one) for one in chosen} == {Status.PENDING}
        await press(pilot, app, "z")
        assert {status_of(path, one) for one in chosen} == {Status.NEW}

    play(path, script)


def test_the_most_urgent_key_opens_it_says_why_and_comes_back(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        here = app.desk.list.current_id
        await press(pilot, app, "full_stop")
        assert app.desk.view.ticket_id == 8
        assert "S1" in app.desk.said
        await press(pilot, app, "comma")
        assert (app.desk.active, app.desk.view.ticket_id) == (0, here)

    play(path, script)


def test_enter_keeps_the_ticket_that_is_read_though_its_lane_lists_it_no_more(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        here = app.desk.list.current_id
        await press(pilot, app, "enter", "p")
        assert here is not None
        app.parts.going.jump_to(here)
        await press(pilot, app, "enter")
        assert app.desk.view.ticket_id == here
        assert app.desk.target() == here
        await press(pilot, app, "o")
        assert app.desk.target() == here

    play(path, script)


def test_another_windows_mail_shows_without_moving_the_cursor(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "j")
        before = (app.desk.list.current_id, app.desk.list.window.line)
        other = Store.open(path)
        desk = make_desk(other)
        received = desk.receive([incoming(900, "Nueva", "mail")])
        desk.act([received[0].ticket_id], Change(lane="mail"))
        fresh = other.tickets.get(received[0].ticket_id)
        assert fresh is not None
        with other.write():
            other.tickets.update(fresh, {"first_due": NOW - 90_000})
        other.close()
        app.desk.poll()
        await settled(pilot, app)
        assert (app.desk.list.current_id, app.desk.list.window.line) == before
        assert "6 open" in app.desk.pane.summary.plain
        assert "↑1" in app.desk.pane.summary.plain

    play(path, script)


def test_a_reply_is_drafted_sent_and_called_back_with_its_text(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        ticket = app.desk.list.current_id
        assert ticket is not None
        await press(pilot, app, "r", "h", "i")
        await press(pilot, app, "escape")
        await app.desk.settled()
        draft = app.desk.store.drafts.get(ticket)
        assert draft is not None
        assert draft.text == "hi"
        await press(pilot, app, "r", "1", "ctrl+s", "enter")
        waiting = app.desk.store.outbox.waiting()
        assert [entry.state for entry in waiting] == [OutboxState.QUEUED]
        assert b"hi1" in waiting[0].raw
        assert app.desk.view.ticket_id not in (None, ticket)
        await press(pilot, app, "z")
        assert app.desk.store.outbox.waiting() == []
        restored = app.desk.store.drafts.get(ticket)
        assert restored is not None
        assert restored.text == "hi1"

    play(path, script)


def test_the_note_key_never_sends_a_reply_that_was_begun(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        ticket = app.desk.list.current_id
        assert ticket is not None
        await press(pilot, app, "r", "h", "i", "escape")
        await app.desk.settled()
        await press(pilot, app, "n", "x", "ctrl+s")
        assert app.desk.store.outbox.waiting() == []
        assert app.desk.store.messages.of(ticket)[-1].direction is Direction.NOTE

    play(path, script)


def test_typing_filters_the_lanes_and_escape_shows_all_again(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "/", *"refund")
        shown = {row.subject for pane in app.desk.panes for row in pane.list.window.rows}
        assert shown
        assert all("efund" in subject for subject in shown)
        await press(pilot, app, "escape")
        assert len(app.desk.list.window.rows) == 5
        assert app.focused is app.desk.list

    play(path, script)


def test_what_is_solved_is_found_too_and_its_state_is_shown(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        number = app.desk.target()
        assert number is not None
        await press(pilot, app, "p")
        await press(pilot, app, "/", *"zoe")
        rows = {row.id: row.status for pane in app.desk.panes for row in pane.list.window.rows}
        assert rows[number] is Status.PENDING
        assert "1 pending" in app.desk.said
        assert "pend." in picture(app)
        await press(pilot, app, "escape", "/", *"status:nope")
        assert "status:nope is not known" in app.desk.said
        await press(pilot, app, "escape")

    play(path, script)


def test_keys_faster_than_hands_change_nothing(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        desk = app.desk
        for n in range(6):
            app.parts.changing.key_time = 100 + n / 1_000
            await app.parts.act("ticket.solve")
        solved = [ticket for ticket in desk.store.tickets.each() if ticket.status is Status.SOLVED]
        assert len(solved) < 4
        assert "faster" in desk.said

    play(path, script)


def test_while_a_change_is_being_saved_other_changes_are_refused(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        desk = app.desk
        desk.busy = True
        ticket = desk.list.current_id
        assert ticket is not None
        await tap(pilot, "e")
        desk.busy = False
        assert status_of(path, ticket) is Status.NEW
        assert "saving" in desk.said

    play(path, script)


def test_a_refusal_is_told_and_the_desk_goes_on(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "Z")
        assert "Nothing to redo" in app.desk.said
        await press(pilot, app, "e")
        assert "solved" in app.desk.said

    play(path, script)


def test_an_empty_desk_names_the_next_key(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    store = Store.open(path)
    make_desk(store)
    store.close()

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        assert "Press . for" in picture(app)
        await press(pilot, app, "enter", "e", "j", "k", "G", "g", "g", "x", "v", "V", "1", "full_stop")
        assert "Nothing is waiting" in app.desk.said

    play(path, script)


def test_first_paint_loads_no_more_than_it_needs() -> None:
    heavy = (
        "sqlite_utils",
        "jinja2",
        "langdetect",
        "email",
        "click",
        "textual.widgets._text_area",
        "macros.files.library",
        "queues.mail.read_mail",
        "queues.quotes.new_text",
    )
    code = f"import tui.app, queues.connectors.outbox_folder, sys; print([m for m in {heavy!r} if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def pairs(theme: Theme) -> Iterator[tuple[str, str]]:
    inks = [theme.primary, theme.secondary, theme.accent, theme.foreground, theme.success, theme.warning, theme.error]
    grounds = [theme.background, theme.surface, theme.panel, theme.variables["cursor-line"]]
    for ink in (*inks, theme.variables["note"], theme.variables["quiet"]):
        for ground in grounds:
            assert ink is not None
            assert ground is not None
            yield ink, ground
    yield theme.variables["block-cursor-foreground"], theme.primary


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_ink_reads_on_every_ground(theme: Theme) -> None:
    """WCAG 2.2, success criterion 1.4.3: 4.5 to 1; the theme for more contrast keeps 1.4.6: 7 to 1."""
    least = 7 if theme is CONTRAST else 4.5
    for ink, ground in pairs(theme):
        light, dark = sorted((luminance(ink), luminance(ground)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= least, (ink, ground)


def test_a_crash_shows_no_local_values(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def run() -> str:
        store = Store.open(path)
        writer: Writer[Desk] = Writer(lambda: make_desk(Store.open(path)), lambda desk: desk.store.close())
        app = DeskApp(store, writer, clock)
        try:
            async with app.run_test():
                try:
                    card = "-".join(["4111", "1111"])
                    raise ValueError(len(card))
                except ValueError:
                    app._fatal_error()
                with app.console.capture() as shown:
                    for one in app._exit_renderables:
                        app.console.print(one)
                app._exit_renderables.clear()
                return shown.get()
        finally:
            writer.stop()
            store.close()

    text = asyncio.run(run())
    assert "ValueError" in text
    assert "4111-1111" not in text


def test_no_foreign_text_meets_a_markup_parser() -> None:
    """A bare `str` given to these widgets is parsed as markup; `Content`, `Text` or `markup=False` is not."""
    risky = re.compile(
        r"(?<!def )(?<!super\(\)\.)\b(Static|Label|Button|Option|notify)\((?P<given>[^()]*(\([^()]*\)[^()]*)*)\)"
    )
    safe = re.compile(r"markup=False|^\s*\w*Content\(|^\s*words\(|^\s*\"\"\s*,.*markup=False|^\s*$")
    for file in (Path(__file__).parents[3] / "tui").rglob("*.py"):
        for found in risky.finditer(file.read_text(encoding="utf-8")):
            assert safe.search(found["given"]), f"{file.name}: {found[0]}"


def test_one_key_and_enter_send_the_macro_and_open_the_next_ticket(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        ticket = app.desk.list.current_id
        assert ticket is not None
        await press(pilot, app, "1")
        assert isinstance(app.screen, ReplyCard)
        card = app.screen.card
        assert card.change.reply_language == "es"
        assert not card.blocked
        await press(pilot, app, "enter")
        assert len(app.screen_stack) == 2
        assert [entry.ticket_id for entry in app.desk.store.outbox.waiting()] == [ticket]
        assert status_of(path, ticket) is card.outcome
        assert app.desk.view.ticket_id not in (None, ticket)
        await press(pilot, app, "z")
        assert app.desk.store.outbox.waiting() == []
        assert status_of(path, ticket) is Status.NEW

    play(path, script)


def test_a_blocking_finding_keeps_enter_from_sending() -> None:
    blocked = Card("t", "a@b.example", Change(reply="Hi {{ name }}"), [Finding("hole", "A hole.", blocking=True)])
    assert blocked.blocked
    assert "✗ 1 A hole." in blocked.facts
    held = Card("t", "a@b.example", Change(reply="x", escalate=Escalation("Safety")))
    assert held.outcome is Status.ON_HOLD


def test_a_round_files_what_came_in_and_delivers_what_is_due(path: Path) -> None:
    store = Store.open(path)
    make_desk(store).act([1], Change(reply="Hola", status=Status.SOLVED))
    writer: Writer[Desk] = Writer(lambda: make_desk(Store.open(path)), lambda desk: desk.store.close())
    sent: list[int] = []

    class Outside:
        name = "demo"

        def fetch(self, cursor: str = "") -> tuple[list[Incoming], str]:
            return ([] if cursor else [incoming(77, "Hello there, where is my parcel?", "mail")]), "1"

        def send(self, entry: OutboxEntry) -> None:
            sent.append(entry.ticket_id)

        def was_delivered(self, entry: OutboxEntry) -> bool | None:
            return None

    troubles: list[str] = []
    rounds = Rounds(path, writer, [Outside()], lambda: NOW + 60)
    try:
        for _ in range(2):
            rounds.start(troubles.append)
            rounds.wait()
    finally:
        rounds.stop()
        writer.stop()
    assert (sent, troubles, store.outbox.waiting()) == ([1], [], [])
    assert len(list(store.tickets.each())) == len(SUBJECTS) * 3 + 1
    store.close()


def test_questions_change_the_ticket_and_an_empty_answer_does_not(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        ticket = app.desk.list.current_id
        assert ticket is not None
        await press(pilot, app, "L", "escape")
        await press(pilot, app, "L", "plus", *"vip", "enter")
        await press(pilot, app, "a", *"bo", "enter")
        changed = app.desk.store.tickets.get(ticket)
        assert changed is not None
        assert ("vip" in changed.tags, changed.assignee) == (True, "bo")
        await press(pilot, app, "s", *"2h", "enter")
        snoozed = app.desk.store.tickets.get(ticket)
        assert snoozed is not None
        assert (snoozed.status, snoozed.snoozed_until) == (Status.SNOOZED, NOW + 7_200)

    play(path, script)


def test_zoom_gives_what_has_the_focus_the_whole_screen_and_follows_it(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        def seen() -> tuple[bool, bool, bool]:
            shown = picture(app)
            return "1 Mail" in shown, "2 App" in shown, "#1 No puedo" in shown

        await press(pilot, app, "enter", "w")
        assert seen() == (False, False, True)
        await press(pilot, app, "r", *"hi", "escape", "tab")
        assert seen() == (True, False, False)
        await press(pilot, app, "l")
        assert seen() == (False, True, False)
        await press(pilot, app, "h", "tab")
        assert seen() == (False, False, True)
        await press(pilot, app, "w")
        assert seen() == (True, True, True)

    play(path, script)


def test_help_shows_every_key_of_every_place(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "question_mark")
        listed = app.screen.query_one(OptionList)
        assert {option.id for option in listed.options if option.id} == set(BY_ID)
        assert "In the lanes and the open ticket" in picture(app)
        await press(pilot, app, *"missing value, or", "enter")
        assert "While writing: ^n" in app.desk.said
        await press(pilot, app, "f1", *"zzz", "enter")
        assert app.screen is app.desk.screen

    play(path, script, (80, 24))


def test_the_palette_of_the_composer_knows_its_actions(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "r", *"hi", "ctrl+p", *"internal note, or", "enter")
        assert app.parts.writing.composer is not None
        assert app.parts.writing.composer.draft.kind is Direction.NOTE
        await press(pilot, app, "escape", "colon", *"internal note, or")
        assert app.screen.query_one(OptionList).option_count == 0

    play(path, script)


def test_help_finds_an_action_by_name_and_runs_it(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        ticket = app.desk.list.current_id
        assert ticket is not None
        await press(pilot, app, "question_mark", *"mark as solved", "enter")
        assert status_of(path, ticket) is Status.SOLVED

    play(path, script)


def test_quitting_keeps_what_was_typed_last(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "r", *"almost", "ctrl+q")

    play(path, script)
    store = Store.open(path)
    assert [draft.text for draft in store.drafts.all()] == ["almost"]
    store.close()


def test_a_macro_is_found_by_its_name(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "m", *"appeal", "enter")
        assert isinstance(app.screen, ReplyCard)
        assert "appeal" in app.screen.card.change.macro

    play(path, script)

"""One macro for many tickets by keys: the preview tells, Enter sends as one action, z takes all of it back."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.records.changes import Change
from data.records.problems import ProblemState
from data.records.tickets import Status
from data.store import Store
from macros.checks.check import Checker
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.procedures.procedure import load_text
from tests.tui.playing import clock, fifteen_tickets, make_desk, picture, play, press, settled, status_of
from tui.app import DeskApp
from tui.replying.bulk_plan import Plan


def make(store: Store) -> Desk:
    return Desk(store, clock=clock, rules=DeskRules(), checker=Checker(lambda text: ("und", 0.0)), agent="ann")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Three of the lane's five tickets are answered in Spanish, one in English, one in no known language."""
    path = fifteen_tickets(tmp_path / "desk.db")
    store = Store.open(path)
    desk = make_desk(store)
    numbers = [row.id for row in store.tickets.page("mail")]
    desk.act([numbers[1]], Change(language="en"))
    ticket = store.tickets.get(numbers[4])
    assert ticket is not None
    with store.write():
        store.tickets.update(ticket, {"language": "und"})
    store.close()
    return path


def replies(path: Path) -> dict[int, str]:
    store = Store.open(path)
    try:
        return {one.ticket_id: store.messages.of(one.ticket_id)[-1].text for one in store.outbox.waiting()}
    finally:
        store.close()


async def choose(pilot: Pilot[int], app: DeskApp, *keys: str) -> None:
    """Press keys, take the closing macro as the picker would, and wait for the card."""
    await press(pilot, app, *keys)
    ticket = app.desk.ticket()
    assert ticket is not None
    app.parts.replies.preview_macro(ticket, "general/closing-thanks")
    await settled(pilot, app)


def test_a_macro_for_all_selected_tells_what_it_sends_and_what_it_holds_back(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        rows = sorted(app.desk.list.window.rows, key=lambda row: row.language)
        assert [row.language for row in rows] == ["en", "es", "es", "es", "und"]
        numbers = [row.id for row in rows]
        await choose(pilot, app, "V")
        shown = picture(app)
        assert "sends to 4: 3 es, 1 en; 1 held back" in shown
        assert f"#{numbers[4]} held back: its language is unknown" in shown
        assert "── es" in shown
        assert replies(path) == {}
        await press(pilot, app, "enter")
        sent = replies(path)
        assert sorted(sent) == sorted(numbers[:4])
        assert [sent[one].startswith("Hola") for one in numbers[:4]] == [False, True, True, True]
        assert all("Zoë" in text for text in sent.values())
        assert [status_of(path, one) for one in numbers] == [Status.SOLVED] * 4 + [Status.NEW]
        assert "4 tickets: replied, solved" in app.desk.said
        assert "z recalls it" in app.desk.said
        await press(pilot, app, "z")
        assert replies(path) == {}
        assert {status_of(path, one) for one in numbers} <= {Status.NEW, Status.OPEN}

    play(path, script, make=make)


def test_a_digit_means_all_selected_too(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "x", "j", "x", "9")
        assert "sends to" in picture(app)
        await press(pilot, app, "escape")
        assert replies(path) == {}
        assert "Nothing was sent" in app.desk.said

    play(path, script, make=make)


def test_on_a_small_screen_the_keys_stay_in_sight(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await choose(pilot, app, "V")
        assert "Enter sends 4 and solves" in picture(app)
        assert "Esc sends none" in picture(app)

    play(path, script, (80, 24), make=make)


def test_pending_is_a_key_too(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        numbers = [row.id for row in app.desk.list.window.rows][:2]
        await choose(pilot, app, "x", "j", "x")
        await press(pilot, app, "p")
        assert {status_of(path, one) for one in numbers} == {Status.PENDING}

    play(path, script, make=make)


def test_an_open_gate_holds_back_from_solving_not_from_waiting(path: Path) -> None:
    gated = load_text(
        'id = "lock"\nversion = 1\neffective = 2026-01-01\n[[step]]\nid = "who"\nkind = "check"\ngate = true\n'
        'text = "Who is it?"\n'
    )

    def make_gated(store: Store) -> Desk:
        return Desk(store, clock=clock, rules=DeskRules(procedures={"lock": gated}), agent="ann")

    store = Store.open(path)
    numbers = [row.id for row in store.tickets.page("mail")][:2]
    make_gated(store).act(numbers[:1], Change(procedure="lock", language="es"))
    store.close()

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        for number in numbers:
            app.desk.list.select_ticket(number)
            await press(pilot, app, "x")
        await choose(pilot, app)
        assert "Enter sends 1 and solves · p sends 2, pending" in picture(app)
        assert f"#{numbers[0]} held back: step who comes first" in picture(app)
        await press(pilot, app, "p")
        assert sorted(replies(path)) == sorted(numbers)

    play(path, script, make=make_gated)


def test_a_ticket_that_changed_meanwhile_stops_all(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        numbers = [row.id for row in app.desk.list.window.rows][:2]
        await choose(pilot, app, "x", "j", "x")
        other = Store.open(path)
        make_desk(other).act([numbers[0]], Change(add_tags=("x",)))
        other.close()
        await press(pilot, app, "enter")
        assert "changed meanwhile" in app.desk.said
        assert replies(path) == {}

    play(path, script, make=make)


def test_a_problem_is_opened_shown_and_answered_by_keys(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "x", "j", "x", "P", *"Late", "enter")
        assert "2 tickets: linked to P-1" in app.desk.said
        await press(pilot, app, "j", "P")
        assert "Link to P-1 Late (2 tickets)" in picture(app)
        await press(pilot, app, "enter", "P")
        assert "Answer the 3 that wait for P-1 Late" in picture(app)
        await press(pilot, app, "enter", *"clos", "enter")
        assert "sends to 3: 2 es, 1 en" in picture(app)
        await press(pilot, app, "enter")
        assert "P-1 solved" in app.desk.said
        store = Store.open(path)
        assert sorted(replies(path)) == store.problems.tickets(1)
        assert store.problems.all(solved=True)[0].state is ProblemState.SOLVED
        store.close()
        await press(pilot, app, "z")
        assert replies(path) == {}

    play(path, script, make=make)


def test_a_ticket_is_unlinked_by_key(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "P", *"Late", "enter", "P", "down", "enter")
        assert "unlinked from its problem" in app.desk.said

    play(path, script, make=make)


def test_the_words_of_a_plan() -> None:
    change = {n: Change(reply="x", reply_language="es" if n % 3 else "en") for n in range(1, 7)}
    assert Plan(change, {}, {}).words(Status.SOLVED) == "sends to 6: 4 es, 2 en"
    gated = Plan(change, {Status.SOLVED: dict.fromkeys(change, "a gate")}, {})
    assert gated.words(Status.SOLVED) == "sends to no one; 6 held back"
    assert gated.words(Status.PENDING) == "sends to 6: 4 es, 2 en"

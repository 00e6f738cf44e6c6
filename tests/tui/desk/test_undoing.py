"""Undo on the screen: which key, for how long, and what is left to take back once a reply has left."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.records.changes import Change
from data.records.escalations import Escalation, EscalationState, TeamAnswer
from data.records.problems import Problem
from data.records.tickets import LaneRow, Priority, Status
from data.store import Store
from tests.database import database
from tests.tui.playing import NOW, fifteen_tickets, make_desk, picture, play, press, status_of
from tui.app import DeskApp
from tui.lanes.row_line import marks
from tui.ticket.ticket_text import escalation_words, problem_words

ROW = LaneRow(1, "Help", "Ana", Status.OPEN, Priority.NORMAL, None, "en", None, 0, 0, "", False, 0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return fifteen_tickets(tmp_path / "desk.db")


def test_each_action_tells_its_undo_key_and_the_seconds_left(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "plus")
        assert app.desk.said.endswith("· z undoes it")
        await press(pilot, app, "r", *"Hola", "ctrl+s", "enter")
        assert "z recalls it within 10s" in app.desk.said

    play(path, script)


def test_once_the_reply_has_left_z_takes_the_rest_back_at_the_second_press(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        ticket = app.desk.list.current_id
        assert ticket is not None
        await press(pilot, app, "r", *"Hola", "ctrl+s", "enter")
        other = Store.open(path)
        with other.write():
            database(other).execute("UPDATE outbox SET state = 'sent'")
        other.close()
        await press(pilot, app, "z")
        assert "has left and cannot be recalled; the rest can still be undone: status" in app.desk.said
        assert app.desk.said.endswith("z undoes the rest")
        assert status_of(path, ticket) is Status.SOLVED
        await press(pilot, app, "z")
        assert status_of(path, ticket) is Status.OPEN
        assert "except for what was sent" in app.desk.said
        assert "does it again" not in app.desk.said

    play(path, script)


def test_a_row_and_its_ticket_show_what_another_team_has(path: Path) -> None:
    store = Store.open(path)
    desk = make_desk(store)
    first = store.tickets.page("mail")[0].id
    desk.act([first], Change(escalate=Escalation("Legal", "threat"), status=Status.OPEN, new_problem="Codes"))
    desk.act([first], Change(team_answer=TeamAnswer(1, "No case")))
    store.close()

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.desk.list.select_ticket(first)
        await press(pilot, app, "enter")
        shown = picture(app)
        assert "E< P1 " in shown
        assert "E-1 Legal answered, 0s ago: threat" in shown
        assert "P-1 Codes, open, 1 ticket, 1 waiting" in shown
        assert "NOTE by Legal" in shown

    play(path, script, (200, 50))


@pytest.mark.parametrize(
    ("state", "due", "mark"),
    [
        (EscalationState.OPEN, None, "E> "),
        (EscalationState.OPEN, 10, "E> "),
        (EscalationState.OPEN, 5, "E! "),
        (EscalationState.RETURNED, 5, "E< "),
        (None, None, ""),
    ],
)
def test_the_mark_of_a_row(state: EscalationState | None, due: int | None, mark: str) -> None:
    row = LaneRow(
        **{name: getattr(ROW, name) for name in LaneRow.__slots__} | {"escalation": state, "escalation_due": due}
    )
    assert marks(row, 5) == mark


def test_foreign_words_of_teams_and_problems_are_one_safe_line() -> None:
    child = Escalation("Le\x1b[31mgal\n", "rea\x07son", due_at=NOW - 60, id=3)
    assert escalation_words(child, NOW).startswith("E-3 with Le")
    assert not {"\x1b", "\x07", "\n"} & set(escalation_words(child, NOW))
    assert "\x1b" not in problem_words(Problem(1, "\x1b[2J"))

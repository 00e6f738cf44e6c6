"""Escalating by keys: the form, its completion and defaults, what is sent, and what comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.errors import InputError
from data.records.changes import Change
from data.records.escalations import Escalation, EscalationState
from data.records.messages import Direction
from data.records.tickets import Status
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.ground.teams import Team
from tests.tui.playing import NOW, clock, fifteen_tickets, incoming, picture, play, press, settled, status_of
from tui.app import DeskApp
from tui.deciding.escalation_text import due_of

TEAMS = (Team("Security response", "security@desk.example", due="4h"), Team("Legal", language="es"))


def make(store: Store) -> Desk:
    return Desk(store, clock=clock, rules=DeskRules(teams=TEAMS), agent="ann")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = fifteen_tickets(tmp_path / "desk.db")
    for row in rows(path):
        set_topic(path, row, "")
    return path


def rows(path: Path) -> list[int]:
    store = Store.open(path)
    try:
        return [row.id for row in store.tickets.page("mail")]
    finally:
        store.close()


def set_topic(path: Path, number: int, topic: str) -> None:
    store = Store.open(path)
    ticket = store.tickets.get(number)
    assert ticket is not None
    with store.write():
        store.tickets.update(ticket, {"topic": topic, "procedure": ""})
    store.close()


def children(path: Path) -> list[Escalation]:
    store = Store.open(path)
    try:
        return store.escalations.standing(closed=True)
    finally:
        store.close()


def test_the_form_completes_the_team_and_hands_over_with_its_template(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        ticket = app.desk.list.current_id
        assert ticket is not None
        await press(pilot, app, "E", *"sec", "enter", *"hack")
        assert "sent by mail to security@desk.example" in picture(app)
        await press(pilot, app, "enter")
        (child,) = children(path)
        assert (child.team, child.reason, child.due_at) == ("Security response", "hack", NOW + 4 * 3600)
        assert status_of(path, ticket) is Status.ON_HOLD
        assert "z recalls it" in app.desk.said
        (entry,) = app.desk.store.outbox.waiting()
        mail = message_from_bytes(entry.raw, policy=policy.default)
        assert "an account may be in the wrong hands" in mail.get_content()
        assert "Reason: hack" in mail.get_content()
        await press(pilot, app, "z")
        assert children(path) == []
        assert app.desk.store.outbox.waiting() == []

    play(path, script, make=make)


def test_where_procedure_or_topic_name_the_team_enter_is_enough(path: Path) -> None:
    first = rows(path)[0]
    set_topic(path, first, "hacked-account")

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.desk.list.select_ticket(first)
        await press(pilot, app, "E", "enter")
        (child,) = children(path)
        assert (child.team, child.reason, child.due_at) == ("Security response", "account taken over", NOW + 3600)

    play(path, script, make=make)


def test_where_the_macros_of_a_topic_differ_the_reason_is_topic_and_severity(path: Path) -> None:
    first = rows(path)[0]
    set_topic(path, first, "harassment-report")

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.desk.list.select_ticket(first)
        await press(pilot, app, "E", "enter")
        (child,) = children(path)
        assert (child.team, child.reason) == ("Trust and safety on call", "harassment report")

    play(path, script, make=make)


def test_a_macro_that_escalates_sends_the_teams_words_too(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        ticket = app.desk.ticket()
        assert ticket is not None
        app.parts.replies.preview_macro(ticket, "hacked-account/freeze-now")
        await settled(pilot, app)
        await press(pilot, app, "enter", "enter")  # nothing here speaks for it: it asks once
        store = Store.open(path)
        try:
            notes = [one for one in store.messages.of(ticket.id) if one.direction is Direction.NOTE]
            assert "Please freeze it" in notes[0].text
            assert {entry.recipient for entry in store.outbox.waiting()} >= {"security@desk.example"}
        finally:
            store.close()

    play(path, script, make=make)


def test_what_is_missing_or_wrong_keeps_the_form_open(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "E", *"QA", "enter")
        assert "no address for this team" in picture(app)
        await press(pilot, app, *"odd", "tab", *"soon", "enter")
        assert "'soon' is not a time" in picture(app)
        assert children(path) == []
        await press(pilot, app, "escape")
        assert app.screen is app.desk.screen

    play(path, script, make=make)


def test_several_selected_tickets_are_handed_over_as_one(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "x", "j", "x", "E", *"Leg", "enter", *"ill", "enter")
        assert len(children(path)) == 2
        await press(pilot, app, "z")
        assert children(path) == []

    play(path, script, make=make)


@pytest.mark.parametrize(
    ("keys", "state", "note"),
    [
        (("a", *"Done", "enter", *"twice", "ctrl+s"), EscalationState.ANSWERED, "Done\ntwice"),
        (("r", "ctrl+s"), EscalationState.RETURNED, ""),
        (("c",), EscalationState.CLOSED, ""),
    ],
)
def test_what_came_back_is_written_down(path: Path, keys: tuple[str, ...], state: EscalationState, note: str) -> None:
    first = rows(path)[0]
    store = Store.open(path)
    make(store).act([first], Change(escalate=Escalation("Legal", "threat"), status=Status.OPEN))
    store.close()

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.desk.list.select_ticket(first)
        await press(pilot, app, "B", *keys)
        assert [child.state for child in children(path)] == [state]
        told = app.desk.store.messages.of(first)[-1]
        assert told.text == note if note else told.from_name != "Legal"

    play(path, script, make=make)


def test_an_answer_by_mail_is_told_while_it_comes(path: Path) -> None:
    first = rows(path)[0]

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.desk.list.select_ticket(first)
        await press(pilot, app, "E", *"sec", "enter", *"hack", "enter")
        (child,) = children(path)
        other = Store.open(path)
        answer = replace(
            incoming(99, "Re", "mail"), from_address="security@desk.example", references=(child.message_id,)
        )
        make(other).receive([answer])
        other.close()
        app.desk.poll()
        await settled(pilot, app)
        assert [one.message for one in app._notifications] == [
            f"Security response answered E-1: #{first} is yours again"
        ]
        app.desk.poll()
        assert len(app._notifications) == 1

    play(path, script, make=make)


def test_without_an_escalation_the_key_says_so(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "B")
        assert "No other team has this ticket" in app.desk.said

    play(path, script, make=make)


def test_times_as_people_write_them() -> None:
    assert due_of("24h", NOW) == NOW + 86_400
    assert due_of(" 2d ", NOW) == NOW + 2 * 86_400
    assert due_of("", NOW) is None
    end = due_of("2026-11-30", NOW)
    assert end is not None
    assert datetime.fromtimestamp(end).strftime("%Y-%m-%d %H:%M:%S") == "2026-11-30 23:59:59"
    with pytest.raises(InputError):
        due_of("soon", NOW)

from __future__ import annotations

from pathlib import Path

from textual.pilot import Pilot

from data.records.changes import Change
from data.records.tickets import Ticket
from data.store import Store
from tests.tui.playing import fifteen_tickets, make_desk, picture, play, press, settled
from tui.app import DeskApp

CHOSEN = "crash/first-steps"


def test_the_first_digit_holds_what_agents_chose_and_the_card_says_why(tmp_path: Path) -> None:
    path = fifteen_tickets(tmp_path / "desk.db")
    store = Store.open(path)
    desk = make_desk(store)
    alike = [ticket for ticket in store.tickets.each() if ticket.subject == "Where is my refund?"]
    # where harm is possible, what was learned puts nothing on a digit
    other = next(ticket for ticket in alike if ticket.lane != "safety" and ticket.severity is None)
    alike.remove(other)
    for ticket in alike:
        desk.act([ticket.id], Change(reply="Our answer.", macro=CHOSEN, reply_language="es"))
    with store.write():
        store.tickets.update(store.tickets.get(other.id) or other, {"topic": ""})
    store.close()

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        place = next(n for n, pane in enumerate(app.desk.panes) if pane.lane.name == other.lane)
        app.parts.going.open_ticket(place, other.id)
        await settled(pilot, app)
        title = app.desk.answering.library().get(CHOSEN).title.for_language("es")
        assert f"1 {title}" in picture(app)
        await press(pilot, app, "1")
        assert "as for “Where is my refund?”" in picture(app)

    play(path, script)


def test_digits_follow_what_another_window_sent_when_the_ticket_is_opened_again(tmp_path: Path) -> None:
    path = fifteen_tickets(tmp_path / "desk.db")

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "j", "enter")
        number = app.desk.view.ticket_id
        assert number is not None
        held = [macro.name for macro in app.desk.answering.slots(_ticket(app, number)) if macro]
        outside = Store.open(path)
        desk, subject = make_desk(outside), _ticket(app, number).subject
        for ticket in list(outside.tickets.each()):
            if ticket.subject == subject and ticket.id != number:
                desk.act([ticket.id], Change(reply="Our answer.", macro=CHOSEN, reply_language="es"))
        outside.close()
        app.parts.macro_keys.learn_news()
        await settled(pilot, app)
        assert [macro.name for macro in app.desk.answering.slots(_ticket(app, number)) if macro] == held

        await press(pilot, app, "escape", "escape", "enter")
        assert app.desk.answering.why(_ticket(app, number), CHOSEN)

    play(path, script)


def _ticket(app: DeskApp, number: int) -> Ticket:
    ticket = app.desk.store.tickets.get(number)
    assert ticket is not None
    return ticket

"""Reviewing by keys, and answering as who wrote the reply: the real desk, two agents one after the other."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.records.changes import Change
from data.records.reviews import Review
from data.records.tickets import Status
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from tests.tui.playing import NOW, clock, fifteen_tickets, picture, play_app, press, settled
from tui.app import DeskApp
from tui.setup.writer import Writer


def desk_of(store: Store, agent: str) -> Desk:
    return Desk(store, clock=clock, rules=DeskRules(), agent=agent)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = fifteen_tickets(tmp_path / "desk.db")
    store = Store.open(path)
    for number, agent in ((1, "ann"), (2, "bob"), (4, "ann")):
        desk = Desk(store, clock=lambda: NOW - 60, rules=DeskRules(), agent=agent)
        text = f"Hola [red]Zoë\x1b[31m, respuesta de {agent}."
        desk.act([number], Change(reply=text, status=Status.PENDING, macro="general/delay"))
    store.close()
    return path


def play(path: Path, agent: str, script: object, size: tuple[int, int] = (80, 24)) -> None:
    writer: Writer[Desk] = Writer(lambda: desk_of(Store.open(path), agent), lambda desk: desk.store.close())
    play_app(path, writer, partial(app_of, writer, agent), script, size)  # type: ignore[arg-type]


def app_of(writer: Writer[Desk], agent: str, store: Store) -> DeskApp:
    return DeskApp(store, writer, clock, agent=agent, mode="demo")


def reviews(path: Path) -> list[Review]:
    store = Store.open(path)
    try:
        return store.reviews.each()
    finally:
        store.close()


def test_replies_are_drawn_scored_and_answered_by_keys(path: Path) -> None:
    async def review(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "g", "q")
        assert "There is nothing to review." in picture(app)
        await press(pilot, app, "f")
        shown = picture(app)
        assert "Reviews 1 of 3" in shown
        assert "The customer wrote:" in shown
        assert "macro general/delay" in shown
        assert "\x1b" not in shown
        # another reply's marks are kept while one looks elsewhere, also when the screen is left
        await press(pilot, app, "1", "l", "h")
        assert "1 of 7 scored" in picture(app)
        await press(pilot, app, "escape", "g", "q")
        assert "1 of 7 scored" in picture(app)
        await press(pilot, app, "enter")
        assert "Not scored yet: correct, next-step" in picture(app)
        await press(pilot, app, "2", "minus", "c", *"curt", "enter", "2", "2", "y", "y", "C", *"fine", "enter")
        assert "86 %" in picture(app)
        await press(pilot, app, "enter")
        assert "review 1 of" in picture(app)
        assert "Reviews 1 of 2" in picture(app)
        await press(pilot, app, "z")
        assert "Undone:" in picture(app)
        assert "Reviews 1 of 3" in picture(app)
        assert "86 %" in picture(app)  # nothing has to be given again
        await press(pilot, app, "b", *"max", "enter")
        assert "C-1: lea, max score this reply" in picture(app)
        assert "calibration C-1" in picture(app)

    play(path, "lea", review)
    assert reviews(path) == []


def reviewed(path: Path) -> None:
    from queues.quality.cards import built_in

    store = Store.open(path)
    card = built_in()["support-reply"]
    message = next(one for one in store.messages.of(1) if one.direction == "out")
    points: dict[str, int | None] = {one.id: one.best for one in card.criteria}
    desk_of(store, "cy").act([1], Change(add_tags=("graphic",)))
    desk_of(store, "lea").reviews.review(message.id, card, points | {"tone": 0}, comments={"tone": "[b]curt"})
    store.close()


def test_whose_reply_it_is_sees_the_review_and_the_reviewer_revises_it(path: Path) -> None:
    reviewed(path)

    async def answer(pilot: Pilot[int], app: DeskApp) -> None:
        assert "1 review to read (g m)" in picture(app)
        await press(pilot, app, "g", "m")
        shown = picture(app)
        assert "▸• #1 88 % · by lea" in shown
        assert "[b]curt" in shown
        await press(pilot, app, "d", *"I was not", "enter")
        assert "disputed" in picture(app)
        assert "ann disputes: I was not" in picture(app)
        await press(pilot, app, "enter")
        assert app.desk.view.ticket_id == 1
        assert "to read" not in picture(app)

    async def revise(pilot: Pilot[int], app: DeskApp) -> None:
        assert "1 disputed (g q)" in picture(app)
        await press(pilot, app, "g", "q")
        shown = picture(app)
        assert "#1 ann · disputed" in shown
        assert "88 %" in shown
        assert "u uphold" in shown
        assert "(folded: it may be graphic or abusive)" in shown
        await press(pilot, app, "X")
        assert "Hola, No puedo entrar en mi cuenta" in picture(app)
        assert app.desk.store.events.of(1)[-1].kind == "revealed"
        await press(pilot, app, "X")
        assert "Hola, No puedo entrar" not in picture(app)
        await press(pilot, app, "j", "j", "j", "2", "enter")
        assert "There is nothing to review" in picture(app)

    async def look(pilot: Pilot[int], app: DeskApp) -> None:
        assert "1 review to read (g m)" in picture(app)
        await press(pilot, app, "g", "m", "a")
        assert "100 % · by lea" in picture(app)
        assert "accepted" in picture(app)

    play(path, "ann", answer)
    play(path, "lea", revise, (160, 48))
    play(path, "ann", look, (120, 36))
    (review,) = reviews(path)
    assert (review.percent, review.revises) == (100, 1)


def test_the_reply_on_the_open_ticket_is_reviewed_and_revised(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.parts.going.jump_to(3)
        await settled(pilot, app)
        await app.parts.act("ticket.review")
        assert "There is no reply of another agent here." in app.desk.said
        app.parts.going.jump_to(2)
        await settled(pilot, app)
        for comes_to, keys in (("100 %", "22222yy"), ("75 %", "0")):
            await app.parts.act("ticket.review")
            await settled(pilot, app)
            assert "#2 bob · chosen" in picture(app)
            await press(pilot, app, *keys, "enter")
            assert comes_to in app.desk.said
            assert "There is nothing to review." in picture(app)
            await press(pilot, app, "escape")

    play(path, "lea", script)
    (review,) = reviews(path)
    assert review.revises == 1


def test_who_was_never_reviewed_is_told_so_and_a_rating_is_corrected(path: Path) -> None:
    from queues.quality.rating import FormAnswer

    store = Store.open(path)
    desk_of(store, "lea").ratings.take_answers([FormAnswer(2.0, 5, "s", 3)])
    store.close()

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "g", "m")
        assert "None of your replies has been reviewed yet." in picture(app)
        app.parts.going.jump_to(3)
        await settled(pilot, app)
        assert "rated 2 of 5" in picture(app)
        await app.parts.act("ticket.rating")
        await settled(pilot, app)
        await press(pilot, app, "backspace", "5", "enter")
        assert "rated 5 of 5" in picture(app)
        await press(pilot, app, "z")
        assert "rated 2 of 5" in picture(app)
        await app.parts.act("ticket.rating")
        await settled(pilot, app)
        await press(pilot, app, "backspace", "9", "enter")
        assert "9 is not a rating" in app.desk.said
        await app.parts.act("ticket.rating")
        await settled(pilot, app)
        await press(pilot, app, "backspace", "minus", "enter")
        assert "rated" not in picture(app).replace("rating removed", "")

    play(path, "cy", script, (120, 36))

"""Waiting replies, on the screen: why, both texts, and what becomes of each by one key."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.records.changes import Change
from data.records.outbox import OutboxEntry, OutboxState
from data.store import Store
from queues.desk.waiting_replies import Wish
from queues.outgoing.outbox import deliver_due
from queues.remotes.links import Link, LinkState, links, save_link
from tests.database import database
from tests.tui.playing import EVIL, NOW, fifteen_tickets, incoming, make_desk, picture, play, press, settled
from tui.accounts.link_line import link_line, pace, pace_line
from tui.app import DeskApp
from tui.replying.outbox_card import OutboxCard

OURS = "Estimada Zoë: ya puede entrar en su cuenta."


class Post:
    """Takes everything."""

    def send(self, entry: OutboxEntry) -> None:
        return

    def was_delivered(self, entry: OutboxEntry) -> bool | None:
        return None


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A desk with one reply held because the customer wrote again, and one in doubt."""
    path = fifteen_tickets(tmp_path / "desk.db")
    with closing(Store.open(path)) as store:
        desk = make_desk(store)
        for ticket in (1, 2):
            desk.act([ticket], Change(reply=OURS, override_reason="a test"))
        again = incoming(1, "Re: No puedo entrar", "mail", at=NOW)
        desk.receive([replace(again, raw_sha256="again", message_id="<again@x>", text=f"Otra vez {EVIL}",
                              new_text=f"Otra vez {EVIL}", references=("<1@customer.example>",))])  # fmt: skip
        with store.write():
            second = next(entry for entry in store.outbox.waiting() if entry.ticket_id == 2)
            store.outbox.move(second.id, OutboxState.QUEUED, OutboxState.IN_DOUBT)
        assert deliver_due(store, {"demo": Post()}, NOW + 60).held == 1
    return path


def states(path: Path) -> dict[int, OutboxState]:
    with closing(Store.open(path)) as store:
        rows = database(store).execute("SELECT ticket_id, state FROM outbox").fetchall()
    return {ticket: OutboxState(state) for ticket, state in rows}


@pytest.mark.parametrize("size", [(140, 40), (60, 20)])
def test_both_texts_stand_on_the_card_and_foreign_ones_do_nothing(path: Path, size: tuple[int, int]) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "g", "o")
        assert isinstance(app.screen, OutboxCard)
        shown = picture(app)
        assert "the customer" in shown
        assert "wrote again" in shown
        assert "Estimada" in shown
        assert "Otra vez" in shown
        assert "\x1b" not in shown
        assert "\u202e" not in shown

    play(path, script, size)


@pytest.mark.parametrize(
    ("key", "state"),
    [("s", OutboxState.QUEUED), ("x", OutboxState.RECALLED), ("e", OutboxState.RECALLED), ("a", OutboxState.HELD)],
)
def test_a_key_decides_about_the_held_reply(path: Path, key: str, state: OutboxState) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "g", "o", key)
        if key == "e":
            assert app.parts.writing.composer is not None
            assert app.parts.writing.composer.draft.text == OURS

    play(path, script)
    assert states(path)[1] is state


def test_what_was_decided_is_undone_by_the_same_key_as_everything(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "g", "o", "x")
        if isinstance(app.screen, OutboxCard):
            await press(pilot, app, "escape")
        await press(pilot, app, "z")

    play(path, script)
    assert states(path)[1] is OutboxState.HELD


def test_one_in_doubt_is_said_to_have_arrived(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "g", "o", "j", "a")

    play(path, script)
    assert states(path)[2] is OutboxState.SENT


def test_enter_goes_to_the_ticket(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "g", "o", "enter")
        assert app.desk.view.ticket_id == 1

    play(path, script)


def test_a_held_reply_let_go_leaves_and_a_newer_word_holds_it_again(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "g", "o", "s")

    play(path, script)
    with closing(Store.open(path)) as store:
        newer = incoming(1, "Re: No puedo entrar", "mail", at=NOW)
        item = replace(newer, raw_sha256="third", message_id="<third@x>", references=("<1@customer.example>",))
        make_desk(store).receive([item])
        assert deliver_due(store, {"demo": Post()}, NOW + 60).held == 1
        (held,) = [entry for entry in store.outbox.waiting() if entry.state is OutboxState.HELD]
        make_desk(store).settle(held.id, Wish.SEND)
        assert deliver_due(store, {"demo": Post()}, NOW + 60).sent == 1


def test_the_top_line_tells_how_the_accounts_stand(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.desk.parts.SHIFT_SECONDS", 3_600)  # the figures shown here are the test's own
    with closing(Store.open(path)) as store:
        save_link(store, "email:support", Link(LinkState.OFFLINE, "no way"))
        save_link(store, "email:soporte", Link(LinkState.FETCHING, done=1_200, total=100_000))
        save_link(store, "zendesk:acme", Link(LinkState.ONLINE, used=41, allowed=200, at=NOW - 5, next_at=NOW + 20))
        assert links(store)["email:support"].sentence == "no way"

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.desk.show_header()
        await settled(pilot, app)
        top = picture(app).splitlines()[0]
        assert "support offline" in top
        assert "soporte: 1,200 of 100,000 fetched" in top
        assert "1 held!" in top
        assert "1 in doubt!" in top
        assert "acme: 41 of 200 requests this minute, next look in 20 s" in top
        app.desk.header.show_shift(("shift " * 20, "shift 1 h"))
        await pilot.resize_terminal(130, 40)
        await settled(pilot, app)
        top = picture(app).splitlines()[0]
        assert "  acme 41/200  " in top
        assert top.endswith("shift 1 h")
        await pilot.resize_terminal(110, 40)
        await settled(pilot, app)
        top = picture(app).splitlines()[0]
        assert "1 held!" in top
        assert "acme" not in top

    play(path, script, (200, 40))


def test_nothing_is_said_of_accounts_that_are_well() -> None:
    assert link_line({"email:support": Link(LinkState.ONLINE)}) == ""
    assert link_line({"email:support": Link(LinkState.NO_SENDING, "x")}) == "support cannot send"


def test_what_remotes_are_asked_is_told_while_somebody_looks_after_them() -> None:
    link = Link(LinkState.ONLINE, used=41, allowed=200, at=NOW, next_at=NOW + 90)
    assert pace(link, NOW) == "41 of 200 requests this minute, next look in 90 s"
    assert pace(link, NOW + 70) == "0 of 200 requests this minute, next look in 20 s"
    assert pace(link, NOW + 100) == "0 of 200 requests this minute"
    assert pace(link, NOW + 150) == ""
    assert pace(Link(LinkState.ONLINE), NOW) == ""
    scarce = Link(LinkState.WAITING, used=99, allowed=100, at=NOW, next_at=NOW + 9)
    told = pace_line({"rt:desk": link, "zendesk:acme": scarce}, NOW)
    assert [short for _, short in told] == ["acme 99/100", "desk 41/200"]
    assert link_line({"zendesk:acme": scarce}) == "acme waits"

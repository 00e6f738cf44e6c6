"""Two windows on one draft: both texts are shown, the agent chooses, and no word is lost on any way out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot

from data.changes import packed, unpacked
from data.records.changes import Change
from data.records.escalations import Escalation
from data.records.messages import Direction, Draft
from data.records.tickets import Status
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.routing.rules import Rules
from tests.tui.playing import (
    clock,
    fifteen_tickets,
    incoming,
    make_desk,
    picture,
    play,
    press,
    settled,
    status_of,
    tap,
)
from tests.tui.real_terminal import Terminal
from tui.app import DeskApp
from tui.replying.draft_choice import Choice, DraftChoice, joined
from tui.replying.drafts import Drafts
from tui.replying.reply_card import ReplyCard


@pytest.fixture(autouse=True)
def slow_hands(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slowly this machine types: the hands are lifted, and a draft is kept, when a test says so."""
    monkeypatch.setattr("tui.replying.draft_choice.QUIET_SECONDS", 3_600)
    monkeypatch.setattr("tui.replying.composer.SAVE_EVERY", 3_600)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return fifteen_tickets(tmp_path / "desk.db")


def other_window(path: Path, text: str, kind: Direction = Direction.OUT) -> None:
    """Write on ticket 1's draft as another window does."""
    store = Store.open(path)
    stored = store.drafts.get(1)
    make_desk(store).save_draft(1, text, kind=kind, revision=stored.revision if stored else 0)
    store.close()


def sent_on(path: Path, ticket_id: int) -> int:
    """Return how many replies a ticket has."""
    store = Store.open(path)
    try:
        return sum(message.direction is Direction.OUT for message in store.messages.of(ticket_id))
    finally:
        store.close()


def stored(path: Path) -> Draft | None:
    store = Store.open(path)
    try:
        return store.drafts.get(1)
    finally:
        store.close()


async def lift_hands(pilot: Pilot[int], app: DeskApp) -> None:
    """As after the time without a key."""
    assert isinstance(app.screen, DraftChoice)
    app.screen._listen()
    await settled(pilot, app)


async def conflict(pilot: Pilot[int], app: DeskApp, path: Path) -> None:
    """Type here, let the other window write, type on and leave the composer."""
    await press(pilot, app, "r", *"mine", "escape")
    await app.desk.settled()
    await press(pilot, app, "r")
    other_window(path, "theirs [/b]")
    await press(pilot, app, *"!", "escape")
    await app.desk.settled()
    await settled(pilot, app)
    await lift_hands(pilot, app)


@pytest.mark.parametrize(
    ("key", "kept"),
    [("m", "mine!"), ("o", "theirs [/b]"), ("b", "mine!\n\ntheirs [/b]"), ("escape", "mine!\n\ntheirs [/b]")],
)
def test_the_agent_says_which_text_stays(path: Path, key: str, kept: str) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await conflict(pilot, app, path)
        shown = picture(app)
        assert "mine!" in shown
        assert "theirs [/b]" in shown
        await press(pilot, app, key)
        await app.desk.settled()
        draft = stored(path)
        assert draft is not None
        assert draft.text == kept
        await press(pilot, app, "r")
        assert app.parts.writing.composer is not None
        assert app.parts.writing.composer.draft.text == kept
        await press(pilot, app, *" on", "escape")
        await app.desk.settled()
        draft = stored(path)
        assert draft is not None
        assert draft.text == f"{kept} on"

    play(path, script, (80, 24))


def test_nothing_is_sent_over_what_another_window_wrote(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "r", *"mine", "escape")
        await app.desk.settled()
        await press(pilot, app, "r")
        other_window(path, "theirs")
        await press(pilot, app, "ctrl+s")
        await settled(pilot, app)
        assert isinstance(app.screen, DraftChoice)
        assert status_of(path, 1) is Status.NEW
        await press(pilot, app, "m", "o", "escape")
        assert isinstance(app.screen, DraftChoice), "typing must not choose"
        await lift_hands(pilot, app)
        await press(pilot, app, "m", "ctrl+s", "enter")
        assert status_of(path, 1) is Status.SOLVED
        assert b"mine" in app.desk.store.outbox.waiting()[0].raw

    play(path, script)


def test_a_draft_that_the_other_window_sent_is_told(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "r", *"mine", "escape")
        await app.desk.settled()
        await press(pilot, app, "r")
        other_window(path, "")
        await press(pilot, app, *"!", "escape")
        await app.desk.settled()
        await settled(pilot, app)
        assert "sent or emptied" in picture(app)
        await lift_hands(pilot, app)
        await press(pilot, app, "m")
        await app.desk.settled()
        draft = stored(path)
        assert draft is not None
        assert draft.text == "mine!"

    play(path, script)


@pytest.mark.parametrize("key", ["escape", "ctrl+q"])
def test_text_that_the_other_window_sent_away_is_not_lost_by_leaving(path: Path, key: str) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "r", *"mine", "escape")
        await app.desk.settled()
        await press(pilot, app, "r")
        other_window(path, "")
        await press(pilot, app, key)
        await app.desk.settled()
        await settled(pilot, app)
        await lift_hands(pilot, app)
        await press(pilot, app, "m")
        await app.desk.settled()

    play(path, script)
    draft = stored(path)
    assert draft is not None
    assert draft.text == "mine"


def test_quitting_waits_for_the_choice(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "r")
        other_window(path, "theirs")
        await press(pilot, app, *"mine", "ctrl+q")
        await settled(pilot, app)
        assert isinstance(app.screen, DraftChoice)
        await press(pilot, app, "ctrl+q")
        assert app._exit is False
        await lift_hands(pilot, app)
        await press(pilot, app, "b", "ctrl+q")
        assert app._exit

    play(path, script)
    draft = stored(path)
    assert draft is not None
    assert draft.text == "mine\n\ntheirs"


@pytest.mark.parametrize("shown", [False, True])
def test_ended_from_outside_both_texts_are_kept(path: Path, shown: bool) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        if shown:
            await conflict(pilot, app, path)
        else:
            await press(pilot, app, "r")
            other_window(path, "theirs [/b]")
            await press(pilot, app, *"mine!")
        await app.parts.drafts.keep_at_the_end()

    play(path, script)
    draft = stored(path)
    assert draft is not None
    assert draft.text == "mine!\n\ntheirs [/b]"


def test_what_was_typed_before_the_choice_came_up_does_not_replace_the_other_text(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Drafts, "choose_draft", lambda drafts, draft: None)  # the card is still on its way

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "r")
        other_window(path, "theirs")
        await press(pilot, app, *"mi")
        assert app.parts.writing.composer is not None
        app.parts.writing.composer.flush()
        await app.desk.settled()
        await settled(pilot, app)
        assert app.parts.drafts.choosing
        await tap(pilot, *"ne!")
        await app.parts.drafts.keep_at_the_end()

    play(path, script)
    draft = stored(path)
    assert draft is not None
    assert draft.text == "mine!\n\ntheirs"


@pytest.mark.parametrize(("key", "kept"), [("m", "mine!\n?"), ("b", "mine!\n?\n\ntheirs"), ("o", "theirs")])
def test_what_is_typed_while_the_choice_comes_up_is_in_the_text(path: Path, key: str, kept: str) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "r")
        other_window(path, "theirs")
        await press(pilot, app, *"mi")
        assert app.parts.writing.composer is not None
        app.parts.writing.composer.flush()
        await app.desk.settled()
        await settled(pilot, app)
        assert isinstance(app.screen, DraftChoice)
        await press(pilot, app, *"ne!", "enter", "?", "left", "f5")
        assert app.parts.writing.composer.draft.text == "mine!\n?"
        assert "mine!" in picture(app)
        await lift_hands(pilot, app)
        await press(pilot, app, key)
        await app.desk.settled()
        assert app.parts.writing.composer.draft.text == kept

    play(path, script)
    draft = stored(path)
    assert draft is not None
    assert draft.text == kept


def test_ended_from_outside_while_the_choice_comes_up_no_letter_is_lost(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "r")
        other_window(path, "theirs")
        await press(pilot, app, *"mi")
        assert app.parts.writing.composer is not None
        app.parts.writing.composer.flush()
        await app.desk.settled()
        await settled(pilot, app)
        assert isinstance(app.screen, DraftChoice)
        await press(pilot, app, *"ne!")
        await app.parts.drafts.keep_at_the_end()

    play(path, script)
    draft = stored(path)
    assert draft is not None
    assert draft.text == "mine!\n\ntheirs"


TEXT = st.text(min_size=1)


@given(TEXT, TEXT, st.sampled_from(Direction), st.sampled_from(Direction), st.sampled_from(Choice))
def test_what_was_chosen_is_there(
    mine: str, other: str, kind: Direction, other_kind: Direction, choice: Choice
) -> None:
    one, two = Draft(1, mine, kind, 3), Draft(1, other, other_kind, 8)
    kept = joined(one, two, choice)
    assert kept.revision == 8
    if choice is Choice.BOTH:
        assert all(text in kept.text for text in (mine, other) if text.strip())
        assert kept.kind is (Direction.NOTE if Direction.NOTE in (kind, other_kind) else Direction.OUT)
    else:
        chosen = one if choice is Choice.MINE else two
        assert (kept.text, kept.kind) == (chosen.text, chosen.kind)


def test_both_drafts_together_do_what_both_do() -> None:
    mine = Draft(1, "one", macro="a/one", actions=packed(Change(add_tags=("one",), escalate=Escalation("Payments"))))
    other = Draft(1, "two", macro="b/two", actions=packed(Change(add_tags=("two",))))
    both = joined(mine, other, Choice.BOTH)

    assert both.macro == "b/two + a/one"
    assert unpacked(both.actions).add_tags == ("two", "one")
    torn = joined(mine, Draft(1, "x", actions=packed(Change(escalate=Escalation("Security")))), Choice.BOTH)
    assert torn.actions == mine.actions


KEYS_HELD = 8
"""More in one burst are pasted text."""


@pytest.mark.skipif(not Path("/proc").exists(), reason="the terminals of the tests read it")
def test_two_windows_that_hold_the_key_send_one_reply(path: Path) -> None:
    """Two real programs on one draft of a ticket without gates."""
    path.unlink()
    fresh = Store.open(path)
    rules = DeskRules(routing=Rules(()))
    Desk(fresh, clock=clock, rules=rules).receive([incoming(1, "Zapatos rojos", "mail")])
    fresh.close()
    other_window(path, "Hola desde las dos ventanas")
    settings = path.parent / "tridesk" / "config.toml"
    settings.parent.mkdir()
    settings.write_text("[shift]\nask = false\n")  # the draft would be handed over, in a card over the list
    at_home = {"XDG_CONFIG_HOME": str(path.parent)}
    with (
        Terminal("--db", str(path), environment=at_home) as one,
        Terminal("--db", str(path), environment=at_home) as two,
    ):
        for window in (one, two):
            window.see("Zapatos rojos")
            window.press("\r")
            window.see("▸#1")
            window.press("r")
            window.see("Hola desde las dos")
        for _ in range(KEYS_HELD):
            one.press("\x13")
            two.press("\x13")
        for window in (one, two):
            window.see("Your reply")
            window.take_in(1)
        assert sent_on(path, 1) == 0, "no key held may send"
        for _ in range(KEYS_HELD):
            one.press("\r")
            two.press("\r")
        one.take_in(1)
        two.take_in(1)
        pictures = f"{one.picture}\n{two.picture}"
    assert sent_on(path, 1) == 1, pictures


def test_a_card_that_another_window_was_quicker_than_sends_nothing(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "enter", "1")
        assert isinstance(app.screen, ReplyCard)
        store = Store.open(path)
        make_desk(store).act([1], Change(reply="quicker", status=Status.SOLVED))
        store.close()
        app.desk.poll()  # this window has seen that too
        await press(pilot, app, "enter")
        assert "changed meanwhile" in picture(app)
        assert len(app.desk.store.outbox.waiting()) == 1

    play(path, script)

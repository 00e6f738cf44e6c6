"""Triage on the screen: what nobody knows the language of is seen, named with a key, remembered and undone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.records.incoming import Incoming
from data.records.messages import MessageKind
from data.store import Store
from tests.tui import playing
from tests.tui.playing import NOW, Play, make_desk, picture, press, settled, ticket
from tui.app import DeskApp
from tui.replying.reply_card import ReplyCard
from tui.setup.settings import config_folder


def incoming(n: int, *, language: str = "und", mixed: str = "", sender: str = "ana") -> Incoming:
    return Incoming(
        connector="demo", source=f"demo:{n}", raw_sha256=f"{n:064}", kind=MessageKind.MAIL, from_name="Ana",
        from_address=f"{sender}@customer.example", subject=f"Matter {n}", text="ok", new_text="ok", at=NOW - 60 * n,
        message_id=f"<{n}@customer.example>", language=language, confidence=0.97 if language != "und" else 0.4,
        lane="mail", received_at=NOW - 60 * n, mixed=mixed,
    )  # fmt: skip


def play(path: Path, items: list[Incoming], script: Play) -> None:
    """Open a desk that holds `items` and press keys."""
    store = Store.open(path)
    make_desk(store).receive(items)
    store.close()
    playing.play(path, script)


def test_triage_is_seen_in_lane_row_and_ticket(tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        lane = picture(app)
        assert "2 open · 1 ??" in lane
        await press(pilot, app, "enter")
        shown = picture(app)
        assert "?? language unknown: d sets it" in shown
        assert "mixed en+es" in shown
        assert "+triage" in shown

    play(tmp_path / "desk.db", [incoming(1, language="es", sender="bea"), incoming(2, mixed="en+es")], script)


@pytest.mark.parametrize(("keys", "language"), [("ds", "es"), ("de", "en"), ("dd", "es"), ("dD", "de"), ("dp", "pt")])
def test_one_key_more_names_the_language(tmp_path: Path, keys: str, language: str) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, *keys)
        after = ticket(app, 1)
        assert (after.language, after.language_source, after.tags) == (language, "agent", ())
        assert "??" not in picture(app)
        await press(pilot, app, "enter")
        assert f"language {language} (set by an agent)" in picture(app)
        await press(pilot, app, "z")
        again = ticket(app, 1)
        assert (again.language, again.tags) == ("und", ("triage",))
        customer = app.desk.store.customers.get(again.customer_id)
        assert customer is not None
        assert customer.language == "und"

    play(tmp_path / "desk.db", [incoming(1)], script)


def test_the_flip_turns_spanish_into_english(tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "d", "d")
        assert ticket(app, 1).language == "en"

    play(tmp_path / "desk.db", [incoming(1, language="es")], script)


def test_one_key_corrects_the_language(tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "D")
        corrected = ticket(app, 1)
        assert (corrected.language, corrected.language_source) == ("en", "agent")
        await press(pilot, app, "D")
        assert ticket(app, 1).language == "es"
        await press(pilot, app, "z", "z")
        assert ticket(app, 1).language_source != "agent"

    play(tmp_path / "desk.db", [incoming(1, language="es")], script)


def test_one_key_takes_the_likeliest_where_nobody_knew(tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        assert ticket(app, 1).language == "und"
        await press(pilot, app, "D")
        await settled(pilot, app)
        assert (ticket(app, 1).language, ticket(app, 1).language_source) == ("en", "agent")  # of `ok`

    play(tmp_path / "desk.db", [incoming(1)], script)


def test_selected_tickets_are_named_together_and_the_next_one_of_the_customer_knows(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "V", "d", "s")
        assert [ticket(app, n).language for n in (1, 2)] == ["es", "es"]
        await press(pilot, app, "z")
        assert [ticket(app, n).language for n in (1, 2)] == ["und", "und"]
        await press(pilot, app, "Z")

    play(path, [incoming(1), incoming(2, sender="bea")], script)
    desk = make_desk(Store.open(path))
    desk.receive([incoming(3)])
    third = desk.store.tickets.get(3)
    assert third is not None
    assert (third.language, third.language_source) == ("es", "customer")
    desk.store.close()


def test_a_digit_asks_for_the_language_first(tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "enter", "4")
        assert "#1 waits in triage" in picture(app)
        await press(pilot, app, "escape")
        assert "#1 waits in triage" not in picture(app)
        assert ticket(app, 1).language == "und"
        await press(pilot, app, "4", "s")
        assert isinstance(app.screen, ReplyCard)
        assert app.screen.card.change.reply_language == "es"
        await press(pilot, app, "escape", "4")
        assert isinstance(app.screen, ReplyCard)

    play(tmp_path / "desk.db", [incoming(1)], script)


def test_register_and_region_are_kept_shown_and_undone(tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "enter", "d", "t", "d", "2")
        customer = app.desk.store.customers.get(1)
        assert customer is not None
        assert (customer.register, customer.region) == ("tu", "es-MX")
        assert "tu · es-MX" in picture(app)
        await press(pilot, app, "z", "z")
        customer = app.desk.store.customers.get(1)
        assert customer is not None
        assert (customer.register, customer.region) == ("", "")

    play(tmp_path / "desk.db", [incoming(1, language="es")], script)


def test_the_card_changes_nothing_on_escape(tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        version = ticket(app, 1).version
        await press(pilot, app, "d")
        assert "s Español" in picture(app)
        await press(pilot, app, "escape")
        assert ticket(app, 1).version == version

    play(tmp_path / "desk.db", [incoming(1)], script)


def test_routing_again_says_how_many_first(tmp_path: Path) -> None:
    rules = config_folder() / "routing.toml"
    rules.parent.mkdir(parents=True)
    rules.write_text('[[rule]]\nname = "Spanish"\nwhen = { language = "es" }\nthen = { lane = "app" }\n')

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await app.parts.act("desk.reroute")
        await settled(pilot, app)
        assert "2 open tickets; the rules would move 1" in picture(app)
        assert "1  mail → app · normal" in picture(app)
        await press(pilot, app, "escape")
        assert ticket(app, 1).lane == "mail"
        await app.parts.act("desk.reroute")
        await settled(pilot, app)
        await press(pilot, app, "y")
        assert ticket(app, 1).lane == "app"
        await press(pilot, app, "z")
        assert ticket(app, 1).lane == "mail"

    play(tmp_path / "desk.db", [incoming(1, language="es"), incoming(2, language="en", sender="bea")], script)


def test_the_card_tells_what_the_customers_words_suggest(tmp_path: Path) -> None:
    item = replace(incoming(1, language="es"), text="¿me podéis ayudar?", new_text="¿me podéis ayudar?")

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "d")
        assert "Their words “podéis” suggest tú · es-ES" in picture(app)

    play(tmp_path / "desk.db", [item], script)

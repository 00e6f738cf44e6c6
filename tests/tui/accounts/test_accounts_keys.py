"""Accounts set up on the screen by keys alone: tried, kept as the command keeps them, looked after at once."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from data.records.changes import Change
from data.records.tickets import Status
from data.store import Store
from queues.accounts.forms import kinds
from queues.accounts.secrets import Keyed
from queues.remotes.links import Link, LinkState, save_link
from tests.servers.desk_at_mail import PATIENCE, letter
from tests.servers.mail_stack import MailStack
from tests.servers.web_double import WebDouble
from tests.tui.playing import Play, make_desk, picture, play, play_app, press, settled
from tui.accounts.account_form import AccountForm
from tui.accounts.accounts_card import AccountsCard
from tui.accounts.mail_process import MailProcess
from tui.accounts.setup import AccountSetup
from tui.app import DeskApp, account_setup, make_writer
from tui.setup.clock import wall_clock
from tui.setup.settings import config_folder, load

numbers = count(1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "desk.db"
    store = Store.open(path)
    make_desk(store)
    store.close()
    return path


async def until(pilot: Pilot[int], found: Callable[[], object], told: Callable[[], object] = lambda: "") -> None:
    """Let the screen go on until `found` says so."""
    end = asyncio.get_running_loop().time() + PATIENCE
    while not found():
        assert asyncio.get_running_loop().time() < end, told()
        await pilot.pause(0.02)


async def accounts(pilot: Pilot[int], app: DeskApp) -> None:
    """Do what the palette's entry does."""
    app.parts.accounts.show()
    await settled(pilot, app)


def form_of(app: DeskApp) -> AccountForm:
    assert isinstance(app.screen, AccountForm)
    return app.screen


def fill(app: DeskApp, **values: str) -> None:
    for row in form_of(app).rows:
        if row.blank.name in values:
            row.line.value = values.pop(row.blank.name)
    assert not values


async def tried(pilot: Pilot[int], app: DeskApp) -> str:
    """Press the key that tries, wait for its answer, and return the screen."""
    await press(pilot, app, "t" if isinstance(app.screen, AccountsCard) else "ctrl+t")
    screen = app.screen
    assert isinstance(screen, AccountForm | AccountsCard)
    await until(pilot, lambda: not screen.trial.running)
    await settled(pilot, app)
    return " ".join(picture(app).replace("│", " ").split())


def test_a_mailbox_is_tried_kept_and_looked_after_without_a_new_start(path: Path, mail_stack: MailStack) -> None:
    address, password = mail_stack.add_user(f"form{next(numbers)}")
    customer, _ = mail_stack.add_user(f"writer{next(numbers)}", "clientes.example")
    writer = make_writer(path, wall_clock, "ann")
    mail = MailProcess(path, {}, wanted=False)

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.parts.accounts.set_up("mail")
        await settled(pilot, app)
        await press(pilot, app, "ctrl+s")
        assert "Address is required." in picture(app)
        fill(app, address=address)
        await press(pilot, app, "enter", *"wrong", "down", "down")
        assert app.focused is form_of(app).rows[3].line
        servers = {name: f"localhost:{mail_stack.ports[name + 's']}" for name in ("imap", "smtp")}
        fill(app, **servers, secret="ask", name="support")
        assert "certificate that cannot be trusted" in await tried(pilot, app)
        fill(app, ca_file=str(mail_stack.ca))
        assert "does not accept the password" in await tried(pilot, app)
        assert not (config_folder() / "config.toml").exists()
        fill(app, typed=password)
        assert "support works." in await tried(pilot, app)
        await press(pilot, app, "ctrl+s")
        await until(pilot, lambda: app.screen is app.desk.screen)
        kept = (config_folder() / "config.toml").read_text(encoding="utf-8")
        assert password not in kept
        assert load().settings.account[0].address == address
        mail_stack.deliver(customer, address, letter(1, sender=customer, to=address))
        await until(pilot, lambda: app.desk.store.tickets.get(1) is not None, lambda: app.desk.said)
        await settled(pilot, app)
        # the desk that answers knows the new sender too
        sent = Change(reply="Hola, ya puede entrar.", status=Status.SOLVED, override_reason="a test")
        done = writer.submit(lambda desk: desk.act([1], sent)).result()
        assert app.desk.store.messages.of(done.ticket_ids[0])[-1].from_address == address
        await accounts(pilot, app)
        assert "support works." in await tried(pilot, app), "what was typed is known until the desk closes"
        await press(pilot, app, "enter")
        fill(app, lane="app")
        await press(pilot, app, "ctrl+s")
        await until(pilot, lambda: app.screen is app.desk.screen)
        assert load().settings.account[0].lane == "app"
        await accounts(pilot, app)
        await press(pilot, app, "x", "escape")
        await accounts(pilot, app)
        await press(pilot, app, "x", "y")
        await until(pilot, lambda: load().settings.account == ())
        await settled(pilot, app)

    def app_of(store: Store) -> DeskApp:
        return DeskApp(store, writer, wall_clock, agent="ann", mail=mail, setup=account_setup(path, writer, mail))

    try:
        play_app(path, writer, app_of, script, (80, 24))
    finally:
        mail.stop()


def play_setup(path: Path, script: Play, size: tuple[int, int] = (60, 20)) -> None:
    async def with_setup(pilot: Pilot[int], app: DeskApp) -> None:
        app.parts.accounts.setup = AccountSetup(config_folder(), lambda typed: None)
        await script(pilot, app)

    play(path, with_setup, size)


def test_a_ticketing_system_is_set_up_on_the_smallest_screen(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[str, str] = {}

    def put(account: Keyed, secret: str) -> None:
        kept[account.login] = secret

    monkeypatch.setattr("queues.accounts.secrets.keyring_put", put)
    answers: list[tuple[int, dict[str, str], object]] = [
        (401, {}, {"message": "Unauthorized"}),
        (200, {}, {"Version": "5.0.3"}),
        (200, {}, {"Name": "eva"}),
        (200, {}, {"items": [{"Name": "Soporte"}]}),
    ]

    digit = str(kinds().index("rt") + 1)

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await accounts(pilot, app)
        await press(pilot, app, digit)
        fill(app, url=double.url, typed="1-2-beadedcafe", queues="Soporte=app", name="desk")
        assert "does not accept the token" in await tried(pilot, app)
        assert "desk works." in await tried(pilot, app)
        # the answer moves the form's lines: what is asked is where it ends
        await until(pilot, lambda: all(words in picture(app) for words in ("Request Tracker", "ctrl+t", "Esc back")))
        assert "beaded" not in picture(app)
        await press(pilot, app, "ctrl+s")
        await until(pilot, lambda: app.screen is app.desk.screen)
        (tracker,) = load().settings.tracker
        assert (tracker.secret, tracker.queues) == ("keyring", {"Soporte": "app"})
        assert list(kept.values()) == ["1-2-beadedcafe"]
        assert "beaded" not in (config_folder() / "config.toml").read_text(encoding="utf-8")
        # what it is asked is told
        now = app.desk.clock()
        with closing(Store.open(path)) as store:
            save_link(store, "rt:desk", Link(LinkState.ONLINE, used=41, allowed=200, at=now, next_at=now + 900))
        await accounts(pilot, app)
        assert "41 of 200 requests this minute, next look in" in picture(app)
        # another of the same name is refused, and nothing that was typed is lost
        await press(pilot, app, "a", digit)
        fill(app, url=double.url, name="desk")
        await press(pilot, app, "ctrl+s")
        await until(pilot, lambda: "already" in " ".join(picture(app).split()))
        assert form_of(app).rows[0].value == double.url
        await press(pilot, app, "escape")
        assert app.screen is app.desk.screen

    with WebDouble(answers) as double:
        play_setup(path, script)


def test_a_server_that_never_answers_holds_nobody_up(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await accounts(pilot, app)
        await press(pilot, app, "1")
        where = f"127.0.0.1:{silent.getsockname()[1]}"
        fill(app, address="a@acme.example", imap=where, smtp=where, typed="x")
        await press(pilot, app, "ctrl+t")
        assert "Trying a…" in picture(app)
        await press(pilot, app, "down", *"hush")
        assert form_of(app).rows[1].line is app.focused
        typed = app.focused
        assert isinstance(typed, Input)
        assert typed.value.endswith("hush"), "the keyboard does not wait"
        await press(pilot, app, "escape")
        assert "Cancelled." in picture(app)
        await press(pilot, app, "escape")
        assert app.screen is app.desk.screen
        assert not (config_folder() / "config.toml").exists()

    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        play_setup(path, script)


def test_settings_that_cannot_be_read_are_one_sentence(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        config_folder().mkdir(parents=True)
        (config_folder() / "config.toml").write_text('[[account]]\nname = "a"\nfax = 1\n', encoding="utf-8")
        await accounts(pilot, app)
        assert "fax" in app.desk.said
        assert app.screen is app.desk.screen

    play_setup(path, script)


def test_the_demo_has_no_accounts(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await accounts(pilot, app)
        assert "demo" in app.desk.said
        assert app.screen is app.desk.screen

    play(path, script, (80, 24))

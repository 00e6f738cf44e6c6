"""Ten requests of an ordinary day, played by keys on the real screen with every rule in place.

Keys are counted from the open ticket to the next open ticket. Each key is one; a value typed into a line counts as one,
however many letters it has; the digit of a macro is the one that the strip shows for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.records.changes import Change
from data.records.incoming import CustomerHint, Incoming
from data.records.messages import Direction, MessageKind
from data.records.tickets import Severity, Status
from data.store import Store
from queues.clocks.sla import DAY
from queues.mail.language_guess import guess_language
from tests.tui.playing import NOW, Play, picture, play_app, settled, tap, ticket
from tui.app import DeskApp, make_writer, own_procedures
from tui.replying.reply_card import ReplyCard
from tui.setup.open_desk import open_desk

CUSTOMER = "nadia@home.example"


@dataclass(frozen=True)
class Value:
    """Something typed into a line."""

    text: str


@dataclass(frozen=True)
class Macro:
    """The digit that holds this macro."""

    name: str


Key = str | Value | Macro


@dataclass(frozen=True)
class Scenario:
    """A request, the keys that deal with it, and what comes of it."""

    name: str
    lane: str
    text: str
    keys: tuple[Key, ...]
    language: str = "es"
    status: Status = Status.ON_HOLD
    team: str = ""
    most: int = 6


SCENARIOS = [
    Scenario(
        "locked account",
        "mail",
        "Desde ayer no puedo entrar, me sale que mi cuenta está bloqueada por incumplir las normas 😭",
        ("space", "4", Value("correo y móvil"), "enter", "enter"),
        team="Account integrity",
    ),
    Scenario(
        "login code",
        "app",
        "the login code by sms never came since yesterday",
        (Macro("login-code/arrival-checklist"), "enter"),
        language="en",
        status=Status.SOLVED,
        most=2,
    ),
    Scenario(
        "hacked account",
        "safety",
        "¡¡ME HACKEARON LA CUENTA!! ESTÁN PIDIENDO DINERO A TODOS MIS AMIGOS DESDE AHÍ",
        ("space", "space", "space", Value("ID-7781"), "enter", "enter"),
        team="Security response",
    ),
    Scenario(
        "under-age report",
        "safety",
        "There is a girl on here, she is 9 years old and shows her school. Please take the profile down.",
        ("space", "space", "2", "2", "enter"),
        language="en",
        team="Minor safety",
    ),
    Scenario(
        "harassment",
        "safety",
        "Un hombre me amenaza cada noche por mensajes y ayer publicó mi dirección, tengo miedo",
        ("X", "space", "2", Value("R-5512, R-5513"), "enter", "enter"),
        team="Trust and safety on call",
    ),
    Scenario(
        "payment",
        "app",
        "Hola, compré 500 monedas en la tienda de la tableta y quiero la devolución, me equivoqué de paquete",
        (Macro("payment/bought-in-store"), "enter"),
        status=Status.SOLVED,
        most=2,
    ),
    Scenario(
        "crash",
        "mail",
        "The app crashes whenever I upload a video with music. Version 34.1 on a Korvo 8, every single time.",
        ("space", Value("34.1, Korvo 8, upload with music"), "enter", "1", Macro("crash/known-issue"), "enter"),
        language="en",
        team="Engineering",
    ),
    Scenario(
        "ban appeal",
        "safety",
        "Me cerraron la cuenta sin motivo, soy creadora de contenido y quiero apelar la decisión",
        ("space", "space", Value("14 de noviembre"), "enter", "space", "enter"),
        team="Policy appeals",
    ),
    Scenario(
        "data request",
        "mail",
        "Under the GDPR I ask you to send me a copy of all the personal data you hold about me.",
        ("space", "1", "1", "1", "enter"),
        language="en",
        team="Privacy office",
    ),
    Scenario(
        "copyright",
        "app",
        "Una marca de ropa usó mi canción sin permiso en tres anuncios, la compuse yo y exijo mis derechos de autor",
        (Macro("copyright/ask-form"), "enter"),
        status=Status.PENDING,
        most=2,
    ),
    Scenario(
        "a question first",
        "safety",
        "Me hackearon la cuenta y cambiaron el correo, ¿qué formulario relleno para verificar mi identidad?",
        (Macro("hacked-account/identity-form"), "enter"),
        status=Status.PENDING,
        most=2,
    ),
]


class Clock:
    now = NOW

    def __call__(self) -> int:
        return self.now


def incoming(
    n: int, text: str, lane: str, *, address: str = CUSTOMER, handle: str = "", answers: str = "", at: int = NOW
) -> Incoming:
    language, confidence = guess_language(text)
    return Incoming(
        connector="demo", source=f"demo:{n}", raw_sha256=f"{n:064}", kind=MessageKind.FORM, from_name="Nadia Lombard",
        from_address=address, subject="", text=text, new_text=text, at=at, message_id=f"<{n}@home.example>",
        references=(answers,) if answers else (), language=language, confidence=confidence, lane=lane,
        received_at=at, customer=CustomerHint(handle),
    )  # fmt: skip


def play(path: Path, clock: Clock, script: Play, agent: str = "eva") -> None:
    """Open the desk with all its rules and let `script` press keys."""
    writer = make_writer(path, clock, agent)

    def app_of(store: Store) -> DeskApp:
        return DeskApp(store, writer, clock, agent=agent, procedures=own_procedures)

    play_app(path, writer, app_of, script, (140, 50))


async def press(pilot: Pilot[int], app: DeskApp, *keys: Key) -> int:
    """Press keys, wait for all that they started, and return how many there were."""
    for key in keys:
        if isinstance(key, Value):
            await tap(pilot, *key.text)
        else:
            await tap(pilot, digit_of(app, key.name) if isinstance(key, Macro) else key)
        await settled(pilot, app)
    return len(keys)


def digit_of(app: DeskApp, name: str) -> str:
    """Return the digit that the strip shows for a macro."""
    found = app.desk.ticket()
    assert found is not None
    held = [macro.name if macro else "" for macro in app.desk.answering.slots(found)]
    assert name in held, held
    return str(held.index(name) + 1)


def received(path: Path, clock: Clock, *items: Incoming) -> list[int]:
    desk = open_desk(path, clock=clock)
    numbers = [one.ticket_id for one in desk.receive(items)]
    desk.store.close()
    return numbers


async def go(pilot: Pilot[int], app: DeskApp, number: int) -> None:
    lane = ticket(app, number).lane
    place = next(n for n, pane in enumerate(app.desk.panes) if pane.lane.name == lane)
    app.parts.going.open_ticket(place, number)
    await settled(pilot, app)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk.db"


@pytest.mark.parametrize("one", SCENARIOS, ids=lambda one: one.name)
def test_a_scenario_takes_no_more_keys_than_promised(path: Path, clock: Clock, one: Scenario) -> None:
    another = "Where do I find the page about my profile picture, please?"
    number, following = received(
        path, clock, incoming(1, one.text, one.lane), incoming(2, another, "mail", address="tom@home.example")
    )

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await go(pilot, app, number)
        pressed = await press(pilot, app, *one.keys)
        assert pressed <= one.most
        assert app.desk.view.ticket_id == following, app.desk.said
        after = ticket(app, number)
        assert after.status is one.status
        assert [child.team for child in app.desk.store.escalations.of(number)] == ([one.team] if one.team else [])
        reply = next(m for m in app.desk.store.messages.of(number) if m.direction is Direction.OUT)
        assert (reply.language, reply.procedure.partition("@")[0]) == (one.language, after.procedure)
        assert [entry.recipient for entry in app.desk.store.outbox.waiting() if entry.ticket_id == number] == [CUSTOMER]
        await press(pilot, app, "z")
        assert ticket(app, number).status is Status.NEW
        assert not [entry for entry in app.desk.store.outbox.waiting() if entry.ticket_id == number]

    play(path, clock, script)


def blocking(app: DeskApp) -> list[str]:
    assert isinstance(app.screen, ReplyCard)
    return [finding.rule for finding in app.screen.card.findings if finding.blocking]


def text_of(name: str) -> tuple[str, str]:
    one = next(scenario for scenario in SCENARIOS if scenario.name == name)
    return one.text, one.lane


async def refused(pilot: Pilot[int], app: DeskApp, number: int, text: str, told: str) -> None:
    """Write a reply and see it refused, the words named, nothing sent."""
    await go(pilot, app, number)
    await press(pilot, app, "r")
    assert app.parts.writing.composer is not None
    app.parts.writing.composer.insert(Change(reply=text), whole=True)
    await press(pilot, app, "f2")
    assert isinstance(app.screen, ReplyCard)
    assert app.screen.card.blocked
    assert told in " ".join(picture(app).split())
    await press(pilot, app, "enter", "p")
    assert app.desk.store.outbox.waiting() == []


def test_locked_account_a_follow_up_of_signs_leaves_the_language(path: Path, clock: Clock) -> None:
    text, lane = text_of("locked account")
    (number,) = received(path, clock, incoming(1, text, lane))
    received(path, clock, incoming(2, "??", lane, answers="<1@home.example>"))

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await go(pilot, app, number)
        assert len(app.desk.store.messages.of(number)) == 2
        await press(pilot, app, Macro("locked-account/clear-the-lock"))
        assert isinstance(app.screen, ReplyCard)
        assert app.screen.card.change.reply_language == "es"

    play(path, clock, script)


@pytest.mark.parametrize(
    ("name", "reply", "told"),
    [
        ("login code", "Please send me the code that you got by sms.", "code"),
        ("under-age report", "Thank you. The profile @little_star9 belongs to ana@school.example.", "not the owner"),
        ("harassment", "Su número +34 612 345 678 ya no se ve.", "not the owner"),
        ("payment", "Le devolveremos el dinero mañana mismo, se lo prometo.", "money"),
        ("copyright", "La otra parte es lawyer@brand.example, escríbale.", "address"),
    ],
)
def test_what_must_not_be_said_is_not_sent(path: Path, clock: Clock, name: str, reply: str, told: str) -> None:
    text, lane = text_of(name)
    (number,) = received(path, clock, incoming(1, text, lane))
    play(path, clock, lambda pilot, app: refused(pilot, app, number, reply, told))


def test_hacked_account_the_attackers_address_gets_nothing_and_one_key_takes_the_old_one(
    path: Path, clock: Clock
) -> None:
    text, lane = text_of("hacked account")
    received(path, clock, incoming(1, "Where is my profile picture?", "mail", handle="@nadia"))
    clock.now += DAY
    (number,) = received(
        path, clock, incoming(2, text, lane, address="new@evil.example", handle="@nadia", at=NOW + DAY)
    )

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await go(pilot, app, number)
        await press(pilot, app, *["space"] * 3, Value("ID-7781"), "enter")
        assert "new-address" in blocking(app)
        assert "came up only with the take-over" in " ".join(picture(app).split())
        await press(pilot, app, "enter")
        assert app.desk.store.outbox.waiting() == []
        await press(pilot, app, "a")
        assert blocking(app) == []
        await press(pilot, app, "enter")
        assert CUSTOMER in [entry.recipient for entry in app.desk.store.outbox.waiting()]
        assert "new@evil.example" not in [entry.recipient for entry in app.desk.store.outbox.waiting()]

    play(path, clock, script)


def test_harassment_the_chosen_risk_is_the_severity(path: Path, clock: Clock) -> None:
    text, lane = text_of("harassment")
    (number,) = received(path, clock, incoming(1, text, lane))

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await go(pilot, app, number)
        await press(pilot, app, "X", "space", "space", "1")
        assert ticket(app, number).severity is Severity.S0

    play(path, clock, script)


def test_crash_a_bulk_solve_meets_each_tickets_gates(path: Path, clock: Clock) -> None:
    text, lane = text_of("crash")
    numbers = received(
        path, clock, incoming(1, text, lane), incoming(2, f"{text} Please help.", lane, address="tom@home.example")
    )

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "g", "1", "V", "e")
        assert [ticket(app, number).status for number in numbers] == [Status.NEW, Status.NEW]
        assert "Gate still open" in app.desk.said

    play(path, clock, script)


def test_ban_appeal_nobody_decides_about_their_own_decision(path: Path, clock: Clock) -> None:
    text, lane = text_of("ban appeal")
    (first,) = received(path, clock, incoming(1, text, lane))
    desk = open_desk(path, clock=clock)
    desk.agent = "eva"
    desk.act([first], Change(add_tags=("decided-by:eva",)))
    desk.store.close()

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await go(pilot, app, first)
        await press(pilot, app, "exclamation_mark", Value("in a hurry"), "enter")
        assert ticket(app, first).status is Status.NEW
        assert "another agent" in app.desk.said

    play(path, clock, script)


def test_data_request_the_laws_clock_runs_on(path: Path, clock: Clock) -> None:
    text, lane = text_of("data request")
    (number,) = received(path, clock, incoming(1, text, lane))

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await go(pilot, app, number)
        due = ticket(app, number).resolve_due
        assert due == NOW + 30 * DAY
        await press(pilot, app, "s", Value("40d"), "enter")
        assert "does not pause" in app.desk.said
        assert ticket(app, number).status is Status.NEW
        await press(pilot, app, "s", Value("2d"), "enter")
        assert (ticket(app, number).status, ticket(app, number).resolve_due) == (Status.SNOOZED, due)

    play(path, clock, script)

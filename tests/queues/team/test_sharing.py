"""A desk with a mailbox shares its tickets with a team, and sends what colleagues answer, each reply once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import msgspec
import pytest

from data.errors import RefusedError
from data.records.changes import Change
from data.records.messages import Direction
from data.records.outbox import OutboxEntry, OutboxState
from data.records.tickets import Status
from data.store import Store
from queues.accounts.mail_account import Account
from queues.accounts.mail_account import complete as complete_account
from queues.accounts.providers import Server
from queues.outgoing.outbox import deliver_due
from tests.database import database
from tests.servers.desk_at_tracker import DeskAtTeam
from tests.servers.postgres import Team
from tests.servers.roundup import letter

pytestmark = pytest.mark.trackers
ACCOUNT = "email:support"
HERE = "support@desk.example"


class Mailbox:
    """Takes what the gateway sends."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []
        self.before: Callable[[], object] = lambda: None

    def send(self, entry: OutboxEntry) -> None:
        self.before()
        self.sent.append(message_from_bytes(entry.raw, policy=default))

    def was_delivered(self, entry: OutboxEntry) -> bool | None:
        return None


class Gateway(DeskAtTeam):
    """The desk with the mailbox."""

    def __init__(self, team: Team, folder: Path, agent: str = "gateway") -> None:
        super().__init__(team, folder, agent=agent, share=("support",))
        server = Server("localhost", 1)
        account = complete_account(Account("support", HERE, imap=server, smtp=server))
        self.settings = msgspec.structs.replace(self.settings, account=(account,))
        self.mailbox = Mailbox()

    def deliver(self) -> None:
        """Send by mail what is due."""
        with closing(Store.open(self.path)) as store:
            deliver_due(store, {ACCOUNT: self.mailbox}, 2_000_000_000)


def mail(number: int = 1, text: str = "Hola, no puedo entrar.", *, sender: str = "ana@clientes.example") -> bytes:
    """Return a customer's mail."""
    made = letter(sender, f"Carta {number}", text)
    made.replace_header("To", HERE)
    made["Message-ID"] = f"<{number}.{abs(hash(text))}@clientes.example>"
    made["Date"] = "Mon, 21 Sep 2026 12:00:00 +0000"
    return made.as_bytes()


def answer(raw: bytes, text: str) -> bytes:
    """Return a customer's further mail."""
    first = message_from_bytes(raw, policy=default)
    made = letter("ana@clientes.example", f"Re: {first['Subject']}", text)
    made.replace_header("To", HERE)
    made["Message-ID"], made["In-Reply-To"] = f"<again.{first['Message-ID'][1:]}", first["Message-ID"]
    return made.as_bytes()


@pytest.fixture
def gateway(team: Team, tmp_path: Path) -> Gateway:
    """Return the desk with the mailbox."""
    return Gateway(team, tmp_path)


@pytest.fixture
def alice(team: Team, tmp_path: Path) -> DeskAtTeam:
    """Return an agent's desk, without any mailbox."""
    return DeskAtTeam(team, tmp_path, agent="alice")


def texts(desk: DeskAtTeam) -> list[tuple[str, str]]:
    """Return direction and text of each message of the only ticket."""
    with closing(Store.open(desk.path)) as store:
        (ticket,) = store.tickets.each()
        return [(str(one.direction), one.text.strip()) for one in store.messages.of(ticket.id)]


def test_mail_reaches_colleagues_and_a_colleagues_reply_leaves_once(gateway: Gateway, alice: DeskAtTeam) -> None:
    first = mail()
    number = gateway.receive(first, ACCOUNT)
    for desk in (gateway, gateway, alice, alice):
        desk.once()
    (ticket,) = alice.tickets()
    assert (ticket.subject, texts(alice)) == ("Carta 1", [("in", "Hola, no puedo entrar.")])

    alice.reply(ticket.id, "Aquí está, ñ 🎉.", status=Status.SOLVED)
    for desk in (alice, gateway, gateway):
        desk.once()
    gateway.deliver()
    gateway.deliver()
    for desk in (gateway, alice, gateway, alice):
        desk.once()
    (sent,) = gateway.mailbox.sent
    body = sent.get_body(("plain",))
    assert body is not None
    assert str(body.get_content()).strip() == "Aquí está, ñ 🎉."
    assert (sent["To"], sent["In-Reply-To"]) == ("ana@clientes.example", message_from_bytes(first)["Message-ID"])
    assert HERE in sent["From"]
    both = [("in", "Hola, no puedo entrar."), ("out", "Aquí está, ñ 🎉.")]
    assert texts(gateway) == texts(alice) == both
    assert gateway.tickets()[0].status is alice.tickets()[0].status is Status.SOLVED
    assert gateway.tickets()[0].assignee == "alice"
    assert gateway.tickets()[0].touches == alice.tickets()[0].touches == 1
    delivery = gateway.team.owner.rows("SELECT delivery FROM tridesk.message WHERE direction = 'out'")
    assert delivery == [("sent",)]

    gateway.receive(answer(first, "Sigue sin funcionar."), ACCOUNT)
    for desk in (gateway, alice, gateway):
        desk.once()
    assert texts(alice) == texts(gateway) == [*both, ("in", "Sigue sin funcionar.")]
    assert alice.tickets()[0].status is gateway.tickets()[0].status is Status.OPEN
    assert number == gateway.tickets()[0].id


def test_a_reply_that_crosses_the_customers_mail_is_held_and_everyone_sees_both(
    gateway: Gateway, alice: DeskAtTeam
) -> None:
    first = mail()
    gateway.receive(first, ACCOUNT)
    for desk in (gateway, alice):
        desk.once()
    alice.reply(alice.tickets()[0].id, "Aquí está.")
    for desk in (alice, gateway):
        desk.once()
    gateway.receive(answer(first, "Ya no hace falta."), ACCOUNT)
    gateway.deliver()
    assert gateway.mailbox.sent == []
    assert gateway.states() == [OutboxState.HELD]
    for desk in (gateway, alice):
        desk.once()
    seen = texts(alice)
    assert ("out", "Aquí está.") in seen
    assert ("in", "Ya no hace falta.") in seen
    assert any(way == "note" and "has not left (held): the customer wrote again" in text for way, text in seen)
    assert alice.tickets()[0].status is Status.OPEN


def test_a_crash_at_any_step_of_sending_sends_nothing_twice(gateway: Gateway, alice: DeskAtTeam) -> None:
    gateway.receive(mail(), ACCOUNT)
    for desk in (gateway, alice):
        desk.once()
    alice.reply(alice.tickets()[0].id, "Aquí está.")
    alice.once()
    with pytest.MonkeyPatch.context() as patch:  # taken from the team, and the program ends before it is in the outbox
        patch.setattr("queues.desk.desk.Desk.pass_on", _crash)
        with pytest.raises(KeyboardInterrupt):
            gateway.once()
    gateway.once()
    gateway.deliver()
    with pytest.MonkeyPatch.context() as patch:  # sent, and the program ends before the team knows
        patch.setattr("queues.connectors.team.Team.settle_post", _crash)
        with pytest.raises(KeyboardInterrupt):
            gateway.once()
    for _ in range(2):
        gateway.once()
        gateway.deliver()
    assert len(gateway.mailbox.sent) == 1
    assert gateway.team.owner.rows("SELECT delivery, reason FROM tridesk.message WHERE direction = 'out'") == [
        ("sent", "")
    ]


def test_a_ticket_whose_mail_was_erased_does_not_keep_others_from_the_team(gateway: Gateway, alice: DeskAtTeam) -> None:
    erased = gateway.receive(mail(), ACCOUNT)
    with closing(Store.open(gateway.path)) as store, store.write():
        database(store).execute("UPDATE raw SET bytes = x''")
    gateway.receive(mail(2), ACCOUNT)
    for desk in (gateway, alice):
        desk.once()
    assert [ticket.subject for ticket in alice.tickets()] == ["Carta 2"]
    assert erased in [ticket.id for ticket in gateway.tickets()]


def _crash(*given: object) -> None:
    raise KeyboardInterrupt


def test_a_reply_to_a_stranger_does_not_leave_through_the_shared_mailbox(gateway: Gateway, alice: DeskAtTeam) -> None:
    gateway.receive(mail(), ACCOUNT)
    for desk in (gateway, alice):
        desk.once()
    alice.reply(alice.tickets()[0].id, "Aquí está.", recipient="stranger@elsewhere.example")
    for desk in (alice, gateway, alice):
        desk.once()
    gateway.deliver()
    assert gateway.mailbox.sent == []
    assert any("is not one of the people" in text for way, text in texts(alice) if way == "note")


def test_what_the_gateway_itself_does_is_seen_by_colleagues(gateway: Gateway, alice: DeskAtTeam) -> None:
    number = gateway.receive(mail(), ACCOUNT)
    gateway.once()
    gateway.act(number, Change(note="Ojo.", add_tags=("vip",), assignee="gateway-here"))
    gateway.reply(number, "Lo miro.")
    gateway.once()
    gateway.deliver()
    for desk in (gateway, alice, gateway):
        desk.once()
    assert sorted(texts(alice)) == [("in", "Hola, no puedo entrar."), ("note", "Ojo."), ("out", "Lo miro.")]
    ticket = alice.tickets()[0]
    assert (ticket.assignee, "vip" in ticket.tags, ticket.status) == ("gateway", True, Status.PENDING)
    assert len(gateway.mailbox.sent) == 1


def test_of_five_agents_who_answer_at_once_one_answer_reaches_the_customer(
    team: Team, gateway: Gateway, tmp_path: Path
) -> None:
    gateway.receive(mail(), ACCOUNT)
    gateway.once()
    desks = [DeskAtTeam(team, tmp_path, agent=agent) for agent in ("alice", "bruno", "carla", "dora", "emil")]
    for desk in desks:
        desk.once()
        desk.reply(desk.tickets()[0].id, f"Respuesta de {desk.agent}.")
    for desk in (*desks, gateway):
        desk.once()
    gateway.deliver()
    assert len(gateway.mailbox.sent) == 1
    states = [desk.states() for desk in desks]
    assert states == [[OutboxState.SENT], *([[OutboxState.HELD]] * 4)]


def test_a_day_offline_is_reconciled(team: Team, gateway: Gateway, alice: DeskAtTeam, tmp_path: Path) -> None:
    bruno = DeskAtTeam(team, tmp_path, agent="bruno")
    for number in range(1, 5):
        gateway.receive(mail(number, f"Carta número {number}."), ACCOUNT)
    for desk in (gateway, alice, bruno):
        desk.once()
    by_subject = {ticket.subject: ticket.id for ticket in alice.tickets()}
    # alice works on, without a connection
    alice.act(by_subject["Carta 1"], Change(status=Status.PENDING, override_reason="a test"))
    alice.reply(by_subject["Carta 2"], "De alice.")
    alice.act(by_subject["Carta 3"], Change(note="Nota.", add_tags=("x",)))
    alice.act(by_subject["Carta 4"], Change(assignee="alice-here"))
    theirs = {ticket.subject: ticket.id for ticket in bruno.tickets()}
    bruno.act(theirs["Carta 1"], Change(status=Status.SOLVED, override_reason="a test"))
    bruno.reply(theirs["Carta 2"], "De bruno.")
    bruno.act(theirs["Carta 3"], Change(add_tags=("y",), status=Status.PENDING, override_reason="a test"))
    bruno.act(theirs["Carta 4"], Change(assignee="bruno-here"))
    for desk in (bruno, gateway, alice, gateway, bruno):
        desk.once()
    mine = {ticket.subject: ticket for ticket in alice.tickets()}
    assert mine["Carta 1"].status is Status.SOLVED
    assert any("is solved, not pending: bruno set it to solved first" in said for said in alice.said)
    assert alice.states() == [OutboxState.HELD]
    assert (mine["Carta 3"].status, {"x", "y"} <= set(mine["Carta 3"].tags)) == (Status.PENDING, True)
    assert mine["Carta 4"].assignee == "bruno"
    assert any("bruno was first" in said for said in alice.said)
    there = {ticket.subject: ticket for ticket in bruno.tickets()}
    for subject, ticket in mine.items():
        assert (there[subject].status, set(there[subject].tags)) == (ticket.status, set(ticket.tags))
    with closing(Store.open(bruno.path)) as store:
        notes = [one.text for one in store.messages.of(there["Carta 3"].id) if one.direction is Direction.NOTE]
    assert notes == ["Nota."]


def test_a_moved_ticket_moves_on_every_desk_and_the_first_move_stays(
    team: Team, gateway: Gateway, alice: DeskAtTeam, tmp_path: Path
) -> None:
    bruno = DeskAtTeam(team, tmp_path, agent="bruno")
    gateway.receive(mail(), ACCOUNT)
    for desk in (gateway, alice, bruno):
        desk.once()
    lanes = {"mail", "app", "safety"} - {alice.tickets()[0].lane}
    first, second = sorted(lanes)
    alice.act(1, Change(lane=first))
    bruno.act(1, Change(lane=second))
    for desk in (alice, bruno, gateway, alice, bruno):
        desk.once()
    assert {desk.tickets()[0].lane for desk in (gateway, alice, bruno)} == {first}
    alice.act(1, Change(lane=second))
    for desk in (alice, bruno, gateway):
        desk.once()
    assert {desk.tickets()[0].lane for desk in (gateway, alice, bruno)} == {second}


def test_a_reader_of_the_team_cannot_share(team: Team, tmp_path: Path) -> None:
    team.add("rita", "reader")
    desk = Gateway(team, tmp_path, "rita")
    desk.receive(mail(), ACCOUNT)
    with pytest.raises(RefusedError, match="does not let rita do this"):
        desk.once()

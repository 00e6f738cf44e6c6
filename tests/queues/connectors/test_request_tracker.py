"""Request Tracker against the real server: what comes in, what goes out, what colleagues see of it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from itertools import count
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import ConnectorError
from data.records.changes import Change
from data.records.messages import Direction
from data.records.outbox import Enclosure, OutboxState
from data.records.tickets import Status
from data.safe_text import safe_text
from queues.accounts.ticketing_system import Tracker
from queues.connectors.base import RemoteTicket
from queues.connectors.request_tracker import LARGEST_FILE, RequestTracker
from queues.mail.read_mail import read_mail
from queues.remotes.links import LinkState
from tests.servers.desk_at_tracker import DeskAtTracker
from tests.servers.request_tracker import RequestTrackerServer
from tui.setup.settings import FieldTable

pytestmark = pytest.mark.trackers

ANA = "ana@clientes.example"
numbers = count(1)


@pytest.fixture
def desk(request_tracker: RequestTrackerServer, tmp_path: Path) -> Iterator[DeskAtTracker]:
    one = DeskAtTracker(request_tracker, tmp_path)
    yield one
    one.stop()


@pytest.fixture
def customer() -> str:
    return f"ana{next(numbers)}@clientes.example"


def write(
    desk: DeskAtTracker, customer: str = ANA, text: str = "Hola, ¿me ayudan? No puedo entrar en mi cuenta."
) -> str:
    return desk.server.open_ticket(customer, "No puedo entrar 🎉", text)


def test_custom_fields_go_both_ways_and_are_cleared(desk: DeskAtTracker, customer: str) -> None:
    fields = [FieldTable("order", remote="Procedure"), FieldTable("nowhere")]
    desk.settings = msgspec.structs.replace(desk.settings, field=fields)
    ref = write(desk, customer)
    desk.once()
    number = desk.mirrored(ref).id

    def there() -> list[str]:
        rows = desk.server.ask("GET", f"ticket/{ref}")["CustomFields"]
        return [value for row in rows if row["name"] == "Procedure" for value in row["values"] if value]

    desk.act(number, Change(fields={"order": "A-17 ñ", "nowhere": "x"}))
    desk.once()
    assert there() == ["A-17 ñ"]
    assert [line for line in desk.said if "nowhere" in line] == [
        "desk does not take the fields nowhere: they stay here."
    ]
    desk.server.ask("PUT", f"ticket/{ref}", {"CustomFields": {"Procedure": "B-18"}}, agent="bruno")
    desk.once()
    assert dict(desk.mirrored(ref).fields) == {"nowhere": "x", "order": "B-18"}
    desk.act(number, Change(fields={"order": ""}))
    desk.once()
    assert there() == []
    desk.once()
    assert dict(desk.mirrored(ref).fields) == {"nowhere": "x"}


def test_a_ticket_comes_in_with_its_words_and_its_customer_once(desk: DeskAtTracker, customer: str) -> None:
    ref = write(desk, customer)
    desk.once()
    ticket = desk.mirrored(ref)
    assert (ticket.subject, ticket.lane, ticket.status, ticket.language) == (
        "No puedo entrar 🎉",
        "mail",
        Status.NEW,
        "es",
    )
    (message,) = desk.messages(ref)
    assert (message.text.strip(), message.from_address) == ("Hola, ¿me ayudan? No puedo entrar en mi cuenta.", customer)
    before = len(desk.tickets())
    assert desk.once() == 0
    assert len(desk.tickets()) == before


def test_the_answer_goes_to_the_customer_with_status_and_fields_in_one_call(desk: DeskAtTracker, customer: str) -> None:
    ref = write(desk, customer)
    desk.once()
    desk.reply(desk.mirrored(ref).id, "Ya puede entrar, ¡un saludo! 🎉", status=Status.SOLVED, macro="login/reset",
               reply_language="es")  # fmt: skip
    desk.once()
    assert desk.states() == [OutboxState.SENT]
    (mail,) = desk.server.mailed(customer)
    assert "Ya puede entrar, ¡un saludo! 🎉" in mail.get_body(("plain",)).get_content()  # type: ignore[attr-defined]
    remote = desk.server.ask("GET", f"ticket/{ref}")
    values = {one["name"]: one["values"] for one in remote["CustomFields"]}
    assert (remote["Status"], remote["Owner"]["id"]) == ("resolved", "alice")
    assert (values["Macro"], values["Language"]) == (["login/reset"], ["es"])
    assert len(desk.server.correspondence(ref)) == 1
    desk.once()
    ticket = desk.mirrored(ref)
    assert (ticket.status, ticket.assignee, ticket.touches) == (Status.SOLVED, "alice-here", 1)
    assert [one.direction for one in desk.messages(ref)] == [Direction.IN, Direction.OUT]


def test_the_customers_answer_joins_and_opens_the_ticket(desk: DeskAtTracker, customer: str) -> None:
    ref = write(desk, customer)
    desk.once()
    desk.reply(desk.mirrored(ref).id, status=Status.SOLVED)
    desk.once()
    words = (
        f"From: Ana <{customer}>\r\nTo: soporte@desk.example\r\nSubject: Re: [desk.example #{ref}] x\r\n"
        f"Message-ID: <again.{customer}>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nSigue sin ir, ¿por qué?\r\n"
    )
    desk.server.mail_in(words.encode())
    desk.once()
    assert desk.mirrored(ref).status is Status.OPEN
    assert [one.text.strip() for one in desk.messages(ref)][2:] == ["Sigue sin ir, ¿por qué?"]


def test_what_a_colleague_does_there_appears_here(desk: DeskAtTracker, customer: str) -> None:
    ref = write(desk, customer)
    desk.once()
    desk.server.ask("PUT", f"ticket/{ref}/take", {}, agent="bruno")
    desk.server.ask(
        "POST", f"ticket/{ref}/comment", {"Content": "Mira esto", "ContentType": "text/plain"}, agent="bruno"
    )
    desk.once()
    ticket = desk.mirrored(ref)
    assert (ticket.assignee, ticket.status) == ("bruno", Status.NEW)
    note = desk.messages(ref)[-1]
    assert (note.direction, note.text.strip()) == (Direction.NOTE, "Mira esto")
    desk.server.ask("PUT", f"ticket/{ref}", {"Status": "resolved"}, agent="bruno")
    desk.once()
    assert desk.mirrored(ref).status is Status.SOLVED
    assert {one.actor for one in desk.events(ref) if one.kind == "followed"} == {"rt:desk"}


def test_notes_statuses_and_owners_go_there(desk: DeskAtTracker, customer: str) -> None:
    ref = write(desk, customer)
    desk.once()
    number = desk.mirrored(ref).id
    desk.act(number, Change(note="Pendiente de facturación, ñ.", assignee="alice-here"))
    desk.once()
    desk.act(number, Change(status=Status.SOLVED, override_reason="a test"))
    desk.once()
    remote = desk.server.ask("GET", f"ticket/{ref}")
    assert (remote["Status"], remote["Owner"]["id"]) == ("resolved", "alice")
    kinds = [one["Type"] for one in desk.server.ask("GET", f"ticket/{ref}/history?fields=Type&per_page=100")["items"]]
    assert kinds.count("Comment") == 1
    desk.once()
    assert [one.direction for one in desk.messages(ref)] == [Direction.IN, Direction.NOTE]
    assert desk.server.mailed(customer) == []
    desk.act(number, Change(assignee=""))
    desk.once()
    assert desk.server.ask("GET", f"ticket/{ref}")["Owner"]["id"] == "Nobody"


def test_a_stale_reply_is_held_and_goes_when_the_agent_says_so(desk: DeskAtTracker, customer: str) -> None:
    ref = write(desk, customer)
    desk.once()
    desk.reply(desk.mirrored(ref).id, "Respuesta vieja.")
    body = {"Content": "Ya lo he visto yo.", "ContentType": "text/plain"}
    desk.server.ask("POST", f"ticket/{ref}/correspond", body, agent="bruno")
    desk.once()
    (entry,) = desk.outbox()
    assert (entry.state, entry.reason) == (OutboxState.HELD, "another agent answered")
    assert [one.text.strip() for one in desk.messages(ref)] == [
        "Hola, ¿me ayudan? No puedo entrar en mi cuenta.", "Respuesta vieja.", "Ya lo he visto yo.",
    ]  # fmt: skip
    assert len(desk.server.correspondence(ref)) == 1


def test_a_crash_before_a_notes_answer_does_not_write_it_twice(desk: DeskAtTracker, customer: str) -> None:
    ref = write(desk, customer)
    desk.once()
    cursor = desk.cursor()
    desk.act(desk.mirrored(ref).id, Change(note="Una nota, una vez."))
    desk.once()
    desk.forget("UPDATE message SET content_hash = '' WHERE direction = 'note'")
    desk.forget(f"UPDATE setting SET value = {cursor} WHERE key = 'mark.rt:desk'")
    desk.forget("DELETE FROM setting WHERE key = 'pushed.rt:desk'")
    desk.once()
    kinds = [one["Type"] for one in desk.server.ask("GET", f"ticket/{ref}/history?fields=Type&per_page=100")["items"]]
    assert kinds.count("Comment") == 1
    assert len(desk.messages(ref)) == 2


def test_files_cross_over_both_ways(desk: DeskAtTracker, customer: str, tmp_path: Path) -> None:
    content = bytes(range(256))
    attached = {
        "FileName": "=?utf-8?b?YcOxby5wbmc=?=",
        "FileType": "image/png",
        "FileContent": base64.b64encode(content).decode(),
    }
    ref = desk.server.open_ticket(customer, "Con foto", "Mire la foto.", Attachments=[attached])
    desk.once()
    (message,) = desk.messages(ref)
    (file,) = message.attachments
    assert (file.filename, file.content_type, file.sha256) == ("año.png", "image/png", sha256(content).hexdigest())
    path = tmp_path / "guía.pdf"
    path.write_bytes(b"%PDF-1.4 ...")
    desk.reply(desk.mirrored(ref).id, attachments=(Enclosure(str(path), "guía.pdf", 12),))
    desk.once()
    sent = list(desk.server.ask("GET", f"ticket/{ref}/attachments?fields=Filename&per_page=100")["items"])
    assert [one["Filename"] for one in sent].count("guía.pdf") >= 1
    assert desk.states() == [OutboxState.SENT]


@pytest.mark.faults
def test_a_mirror_that_was_cut_goes_on_where_it_was(request_tracker: RequestTrackerServer, tmp_path: Path) -> None:
    request_tracker.fill("Billing", 1_000)
    desk = DeskAtTracker(request_tracker, tmp_path, queue="Billing")
    desk.cut_after(12)  # requests: what was asked before the first group differs with what the server holds
    with pytest.raises(ConnectorError, match="ended"):
        desk.once()
    some, link = len(desk.tickets()), desk.link()
    assert 0 < some < 1_000
    assert link is not None
    assert link.state is LinkState.OFFLINE
    desk.once()
    assert len(desk.tickets()) == 1_000
    assert len({one.external_ref for one in desk.tickets()}) == 1_000
    assert desk.once() == 0


def test_what_goes_to_nobody_of_the_ticket_is_refused(desk: DeskAtTracker, customer: str) -> None:
    ref = write(desk, customer)
    desk.once()
    desk.reply(desk.mirrored(ref).id, recipient="stranger@elsewhere.example")
    desk.once()
    (entry,) = desk.outbox()
    assert entry.state is OutboxState.FAILED
    assert "stranger@elsewhere.example is none of them" in entry.reason
    assert desk.server.correspondence(ref) == []


def test_undoing_a_claim_takes_nothing_from_a_colleague(desk: DeskAtTracker, customer: str) -> None:
    ref = write(desk, customer)
    desk.once()
    desk.act(desk.mirrored(ref).id, Change(assignee="alice-here"))
    desk.once()
    desk.server.ask("PUT", f"ticket/{ref}/steal", {}, agent="bruno")
    desk.undo()
    desk.once()
    assert desk.server.ask("GET", f"ticket/{ref}")["Owner"]["id"] == "bruno"
    assert desk.mirrored(ref).assignee == "bruno"


def test_a_claim_of_a_colleagues_ticket_is_a_deliberate_one(desk: DeskAtTracker, customer: str) -> None:
    ref = write(desk, customer)
    desk.server.ask("PUT", f"ticket/{ref}/take", {}, agent="bruno")
    desk.once()
    desk.act(desk.mirrored(ref).id, Change(assignee="alice-here"))
    desk.once()
    assert desk.server.ask("GET", f"ticket/{ref}")["Owner"]["id"] == "alice"
    desk.act(desk.mirrored(ref).id, Change(assignee="carla"))
    desk.once()
    assert desk.server.ask("GET", f"ticket/{ref}")["Owner"]["id"] == "carla"
    desk.reply(desk.mirrored(ref).id)
    desk.once()
    assert [(one.state, one.reason) for one in desk.outbox()] == [(OutboxState.HELD, "carla has this ticket")]


def test_a_ticket_that_is_gone_keeps_no_other_waiting(desk: DeskAtTracker, customer: str) -> None:
    gone, other = write(desk, customer), write(desk, customer)
    desk.once()
    for ref in (gone, other):
        desk.act(desk.mirrored(ref).id, Change(assignee="alice-here", note="Nota."))
        desk.reply(desk.mirrored(ref).id)
    desk.forget(f"UPDATE ticket SET external_ref = '999999' WHERE external_ref = '{gone}'")
    desk.once()
    assert desk.states() == [OutboxState.FAILED, OutboxState.SENT]
    assert len(desk.server.correspondence(other)) == 1
    assert any("has no ticket 999999" in said for said in desk.said)


def test_a_requestor_with_a_login_is_no_agent() -> None:
    system = RequestTracker(Tracker("desk", "https://tickets.example", user="alice"), lambda one: "")
    ticket = RemoteTicket("7", "open", "", "Soporte", "x", "ana@clientes.example", logins=frozenset({"ana"}))
    parts = [{"id": 1, "ContentType": "text/plain", "Content": "Hola", "Headers": ""}]
    one = {"id": 9, "Type": "Correspond", "Created": "2026-11-23T14:35:50Z"}
    asked = system._happened({**one, "Creator": {"id": "Ana"}}, ticket, parts)
    answered = system._happened({**one, "Creator": {"id": "bruno"}}, ticket, parts)
    assert (asked.direction, answered.direction) == (Direction.IN, Direction.OUT)
    assert read_mail(asked.raw, connector="rt:desk", source="").from_address == "ana@clientes.example"


def test_what_happened_before_a_day_is_left_alone(request_tracker: RequestTrackerServer, tmp_path: Path) -> None:
    for day, there in ((date(2000, 1, 1), True), (date(2999, 1, 1), False)):
        desk = DeskAtTracker(request_tracker, tmp_path / day.isoformat(), since=day)
        ref = write(desk)
        desk.once()
        assert (ref in {one.external_ref for one in desk.tickets()}) is there


@settings(deadline=None)
@given(
    words=st.text(max_size=200), subject=st.text(max_size=80), sender=st.text(max_size=60),
    name=st.text(max_size=30), number=st.integers(1, 10**9),
)  # fmt: skip
def test_whatever_stands_in_a_message_can_be_read(
    words: str, subject: str, sender: str, name: str, number: int
) -> None:
    system = RequestTracker(Tracker("desk", "https://tickets.example", user="alice"), lambda one: "")
    ticket = RemoteTicket("7", "open", "", "Soporte", subject, "ana@clientes.example")
    parts = [
        {"id": 1, "ContentType": "text/plain", "Content": words, "Headers": f"From: {sender}", "Subject": subject},
        {"id": 2, "ContentType": "image/png", "Filename": name, "ContentLength": 2 * LARGEST_FILE},
    ]
    one = {"id": number, "Type": "Create", "Created": "2026-11-23T14:35:50Z", "Creator": {"id": "RT_System"}}
    happened = system._happened(one, ticket, parts)
    read = read_mail(happened.raw, connector="rt:desk", source="test")
    assert read.readable
    assert read.text.split() == safe_text(words.encode("utf-8", "replace").decode()).split() or not words.isprintable()
    assert happened.direction is Direction.IN

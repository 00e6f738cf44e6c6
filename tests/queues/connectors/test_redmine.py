"""Redmine against the real server: what comes in, what goes out, what colleagues and customers see of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from hashlib import sha256
from itertools import count
from pathlib import Path
from unittest.mock import patch

import msgspec
import pytest

from data.errors import ConnectorError, RefusedError, UnreachableError
from data.records.changes import Change
from data.records.messages import Direction
from data.records.outbox import Enclosure, OutboxState
from data.records.tickets import Status
from queues.connectors.base import RemoteReply
from queues.connectors.redmine import NoteOffer, Redmine
from queues.connectors.redmine_reading import Reading
from queues.connectors.web import StaleError, TokenRefusedError
from tests.servers.connector_worlds import parcel, read
from tests.servers.desk_at_tracker import DeskAtRedmine
from tests.servers.redmine import RedmineServer, letter
from tui.setup.settings import FieldTable

pytestmark = [pytest.mark.trackers, pytest.mark.usefixtures("one_helper")]

numbers = count(1)
Connect = Callable[..., Redmine]
WORDS = "Hola, ¿me ayudan? No puedo entrar en mi cuenta."


@pytest.fixture
def desk(redmine: RedmineServer, tmp_path: Path) -> Iterator[DeskAtRedmine]:
    name = f"Desk-{next(numbers)}"
    redmine.project(name)
    one = DeskAtRedmine(redmine, tmp_path, queue=name)
    yield one
    one.stop()


@pytest.fixture
def customer() -> str:
    return f"ana{next(numbers)}@clientes.example"


def write(desk: DeskAtRedmine, customer: str, text: str = WORDS, **more: str) -> str:
    return desk.server.open_issue(customer, "No puedo entrar 🎉", text, project=desk.queue.lower(), **more)


@pytest.fixture
def connect(desk: DeskAtRedmine) -> Iterator[Connect]:
    """Yield what returns the connector of an agent's desk, or with another key."""
    made: list[Redmine] = []

    def connected(agent: str = "alice", **changes: object) -> Redmine:
        tracker = msgspec.structs.replace(desk.tracker, **changes)
        made.append(Redmine(tracker, lambda one: desk.server.keys.get(agent, agent)))
        return made[-1]

    yield connected
    for one in made:
        one.close()


def own_words(desk: DeskAtRedmine, address: str) -> list[str]:
    """Return the plain texts of the mails that Redmine sent to an address."""
    bodies = [mail.get_body(("plain",)) for mail in desk.server.mailed(address)]
    return [str(body.get_content()) for body in bodies if body is not None]


def test_an_issue_comes_in_with_its_words_and_its_customer_once(desk: DeskAtRedmine, customer: str) -> None:
    ref = write(desk, f"Ana <{customer}>")
    desk.once()
    ticket = desk.mirrored(ref)
    assert (ticket.subject, ticket.lane, ticket.status, ticket.language) == (
        "No puedo entrar 🎉", "mail", Status.NEW, "es",
    )  # fmt: skip
    (message,) = desk.messages(ref)
    assert (message.text.strip(), message.from_address, message.direction) == (WORDS, customer, Direction.IN)
    assert message.from_name == "Ana"
    assert desk.once() == 0
    assert len(desk.messages(ref)) == 1


def test_the_answer_is_one_note_with_status_and_fields_that_redmine_mails(desk: DeskAtRedmine, customer: str) -> None:
    ref = write(desk, customer)
    desk.once()
    desk.reply(desk.mirrored(ref).id, "Ya puede entrar, ¡un saludo! 🎉", status=Status.SOLVED, macro="login/reset",
               reply_language="es")  # fmt: skip
    desk.once()
    assert desk.states() == [OutboxState.SENT]
    issue = desk.server.issue(ref)
    (note,) = [one for one in issue["journals"] if one["notes"]]
    assert (note["notes"], note["private_notes"]) == ("Ya puede entrar, ¡un saludo! 🎉", False)
    assert {one["name"] for one in note["details"] if one["property"] == "attr"} == {"status_id"}
    assert (issue["status"]["name"], issue["assigned_to"]["name"]) == ("Resolved", "Alice Desk")
    assert (desk.server.field(ref, "Macro")[1], desk.server.field(ref, "Language")[1]) == ("login/reset", "es")
    mails = [words for words in own_words(desk, customer) if "Ya puede entrar, ¡un saludo! 🎉" in words]
    assert len(mails) == 1
    assert "login/reset" not in mails[0]
    assert "tridesk" not in mails[0]
    desk.once()
    ticket = desk.mirrored(ref)
    assert (ticket.status, ticket.assignee, ticket.touches) == (Status.SOLVED, "alice-here", 1)
    assert [one.direction for one in desk.messages(ref)] == [Direction.IN, Direction.OUT]


def test_the_customers_answer_joins_and_opens_the_ticket(desk: DeskAtRedmine, customer: str) -> None:
    ref = write(desk, customer)
    desk.once()
    desk.reply(desk.mirrored(ref).id, status=Status.SOLVED)
    desk.once()
    desk.server.mail_in(letter(customer, f"Re: [#{ref}] No puedo entrar", "Sigue sin ir, ¿por qué?"))
    desk.once()
    assert desk.mirrored(ref).status is Status.OPEN
    assert [one.text.strip() for one in desk.messages(ref)][2:] == ["Sigue sin ir, ¿por qué?"]


def test_what_a_colleague_does_there_appears_here(desk: DeskAtRedmine, customer: str) -> None:
    ref = write(desk, customer)
    desk.once()
    server = desk.server
    bruno, feedback = server.number("user", "bruno"), server.number("issue_statuses", "Feedback")
    server.change(ref, assigned_to_id=bruno, status_id=feedback, notes="Escrito en Redmine, ñ 🎉")
    server.change(ref, notes="Mira esto", private_notes=True)
    desk.once()
    ticket = desk.mirrored(ref)
    assert (ticket.assignee, ticket.status) == ("bruno", Status.PENDING)
    assert [(one.direction, one.text.strip()) for one in desk.messages(ref)[1:]] == [
        (Direction.OUT, "Escrito en Redmine, ñ 🎉"), (Direction.NOTE, "Mira esto"),
    ]  # fmt: skip
    server.change(ref, status_id=server.number("issue_statuses", "Closed"))
    desk.once()
    assert desk.mirrored(ref).status is Status.CLOSED


def test_notes_statuses_and_owners_go_there_and_no_customer_reads_a_note(desk: DeskAtRedmine, customer: str) -> None:
    ref = write(desk, customer)
    desk.once()
    number = desk.mirrored(ref).id
    desk.act(
        number, Change(note="Entre nosotros: ñ 🎉", status=Status.SOLVED, assignee="bruno", override_reason="a test")
    )
    desk.once()
    issue = desk.server.issue(ref)
    (note,) = [one for one in issue["journals"] if one["notes"]]
    assert (note["notes"], note["private_notes"]) == ("Entre nosotros: ñ 🎉", True)
    assert (issue["status"]["name"], issue["assigned_to"]["name"]) == ("Resolved", "Bruno Desk")
    assert not [words for words in own_words(desk, customer) if "Entre nosotros" in words]
    assert desk.once() == 0
    assert len(desk.messages(ref)) == 2
    desk.act(number, Change(assignee=""))
    desk.once()
    assert "assigned_to" not in desk.server.issue(ref)


def test_where_notes_would_be_public_they_stay_here(
    desk: DeskAtRedmine, customer: str, tmp_path: Path, connect: Connect
) -> None:
    plain = DeskAtRedmine(desk.server, tmp_path / "plain", agent="plain", queue="Soporte")
    ref = desk.server.open_issue(customer, "Aparte", WORDS)
    plain.once()
    plain.act(plain.mirrored(ref).id, Change(note="Entre nosotros."))
    plain.once()
    assert [line for line in plain.said if "Notes stay here" in line]
    assert desk.server.issue(ref)["journals"] == []
    assert (
        "notes stay here: you may not write private notes in Soporte"
        in connect("plain", queues=plain.tracker.queues).check()
    )


def test_a_crash_before_a_notes_answer_does_not_write_it_twice(desk: DeskAtRedmine, customer: str) -> None:
    ref = write(desk, customer)
    desk.once()
    desk.act(desk.mirrored(ref).id, Change(note="Solo una vez."))

    def cut(offer: NoteOffer) -> int:
        finish(offer)
        raise UnreachableError("Not reachable", "The connection was ended by the test.")

    finish = NoteOffer.finish
    with patch.object(NoteOffer, "finish", cut), suppress(UnreachableError):
        desk.once()
    for _ in range(2):
        desk.once()
    assert [one["notes"] for one in desk.server.issue(ref)["journals"] if one["notes"]] == ["Solo una vez."]
    assert [one.text.strip() for one in desk.messages(ref)[1:]] == ["Solo una vez."]


def test_custom_fields_go_both_ways_and_what_is_not_taken_stays_here(desk: DeskAtRedmine, customer: str) -> None:
    fields = [FieldTable("order"), FieldTable("article", remote="product"), FieldTable("nowhere")]
    desk.settings = msgspec.structs.replace(desk.settings, field=fields)
    ref = write(desk, customer)
    desk.once()
    number = desk.mirrored(ref).id
    desk.act(number, Change(fields={"order": "A-17 ñ", "article": "sofa", "nowhere": "x"}))
    desk.once()
    assert (desk.server.field(ref, "order")[1], desk.server.field(ref, "product")[1]) == ("A-17 ñ", "")
    assert [line for line in desk.said if "does not take" in line] == [
        "desk does not take the fields nowhere, product: they stay here."
    ]
    desk.server.set_field(ref, "order", "B-18")
    desk.server.set_field(ref, "product", "web")
    desk.once()
    assert dict(desk.mirrored(ref).fields) == {"article": "web", "nowhere": "x", "order": "B-18"}
    desk.act(number, Change(fields={"order": ""}))
    desk.once()
    assert desk.server.field(ref, "order")[1] == ""


def test_files_cross_over_both_ways(desk: DeskAtRedmine, customer: str, tmp_path: Path) -> None:
    content = bytes(range(256)) * 7
    ref = desk.server.open_by(read(parcel(customer, WORDS, "año.png", content)), project=desk.queue.lower())
    token = desk.server.ask("POST", "uploads.json?filename=leeme.txt", b"Lea esto.", agent="bruno")["upload"]["token"]
    desk.server.change(ref, notes="Con un archivo.", uploads=[{"token": token, "filename": "leeme.txt"}])
    desk.once()
    came, answered = desk.messages(ref)
    assert [(one.filename, one.sha256) for one in came.attachments] == [("año.png", sha256(content).hexdigest())]
    assert [(one.filename, one.sha256) for one in answered.attachments] == [
        ("leeme.txt", sha256(b"Lea esto.").hexdigest())
    ]
    path = tmp_path / "guía ñ.bin"
    path.write_bytes(content)
    desk.act(desk.mirrored(ref).id, Change(assignee="alice-here"))
    desk.reply(desk.mirrored(ref).id, attachments=(Enclosure(str(path), path.name, len(content)),))
    desk.once()
    assert desk.states() == [OutboxState.SENT]
    (sent,) = [one for one in desk.server.issue(ref)["attachments"] if one["filename"] == path.name]
    assert desk.server.content(sent["id"]) == content
    assert desk.once() == 0


def test_a_reply_that_redmine_would_mail_to_no_one_is_refused(desk: DeskAtRedmine, customer: str) -> None:
    ref = write(desk, customer, unknown="accept")
    desk.once()
    assert desk.messages(ref)[0].from_address != customer  # Redmine does not keep who that was
    desk.reply(desk.mirrored(ref).id)
    desk.once()
    assert desk.states() == [OutboxState.FAILED]
    assert "may mail a reply to no one" in desk.outbox()[0].reason
    desk.server.ask("POST", f"issues/{ref}/watchers.json", {"user_id": desk.server.number("user", "bruno")})
    desk.reply(desk.mirrored(ref).id)
    desk.once()
    assert desk.states() == [OutboxState.FAILED, OutboxState.SENT]


def test_without_the_field_for_marks_nothing_is_sent(desk: DeskAtRedmine, customer: str, connect: Connect) -> None:
    ref = write(desk, customer)
    desk.server.change(ref, tracker_id=2)
    desk.once()
    desk.reply(desk.mirrored(ref).id)
    desk.once()
    assert desk.states() == [OutboxState.FAILED]
    assert "has no custom field 'tridesk'" in desk.outbox()[0].reason
    with pytest.raises(RefusedError, match="has no custom field 'tridesk'"):
        connect().check()


def test_a_customer_is_known_though_the_address_is_hidden_or_the_agent_opened_the_issue(
    desk: DeskAtRedmine, customer: str, connect: Connect
) -> None:
    server = desk.server
    ref = write(desk, customer)
    author = server.issue(ref)["author"]["id"]
    body = {"project_id": desk.queue.lower(), "subject": "Por teléfono", "description": "Llamó.", "tracker_id": 3,
            "watcher_user_ids": [author]}  # fmt: skip
    other = str(server.ask("POST", "issues.json", {"issue": body}, agent="bruno")["issue"]["id"])
    desk.once()
    assert connect().ticket(other).requestor == customer
    assert desk.messages(other)[0].direction is Direction.OUT
    assert connect(staff=("ana",)).ticket(ref).requestor == customer
    server.ask("PUT", f"users/{author}.json", {"user": {}, "pref": {"hide_mail": True}})
    hidden = connect().ticket(ref)
    assert (hidden.requestor, hidden.people) == ("", frozenset())
    desk.reply(desk.mirrored(ref).id, "Aun así llega.")
    desk.once()
    assert desk.states() == [OutboxState.SENT]
    assert [words for words in own_words(desk, customer) if "Aun así llega." in words]


def test_what_happened_before_a_day_is_left_alone(desk: DeskAtRedmine, customer: str, connect: Connect) -> None:
    write(desk, customer)
    assert connect(since=date(2999, 1, 1)).after("", lambda number: False).messages == ()
    assert len(connect(since=date(2001, 1, 1)).after("", lambda number: False).messages) == 1


def test_check_tells_what_is_set_up_and_each_fault_in_one_sentence(
    desk: DeskAtRedmine, customer: str, connect: Connect
) -> None:
    write(desk, customer)
    assert connect().check().startswith("Redmine, as alice, 1 project, ")
    assert "set what In Progress mean under `statuses`" not in connect().check()
    with pytest.raises(ConnectorError, match="has no project 'Nada' that alice can see; it has Desk-"):
        connect(queues={"Nada": ""}).check()
    with pytest.raises(TokenRefusedError, match="does not accept the token, an API access key; or its administrator"):
        connect("not-a-key").check()
    with pytest.raises(ConnectorError, match="is not a Redmine there"):
        connect(url=f"{desk.server.url}/nowhere").check()


def test_a_key_that_is_not_accepted_never_moves_the_cursor(
    desk: DeskAtRedmine, customer: str, connect: Connect
) -> None:
    write(desk, customer)  # in a project that anyone may read
    system = connect()
    system.after("", lambda number: False)
    system._key = lambda one: "revoked"
    with pytest.raises(TokenRefusedError):
        system.after("", lambda number: False)


def test_a_reply_for_an_older_version_is_refused_and_changes_nothing(
    desk: DeskAtRedmine, customer: str, connect: Connect
) -> None:
    ref = write(desk, customer)
    system = connect()
    stood = system.ticket(ref)
    desk.server.change(ref, subject="Otro asunto")
    path = desk.server.folder / "instances/desk/files"
    before = len(list(path.rglob("*")))
    reply = RemoteReply(ref, "late@tridesk", "Tarde.", "Resolved", {"Macro": "a/b"}, version=stood.version)
    with pytest.raises(StaleError):
        system.offer(reply).finish()
    issue = desk.server.issue(ref)
    assert (issue["status"]["name"], desk.server.field(ref, "Macro")[1]) == ("New", "")
    assert not [one for one in issue["journals"] if one["notes"]]
    assert len(list(path.rglob("*"))) == before


def test_a_status_that_the_workflow_forbids_is_reported_and_stays(desk: DeskAtRedmine, tmp_path: Path) -> None:
    server, customer = desk.server, "ana@clientes.example"
    plain = DeskAtRedmine(server, tmp_path / "plain", agent="plain", queue="Soporte")
    ref = server.open_issue(customer, "Aparte", WORDS)
    plain.once()
    plain.act(plain.mirrored(ref).id, Change(status=Status.SOLVED, override_reason="a test"))
    plain.once()
    assert server.issue(ref)["status"]["name"] == "New"
    assert [line for line in plain.said if line.endswith("stays New in desk: it does not take Resolved.")]


def test_a_file_that_comes_after_its_words_is_not_lost(desk: DeskAtRedmine, customer: str) -> None:
    content = b"una foto"
    ref = desk.server.open_by(read(parcel(customer, WORDS, "foto.png", content)), project=desk.queue.lower())
    issue, whole = Redmine._issue, Reading.happened

    def before_its_file(system: Redmine, number: str, include: str = "include=journals,attachments,watchers") -> object:
        return {**issue(system, number, include), "attachments": []}

    with patch.object(Redmine, "_issue", before_its_file):
        desk.once()
    assert [one.attachments for one in desk.messages(ref)] == [()]
    with patch.object(Reading, "happened", whole):
        desk.once()
    assert [len(one.attachments) for one in desk.messages(ref)] == [0, 1]
    file = desk.messages(ref)[1]
    assert (file.direction, file.attachments[0].sha256) == (Direction.IN, sha256(content).hexdigest())
    assert desk.once() == 0
    assert len(desk.messages(ref)) == 2


@pytest.mark.parametrize("early", [True, False])
def test_a_file_that_was_seen_by_a_look_comes_once(
    desk: DeskAtRedmine, customer: str, connect: Connect, early: bool
) -> None:
    ref, system, filed = write(desk, customer), connect(), set[int]()
    batch = system.after("", filed.__contains__)
    filed |= {one.number for one in batch.messages}
    mail = read(parcel(customer, "Aquí va.", "foto.png", b"una foto"))
    mail.replace_header("Subject", f"Re: [#{ref}] No puedo entrar")
    desk.server.mail_in(mail)
    issue = Redmine._issue

    def before_its_file(system: Redmine, number: str, include: str = "include=journals,attachments,watchers") -> object:
        return {**issue(system, number, include), "attachments": []}

    with patch.object(Redmine, "_issue", before_its_file if early else issue):
        looked = system.look(ref, filed.__contains__).messages
    filed |= {one.number for one in looked}
    after = system.after(batch.cursor, filed.__contains__)
    assert [len(looked), len(after.messages)] == [1, 1 if early else 0]
    filed |= {one.number for one in after.messages}
    assert system.after(after.cursor, filed.__contains__).messages == ()


def test_after_changes_on_both_sides_every_ticket_is_the_same_on_both(desk: DeskAtRedmine) -> None:
    desk.settings = msgspec.structs.replace(desk.settings, field=[FieldTable("order")])
    server, refs = desk.server, list[str]()
    for number in range(6):
        refs.append(write(desk, f"c{number}.{desk.queue.lower()}@clientes.example"))
    desk.once()
    statuses = [server.number("issue_statuses", name) for name in ("In Progress", "Feedback", "Resolved", "Closed")]
    bruno = server.number("user", "bruno")
    for place, ref in enumerate(refs):
        if place % 2:
            server.change(ref, notes=f"De Redmine {place}", private_notes=place % 4 == 1, assigned_to_id=bruno,
                          status_id=statuses[place % 4])  # fmt: skip
            server.set_field(ref, "order", f"R-{place}")
        if place % 3 == 0:
            desk.act(desk.mirrored(ref).id, Change(note=f"De aquí {place}", fields={"order": f"T-{place}"}))
        if place % 4 == 0:
            desk.reply(desk.mirrored(ref).id, f"Respuesta {place}")
    for _ in range(3):
        desk.once()
    assert set(desk.states()) == {OutboxState.SENT}
    for ref in refs:
        assert differences(desk, ref) == []


def differences(desk: DeskAtRedmine, ref: str) -> list[str]:
    """Return where a ticket is other here than there."""
    issue, ticket, messages = desk.server.issue(ref), desk.mirrored(ref), desk.messages(ref)
    owner = {"Alice Desk": "alice-here", "Bruno Desk": "bruno"}.get(issue.get("assigned_to", {}).get("name", ""), "")
    there = [(issue["description"], Direction.IN)]
    there += [(one["notes"], Direction.NOTE if one["private_notes"] else Direction.OUT)
              for one in issue["journals"] if one["notes"]]  # fmt: skip
    pairs = {
        "subject": (issue["subject"], ticket.subject),
        "status": (desk.tracker.here(issue["status"]["name"]), ticket.status),
        "owner": (owner, ticket.assignee),
        "order": (desk.server.field(ref, "order")[1], dict(ticket.fields).get("order", "")),
        "said": (sorted(there), sorted((one.text.strip(), one.direction) for one in messages)),
    }
    return [f"{name}: {one!r} there, {other!r} here" for name, (one, other) in pairs.items() if one != other]

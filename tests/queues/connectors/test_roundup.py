"""Roundup against the real server: what comes in, what goes out, what colleagues see of it."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from hashlib import sha256
from itertools import count
from pathlib import Path
from unittest.mock import patch

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data.errors import ConnectorError, UnreachableError
from data.records.changes import Change
from data.records.messages import Direction
from data.records.outbox import Enclosure, OutboxState
from data.records.tickets import Status
from queues.accounts.ticketing_system import Fields, Tracker, complete
from queues.connectors.as_mail import Written, as_mail
from queues.connectors.base import Capability, RemoteReply
from queues.connectors.roundup import Roundup
from queues.connectors.roundup_feed import Cursor, moment
from queues.connectors.roundup_people import Person
from queues.connectors.roundup_reading import Reading
from queues.connectors.roundup_rest import Rest, subject
from queues.mail.read_mail import read_mail
from tests.servers.desk_at_tracker import DeskAtRoundup
from tests.servers.roundup import RoundupServer, letter

pytestmark = pytest.mark.trackers

numbers = count(1)
WORDS = "Hola, ¿me ayudan? No puedo entrar en mi cuenta."


@pytest.fixture
def desk(roundup: RoundupServer, tmp_path: Path) -> Iterator[DeskAtRoundup]:
    one = DeskAtRoundup(roundup, tmp_path)
    yield one
    one.stop()


@pytest.fixture
def customer() -> str:
    return f"ana{next(numbers)}@clientes.example"


def write(desk: DeskAtRoundup, customer: str, text: str = WORDS) -> str:
    return desk.server.open_issue(customer, "No puedo entrar 🎉", text)


def connector(desk: DeskAtRoundup, agent: str = "alice", changes: Mapping[str, object] | None = None) -> Roundup:
    return Roundup(desk.tracker_of(agent, **(changes or {})), lambda one: desk.server.passwords[agent])


def test_an_issue_comes_in_with_its_words_and_its_customer_once(desk: DeskAtRoundup, customer: str) -> None:
    ref = write(desk, customer)
    desk.once()
    ticket = desk.mirrored(ref)
    assert (ticket.subject, ticket.lane, ticket.status, ticket.language) == (
        "No puedo entrar 🎉", "mail", Status.NEW, "es",
    )  # fmt: skip
    (message,) = desk.messages(ref)
    assert (message.text.strip(), message.from_address, message.direction) == (WORDS, customer, Direction.IN)
    before = desk.cursor()
    assert desk.once() == 0
    desk.once()
    assert Cursor.read(desk.cursor()).done == Cursor.read(before).done


def test_the_answer_goes_to_the_customer_with_status_and_without_fields(desk: DeskAtRoundup, customer: str) -> None:
    ref = write(desk, customer)
    desk.once()
    desk.reply(desk.mirrored(ref).id, "Ya puede entrar, ¡un saludo! 🎉", status=Status.SOLVED, macro="login/reset",
               reply_language="es")  # fmt: skip
    desk.once()
    assert desk.states() == [OutboxState.SENT]
    (mail,) = desk.server.mailed(customer)
    assert desk.server.words(mail) == "Ya puede entrar, ¡un saludo! 🎉"
    assert b"login/reset" not in mail.as_bytes()
    issue = desk.server.issue(ref)
    assert (issue["status"]["name"], issue["assignedto"]["username"]) == ("resolved", "alice")
    assert (issue["macro"], issue["language"]) == ("login/reset", "es")
    assert len(issue["messages"]) == 2
    desk.once()
    ticket = desk.mirrored(ref)
    assert (ticket.status, ticket.assignee, ticket.touches) == (Status.SOLVED, "alice-here", 1)
    assert [one.direction for one in desk.messages(ref)] == [Direction.IN, Direction.OUT]


def test_the_customers_answer_joins_and_opens_the_ticket(desk: DeskAtRoundup, customer: str) -> None:
    ref = write(desk, customer)
    desk.once()
    desk.reply(desk.mirrored(ref).id, status=Status.SOLVED)
    desk.once()
    desk.server.mail_in(letter(customer, f"Re: [issue{ref}] No puedo entrar", "Sigue sin ir, ¿por qué?"))
    desk.once()
    assert desk.mirrored(ref).status is Status.OPEN
    assert [one.text.strip() for one in desk.messages(ref)][2:] == ["Sigue sin ir, ¿por qué?"]


def test_what_a_colleague_does_there_appears_here(desk: DeskAtRoundup, customer: str) -> None:
    ref = write(desk, customer)
    desk.once()
    number = desk.mirrored(ref).id
    desk.act(number, Change(add_tags=("own",)))
    desk.server.change(ref, assignedto="bruno", keyword="billing,español")
    desk.server.say(ref, "Mira esto", internal="yes")
    desk.once()
    ticket = desk.mirrored(ref)
    assert (ticket.assignee, set(ticket.tags)) == ("bruno", {*ticket.tags, "own", "billing", "español"})
    note = desk.messages(ref)[-1]
    assert (note.direction, note.text.strip()) == (Direction.NOTE, "Mira esto")
    desk.server.change(ref, status="resolved", keyword="español")
    desk.once()
    assert desk.mirrored(ref).status is Status.SOLVED
    assert {"own", "español"} <= set(desk.mirrored(ref).tags)
    assert "billing" not in desk.mirrored(ref).tags
    assert desk.server.mailed(customer) == []
    other = write(desk, customer)
    desk.server.change(ref, superseder=other)
    desk.once()
    note = desk.messages(ref)[-1]
    assert (note.direction, note.text.strip()) == (Direction.NOTE, f"Superseded by issue {other}: No puedo entrar 🎉")


def test_a_colleague_at_its_own_pages_and_the_desk_see_each_other(desk: DeskAtRoundup, customer: str) -> None:
    ref = write(desk, customer)
    desk.once()
    desk.server.page(ref, **{"@note": "Escrito en la página, ñ 🎉", "status": "need-eg", "assignedto": "bruno"})
    desk.once()
    ticket = desk.mirrored(ref)
    assert (ticket.status, ticket.assignee) == (Status.PENDING, "bruno")
    answer = desk.messages(ref)[-1]
    assert (answer.direction, answer.text.strip()) == (Direction.OUT, "Escrito en la página, ñ 🎉")
    desk.act(ticket.id, Change(assignee="alice-here"))
    desk.reply(ticket.id, "Sigo yo con esto.", status=Status.SOLVED)
    desk.once()
    shown = desk.server.page(ref)
    assert "Sigo yo con esto." in shown
    assert "resolved" in shown


def test_notes_statuses_tags_and_owners_go_there(desk: DeskAtRoundup, customer: str) -> None:
    ref = write(desk, customer)
    desk.once()
    number = desk.mirrored(ref).id
    desk.act(
        number, Change(note="Pendiente de facturación, ñ.", assignee="alice-here", add_tags=("billing", "nowhere"))
    )
    desk.once()
    desk.act(number, Change(status=Status.SOLVED, override_reason="a test"))
    desk.once()
    issue = desk.server.issue(ref)
    assert (issue["status"]["name"], issue["assignedto"]["username"]) == ("resolved", "alice")
    assert [one["name"] for one in issue["keyword"]] == ["billing"]
    assert any("does not have the tags" in said and "nowhere" in said for said in desk.said)
    said = desk.server.ask("GET", f"msg/{issue['messages'][-1]['id']}?@verbose=3")["attributes"]
    assert (said["content"], said["internal"]) == ("Pendiente de facturación, ñ.", True)
    desk.once()
    assert [one.direction for one in desk.messages(ref)] == [Direction.IN, Direction.NOTE]
    assert desk.server.mailed(customer) == []
    desk.act(number, Change(assignee="", remove_tags=("billing",)))
    desk.once()
    issue = desk.server.issue(ref)
    assert (issue["assignedto"], issue["keyword"]) == (None, [])


def test_a_crash_before_a_notes_answer_does_not_write_it_twice(desk: DeskAtRoundup, customer: str) -> None:
    ref = write(desk, customer)
    desk.once()
    cursor = desk.cursor()
    desk.act(desk.mirrored(ref).id, Change(note="Una nota, una vez."))
    desk.once()
    desk.put_back(cursor)
    desk.forget("UPDATE message SET content_hash = '' WHERE direction = 'note'")
    desk.forget("DELETE FROM setting WHERE key = 'pushed.roundup:desk'")
    desk.once()
    assert len(desk.server.issue(ref)["messages"]) == 2
    assert len(desk.messages(ref)) == 2


def test_a_reply_in_doubt_that_is_sent_again_is_there_once(desk: DeskAtRoundup, customer: str) -> None:
    ref = write(desk, customer)
    desk.once()
    cursor = desk.cursor()
    desk.reply(desk.mirrored(ref).id, "Solo una vez.")
    desk.once()
    desk.forget("UPDATE outbox SET state = 'queued', sent_at = NULL")
    desk.forget("UPDATE message SET content_hash = '' WHERE direction = 'out'")
    desk.put_back(cursor)
    desk.once()
    assert len(desk.server.issue(ref)["messages"]) == 2
    assert len(desk.server.mailed(customer)) == 1
    assert desk.states() == [OutboxState.SENT]


def test_files_cross_over_both_ways(desk: DeskAtRoundup, customer: str, tmp_path: Path) -> None:
    content = bytes(range(256))
    mail = letter(customer, "Con foto", "Mire la foto.")
    mail.add_attachment(content, maintype="image", subtype="png", filename="año.png")
    ref = desk.server.open_by(mail)
    desk.once()
    (file,) = desk.messages(ref)[0].attachments
    assert (file.filename, file.content_type, file.sha256) == ("año.png", "image/png", sha256(content).hexdigest())
    path = tmp_path / "guía.pdf"
    path.write_bytes(b"%PDF-1.4 ...\xff")
    desk.reply(desk.mirrored(ref).id, attachments=(Enclosure(str(path), "guía.pdf", 13),))
    desk.once()
    sent = desk.server.ask("GET", f"msg/{desk.server.issue(ref)['messages'][-1]['id']}?@verbose=2")["attributes"]
    assert [one["name"] for one in sent["files"]] == ["guía.pdf"]
    (mailed,) = desk.server.mailed(customer)
    assert [part.get_payload(decode=True) for part in mailed.walk()][-1] == b"%PDF-1.4 ...\xff"
    desk.server.lay(ref, "notas.txt", b"suelto")
    desk.once()
    last = desk.messages(ref)[-1]
    assert ([one.filename for one in last.attachments], last.direction) == (["notas.txt"], Direction.NOTE)
    assert desk.once() == 0


def test_an_issue_without_words_comes_in_by_its_title(desk: DeskAtRoundup) -> None:
    ref = desk.server.ask("POST", "issue", {"title": "Sin palabras ñ", "component": "Soporte"}, agent="bruno")["id"]
    desk.once()
    assert (desk.mirrored(ref).subject, len(desk.messages(ref))) == ("Sin palabras ñ", 1)
    said = desk.server.say(ref, "Ahora sí")
    desk.once()
    desk.server.change(ref, messages=f"-{said}")
    desk.once()
    assert len(desk.messages(ref)) == 2


def test_without_a_way_to_keep_notes_from_customers_they_stay_here(
    roundup: RoundupServer, tmp_path: Path, customer: str
) -> None:
    desk = DeskAtRoundup(roundup, tmp_path, note_field="secret")
    ref = write(desk, customer)
    desk.once()
    for words in ("Ojo con este.", "Y otra vez."):
        desk.act(desk.mirrored(ref).id, Change(note=words, status=Status.PENDING))
        desk.once()
    assert len(desk.server.issue(ref)["messages"]) == 1
    assert desk.server.issue(ref)["status"]["name"] == "need-eg"
    assert len([said for said in desk.said if "would reach the customer" in said]) == 2


def test_who_is_one_of_us_is_told_by_domain_or_by_the_settings(desk: DeskAtRoundup, customer: str) -> None:
    ref = write(desk, customer)
    desk.server.say(ref, "Somos del equipo", agent="dora")
    assert directions(connector(desk), ref) == [Direction.IN, Direction.OUT]
    assert directions(connector(desk, changes={"staff": ("carla",)}), ref) == [Direction.IN, Direction.IN]


def directions(system: Roundup, ref: str) -> list[Direction]:
    """Return which way an issue's messages go, whatever else is there."""
    cursor, more = "", True
    found: dict[int, Direction] = {}
    while more:
        batch = system.after(cursor, lambda number: False)
        found |= {one.number: one.direction for one in batch.messages if one.ref == ref}
        cursor, more = batch.cursor, batch.more
    system.close()
    return [found[number] for number in sorted(found)]


def test_a_tracker_in_another_time_zone_is_read_whole(roundup: RoundupServer, tmp_path: Path, customer: str) -> None:
    for zone in ("-5", "9"):
        roundup.put_zone("carla", zone)
        desk = DeskAtRoundup(roundup, tmp_path / zone, agent="carla")
        desk.once()
        for _ in range(2):
            ref = write(desk, customer)
            desk.once()
            assert len(desk.messages(ref)) == 1
    roundup.put_zone("carla", "")


def test_what_happened_before_a_day_is_left_alone(roundup: RoundupServer, tmp_path: Path, customer: str) -> None:
    for day, there in ((date(2000, 1, 1), True), (date(2999, 1, 1), False)):
        desk = DeskAtRoundup(roundup, tmp_path / day.isoformat(), since=day)
        ref = write(desk, customer)
        desk.once()
        assert (ref in {one.external_ref for one in desk.tickets()}) is there


def test_check_tells_what_is_set_up_and_each_fault_in_one_sentence(desk: DeskAtRoundup) -> None:
    assert connector(desk).check().startswith("Roundup, as alice, 8 statuses, ")
    faults: dict[str, dict[str, object]] = {
        "has no status 'nada'; it has": {"statuses": {"nada": Status.OPEN}},
        "has no component 'Nada'; it has Billing, Soporte": {"queues": {"Nada": ""}},
        "set queue-field": {"queue_field": ""},
        "check the url": {"url": f"{desk.server.url}/nowhere"},
        "does not accept the password": {"user": "nadie"},
    }
    for words, changes in faults.items():
        with pytest.raises(ConnectorError) as caught:
            connector(desk, changes=changes).check()
        assert words in caught.value.message
        assert "\n" not in caught.value.message
    with pytest.raises(ConnectorError, match="needs the right 'Rest Access'"):
        Roundup(desk.tracker_of("nobody"), lambda one: "nobody-pass").check()
    assert "addresses are hidden" in Roundup(desk.tracker_of("plain", queues={}), lambda one: "plain-pass").check()
    hidden = connector(desk, changes={"note_field": "secret", "fields": Fields("nada", "nada", "nada")})
    assert "notes stay here" in hidden.check()
    assert Capability.NOTE in hidden.capabilities


def test_a_mirror_that_was_cut_goes_on_where_it_was(roundup: RoundupServer, tmp_path: Path) -> None:
    refs = {roundup.ask("POST", "issue", {"title": f"Caso {one}", "component": "Billing"})["id"] for one in range(130)}
    desk = DeskAtRoundup(roundup, tmp_path, queue="Billing")
    assert whole(connector(desk)) == sorted(refs)
    desk.cut_after(7)  # requests: before the second page
    with pytest.raises(ConnectorError, match="ended"):
        desk.once()
    assert 0 < len(desk.tickets()) < len(refs)
    desk.once()
    assert {one.external_ref for one in desk.tickets()} == refs
    assert len(desk.tickets()) == len(refs)
    assert desk.once() == 0


def whole(system: Roundup) -> list[str]:
    """Read a tracker page by page, each page twice in vain before it is read; return what was read."""
    batch = system.after("", lambda number: False)
    found = list(batch.tickets)
    for _ in range(6):
        cut = UnreachableError("Not reachable", "The connection was ended by the test.")
        for place in ((Rest, "rows"), (Reading, "happened")):
            with patch.object(*place, side_effect=cut), suppress(UnreachableError):
                system.after(batch.cursor, lambda number: False)
        batch = system.after(batch.cursor, lambda number: False)
        found += batch.tickets
    system.close()
    assert not batch.more
    return sorted(found)


def test_a_web_token_says_whose_it_is() -> None:
    claims = base64.urlsafe_b64encode(b'{"sub": 7, "roles": ["agent"]}').decode().rstrip("=")
    token = f"eyJhbGciOiJIUzI1NiJ9.{claims}.c2lnbmVk"
    assert (subject(token), subject("a.b.c"), subject("contraseña.con.puntos"), subject("x")) == ("7", "", "", "")
    tracker = complete(Tracker("desk", "https://issues.example/support/rest", kind="roundup", user="eva"))
    assert tracker.url == "https://issues.example/support"
    headers = {secret: Rest(tracker, lambda one, secret=secret: secret).headers() for secret in (token, "clave ñ")}
    assert headers[token]["Authorization"] == f"Bearer {token}"
    assert headers["clave ñ"]["Authorization"] == "Basic " + base64.b64encode("eva:clave ñ".encode()).decode()
    assert headers[token]["Origin"] == "https://issues.example"
    with pytest.raises(UnreachableError, match="needs a user"):
        Rest(msgspec.structs.replace(tracker, user=""), lambda one: "clave").headers()


@example(name="Evil <boss@desk.example>, x", login="a")
@example(name="", login='¡";')
@example(name="Peña Ruiz, Ana; de: (Ñ) [x] a@b.example", login="a")
@given(name=st.text(max_size=40), login=st.text(max_size=20))
def test_what_somebody_calls_themselves_never_passes_for_an_address(name: str, login: str) -> None:
    who = Person("9", login, "ana@clientes.example", name)
    for sender in (who.written, who.signed):
        raw = as_mail(Written(sender, "", "Hola", 0, "<a@b.example>", "Hola"), "issues.example")
        assert read_mail(raw, connector="roundup:desk", source="").from_address == "ana@clientes.example"


def test_a_moment_that_is_none_is_the_beginning() -> None:
    assert (moment("2026-11-23.16:23:46"), moment("2026-11-23.16:23:46.123")) == (1795451026, 1795451026)
    assert [moment(written) for written in ("None", "", "yesterday", "2026-13-41.00:00:00")] == [0, 0, 0, 0]


def test_a_reply_that_was_written_and_never_hung_in_leaves_with_its_last_words(
    desk: DeskAtRoundup, customer: str
) -> None:
    ref = write(desk, customer)
    system = connector(desk)
    for words in ("Primera versión.", "Segunda versión, ñ.", "Segunda versión, ñ."):
        stood = system.ticket(ref)
        offered = system.offer(RemoteReply(ref, "one@tridesk", words, version=stood.version))
    offered.finish()
    system.offer(RemoteReply(ref, "one@tridesk", words)).finish()
    system.close()
    assert [desk.server.words(mail) for mail in desk.server.mailed(customer)] == ["Segunda versión, ñ."]
    assert len(desk.server.issue(ref)["messages"]) == 2


def test_where_addresses_are_hidden_the_tracker_finds_the_customer(
    roundup: RoundupServer, tmp_path: Path, customer: str
) -> None:
    roundup.passwords["plain"] = "plain-pass"
    desk = DeskAtRoundup(roundup, tmp_path, agent="plain", queues={}, queue_field="")
    del roundup.passwords["plain"]
    ref = write(desk, customer)
    desk.once()
    (message,) = desk.messages(ref)
    assert (message.direction, message.from_address.rpartition("@")[2]) == (Direction.IN, "127.0.0.1")
    desk.reply(desk.mirrored(ref).id, "Hola, ya está.")
    desk.once()
    assert desk.states() == [OutboxState.SENT]
    assert [desk.server.words(mail) for mail in desk.server.mailed(customer)] == ["Hola, ya está."]

"""The Zendesk connector against a stand-in that keeps its tickets: what the contract of all connectors leaves open."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from data.errors import ConnectorError
from data.records.changes import Change
from data.records.outbox import Enclosure, OutboxState
from data.records.tickets import Status
from queues.accounts.ticketing_system import Tracker, complete
from queues.connectors.base import RemoteReply, RemoteTicket
from queues.connectors.web import BusyError
from queues.connectors.zendesk import Zendesk
from queues.remotes.links import Link, LinkState
from tests.servers.desk_at_mail import until
from tests.servers.desk_at_tracker import DeskAtSystem
from tests.servers.zendesk_double import ZendeskDouble
from tui.accounts.mail_worker import MailKeeper

SUPPORT = 71


pytestmark = pytest.mark.usefixtures("one_helper")


@pytest.fixture
def double(zendesk: ZendeskDouble) -> ZendeskDouble:
    for agent in ("alice", "bruno"):
        zendesk.add_agent(agent)
    zendesk.state.groups[SUPPORT] = "Soporte"
    return zendesk


@pytest.fixture
def desk(double: ZendeskDouble, tmp_path: Path) -> DeskAtSystem:
    return at(double, tmp_path)


def at(double: ZendeskDouble, folder: Path, agent: str = "alice", **changes: object) -> DeskAtSystem:
    named = {"user": f"{agent}@team.example", "file_hosts": ("localhost",)}
    values: dict[str, object] = {"kind": "zendesk", **named, **changes}
    return DeskAtSystem(double.url, double.tokens[agent], folder, agent=agent, **values)  # type: ignore[arg-type]


def opened(double: ZendeskDouble, words: str = "Hola, ¿me ayudan con la factura?", **values: object) -> int:
    """Have a customer open a ticket more than a minute ago."""
    state = double.state
    customer = state.add_user("Ana Gil", f"ana{len(state.tickets)}@clientes.example")
    number = state.open(customer, "Consulta", words, **{"group_id": SUPPORT, **values})  # type: ignore[arg-type]
    state.pass_time()
    return number


def write(double: ZendeskDouble, ticket: int, words: str = "Ya está.", **more: object) -> None:
    customer = double.state.tickets[ticket]["requester_id"]
    double.state.write(ticket, customer, words, **more)  # type: ignore[arg-type]


def sent(double: ZendeskDouble) -> list[str]:
    return [str(one["body"]) for one in double.state.replies()]


def puts(double: ZendeskDouble) -> int:
    return sum(method == "PUT" for method, _, _ in double.heard)


def test_a_word_of_the_last_minute_holds_a_reply_though_the_export_leaves_it_out(
    double: ZendeskDouble, desk: DeskAtSystem
) -> None:
    ticket = opened(double)
    desk.once()
    desk.reply(desk.mirrored(str(ticket)).id)
    write(double, ticket, "Perdón, era otra factura.")
    desk.once()
    assert desk.states() == [OutboxState.HELD]
    assert sent(double) == []
    assert "Perdón, era otra factura." in [one.text for one in desk.messages(str(ticket))]
    double.state.pass_time()
    desk.once()
    assert len(desk.messages(str(ticket))) == 3


def test_a_ticket_taken_for_a_reply_that_is_then_held_is_ours_here_too(
    double: ZendeskDouble, desk: DeskAtSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = opened(double)
    desk.once()
    desk.reply(desk.mirrored(str(ticket)).id)
    take = Zendesk.take

    def meanwhile(self: Zendesk, ref: str, seen: str) -> RemoteTicket:
        taken = take(self, ref, seen)
        write(double, ticket, "Perdón, era otra factura.")
        return taken

    monkeypatch.setattr(Zendesk, "take", meanwhile)
    desk.once()
    assert desk.states() == [OutboxState.HELD]
    assert sent(double) == []
    assert desk.mirrored(str(ticket)).assignee == desk.settings.agent


def test_a_reply_that_was_taken_but_never_answered_is_found_by_its_mark(
    double: ZendeskDouble, desk: DeskAtSystem
) -> None:
    ticket = opened(double)
    desk.once()
    number = desk.mirrored(str(ticket)).id
    desk.act(number, Change(assignee="alice-here", override_reason="a test"))
    desk.once()
    desk.reply(number)
    double.fault("PUT", f"tickets/{ticket}", -1)
    desk.once()
    assert desk.states() == [OutboxState.IN_DOUBT]
    desk.once()
    assert desk.states() == [OutboxState.SENT]
    assert sent(double) == ["Ya está, un saludo."]


def test_a_reply_that_was_not_heard_stays_in_doubt_for_the_agent(double: ZendeskDouble, desk: DeskAtSystem) -> None:
    ticket = opened(double, assignee_id=double.users["alice"])
    desk.once()
    desk.reply(desk.mirrored(str(ticket)).id)
    double.fault("PUT", f"tickets/{ticket}", 0)
    for _ in range(3):
        desk.once()
        double.state.pass_time()
    assert desk.states() == [OutboxState.IN_DOUBT]
    assert sent(double) == []


def test_what_changes_at_the_last_byte_holds_a_reply_only_where_it_is_a_word_to_it(
    double: ZendeskDouble, desk: DeskAtSystem
) -> None:
    refs = [opened(double, assignee_id=double.users["alice"]) for _ in range(2)]
    desk.once()
    double.meanwhile("PUT", f"tickets/{refs[0]}", lambda: write(double, refs[0], "Espere."))
    note = ("Vip.", double.users["bruno"])
    double.meanwhile("PUT", f"tickets/{refs[1]}", lambda: double.state.write(refs[1], note[1], note[0], public=False))
    for ref in refs:
        desk.reply(desk.mirrored(str(ref)).id)
    desk.once()
    assert desk.states() == [OutboxState.HELD, OutboxState.SENT]
    assert sent(double) == ["Ya está, un saludo."]
    assert [one.text for one in desk.messages(str(refs[0]))][-1] == "Espere."


def test_one_update_carries_words_status_tags_macro_and_files(
    double: ZendeskDouble, desk: DeskAtSystem, tmp_path: Path
) -> None:
    state = double.state
    state.fields[501] = {"id": 501, "title": "Macro", "type": "text"}
    state.fields[502] = {"id": 502, "title": "Language", "type": "tagger",
                         "custom_field_options": [{"name": "es", "value": "lang_es"}]}  # fmt: skip
    ticket = opened(double, assignee_id=double.users["alice"], tags=["vip"])
    desk.once()
    number = desk.mirrored(str(ticket)).id
    assert "vip" in desk.mirrored(str(ticket)).tags
    file = tmp_path / "guía.txt"
    file.write_text("¡Hola!", encoding="utf-8")
    enclosed = (Enclosure(str(file), file.name, file.stat().st_size),)
    desk.reply(number, macro="billing/refund", add_tags=("refund", "Two Words"), attachments=enclosed,
               status=Status.SOLVED)  # fmt: skip
    before = puts(double)
    desk.once()
    assert puts(double) == before + 1
    found = state.tickets[ticket]
    assert (found["status"], found["tags"]) == ("solved", ["payment", "refund", "vip"])
    assert found["custom_fields"] == [{"id": 501, "value": "billing/refund"}, {"id": 502, "value": "lang_es"}]
    (attached,) = state.replies()[0]["attachments"]
    assert (attached["file_name"], state.files[attached["id"]]["content"]) == ("guía.txt", "¡Hola!".encode())
    assert any("Two Words" in sentence for sentence in desk.said)


def test_files_come_in_and_another_host_is_not_told_who_we_are(double: ZendeskDouble, desk: DeskAtSystem) -> None:
    kept = double.state.keep("foto.png", "image/png", b"\x89PNG" * 9)
    ticket = opened(double, files=[kept])
    desk.once()
    (message,) = desk.messages(str(ticket))
    assert [(one.filename, one.size) for one in message.attachments] == [("foto.png", 36)]
    fetched = {path: user for _, path, user in double.heard if path.startswith(("/files", "/attachments"))}
    assert fetched == {f"/attachments/token/{kept}/": double.users["alice"], f"/files/{kept}": 0}


def test_a_closed_ticket_takes_no_reply_and_says_what_to_do(double: ZendeskDouble, desk: DeskAtSystem) -> None:
    ticket = opened(double, assignee_id=double.users["alice"])
    desk.once()
    desk.reply(desk.mirrored(str(ticket)).id)
    double.state.tickets[ticket]["status"] = "closed"
    desk.once()
    (entry,) = desk.outbox()
    assert entry.state is OutboxState.FAILED
    assert "can never be changed again; open a follow-up" in entry.reason


def test_statuses_that_a_team_made_are_read_kept_and_set(double: ZendeskDouble, tmp_path: Path) -> None:
    double.state.statuses = {
        81: {"id": 81, "status_category": "pending", "agent_label": "Pending", "default": True},
        82: {"id": 82, "status_category": "hold", "agent_label": "With the bank", "default": False},
        83: {"id": 83, "status_category": "solved", "agent_label": "Refunded", "default": False},
    }
    desk = at(double, tmp_path, statuses={"Refunded": Status.SOLVED})
    ticket = opened(double, status="hold", custom_status_id=82, assignee_id=double.users["alice"])
    double.state.tickets[ticket] |= {"status": "hold", "custom_status_id": 82}
    desk.once()
    mirrored = desk.mirrored(str(ticket))
    assert mirrored.status is Status.ON_HOLD
    desk.act(mirrored.id, Change(note="Called.", override_reason="a test"))
    desk.once()
    assert double.state.tickets[ticket]["custom_status_id"] == 82
    desk.act(mirrored.id, Change(status=Status.SOLVED, override_reason="a test"))
    desk.once()
    assert double.state.tickets[ticket]["custom_status_id"] == 83


def test_brands_and_views_are_queues_and_the_first_that_holds_a_ticket_counts(
    double: ZendeskDouble, tmp_path: Path
) -> None:
    double.state.brands[91] = "Lumivo ES"
    double.state.views[95] = {"id": 95, "title": "Rabia", "tags": ["angry"]}
    desk = at(double, tmp_path, queues={"view:Rabia": "safety", "brand:Lumivo ES": "app", "Soporte": "mail"})
    refs = [opened(double, "Hola.", **values)
            for values in ({"brand_id": 91, "tags": ["angry"]}, {"brand_id": 91}, {}, {"group_id": None})]  # fmt: skip
    desk.once()
    assert {one.external_ref: one.lane for one in desk.tickets()} == {
        str(refs[0]): "safety", str(refs[1]): "app", str(refs[2]): "mail",
    }  # fmt: skip


def test_what_is_cut_is_made_good_and_nothing_is_asked_twice_for_nothing(
    double: ZendeskDouble, desk: DeskAtSystem
) -> None:
    for _ in range(60):
        opened(double)
    double.fault("GET", "tickets/55/audits", 500)
    with pytest.raises(ConnectorError):
        desk.once()
    assert len(desk.tickets()) == 50
    desk.once()
    assert len(desk.tickets()) == 60
    heard = len(double.heard)
    desk.once()
    assert [path for _, path, _ in double.heard[heard:]] == ["/api/v2/incremental/tickets/cursor.json"]


def test_what_a_colleague_did_is_followed_and_what_was_followed_is_not_followed_again(
    double: ZendeskDouble, desk: DeskAtSystem
) -> None:
    ticket = opened(double)
    desk.once()
    double.state.change(ticket, double.users["bruno"], {"assignee_id": double.users["bruno"], "status": "pending"})
    double.state.pass_time()
    desk.once()
    mirrored = desk.mirrored(str(ticket))
    assert (mirrored.assignee, mirrored.status) == ("bruno@team.example", Status.PENDING)
    desk.settings = msgspec.structs.replace(desk.settings, undo_seconds=900)
    desk.act(mirrored.id, Change(status=Status.ON_HOLD, override_reason="a test"))
    double.state.write(ticket, double.users["bruno"], "Nota.", public=False)
    double.state.pass_time()
    desk.once()
    assert desk.mirrored(str(ticket)).status is Status.ON_HOLD
    double.state.tickets[ticket] |= {"status": "deleted", "generated_timestamp": double.state.now}
    double.state.pass_time()
    desk.once()
    assert desk.mirrored(str(ticket)).status is Status.CLOSED


@pytest.mark.parametrize(
    ("status", "headers", "words"),
    [
        (429, {"Retry-After": "37"}, "asks to wait 37 seconds"),
        (401, {}, "does not accept the token"),
        (500, {}, "failed"),
        (0, {}, "ended the connection"),
    ],
)
def test_each_fault_is_one_sentence_and_gets_well_by_itself(
    double: ZendeskDouble, desk: DeskAtSystem, status: int, headers: dict[str, str], words: str
) -> None:
    opened(double)
    double.fault("GET", "incremental", status, headers)
    with pytest.raises(ConnectorError, match=words):
        desk.once()
    desk.once()
    assert len(desk.tickets()) == 1


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("acme", "https://acme.zendesk.com"),
        ("https://acme.zendesk.com/api/v2", "https://acme.zendesk.com"),
        (" acme ", "https://acme.zendesk.com"),
    ],
)
def test_the_subdomain_is_enough(given: str, url: str) -> None:
    tracker = complete(Tracker("z", given, kind="zendesk"))
    assert (tracker.url, tracker.connector, tracker.poll, tracker.requests) == (url, "zendesk:z", 60, 100)


def test_what_it_is_asked_is_told_and_what_it_asks_for_is_done(double: ZendeskDouble, desk: DeskAtSystem) -> None:
    opened(double)
    desk.once()
    link = desk.link()
    assert link is not None
    assert (link.used, link.allowed) == (len(double.heard), 100_000)
    told: list[tuple[str, Link]] = []
    keeper = MailKeeper(desk.path, desk.settings, desk.secret, paced=lambda *one: told.append(one))
    double.fault("GET", "incremental", 429, {"Retry-After": "900"})
    keeper.start(delays=(0.01,))
    until(lambda: bool(told))
    keeper.stop()
    name, waiting = told[0]
    assert (name, waiting.state) == ("desk", LinkState.OFFLINE)
    assert 900 <= waiting.next_at - waiting.at <= 1_350
    assert sum(path.endswith("cursor.json") for _, path, _ in double.heard) == 2


def test_a_fault_that_stays_is_told_once_and_met_ever_more_seldom(double: ZendeskDouble, desk: DeskAtSystem) -> None:
    ticket = opened(double)
    desk.once()
    desk.act(desk.mirrored(str(ticket)).id, Change(note="Llamé.", override_reason="a test"))
    for _ in range(50):
        double.fault("PUT", f"tickets/{ticket}", 500)
    desk.start(delays=(0.01, 0.02, 30.0))
    until(lambda: puts(double) >= 3)
    desk.stop()
    assert puts(double) == 3
    assert sum("failed" in sentence for sentence in desk.said) == 1
    assert not any("online again" in sentence for sentence in desk.said)


def test_what_the_account_has_left_is_heeded_before_it_is_used_up(double: ZendeskDouble) -> None:
    double.limit, waits = 2, list[float]()
    tracker = complete(Tracker("z", double.url, kind="zendesk", user="alice@team.example"))
    system = Zendesk(tracker, lambda tracker: double.tokens["alice"])
    system.wait_by(waits.append)
    assert system.me() == "alice@team.example"
    assert system.after("", lambda number: False).messages == ()
    assert waits == []
    with pytest.raises(BusyError) as caught:  # the test's own wait takes no time
        system.newest()
    system.close()
    assert [round(seconds) for seconds in waits] == [41]
    assert caught.value.seconds == 30


def system_of(double: ZendeskDouble, agent: str = "alice") -> Zendesk:
    """Return the connector alone."""
    tracker = complete(Tracker("z", double.url, kind="zendesk", user=f"{agent}@team.example",
                               requests_per_minute=100_000))  # fmt: skip
    return Zendesk(tracker, lambda tracker: double.tokens[agent])


def test_the_mark_of_a_reply_is_where_the_audit_has_what_an_update_brought(double: ZendeskDouble) -> None:
    ticket = opened(double)
    system = system_of(double)
    number = system.comment(str(ticket), "Llamé.", "note.abc.7")
    (audit,) = [one for one in double.state.audits[ticket] if one["author_id"] == double.users["alice"]]
    assert audit["metadata"]["custom"] == {"tridesk": "note.abc.7"}
    batch = system.look(str(ticket), lambda known: False)
    system.close()
    assert [(one.number, one.mark) for one in batch.messages][-1] == (number, "note.abc.7")


def test_an_endpoint_that_is_used_up_waits_and_the_others_go_on(double: ZendeskDouble) -> None:
    refs = [str(opened(double)) for _ in range(2)]
    double.updates_left, waits = 1, list[float]()
    system = system_of(double)
    system.wait_by(waits.append)
    system.set_status(refs[0], "open", "")
    system.ticket(refs[1])
    assert waits == []
    system.set_status(refs[1], "open", "")
    system.close()
    assert [round(seconds) for seconds in waits] == [17]


def test_a_sandbox_that_takes_twenty_requests_a_minute_gets_no_more(double: ZendeskDouble) -> None:
    double.limit, waits = 20, list[float]()
    system = system_of(double)

    def wait(seconds: float) -> None:
        waits.append(seconds)
        raise TimeoutError

    system.wait_by(wait)
    for _ in range(20):
        system.newest()
    with pytest.raises(TimeoutError):
        system.newest()
    system.close()
    assert len(double.heard) == 20
    assert waits == pytest.approx([41], abs=5)


def test_a_ticket_with_thirty_updates_waits_alone(double: ZendeskDouble, desk: DeskAtSystem) -> None:
    busy, other = (opened(double, assignee_id=double.users["alice"]) for _ in range(2))
    system = system_of(double)
    for turn in range(30):
        system.set_status(str(busy), ("open", "pending")[turn % 2], "")
    with pytest.raises(ConnectorError, match=f"takes 30 updates of a ticket in 10 minutes; ticket {busy} goes on in"):
        system.comment(str(busy), "Nota.", "note.a.1")
    with pytest.raises(ConnectorError, match="goes on in"):
        system.offer(RemoteReply(str(busy), "reply@tridesk", "Hola."))
    assert system.take(str(busy), "").owner == "alice@team.example"
    system.offer(RemoteReply(str(other), "other@tridesk", "Hola.")).finish()
    system.close()
    assert sent(double) == ["Hola."]
    assert not any(status == 429 for status in double.answered)


@pytest.mark.parametrize(
    ("values", "people"),
    [
        ({"email_cc_ids": ["cc"], "collaborator_ids": ["cc", "follower"], "follower_ids": ["follower"]}, {"cc"}),
        ({"collaborator_ids": ["cc"]}, {"cc"}),
        ({"email_cc_ids": [], "collaborator_ids": ["follower"], "follower_ids": ["follower"]}, set()),
        ({}, set()),
    ],
)
def test_who_gets_a_reply_are_the_ccs_or_without_ccs_the_collaborators(
    double: ZendeskDouble, values: dict[str, list[str]], people: set[str]
) -> None:
    known = {name: double.state.add_user(name, f"{name}@clientes.example") for name in ("cc", "follower")}
    numbers: dict[str, object] = {name: [known[one] for one in ones] for name, ones in values.items()}
    ticket = opened(double, "Hola.", **numbers)
    system = system_of(double)
    remote = system.ticket(str(ticket))
    system.close()
    assert remote.people == {remote.requestor} | {f"{name}@clientes.example" for name in people}


def test_a_messaging_conversation_gets_no_mail_and_its_ticket_is_open_again(
    double: ZendeskDouble, desk: DeskAtSystem
) -> None:
    ticket = opened(double, via="native_messaging", from_messaging_channel=True, assignee_id=double.users["alice"])
    desk.once()
    desk.reply(desk.mirrored(str(ticket)).id)
    desk.once()
    (entry,) = desk.outbox()
    assert entry.state is OutboxState.FAILED
    assert "is a messaging conversation: its customer would not get this as mail. Answer it in Zendesk" in entry.reason
    assert sent(double) == []
    assert desk.mirrored(str(ticket)).status is Status.OPEN


def test_a_claim_leaves_a_ticket_in_its_group_or_is_refused_with_the_reason(
    double: ZendeskDouble, desk: DeskAtSystem
) -> None:
    double.state.groups[72] = "Billing"
    double.state.memberships = {double.users["alice"]: [72, SUPPORT], double.users["bruno"]: [72]}
    ours, theirs = (opened(double) for _ in range(2))
    desk.once()
    desk.act(desk.mirrored(str(ours)).id, Change(assignee="alice-here", override_reason="a test"))
    desk.once()
    found = double.state.tickets[ours]
    assert (found["assignee_id"], found["group_id"]) == (double.users["alice"], SUPPORT)
    double.state.memberships[double.users["alice"]] = [72]
    desk.act(desk.mirrored(str(theirs)).id, Change(assignee="alice-here", override_reason="a test"))
    desk.once()
    found = double.state.tickets[theirs]
    assert (found["assignee_id"], found["group_id"]) == (None, SUPPORT)
    assert desk.mirrored(str(theirs)).assignee == ""
    assert any(f"Ticket {theirs} is in the group Soporte of Zendesk, and alice@team.example may not have it there; add "
               "the agent to that group" in sentence for sentence in desk.said)  # fmt: skip


def test_a_file_of_a_brand_with_its_own_host_is_fetched_from_its_second_address(
    double: ZendeskDouble, desk: DeskAtSystem
) -> None:
    kept = double.state.keep("foto.png", "image/png", b"\x89PNG" * 9)
    double.state.files[kept]["content_url"] = "http://help.brand.example/attachments/token/1/"
    ticket = opened(double, files=[kept])
    desk.once()
    (message,) = desk.messages(str(ticket))
    assert [(one.filename, one.size) for one in message.attachments] == [("foto.png", 36)]

"""The Zendesk connector against a stand-in that keeps its tickets: what the contract of all connectors leaves open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from data.errors import ConnectorError
from data.records.changes import Change
from data.records.outbox import Enclosure, OutboxState
from data.records.tickets import Status
from queues.accounts.ticketing_system import Tracker, complete
from queues.connectors.base import RemoteTicket
from queues.connectors.web import BusyError
from queues.connectors.zendesk import Zendesk
from queues.helper.client import Helper
from queues.remotes.links import Link, LinkState
from tests.servers.desk_at_mail import until
from tests.servers.desk_at_tracker import DeskAtSystem
from tests.servers.zendesk_double import ZendeskDouble
from tui.accounts.mail_worker import MailKeeper

SUPPORT = 71


class OneHelper(Helper):
    """A helper process that outlives who used it: starting one takes longer than most of these tests."""

    def close(self) -> None:
        """Stay."""

    def end(self) -> None:
        """End the process."""
        super().close()


@pytest.fixture(scope="module")
def helper() -> Iterator[OneHelper]:
    shared = OneHelper()
    yield shared
    shared.end()


@pytest.fixture(autouse=True)
def shared(helper: OneHelper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.accounts.mail_worker.Helper", lambda: helper)


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

"""The Help Scout connector against a stand-in that keeps its conversations: what the contract of all leaves open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from data.errors import ConnectorError, RefusedError
from data.records.changes import Change
from data.records.messages import Direction
from data.records.outbox import OutboxState
from data.records.tickets import Status
from queues.accounts.ticketing_system import Tracker, complete
from queues.connectors.base import Batch, RemoteReply
from queues.connectors.helpscout import LARGEST_FILE, LARGEST_REPLY, HelpScout
from queues.connectors.web import NotFoundError, StaleError, TokenRefusedError
from tests.servers.desk_at_tracker import DeskAtSystem
from tests.servers.help_scout_double import PAGE, HelpScoutDouble
from tests.servers.hosted_double import File
from tests.servers.web_double import WebDouble
from tests.servers.web_handler import Answer

pytestmark = pytest.mark.usefixtures("one_helper")

INBOX, FIELD = 85, 104
LIST = ("GET", "/v2/conversations")


@pytest.fixture
def double(help_scout: HelpScoutDouble) -> HelpScoutDouble:
    for agent in ("alice", "bruno"):
        help_scout.add_agent(agent)
    return help_scout


@pytest.fixture
def desk(double: HelpScoutDouble, tmp_path: Path) -> DeskAtSystem:
    return DeskAtSystem(double.url, "secret-of-alice", tmp_path, kind="helpscout", user="app-of-alice")


@pytest.fixture
def system(double: HelpScoutDouble) -> Iterator[HelpScout]:
    """Give the connector alone."""
    made = connector(double)
    yield made
    made.close()


def connector(double: HelpScoutDouble, secret: str = "secret-of-alice", **changes: object) -> HelpScout:
    given = {"user": "app-of-alice", "requests_per_minute": 100_000, **changes}
    return HelpScout(complete(Tracker("h", double.url, kind="helpscout", **given)), lambda tracker: secret)  # type: ignore[arg-type]


def opened(double: HelpScoutDouble, html: str = "Hola.", **values: object) -> int:
    customer = double.state.add_customer("Ana Gil", f"c{double.state.number()}@clientes.example")
    return double.state.open(customer, "Mi pedido", html, **{"inbox": INBOX, **values})  # type: ignore[arg-type]


def all_of(system: HelpScout, cursor: str = "") -> tuple[list[Batch], str]:
    """Fetch page by page to the end."""
    batches = [system.after(cursor, lambda number: False)]
    while batches[-1].more:
        batches.append(system.after(batches[-1].cursor, lambda number: False))
    return batches, batches[-1].cursor


def taken(desk: DeskAtSystem, ref: int) -> None:
    """Have the agent own a ticket, so that a reply to it is the next that is written."""
    desk.act(desk.mirrored(str(ref)).id, Change(assignee=desk.settings.agent))
    desk.once()


def quiet(double: HelpScoutDouble, system: HelpScout, cursor: str) -> str:
    """Read until nothing that was seen can look new."""
    double.pass_time(600)
    opened(double)
    _, cursor = all_of(system, cursor)
    system._feed._clock = lambda: 1e9  # so late that no other change bears these times
    for _ in range(2):
        _, cursor = all_of(system, cursor)
    return cursor


def test_all_pages_are_read_and_then_one_request_says_that_nothing_is_new(
    double: HelpScoutDouble, system: HelpScout
) -> None:
    refs = {str(opened(double)) for _ in range(2 * PAGE + 10)}
    batches, cursor = all_of(system)
    assert {event.ref for batch in batches for event in batch.messages} == refs
    assert system.newest() == 2 * PAGE + 10
    cursor = quiet(double, system, cursor)
    before = len(double.heard)
    (nothing,), again = all_of(system, cursor)
    assert (nothing.messages, nothing.moved, again) == ((), {}, cursor)
    assert double.heard[before:] == [LIST]


def test_a_change_that_no_time_shows_is_seen(double: HelpScoutDouble, system: HelpScout) -> None:
    ref = opened(double)
    cursor = quiet(double, system, all_of(system)[1])
    double.state.workflow(ref, "closed")
    (batch,), _ = all_of(system, cursor)
    assert batch.tickets[str(ref)].status == "closed"


def test_a_long_conversation_is_read_back_to_what_is_known(double: HelpScoutDouble, system: HelpScout) -> None:
    ref = opened(double)
    for number in range(60):
        double.state.write(ref, f"Mensaje {number}.")
    for _ in range(30):  # a page of nothing but changes ends no search
        double.state.add(ref, "lineitem", "", user=double.user("bruno"))
    known = {event.number for event in system.look(str(ref), lambda number: False).messages}
    assert len(known) == 61
    before = len(double.heard)
    assert system.look(str(ref), known.__contains__).messages == ()
    assert [path for _, path in double.heard[before:]].count(f"/v2/conversations/{ref}/threads") == 2


def test_who_wrote_what_is_kept_and_changes_and_drafts_are_left_out(
    double: HelpScoutDouble, desk: DeskAtSystem
) -> None:
    ref = opened(double, "Hola, <b>¿qué tal?</b>")
    bruno = double.user("bruno")
    double.state.set_tags(ref, bruno, ["vip"])
    double.state.add(ref, "note", "Vip.", user=bruno)
    double.state.add(ref, "message", "Borrador.", user=bruno, state="draft")
    double.state.add(ref, "message", "Buenos <i>días</i>.", user=bruno, cc=["jefa@clientes.example"])
    double.state.add(ref, "beaconchat", "¿Hay alguien?", customer=True)
    double.state.add(ref, "beaconchat", "Sí.", user=bruno)
    double.state.add(ref, "phone", "Llamó.", user=bruno)
    desk.once()
    messages = desk.messages(str(ref))
    assert [(one.direction, one.text.strip()) for one in messages] == [
        (Direction.IN, "Hola, ¿qué tal?"), (Direction.NOTE, "Vip."), (Direction.OUT, "Buenos días."),
        (Direction.IN, "¿Hay alguien?"), (Direction.OUT, "Sí."), (Direction.NOTE, "Llamó."),
    ]  # fmt: skip
    assert (messages[1].from_address, messages[2].cc) == ("bruno@team.example", ("jefa@clientes.example",))
    ticket = desk.mirrored(str(ref))
    assert (ticket.subject, ticket.tags, ticket.status) == ("Mi pedido", ("vip",), Status.OPEN)


def test_a_reply_keeps_the_status_that_nobody_changed(double: HelpScoutDouble, system: HelpScout) -> None:
    ref = opened(double, status="pending")
    assert system.offer(RemoteReply(str(ref), "m@tridesk", "Hola.")).finish() > 0
    assert double.state.conversations[ref]["status"] == "pending"  # left out, it would be active
    system.offer(RemoteReply(str(ref), "n@tridesk", "Adiós.", status="closed")).finish()
    assert double.state.conversations[ref]["status"] == "closed"


def test_a_reply_in_doubt_is_found_by_its_mark_and_never_sent_twice(
    double: HelpScoutDouble, desk: DeskAtSystem
) -> None:
    ref = opened(double)
    desk.once()
    taken(desk, ref)
    desk.reply(desk.mirrored(str(ref)).id)
    double.fault("POST", f"conversations/{ref}/reply", -1)
    desk.once()
    assert desk.states() == [OutboxState.IN_DOUBT]
    desk.once()
    assert (desk.states(), len(double.state.replies())) == ([OutboxState.SENT], 1)


def test_a_conversation_with_a_reply_in_doubt_that_moves_out_of_our_sight_holds_nothing_up(
    double: HelpScoutDouble, desk: DeskAtSystem
) -> None:
    ref, other = opened(double), opened(double)
    desk.once()
    taken(desk, ref)
    desk.reply(desk.mirrored(str(ref)).id)
    double.fault("POST", f"conversations/{ref}/reply", 0)
    desk.once()
    double.state.inboxes[86], double.state.access[double.user("alice")] = "Legal", {INBOX}
    double.state.conversations[ref]["mailboxId"] = 86
    desk.reply(desk.mirrored(str(other)).id)
    desk.once()
    assert desk.states() == [OutboxState.IN_DOUBT, OutboxState.SENT]
    assert any("no longer shows its ticket" in sentence for sentence in desk.said)


def test_a_reply_whose_mark_is_not_kept_stays_in_doubt(double: HelpScoutDouble, desk: DeskAtSystem) -> None:
    ref = opened(double)
    desk.once()
    desk.reply(desk.mirrored(str(ref)).id)
    double.fault("POST", f"conversations/{ref}/reply", -1)
    desk.once()
    double.state.replies()[0]["body"] = "Ya está, un saludo."
    for _ in range(2):
        desk.once()
    assert (desk.states(), len(double.state.replies())) == ([OutboxState.IN_DOUBT], 1)


def test_a_second_answer_is_held_where_a_colleague_has_answered(
    double: HelpScoutDouble, desk: DeskAtSystem, tmp_path: Path
) -> None:
    other = DeskAtSystem(double.url, "secret-of-bruno", tmp_path, agent="bruno", kind="helpscout", user="app-of-bruno")
    ref = opened(double)
    for one in (desk, other):
        one.once()
        one.reply(one.mirrored(str(ref)).id)
    for one in (desk, other, desk):
        one.once()
    assert (desk.states(), other.states()) == ([OutboxState.SENT], [OutboxState.HELD])
    assert len(double.state.replies()) == 1
    assert other.mirrored(str(ref)).assignee == "alice@team.example"


def test_a_merged_conversation_is_not_answered(double: HelpScoutDouble, desk: DeskAtSystem, system: HelpScout) -> None:
    ref, other = opened(double), opened(double, "Otra vez.")
    desk.once()
    desk.reply(desk.mirrored(str(ref)).id)
    double.state.merge(ref, other)
    desk.once()
    assert (desk.states(), double.state.replies()) == ([OutboxState.FAILED], [])
    assert "was merged into another one in Help Scout; answer that one" in desk.outbox()[0].reason
    assert len(desk.messages(str(other))) == 1  # what moved is known already
    with pytest.raises(NotFoundError, match="was merged into another one"):
        system.ticket(str(ref))


def test_what_cannot_be_answered_is_told(double: HelpScoutDouble, system: HelpScout) -> None:
    customer = double.state.add_customer("Ana", None)
    ref = str(double.state.open(customer, "Chat", "Hola.", inbox=INBOX))
    with pytest.raises(RefusedError, match="has no mail address in Help Scout; answer there"):
        system.offer(RemoteReply(ref, "m@tridesk", "Hola."))
    ref, large = str(opened(double)), b"x" * (LARGEST_REPLY + 1)
    with pytest.raises(RefusedError, match="takes files of 10 MB in a reply"):
        system.offer(RemoteReply(ref, "m@tridesk", "Hola.", files=(("a.bin", "image/png", large),)))
    for _ in range(99):
        double.state.write(int(ref), "Más.")
    with pytest.raises(RefusedError, match="takes no more threads in Help Scout"):
        system.offer(RemoteReply(ref, "m@tridesk", "Hola.")).finish()
    with pytest.raises(NotFoundError):
        system.ticket("1")


def test_an_owner_is_an_agent(double: HelpScoutDouble, system: HelpScout) -> None:
    ref = str(opened(double))
    assert system.take(ref, "").owner == "alice@team.example"
    with pytest.raises(RefusedError, match="has no agent nobody"):
        system.give(ref, "nobody", "alice@team.example")
    assert system.give(ref, "bruno@team.example", "alice@team.example").owner == "bruno@team.example"
    assert system.take(ref, "").owner == "bruno@team.example"  # someone was first
    assert system.give(ref, "", "bruno@team.example").owner == ""


def test_custom_fields_cross_over_and_a_colleague_who_was_first_wins(
    double: HelpScoutDouble, system: HelpScout
) -> None:
    double.state.fields |= {FIELD: "Order number", FIELD + 1: "Colour"}
    ref = str(opened(double, customFields={FIELD: "A-17", FIELD + 1: "rojo"}))
    remote = system.ticket(ref)
    assert dict(remote.values) == {"Order number": "A-17", "Colour": "rojo"}
    after = system.set_fields(ref, {"order number": "B-2", "nothing": "x"}, remote.version)
    assert dict(after.values) == {"Order number": "B-2", "Colour": "rojo"}
    double.state.write(int(ref), "Otra cosa.")
    with pytest.raises(StaleError):
        system.set_fields(ref, {"Order number": ""}, after.version)
    assert dict(system.set_fields(ref, {"Order number": ""}, "").values) == {"Colour": "rojo"}


def test_a_choice_is_written_by_its_number(double: HelpScoutDouble, system: HelpScout) -> None:
    double.state.fields[FIELD] = "Plan"
    ref = str(opened(double))
    field = {"id": FIELD, "name": "Plan", "type": "DROPDOWN", "options": [{"id": 8518, "label": "Free"}]}
    double.fault("GET", f"mailboxes/{INBOX}/fields", 200, body={"_embedded": {"fields": [field]}})
    system.set_fields(ref, {"Plan": "Free"}, "")
    assert double.state.conversations[int(ref)]["customFields"] == {FIELD: "8518"}


def test_tags_are_lower_case_and_others_stay_here(double: HelpScoutDouble, system: HelpScout) -> None:
    ref = opened(double)
    double.state.set_tags(ref, double.user("bruno"), ["vip", "old"])
    assert system.set_tags(str(ref), {"español", "VIP2"}, {"old"}).tags == {"vip", "español"}


def test_a_note_names_the_status_and_is_refused_as_a_reply_is_where_the_conversation_is_full(
    double: HelpScoutDouble, system: HelpScout
) -> None:
    ref = opened(double)
    double.state.patch(ref, double.user("alice"), {"op": "replace", "path": "/status", "value": "closed"})
    with patch.object(double.state, "say", wraps=double.state.say) as say:
        system.comment(str(ref), "Ojo.", "note.1")
    assert say.call_args.args[2]["status"] == "closed"
    for number in range(99):
        double.state.write(ref, f"Mensaje {number}.")
    with pytest.raises(RefusedError, match="takes no more threads"):
        system.comment(str(ref), "Ojo otra vez.", "note.2")


def test_a_file_too_large_is_named_and_not_fetched(double: HelpScoutDouble, system: HelpScout) -> None:
    ref = opened(double, files=[File("a.bin", "image/png", b"x")])
    double.state.threads[ref][0]["files"][0]["size"] = LARGEST_FILE + 1
    (event,) = system.look(str(ref), lambda number: False).messages
    assert b"a.bin" in event.raw
    assert not [path for _, path in double.heard if path.endswith("/data")]


def test_a_token_is_asked_for_once_and_again_when_it_is_refused(double: HelpScoutDouble, system: HelpScout) -> None:
    ref = str(opened(double))
    for _ in range(2):
        system.ticket(ref)
    tokens = ("POST", "/v2/oauth2/token")
    assert double.heard.count(tokens) == 1
    double.forget_tokens()  # it ran out or was revoked, which is nobody's fault and told to no one
    with patch.object(double, "_token", wraps=double._token) as asked:
        system.ticket(ref)
    assert asked.call_args.args[0].kind == "application/x-www-form-urlencoded"  # as OAuth has it (RFC 6749, 4.4.2)
    assert double.heard.count(tokens) == 2
    double.apps["app-of-alice"] = "another", double.user("alice")
    double.forget_tokens()
    with pytest.raises(TokenRefusedError):
        system.ticket(ref)
    double.apps["app-of-alice"] = "secret-of-alice", double.user("alice")
    system.ticket(ref)
    made = connector(double, secret=next(iter(double._tokens)), user="")  # an access token from elsewhere
    assert made.me() == "alice@team.example"
    made.close()


def test_a_minute_whose_requests_are_used_up_is_waited_for(double: HelpScoutDouble, system: HelpScout) -> None:
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        double.pass_time(60)

    system.wait_by(wait)
    ref = str(opened(double))
    system.ticket(ref)
    assert waits == []
    double.limit = double._used + 1
    system.ticket(ref)
    system.ticket(ref)
    assert [round(seconds) for seconds in waits] == [60]


@pytest.mark.parametrize(
    ("status", "headers", "body", "words"),
    [
        (429, {"X-RateLimit-Retry-After": "7"}, None, "asks to wait 7 seconds"),
        (401, {}, {"error": "invalid_token"}, "does not accept the token"),
        (403, {}, {"message": "Access denied"}, "403 Access denied"),
        (400, {}, {"message": "Bad request", "_embedded": {"errors": [{"path": "page", "message": "must be 1"}]}},
         "Bad request page: must be 1"),
        (502, {}, None, "failed"),
        (0, {}, None, "ended the connection"),
    ],
)  # fmt: skip
def test_each_fault_is_one_sentence_and_gets_well_by_itself(
    double: HelpScoutDouble, desk: DeskAtSystem, status: int, headers: dict[str, str], body: object, words: str
) -> None:
    opened(double)
    for _ in range(2):  # a request on a kept connection is made twice
        double.fault("GET", "conversations", status, headers, body)
    with pytest.raises(ConnectorError, match=words):
        desk.once()
    double._faults.clear()
    desk.once()
    assert len(desk.tickets()) == 1


def test_a_check_says_what_was_found_and_what_is_wrong(double: HelpScoutDouble, system: HelpScout) -> None:
    assert system.check().startswith("Help Scout, as alice@team.example, 1 inbox, 4 of ")
    wrong = connector(double, queues={"Ventas": ""})
    with pytest.raises(ConnectorError, match=r"has no inbox 'Ventas' that alice@team\.example can see; it has Soporte"):
        wrong.check()
    wrong.close()
    refused = connector(double, secret="another")
    with pytest.raises(TokenRefusedError):
        refused.check()
    refused.close()


def test_conversations_of_other_inboxes_are_left_alone(double: HelpScoutDouble, desk: DeskAtSystem) -> None:
    double.state.inboxes[86] = "Ventas"
    ref = opened(double)
    opened(double, inbox=86)
    desk.once()
    assert [one.external_ref for one in desk.tickets()] == [str(ref)]


def test_saved_replies_come_whole() -> None:
    answers: list[Answer] = [
        (200, {}, {"_embedded": {"mailboxes": [{"id": 7, "name": "Soporte"}]}, "page": {"totalPages": 1}}),
        (200, {}, [{"id": 1, "name": "Reset", "preview": "Ho"}]),
        (200, {}, {"id": 1, "name": "Reset", "text": "Hola."}),
    ]
    with WebDouble(answers) as double:
        system = HelpScout(complete(Tracker("h", double.url, kind="helpscout")), lambda tracker: "token")
        assert system.macros() == [{"id": 1, "name": "Reset", "text": "Hola."}]
        assert double.paths[1:] == ["/v2/mailboxes/7/saved-replies", "/v2/mailboxes/7/saved-replies/1"]
        system.close()

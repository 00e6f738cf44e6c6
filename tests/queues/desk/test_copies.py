"""People in Cc: who gets copies of replies, who waits for an agent's word, and that a stranger never gets one."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.utils import getaddresses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import ConflictError, RuleError
from data.records.changes import Change
from data.records.messages import MessageKind
from data.records.participants import Standing
from data.store import Store
from queues.accounts.mail_account import Account, complete
from queues.accounts.providers import Server
from queues.connectors.email import EmailConnector
from queues.connectors.outbox_folder import OutboxFolder
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.desk.participants import MOST_COPIED, is_person, participants, without
from queues.mail.addresses import written_address
from queues.mail.kind import kind_of
from queues.mail.letter import write
from queues.mail.letter_check import unfit_to_leave
from queues.mail.letter_fields import Letter, Person
from queues.mail.read_mail import read_mail
from queues.mail.sign_rules import UNAUTHENTICATED
from queues.outgoing.outbox import deliver_due
from tests.database import database
from tests.servers.smtp_double import SmtpDouble

START = 1_800_000_000
OURS = "help@desk.example"
ANA, BOB, EVE = "ana@clientes.example", "bob@clientes.example", "eve@else.example"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = Store.open(tmp_path / "desk.db")
    rules = DeskRules(sender=OURS, own_addresses=frozenset({"sales@desk.example"}), undo_seconds=0)
    yield Desk(store, clock=lambda: START, rules=rules, agent="noa")
    store.close()


_numbers = iter(range(1, 10_000))


def come(desk: Desk, *headers: str, sender: str = ANA, subject: str = "Mi pedido", connector: str = "files") -> int:
    """Let a mail come and return its ticket."""
    lines = (f"From: {sender}", f"To: {OURS}", f"Subject: {subject}", f"Message-ID: <{next(_numbers)}@x.example>")
    raw = "\r\n".join((*lines, *headers, "", "Hola")).encode()
    item = read_mail(raw, connector=connector, source="test", own_addresses=desk.rules.our_addresses)
    return desk.receive([item])[0].ticket_id


def answer(desk: Desk, ticket: int, *headers: str, sender: str = ANA) -> int:
    """Let an answer to the ticket's first mail come and return its ticket."""
    first = desk.store.messages.of(ticket)[0].message_id
    return come(desk, f"In-Reply-To: {first}", *headers, sender=sender, subject="Re: Mi pedido")


def people(desk: Desk, number: int) -> dict[str, Standing]:
    ticket = desk.store.tickets.get(number)
    assert ticket is not None
    return {one.address: one.standing for one in participants(desk.store, desk.rules, ticket)}


def test_the_cc_of_the_customers_first_mail_is_kept(desk: Desk) -> None:
    number = come(desk, f"Cc: Bob <{BOB.upper()}>, {BOB}, {OURS}, sales@desk.example, MAILER-DAEMON@x.example, a b")
    assert people(desk, number) == {BOB: Standing.KEPT}
    assert desk.store.messages.of(number)[0].cc[0] == BOB


def test_a_cc_that_appears_later_is_new_whoever_names_it(desk: Desk) -> None:
    number = come(desk, f"Cc: {BOB}")
    assert answer(desk, number, f"Cc: {EVE}, {BOB}, {ANA}") == number
    assert answer(desk, number, "Cc: mallory@else.example", sender=BOB) == number
    assert people(desk, number) == {BOB: Standing.KEPT, EVE: Standing.NEW, "mallory@else.example": Standing.NEW}


DOUBTED = {
    "dmarc": "Authentication-Results: mx.desk.example; dkim=pass header.d=else.example; dmarc=fail",
    "nothing passed": "Authentication-Results: mx.desk.example; spf=softfail smtp.mailfrom=clientes.example; dkim=none",
    "passed in a comment": 'Authentication-Results: mx.x; spf=fail (x; spf=pass) smtp.mailfrom="; spf=pass"@x.example',
    "a forged pass": "Authentication-Results: mx.x; dmarc=fail\r\nAuthentication-Results: else.example; dmarc=pass",
    "spam": "X-Spam-Flag: YES",
}


@pytest.mark.parametrize("name", DOUBTED)
def test_the_cc_of_a_first_mail_that_may_be_forged_is_new(desk: Desk, name: str) -> None:
    number = come(desk, DOUBTED[name], f"Cc: {EVE}")
    assert set(people(desk, number).values()) <= {Standing.NEW}


@pytest.mark.parametrize(
    "header",
    [
        "Authentication-Results: mx.x; spf=pass; dkim=none; dmarc=pass",
        "Authentication-Results: mx.x; dkim=none\r\nAuthentication-Results: mx.x; spf=pass",
        "Authentication-Results: mx.x; none",
        "X-Nothing: here",
    ],
)
def test_the_cc_of_a_first_mail_with_nothing_against_it_is_kept(desk: Desk, header: str) -> None:
    assert people(desk, come(desk, header, f"Cc: {BOB}")) == {BOB: Standing.KEPT}


def test_a_stranger_who_names_a_conversation_brings_nobody_into_it(desk: Desk) -> None:
    number = come(desk)
    forged = answer(desk, number, f"Cc: {EVE}", sender="mallory@else.example")
    assert forged != number
    assert people(desk, number) == {}
    assert people(desk, forged) == {EVE: Standing.NEW}


def test_a_form_speaks_for_nobody_in_cc(desk: Desk) -> None:
    number = come(desk, f"Reply-To: {ANA}", f"Cc: {EVE}", sender="no-reply@shop.example")
    assert desk.store.messages.of(number)[0].kind is MessageKind.FORM
    assert people(desk, number) == {EVE: Standing.NEW}


def test_the_cc_of_an_automatic_answer_is_nobody(desk: Desk) -> None:
    number = come(desk)
    assert answer(desk, number, f"Cc: {EVE}", "Auto-Submitted: auto-replied") == number
    assert people(desk, number) == {}


@pytest.mark.parametrize("connector", ["rt:helpdesk", "zendesk:shop", "roundup:bugs"])
def test_a_ticketing_system_has_a_cc_of_its_own(desk: Desk, connector: str) -> None:
    number = come(desk, f"Cc: {BOB}", connector=connector)
    assert people(desk, number) == {}
    with pytest.raises(RuleError, match="has a Cc of its own"):
        desk.act([number], Change(take_in=(BOB,)))


def test_an_agent_takes_in_and_drops_and_undoes_it(desk: Desk) -> None:
    number = come(desk, f"Cc: {BOB}")
    answer(desk, number, f"Cc: {EVE}")
    before = people(desk, number)
    done = desk.act([number], Change(take_in=(EVE.upper(),), leave_out=(BOB,)))
    assert done.summary == f"#{number}: Cc +{EVE.upper()} Cc -{BOB}"
    after = {BOB: Standing.DROPPED, EVE: Standing.TAKEN_IN}
    assert people(desk, number) == after
    assert desk.store.events.of(number)[-1].detail["copies"] == {EVE: "taken in", BOB: "dropped"}
    desk.undo()
    assert people(desk, number) == before
    desk.redo()
    assert people(desk, number) == after
    desk.act([number], Change(take_in=(BOB,)))
    assert people(desk, number) == {BOB: Standing.TAKEN_IN, EVE: Standing.TAKEN_IN}
    desk.undo()
    assert people(desk, number) == after


def test_an_undo_does_not_go_over_another_agents_decision(desk: Desk) -> None:
    number = come(desk, f"Cc: {BOB}")
    desk.act([number], Change(leave_out=(BOB,)))
    other = Desk(desk.store, clock=lambda: START, rules=desk.rules, agent="kim")
    other.act([number], Change(take_in=(BOB,)))
    with pytest.raises(ConflictError):
        desk.undo()
    assert people(desk, number) == {BOB: Standing.TAKEN_IN}


@pytest.mark.parametrize(
    "address", [OURS, "SALES@desk.example", "mailer-daemon@x.example", "eve", "a@b..c", "a@b, c@d"]
)
def test_nobody_else_is_taken_in(desk: Desk, address: str) -> None:
    number = come(desk)
    with pytest.raises(RuleError, match="name another"):
        desk.act([number], Change(take_in=(address,)))
    assert people(desk, number) == {}


def test_an_address_is_not_taken_in_and_dropped_at_once(desk: Desk) -> None:
    with pytest.raises(RuleError, match="say which"):
        desk.act([come(desk)], Change(take_in=(EVE,), leave_out=(EVE.upper(),)))


def test_at_most_twenty_people_get_copies(desk: Desk) -> None:
    many = [f"p{n}@x.example" for n in range(MOST_COPIED + 5)]
    number = come(desk, f"Cc: {', '.join(many)}")
    found = people(desk, number)
    assert [address for address, standing in found.items() if standing is Standing.KEPT] == many[:MOST_COPIED]
    assert [found[address] for address in many[MOST_COPIED:]] == [Standing.NEW] * 5
    with pytest.raises(RuleError, match="21 people in Cc, at most 20"):
        desk.act([number], Change(take_in=(EVE,)))
    desk.act([number], Change(take_in=(EVE,), leave_out=(many[0],)))
    assert people(desk, number)[EVE] is Standing.TAKEN_IN


ADDRESSES = st.sampled_from(
    [ANA, BOB, EVE, ANA.upper(), OURS, "x", "ñ@x.example", "a@日本.example", "A@xn--wgv71a.example"]
)


@given(st.lists(st.one_of(ADDRESSES, st.text(max_size=12)), max_size=8), ADDRESSES)
def test_copies_are_each_once_and_never_the_recipient(addresses: list[str], to: str) -> None:
    found = without(addresses, to)
    assert without(found, to) == found
    assert to.casefold() not in found
    assert {one.casefold() for one in addresses} >= set(found)


@given(st.text(max_size=30))
def test_no_text_makes_a_person_of_our_own_address(text: str) -> None:
    for address in (f"{text}{OURS}", f"<{OURS}>{text}", f"{OURS}{text}"):
        if is_person(address, {OURS}):
            assert without((address,), OURS) == (address.casefold(),)


@given(st.text(max_size=200))
def test_any_authentication_results_are_read(text: str) -> None:
    _, signs = kind_of({"authentication-results": [text]}, "Hola", ANA, "", None)
    assert {sign.rule for sign in signs} <= {UNAUTHENTICATED}


def queued(desk: Desk) -> list[tuple[str, tuple[str, ...], str]]:
    """Return recipient, copies and the Cc line of each mail that waits."""
    rows = [(one.recipient, one.cc, message_from_bytes(one.raw).get("Cc", "")) for one in desk.store.outbox.waiting()]
    return [(to, cc, " ".join(line.split())) for to, cc, line in rows]


def test_a_reply_goes_to_who_is_kept_and_who_was_taken_in(desk: Desk) -> None:
    number = come(desk, f"Cc: {BOB}")
    answer(desk, number, f"Cc: {EVE}")
    desk.act([number], Change(reply="Hola"))
    desk.act([number], Change(reply="Hola", take_in=(EVE,)))
    desk.act([number], Change(reply="Hola", leave_out=(BOB,)))
    desk.act([number], Change(reply="Hola", cc=()))
    both = (BOB, EVE)
    assert queued(desk) == [
        (ANA, (BOB,), BOB), (ANA, both, f"{BOB}, {EVE}"), (ANA, (EVE,), EVE), (ANA, (), ""),
    ]  # fmt: skip
    assert [message.cc for message in desk.store.messages.of(number)[2:]] == [(BOB,), both, (EVE,), ()]
    assert desk.store.events.of(number)[-2].detail["cc"] == [EVE]


def test_nobody_new_gets_a_copy_by_any_number_of_mails(desk: Desk) -> None:
    number = come(desk)
    for _ in range(3):
        answer(desk, number, f"Cc: {EVE}")
    desk.act([number], Change(reply="Hola"))
    assert queued(desk) == [(ANA, (), "")]


@pytest.mark.parametrize("address", [OURS, "a@b..c", "MAILER-DAEMON@x.example"])
def test_a_reply_names_only_people_in_cc(desk: Desk, address: str) -> None:
    number = come(desk)
    with pytest.raises(RuleError, match="name another"):
        desk.act([number], Change(reply="Hola", cc=(BOB, address), override_reason="I know better"))
    with pytest.raises(RuleError, match="21 people in Cc"):
        desk.act([number], Change(reply="Hola", cc=tuple(f"p{n}@x.example" for n in range(21))))
    assert queued(desk) == []


def test_the_recipient_is_never_in_cc(desk: Desk) -> None:
    number = come(desk, f"Cc: {BOB}, {ANA}")
    desk.act([number], Change(reply="Hola"))
    desk.act([number], Change(reply="Hola", recipient=BOB))
    desk.act([number], Change(reply="Hola", cc=(ANA.upper(), BOB, BOB.upper())))
    assert queued(desk) == [(ANA, (BOB,), BOB), (BOB, (ANA,), ANA), (ANA, (BOB,), BOB)]


def test_redo_sends_the_copies_that_were_asked(desk: Desk) -> None:
    number = come(desk, f"Cc: {BOB}")
    desk.act([number], Change(reply="Hola"))
    desk.undo()
    desk.redo()
    assert queued(desk) == [(ANA, (BOB,), BOB)]


@pytest.mark.parametrize("line", [b"Cc: eve@else.example", b"Cc: bob@clientes.example, eve@else.example", b"X: y"])
def test_a_mail_with_another_cc_than_asked_stays_in_the_outbox(desk: Desk, tmp_path: Path, line: bytes) -> None:
    number = come(desk, f"Cc: {BOB}")
    desk.act([number], Change(reply="Hola"))
    (entry,) = desk.store.outbox.waiting()
    raw = entry.raw.replace(f"Cc: {BOB}".encode(), line)
    assert raw != entry.raw
    database(desk.store).execute("UPDATE outbox SET raw = ?", (raw,))
    folder = OutboxFolder(tmp_path)
    assert deliver_due(desk.store, {"files": folder}, START + 60).failed == 1
    assert not folder.outbox.exists()
    database(desk.store).execute("UPDATE outbox SET raw = ?, state = 'queued'", (entry.raw,))
    assert deliver_due(desk.store, {"files": folder}, START + 99_999).sent == 1


def test_who_is_kept_and_answers_is_answered_with_a_copy_to_the_customer(desk: Desk) -> None:
    number = come(desk, f"Cc: {BOB}")
    assert answer(desk, number, sender=BOB) == number
    ticket = desk.store.tickets.get(number)
    assert ticket is not None
    customer = desk.store.customers.get(ticket.customer_id)
    assert customer is not None
    assert [one.value for one in customer.identities] == [ANA]
    desk.act([number], Change(reply="Hola"))
    assert queued(desk) == [(BOB, (ANA,), ANA)]


@pytest.mark.parametrize("decided", [Change(leave_out=(BOB,)), Change(take_in=(BOB,))])
def test_who_was_dropped_or_taken_in_answers_and_the_customer_is_answered(desk: Desk, decided: Change) -> None:
    number = come(desk)
    desk.act([number], Change(take_in=(BOB,)))
    desk.act([number], Change(reply="Hola"))
    assert answer(desk, number, sender=BOB) == number
    desk.act([number], decided)
    desk.act([number], Change(reply="Hola"))
    copies = (BOB,) if decided.take_in else ()
    assert queued(desk)[-1][:2] == (ANA, copies)


def test_who_is_new_on_a_doubted_mail_and_answers_gets_no_reply(desk: Desk) -> None:
    number = come(desk, DOUBTED["dmarc"], f"Cc: {EVE}")
    assert answer(desk, number, sender=EVE) == number
    assert desk.recipient(number) == ANA
    desk.act([number], Change(reply="Hola"))
    assert queued(desk) == [(ANA, (), "")]


def test_who_is_new_takes_part_only_once_taken_in(desk: Desk) -> None:
    number = come(desk)
    answer(desk, number, f"Cc: {EVE}")
    assert answer(desk, number, sender=EVE) != number
    desk.act([number], Change(take_in=(EVE,)))
    assert answer(desk, number, sender=EVE) == number
    assert desk.recipient(number) == ANA


@given(st.lists(st.sampled_from([BOB, EVE, "eva@日本.example", ".a..b@x.example", '"a, b"@x.example']), max_size=20))
def test_a_cc_line_is_read_as_it_was_asked(addresses: list[str]) -> None:
    people = without(addresses, "")
    raw = write(
        Letter("Hola", START, "Hola", Person("", OURS), Person("Ana", ANA), cc=people, message_id="<1@desk.example>")
    )
    written = [written_address(one) for one in people]
    assert [spec for _, spec in getaddresses([message_from_bytes(raw).get("Cc", "")]) if spec] == written
    assert unfit_to_leave(raw, "<1@desk.example>", ANA, people) == ""
    assert unfit_to_leave(raw, "<1@desk.example>", ANA, (*people, "more@x.example"))
    assert not people or unfit_to_leave(raw, "<1@desk.example>", ANA, people[1:])


@given(st.text(max_size=40))
def test_no_text_in_cc_adds_a_header_or_a_person(text: str) -> None:
    try:
        raw = write(Letter("Hola", START, "Hola", Person("", OURS), Person("Ana", ANA), cc=(f"{text}@x.example", BOB)))
    except RuleError:
        return
    mail = message_from_bytes(raw)
    assert mail.keys()[:5] == ["From", "To", "Cc", "Subject", "Date"]
    assert len(getaddresses([mail["Cc"]])) == 2


def connector_to(double: SmtpDouble) -> EmailConnector:
    server = Server("localhost", double.port)
    account = Account("support", OURS, imap=server, smtp=server, ca_file=str(double.ca))
    return EmailConnector(complete(account), lambda account: "secret")


def test_the_server_gets_the_recipient_and_every_copy_also_when_it_is_tried_again(desk: Desk, tmp_path: Path) -> None:
    number = come(desk, f"Cc: {BOB}, eva@日本.example", connector="email:support")
    desk.act([number], Change(reply="Hola"))
    with SmtpDouble(tmp_path, lambda number: "451 later" if number == 1 else "250 ok") as double:
        sender = connector_to(double)
        assert deliver_due(desk.store, {"email:support": sender}, START).failed == 1
        desk.act([number], Change(leave_out=(BOB,)))
        assert deliver_due(desk.store, {"email:support": sender}, START + 600).sent == 1
        sender.rest()
        told = [f"RCPT TO:<{one}>" for one in (ANA, BOB, "eva@xn--wgv71a.example")]
        assert [line for line in double.lines if line.startswith("RCPT")] == told * 2

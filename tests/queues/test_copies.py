"""People in Cc: who gets copies of replies, who waits for an agent's word, and that a stranger never gets one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import ConflictError, RuleError
from data.records.changes import Change
from data.records.messages import MessageKind
from data.records.participants import Participant, Standing
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.desk.participants import MOST_COPIED, copied, is_person, participants, without
from queues.mail.kind import UNAUTHENTICATED, kind_of
from queues.mail.read_mail import read_mail

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
    item = read_mail(raw, connector=connector, source="test", own_addresses=desk.rules.ours)
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


@given(st.lists(st.one_of(ADDRESSES, st.text(max_size=12)), max_size=8), ADDRESSES, st.sampled_from(Standing))
def test_copies_are_each_once_and_never_the_recipient(addresses: list[str], to: str, standing: Standing) -> None:
    found = without(addresses, to)
    assert without(found, to) == found
    assert to.casefold() not in found
    assert {one.casefold() for one in addresses} >= set(found)
    results = copied([Participant(one, standing) for one in addresses], to)
    assert results == (found if standing in (Standing.KEPT, Standing.TAKEN_IN) else ())


@given(st.text(max_size=30))
def test_no_text_makes_a_person_of_our_own_address(text: str) -> None:
    for address in (f"{text}{OURS}", f"<{OURS}>{text}", f"{OURS}{text}"):
        if is_person(address, {OURS}):
            assert without((address,), OURS) == (address.casefold(),)


@given(st.text(max_size=200))
def test_any_authentication_results_are_read(text: str) -> None:
    _, signs = kind_of({"authentication-results": [text]}, "Hola", ANA, "", None)
    assert {sign.rule for sign in signs} <= {UNAUTHENTICATED}

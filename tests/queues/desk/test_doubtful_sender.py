"""Senders who look like us or like a customer, answers wanted elsewhere, sender checks: shown, and nothing decided."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from data.records.changes import Change
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.ground.roles import Role
from queues.ground.teams import Team
from queues.mail.kind import kind_of
from queues.mail.read_mail import read_mail
from queues.mail.sign_rules import FORGED, HIDDEN, LOOK_ALIKE, ODD_DOMAIN, ODD_LINK, OTHER_REPLY, UNAUTHENTICATED

ANA = "Ana Ruiz <ana.ruiz@kestrel.example>"
RULES = DeskRules(
    sender="help@acme-desk.example", brand="Acme", own_addresses=frozenset({"acme.help@gmail.com"}),
    roles={"Lea Ortiz": Role.LEAD, "*": Role.AGENT}, teams=(Team("Legal Team", "legal@lawfirm.example"),),
)  # fmt: skip
_numbers = count(1)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    moments = count(1_800_000_000, 60)
    store = Store.open(tmp_path / "desk.db")
    yield Desk(store, clock=lambda: next(moments), rules=RULES, agent="noa")
    store.close()


def come(desk: Desk, sender: str, *headers: str, text: str = "Hola", subject: str = "Pedido") -> dict[str, str]:
    """Let a mail come and return its signs."""
    lines = (
        f"From: {sender}",
        "To: help@acme-desk.example",
        f"Subject: {subject}",
        f"Message-ID: <{next(_numbers)}@m>",
    )
    raw = "\r\n".join((*lines, "Content-Type: text/plain; charset=utf-8", *headers, "", text)).encode()
    item = read_mail(raw, connector="files", source="test", own_addresses=desk.rules.our_addresses)
    number = desk.receive([item])[0].ticket_id
    return {sign.rule: sign.seen for sign in desk.store.messages.of(number)[-1].signs}


@pytest.mark.parametrize(
    ("sender", "seen"),
    [
        ("Acme <help@acme-desk-login.example>", "acme-desk-login.example, not acme-desk.example"),
        ("Soporte <help@acme-d3sk.example>", "acme-d3sk.example, not acme-desk.example"),
        ("<acme.he1p@gmail.com>", "acme.he1p@gmail.com, not acme.help@gmail.com"),
        ("Acme Billing <x@other.example>", "“Acme Billing” <x@other.example>, not Acme of ours"),
        ("Lеa Оrtiz <lea@other.example>", "“Lеa Оrtiz” <lea@other.example>, not Lea Ortiz of ours"),
        ("Legal <legal@lawflrm.example>", "lawflrm.example, not lawfirm.example"),
        ("Eve <ana.ruiz@kestre1.example>", "ana.ruiz@kestre1.example, not ana.ruiz@kestrel.example"),
        ("Eve <ana.ruiz@kestrel-mail.example>", "ana.ruiz@kestrel-mail.example, not ana.ruiz@kestrel.example"),
        ("Аna Ruiz <new@other.example>", "“Аna Ruiz” in letters that only look Latin, not Ana Ruiz"),
    ],
)
def test_who_looks_like_someone(desk: Desk, sender: str, seen: str) -> None:
    come(desk, ANA)
    assert come(desk, sender)[LOOK_ALIKE] == seen


@pytest.mark.parametrize(
    "sender",
    [
        ANA, "Ana Ruiz <ana.ruiz@gmail.com>", "Bob <bob@kestrel.example>", "Lea <lea@lawfirm.example>",
        "Acme <noreply@news.acme-desk.example>", "Анна <anna@пример.example>", "Support <support@shop.example>",
    ],
)  # fmt: skip
def test_others_are_left_alone(desk: Desk, sender: str) -> None:
    come(desk, ANA)
    assert LOOK_ALIKE not in come(desk, sender)


def test_the_one_who_was_first_is_not_the_look_alike(desk: Desk) -> None:
    come(desk, "Eve <ana.ruiz@kestre1.example>")
    come(desk, ANA)
    assert LOOK_ALIKE not in come(desk, "Eve <ana.ruiz@kestre1.example>")


def test_a_known_customer_who_wants_answers_elsewhere(desk: Desk) -> None:
    reply_to = "Reply-To: ana.ruiz@pay.example"
    assert OTHER_REPLY not in come(desk, ANA, reply_to)  # new: nothing to compare with
    assert come(desk, ANA, "Reply-To: <ana@evil.example>")[OTHER_REPLY] == "ana@evil.example"
    assert OTHER_REPLY not in come(desk, ANA)
    assert OTHER_REPLY not in come(desk, ANA, "Reply-To: help@acme-desk.example")


def test_it_decides_nothing(desk: Desk) -> None:
    come(desk, ANA)
    come(desk, "Acme <help@acme-d3sk.example>", "Reply-To: <x@evil.example>", text="pay\u200bpal")
    (first, second) = desk.store.tickets.each()
    assert (first.status, first.lane, first.priority, first.tags) == (second.status, second.lane, second.priority, ())
    desk.act([second.id], Change(reply="Hello", reply_language="en"))


def test_what_is_hidden_or_odd_in_the_text(desk: Desk) -> None:
    signs = come(desk, "Eve <eve@xn--pple-43d.example>", text="See https://раураl.com and pay\u200bpal")
    assert set(signs) == {ODD_DOMAIN, ODD_LINK, HIDDEN}
    assert HIDDEN in come(desk, ANA, subject="=?utf-8?q?In=E2=80=AEvoice?=")


def results(*values: str, servers: frozenset[str] = frozenset()) -> dict[str, str]:
    _, signs = kind_of({"authentication-results": list(values)}, "Hola", "ana@x.example", "", None, servers)
    return {sign.rule: sign.seen for sign in signs}


def test_only_the_receiving_servers_own_results_count() -> None:
    ours, theirs = "mx.ours.example; dmarc=fail header.from=x.example; spf=pass", "mx.else.example; dmarc=fail"
    assert set(results(ours)) == {UNAUTHENTICATED}
    assert results("mx.ours.example; spf=pass; dmarc=pass", theirs) == {}
    assert set(results(ours, "mx.else.example; dmarc=pass")) == {UNAUTHENTICATED}
    assert results("mx.ours.example; spf=pass", "mx.ours.example; dkim=pass") == {}  # a line for each check


def test_only_named_servers_are_believed() -> None:
    named = frozenset({"mx.ours.example", "mx2.ours.example"})
    failed, forged = "mx.ours.example 1; dmarc=fail; spf=fail", "mx.else.example; dmarc=fail"
    assert results(forged, servers=named) == {}
    assert results(forged, "MX2.ours.example; spf=pass", servers=named) == {}
    assert results("mx.else.example; dmarc=pass", failed, servers=named).keys() == {UNAUTHENTICATED}
    assert results(failed, "mx.ours.example; dmarc=pass", servers=named).keys() == {UNAUTHENTICATED, FORGED}
    assert results(failed, servers=frozenset({"mx.else.example"})) == {}


def test_results_in_the_name_of_our_server_that_it_did_not_write() -> None:
    signs = results("mx.ours.example; dmarc=fail; spf=fail", "mx.ours.example; dmarc=pass; spf=pass")
    assert set(signs) == {UNAUTHENTICATED, FORGED}
    assert signs[FORGED].endswith("mx.ours.example: dmarc=fail spf=fail, and below it dmarc=pass spf=pass")

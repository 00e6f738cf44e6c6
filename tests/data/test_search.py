"""Search finds people, numbers, phrases and words of every script, by operators, over all states, by index."""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError
from data.migrations.schema import SEARCH, search_finds_people_and_numbers
from data.records.customers import Customer, Identity
from data.records.messages import Attachment, Direction, Message, MessageKind
from data.records.tickets import Priority, Status, Ticket
from data.search.search_index import snippets
from data.search.search_query import OPERATORS, parse
from data.search.search_words import endings, folded, indexed, numbers_in, term
from data.store import Store
from tests.database import database

DAY = 86_400
NOW = 1_800_000_000
FILE = Attachment("Rechnung März.pdf", "application/pdf", 1, "x", 1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with_store = Store.open(tmp_path / "desk.db")
    yield with_store
    with_store.close()


def add(store: Store, text: str, *, name: str = "Zoë Ñandú", known: tuple[tuple[str, str], ...] = (),
        at: int = NOW, files: tuple[Attachment, ...] = (), sender: str = "", **fields: object) -> int:  # fmt: skip
    """Store a ticket with one message and return its number."""
    with store.write():
        who = store.customers.insert(Customer(0, name, tuple(Identity(*pair) for pair in known)))
        ticket = Ticket(0, "mail", Status.NEW, Priority.NORMAL, "Asunto", who, at, at)
        number = store.tickets.insert(replace(ticket, **fields))  # type: ignore[arg-type]
        store.messages.insert(
            Message(0, number, Direction.IN, MessageKind.MAIL, name, sender, "Hello", text, text, at, at,
                    attachments=files)
        )  # fmt: skip
    return number


def found(store: Store, text: str) -> list[int]:
    return sorted({hit.ticket_id for hit in store.search(text, now=NOW, zone=UTC)})


@pytest.mark.parametrize(
    "query",
    ["zoe", "ZOË ñandu", "zoe@tienda.example", "from:zoe", "from:tienda.example", "@zoe_77", "zoe_77", "600112233",
     "+34 600 11 22 33", "600 11 22 33", "from:600112233", 'from:"Zoë Ñandú"', "nandu refund", "from:zoe refund"],
)  # fmt: skip
def test_people_are_found_by_name_address_handle_and_number(store: Store, query: str) -> None:
    known = (("email", "zoe@tienda.example"), ("handle", "zoe_77"), ("phone", "+34600112233"))
    mine = add(store, "please refund me", known=known, sender="zoe@tienda.example")
    add(store, "something else", name="Otra Persona", known=(("email", "otra@x.example"),), sender="otra@x.example")
    if query != "nandu refund":
        assert found(store, query) == [mine]
    assert mine in found(store, query)
    assert found(store, f"{query} -from:otra")[:1] == [mine]


def test_a_person_is_found_by_what_they_are_called_and_known_by_now(store: Store) -> None:
    mine = add(store, "hola", name="Viejo Nombre")
    with store.write():
        store.customers.remember(1, "name", "Nuevo Apellido")
        store.customers.add_identities(1, (Identity("email", "nuevo@x.example"),))
    assert found(store, "apellido") == found(store, "nuevo@x.example") == [mine]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("我想退款，请帮忙。", "退款"), ("この商品を返品したいです。", "返品"), ("제품을환불해주세요", "환불"),
        ("ฉันต้องการขอคืนเงิน", "คืนเงิน"), ("我要 refund 我的钱", "refund 钱"), ("ｶﾞｰﾄﾞ", "ガード"),
        ("Contraseña", "contrasen\u0303a"), ("contrasen\u0303a", "contraseña"), ("ΑΘΗΝΑ", "αθήνα"), ("Ёлка", "елка"),
        ("cobraron 1,234.56 euros", "1234.56"), ("cobraron 1234.56 euros", "1,234.56"), ("1.234,56 €", "1234.56"),
        ("son 1,234 coins", "1234"), ("son 1234 coins", "1,234"), ("llámame al 600 11 22 33", "600112233"),
        ("call +34 600-112-233.", "600 112 233"), ("pedido AB-1234", "ab-1234"), ("straße", "STRASSE"),
        ("el código no llega", '"codigo no"'), ("don't know", "don't"),
        ("llámame al 612 345 678", "+34 612 345 678"), ("llámame al 612 345 678", "0034612345678"),
        ("my cell is +1 (415) 555-2671", "4155552671"), ("my cell is +1 (415) 555-2671", "415 555 2671"),
        ("mi celular: +52 1 55 1234 5678", "55 1234 5678"), ("mobile 07911 123456", "+44 7911 123456"),
        ("mobile +44 7911 123456", "07911123456"), ("order AB-99812 came", "ab99812"), ("order AB99812", "AB-99812"),
        ("since v2.14.1 it fails", "2.14.1"), ("the logging failed", "log*"), ("the logging failed", "log* failed"),
    ],
)  # fmt: skip
def test_what_is_in_a_text_is_found_however_it_is_written(store: Store, text: str, query: str) -> None:
    add(store, "nothing of it 你好 こ 제 เ 99 7654321", name="x")
    mine = add(store, text, name="y")
    assert found(store, query) == [mine]


def test_a_phrase_is_in_its_order_and_a_minus_must_not_be_there(store: Store) -> None:
    one, two = add(store, "no me llega el código"), add(store, "el código llega tarde")
    assert found(store, '"llega el código"') == [one]
    assert found(store, "llega código") == [one, two]
    assert found(store, "codigo -tarde") == found(store, 'codigo -"llega tarde"') == [one]
    assert found(store, "-tarde") == [one]


def test_operators_narrow_and_stand_alone_over_every_state(store: Store) -> None:
    closed = add(store, "uno", status=Status.CLOSED, tags=("vip", "refund"), language="es")
    solved = add(store, "dos", status=Status.SOLVED, lane="app", language="en", at=NOW - 3 * DAY)
    filed = add(store, "tres", status=Status.ON_HOLD, tags=("vip",), files=(FILE,), language="ja")
    assert found(store, "uno") == found(store, "status:closed") == found(store, "tag:refund") == [closed]
    assert found(store, "tag:vip") == [closed, filed]
    assert found(store, "tag:vip -tag:refund") == found(store, "has:file") == found(store, "lang:ja") == [filed]
    assert found(store, "status:on-hold") == found(store, 'status:"on hold"') == found(store, "status:hold") == [filed]
    assert found(store, "lane:app") == found(store, "lang:en") == found(store, "before:2d") == [solved]
    assert found(store, "after:2d") == found(store, "-before:2d") == [closed, filed]
    assert found(store, "after:2027-01-12 before:2027-01-13") == [solved]
    assert found(store, "-has:file -status:solved") == found(store, "-lang:ja lane:mail") == [closed]
    assert found(store, "tres has:file") == found(store, "rechnung marz.pdf") == [filed]
    assert found(store, "status:closed status:solved") == found(store, "lang:en lang:es") == sorted([closed, solved])
    (hit,) = store.search("dos")
    assert (hit.status, hit.lane, hit.subject) == (Status.SOLVED, "app", "Asunto")
    assert store.search("dos lane:app", lane="mail") == []
    nowhere = add(store, "sin carril", lane="")
    assert found(store, "lane:none") == [nowhere]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("llámame al 612 345 679", "+34 612 345 678"), ("number 4711", "+1 4711"), ("order AB 99813", "ab99812"),
        ("version 12.14.1", "2.14.1"), ("the catalog failed", "log*"),
    ],
)  # fmt: skip
def test_other_numbers_and_words_stay_out(store: Store, text: str, query: str) -> None:
    add(store, text)
    assert found(store, query) == []


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("FROM:zoe refund", "from:zoe refund"), ("From: zoe refund", "from:zoe refund"), ("de:zoe", "from:zoe"),
        ('from: "Zoë Ñandú" -lost', 'from:"Zoë Ñandú" -lost'), ("-estado:en-espera", "-status:hold"),
        ("estado:Abierto", "status:open"), ("después:hoy", "after:today"), ("desde:ayer", "after:yesterday"),
        ("antes: mañana", "before:tomorrow"), ("tiene:archivo", "has:file"), ("status: new login", "status:new login"),
        ("after:15/01/2027", "after:2027-01-15"), ("after:15-ene-2027", "after:2027-01-15"),
        ('after:"15 de enero"', "after:2027-01-15"), ("after:15/1", "after:2027-01-15"),
        ("after:28-nov", "after:2026-11-28"), ("after:monday", "after:2027-01-11"),
        ("after:viernes", "after:2027-01-15"), ("after:last-week", "after:2027-01-04"),
        ('after:"mes pasado"', "after:2026-12-01"), ("after:noviembre", "after:2026-11-01"),
        ("after:2026-11", "after:2026-11-01"), ("after:2026", "after:2026-01-01"),
        ("before:01.12.26", "before:2026-12-01"),
    ],
)  # fmt: skip
def test_operators_as_people_type_them(typed: str, same: str) -> None:
    assert parse(typed, NOW, UTC) == parse(same, NOW, UTC) != parse("", NOW, UTC)


@pytest.mark.parametrize(
    "typed", ["status: the parcel is lost", "before: the update", "has: cat", "note: open", "from:"]
)
def test_a_sentence_with_an_operators_name_is_text(typed: str) -> None:
    query = parse(typed, NOW, UTC)
    assert query.words
    assert not query.senders
    assert not query.statuses.wanted
    assert query.until is None
    assert query.has_file is None


@pytest.mark.parametrize(
    "typed",
    ["before:soon", "after:2026-13-40", "status:great", "has:cat", "after:12/24", "after:31/02/2026", "before:31-nov"],
)
def test_an_operator_that_cannot_be_says_what_can(store: Store, typed: str) -> None:
    with pytest.raises(InputError, match=typed.partition(":")[0]):
        store.search(typed, now=NOW)


def test_other_colons_are_text(store: Store) -> None:
    mine = add(store, "error: código http://x.example/a?b=1")
    assert found(store, "error:codigo") == found(store, "http://x.example/a") == [mine]


@given(st.text(), st.sampled_from(["", *(f"{name}:" for name in OPERATORS)]), st.booleans())
def test_any_text_is_a_valid_search(text: str, operator: str, minus: bool) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(SEARCH[0])
        try:
            query = parse(f"{'-' if minus else ''}{operator}{text}", NOW, UTC)
        except InputError:
            return
        for expression in (*query.words, *query.people, *query.unwanted, *query.senders, *query.other_senders):
            assert connection.execute("SELECT 1 FROM search_text WHERE search_text MATCH ?", (expression,)) is not None


@given(st.text(min_size=1))
def test_a_text_is_found_by_itself(text: str) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(SEARCH[0])
        connection.execute("INSERT INTO search_text (rowid, text, who) VALUES (1, ?, '')", (indexed(text),))
        expression = term(text)
        if expression:
            sql = "SELECT rowid FROM search_text WHERE search_text MATCH ?"
            assert connection.execute(sql, (expression,)).fetchall() == [(1,)]


@given(st.text())
def test_folding_is_the_same_for_every_form_and_done_once(text: str) -> None:
    plain = text.encode("utf-8", "replace").decode("utf-8")
    assert folded(unicodedata.normalize("NFD", plain)) == folded(unicodedata.normalize("NFC", plain))


def test_numbers_have_one_spelling() -> None:
    assert numbers_in("1,234.56") == numbers_in("1.234,56") == {"1234x56"}
    assert numbers_in("1 234 567") >= {"1234567"}
    assert numbers_in("12.5 and 7") == {"12x5"}
    assert endings("+34 600") == []
    assert endings("0034600112") == ["0034600112", "034600112", "34600112", "4600112", "600112"]


def test_the_snippet_shows_the_text_around_the_word() -> None:
    text = "palabra " * 40 + "la Contraseña nueva " + "fin " * 40
    assert "Contraseña nueva" in snippets(text, "contrasena")[0]
    assert snippets("corto", "nada") == ("corto", "corto")


def test_the_snippet_is_masked_by_what_the_whole_text_says() -> None:
    text = f"la contraseña de mi cuenta es Gatito1987 {'.' * 20} pedido urgente {'.' * 40} 4539 9458 0730 2151"
    for before in range(60):
        plain, masked = snippets("x" * before + " " + text, "pedido")
        assert "Gatito1987" not in masked
        assert "4539" not in plain or "2151" in plain


LED = {
    "hola": "search_text", "from:ana": "search_text", "tag:vip": "ticket_tag", "status:closed": "ticket_of_status",
    "lang:es": "ticket_of_language", "before:2d": "message_at", "after:2d": "message_at", "has:file": "message_file",
    "-hola": "SCAN ticket",
}  # fmt: skip


@pytest.mark.parametrize("typed", LED)
def test_every_search_is_led_by_an_index_and_bounded(store: Store, typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plans: list[str] = []
    connection = store._connection

    class Explained:
        def execute(self, sql: str, given: object = ()) -> sqlite3.Cursor:
            plans.extend(str(row[3]) for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", given))
            return connection.execute(sql, given)

    from data.search.search_index import search

    search(Explained(), typed, limit=10, lane=None, now=NOW)  # type: ignore[arg-type]
    assert any(LED[typed] in plan for plan in plans), plans
    whole = [plan for plan in plans if plan.startswith("SCAN") and "INDEX" not in plan and "json_each" not in plan]
    bounded = (
        "SCAN h",
        "SCAN p",
        "SCAN o",
        "SCAN ticket",
        "SCAN search_text",
        "SCAN people_text",
        "SCAN (",
        "SCAN lane_count",
    )
    assert [plan for plan in whole if not plan.startswith(bounded)] == [], plans


def test_a_desk_of_an_earlier_version_is_indexed_anew(store: Store) -> None:
    known = (("phone", "+34600112233"),)
    mine = add(store, "cobraron 1,234.56", known=known, files=(FILE,))
    db = database(store)
    with store.write():
        for name in ("search_text", "people_text"):
            db.execute(f"DROP TABLE {name}")
        for statement in SEARCH:
            if statement.startswith("CREATE INDEX"):
                db.execute(f"DROP INDEX {statement.split()[2]}")
        db.execute("CREATE TABLE message_text (x)")
        search_finds_people_and_numbers(db)
    assert found(store, "1234.56") == found(store, "600112233") == found(store, "rechnung") == [mine]

"""Tickets of other tools: what their exports say arrives, what has no place is kept, nothing hostile stops the rest."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError
from data.records.changes import Change
from data.records.messages import Direction, Message
from data.records.tickets import Priority, Status, Ticket
from data.safe_text import LONGEST_LINE
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.exports import read_export, table_file
from queues.exports.export_people import People
from queues.exports.fields import Fields, seconds
from queues.exports.read_export import PersonRow, Piece, Record, is_export, pieces
from queues.exports.registry import NAMES
from queues.exports.splitting import split
from queues.exports.table_file import Columns
from queues.helper.client import Helper
from queues.intake.exported_tickets import Importer
from queues.intake.take_in import Report

NOW = 1_800_000_000
EXPORTED = Path(__file__).parents[1] / "exported"
FILES = {
    "zendesk": ("zendesk.jsonl", "zendesk-users.jsonl"),
    "freshdesk": ("freshdesk.json",),
    "helpscout": ("helpscout.json",),
    "gorgias": ("gorgias.json",),
    "chatwoot": ("chatwoot.json",),
    "freescout": ("freescout.json",),
    "zammad": ("zammad.json",),
    "osticket": ("osticket.csv",),
    "csv": ("plain.csv",),
}


@pytest.fixture(scope="module")
def helper() -> Iterator[Helper]:
    with Helper() as one:
        yield one


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = Store.open(tmp_path / "store" / "desk.db")
    yield Desk(store, clock=lambda: NOW, rules=DeskRules(), agent="ravi menon")
    store.close()


def read(path: Path, tool: str = "") -> Iterator[Piece]:
    table = "osticket" if path.name == "osticket.csv" else "csv"
    return table_file.pieces(path, Columns(), table) if path.suffix == ".csv" else pieces(path, tool)


def take(desk: Desk, helper: Helper, *paths: Path, tool: str = "") -> Report:
    every: list[Piece] = [piece for path in paths for piece in read(path, tool)]
    people = People()
    for one in every:
        if isinstance(one, PersonRow):
            people.learn(one.raw)
    return Importer(desk, helper, people, "files", lambda: NOW).take_in(every, lambda messages, records: None)


def taken(desk: Desk, helper: Helper, tool: str) -> tuple[Report, list[Ticket]]:
    report = take(desk, helper, *(EXPORTED / name for name in FILES[tool]))
    return report, list(desk.store.tickets.each())


def said(desk: Desk, ticket: Ticket) -> list[tuple[Direction, str, str]]:
    return [(one.direction, one.from_name, one.new_text.split("\n")[0]) for one in desk.store.messages.of(ticket.id)]


def kept(desk: Desk, ticket: Ticket) -> Any:
    found = desk.store.imported.of(ticket.id)
    assert found is not None
    return found.extra


def written(tmp_path: Path, *rows: object, name: str = "in.jsonl") -> Path:
    path = tmp_path / name
    path.write_bytes(b"\n".join(row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows))
    return path


def record(tool: str) -> dict[str, Any]:
    piece = next(one for one in read(EXPORTED / FILES[tool][0]) if isinstance(one, Record))
    found: dict[str, Any] = json.loads(piece.raw)
    return found


def test_zendesk(desk: Desk, helper: Helper) -> None:
    report, (lamp, invoice) = taken(desk, helper, "zendesk")
    assert (report.new, report.joined, report.refused) == (2, 3, [])
    assert (lamp.status, lamp.priority, lamp.assignee, lamp.language) == (
        Status.PENDING, Priority.HIGH, "Noa Ferrer", "es")  # fmt: skip
    assert {"envios", "roto"} <= set(lamp.tags)
    assert said(desk, lamp) == [
        (Direction.IN, "Marta Solís", "Hola,"),
        (Direction.NOTE, "Noa Ferrer", "El almacén dice que queda una."),
        (Direction.OUT, "Noa Ferrer", "Hola, Marta:"),
    ]
    (photo,) = desk.store.messages.of(lamp.id)[0].attachments
    assert (photo.filename, photo.content_type, photo.size) == ("lampara rota.jpg", "image/jpeg", 204811)
    assert kept(desk, lamp)["custom_fields"] == [{"id": 3601, "value": "LM-2210"}]
    assert kept(desk, lamp)["messages"]["900001"]["attachments"][0]["content_url"].startswith("https://luminaria.")
    assert report.kept["zendesk", "group_id"].example == "17"
    # who wrote is told by number only: the list of users says that one is an agent
    assert [direction for direction, _, _ in said(desk, invoice)] == [Direction.IN, Direction.OUT]
    assert (invoice.assignee, invoice.status, invoice.solved_at) == ("Pia Lund", Status.SOLVED, 1_709_742_000)
    customer = desk.store.customers.get(invoice.customer_id)
    assert customer is not None
    assert (customer.name, customer.identities[0].value) == ("Owen Birch", "owen@birch.example")


def test_freshdesk(desk: Desk, helper: Helper) -> None:
    _, (charged, password) = taken(desk, helper, "freshdesk")
    assert (charged.status, charged.priority, charged.assignee) == (Status.PENDING, Priority.HIGH, "Sara Quill")
    assert charged.created_at == seconds("2024-05-02T07:15:00Z")
    assert {"cobros", "dos-veces"} <= set(charged.tags)
    assert [(way, name) for way, name, _ in said(desk, charged)] == [
        (Direction.IN, "Íñigo Arrieta"), (Direction.OUT, "Sara Quill"), (Direction.NOTE, "Sara Quill")]  # fmt: skip
    assert desk.store.messages.of(charged.id)[0].attachments[0].filename == "extracto.pdf"
    assert kept(desk, charged)["custom_field"] == {"cf_order_55": "A-100"}
    assert (password.status, password.solved_at) == (Status.SOLVED, seconds("2024-05-02T12:00:00Z"))
    assert [way for way, _, _ in said(desk, password)] == [Direction.IN, Direction.OUT, Direction.IN]


def test_helpscout(desk: Desk, helper: Helper) -> None:
    report, (address, sizes) = taken(desk, helper, "helpscout")
    assert [(way, text) for way, _, text in said(desk, address)] == [
        (Direction.IN, "Hello,"), (Direction.NOTE, "Asked the carrier."), (Direction.OUT, "Hi Lena,")]  # fmt: skip
    assert (address.status, address.solved_at) == (Status.SOLVED, seconds("2024-02-11T15:30:00Z"))
    assert address.assignee == "ravi menon", "the desk's own agent is written as the desk writes them"
    assert kept(desk, address)["messages"]["3004"]["action"]["text"] == "Ravi closed", "no message, but not lost"
    # without its threads a conversation is filed by its preview, and the report says so
    assert said(desk, sizes)[0][2].startswith("¿La talla 40")
    assert report.kept["helpscout", "preview"].count == 1
    customer = desk.store.customers.get(sizes.customer_id)
    assert customer is not None
    assert [(one.kind, one.value) for one in customer.identities] == [("handle", "+34600111222")]


def test_gorgias(desk: Desk, helper: Helper) -> None:
    _, (order,) = taken(desk, helper, "gorgias")
    assert (order.status, order.priority, order.assignee) == (Status.SOLVED, Priority.URGENT, "Tom Okafor")
    assert [way for way, _, _ in said(desk, order)] == [Direction.IN, Direction.OUT, Direction.NOTE, Direction.OUT]
    messages = desk.store.messages.of(order.id)
    assert [str(one.kind) for one in messages] == ["mail", "auto", "mail", "mail"]
    assert messages[0].message_id == "<rocio-1@mail.example>"
    assert kept(desk, order)["satisfaction_survey"] == {"score": 5}


def test_chatwoot(desk: Desk, helper: Helper) -> None:
    _, (tent, invoice) = taken(desk, helper, "chatwoot")
    assert tent.subject == "Hello, do you have the blue tent for four people?"
    assert (tent.status, tent.snoozed_until) == (Status.SNOOZED, 4_000_000_000)
    assert [way for way, _, _ in said(desk, tent)] == [Direction.IN, Direction.NOTE, Direction.OUT]
    assert desk.store.messages.of(tent.id)[0].attachments[0].filename == "blue tent.png"
    assert kept(desk, tent)["custom_attributes"] == {"plan": "pro"}
    assert (invoice.subject, invoice.status) == ("Factura de mayo", Status.SOLVED)
    assert desk.store.messages.of(invoice.id)[0].message_id == "<celia-1@mora.example>"


def test_a_page_of_messages_is_a_conversation_of_chatwoot(desk: Desk, helper: Helper, tmp_path: Path) -> None:
    conversation = record("chatwoot")
    meta = {
        "labels": ["ventas"],
        "contact": conversation["meta"]["sender"],
        "assignee": conversation["meta"]["assignee"],
    }
    page = {"meta": meta, "payload": conversation["messages"]}
    take(desk, helper, written(tmp_path, page, name="page.json"))
    (ticket,) = desk.store.tickets.each()
    assert (ticket.assignee, "ventas" in ticket.tags) == ("Ines Roth", True)
    assert [way for way, _, _ in said(desk, ticket)] == [Direction.IN, Direction.NOTE, Direction.OUT]
    found = desk.store.imported.of(ticket.id)
    assert found is not None
    assert found.ref == "412"


@pytest.mark.parametrize("tool", NAMES)
def test_importing_again_adds_nothing(desk: Desk, helper: Helper, tool: str) -> None:
    first, tickets = taken(desk, helper, tool)
    again, same = taken(desk, helper, tool)
    assert first.new
    assert (again.new, again.joined, again.duplicates) == (0, 0, first.seen)
    assert same == tickets


def test_a_later_export_adds_what_is_new_and_leaves_an_agents_work(desk: Desk, helper: Helper, tmp_path: Path) -> None:
    row = record("zendesk")
    take(desk, helper, written(tmp_path, row))
    late = {
        "id": 900004,
        "author_id": 5501,
        "body": "Llegó bien.",
        "public": True,
        "created_at": "2024-03-06T08:00:00Z",
    }
    row["comments"].append(late)
    row |= {"status": "solved", "updated_at": "2024-03-06T08:00:00Z"}
    report = take(desk, helper, written(tmp_path, row))
    (ticket,) = desk.store.tickets.each()
    assert (report.joined, report.duplicates, ticket.status) == (1, 3, Status.SOLVED)
    desk.act([ticket.id], Change(priority=Priority.LOW, status=Status.OPEN))
    take(desk, helper, written(tmp_path, row | {"priority": "urgent", "status": "closed"}))
    (ticket,) = desk.store.tickets.each()
    assert (ticket.priority, ticket.status) == (Priority.LOW, Status.OPEN)


def test_a_subject_and_names_without_end_are_kept_short_and_whole_in_the_raw_bytes(
    desk: Desk, helper: Helper, tmp_path: Path
) -> None:
    row = record("zendesk") | {"subject": "s" * 100_000}
    row["requester"] = row["requester"] | {"name": "n" * 100_000}
    take(desk, helper, written(tmp_path, row))
    (ticket,) = desk.store.tickets.each()
    customer = desk.store.customers.get(ticket.customer_id)
    assert customer is not None
    lines = [ticket.subject, customer.name, *(one.from_name for one in desk.store.messages.of(ticket.id))]
    assert max(map(len, lines)) == LONGEST_LINE
    assert ticket.subject == "s" * (LONGEST_LINE - 1) + "…"
    raws = [desk.store.messages.raw(one.raw_sha256) or b"" for one in desk.store.messages.of(ticket.id)]
    assert any(b"s" * 100_000 in raw for raw in raws)
    assert take(desk, helper, written(tmp_path, row, name="again.jsonl")).new == 0


def test_the_same_number_at_two_sites_is_two_tickets(desk: Desk, helper: Helper, tmp_path: Path) -> None:
    row = record("zendesk")
    other = row | {"url": "https://another.zendesk.com/api/v2/tickets/41207.json"}
    assert take(desk, helper, written(tmp_path, row, other)).new == 2


def test_words_that_are_not_known_are_kept_and_told(desk: Desk, helper: Helper, tmp_path: Path) -> None:
    row = record("gorgias") | {"status": "waiting on the moon", "created_datetime": "the day before"}
    report = take(desk, helper, written(tmp_path, row))
    (ticket,) = desk.store.tickets.each()
    assert kept(desk, ticket)["status"] == "waiting on the moon"
    assert report.kept["gorgias", "status"].example == "waiting on the moon"
    assert report.kept["gorgias", "created_datetime"].count == 1


def test_bad_records_cost_only_themselves(desk: Desk, helper: Helper, tmp_path: Path) -> None:
    good = record("zendesk")
    half_an_emoji = json.dumps(good | {"id": 2, "subject": "XX"}).replace("XX", "\\ud83d rota").encode()
    rows = [
        good,
        half_an_emoji,
        json.dumps(good | {"id": 3, "subject": "YY"}).encode().replace(b"YY", b"\xff\xfe"),
        {key: value for key, value in good.items() if key != "id"},
        json.dumps(good).encode()[:200],
        good | {"id": 4, "comments": json.loads("[" * 150 + "]" * 150)},
        b'{"requester":{},"comments":' + b"[" * 100_000,
        b'"just words"',
        good | {"id": 5, "comments": "none", "tags": {"a": 1}, "requester": [], "status": 7, "created_at": True},
    ]
    report = take(desk, helper, written(tmp_path, *rows))
    assert [ticket.subject for ticket in desk.store.tickets.each()][:3] == ["La lámpara llegó rota", "� rota", "��"]
    assert sum("has no id" in sentence for sentence in report.refused) == 1
    assert len(report.refused) == 4, report.refused
    assert all(sentence.startswith(str(tmp_path)) and sentence.endswith(".") for sentence in report.refused)
    assert len(list(desk.store.tickets.each())) == 5


def test_one_odd_character_does_not_cost_the_list(tmp_path: Path) -> None:
    small = b'{"id": 1, "requester_id": 2, "comments": [], "subject": "\\\\ud83d \\ud83d \\ud83d\\ude00", "x": NaN}'
    path = tmp_path / "list.json"
    path.write_bytes(b"[" + small + b", " + small + b"]")
    found = [split(one.raw, one.tool).subject for one in pieces(path) if isinstance(one, Record)]
    assert found == ["\\ud83d \N{REPLACEMENT CHARACTER} \N{GRINNING FACE}"] * 2


def test_a_record_that_ends_the_helper_is_refused(desk: Desk, tmp_path: Path) -> None:
    heavy = b'{"requester":{},"comments":[' + b"{}," * 1_500_000 + b"{}]" + b',"id":1}'
    with Helper(wall_seconds=3_600) as one:  # its own limit of processor time ends it, on a busy machine later
        report = take(desk, one, written(tmp_path, heavy, record("zendesk")))
    assert (report.new, len(report.refused)) == (1, 1)
    assert "memory" in report.refused[0]


def test_lists_pages_lines_and_archives_hold_the_same(tmp_path: Path) -> None:
    row = record("freshdesk")
    shapes = {
        "list.json": [row, row],
        "page.json": {"tickets": [row, row], "users": [{"id": 1, "name": "Ann", "email": "ann@a.example"}]},
        "line.jsonl": {"results": [row, row]},
    }
    for name, shape in shapes.items():
        (tmp_path / name).write_text(json.dumps(shape, indent=2 if name == "list.json" else None))
    written(tmp_path, row, row, name="lines.ndjson")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.write(tmp_path / "list.json", "Tickets1.json")
        archive.writestr("picture.png", b"\x89PNG")
    for name in (*shapes, "lines.ndjson", "all.zip"):
        found = [one for one in pieces(tmp_path / name) if isinstance(one, Record)]
        assert [one.tool for one in found] == ["freshdesk", "freshdesk"], name
        assert is_export(tmp_path / name)
    own = written(tmp_path, {"text": "hello", "from_addr": "a@b.example"}, name="own.jsonl")
    assert not is_export(own)


def test_what_is_too_large_damaged_or_locked_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_export, "LARGEST_RECORD", 2_000)
    monkeypatch.setattr(read_export, "LARGEST_LIST", 20_000)
    small = {"id": 1, "requester_id": 2, "comments": []}
    large = small | {"subject": "x" * 5_000}
    lines = list(pieces(written(tmp_path, small, large, small)))
    assert [isinstance(one, Record) for one in lines] == [True, False, True]
    (tmp_path / "long.json").write_text(json.dumps([large] * 9))
    (tmp_path / "cut.json").write_text(json.dumps([small])[:-3])
    (tmp_path / "cut.zip").write_bytes(b"PK\x03\x04 no zip at all")
    told = [one.message for name in ("long.json", "cut.json") for one in pieces(tmp_path / name)
            if isinstance(one, InputError)]  # fmt: skip
    assert [("more than" in one, "cut off" in one) for one in told] == [(True, False), (False, True)]
    assert all(isinstance(one, InputError) for one in pieces(tmp_path / "cut.zip"))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=8), inside, max_size=4),
    max_leaves=8,
)


@st.composite
def mangled(draw: st.DrawFn, tool: str) -> bytes:
    """A record of the fixture in which a few values, somewhere, are anything."""
    row = record(tool)
    for _ in range(draw(st.integers(1, 4))):
        place: Any = row
        while isinstance(place, dict | list) and place:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            key = draw(st.sampled_from(keys))
            if not isinstance(place[key], dict | list) or not place[key] or draw(st.integers(0, 3)) == 0:
                place[key] = draw(json_values)
                break
            place = place[key]
    return json.dumps(row).encode()


@pytest.mark.parametrize("tool", NAMES)
@given(data=st.data())
def test_no_record_stops_its_reader(tool: str, data: st.DataObject) -> None:
    found = split(data.draw(mangled(tool)), tool)
    assert found.problem == "" or found.problem.startswith("it has no "), "a field that is odd costs that field alone"
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=type(found)) == found
    assert isinstance(msgspec.json.decode(found.extra or b"{}"), dict)


starts = [b"", b"{", b"[", b'{"tickets":[', b'[{"requester_id":1,"comments":[]},', b"\xef\xbb\xbf", b"PK\x03\x04"]
ends = st.binary(max_size=60) | st.text('{}[]",:0 \n\\ab', max_size=60).map(str.encode)


@given(start=st.sampled_from(starts), rest=ends)
def test_any_file_is_records_or_sentences(tmp_path_factory: pytest.TempPathFactory, start: bytes, rest: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_bytes(start + rest)
    for piece in pieces(path):
        assert isinstance(piece, Record | PersonRow) or piece.message.endswith(".")
    is_export(path)


@given(changes=st.lists(st.tuples(st.integers(1, 300), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_damaged_archive_is_records_or_sentences(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]]
) -> None:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("a.json", '[{"id": 1, "requester_id": 2, "comments": []}]')
    damaged = bytearray(whole.getvalue())
    for place, byte in changes:
        damaged[-1 - place % len(damaged)] = byte
    path = tmp_path_factory.getbasetemp() / "any.zip"
    path.write_bytes(damaged)
    for piece in pieces(path):
        assert isinstance(piece, Record | PersonRow) or piece.message.endswith(".")


@given(st.text() | st.integers() | st.floats() | st.none() | st.booleans() | st.lists(st.integers()))
def test_any_value_is_a_time_or_none(value: object) -> None:
    found = seconds(value)
    assert found is None or 315_532_800 <= found <= 4_102_444_800


@pytest.mark.parametrize(
    "told",
    ["2024-03-04T08:12:31Z", "2024-03-04 08:12:31 UTC", "2024-03-04T09:12:31+01:00", "2024-03-04 09:12:31 +0100",
     "2024-03-04T08:12:31.000+00:00", "2024-03-04T08:12:31", 1709539951, "1709539951", 1709539951000],
)  # fmt: skip
def test_times_as_tools_write_them(told: object) -> None:
    assert seconds(told) == 1_709_539_951


def test_a_message_of_an_import_reads_like_any_other(desk: Desk, helper: Helper) -> None:
    _, (lamp, _) = taken(desk, helper, "zendesk")
    first: Message = desk.store.messages.of(lamp.id)[0]
    assert replace(first, id=0).at == seconds("2024-03-04T08:12:31Z")
    assert desk.store.messages.raw(first.raw_sha256) is not None
    assert [hit.ticket_id for hit in desk.store.search("lampara")][:1] == [lamp.id]


@pytest.mark.parametrize(
    ("cell", "words"),
    [("a, b c", ("a", "b-c")), ('["a,b", "c d"]', ("a,b", "c-d")), ("[]", ()), ("[a", ("[a",)), ("[1]", ()),
     ("[" * 100_000, ("[" * 1_000,))],
)  # fmt: skip
def test_a_list_in_a_cell_is_read_between_commas_or_as_our_own_tables_write_it(
    cell: str, words: tuple[str, ...]
) -> None:
    assert tuple(word[:1_000] for word in Fields({"tags": cell}).words("tags")) == words

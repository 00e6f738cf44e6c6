"""FreeScout, Zammad, osTicket and tables: what they say arrives, what has no place is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError
from data.records.messages import Direction
from data.records.tickets import Priority, Status
from queues.exports import read_export, table_file
from queues.exports.read_export import Record
from queues.exports.splitting import split
from queues.exports.table_file import Columns
from queues.exports.ticket import ExportedTicket

EXPORTED = Path(__file__).parents[1] / "exported"
OWN = Columns({"number": "Ref", "subject": "Titel", "name": "Wer", "address": "Mail", "direction": "Art",
               "status": "Stand", "sent": "Wann"}, "%d/%m/%Y %H:%M")  # fmt: skip


def tickets(pieces: Iterator[read_export.Piece]) -> list[ExportedTicket]:
    held = list(pieces)
    assert all(isinstance(piece, Record) for piece in held), held
    return [split(piece.raw, piece.tool) for piece in held if isinstance(piece, Record)]


def told(ticket: ExportedTicket) -> list[tuple[str, Direction | None, str]]:
    return [(message.author.name, message.direction, message.text[:12]) for message in ticket.messages]


def test_zammad_with_articles_inside_and_as_assets() -> None:
    first, second = tickets(read_export.pieces(EXPORTED / "zammad.json"))
    assert (first.ref, first.status, first.priority, first.tags) == (
        "22071", Status.OPEN, Priority.HIGH, ("upload", "android"),
    )  # fmt: skip
    assert first.customer.address == "lena.ortiz@example.org"
    assert first.assignee.address == "ravi@desk.example"
    assert told(first) == [
        ("Lena Ortiz", Direction.IN, "Each upload "),
        ("Ravi Menon", Direction.NOTE, "Same as the "),
        ("Ravi Menon via Desk", Direction.OUT, "<div>Please "),
    ]
    assert first.messages[0].attachments[0].filename == "screen.png"
    assert first.messages[0].message_id == "<z1@example.org>"
    assert {"group", "app_version"} <= set(first.kept)
    assert (second.status, second.customer.name, second.assignee.name) == (Status.SOLVED, "Tomás Gil", "")
    assert told(second) == [("Tomás Gil", Direction.IN, "Hola, el pag")]


def test_freescout_is_told_from_help_scout() -> None:
    (record,) = [piece for piece in read_export.pieces(EXPORTED / "freescout.json") if isinstance(piece, Record)]
    assert record.tool == "freescout"
    ticket = split(record.raw, record.tool)
    assert (ticket.ref, ticket.status, ticket.tags) == ("12", Status.PENDING, ("profile",))
    assert (ticket.customer.name, ticket.assignee.name) == ("Ida Bell", "Ravi Menon")
    assert {name for name, *_ in told(ticket)} == {"Ida Bell", "Ravi Menon"}
    assert len(ticket.messages) == 2
    assert "customFields" in ticket.kept


def test_osticket_is_read_by_its_own_columns() -> None:
    first, second = tickets(table_file.pieces(EXPORTED / "osticket.csv", Columns(), "osticket"))
    assert (first.ref, first.subject, first.status, first.priority) == (
        "100231", "App closes when I open the camera", Status.OPEN, Priority.HIGH,
    )  # fmt: skip
    assert (first.customer.name, first.customer.address) == ("Noor Haddad", "noor.haddad@example.org")
    assert first.assignee.name == "Ravi Menon"
    assert (second.status, second.solved_at) == (Status.SOLVED, 1_772_614_800)
    assert {"Department", "Help Topic", "Thread Count", "Overdue"} <= set(first.kept)


def test_a_table_of_any_tool_by_a_mapping() -> None:
    first, second = tickets(table_file.pieces(EXPORTED / "table.csv", OWN))
    assert told(first) == [("Jo Park", Direction.IN, "The code nev"), ("Ravi Menon", Direction.OUT, "Please check")]
    assert first.messages[0].at == 1_777_881_600
    assert (first.status, second.status, second.subject) == (Status.OPEN, Status.CLOSED, "Álbum")
    assert set(first.kept) == {"Land"}


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (Columns(), "name one: --column subject=COLUMN. It has Ref, Titel"),
        (Columns({"subjct": "Titel"}), "did you mean subject?"),
        (Columns({"subject": "Title"}), "has no column 'Title'; it has Ref, Titel"),
    ],
)
def test_a_wrong_mapping_is_one_sentence(columns: Columns, said: str, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("Ref;Titel\n1;x\n")
    (refusal,) = table_file.pieces(path, columns)
    assert isinstance(refusal, InputError)
    assert said in refusal.message


def test_a_date_in_another_form_is_kept_and_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "dates.csv"
    path.write_text("Subject,Created\nHello,03/04/2026\n")
    (ticket,) = tickets(table_file.pieces(path, Columns()))
    assert ticket.created_at is None
    assert ticket.kept["created"].example == "03/04/2026"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_table_is_read_in_the_encodings_that_spreadsheets_write(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "own.csv"
    path.write_bytes("Asunto;Correo\r\n¿Dónde está?;ana@example.org\r\n".encode(encoding))
    (ticket,) = tickets(table_file.pieces(path, Columns()))
    assert (ticket.subject, ticket.customer.address) == ("¿Dónde está?", "ana@example.org")


def test_a_bad_row_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text('Id,Subject\n1,a\n2,b,c,d\n3,"c"\n\n')
    held = list(table_file.pieces(path, Columns()))
    assert [isinstance(piece, InputError) for piece in held] == [True, False, False]


@given(st.binary(max_size=300))
def test_no_bytes_end_in_anything_but_tickets_or_sentences(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(b"Subject,Text,Id\n" + content)
    for piece in table_file.pieces(path, Columns()):
        if isinstance(piece, Record):
            split(piece.raw, piece.tool)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(
    inner, max_size=3) | st.dictionaries(st.sampled_from(["articles", "assets", "Ticket", "1", "from", "state", "id",
    "number", "User", "customer", "attachments", "size"]), inner, max_size=4), max_leaves=12))  # fmt: skip
def test_no_shape_breaks_the_reader(value: object) -> None:
    for tool in ("zammad", "freescout", "csv", "osticket"):
        raw = msgspec.json.encode(
            {
                "number": "1",
                "ticket_id": 1,
                "rows": value,
                "articles": value,
                "assets": value,
                "_embedded": value,
                "customer": value,
            }
        )
        split(raw, tool)

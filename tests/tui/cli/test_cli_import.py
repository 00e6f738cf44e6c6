"""`tridesk import` and `tridesk export`: in, out, and in again, with an honest report."""

from __future__ import annotations

import csv
import io
import json
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError
from data.safe_text import plain_cell
from data.store import Store
from queues.exports.registry import NAMES
from tests.database import database
from tui.cli.exporting import export
from tui.cli.importing import TOOLS, import_
from tui.cli.main import run
from tui.look.written_values import safe_cell

EXPORTED = Path(__file__).parents[2] / "queues" / "exported"

LETTER = """From ana@example.org Mon Mar 04 06:15:04 2024
From: =?utf-8?Q?Ana_Mu=C3=B1oz?= <ana@example.org>
To: help@desk.example
Subject: {subject}
Date: Mon, 4 Mar 2024 06:15:04 +0000
Message-ID: <{number}@mail.example>

Number {number}: I can not log in to my account any more.
{more}
"""


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("TRIDESK_DB", str(tmp_path / "desk" / "desk.db"))


def mbox(tmp_path: Path, *subjects: str, more: str = "") -> str:
    path = tmp_path / "in.mbox"
    path.write_text("".join(LETTER.format(number=n, subject=s, more=more) for n, s in enumerate(subjects, 1)))
    return str(path)


def run_import(*arguments: str) -> Result:
    return CliRunner().invoke(import_, arguments, catch_exceptions=False)


def exported(*arguments: str) -> bytes:
    return CliRunner().invoke(export, [*arguments, "--full", "a test"], catch_exceptions=False).stdout_bytes


def test_the_report_counts(tmp_path: Path) -> None:
    box = mbox(tmp_path, "one", "two", "Re: one")
    report = json.loads(run_import(box, "--json").stdout)
    assert (report["new"], report["joined"], report["duplicates"]) == (2, 1, 0)
    assert "3 already here" in run_import(box).stdout


def test_a_missing_source_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        run_import(str(tmp_path / "nothing"))


def test_people_in_cc_come_out_in_json_alone(tmp_path: Path) -> None:
    mail = tmp_path / "one.eml"
    mail.write_bytes(b"From: ana@x.example\nCc: bob@x.example\nMessage-ID: <1@x.example>\nSubject: Hi\n\nHi")
    run_import(str(mail))
    assert json.loads(exported("messages", "--json"))["cc"] == ["bob@x.example"]
    assert "bob@x.example" not in exported("messages", "--csv").decode()


def test_messages_come_out_under_their_fixed_keys(tmp_path: Path) -> None:
    run_import(mbox(tmp_path, "one"))
    row = json.loads(exported("messages", "--json"))
    assert set(row) == {
        "ticket",
        "message_id",
        "thread",
        "direction",
        "kind",
        "subject",
        "from_name",
        "from_addr",
        "reply_to",
        "date",
        "language",
        "text",
        "new_text",
        "attachments",
        "raw_sha256",
        "readable",
    }
    assert (row["from_name"], row["date"], row["thread"]) == ("Ana Muñoz", "2024-03-04T06:15:04Z", row["ticket"])


@pytest.mark.parametrize("form", ["--mbox", "--json"])
def test_what_is_exported_can_be_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    run_import(mbox(tmp_path, "one", "Re: one", "two", more="\n>From here\nFrom there at 10:30"))
    first = [json.loads(line) for line in exported("messages").splitlines()]
    copy = tmp_path / "copy"
    copy.write_bytes(exported("messages", form))
    monkeypatch.setenv("TRIDESK_DB", str(tmp_path / "second" / "desk.db"))
    assert json.loads(run_import(str(copy), "--json").stdout)["unreadable"] == []
    second = [json.loads(line) for line in exported("messages").splitlines()]
    keys = ("subject", "from_addr", "date", "text", "thread", "message_id")
    assert [[row[key] for key in keys] for row in second] == [[row[key] for key in keys] for row in first]


def test_messages_as_mbox_are_read_with_one_statement(tmp_path: Path) -> None:
    run_import(mbox(tmp_path, *(f"Question {number}" for number in range(20))))
    statements: list[str] = []
    with closing(Store.open(tmp_path / "desk" / "desk.db")) as store:
        database(store).conn.set_trace_callback(statements.append)
        assert len(list(store.messages.each_with_raw())) == 20
    assert len(statements) == 1


def test_another_tools_export_is_taken_told_and_comes_out_again() -> None:
    export_of, other = (str(EXPORTED / name) for name in ("gorgias.json", "helpscout.json"))
    said = run_import(export_of, other).stdout
    assert "3 new tickets" in said
    assert "gorgias    satisfaction_survey" in said
    report = json.loads(run_import(export_of, other, "--json").stdout)
    assert (report["new"], report["duplicates"], report["unmapped"]) == (0, report["messages"], [])
    row = json.loads(exported("tickets").splitlines()[0])
    assert (row["imported"]["tool"], row["imported"]["ref"]) == ("gorgias", "86530001")
    assert row["imported"]["fields"]["meta"] == {"order": "1007"}
    assert b"imported" not in exported("tickets", "--csv")


def test_a_folder_holds_mail_and_exports_side_by_side(tmp_path: Path) -> None:
    mbox(tmp_path, "one", "two")
    (tmp_path / "export.json").write_bytes((EXPORTED / "chatwoot.json").read_bytes())
    report = json.loads(run_import(str(tmp_path), "--json").stdout)
    assert (report["new"], report["unreadable"], report["refused"]) == (4, [], [])


def test_a_file_that_is_no_export_is_refused_with_its_way_out(tmp_path: Path) -> None:
    (tmp_path / "odd.json").write_text('[{"a": 1}]')
    result = CliRunner().invoke(import_, [str(tmp_path / "odd.json")])
    assert result.exit_code == 1
    assert "odd.json#1 is not a known ticket of zendesk" in result.stderr
    assert "--from" in result.stderr


def test_the_commands_tools_are_those_that_are_known() -> None:
    assert TOOLS == NAMES


def test_csv_holds_no_formulas(tmp_path: Path) -> None:
    run_import(mbox(tmp_path, "=HYPERLINK(1)"))
    rows = list(csv.DictReader(io.StringIO(exported("tickets", "--csv").decode())))
    assert rows[0]["subject"] == "'=HYPERLINK(1)"


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", " =1", "\ufeff=1", "\uff1d1"])
def test_formula_starts_are_defused(text: str) -> None:
    assert safe_cell(text) == "'" + text


@given(st.text(alphabet="'=+-@\t\r\n\0 \xa0\ufeff\uff1da;,\"", max_size=8))
def test_what_a_cell_was_is_read_again(text: str) -> None:
    assert plain_cell(safe_cell(text)) == text
    assert not safe_cell(text).lstrip(" \xa0\ufeff").startswith(("=", "+", "-", "@", "\t", "\r", "\0", "\uff1d"))


def test_plain_cells_stay() -> None:
    assert [safe_cell(value) for value in ("a=1", "", None, 3, ["x"])] == ["a=1", "", "", "3", '["x"]']


def test_old_mail_of_a_file_becomes_history(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    box = tmp_path / "old.mbox"
    box.write_text(
        "".join(
            f"From x Mon Jan  1 00:00:00 2024\nFrom: c{year}@x.example\nTo: help@desk.example\n"
            f"Subject: Pregunta {year}\nDate: Mon, 02 Mar {year} 10:00:00 +0000\nMessage-ID: <{year}@x.example>\n"
            "\nHola, ¿qué hago?\n\n"
            for year in (2019, 2023, 2025)
        )
    )
    db = str(tmp_path / "desk.db")
    assert run(["import", str(box), "--db", db, "--history-before", "2024-06-01"]) == 0
    capsys.readouterr()
    assert run(["list", "--db", db, "--json"]) == 0
    assert [json.loads(line)["subject"] for line in capsys.readouterr().out.splitlines()] == ["Pregunta 2025"]
    assert run(["list", "--db", db, "--status", "history", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["subject"], row["first_due"]) for row in rows] == [("Pregunta 2019", None), ("Pregunta 2023", None)]


def test_what_is_unanswered_in_old_mail_is_work_from_now_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def letter(number: int, sender: str, to: str, answers: str) -> str:
        return (
            f"From x Mon Jan  1 00:00:00 2024\nFrom: {sender}\nTo: {to}\nSubject: Pregunta {number // 10}\n"
            f"Date: Mon, 02 Mar 2020 10:{number:02}:00 +0000\nMessage-ID: <{number}@x.example>\n{answers}\nHola.\n\n"
        )

    box, db, desk = tmp_path / "old.mbox", str(tmp_path / "desk.db"), "help@desk.example"
    box.write_text(
        letter(10, "ana@x.example", desk, "")
        + letter(20, "bea@x.example", desk, "")
        + letter(21, desk, "bea@x.example", "In-Reply-To: <20@x.example>\n")
        + letter(30, "eva@x.example", desk, "Auto-Submitted: auto-replied\n")
    )
    command = ["import", str(box), "--db", db, "--own", desk, "--as", "from-now"]
    assert run(command) == 0
    assert "1 ticket is unanswered; its clocks begin now." in capsys.readouterr().out
    assert run([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["begun"] == 0
    assert run(["list", "--db", db, "--json"]) == 0
    (row,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (row["subject"], row["first_due"][:4] > "2020") == ("Pregunta 1", True)
    assert run(["undo", "--db", db]) == 0
    capsys.readouterr()
    assert run(["list", "--db", db, "--status", "history", "--json"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3
    assert run(["import", str(box), "--db", db, "--as", "history", "--history-before", "2024-06-01"]) == 2


def test_a_dry_run_reports_everything_and_imports_nothing(tmp_path: Path) -> None:
    run_import(mbox(tmp_path, "one"))
    before = exported("messages")
    table = str(EXPORTED / "table.csv")
    options = ("--column", "subject=Titel", "--column", "number=Ref", "--dry-run")
    said = run_import(table, mbox(tmp_path, "one", "two"), *options).stdout
    assert "nothing was imported" in said
    assert "1 already here" in said
    report = json.loads(run_import(table, *options, "--json").stdout)
    assert (report["new"], report["dry_run"]) == (2, True)
    assert {row["field"] for row in report["unmapped"]} >= {"Land", "Wann"}
    assert exported("messages") == before
    assert json.loads(run_import(table, *options[:-1], "--json").stdout)["new"] == 2
    assert json.loads(run_import(table, *options[:-1], "--json").stdout)["new"] == 0


@pytest.mark.parametrize("form", ["--mbox", "--json"])
def test_a_reply_that_was_not_sent_stays_in_its_conversation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    run_import(mbox(tmp_path, "one", "two"))
    run(["reply", "1", "On its way."])
    if form == "--json":  # a note is no mail: in an mbox it has no conversation
        run(["note", "2", "Called."])
    copy = tmp_path / "copy"
    copy.write_bytes(exported("messages", form))
    monkeypatch.setenv("TRIDESK_DB", str(tmp_path / "second" / "desk.db"))
    run_import(str(copy))
    assert len(exported("tickets").splitlines()) == 2


@pytest.mark.parametrize("form", ["--mbox", "--json"])
def test_seven_tickets_are_seven_again_unsent_replies_and_notes_in_their_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """Replies that have not left, replies to nothing that came as mail, notes, and a ticket that we opened."""
    run_import(mbox(tmp_path, "one", "two", "three", "four"))
    form_message = tmp_path / "form.jsonl"
    form_message.write_text('{"from_addr": "eva@example.org", "text": "My app crashes", "subject": "crash"}\n')
    run_import(str(form_message))
    for command in (
        ("reply", "1", "We look into it today."),
        ("reply", "2", "Done."),
        ("note", "3", "Called back."),
        ("reply", "5", "Which version?"),
        ("reply", "5", "And which device?"),
        ("new", "Your parcel is back.", "--to", "leo@example.org", "--subject", "Parcel"),
        ("new", "A second parcel.", "--to", "leo@example.org", "--subject", "Parcel two"),
    ):
        assert run([*command]) == 0, command
    first = [json.loads(line) for line in exported("messages").splitlines()]
    assert len({row["ticket"] for row in first}) == 7
    copy = tmp_path / "copy"
    copy.write_bytes(exported("messages", form))
    monkeypatch.setenv("TRIDESK_DB", str(tmp_path / "second" / "desk.db"))
    run_import(str(copy), "--json")
    second = [json.loads(line) for line in exported("messages").splitlines()]
    assert len({row["ticket"] for row in second}) == 7
    if form == "--mbox":  # a note is not a mail
        first = [row for row in first if row["direction"] != "note"]
    threads = [sorted(sorted(row["text"].strip() for row in rows if row["ticket"] == number)
                      for number in {row["ticket"] for row in rows}) for rows in (first, second)]  # fmt: skip
    assert threads[0] == threads[1]

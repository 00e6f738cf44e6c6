"""Confidential data is masked at every way out: screen, command line as text and JSON, exports, reports, mails."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from textual.pilot import Pilot

from data.errors import RuleError
from data.records.changes import Change
from data.records.escalations import Escalation
from data.records.forwards import Forward
from data.records.messages import Attachment, Direction
from data.store import Store
from tests.tui.playing import incoming, make_desk, picture, play, press
from tui.__main__ import main
from tui.app import DeskApp
from tui.cli.common import for_a_terminal
from tui.cli.main import cli
from tui.customer.hidden_card import HiddenCard

pytestmark = pytest.mark.masked

ITEMS = {
    "card": "4539 9458 0730 2151",
    "bank account": "ES92 5741 6299 8649 8403 2979",
    "national id": "62322222L",
    "curp": "GOMC960912HDFRRL02",
    "ssn": "536-90-4399",
    "cuit": "20-35659652-9",
    "phone": "+34 612 345 678",
    "e-mail": "marta.secreta@private.example",
    "address": "Calle de Alcalá 145, 3º B, 28009 Madrid",
    "code": "482913",
    "password": "Gatito1987",
    "token": "sk_live_51HxAbCdEfGhIjKlMnOp",
}
TEXT = "\n".join(
    [
        f"Mi tarjeta es {ITEMS['card']}",
        f"IBAN {ITEMS['bank account']}",
        f"DNI {ITEMS['national id']} y CURP {ITEMS['curp']}",
        f"SSN {ITEMS['ssn']}, CUIT {ITEMS['cuit']}",
        f"tel. {ITEMS['phone']}, correo {ITEMS['e-mail']}",
        f"Vivo en {ITEMS['address']}",
        f"El código de verificación es {ITEMS['code']}",
        f"mi contraseña es {ITEMS['password']}",
        f"key {ITEMS['token']}",
        "pedido 10048832751",
    ]
)
SUBJECT = f"Cobro en {ITEMS['card']}, DNI {ITEMS['national id']}"
COMMANDS = [
    ["list"],
    ["list", "--json"],
    ["show", "1"],
    ["show", "1", "--json"],
    ["search", "pedido"],
    ["search", "pedido", "--json"],
    ["search", "marta.secreta@private.example"],
    ["history", "1"],
    ["history", "1", "--json"],
    ["files", "1"],
    ["files", "1", "--json"],
    ["promises"],
    ["handover", "--json"],
    ["outbox", "list"],
    ["outbox", "list", "--json"],
    ["next", "--json"],
    ["report"],
    ["export", "tickets"],
    ["export", "tickets", "--csv"],
    ["export", "messages"],
    ["export", "messages", "--csv"],
    ["export", "events"],
    ["export", "events", "--csv"],
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A desk with one ticket full of confidential data: subject, text, sender, name of a file."""
    store = Store.open(tmp_path / "desk.db")
    item = replace(
        incoming(1, SUBJECT, "mail"),
        text=TEXT,
        new_text=TEXT,
        from_address=ITEMS["e-mail"],
        attachments=(Attachment(f"tarjeta {ITEMS['card']}.png", "image/png", 10, "0" * 64, 1),),
    )
    desk = make_desk(store)
    desk.receive([item])
    desk.act([1], Change(lane="mail"))
    store.close()
    return tmp_path / "desk.db"


def seen(text: str) -> list[str]:
    return [name for name, value in ITEMS.items() if value in text or value.replace(" ", "") in text]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_nothing_confidential_leaves_through_the_command_line(path: Path, command: list[str]) -> None:
    result = CliRunner().invoke(cli, ["--db", str(path), *command])
    assert result.exception is None, result.output
    whose = ["e-mail"] if command[:2] == ["export", "messages"] else []
    assert seen(result.stdout + result.stderr) == whose


def test_an_export_keeps_whose_a_message_is_and_masks_its_texts(path: Path) -> None:
    result = CliRunner().invoke(cli, ["--db", str(path), "export", "messages"])
    for row in map(json.loads, result.stdout.splitlines()):
        assert row.pop("from_addr") == ITEMS["e-mail"]
        assert "•" not in row["message_id"]
        assert seen(json.dumps(row, ensure_ascii=False)) == []


def test_what_is_not_confidential_is_still_there(path: Path) -> None:
    assert "10048832751" in CliRunner().invoke(cli, ["--db", str(path), "show", "1"]).stdout


@pytest.mark.parametrize(
    "command",
    [["show", "1", "--reveal", "asked by ana"], ["show", "1", "--json", "--reveal", "asked by ana"],
     ["export", "messages", "--full", "asked by ana"], ["export", "messages", "--mbox", "--full", "asked by ana"]],
    ids=" ".join,
)  # fmt: skip
def test_with_a_reason_everything_is_shown_and_that_is_recorded(path: Path, command: list[str]) -> None:
    result = CliRunner().invoke(cli, ["--db", str(path), *command])
    assert result.exception is None, result.output
    shown = result.stdout_bytes.decode("utf-8", "replace")
    if "--mbox" not in command:
        assert set(seen(shown)) == set(ITEMS)
    store = Store.open(path)
    (event,) = [event for event in store.events.each() if event.kind == "unmasked"]
    store.close()
    assert event.detail["reason"] == "asked by ana"
    assert seen(json.dumps(dict(event.detail))) == []


@pytest.mark.parametrize("option", [["show", "1", "--reveal", " "], ["export", "messages", "--mbox"]], ids=" ".join)
def test_without_a_reason_nothing_is_shown(path: Path, option: list[str]) -> None:
    result = CliRunner().invoke(cli, ["--db", str(path), *option])
    assert result.exit_code == 2
    assert seen(result.output) == []


def test_nothing_confidential_is_on_the_screen_until_a_key_shows_one_item(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        assert seen(picture(app)) == []
        await press(pilot, app, "enter")
        assert "10048832751" in picture(app)
        assert seen(picture(app)) == []
        for key, back in (("c", "escape"), ("A", "escape"), ("y", "escape"), ("r", "escape"), ("g h", "escape")):
            await press(pilot, app, *key.split(), back)
            assert seen(picture(app)) == []
        await press(pilot, app, "c")
        assert seen(picture(app)) == []
        assert "m•••@private.example" in picture(app)
        await press(pilot, app, "escape", "asterisk")
        assert isinstance(app.screen, HiddenCard)
        assert seen(picture(app)) == []
        await press(pilot, app, "enter")
        assert len(seen(picture(app))) == 1
        await press(pilot, app, "enter")
        assert seen(picture(app)) == []
        await press(pilot, app, "enter", "down")
        assert seen(picture(app)) == []
        await press(pilot, app, "escape")
        events = [event for event in app.desk.store.events.of(1) if event.kind == "unmasked"]
        assert [event.actor for event in events] == ["ann", "ann"]
        assert seen(json.dumps([dict(event.detail) for event in events])) == []

    play(path, script, size=(150, 50))


@pytest.mark.parametrize("name", ["card", "code", "password"])
@pytest.mark.parametrize("way", ["reply", "note", "forward"])
def test_no_reason_lets_a_card_a_code_or_a_password_leave(path: Path, name: str, way: str) -> None:
    line = next(line for line in TEXT.splitlines() if ITEMS[name] in line)
    changes = {
        "reply": Change(reply=line, override_reason="because"),
        "note": Change(note=line, override_reason="because"),
        "forward": Change(forward=Forward("team@partner.example", line), override_reason="because"),
    }
    store = Store.open(path)
    with pytest.raises(RuleError, match="line 1"):
        make_desk(store).act([1], changes[way])
    store.close()


def test_what_is_quoted_and_the_subject_are_masked_by_themselves(path: Path) -> None:
    quoted = "\n".join(f"> {line}" for line in TEXT.splitlines())
    store = Store.open(path)
    make_desk(store).act([1], Change(reply=f"Gracias.\n\n{quoted}", override_reason="the quote"))
    make_desk(store).act([1], Change(escalate=Escalation("Security", reason=TEXT.splitlines()[0], note=TEXT)))
    gone = [entry.raw.decode("utf-8", "replace") for entry in store.outbox.waiting()]
    notes = [message.text for message in store.messages.of(1) if message.direction is not Direction.IN]
    store.close()
    assert gone
    for text in (*gone, *notes):
        assert {"card", "code", "password"} & set(seen(text)) == set()


def test_what_is_echoed_on_stderr_cannot_drive_a_terminal_and_is_masked(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for command in (
        ["--db", str(path), "list", "--lane", f"\x1b]0;x\x07 {ITEMS['card']}"],
        ["list", f"--\x1b[31m{ITEMS['e-mail']}"],
        ["--db", f"/nowhere/\x1b[2J {ITEMS['card']}", "list"],
    ):
        monkeypatch.setattr("sys.argv", ["tridesk", *command])
        with pytest.raises(SystemExit) as left:
            main()
        assert left.value.code in (1, 2)
        said = capsys.readouterr().err
        assert said
        assert "\x1b" not in said
        assert "\x07" not in said
        assert seen(said) == []


def test_json_on_a_terminal_is_escaped_and_reads_the_same() -> None:
    line = json.dumps({"text": "a\x9b31m\u202eb\x7fñ\U000e0041"}, ensure_ascii=False)
    shown = for_a_terminal(line)
    assert not {"\x9b", "\u202e", "\x7f", "\U000e0041"} & set(shown)
    assert json.loads(shown) == json.loads(line)

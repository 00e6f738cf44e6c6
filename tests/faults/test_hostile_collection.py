"""A collection of hostile mails and strings: all are taken, and nothing of them reaches a terminal but text."""

from __future__ import annotations

import csv
import io
import mailbox
import re
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from click.testing import CliRunner
from textual.pilot import Pilot

from data.records.messages import Draft
from data.safe_text import safe_text
from data.store import Store
from tests.faults.hostile_mails import STRINGS, mails
from tests.tui.playing import make_desk, play, press, strips
from tui.app import DeskApp
from tui.cli.main import cli

EVERY = tuple(mails())
SOME = EVERY[::61]
FOREIGN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\u2060-\u2064\ufeff\U000e0000-\U000e0fff\ud800-\udfff]"
)
Figure = Callable[[str, object], None]
COMMANDS = (
    ["list"], ["list", "--json"], ["search", "order"], ["search", "order", "--json"], ["next"], ["next", "--json"],
    ["export", "messages"], ["export", "messages", "--csv"], ["export", "tickets"], ["export", "tickets", "--csv"],
    ["export", "events"], ["outbox", "list"], ["report"], ["lanes"],
)  # fmt: skip
SEEN = (["show"], ["show", "--json"], ["history"], ["files"], ["files", "--json"])


def desk_of(folder: Path, raw: Sequence[bytes]) -> Path:
    """Import mails into a desk of their own."""
    box = mailbox.Maildir(folder / "mail", create=True)
    for message in raw:
        box.add(message)
    path = folder / "desk.db"
    result = CliRunner().invoke(cli, ["--db", str(path), "import", str(folder / "mail")])
    assert result.exception is None, result.output
    assert not FOREIGN.search(result.output)
    numbers = [int(n) for n in re.findall(r"\d+(?= (?:messages|new|joined|already|kept))", result.output)]
    assert len(numbers) == 5, result.output
    said, *parts = numbers
    assert said == sum(parts) == len(raw), "every mail is accounted for"
    assert count(path) == said - parts[2], "what is not a duplicate is stored"
    return path


def count(path: Path) -> int:
    store = Store.open(path)
    messages = list(store.messages.each())
    store.close()
    return len(messages)


@pytest.fixture(scope="module")
def some(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return desk_of(tmp_path_factory.mktemp("some"), SOME)


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return desk_of(tmp_path_factory.mktemp("every"), EVERY)


def test_every_hostile_mail_is_a_ticket(some: Path) -> None:
    assert count(some) >= len(SOME) - 2


@pytest.mark.faults
def test_every_hostile_mail_of_all_is_a_ticket(every: Path, record_property: Figure) -> None:
    assert count(every) >= len(EVERY) - 10
    record_property("figure", f"{len(EVERY)} mails imported in one run, each stored or known as a duplicate")


def written_by_commands(path: Path, tickets: Sequence[int]) -> int:
    """Look at what every command writes; return how many runs that were."""
    runs = [*COMMANDS, *([name, str(number), *rest] for name, *rest in SEEN for number in tickets)]
    for command in runs:
        result = CliRunner().invoke(cli, ["--db", str(path), *command])
        assert result.exception is None or isinstance(result.exception, SystemExit), command
        match = FOREIGN.search(result.output)
        assert match is None, f"{command}: {result.output[max(0, match.start() - 60) : match.end() + 20]!r}"
    return len(runs)


def test_no_command_writes_anything_foreign(some: Path) -> None:
    written_by_commands(some, range(1, 8))


@pytest.mark.faults
def test_no_command_writes_anything_foreign_of_all(every: Path, record_property: Figure) -> None:
    runs = written_by_commands(every, range(1, count(every) + 1, 3))
    record_property("figure", f"{runs} runs of commands, 0 foreign characters")


async def looked_at(pilot: Pilot[int], app: DeskApp, tickets: Sequence[int], slow: list[float]) -> None:
    for number in tickets:
        begun = process_time()
        app.parts.going.open_ticket(app.desk.active, number)
        await press(pilot, app, *(("G", "Q") if number % 2 else ("1", "escape")))
        slow.append(process_time() - begun)
        look(app)


def look(app: DeskApp) -> None:
    """Look at every cell that is drawn: no control, no link, no action of foreign markup."""
    for strip in strips(app):
        for segment in strip:
            assert not FOREIGN.search(segment.text), repr(segment.text)
            if segment.style is not None:
                assert segment.style.link is None
                assert "@click" not in segment.style.meta


def seen_on_the_screen(path: Path, tickets: Sequence[int]) -> None:
    slow: list[float] = []

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        look(app)
        await looked_at(pilot, app, tickets, slow)

    play(path, script, make=make_desk)


def test_nothing_foreign_is_written_to_the_terminal(some: Path) -> None:
    seen_on_the_screen(some, range(1, 12))


@pytest.mark.faults
def test_nothing_foreign_of_all_is_written_to_the_terminal(every: Path, record_property: Figure) -> None:
    tickets = range(1, count(every) + 1, 2)
    seen_on_the_screen(every, tickets)
    record_property("figure", f"{len(tickets)} tickets opened and answered, 0 foreign characters, links or actions")


def test_hostile_strings_come_back_as_they_were(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "desk.db")
    storable = [text for text in STRINGS if "\ud800" not in text]
    for number, text in enumerate(storable, 1):
        raw = text.encode()
        with store.write():
            digest = store.messages.keep_raw(raw, f"test:{number}", 1)
        assert store.messages.raw(digest) == raw
        assert safe_text(safe_text(text)) == safe_text(text)
        store.search(text, limit=10)


def test_a_draft_of_any_string_is_kept(some: Path) -> None:
    store = Store.open(some)
    desk = make_desk(store)
    revision = 0
    for text in STRINGS:
        kept = desk.save_draft(1, safe_text(text) or "x", revision=revision)
        assert isinstance(kept, Draft)
        revision = kept.revision
        draft = store.drafts.get(1)
        assert draft is not None
        assert draft.text == (safe_text(text) or "x")
    store.close()


def test_no_cell_of_an_export_is_a_formula(some: Path) -> None:
    result = CliRunner().invoke(cli, ["--db", str(some), "export", "messages", "--csv"])
    rows = list(csv.reader(io.StringIO(result.output)))
    assert len(rows) > 10
    assert not [cell for row in rows for cell in row if re.match(r"[\s\ufeff]*[=+@\t\r]", cell)]


def test_the_demo_connects_to_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, record_property: Figure) -> None:
    tried: list[Any] = []

    def refused(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX:
            tried.append(address)
        raise OSError("no network")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    result = CliRunner().invoke(cli, ["demo", "--no-ui", "--tickets", "12", "--keep", str(tmp_path / "desk.db")])
    assert result.exception is None, result.output
    for command in (["list"], ["show", "1"], ["reply", "1", "--text", "Hello"], ["report"], ["doctor"]):
        CliRunner().invoke(cli, ["--db", str(tmp_path / "desk.db"), *command])
    assert tried == []
    record_property("figure", "demo and five commands with sockets blocked, 0 connections tried")

"""Replies from macros and with files, for scripts."""

from __future__ import annotations

import json
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from data.errors import InputError, RuleError
from data.records.incoming import Incoming
from data.records.messages import MessageKind
from data.records.tickets import Status
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from tui.cli.acting import reply
from tui.setup.clock import wall_clock
from tui.setup.settings import config_folder

MACRO = """+++
title = "Parts"
attachments = ["parts.txt"]
[actions]
status = "on hold"
add_tags = ["parts"]
[[asks]]
name = "order"
label = "Which order?"
+++
=== en
{% include "greeting" %}

The parts of {{ order }} are listed here.

{% include "closing" %}
=== es
{% include "greeting" %}

Aquí están las piezas de {{ order }}.

{% include "closing" %}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "desk.db"
    store = Store.open(path)
    desk = Desk(store, clock=wall_clock, rules=DeskRules(), agent="noa")
    who = ("Ana Ruiz", "ana@clientes.example", "Piezas", "Hola", "Hola", None)
    desk.receive([Incoming("post", "test", "00", MessageKind.MAIL, *who, language="es", confidence=0.99)])
    store.close()
    folder = config_folder() / "macros" / "own"
    folder.mkdir(parents=True)
    (folder / "parts.j2").write_text(MACRO, encoding="utf-8")
    (folder / "parts.txt").write_text("a, b", encoding="utf-8")
    return path


def run(path: Path, *arguments: str, anyway: bool = True) -> Result:
    if anyway and "--macro" in arguments:
        arguments = (*arguments, "--anyway")
    return CliRunner().invoke(reply, ["1", *arguments, "--db", str(path)])


def test_a_macro_answers_in_the_tickets_language_and_does_what_it_does(path: Path, tmp_path: Path) -> None:
    (tmp_path / "more.txt").write_text("c", encoding="utf-8")
    done = run(path, "--macro", "parts", "--answer", "order=A-7", "--attach", str(tmp_path / "more.txt"), "--json")

    assert (done.exit_code, json.loads(done.stdout)["tickets"]) == (0, [1])
    store = Store.open(path)
    ticket, message = store.tickets.get(1), store.messages.of(1)[-1]
    (entry,) = store.outbox.waiting()
    store.close()
    assert ticket is not None
    assert (ticket.status, "parts" in ticket.tags) == (Status.ON_HOLD, True)
    assert message.macro == "own/parts"
    assert message.text.startswith("Hola, Ana:\n\nAquí están las piezas de A-7.")
    mail = message_from_bytes(entry.raw, policy=default)
    assert [part.get_filename() for part in mail.iter_attachments()] == ["parts.txt", "more.txt"]


def test_several_macros_make_one_reply(path: Path) -> None:
    done = run(path, "--macro", "parts", "--macro", "general/delay", "--answer", "order=A-7", "--language", "en")

    assert done.exit_code == 0, done.exception
    store = Store.open(path)
    text = store.messages.of(1)[-1].text
    store.close()
    assert (text.count("Hi Ana,"), text.count("Kind regards")) == (1, 1)


def test_a_macro_that_may_not_fit_is_sent_only_anyway(path: Path) -> None:
    asked = ("--macro", "parts", "--answer", "order=A-7", "--language", "en")
    refused = run(path, *asked, anyway=False)
    assert isinstance(refused.exception, RuleError)
    assert "--anyway" in refused.exception.message
    assert run(path, "Hello.", anyway=False).exit_code == 0, "a text of one's own is nobody's guess"
    assert run(path, *asked).exit_code == 0


def test_what_is_missing_or_wrong_sends_nothing(path: Path) -> None:
    assert isinstance(run(path, "--macro", "parts").exception, RuleError)
    assert isinstance(run(path, "--macro", "gone").exception, InputError)
    assert isinstance(run(path, "--macro", "parts", "--answer", "other=1").exception, InputError)
    assert isinstance(run(path, "Hello.", "--attach", "/gone/x.pdf").exception, InputError)
    assert run(path, "text", "--macro", "parts").exit_code == 2
    assert run(path, "text", "--answer", "a=b").exit_code == 2
    store = Store.open(path)
    assert list(store.outbox.waiting()) == []
    store.close()

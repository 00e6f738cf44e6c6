"""The redaction set at every way out: each command that shows texts, each place of a ticket, the screen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from textual.pilot import Pilot

from data.confidential.mask import masked
from data.errors import DeskError
from data.records.changes import Change
from data.records.escalations import Escalation
from data.records.messages import Attachment
from data.records.promises import Promise
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.ground.teams import Team
from tests.data.confidential.test_redaction_set import SETS, examples
from tests.shared_files import copy_of
from tests.tui.playing import NOW, clock, incoming, picture, play, press
from tui.app import DeskApp
from tui.cli.main import cli
from tui.setup.open_desk import login_name

pytestmark = pytest.mark.masked
Figure = Callable[[str, object], None]

ONE = ("show", "history", "files")
"""Commands about one ticket."""
ARGUMENTS: dict[str, list[list[str]]] = {
    "list": [[], ["--json"], ["--limit", "2000"]],
    "search": [["hola"], ["my", "--json", "--limit", "2000"], ["mi", "--limit", "2000"]],
    "export": [[what, *how] for what in ("tickets", "messages", "events") for how in ([], ["--csv"])],
    "escalations": [["--all"], ["--all", "--json"]],
    "problem list": [["--all"], ["--all", "--json"]],
    "problem show": [["1"], ["1", "--json"]],
    "promises": [["--all"], ["--all", "--json"]],
    "handover": [[], ["--json"]],
    "shift": [["--since", "7d"], ["--since", "7d", "--json"]],
    "next": [[], ["--json"]],
    "hand": [[], ["--json"]],
    "mentions": [["--all"], ["--all", "--json"]],
    "wall": [[], ["--json"]],
    "csat list": [["--all"], ["--all", "--json"]],
    "reviews list": [[], ["--json"]],
    "outbox list": [[], ["--json"]],
}
"""How each other command is called."""
NO_TEXTS = {
    "access": "shows a person what is kept about them: complete, recorded, for leads",
    "account add": "settings", "account list": "settings", "account remove": "settings", "account secret": "settings",
    "account kinds": "the names of systems", "account login": "settings",
    "account test": "settings", "api": "always masked, see its test", "assign": "changes",
    "backup": "copies the file", "clocks": "numbers",
    "close": "changes",
    "coach": "figures and our own sentences", "completion": "the names of commands", "config check": "settings",
    "config edit": "settings",
    "config explain": "settings",
    "csat import": "changes", "csat remove": "changes", "csat set": "changes", "demo": "invented tickets",
    "decrypt": "copies the file", "encrypt": "copies the file",
    "detect": "reads standard input", "doctor": "numbers", "erase": "changes", "escalate": "changes",
    "escalation answer": "changes", "escalation close": "changes", "escalation return": "changes", "forward": "changes",
    "glossary": "its own entries; of a ticket only the words that are among them",
    "hold": "changes", "import": "changes", "key": "the key of the file", "keys": "keys", "lanes": "numbers",
    "hooks": "settings, and answers of receivers, masked", "hooks deliveries": "numbers, and answers, masked",
    "hooks retry": "changes", "hooks secret": "settings", "hooks test": "settings, and an answer, masked",
    "legal-hold": "names and reasons, masked",
    "lock": "settings", "macros check": "macros", "macros evaluate": "figures", "macros export": "macros",
    "macros import": "macros",
    "macros list": "macros", "macros render": "macros", "macros show": "macros", "macros stats": "figures",
    "macros suggest": "macros", "mcp": "always masked, see its test",
    "merge": "changes", "move": "changes", "new": "changes", "note": "changes",
    "outbox arrived": "changes", "outbox drop": "changes", "outbox resend": "changes", "pend": "changes",
    "team add": "settings", "team board": "numbers", "team bring": "changes", "team dump": "copies the file",
    "team take-out": "copies the file", "team free": "changes", "team init": "settings",
    "team join": "settings", "team leave": "settings", "team remove": "settings", "team status": "numbers",
    "problem link": "changes", "problem new": "changes", "problem solve": "changes", "problem unlink": "changes",
    "procedures answer": "changes", "procedures changes": "procedures", "procedures check": "procedures",
    "procedures list": "procedures", "procedures show": "procedures", "procedures state": "answers, masked",
    "redact": "its own way to mask", "redo": "changes", "reopen": "changes", "replay": "figures", "reply": "changes",
    "report": "figures", "restore": "copies the file", "retention": "changes", "reviews answer": "changes",
    "reviews calibrate": "figures", "reviews check": "scorecards", "reviews sample": "changes",
    "reviews score": "changes", "route": "reads standard input", "serve": "the screen", "set": "changes",
    "shift end": "changes", "shift start": "changes", "snooze": "changes", "solve": "changes", "spam": "changes",
    "split": "changes",
    "sync": "changes", "tag": "changes", "take": "changes", "tutorial": "invented tickets",
    "undo": "changes", "verify": "numbers",
}  # fmt: skip
"""Commands without the option, and why: they show no texts, or always masked."""


def commands(group: click.Command = cli, *names: str) -> Iterator[tuple[str, click.Command]]:
    """Yield every command by its full name."""
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            found = group.get_command(context, name)
            assert found is not None
            yield from commands(found, *names, name)
    if names and (not isinstance(group, click.Group) or group.invoke_without_command):
        yield " ".join(names), group


def can_reveal(command: click.Command) -> bool:
    return any("--reveal" in part.opts or "--full" in part.opts for part in command.params)


SHOWING = sorted(name for name, command in commands() if can_reveal(command))


def test_every_command_that_shows_texts_can_reveal_them_for_a_reason() -> None:
    assert {name for name, command in commands() if not can_reveal(command)} == set(NO_TEXTS)
    assert set(SHOWING) == {*ARGUMENTS, *ONE, "reviews show"}


def secrets() -> list[tuple[str, list[str]]]:
    """Return every text of the set that must be masked, with its items, one line each."""
    texts = [(" ".join(text.split()), items) for name in SETS for wish, text, items in examples(name) if wish == "mask"]
    return [(text, items) for text, items in texts if not any(item in masked(text) for item in items)]


SECRETS = secrets()
PLACES = ("subject", "text", "file", "note", "escalation", "promise", "problem")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk in which each text of the set is in the place whose turn it is, and in the mail's text."""
    return copy_of(tmp_path_factory, "ways-out.db", make_desk_of_secrets)


def make_desk_of_secrets(path: Path) -> None:
    store = Store.open(path)
    desk = Desk(store, clock=clock, rules=DeskRules(teams=(Team("Security", "security@x.example"),)), agent="ann")
    reader = login_name()
    items = []
    for number, (text, _) in enumerate(SECRETS, 1):
        place = PLACES[number % len(PLACES)]
        item = replace(incoming(number, text if place == "subject" else "Hola", "mail"), at=NOW - number)
        files = (Attachment(text, "image/png", 10, "0" * 64, 1),) if place == "file" else ()
        items.append(replace(item, text=text, new_text=text, attachments=files))
    desk.receive(items)
    for number, (text, _) in enumerate(SECRETS, 1):
        changes = {
            "note": Change(note=f"@{reader} {text}", override_reason="the test"),
            "escalation": Change(escalate=Escalation("Security", reason=text, note=text)),
            "promise": Change(promise=Promise(text, NOW + 600)),
            "problem": Change(new_problem=text),
        }
        change = changes.get(PLACES[number % len(PLACES)])
        if change is not None:
            try:
                desk.act([number], change)
            except DeskError:
                continue  # the door keeps it out
    store.close()


def leaks(output: str) -> list[str]:
    """Return the items that are in an output, but for those too short to be told from any other number.

    The hashes of the test's mails are their numbers after sixty zeros: they hold no item.
    """
    said = re.sub(r"\b[0-9a-f]{64}\b", "", output)
    return [item for _, items in SECRETS for item in items if len(item) >= 6 and item in said]


def calls(name: str, tickets: Sequence[int]) -> list[list[str]]:
    if name in ONE:
        return [[name, str(number), *json] for number in tickets for json in ([], ["--json"])]
    return [[*name.split(), *arguments] for arguments in ARGUMENTS.get(name, [])]


def test_the_set_is_large() -> None:
    assert sum(len(items) for _, items in SECRETS) >= 300


@pytest.mark.parametrize("name", [name for name in SHOWING if name != "reviews show"])
def test_no_item_of_the_set_leaves_by_a_command(path: Path, name: str) -> None:
    said = ""
    for command in calls(name, range(1, len(SECRETS) + 1, 6)):
        result = CliRunner().invoke(cli, ["--db", str(path), *command])
        assert result.exception is None or isinstance(result.exception, SystemExit), (command, result.output)
        said += result.output
        assert leaks(result.output) == [], command
    assert said


@pytest.mark.parametrize("name", [name for name in SHOWING if name not in ("export", "reviews show")])
def test_a_reason_shows_them_and_is_recorded(path: Path, name: str) -> None:
    (command, *_) = calls(name, [1])
    result = CliRunner().invoke(cli, ["--db", str(path), *command, "--reveal", "asked by the test"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    store = Store.open(path)
    events = [event for event in store.events.each() if event.kind == "unmasked"]
    store.close()
    assert events[-1].detail["where"] == f"tridesk {name}"
    assert events[-1].detail["reason"] == "asked by the test"
    without = CliRunner().invoke(cli, ["--db", str(path), *command, "--reveal", " "])
    assert without.exit_code == 2


def shown_on_the_screen(path: Path, tickets: Sequence[int]) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        for number in tickets:
            app.parts.going.open_ticket(app.desk.active, number)
            await press(pilot, app, "G")
            assert leaks(picture(app)) == [], SECRETS[number - 1]

    play(path, script, size=(150, 50))


def test_no_item_of_the_set_is_on_the_screen(path: Path) -> None:
    shown_on_the_screen(path, range(1, len(SECRETS) + 1, 24))


@pytest.mark.faults
def test_no_item_of_the_whole_set_is_on_the_screen(path: Path, record_property: Figure) -> None:
    shown_on_the_screen(path, range(1, len(SECRETS) + 1))
    record_property("figure", f"{len(SECRETS)} texts with confidential items opened on the screen, 0 items shown")

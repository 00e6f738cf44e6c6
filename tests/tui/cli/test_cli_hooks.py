"""`tridesk hooks`: listed, tried, delivered by `sync`, tried again; masked; refused where a setting cannot be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from data.errors import InputError, RuleError
from data.records.hooks import DeliveryState
from data.store import Store
from tests.servers.hook_receiver import SECRET, HookReceiver, hook_receiver, verified
from tools.json_keys import TICKET
from tui.cli.main import cli, run
from tui.setup.clock import wall_clock

CARD = "4111 1111 1111 1111"


@pytest.fixture
def receiver() -> Iterator[HookReceiver]:
    with hook_receiver() as receiver:
        yield receiver


@pytest.fixture(autouse=True)
def _desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("TRIDESK_DB", str(tmp_path / "desk.db"))
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    (tmp_path / "rows.csv").write_text(f"id,subject,text\n1,Hello {CARD},Hi there\n2,Hello,Hi\n")
    invoke("import", str(tmp_path / "rows.csv"))


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, catch_exceptions=False)


def rows(*arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in invoke(*arguments, "--json").stdout.splitlines()]


def configure(url: str = "", *, more: str = "", before: str = "") -> Path:
    folder = Path(os.environ["XDG_CONFIG_HOME"]) / "tridesk"
    folder.mkdir(parents=True, exist_ok=True)
    to = f'url = "{url}"\nsecret = "env:HOOK_SECRET"' if url else ""
    file = folder / "config.toml"
    file.write_text(f'undo-seconds = 0\n{before}\n[[hook]]\nname = "board"\nevents = ["*"]\n{to}\n{more}\n')
    return file


def store() -> Store:
    return Store.open(Path(os.environ["TRIDESK_DB"]))


def test_a_trial_is_sent_at_once_and_signed(receiver: HookReceiver) -> None:
    configure(receiver.url)
    (row,) = rows("hooks", "test", "board")
    (request,) = receiver.requests
    assert row == {"hook": "board", "webhook_id": request.id, "delivered": True, "result": "200"}
    assert verified(SECRET, request.headers, request.raw)
    assert request.body["type"] == "hook.test"
    assert request.body["data"] == {"hook": "board"}
    receiver.answers = [(401, {}, b"who are you?")]
    failed = invoke("hooks", "test", "board")
    assert (failed.exit_code, failed.stderr) == (1, "board did not take it: 401 who are you?\n")


@pytest.mark.masked
def test_sync_delivers_what_commands_did_masked_as_list_shows_it(receiver: HookReceiver) -> None:
    configure(receiver.url)
    invoke("sync")
    assert receiver.requests == []  # a hook that begins is not told what was before, nor of the import
    invoke("solve", "1")
    invoke("sync")
    request = receiver.requests[0]
    assert request.body["type"] == "ticket.solved"
    assert request.body["id"] == request.id
    (listed,) = [row for row in rows("list", "--all") if row["id"] == 1]
    assert request.body["data"]["ticket"] == {name: listed[name] for name in TICKET}
    assert CARD not in request.raw.decode()
    assert "•••1111" in request.body["data"]["ticket"]["subject"]
    row = rows("hooks")[0]
    assert (row["state"], row["waiting"], row["result"], row["to"]) == ("working", 0, "200", receiver.url[:-5])
    assert rows("hooks", "deliveries") == []
    (delivered,) = rows("hooks", "deliveries", "--all")
    assert (delivered["webhook_id"], delivered["state"], delivered["ticket"]) == (request.id, "delivered", 1)


@pytest.mark.masked
def test_everything_is_sent_unmasked_only_if_asked_for_by_who_may_see_it(receiver: HookReceiver) -> None:
    configure(receiver.url, more="full = true", before='agent = "ann"\n[roles]\nann = "reader"')
    with pytest.raises(RuleError, match=r"ann is a reader on this desk and may not (change|see masked)"):
        run(["sync"])
    configure(receiver.url, more="full = true", before='agent = "ann"\n[roles]\nann = "agent"')
    invoke("sync")
    invoke("solve", "1")
    invoke("sync")
    assert CARD in receiver.requests[0].raw.decode()
    with closing(store()) as opened:
        shown = [event for event in opened.events.of(0) if event.kind == "unmasked"]
    assert [event.detail["reason"] for event in shown] == ["full = true in the hook board"]


def test_what_was_given_up_is_listed_told_by_doctor_and_tried_again(receiver: HookReceiver) -> None:
    configure(receiver.url)
    invoke("sync")
    invoke("solve", "1")
    receiver.answers = [(410, {}, b"gone for good")]
    said = invoke("sync")
    assert "The receiver of the hook board is gone; change its url" in said.stderr
    (row,) = rows("hooks")
    assert (row["state"], row["given_up"], row["result"]) == ("off", 1, "410 gone for good")
    checks = [row for row in rows("doctor") if row["check"] == "hooks"]
    assert [(check["ok"], check["mend"]) for check in checks] == [(False, "tridesk hooks"), (False, "tridesk hooks")]
    assert checks[0]["detail"] == "board is off; `tridesk hooks test board` tries it: 410 gone for good"
    assert "board gave up 1 deliveries" in checks[1]["detail"]
    (again,) = rows("hooks", "retry", "--hook", "board")
    assert (again["delivery"], again["ticket"], again["type"]) == (1, 1, "ticket.solved")
    invoke("sync")
    assert len({request.id for request in receiver.requests}) == 1
    assert [row["ok"] for row in rows("doctor") if row["check"] == "hooks"] == [True]
    with pytest.raises(RuleError, match="Delivery 1 does not wait, and was not given up"):
        run(["hooks", "retry", "1"])
    with closing(store()) as opened:
        (item,) = opened.hooks.listed(hook=None, everything=True, limit=9)
    assert item.state is DeliveryState.DELIVERED


def test_a_reader_may_not_have_things_delivered_again(receiver: HookReceiver) -> None:
    configure(receiver.url, before='agent = "ann"\n[roles]\nann = "reader"')
    with pytest.raises(RuleError, match="may not change tickets"):
        run(["hooks", "retry", "1"])


def test_a_lane_that_there_is_not_is_refused_with_its_place_and_never_stops_the_mail(receiver: HookReceiver) -> None:
    file = configure(receiver.url, more='lanes = ["mial"]')
    with pytest.raises(InputError) as caught:
        run(["hooks"])
    assert caught.value.message == (
        f"{file}, line 8, column 1: the hook 'board' names the lane 'mial' under lanes; "
        "the lanes are mail, app, safety."
    )
    assert not all(row["ok"] for row in rows("doctor") if row["check"] == "lanes")


def test_a_hook_that_there_is_not_is_told() -> None:
    with pytest.raises(InputError, match="There is no hook 'bored'; "):
        run(["hooks", "test", "bored"])


def test_the_list_is_readable(receiver: HookReceiver) -> None:
    assert "No hook yet" in invoke("hooks").stderr
    configure(receiver.url)
    assert invoke("hooks").stdout == f"board        not begun {receiver.url[:-5]}  everything\n"


def test_a_secret_is_made_kept_and_replaced(monkeypatch: pytest.MonkeyPatch, receiver: HookReceiver) -> None:
    kept: dict[str, str] = {}
    monkeypatch.setattr("queues.accounts.secrets.read", lambda name: kept.get(name, ""))
    monkeypatch.setattr("queues.accounts.secrets.write", kept.__setitem__)
    file = configure(receiver.url)
    file.write_text(file.read_text().replace('secret = "env:HOOK_SECRET"', ""))
    failed = invoke("hooks", "test", "board")
    assert failed.stderr == (
        "board did not take it: The keyring has no secret of board; give it with `tridesk hooks secret board`\n"
    )
    first = invoke("hooks", "secret", "board", "--new").stdout.strip()
    assert kept == {"hook:board": first}
    second = invoke("hooks", "secret", "board", "--new").stdout.strip()
    invoke("hooks", "test", "board")
    (request,) = receiver.requests
    assert verified(first, request.headers, request.raw)
    assert verified(second, request.headers, request.raw)
    invoke("hooks", "secret", "board", "--only")
    invoke("hooks", "test", "board")
    assert kept == {"hook:board": second}
    assert verified(second, receiver.requests[1].headers, receiver.requests[1].raw)
    assert not verified(first, receiver.requests[1].headers, receiver.requests[1].raw)
    invoke("hooks", "secret", "board", "--new", "--only")
    assert second not in kept["hook:board"]
    kept.clear()
    with pytest.raises(InputError, match="The keyring has no secret of board; --new makes one"):
        run(["hooks", "secret", "board", "--only"])
    CliRunner().invoke(cli, ["hooks", "secret", "board"], input=f"{SECRET}\n", catch_exceptions=False)
    assert kept == {"hook:board": SECRET}


@pytest.mark.parametrize("how", ["--watch", "--attached"])
def test_while_the_desk_is_open_a_hook_is_told_by_itself_of_a_clock_too(receiver: HookReceiver, how: str) -> None:
    """The process beside the screen tells what another process does, and a clock that runs out with no key pressed."""
    configure(receiver.url)
    invoke("sync")
    command = [sys.executable, "-m", "tui", "sync", "--watch", *(["--attached"] if how == "--attached" else [])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stdin is not None
        try:
            process.stdin.write('{"accounts": {}, "keys": {}}\n')
            process.stdin.flush()
            invoke("solve", "2")
            receiver.wait(300)
            with closing(store()) as opened, opened.write():
                ticket = opened.tickets.get(1)
                assert ticket is not None
                due = wall_clock() + 1
                opened.tickets.update(ticket, {"first_due": due, "resolve_due": None, "next_due": None})
            receiver.wait(300)
        finally:
            process.terminate()
    assert receiver.types() == ["ticket.solved", "ticket.breached"]
    assert receiver.taken()[1].body["data"]["clock"] == "first reply"


def test_a_slow_hook_keeps_no_other_waiting(receiver: HookReceiver) -> None:
    with hook_receiver() as slow:
        slow.hold.clear()
        configure(
            receiver.url,
            more=f'[[hook]]\nname = "slow"\nevents = ["*"]\nurl = "{slow.url}"\nsecret = "env:HOOK_SECRET"',
        )
        invoke("sync")
        from tui.cli.hook_keeper import HookKeeper
        from tui.setup.settings import load, store_path

        keeper = HookKeeper(store_path(), load().settings, tell=lambda text: None)
        keeper.start()
        invoke("solve", "1")
        slow.wait()
        receiver.wait()
        invoke("solve", "2")
        receiver.wait()
        slow.hold.set()
        keeper.stop()
    assert receiver.types() == ["ticket.solved", "ticket.solved"]
    assert threading.active_count() < 20

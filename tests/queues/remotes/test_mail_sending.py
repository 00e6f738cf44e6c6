"""Replies leave once: whatever ends the program or the connection, at every step of sending."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from data.errors import UnreachableError
from data.records.changes import Change
from data.records.incoming import Incoming
from data.records.messages import MessageKind
from data.records.outbox import OutboxEntry, OutboxState
from data.store import Store
from queues.accounts.mail_account import Account, complete
from queues.accounts.providers import Server
from queues.connectors.email import EmailConnector
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules, Sender
from queues.outgoing.outbox import MOST_ATTEMPTS, RETRY_SECONDS, Delivery, deliver_due
from queues.routing.rules import Rules
from tests.database import database
from tests.servers.smtp_double import SmtpDouble

ROOT = Path(__file__).parents[3]
WORKER = Path(__file__).parents[1].joinpath("sending_worker.py")
NOW = 10_000
NAME = "email:support"


def filled(path: Path, amount: int) -> Desk:
    """A desk in which so many replies are due."""
    rules = DeskRules(routing=Rules(()), undo_seconds=0, senders={NAME: Sender("support@desk.example", "Support")})
    desk = Desk(Store.open(path), clock=lambda: 5_000, rules=rules)
    for start in range(0, amount, 100):
        numbers = range(start, min(amount, start + 100))
        for filed in desk.receive([question(number) for number in numbers], bulk=True):
            desk.act([filed.ticket_id], Change(reply=f"Answer to {filed.ticket_id}\n.\n..dots"))
    return desk


def question(number: int) -> Incoming:
    return Incoming(
        connector=NAME, source="test", raw_sha256=f"{number:064}", kind=MessageKind.MAIL, from_name="Ana",
        from_address=f"ana{number}@clientes.example", subject=f"Question {number}", text="?", new_text="?", at=None,
    )  # fmt: skip


opened: list[EmailConnector] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while opened:
        opened.pop().rest()


def connector(double: SmtpDouble) -> EmailConnector:
    server = Server("localhost", double.port)
    account = Account("support", "support@desk.example", imap=server, smtp=server, ca_file=str(double.ca),
                      per_minute=10**6)  # fmt: skip
    opened.append(EmailConnector(complete(account), lambda account: "secret"))
    return opened[-1]


def entries(store: Store) -> list[OutboxEntry]:
    rows = database(store).execute("SELECT id FROM outbox ORDER BY id").fetchall()
    return [entry for (number,) in rows if (entry := store.outbox.get(number)) is not None]


def deliver_all(store: Store, sender: EmailConnector) -> None:
    while deliver_due(store, {NAME: sender}, NOW) != Delivery():
        continue
    sender.rest()


def check_cut(tmp_path: Path, amount: int) -> None:
    chance = random.Random(amount)
    answers = ["" if chance.random() < 0.1 else "250 ok" for _ in range(amount + 1)]
    desk = filled(tmp_path / "desk.db", amount)
    with SmtpDouble(tmp_path, lambda number: answers[number]) as double:
        deliver_all(desk.store, connector(double))
        deliver_all(desk.store, connector(double))
    found = entries(desk.store)
    assert len(found) == amount
    assert set(double.taken.values()) == {1}
    assert len(double.cut) == answers[1:].count("")
    states = {entry.message_id: entry.state for entry in found}
    assert {name for name, state in states.items() if state is OutboxState.IN_DOUBT} == double.cut
    assert all(state is OutboxState.SENT for name, state in states.items() if name not in double.cut)


def test_a_connection_cut_before_the_answer_leaves_a_doubt_and_never_a_double(tmp_path: Path) -> None:
    check_cut(tmp_path, 50)


@pytest.mark.faults
def test_a_tenth_of_a_thousand_cut(tmp_path: Path) -> None:
    check_cut(tmp_path, 1_000)


class Worker:
    """The sending process, told at which step to die."""

    def __init__(self, path: Path, double: SmtpDouble) -> None:
        self._job = {"path": str(path), "port": double.port, "ca": str(double.ca)}
        self._process = subprocess.Popen(
            [sys.executable, str(WORKER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip

    def send(self, path: Path, kill: int = 0) -> bool:
        """Send what is due; tell whether it was killed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(self._job | {"kill": kill, "path": str(path)}) + "\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline())
        assert told["killed"] or told["code"] == 0, told
        return bool(told["killed"])

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


@pytest.fixture
def double(tmp_path: Path) -> Iterator[SmtpDouble]:
    with SmtpDouble(tmp_path) as one:
        yield one


@pytest.fixture
def worker(tmp_path: Path, double: SmtpDouble) -> Iterator[Worker]:
    one = Worker(tmp_path / "desk.db", double)
    yield one
    one.close()


def prepared(tmp_path: Path, amount: int) -> Path:
    """A desk file with so many replies that are due; copied for every turn."""
    path = tmp_path / "template.db"
    filled(path, amount).store.close()
    return path


def check_killed(template: Path, worker: Worker, double: SmtpDouble, kill: int, amount: int) -> bool:
    """Kill the sending at a step, let it run again, and count; tell whether it came so far."""
    path = template.with_name(f"{kill}.db")
    shutil.copyfile(template, path)
    double.taken.clear()
    killed = worker.send(path, kill)
    assert not worker.send(path)
    with closing(Store.open(path)) as store:
        found = entries(store)
        assert store.check() == []
    assert len(found) == amount
    assert all(times == 1 for times in double.taken.values())
    assert [entry.state for entry in found].count(OutboxState.IN_DOUBT) <= 1
    for entry in found:
        assert entry.state in (OutboxState.SENT, OutboxState.IN_DOUBT)
        assert entry.state is OutboxState.IN_DOUBT or double.taken[entry.message_id] == 1
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)
    return killed


def test_killed_at_every_step_of_sending(tmp_path: Path, worker: Worker, double: SmtpDouble) -> None:
    kill, template = 1, prepared(tmp_path, 1)
    while check_killed(template, worker, double, kill, 1):
        kill += 1
    assert kill > 25


@pytest.mark.faults
def test_killed_at_five_hundred_random_steps(tmp_path: Path, worker: Worker, double: SmtpDouble) -> None:
    chance, template = random.Random(500), prepared(tmp_path, 3)
    for _ in range(500):
        assert check_killed(template, worker, double, chance.randint(1, 70), 3)


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(("answer", "state"), [("450 later", OutboxState.QUEUED), ("550 never", OutboxState.FAILED)])
def test_a_refusal_waits_or_fails_as_the_server_says(
    tmp_path: Path, double: SmtpDouble, verb: str, answer: str, state: OutboxState
) -> None:
    desk = filled(tmp_path / "desk.db", 1)
    double.refusals[verb] = answer
    lost: list[int] = []
    assert deliver_due(desk.store, {NAME: connector(double)}, NOW, lost=lost.append) == Delivery(failed=1)
    assert lost == ([1] if state is OutboxState.FAILED else [])
    (entry,) = entries(desk.store)
    assert (entry.state, entry.attempts) == (state, 1)
    assert answer.split()[1] in entry.reason
    assert entry.due_at == NOW + RETRY_SECONDS
    assert not double.taken


@pytest.mark.parametrize(("answer", "state"), [("451 later", OutboxState.QUEUED), ("552 never", OutboxState.FAILED)])
def test_a_refusal_after_the_dot_is_no_doubt(tmp_path: Path, answer: str, state: OutboxState) -> None:
    desk = filled(tmp_path / "desk.db", 1)
    with SmtpDouble(tmp_path, lambda number: answer) as double:
        deliver_due(desk.store, {NAME: connector(double)}, NOW)
    assert [entry.state for entry in entries(desk.store)] == [state]


def test_what_is_refused_again_and_again_fails_at_last(tmp_path: Path, double: SmtpDouble) -> None:
    desk = filled(tmp_path / "desk.db", 1)
    double.refusals["RCPT"] = "450 later"
    now = NOW
    for _ in range(MOST_ATTEMPTS):
        deliver_due(desk.store, {NAME: connector(double)}, now)
        now = entries(desk.store)[0].due_at
    assert [entry.state for entry in entries(desk.store)] == [OutboxState.FAILED]


def test_a_refused_login_counts_no_attempt(tmp_path: Path, double: SmtpDouble) -> None:
    desk = filled(tmp_path / "desk.db", 1)
    double.refusals["AUTH"] = "535 5.7.8 no"
    with pytest.raises(UnreachableError, match="does not accept the password"):
        deliver_due(desk.store, {NAME: connector(double)}, NOW)
    assert [(entry.state, entry.attempts) for entry in entries(desk.store)] == [(OutboxState.QUEUED, 0)]


def test_a_reply_called_back_while_it_is_handed_over_is_not_sent(tmp_path: Path, double: SmtpDouble) -> None:
    desk = filled(tmp_path / "desk.db", 1)
    sender = connector(double)
    real = sender.offer

    def undone_meanwhile(entry: OutboxEntry) -> object:
        offered = real(entry)
        desk.undo()
        return offered

    sender.offer = undone_meanwhile  # type: ignore[method-assign, assignment]
    assert deliver_due(desk.store, {NAME: sender}, NOW) == Delivery()
    assert [entry.state for entry in entries(desk.store)] == [OutboxState.RECALLED]
    deliver_all(desk.store, connector(double))
    assert not double.taken


def test_two_programs_send_one_reply_once(tmp_path: Path, double: SmtpDouble) -> None:
    first, second = filled(tmp_path / "desk.db", 5), Store.open(tmp_path / "desk.db")
    sender = connector(double)
    real = sender.offer

    def raced(entry: OutboxEntry) -> object:
        offered = real(entry)
        deliver_due(second, {NAME: connector(double)}, NOW)
        return offered

    sender.offer = raced  # type: ignore[method-assign, assignment]
    deliver_all(first.store, sender)
    assert set(double.taken.values()) == {1}
    assert len(double.taken) == 5
    second.close()


def test_lines_that_begin_with_a_dot_arrive_as_they_were(tmp_path: Path) -> None:
    from queues.connectors.smtp import _dotted

    assert _dotted(b"a\n.b\r\n..c\rd") == b"a\r\n..b\r\n...c\r\nd\r\n"

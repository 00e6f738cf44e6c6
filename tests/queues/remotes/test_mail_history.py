"""An old mailbox on real servers: what was there is history, what comes is work, and a lost desk sees the same."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from datetime import date
from functools import partial
from itertools import count
from pathlib import Path

import msgspec
import pytest

from data.errors import InputError
from data.records.changes import Change
from data.records.tickets import Status
from data.store import Store
from queues.accounts.forms import MAIL, form_of
from queues.accounts.mail_account import EVERYTHING, Account
from queues.accounts.work_start import work_start
from queues.connectors.imap_answers import Stock
from tests.servers.desk_at_mail import DeskAtMail, flags_at, letter, picture, received, until
from tests.servers.mail_stack import MailStack
from tui.accounts.config_writing import add
from tui.accounts.setup import AccountSetup
from tui.accounts.trial import begun, in_words, stock_of, usual_start

ROOT = Path(__file__).parents[3]
YEAR, DAY = 365 * 86_400, 86_400
numbers = count(1)


@pytest.fixture
def address(mail_stack: MailStack) -> str:
    return mail_stack.add_user(f"oldbox{next(numbers)}")[0]


def fill(stack: MailStack, address: str, mails: Mapping[int, tuple[float, str]], folder: str = "") -> None:
    """Put mails into a mailbox as files: by number their age in seconds and their flags as Maildir writes them."""
    box = stack.maildir(address) / folder
    for name in ("cur", "new", "tmp"):
        (box / name).mkdir(parents=True, exist_ok=True)
    for number, (age, flags) in mails.items():
        path = box / "cur" / f"{1_700_000_000 + number}.M{number}P{next(numbers)}.host:2,{flags}"
        path.write_bytes(letter(number, to=address, sender=f"c{number}@clientes.example"))
        os.utime(path, (time.time() - age, time.time() - age))
    subprocess.run(["chown", "-R", "mail:mail", str(stack.folder / "mail")], check=True, timeout=60)


OLD = {1: (3 * YEAR, "S"), 2: (2 * YEAR, "RS"), 3: (90 * DAY, ""), 4: (3 * DAY, "S"), 5: (2 * DAY, "RS"), 6: (3600, "")}
"""Six mails from three years to an hour old; those with R were answered."""


def statuses(desk: DeskAtMail) -> dict[int, str]:
    return {int(one.subject.split()[1]): str(one.status) for one in desk.tickets()}


def chosen(desk: DeskAtMail, said: str) -> Stock:
    """Let the desk begin its work as an agent says; return what `account add` shows of the mailbox."""
    stock = stock_of(desk.account, desk.password)
    desk.use(begun(desk.account, stock, said, int(time.time())))
    return stock


def test_the_mailbox_is_counted(mail_stack: MailStack, address: str, tmp_path: Path) -> None:
    desk = DeskAtMail(mail_stack, tmp_path, address)
    assert in_words(stock_of(desk.account, desk.password)) == "the mailbox is empty"
    fill(mail_stack, address, OLD)
    stock = stock_of(desk.account, desk.password)
    assert (stock.mails, stock.unanswered, stock.shared_at, usual_start(stock)) == (6, 4, 0, "now")
    assert abs(stock.oldest_at - (time.time() - 3 * YEAR)) < 60
    assert "6 mails since 20" in in_words(stock)
    assert flags_at(desk)[6] == frozenset()  # counting marks nothing as seen


WORK = {
    "now": {},
    "all": {1: "new", 3: "new", 4: "new", 5: "pending", 6: "new"},
    "day": {4: "new", 5: "pending", 6: "new"},
    "": {4: "new", 5: "pending", 6: "new"},
}
"""By what the agent said, which of the old mails are work; the rest is history. Nothing said: thirty days.

What was answered longer ago is history in any case.
"""


@pytest.mark.parametrize("said", WORK)
def test_what_is_there_is_history_from_where_the_agent_says(
    mail_stack: MailStack, address: str, tmp_path: Path, said: str
) -> None:
    desk = DeskAtMail(mail_stack, tmp_path, address)
    fill(mail_stack, address, OLD)
    day = date.fromtimestamp(time.time() - 10 * DAY).isoformat()
    if said:
        chosen(desk, day if said == "day" else said)
    desk.write(7)  # within the same second, it is work
    until(lambda: len(received(mail_stack, address)) == 7)
    assert desk.once() == 7
    assert statuses(desk) == dict.fromkeys(OLD, "history") | WORK[said] | {7: "new"}
    assert all(one.due_at is None for one in desk.tickets() if one.status is Status.HISTORY)
    again = DeskAtMail(mail_stack, tmp_path / "lost", address)  # a desk that lost its file keeps its settings
    again.use(desk.account)
    again.once()
    assert picture(again) == picture(desk)
    assert [flags for flags in flags_at(desk).values() if any("tridesk" in flag for flag in flags)] == []


def test_an_answer_to_history_is_new_work_and_other_desks_see_it(
    mail_stack: MailStack, address: str, tmp_path: Path
) -> None:
    desk = DeskAtMail(mail_stack, tmp_path, address)
    fill(mail_stack, address, OLD)
    chosen(desk, "now")
    desk.once()
    desk.write(8, sender="c1@clientes.example", answers="<letter.1.c1@clientes.example>", subject="Re: Carta 1")
    until(lambda: len(received(mail_stack, address)) == 7)
    desk.once()
    assert statuses(desk) == dict.fromkeys(OLD, "history") | {1: "new"}
    one = next(ticket for ticket in desk.tickets() if ticket.status is Status.NEW)
    with closing(Store.open(desk.path)) as store:
        assert [message.history for message in store.messages.of(one.id)] == [True, False]
    assert one.first_due is None or one.first_due > time.time() - 60
    desk.act(next(ticket.id for ticket in desk.tickets() if ticket.subject == "Carta 3"), Change(assignee="eva"))
    desk.once()
    other = DeskAtMail(mail_stack, tmp_path, address, agent="zoe")
    stock = stock_of(other.account, other.password)
    assert stock.shared_at  # a colleague's mark: the default is the day of the first marked mail
    other.use(begun(other.account, stock, usual_start(stock), int(time.time())))
    other.once()
    assert statuses(other)[3] == "open"
    lost = DeskAtMail(mail_stack, tmp_path / "lost", address)
    lost.use(desk.account)
    lost.once()
    assert picture(lost) == picture(desk)


def test_a_fetch_of_history_that_is_killed_comes_to_the_same_picture(
    mail_stack: MailStack, address: str, tmp_path: Path
) -> None:
    password = mail_stack.users[address]
    desk = DeskAtMail(mail_stack, tmp_path, address)
    ages = {number: ((3 * YEAR, "S") if number % 3 else (5 * DAY, "")) for number in range(1, 301)}
    fill(mail_stack, address, ages)
    chosen(desk, date.fromtimestamp(time.time() - 10 * DAY).isoformat())
    add(tmp_path / "config" / "tridesk", msgspec.structs.replace(desk.account, secret="env:MAIL_PW"))
    places = {f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in ("CONFIG", "DATA", "STATE")}
    environment = {**os.environ, **places, "PYTHONPATH": str(ROOT), "MAIL_PW": password}
    command = [sys.executable, "-m", "tui", "sync", "--db", str(desk.path)]

    def so_far(process: subprocess.Popen[bytes], wanted: int) -> bool:
        return process.poll() is not None or len(desk.tickets()) >= wanted

    for wanted in (40, 170):
        with subprocess.Popen(
            command, env=environment, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            until(partial(so_far, process, wanted))
            process.kill()
    done = subprocess.run(command, env=environment, cwd=tmp_path, check=True, timeout=300, capture_output=True)
    assert statuses(desk) == {number: "new" if number % 3 == 0 else "history" for number in ages}
    if b"of" in done.stderr:  # unless the killed runs had fetched everything already
        assert b" fetched" in done.stderr


def test_settings_that_cannot_be_read_are_refused(mail_stack: MailStack, address: str, tmp_path: Path) -> None:
    account = DeskAtMail(mail_stack, tmp_path, address).account
    with pytest.raises(InputError, match="work-after is written by"):
        work_start(msgspec.structs.replace(account, work_after="yesterday"))
    with pytest.raises(InputError, match="such as 2026-01-31"):
        begun(account, None, "tomorrow", 0)
    start = work_start(msgspec.structs.replace(account, work_from=EVERYTHING))
    assert start is not None
    assert start.at == 0


def test_the_form_asks_where_work_begins(mail_stack: MailStack, address: str, tmp_path: Path) -> None:
    desk, form = DeskAtMail(mail_stack, tmp_path, address), form_of(MAIL)
    fill(mail_stack, address, OLD)
    account = msgspec.structs.replace(desk.account, secret="env:MAIL_PW")
    values = form.filled(account)
    setup = AccountSetup(tmp_path / "config" / "tridesk", lambda typed: None)
    setup.keep(form.make(values | {"work_from": ""}, None), desk.password)  # nothing said of a new account: from now
    (kept,) = setup.accounts()
    assert isinstance(kept, Account)
    start = work_start(kept)
    assert start is not None
    assert start.uid == 6
    assert form.filled(kept)["work_from"] == "now"
    assert form.make(form.filled(kept), kept) == kept  # saved once more, it stays the same moment
    later = form.make(form.filled(kept) | {"work_from": "2026-01-31"}, kept)
    assert isinstance(later, Account)
    assert (later.work_from, later.work_after) == (date(2026, 1, 31), "")
    with pytest.raises(InputError, match="such as 2026-01-31"):
        form.make(values | {"work_from": "soon"}, kept)
    unreachable = values | {"name": "away", "imap": "localhost:1", "work_from": "now"}
    setup.keep(form.make(unreachable, None), desk.password)  # it begins at this moment, by the clock alone
    start = work_start(setup.accounts()[1])  # type: ignore[arg-type]
    assert start is not None
    assert (start.uid, abs(start.at - time.time()) < 60) == (0, True)


def test_mail_before_since_is_left_alone(mail_stack: MailStack, address: str, tmp_path: Path) -> None:
    day = date.fromtimestamp(time.time() - 10 * DAY)
    desk = DeskAtMail(mail_stack, tmp_path, address, since=day)
    fill(mail_stack, address, OLD)
    assert desk.once() == 3
    assert sorted(statuses(desk)) == [4, 5, 6]

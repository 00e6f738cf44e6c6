"""A full mailbox, fetched for the first time: in groups, with progress, cut off and gone on with."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from contextlib import closing
from functools import partial
from itertools import count
from pathlib import Path

import msgspec
import pytest

from data.store import Store
from queues.remotes.links import LinkState, links
from tests.servers.desk_at_mail import DeskAtMail, letter, until
from tests.servers.mail_stack import MailStack
from tui.accounts.config_writing import add

ROOT = Path(__file__).parents[3]
numbers = count(1)


def fill(stack: MailStack, address: str, amount: int) -> None:
    """Put mails into a mailbox as files, which is quicker than any server."""
    folder = stack.maildir(address)
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    for number in range(amount):
        raw = letter(number, to=address, sender=f"c{number % 5000}@clientes.example")
        (folder / "new" / f"{1_700_000_000 + number}.M{number}.host").write_bytes(raw)
    subprocess.run(["chown", "-R", "mail:mail", str(stack.folder / "mail")], check=True, timeout=300)


def check_first_fetch(stack: MailStack, tmp_path: Path, amount: int, patience: float) -> None:
    address, _ = stack.add_user(f"crowded{next(numbers)}")
    fill(stack, address, amount)
    desk = DeskAtMail(stack, tmp_path, address)
    seen: list[tuple[int, int]] = []

    def fetching() -> bool:
        with closing(Store.open(desk.path)) as store:
            link = links(store).get(desk.account.connector)
            if link is not None and link.state is LinkState.FETCHING:
                seen.append((link.done, link.total))
        return bool(seen) and seen[-1][0] >= amount // 10

    desk.start()
    try:
        until(fetching, lambda: desk.said, patience)
        desk.stop()
        filed = len(desk.tickets())
        assert 0 < filed < amount
        assert seen[-1][1] == amount
        desk.start()
        until(lambda: len(desk.tickets()) == amount, lambda: (len(desk.tickets()), desk.said), patience)
        desk.until_online()
    finally:
        desk.stop()
    subjects = {ticket.subject for ticket in desk.tickets()}
    assert len(subjects) == amount
    with closing(Store.open(desk.path)) as store:
        assert store.check() == []


def test_a_first_fetch_streams_and_goes_on_after_a_cut(mail_stack: MailStack, tmp_path: Path) -> None:
    check_first_fetch(mail_stack, tmp_path, 600, 60)


@pytest.mark.faults
def test_a_hundred_thousand(mail_stack: MailStack, tmp_path: Path) -> None:
    check_first_fetch(mail_stack, tmp_path, 100_000, 3_600)


def come_so_far(desk: DeskAtMail, process: subprocess.Popen[bytes], wanted: int) -> bool:
    return process.poll() is not None or len(desk.tickets()) >= wanted


def check_killed(stack: MailStack, tmp_path: Path, amount: int, kills: int) -> None:
    """Kill the fetching program without warning again and again, let the last run finish, and count."""
    address, password = stack.add_user(f"killed{next(numbers)}")
    fill(stack, address, amount)
    desk = DeskAtMail(stack, tmp_path, address)
    add(tmp_path / "config" / "tridesk", msgspec.structs.replace(desk.account, secret="env:MAIL_PW"))
    places = {f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in ("CONFIG", "DATA", "STATE")}
    environment = {**os.environ, **places, "PYTHONPATH": str(ROOT), "MAIL_PW": password}
    command = [sys.executable, "-m", "tui", "sync", "--db", str(desk.path)]
    chance = random.Random(amount)
    for _ in range(kills):
        wanted = min(amount, len(desk.tickets()) + chance.randint(1, amount // kills))
        with subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.DEVNULL) as process:
            until(partial(come_so_far, desk, process, wanted))
            process.kill()
    subprocess.run(command, env=environment, cwd=tmp_path, check=True, timeout=600, stdout=subprocess.DEVNULL)
    assert sorted(message.subject for message in desk.messages()) == sorted(f"Carta {n}" for n in range(amount))
    assert len(desk.tickets()) == amount
    with closing(Store.open(desk.path)) as store:
        assert store.check() == []
        assert store.messages.unread_raws() == []


def test_a_fetch_that_is_killed_loses_and_doubles_nothing(mail_stack: MailStack, tmp_path: Path) -> None:
    check_killed(mail_stack, tmp_path, 200, 2)


@pytest.mark.faults
def test_a_fetch_that_is_killed_thirty_times(mail_stack: MailStack, tmp_path: Path) -> None:
    check_killed(mail_stack, tmp_path, 3_000, 30)

"""A full mailbox, fetched for the first time: in groups, with progress, cut off and gone on with."""

from __future__ import annotations

import subprocess
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from data.store import Store
from queues.links import LinkState, links
from tests.servers.desk_at_mail import DeskAtMail, letter, until
from tests.servers.mail_stack import MailStack

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

"""What a colleague's desk on the same mailbox shows of tickets that were merged or split, on a real server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from data.records.changes import Change
from data.records.outbox import OutboxState
from data.records.tickets import Status
from tests.servers.desk_at_mail import DeskAtMail, received, until
from tests.servers.mail_stack import MailStack
from tui.setup.open_desk import open_desk

numbers = count(1)
FIRST, SECOND = "Mi pedido", "Sigo esperando"


class Pair:
    """Eva and Zoe at one mailbox with two mails of one customer."""

    def __init__(self, stack: MailStack, folder: Path) -> None:
        number = next(numbers)
        self.stack, self.address = stack, stack.add_user(f"merged{number}")[0]
        self.customer = stack.add_user(f"merging{number}", "clientes.example")[0]
        self.eva = DeskAtMail(stack, folder, self.address, agent="eva")
        self.zoe = DeskAtMail(stack, folder, self.address, agent="zoe")
        for at, subject in enumerate((FIRST, SECOND), 1):
            self.eva.write(at, sender=self.customer, subject=subject)
            until(lambda at=at: len(received(stack, self.address)) >= at)  # type: ignore[misc]
        self.sync()

    def sync(self) -> None:
        for desk in (self.eva, self.zoe) * 2:
            desk.once()


@pytest.fixture
def pair(mail_stack: MailStack, tmp_path: Path) -> Iterator[Pair]:
    one = Pair(mail_stack, tmp_path)
    yield one
    for desk in (one.eva, one.zoe):
        desk.stop()


def number(desk: DeskAtMail, subject: str) -> int:
    return next(one.id for one in desk.tickets() if one.subject == subject)


def hands(desk: DeskAtMail) -> dict[str, str]:
    """Return whose each ticket is."""
    return {one.subject: one.assignee for one in desk.tickets()}


def merge(pair: Pair) -> int:
    """Let Eva take the second ticket and merge the first into it; return its number at her desk."""
    kept = number(pair.eva, SECOND)
    pair.eva.act(kept, Change(assignee="eva"))
    pair.eva.act(number(pair.eva, FIRST), Change(merge_into=kept))
    pair.sync()
    return kept


def test_both_tickets_are_the_agents_at_a_colleagues_desk_and_answered_once(pair: Pair) -> None:
    kept = merge(pair)
    assert hands(pair.zoe) == {FIRST: "eva", SECOND: "eva"}
    for subject in (FIRST, SECOND):
        pair.zoe.reply(number(pair.zoe, subject), "Ya lo miro.")
    pair.eva.reply(kept, "Va en camino.")
    pair.sync()
    until(lambda: received(pair.stack, pair.customer))
    assert len(received(pair.stack, pair.customer)) == 1
    assert {OutboxState.HELD} == {*pair.zoe.states()}
    pair.eva.act(kept, Change(status=Status.SOLVED))
    pair.eva.act(kept, Change(assignee=""))
    pair.sync()
    assert {one.status for one in pair.zoe.tickets()} == {Status.SOLVED}
    assert hands(pair.zoe) == {FIRST: "", SECOND: ""}


def test_undoing_the_merge_gives_back_what_was_no_ones(pair: Pair) -> None:
    merge(pair)
    desk = open_desk(pair.eva.path, settings=pair.eva.settings)
    with closing(desk.store):
        desk.undo()
    pair.sync()
    assert hands(pair.zoe) == {FIRST: "", SECOND: "eva"}
    assert hands(pair.eva) == {FIRST: "", SECOND: "eva"}


def test_what_a_colleague_takes_of_a_merged_ticket_is_the_whole(pair: Pair) -> None:
    kept = number(pair.eva, SECOND)
    pair.eva.act(number(pair.eva, FIRST), Change(merge_into=kept))
    pair.sync()
    pair.zoe.act(number(pair.zoe, SECOND), Change(assignee="zoe"))
    pair.sync()
    assert hands(pair.eva)[SECOND] == "zoe"
    pair.eva.reply(kept, "Va en camino.")
    pair.sync()
    assert pair.eva.states() == [OutboxState.HELD]
    assert received(pair.stack, pair.customer) == []

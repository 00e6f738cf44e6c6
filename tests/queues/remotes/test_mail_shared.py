"""Several desks at one mailbox on real servers: the same picture on all, and nothing changed where nobody acted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import msgspec
import pytest

from data.records.changes import Change
from data.records.outbox import OutboxState
from data.records.tickets import Status
from data.store import Store
from queues.connectors.imap import Mailbox
from queues.remotes.account_flags import Following
from queues.remotes.account_sync import AccountSync
from tests.database import database
from tests.servers.desk_at_mail import DeskAtMail, flags_at, picture, received, until
from tests.servers.mail_stack import MailStack

numbers = count(1)


@pytest.fixture
def address(mail_stack: MailStack) -> str:
    """A mailbox of the test's own."""
    return mail_stack.add_user(f"shared{next(numbers)}")[0]


@pytest.fixture
def customer(mail_stack: MailStack) -> str:
    return mail_stack.add_user(f"writer{next(numbers)}", "clientes.example")[0]


class Team:
    """Desks of several agents on one mailbox."""

    def __init__(self, stack: MailStack, folder: Path, address: str) -> None:
        self.stack, self.folder, self.address = stack, folder, address
        self.desks: list[DeskAtMail] = []

    def join(self, agent: str) -> DeskAtMail:
        """Let an agent begin, with a desk file that holds nothing."""
        self.desks.append(DeskAtMail(self.stack, self.folder, self.address, agent=agent))
        return self.desks[-1]

    def sync(self, *desks: DeskAtMail) -> None:
        """Let each desk fetch and send, and once more, so that each sees what the last one did."""
        for desk in (desks or self.desks) * 2:
            desk.once()

    def arrive(self, amount: int) -> None:
        until(lambda: len(received(self.stack, self.address)) >= amount)

    def lose_file(self, desk: DeskAtMail) -> DeskAtMail:
        """Delete a desk's file, and let its agent begin anew."""
        self.desks.remove(desk)
        for path in self.folder.glob(f"{desk.path.name}*"):
            path.unlink()
        return self.join(desk.settings.agent)


@pytest.fixture
def team(mail_stack: MailStack, address: str, tmp_path: Path) -> Iterator[Team]:
    one = Team(mail_stack, tmp_path, address)
    yield one
    for desk in one.desks:
        desk.stop()


def ticket(desk: DeskAtMail, subject: str) -> int:
    return next(one.id for one in desk.tickets() if one.subject == subject)


def work_of_two(team: Team, customer: str) -> tuple[DeskAtMail, DeskAtMail]:
    """Let two agents bring tickets into every state that a mailbox can show."""
    eva, zoe = team.join("eva"), team.join("Zoë Q")
    subjects = ("answered", "solved", "asked again", "taken", "untouched", "handed on")
    for number, subject in enumerate(subjects, 1):
        eva.write(number, sender=customer, subject=subject)
        team.arrive(number)  # one after the other, so that they lie in this order
    team.sync()
    eva.reply(ticket(eva, "answered"), "Respuesta a answered.")
    eva.reply(ticket(eva, "asked again"), "Respuesta a asked again.")
    zoe.reply(ticket(zoe, "solved"), "Respuesta a solved.", status=Status.SOLVED)
    zoe.act(ticket(zoe, "taken"), Change(assignee="Zoë Q"))
    eva.act(ticket(eva, "handed on"), Change(assignee="Zoë Q"))
    team.sync()
    until(lambda: len(received(team.stack, customer)) == 3)
    answer = next(one for one in received(team.stack, customer) if one["Subject"] == "Re: asked again")
    eva.write(9, sender=customer, subject="Re: asked again", answers=answer["Message-ID"], text="Sigue sin funcionar.")
    eva.write(10, sender=customer, subject="Fuera de la oficina", more="Auto-Submitted: auto-replied\r\n")
    team.arrive(len(subjects) + 2)
    team.sync()
    return eva, zoe


EXPECTED = {
    "answered": (Status.PENDING, "eva"),
    "solved": (Status.SOLVED, "Zoë Q"),
    "asked again": (Status.OPEN, "eva"),
    "taken": (Status.OPEN, "Zoë Q"),
    "untouched": (Status.NEW, ""),
    "handed on": (Status.OPEN, "Zoë Q"),
}


def shown(desk: DeskAtMail) -> dict[str, tuple[Status, str]]:
    return {subject: (status, agent) for subject, (status, agent, _) in picture(desk).items() if subject in EXPECTED}


def test_a_desk_that_joins_late_has_the_picture_of_the_others_and_changes_nothing(team: Team, customer: str) -> None:
    eva, zoe = work_of_two(team, customer)
    before = flags_at(eva)
    max_ = team.join("max")
    team.sync(max_)
    assert picture(eva) == picture(zoe) == picture(max_)
    assert shown(max_) == EXPECTED
    assert picture(max_)["asked again"][2] == ["in", "out", "in"]
    assert flags_at(eva) == before
    team.sync()
    assert flags_at(eva) == before
    assert len(received(team.stack, customer)) == 3


def test_a_desk_that_lost_its_file_comes_back_to_the_same_picture(team: Team, customer: str) -> None:
    eva, zoe = work_of_two(team, customer)
    before = flags_at(zoe)
    eva = team.lose_file(eva)
    team.sync(eva)
    assert picture(eva) == picture(zoe)
    assert flags_at(zoe) == before
    # and goes on where it was: the customer's next word is hers, her answer is the second
    eva.reply(ticket(eva, "asked again"), "Ahora sí.", status=Status.SOLVED)
    team.sync()
    until(lambda: len(received(team.stack, customer)) == 4)
    assert picture(eva) == picture(zoe)
    assert picture(zoe)["asked again"] == (Status.SOLVED, "eva", ["in", "out", "in", "out"])


def test_what_another_agent_answered_is_not_answered_by_one_who_joined_late(team: Team, customer: str) -> None:
    work_of_two(team, customer)
    max_ = team.join("max")
    team.sync(max_)
    for subject in ("answered", "taken"):
        max_.reply(ticket(max_, subject), "Otra respuesta.")
    team.sync(max_)
    assert max_.states() == [OutboxState.HELD, OutboxState.HELD]
    assert len(received(team.stack, customer)) == 3


def test_three_desks_at_work_see_the_same_within_a_minute(team: Team, customer: str) -> None:
    eva, zoe = work_of_two(team, customer)
    for desk in (eva, zoe):
        desk.start()
    max_ = team.join("max")
    max_.start()
    until(lambda: picture(max_) == picture(eva) == picture(zoe), lambda: [picture(one) for one in team.desks])
    max_.reply(ticket(max_, "untouched"), "De max.", status=Status.SOLVED)
    eva.write(11, sender=customer, subject="more")
    until(lambda: all(picture(one).get("untouched", ())[:2] == (Status.SOLVED, "max") for one in team.desks),
          lambda: [picture(one) for one in team.desks])  # fmt: skip
    until(lambda: all("more" in picture(one) for one in team.desks))
    until(lambda: picture(max_) == picture(eva) == picture(zoe), lambda: [picture(one) for one in team.desks])


def test_what_came_and_was_answered_while_a_desk_was_off_is_in_order_when_it_is_back(team: Team, customer: str) -> None:
    eva, zoe = team.join("eva"), team.join("zoe")
    team.sync()
    eva.write(1, sender=customer, subject="away")
    team.arrive(1)
    team.sync(eva)
    eva.reply(ticket(eva, "away"), "Uno.")
    team.sync(eva)
    until(lambda: len(received(team.stack, customer)) == 1)
    (answer,) = received(team.stack, customer)
    eva.write(2, sender=customer, subject="Re: away", answers=answer["Message-ID"])
    team.arrive(2)
    team.sync(eva)
    zoe.once()
    assert picture(zoe) == picture(eva) == {"away": (Status.OPEN, "eva", ["in", "out", "in"])}


def test_an_answered_mail_without_a_copy_of_its_answer_waits_for_the_customer(team: Team, customer: str) -> None:
    eva = team.join("eva")
    eva.write(1, sender=customer, subject="from another program")
    team.arrive(1)
    with eva.box() as box:
        box.select("INBOX")
        box.mark(box.uids_after(0)[0], add=["\\Seen", "\\Answered"])
    before = flags_at(eva)
    team.sync()
    assert picture(eva) == {"from another program": (Status.PENDING, "", ["in"])}
    assert flags_at(eva) == before


def test_what_is_filed_as_done_by_itself_marks_nothing_as_solved_even_when_an_agent_notes_it(
    team: Team, customer: str
) -> None:
    eva = team.join("eva")
    eva.write(1, sender=customer, subject="Fuera", more="Auto-Submitted: auto-replied\r\n")
    team.arrive(1)
    team.sync()
    with closing(Store.open(eva.path)) as store, store.write():
        filed = store.tickets.get(1)
        assert filed is not None
        store.tickets.update(filed, {"status": Status.CLOSED})  # as what needs no answer is filed
    eva.act(1, Change(note="Vuelve el lunes."))
    team.sync()
    assert not any("tridesk-solved" in flags for flags in flags_at(eva).values())


def test_a_claim_that_is_seen_just_before_sending_is_followed_at_once(
    team: Team, customer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    eva, zoe = team.join("eva"), team.join("zoe")
    eva.write(1, sender=customer, subject="raced")
    team.arrive(1)
    team.sync()
    eva.reply(1, "Uno.")
    eva.once()
    zoe.reply(1, "Dos.")
    monkeypatch.setattr(Following, "pull", lambda self, box: False)  # the server told of it before, and will not again
    monkeypatch.setattr("queues.remotes.account_sent.SentMail.take_in", lambda self, box: None)
    zoe.once()
    (entry,) = zoe.outbox()
    assert (entry.state, entry.reason) == (OutboxState.HELD, "eva has this ticket")
    assert zoe.tickets()[0].assignee == "eva"


def test_news_that_went_with_the_answers_to_our_own_commands_is_not_lost(
    team: Team, customer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    zoe = team.join("zoe")
    for number in (1, 2):
        zoe.write(number, sender=customer, subject=f"number {number}")
        team.arrive(number)
    zoe.start()
    until(lambda: len(zoe.tickets()) == 2)
    zoe.until_online()
    copy_sent, claimed = AccountSync._copy_sent, list[bool]()

    def while_a_colleague_claims(self: AccountSync) -> None:
        copy_sent(self)
        if not claimed and any(one.assignee for one in zoe.tickets()):
            with zoe.box() as other:
                other.select("INBOX")
                other.mark(min(other.uids_after(0)), add=["tridesk-claim-eva"])
            mailbox: Mailbox = self._require()
            mailbox.poll()
            claimed.append(any("tridesk-claim-eva" in one.flags for one in mailbox.flags([1, 2])))

    monkeypatch.setattr(AccountSync, "_copy_sent", while_a_colleague_claims)
    zoe.act(ticket(zoe, "number 2"), Change(assignee="zoe"))
    until(lambda: bool(claimed))
    assert claimed == [True]
    until(lambda: {one.subject: one.assignee for one in zoe.tickets()} == {"number 1": "eva", "number 2": "zoe"})


def test_a_reply_is_marked_as_answered_when_it_leaves_long_after_it_was_written(team: Team, customer: str) -> None:
    eva = team.join("eva")
    eva.settings = msgspec.structs.replace(eva.settings, undo_seconds=3_600)
    eva.write(1, sender=customer)
    team.arrive(1)
    eva.once()
    eva.act(1, Change(assignee="eva"))
    eva.reply(1)
    eva.once()
    assert eva.states() == [OutboxState.QUEUED]
    with closing(Store.open(eva.path)) as store, store.write():
        database(store).execute("UPDATE outbox SET due_at = 0")
    eva.once()
    assert eva.states() == [OutboxState.SENT]
    assert "\\Answered" in flags_at(eva)[1]


def test_a_ticket_taken_over_is_answered_by_who_took_it(team: Team, customer: str) -> None:
    eva, zoe = team.join("eva"), team.join("zoe")
    eva.write(1, sender=customer, subject="taken over")
    team.arrive(1)
    eva.once()
    eva.act(1, Change(assignee="eva"))
    team.sync()
    zoe.act(1, Change(assignee="zoe"))
    zoe.reply(1, "De zoe.")
    team.sync(zoe)
    assert zoe.states() == [OutboxState.SENT]
    team.sync(eva)
    assert picture(eva) == picture(zoe) == {"taken over": (Status.PENDING, "zoe", ["in", "out"])}


def test_a_released_ticket_is_free_everywhere(team: Team, customer: str) -> None:
    eva, _ = team.join("eva"), team.join("zoe")
    eva.write(1, sender=customer, subject="free")
    team.arrive(1)
    eva.once()
    eva.act(1, Change(assignee="eva"))
    team.sync()
    eva.act(1, Change(assignee=""))
    team.sync()
    assert [one.tickets()[0].assignee for one in team.desks] == ["", ""]
    assert not any(flag.startswith("tridesk-claim") for flags in flags_at(eva).values() for flag in flags)

"""Files become tickets: nothing lost, nothing doubled, threads kept, strangers apart."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.errors import InputError, StoreError
from data.records.incoming import Incoming
from data.records.messages import Direction, MessageKind
from data.store import Store
from queues.connectors.base import connector_class
from queues.connectors.files import files_of, messages_of
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.helper.client import Helper, RawMessage
from queues.intake import take_in as intake
from queues.intake.own_addresses import OwnAddresses
from queues.intake.take_in import Report, take_in, take_up

NOW = 1_800_000_000
LINE = "From ana@example.org Mon Mar 04 06:15:04 2024\n"


def letter(
    number: int, *, sender: str = "ana@example.org", subject: str = "", answers: int = 0, text: str = "", to: str = ""
) -> str:
    reference = f"In-Reply-To: <{answers}@mail.example>\n" if answers else ""
    return (
        f"From: {sender}\nTo: {to or 'help@desk.example'}\nSubject: {subject or f'subject {number}'}\n"
        f"Date: Mon, 4 Mar 2024 06:{number % 60:02}:00 +0000\nMessage-ID: <{number}@mail.example>\n{reference}\n"
        f"{text or f'This is message number {number}.'}\n"
    )


@pytest.fixture(scope="module")
def helper() -> Iterator[Helper]:
    with Helper() as one:
        yield one


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = Store.open(tmp_path / "store" / "desk.db")
    yield Desk(store, clock=lambda: NOW, rules=DeskRules())
    store.close()


def take(desk: Desk, helper: Helper, source: Path, own: OwnAddresses | None = None) -> Report:
    return take_in(
        messages_of(files_of(source)), desk=desk, helper=helper, connector="files", clock=lambda: NOW, own=own
    )


def mbox(tmp_path: Path, *letters: str) -> Path:
    path = tmp_path / "box.mbox"
    path.write_text("".join(LINE + one + "\n" for one in letters))
    return path


def test_importing_twice_adds_nothing(desk: Desk, helper: Helper, tmp_path: Path) -> None:
    box = mbox(tmp_path, *(letter(number) for number in range(1, 31)))
    assert take(desk, helper, box).new == 30
    again = take(desk, helper, box)
    assert (again.new, again.joined, again.duplicates) == (0, 0, 30)
    assert len(list(desk.store.messages.each())) == 30


def test_duplicates_are_told_by_content_not_by_message_id(desk: Desk, helper: Helper, tmp_path: Path) -> None:
    relayed = "Received: by relay.example\n" + letter(1)
    report = take(desk, helper, mbox(tmp_path, letter(1), relayed, letter(1, sender="eve@evil.example", text="Other")))
    assert report.duplicates == 1
    texts = {message.text.strip() for message in desk.store.messages.each()}
    assert texts == {"This is message number 1.", "Other"}


def test_threads_join_and_strangers_do_not(desk: Desk, helper: Helper, tmp_path: Path) -> None:
    box = mbox(
        tmp_path,
        letter(1, subject="My order"),
        letter(2, subject="Re: My order", answers=1),
        letter(3, subject="Re: My order"),
        letter(4, sender="bob@example.net", subject="Re: My order"),
        letter(5, sender="eve@example.net", subject="Re: My order", answers=1),
    )
    take(desk, helper, box)
    tickets = [message.ticket_id for message in desk.store.messages.each()]
    assert tickets[0] == tickets[1] == tickets[2]
    assert len(set(tickets)) == 3


def test_own_addresses_are_learned(desk: Desk, helper: Helper, tmp_path: Path) -> None:
    letters = [letter(number, sender=f"c{number}@example.org") for number in range(1, 6)]
    ours = letter(9, sender="help@desk.example", to="c1@example.org", subject="Re: subject 1", answers=1)
    own = OwnAddresses()
    report = take(desk, helper, mbox(tmp_path, *letters, ours), own)
    assert own.known() == ["help@desk.example"]
    assert report.joined == 1
    assert [message.direction for message in desk.store.messages.each()][-1] is Direction.OUT


def test_an_unreadable_message_is_kept_and_named(desk: Desk, helper: Helper, tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text('{"text": "hello", "from_addr": "a@b.example"}\n{"broken\n')
    report = take(desk, helper, path)
    assert report.new == 1
    assert report.unreadable[0][0] == f"{path}:2"
    kept = [message for message in desk.store.messages.each() if not message.readable]
    assert desk.store.messages.raw(kept[0].raw_sha256) == b'{"broken'


def test_json_lines_keep_their_thread_and_date(desk: Desk, helper: Helper, tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    rows = [
        {
            "thread": 7,
            "text": f"Line {n}",
            "from_addr": "a@b.example",
            "date": "2024-03-04T06:15:04Z",
            "subject": f"s{n}",
        }
        for n in range(3)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    take(desk, helper, path)
    messages = list(desk.store.messages.each())
    assert {message.ticket_id for message in messages} == {1}
    assert {message.at for message in messages} == {1709532904}
    assert take(desk, helper, path).duplicates == 3


@pytest.mark.parametrize("step", ["keep", "read", "file"])
def test_a_stop_at_any_step_loses_and_doubles_nothing(
    desk: Desk, helper: Helper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    box = mbox(tmp_path, *(letter(number) for number in range(1, 11)))
    monkeypatch.setattr(intake, "MOST_IN_BATCH", 4)
    calls = 0

    def stop_at_second(*args: object, **kwargs: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise StoreError("Stopped", "here")
        return real(*args, **kwargs)

    owner, name = {
        "keep": (desk.store.messages, "keep_raw"), "read": (helper, "read"), "file": (desk, "receive"),
    }[step]  # fmt: skip
    real = getattr(owner, name)
    with monkeypatch.context() as patched:
        patched.setattr(owner, name, stop_at_second)
        with pytest.raises(StoreError):
            take(desk, helper, box)
    taken_up = take_up(desk=desk, helper=helper, connector="files", clock=lambda: NOW)
    kept_ahead = 2  # the batch after the one that failed
    assert taken_up.new == {"keep": 0, "read": 4 + kept_ahead, "file": 4 + kept_ahead}[step]
    take(desk, helper, box)
    assert sorted(message.message_id for message in desk.store.messages.each()) == sorted(
        f"<{number}@mail.example>" for number in range(1, 11)
    )


def raws(source: Path) -> list[RawMessage]:
    return [one for one in messages_of(files_of(source)) if isinstance(one, RawMessage)]


def test_an_mbox_is_split_at_its_separators_only(tmp_path: Path) -> None:
    tricky = letter(1, text="Text\n\nFrom here on, at 10:30, nothing\n>From quoted\n\nFrom 9:30 to 10:30\nbusy")
    found = raws(mbox(tmp_path, tricky, letter(2)))
    assert [one.source.rpartition("#")[2] for one in found] == ["1", "2"]
    assert b"\nFrom quoted\n" in found[0].raw
    assert found[1].raw.decode() == letter(2)


def test_crlf_mboxes_are_split_too(tmp_path: Path) -> None:
    path = tmp_path / "crlf.mbox"
    path.write_bytes((LINE + letter(1) + "\n" + LINE + letter(2) + "\n").replace("\n", "\r\n").encode())
    assert len(raws(path)) == 2


def test_maildirs_and_folders_are_read(tmp_path: Path) -> None:
    for name in ("cur", "new", "tmp", ".Sent/cur"):
        (tmp_path / "Mail" / name).mkdir(parents=True)
        (tmp_path / "Mail" / name / "1").write_text(letter(1))
    assert len(raws(tmp_path / "Mail")) == 3
    folder = tmp_path / "letters" / "deep"
    folder.mkdir(parents=True)
    (folder / "a.EML").write_text(letter(1))
    (folder / "notes.txt").write_text("no mail")
    assert len(raws(tmp_path / "letters")) == 1


def test_what_cannot_be_opened_is_reported(desk: Desk, helper: Helper, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        messages_of(files_of(tmp_path / "missing"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError):
        messages_of(files_of(tmp_path / "empty"))
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "a.eml").symlink_to(tmp_path / "gone.eml")
    (folder / "b.eml").write_text(letter(1))
    report = take(desk, helper, folder)
    assert report.new == 1
    assert os.fspath(folder / "a.eml") in report.refused[0]


def test_connectors_are_known_by_name() -> None:
    assert connector_class("demo").name == "demo"
    with pytest.raises(InputError, match=r"known are mail, .*zendesk"):
        connector_class("carrier pigeon")


def test_few_writers_make_no_own_address() -> None:
    own = OwnAddresses()
    item = Incoming(
        "files", "1", "", MessageKind.MAIL, "", "a@x.example", "", "", "", at=None, to=("friend@y.example",)
    )
    own.learn([item] * 50)
    assert own.known() == []

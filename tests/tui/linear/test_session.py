"""The desk in plain lines: what is said, what is asked, and that nothing leaves without a yes."""

from __future__ import annotations

import io
import os
import pty
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from data.records.changes import Change
from data.records.customers import Identity
from data.records.messages import Direction
from data.records.tickets import Severity, Status
from data.store import Store
from queues.desk.desk import Desk
from queues.ground.presence import COLLEAGUES
from tests.tui.playing import NOW, SUBJECTS, clock, fifteen_tickets, incoming, make_desk
from tui.cli.listing import show
from tui.linear.console import Console
from tui.linear.session import Session
from tui.setup.open_desk import open_desk
from tui.setup.settings import Settings

PHONE = "+34 612 345 678"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = make_desk(Store.open(fifteen_tickets(tmp_path / "desk.db")))
    yield desk
    desk.store.close()


@pytest.fixture
def whole(desk: Desk) -> Iterator[Desk]:
    """The same desk with its checks and procedures."""
    whole = open_desk(desk.store.path, clock=clock, settings=Settings(agent="ann"))
    yield whole
    whole.store.close()


def talk(desk: Desk, *lines: str) -> str:
    """Answer the questions with these lines, and return all that was said."""
    said = io.StringIO()
    Session(Console(io.StringIO("".join(f"{line}\n" for line in lines)), said), desk).run()
    return said.getvalue()


def sent(desk: Desk) -> list[int]:
    return [entry.ticket_id for entry in desk.store.outbox.waiting()]


def test_the_list_says_why_and_the_end_of_the_input_is_the_end(desk: Desk) -> None:
    said = talk(desk).splitlines()
    assert said[1].startswith("1. ticket 8, ")
    assert "S1" in said[1]
    assert len([line for line in said if line[:1].isdigit()]) == 9
    assert talk(desk, "q", "n").count("Most urgent") == 0


def test_a_digit_reads_the_whole_answer_out_and_only_a_yes_sends_it(desk: Desk) -> None:
    said = talk(desk, "#1", "1", "z", "b")
    assert "Hola, Zoë" in said
    assert "s sends and " in said
    assert "Nothing was sent." in said
    assert sent(desk) == []
    said = talk(desk, "#1", "1", "s", "u")
    assert "u undoes it." in said
    assert "Undone: " in said
    assert sent(desk) == []
    talk(desk, "#1", "1", "p")
    assert sent(desk) == [1]
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    assert ticket.status is Status.PENDING


def test_an_end_of_input_before_the_yes_sends_nothing(desk: Desk) -> None:
    talk(desk, "#1", "1")
    assert sent(desk) == []


def test_a_finding_blocks_until_there_is_a_reason(whole: Desk) -> None:
    talk(whole, "#4", "r", "Hola {{ name }}", ".", "s", "x", "", "s")
    assert sent(whole) == []
    said = talk(whole, "#4", "r", "Hola {{ name }}", ".", "x", "a test", "s")
    assert "Blocked: " in said
    assert sent(whole) == [4]


def test_a_macro_that_may_not_fit_is_asked_about_once_more(desk: Desk) -> None:
    words = ("m", "apelación recibida", "1")
    said = talk(desk, "#1", *words, "s", "n")
    assert "may not fit" in said
    assert sent(desk) == []
    talk(desk, "#1", *words, "s", "s")
    assert sent(desk) == []
    talk(desk, "#1", *words, "s", "y")
    assert sent(desk) == [1]


def test_gates_come_first_and_a_step_can_be_answered(whole: Desk) -> None:
    whole.act([2], Change(procedure="locked-account"))
    said = talk(whole, "#2", "e", "r", "We look at it.", ".", "s", "c", "b")
    assert "answered first; g lists" in said
    assert "First: " in said
    assert "Not sent: something stands in its way." in said
    assert sent(whole) == []
    ticket = whole.store.tickets.get(2)
    assert ticket is not None
    assert ticket.status is Status.NEW
    said = talk(whole, "#2", *["g", "1", "g", "y", "g", "some words"] * 4, "b")
    assert whole.store.work.steps(2, "locked-account")


def test_what_changed_in_a_macro_or_procedure_is_read_out_before_it_is_used(whole: Desk) -> None:
    whole.act([1], Change(procedure="locked-account"))
    whole.acknowledge("macro", "general/acknowledge", "[es]\nHola de antes")
    whole.acknowledge("procedure", "locked-account", "[es]\nAntes")
    said = talk(whole, "#1", "4", "no", "g", "no", "b")
    assert "Changed since you used it: macro general/acknowledge" in said
    assert "before: Hola de antes" in said
    assert "Changed since you used it: procedure locked-account" in said
    assert "s sends and " not in said
    said = talk(whole, "#1", "4", "y", "x", "b")
    assert "s sends and " in said
    assert "Changed since" not in talk(whole, "#1", "4", "x", "b")


def test_the_last_step_leads_to_the_macro_that_hands_over(whole: Desk) -> None:
    (done,) = whole.receive([incoming(16, "I ask for a copy of my personal data under the GDPR.", "mail", at=NOW)])
    number = done.ticket_id
    whole.act([number], Change(topic="data-request", language="en"))
    said = talk(whole, f"#{number}", *["g", "1"] * 3, "b")
    assert "Reply: Data request received" in said
    assert sent(whole) == []


def test_the_reply_goes_to_another_address_if_asked(whole: Desk) -> None:
    ticket = whole.store.tickets.get(1)
    assert ticket is not None
    with whole.store.write():
        whole.store.customers.add_identities(ticket.customer_id, (Identity("email", "other@home.example"),))
    said = talk(whole, "#1", "4", "a", "x", "asked by phone", "s", "y")
    assert "To other@home.example" in said
    assert [entry.recipient for entry in whole.store.outbox.waiting()] == ["other@home.example"]


def test_a_conflict_sends_nothing_and_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session(Console(io.StringIO("#1\n1\ns\n"), said := io.StringIO()), desk)
    ask = Console.ask_afresh

    def meanwhile(console: Console, question: str) -> str:
        other = make_desk(Store.open(desk.store.path))
        other.act([1], Change(add_tags=("vip",)))
        other.store.close()
        return ask(console, question)

    monkeypatch.setattr(Console, "ask_afresh", meanwhile)
    session.run()
    assert sent(desk) == []
    assert "changed" in said.getvalue()


@pytest.mark.masked
def test_what_is_confidential_is_masked_and_escapes_are_visible(desk: Desk) -> None:
    desk.receive([incoming(40, f"Call me \x1b]0;pwned\x07 {PHONE}", "mail", at=NOW - 50)])
    said = talk(desk, "#16", "a", "b", "/pwned")
    assert "612 345 678" not in said
    assert "zoe40@customer" not in said
    assert "\x1b" not in said
    assert "pwned" in said


def test_graphic_text_is_folded_until_asked_for_which_is_recorded(desk: Desk) -> None:
    desk.act([3], Change(severity=Severity.S0, topic="harassment"))
    said = talk(desk, "#3", "b")
    if "(folded" in said:  # whatever the settings call graphic
        assert SUBJECTS[2].split("\x1b")[0].strip() in said
        said = talk(desk, "#3", "x")
        assert [event.kind for event in desk.store.events.of_kinds(3, ["revealed"])] == ["revealed"]
    assert "Hola, " in said


def test_what_is_unknown_is_said_and_changes_nothing(desk: Desk) -> None:
    before = len(list(desk.store.events.each()))
    said = talk(desk, "zz", "99", "#999", "#1", "zz", "99", "b", "/status:nope", "/xyzzy", "")
    assert said.count("That is not one of them.") >= 3
    assert "There is no ticket #999." in said
    assert "No macro is on 99." in said
    assert "Nothing found." in said
    assert len(list(desk.store.events.each())) == before


def test_lines_typed_before_the_question_do_not_answer_it() -> None:
    ours, theirs = pty.openpty()
    os.write(ours, b"s\ns\n")
    with os.fdopen(theirs, "r") as source:
        console = Console(source, said := io.StringIO())
        os.write(ours, b"\n") if not source.isatty() else None

        def answer(question: str) -> str:
            os.write(ours, b"c\n")
            return Console.ask(console, question)

        console.ask = answer  # type: ignore[method-assign]
        assert console.ask_afresh("Send?") == "c"
    os.close(ours)
    assert "are ignored" in said.getvalue()


def test_a_ticket_is_shown_in_plain_lines_by_the_command(desk: Desk) -> None:
    shown = CliRunner().invoke(show, ["1", "--linear", "--db", str(desk.store.path)])
    assert shown.exit_code == 0
    assert shown.output.startswith("Ticket 1: No puedo entrar en mi cuenta\nFrom Zoë Ñandú 1.\n")
    assert not {"│", "·", "─"} & set(shown.output)
    assert CliRunner().invoke(show, ["1", "--linear", "--json"]).exit_code == 2


def test_a_reply_is_edited_line_by_line(desk: Desk) -> None:
    said = talk(desk, "#1", "r", "Hola", "Adiós", ".", "e", "1", "Hola, Zoë", "+", "Un saludo", "2", "-", "9", ".", "p")
    assert "There is no such line." in said
    assert sent(desk) == [1]
    (reply,) = [message for message in desk.store.messages.of(1) if message.direction is Direction.OUT]
    assert reply.text.splitlines()[:2] == ["Hola, Zoë", "Un saludo"]


def test_copies_are_named_corrected_and_dropped(desk: Desk) -> None:
    said = talk(desk, "#1", "r", "Hola", ".", "c", "nobody", "bob@x.example", "c", "-", "c", "eva@x.example", "p")
    assert "not a person's mail address" in said
    assert "Copies to " in said
    (entry,) = desk.store.outbox.waiting()
    assert entry.cc == ("eva@x.example",)


def test_a_promised_time_is_set_corrected_and_taken_out(desk: Desk) -> None:
    said = talk(desk, "#1", "r", "Hola", ".", "t", "never", "2 days", "n", "t", "3 days", "t", "", "p")
    assert "That is not a future time" in said
    assert said.count("Promises an answer: ") == 3
    assert len(desk.store.promises.of(1)) == 1
    talk(desk, "#4", "r", "Hola", ".", "t", "2 days", "n", "p")
    assert desk.store.promises.of(4) == []


def test_an_end_of_input_while_editing_sends_nothing(desk: Desk) -> None:
    for letter in ("e", "t", "c"):
        talk(desk, "#1", "r", "Hola", ".", letter)
    assert sent(desk) == []


def test_a_desk_in_a_team_reports_what_it_reads_out_and_names_who_else_is_there(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.setup.open_desk.in_team", lambda settings: True)
    looks: list[int | None] = []
    monkeypatch.setattr(Desk, "look_at", lambda desk, window, number, *, seconds: looks.append(number))
    there = {"until": 1 << 40, "writing": {"8": ["bruno"]}, "looking": {"8": ["eva"]}}
    with desk.store.write():
        desk.store.settings.save(COLLEAGUES, {"team:desk": there})
    said = talk(desk, "#8", "r", "Hola, ya está.", ".", "no", "b")
    assert said.count("bruno is writing") == 2  # of the ticket, and of the reply before it is sent
    assert "eva has it open" in said
    assert looks == [8, 8, None]

"""Ratings as people meet them: the commands, the ticket, the customer's card, the macro that asks."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from textual.pilot import Pilot

from data.records.tickets import Status
from data.store import Store
from queues.quality.csat import token_of
from tests.tui.playing import NOW, fifteen_tickets, incoming, make_desk, picture, play, press, settled
from tui.app import DeskApp
from tui.cli.main import cli


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tui.setup.clock.wall_clock", lambda: NOW)
    return fifteen_tickets(tmp_path / "desk.db")


def run(*arguments: str, given: str = "") -> Result:
    return CliRunner().invoke(cli, list(arguments), input=given, catch_exceptions=False)


def rows(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_macro_asks_with_the_tickets_token_and_the_answer_shows(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "enter")
        ticket = app.desk.view.ticket_id
        assert ticket is not None
        shown = app.desk.ticket()
        assert shown is not None
        app.parts.replies.preview_macro(shown, "general/ask-rating")
        await settled(pilot, app)
        assert token_of(app.desk.store, ticket) in picture(app)
        assert "And: asks for a rating" in picture(app)
        await press(pilot, app, "p", "p")  # nothing here speaks for it, so that the key is asked for twice
        assert app.desk.store.csat.asked(ticket) is not None
        app.parts.going.open_ticket(app.desk.active, ticket)
        await settled(pilot, app)
        await press(pilot, app, "pageup")
        assert "asked for a rating 0s ago, no answer yet" in picture(app)
        reference = app.desk.store.messages.of(ticket)[-1].message_id
        address = app.desk.store.messages.of(ticket)[0].from_address
        answer = replace(
            incoming(77, "Re: it", "mail", at=NOW),
            references=(reference,),
            from_address=address,
            text="8/10, rápido\n> quoted",
            new_text="8/10, rápido",
        )
        await app.desk.ask(lambda desk: desk.receive([answer]), lambda _: app.desk.refresh_lanes())
        await settled(pilot, app)
        assert "rated 4 of 5 (8/10), 0s ago" in picture(app)
        await press(pilot, app, "c")
        assert "rated us 4 of 5, newest first; 4.0 on average" in picture(app)

    play(path, script)


def test_a_form_is_taken_in_listed_corrected_and_removed(path: Path) -> None:
    lines = [
        '{"ticket": 1, "score": 5, "at": "2026-09-01T10:00:00Z", "comment": "bien \\u001b[31m"}',
        '{"ticket": 2, "score": "bad", "comment": "slow"}',
        '{"ticket": 99, "score": 5}',
        "nonsense",
    ]
    db = ("--db", str(path))
    run("solve", "2", *db, "--reason", "a test")
    told = run("csat", "import", "-", *db, "--json", "--reopen", given="\n".join(lines))
    assert rows(told) == [{"taken": 2, "known": 0, "refused": 2, "reopened": 1}]
    assert "no ticket #99" in told.stderr
    assert "line 4: it is not JSON" in told.stderr
    assert rows(run("csat", "import", "-", *db, "--json", given="\n".join(lines[:2])))[0]["known"] == 2

    store = Store.open(path)
    reopened = store.tickets.get(2)
    store.close()
    assert reopened is not None
    assert reopened.status is Status.OPEN

    first, second = rows(run("csat", "list", *db, "--json"))
    assert (first["ticket"], first["value"], first["via"], first["at"]) == (1, 5, "form", "2026-09-01T10:00:00Z")
    assert rows(run("csat", "list", "--low", *db, "--json")) == [second]
    people = run("csat", "list", *db)
    assert "2 ratings, CSAT 50%, average 3.00" in people.stderr
    assert "\x1b" not in people.output
    assert run("csat", "set", str(second["rating"]), "4", *db).stdout == "#2: rating set to 4\n"
    assert run("csat", "remove", str(first["rating"]), *db).stdout == "#1: rating removed\n"
    assert [one["value"] for one in rows(run("csat", "list", *db, "--json"))] == [4]
    assert "rated 4 of 5" in run("show", "2", *db).stdout
    run("undo", *db)
    assert len(rows(run("csat", "list", *db, "--json"))) == 2
    assert len(rows(run("csat", "list", "--all", *db, "--json"))) == 3


def test_a_refused_answer_without_end_is_told_in_a_line_that_ends(path: Path) -> None:
    lines = [json.dumps({"token": "t" * 50_000, "score": 1}), json.dumps({"ticket": 1, "score": "s" * 50_000})]
    told = run("csat", "import", "-", "--db", str(path), given="\n".join(lines)).stderr.splitlines()
    assert (len(told), max(map(len, told)) <= 1_000) == (2, True)


def test_an_empty_list_says_so(path: Path) -> None:
    assert run("csat", "list", "--db", str(path)).stderr == "No ratings here.\n"


def test_a_bare_number_that_opens_a_ticket_is_no_rating(path: Path) -> None:
    store = Store.open(path)
    make_desk(store).receive([incoming(50, "5", "mail")])
    assert list(store.csat.each(everything=True)) == []
    store.close()

"""Reviews by command: drawn, scored, read by whose reply it is, answered, revised, compared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from data.errors import DeskError, InputError, RuleError
from data.records.changes import Change
from data.records.tickets import Status
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from tests.tui.playing import NOW, fifteen_tickets
from tui.cli.main import cli
from tui.setup.settings import config_folder

GOOD = ("answers=2", "correct=2", "next-step=n/a", "tone=1:a little curt", "language=2", "records=yes", "privacy=yes")


class Home:
    """A desk file that several agents work on, one at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, agent: str, *arguments: str) -> Result:
        config_folder().mkdir(parents=True, exist_ok=True)
        (config_folder() / "config.toml").write_text(f'agent = "{agent}"\n', encoding="utf-8")
        return CliRunner().invoke(cli, [*arguments, "--db", str(self.path)], catch_exceptions=False)

    def rows(self, agent: str, *arguments: str) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.run(agent, *arguments, "--json").stdout.splitlines()]

    def refused(self, agent: str, *arguments: str) -> DeskError:
        with pytest.raises(DeskError) as error:
            self.run(agent, *arguments)
        return error.value


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr("tui.setup.clock.wall_clock", lambda: NOW)
    path = fifteen_tickets(tmp_path / "desk.db")
    store = Store.open(path)
    for number, name in ((1, "ann"), (2, "bob"), (3, "ann"), (4, "lea")):
        desk = Desk(store, clock=lambda: NOW - 60, rules=DeskRules(), agent=name)
        text = "Hola \x1b[31mAna, ya está." + " Largo." * 300 * (number == 3)
        desk.act([number], Change(reply=text, status=Status.PENDING, macro="general/delay"))
    store.close()
    return Home(path)


def test_a_reply_is_drawn_scored_disputed_and_revised(home: Home) -> None:
    drawn = home.rows("lea", "reviews", "sample", "-n", "2", "--seed", "7")
    assert {one["agent"] for one in drawn} == {"ann", "bob"}
    reply = str(next(one["reply"] for one in drawn if one["agent"] == "ann"))
    shown = home.run("lea", "reviews", "score", reply).stdout
    assert "support-reply@1" in shown
    assert "fails the whole" in shown
    assert "macro general/delay" in shown
    assert "\x1b" not in shown
    (asked,) = home.rows("lea", "reviews", "score", reply)
    assert len(asked["criteria"]) == 7  # type: ignore[arg-type]

    told = home.run("lea", "reviews", "score", reply, *GOOD, "--comment", "Good work").stdout
    assert "review 1 of ann's reply, 93 %" in told
    assert len(home.rows("lea", "reviews", "list", "--to-do")) == 1
    (review,) = home.rows("ann", "reviews", "list", "--mine")
    assert (review["percent"], review["stand"], review["comment"]) == (92.86, "unread", "Good work")
    read = home.run("ann", "reviews", "show", "1").stdout
    assert " 1/2  Warm, in the customer's own situation, no blame: a little curt" in read
    assert " n/a  The customer knows" in read
    assert home.rows("ann", "reviews", "list", "--mine")[0]["stand"] == "seen"
    home.run("ann", "reviews", "answer", "1", "--dispute", "It is warm.")
    assert [one["review"] for one in home.rows("lea", "reviews", "list", "--given", "--disputed")] == [1]
    home.run("lea", "reviews", "score", reply, *GOOD[:3], "tone=2", *GOOD[4:])
    everything = home.rows("lea", "reviews", "list", "--all")
    assert [(one["review"], one["percent"], one["stand"]) for one in everything] == [
        (2, 100.0, "unread"),
        (1, 92.86, "revised"),
    ]
    (shown_keys,) = home.rows("ann", "reviews", "show", "2")
    assert [one["answer"] for one in shown_keys["answers"]] == ["dispute"]  # type: ignore[attr-defined]
    assert home.run("ann", "reviews", "answer", "2", "--accept").stdout.endswith("review 2 accepted\n")
    assert "ann disputes: It is warm.\nann accepts\n" in home.run("lea", "reviews", "show", "2").stdout
    assert home.run("ann", "undo").stdout.startswith("Undone: ")


def test_what_cannot_be_scored_says_why(home: Home) -> None:
    own = home.rows("bob", "reviews", "sample", "--agent", "lea")[0]["reply"]
    assert "lea wrote this reply" in home.refused("lea", "reviews", "score", str(own), *GOOD).message
    assert "criteria are answers, correct" in home.refused("bob", "reviews", "score", str(own), "speed=1").message
    assert "is not scored yet" in home.refused("bob", "reviews", "score", str(own), "tone=1").message
    assert (
        "tone: '7' is not a valid score; give 0 or 1 or 2."
        in home.refused("bob", "reviews", "score", str(own), "tone=7").message
    )
    assert "no scorecard 'x'" in home.refused("bob", "reviews", "score", str(own), "--card", "x").message
    assert "no review 9" in home.refused("bob", "reviews", "show", "9").message
    assert isinstance(home.refused("bob", "reviews", "sample", "--since", "30d", "--agent", "lea"), RuleError)


def test_risk_tells_why(home: Home) -> None:
    picked = home.rows("lea", "reviews", "sample", "--risk", "-n", "3")
    assert {one["ticket"]: one["why"] for one in picked} == {1: ["late"], 2: ["late"], 3: ["long: 2,123 letters"]}
    assert picked[-1]["ticket"] == 3
    home.run("lea", "undo")
    assert "Only 3 of 10" in home.run("lea", "reviews", "sample").stderr


def test_two_reviewers_compare_themselves_blind(home: Home) -> None:
    store = Store.open(home.path)
    reply = next(one.id for one in store.messages.of(1) if one.direction == "out")
    store.close()
    assert home.run("lea", "reviews", "calibrate").stderr.startswith("No calibration is finished")
    assert home.run("lea", "reviews", "calibrate", str(reply), "--with", "bob").stdout.startswith("C-1: lea and bob")
    assert "for them" not in home.run("bob", "reviews", "list", "--to-do").stdout
    home.run("bob", "reviews", "score", str(reply), *GOOD)
    assert "blind until both have scored" in home.refused("lea", "reviews", "show", "1").message
    home.run("lea", "reviews", "score", str(reply), *GOOD[:3], "tone=0", *GOOD[4:])
    assert "92.86" in home.run("lea", "reviews", "show", "1", "--json").stdout
    assert "blind" in home.refused("ann", "reviews", "show", "1").message
    found = {one["criterion"]: one for one in home.rows("lea", "reviews", "calibrate")}
    assert (found["tone"]["same"], found["tone"]["pairs"], found["tone"]["percent"]) == (0, 1, 0.0)
    assert found["next-step"]["kappa"] is None
    assert "bob and lea, support-reply: 1 replies" in home.run("lea", "reviews", "calibrate").stdout
    assert home.run("lea", "reviews", "list").stderr == "No reviews here.\n"


def test_own_cards_are_checked_and_taken(home: Home) -> None:
    folder = config_folder() / "scorecards"
    folder.mkdir(parents=True)
    (folder / "own.toml").write_text('id = "own"\nversion = 1\neffective = 2026-01-01\ntitle = "x"\n', encoding="utf-8")
    runner = CliRunner().invoke(cli, ["reviews", "check"])
    assert runner.exit_code == 1
    assert "own.toml, line 1: there is no [[criterion]]" in runner.stderr
    with (folder / "own.toml").open("a", encoding="utf-8") as file:
        file.write('[[criterion]]\nid = "good"\ntext = "Good"\nscale = "yes-no"\n')
    assert CliRunner().invoke(cli, ["reviews", "check"]).exit_code == 0
    drawn = home.rows("lea", "reviews", "sample", "-n", "1")[0]
    told = home.run("lea", "reviews", "score", str(drawn["reply"]), "good=yes", "--card", "own").stdout
    assert "100 %" in told
    with pytest.raises(InputError):
        home.run("lea", "reviews", "score", str(drawn["reply"]), "--card", "other")

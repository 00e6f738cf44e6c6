"""`tridesk account add --kind rt` and `tridesk sync` with a Request Tracker, as its user types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data.errors import DeskError, InputError
from queues.accounts.ticketing_system import Tracker
from tests.servers.redmine import RedmineServer
from tests.servers.request_tracker import RequestTrackerServer
from tests.servers.roundup import RoundupServer
from tests.servers.web_double import WebDouble
from tui.accounts.config_writing import add, remove
from tui.cli.main import run
from tui.setup.settings import config_folder, load


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIDESK_DB", str(tmp_path / "desk.db"))
    monkeypatch.setenv("RT_TOKEN", "1-2-abc")


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]


def test_set_up_mirrored_answered_and_taken_away(
    request_tracker: RequestTrackerServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RT_TOKEN", request_tracker.tokens["alice"])
    customer = "cli@customers.example"
    ref = request_tracker.open_ticket(customer, "My invoice", "Hello, where is my invoice? Thank you.")
    new = ["account", "add", "--kind", "rt", "--url", request_tracker.url, "--name", "desk", "--secret", "env:RT_TOKEN"]
    assert run([*new, "--queue", "Soporte=app"]) == 0
    assert "RT 5.0" in capsys.readouterr().out
    assert run(["account", "list", "--json"]) == 0
    assert told(capsys)[0]["queues"] == {"Soporte": "app"}
    assert run(["account", "test", "desk"]) == 0
    assert run(["sync"]) == 0
    capsys.readouterr()
    assert run(["list", "--json"]) == 0
    (number,) = [str(row["id"]) for row in told(capsys) if row["customer"] == customer]
    assert run(["reply", number, "Here it is.", "--status", "solved", "--reason", "a test"]) == 0
    assert run(["outbox", "list", "--json"]) == 0
    assert run(["outbox", "resend", str(told(capsys)[0]["id"])]) == 0
    capsys.readouterr()
    assert run(["sync", "--json"]) == 0
    assert told(capsys)[0]["sent"] == 1
    assert request_tracker.ask("GET", f"ticket/{ref}")["Status"] == "resolved"
    assert run(["doctor"]) == 0
    assert "desk online" in capsys.readouterr().out
    assert run(["account", "remove", "desk"]) == 0
    assert load().settings.tracker == ()


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([(401, {}, {"message": "Unauthorized"})], "does not accept the token"),
        ([(200, {}, {"Version": "4.4.1"})], "is not a Request Tracker 5 (4.4.1)"),
        ([(404, {}, {})], "check the url"),
        ([(200, {}, b"<html>a shop</html>")], "did not answer with JSON"),
        ([(200, {}, {"Version": "5.0.3"}), (200, {}, {"Name": "eva"}),
          (200, {}, {"items": [{"Name": "Other"}]})], "has no queue 'Soporte' that eva can see; it has Other"),
    ],
)  # fmt: skip
def test_each_fault_of_setting_up_is_one_sentence_and_nothing_is_written(
    answers: list[tuple[int, dict[str, str], object]], words: str
) -> None:
    with WebDouble(answers) as double:
        new = ["account", "add", "--kind", "rt", "--url", double.url, "--secret", "env:RT_TOKEN", "--queue", "Soporte"]
        with pytest.raises(DeskError) as caught:
            run(new)
    assert words in caught.value.message
    assert "\n" not in caught.value.message
    assert load().settings.tracker == ()


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([(401, {}, b"Invalid Login - Invalid login")], "does not accept the password"),
        ([(403, {}, {"error": {"status": 403, "msg": "Forbidden."}})], "needs the right 'Rest Access'"),
        ([(404, {}, b"<html>no such page</html>")], "administrator enabled it (enable_rest)"),
        ([(200, {}, b"<html>a shop</html>")], "did not answer with JSON"),
    ],
)
def test_each_fault_of_a_roundup_is_one_sentence(answers: list[tuple[int, dict[str, str], object]], words: str) -> None:
    with WebDouble(answers) as double, pytest.raises(DeskError) as caught:
        run(["account", "add", "--kind", "roundup", "--url", double.url, "--user", "eva", "--secret", "env:RT_TOKEN"])
    assert words in caught.value.message
    assert "\n" not in caught.value.message
    assert load().settings.tracker == ()


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([(401, {}, b"")], "has not enabled the REST web service"),
        ([(404, {}, b"<html>no such page</html>")], "is not a Redmine there: check the url"),
        ([(200, {}, b"<html>a shop</html>")], "did not answer with JSON"),
    ],
)
def test_each_fault_of_a_redmine_is_one_sentence(answers: list[tuple[int, dict[str, str], object]], words: str) -> None:
    with WebDouble(answers) as double, pytest.raises(DeskError) as caught:
        run(["account", "add", "--kind", "redmine", "--url", double.url, "--secret", "env:RT_TOKEN"])
    assert words in caught.value.message
    assert "\n" not in caught.value.message
    assert load().settings.tracker == ()


def test_options_of_the_other_kind_are_told() -> None:
    with pytest.raises(InputError, match="such as --kind rt"):
        run(["account", "add", "a@b.example", "--queue", "x"])


def test_trackers_stand_beside_accounts_in_the_file() -> None:
    folder = config_folder()
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text('# mine\nagent = "eva"\n', encoding="utf-8")
    tracker = Tracker("desk", "https://tickets.example", secret="ask", queues={"Atención ñ": "", 'a "b"': "mail"})
    add(folder, tracker)
    add(folder, Tracker("other", "https://other.example"))
    assert load().settings.tracker[0] == tracker
    with pytest.raises(InputError, match="already"):
        add(folder, tracker)
    remove(folder, "desk")
    remove(folder, "other")
    assert (folder / "config.toml").read_text(encoding="utf-8").strip() == '# mine\nagent = "eva"'


@pytest.mark.trackers
def test_a_roundup_is_set_up_mirrored_and_answered(
    roundup: RoundupServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ROUNDUP_PASSWORD", roundup.passwords["alice"])
    customer = "cli@customers.example"
    ref = roundup.open_issue(customer, "My invoice", "Hello, where is my invoice? Thank you.")
    new = ["account", "add", "--kind", "roundup", "--url", roundup.url, "--name", "issues", "--user", "alice",
           "--secret", "env:ROUNDUP_PASSWORD", "--queue-field", "component", "--queue", "Soporte=app"]  # fmt: skip
    assert run(new) == 0
    assert "Roundup, as alice, 8 statuses" in capsys.readouterr().out
    assert run(["sync"]) == 0
    capsys.readouterr()
    assert run(["list", "--json"]) == 0
    (number,) = [str(row["id"]) for row in told(capsys) if row["customer"] == customer]
    assert run(["reply", number, "Here it is.", "--status", "solved", "--reason", "a test"]) == 0
    assert run(["outbox", "list", "--json"]) == 0
    assert run(["outbox", "resend", str(told(capsys)[0]["id"])]) == 0
    capsys.readouterr()
    assert run(["sync", "--json"]) == 0
    assert told(capsys)[0]["sent"] == 1
    assert roundup.issue(ref)["status"]["name"] == "resolved"
    monkeypatch.setenv("ROUNDUP_PASSWORD", "wrong")
    with pytest.raises(SystemExit):
        run(["account", "test", "issues"])
    assert "does not accept the password" in capsys.readouterr().out
    assert run(["account", "remove", "issues"]) == 0


@pytest.mark.trackers
def test_a_redmine_is_set_up_mirrored_and_answered(
    redmine: RedmineServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REDMINE_KEY", redmine.keys["alice"])
    redmine.project("Tienda")
    customer = "cli@customers.example"
    ref = redmine.open_issue(customer, "My invoice", "Hello, where is my invoice? Thank you.", project="tienda")
    new = ["account", "add", "--kind", "redmine", "--url", f"{redmine.url}/projects/tienda", "--name", "mine",
           "--secret", "env:REDMINE_KEY", "--queue", "Tienda=app"]  # fmt: skip
    assert run(new) == 0
    assert "Redmine, as alice, 1 project" in capsys.readouterr().out
    assert run(["sync"]) == 0
    capsys.readouterr()
    assert run(["list", "--json"]) == 0
    (number,) = [str(row["id"]) for row in told(capsys) if row["subject"] == "My invoice"]
    assert run(["reply", number, "Here it is.", "--status", "solved", "--reason", "a test"]) == 0
    assert run(["outbox", "list", "--json"]) == 0
    assert run(["outbox", "resend", str(told(capsys)[0]["id"])]) == 0
    capsys.readouterr()
    assert run(["sync", "--json"]) == 0
    assert told(capsys)[0]["sent"] == 1
    assert (redmine.issue(ref)["status"]["name"], redmine.replies(ref)) == ("Resolved", ["Here it is."])
    monkeypatch.setenv("REDMINE_KEY", "wrong")
    with pytest.raises(SystemExit):
        run(["account", "test", "mine"])
    assert "does not accept the token" in capsys.readouterr().out
    assert run(["account", "remove", "mine"]) == 0

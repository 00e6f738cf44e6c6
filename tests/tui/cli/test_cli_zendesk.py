"""`tridesk account add --kind zendesk` and what follows it, as its user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data.errors import ConnectorError, InputError
from tests.servers.zendesk_double import ZendeskDouble
from tui.cli.main import run
from tui.setup.settings import load

WARNING = "never tried against the live service"


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIDESK_DB", str(tmp_path / "desk.db"))


def new(double: ZendeskDouble, *more: str) -> list[str]:
    return ["account", "add", "--kind", "zendesk", "--url", double.url, "--name", "acme", "--secret", "env:ZD", *more]


def test_set_up_mirrored_and_answered_and_it_says_what_it_is(
    zendesk: ZendeskDouble, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZD", zendesk.add_agent("eva"))
    zendesk.state.groups[71] = "Support"
    ana = zendesk.state.add_user("Ana Gil", "ana@clientes.example")
    ticket = zendesk.state.open(ana, "My order", "Hello, where is my order? Thank you.", group_id=71)
    zendesk.state.pass_time()
    assert run(new(zendesk, "--user", "eva@team.example", "--queue", "Support=app", "--since", "2020-02-03")) == 0
    said = capsys.readouterr()
    assert WARNING in said.err
    assert "Zendesk, as eva@team.example, 1 queue, " in said.out
    assert str(load().settings.tracker[0].since) == "2020-02-03"
    assert run(["sync"]) == 0
    assert " of 100 requests this minute" in capsys.readouterr().out
    assert run(["list", "--json"]) == 0
    (row,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (row["customer"], row["lane"]) == ("Ana Gil", "app")
    assert run(["reply", str(row["id"]), "Here it is.", "--status", "solved", "--reason", "a test"]) == 0
    assert run(["outbox", "list", "--json"]) == 0
    entry = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert run(["outbox", "resend", str(entry["id"])]) == 0
    capsys.readouterr()
    assert run(["sync", "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["requests_allowed"] == 100
    assert 0 < row["requests"] < 30
    assert zendesk.state.tickets[ticket]["status"] == "solved"
    assert [one["body"] for one in zendesk.state.replies()] == ["Here it is."]
    capsys.readouterr()
    assert run(["doctor"]) == 0
    told = capsys.readouterr().out
    assert f"acme online, {row['requests']} of 100 requests this minute" in told
    assert WARNING in told


def test_an_oauth_token_needs_no_user(
    zendesk: ZendeskDouble, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZD", zendesk.add_agent("eva", bearer=True))
    assert run(new(zendesk)) == 0
    assert "as eva@team.example, all queues" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("role", "queue", "token", "words"),
    [
        ("admin", "Support", "wrong", "does not accept the token"),
        ("agent", "Support", "", "takes an administrator's token"),
        ("end-user", "Support", "", "does not accept the token for an agent"),
        ("admin", "Sales", "", "has no group 'Sales' that eva@team.example can see; it has Support."),
        ("admin", "brand:ES", "", "has no brand 'ES' that eva@team.example can see; it has none."),
        ("admin", "view:Mine", "", "no view 'Mine'"),
    ],
)
def test_each_fault_of_setting_up_is_one_sentence_and_nothing_is_written(
    zendesk: ZendeskDouble, monkeypatch: pytest.MonkeyPatch, role: str, queue: str, token: str, words: str
) -> None:
    zendesk.state.groups[71] = "Support"
    monkeypatch.setenv("ZD", (zendesk.add_agent("eva", role=role), token)[bool(token)])
    with pytest.raises(ConnectorError) as caught:
        run(new(zendesk, "--user", "eva@team.example", "--queue", queue))
    assert words in caught.value.message
    assert "\n" not in caught.value.message
    assert load().settings.tracker == ()


def test_its_macros_become_ours(
    zendesk: ZendeskDouble, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZD", zendesk.add_agent("eva", bearer=True))
    says = [{"field": "comment_value", "value": "Hola, {{ticket.requester.first_name}}: ya está."}]
    zendesk.state.macros = [
        {"id": n, "title": f"Pagos::Reembolso {n}", "active": n != 7, "actions": says} for n in range(110)
    ]
    assert run(new(zendesk)) == 0
    capsys.readouterr()
    assert run(["macros", "import", "--account", "acme", "--language", "es", "--json"]) == 0
    outcomes = [json.loads(line)["outcome"] for line in capsys.readouterr().out.splitlines()]
    assert outcomes == ["written"] * 109
    with pytest.raises(InputError, match="is not an account with macros"):
        run(["macros", "import", "--account", "other"])
    assert run(["macros", "import"]) == 2

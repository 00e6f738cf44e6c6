"""`tridesk account`, `sync` and `outbox`: set up, used and decided about without the screen."""

from __future__ import annotations

import json
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from data.errors import ConnectorError, InputError
from data.locations import alone
from data.store import Store
from queues.accounts.mail_account import Account
from queues.accounts.providers import Server
from queues.remotes.links import Link, LinkState, links
from tests.servers.desk_at_mail import letter, received, until
from tests.servers.mail_stack import MailStack
from tui.accounts.config_writing import add, remove
from tui.accounts.mail_process import MailProcess
from tui.cli.fetch_progress import FetchProgress
from tui.cli.main import run
from tui.setup.settings import config_folder, load

numbers = count(1)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRIDESK_DB", str(tmp_path / "desk.db"))
    monkeypatch.setenv("MAIL_PW", "right")
    return tmp_path / "desk.db"


@pytest.mark.parametrize("kind", ["zendesk", "roundup", "rt"])
def test_an_address_that_is_none_is_told(kind: str, desk: Path) -> None:
    with pytest.raises(InputError, match="url cannot be used; write it as https://host"):
        run(["account", "add", "--kind", kind, "--url", "https://[half", "--user", "x"])


def set_up(stack: MailStack, monkeypatch: pytest.MonkeyPatch, *more: str) -> str:
    address, password = stack.add_user(f"agent{next(numbers)}")
    monkeypatch.setenv("MAIL_PW", password)
    servers = ["--imap", f"localhost:{stack.ports['imaps']}", "--smtp", f"localhost:{stack.ports['smtps']}"]
    trust = ["--ca-file", str(stack.ca), "--secret", "env:MAIL_PW", "--name", "support"]
    assert run(["account", "add", address, *servers, *trust, *more]) == 0
    return address


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]


def test_mail_comes_and_goes_without_the_screen(
    desk: Path, mail_stack: MailStack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    address = set_up(mail_stack, monkeypatch)
    customer, _ = mail_stack.add_user(f"buyer{next(numbers)}", "clientes.example")
    mail_stack.deliver(customer, address, letter(1, sender=customer, to=address))
    until(lambda: received(mail_stack, address))
    capsys.readouterr()
    assert run(["sync", "--json"]) == 0
    (row,) = told(capsys)
    assert row == {"account": "support", "received": 1, "history": 0, "sent": 0, "held": 0, "failed": 0, "in_doubt": 0}
    assert run(["reply", "1", "Hola, ya puede entrar en su cuenta.", "--status", "solved", "--reason", "a test"]) == 0
    assert run(["outbox", "list", "--json"]) == 0
    (waiting,) = told(capsys)
    assert (waiting["state"], waiting["ticket"], waiting["connector"]) == ("queued", 1, "email:support")
    assert run(["outbox", "resend", str(waiting["id"])]) == 0  # do not wait for the undo window
    capsys.readouterr()
    assert run(["sync", "--json"]) == 0
    assert told(capsys)[0]["sent"] == 1
    until(lambda: len(received(mail_stack, customer)) == 1)


def test_a_wrong_password_is_one_sentence_and_writes_nothing(
    desk: Path, mail_stack: MailStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(mail_stack, monkeypatch)
    monkeypatch.setenv("MAIL_PW", "hush-wrong")
    with pytest.raises(ConnectorError, match="does not accept the password") as wrong:
        run(["account", "add", "support@desk.example", "--imap", f"localhost:{mail_stack.ports['imaps']}", "--smtp",
             "localhost", "--ca-file", str(mail_stack.ca), "--name", "other", "--secret", "env:MAIL_PW"])  # fmt: skip
    assert "hush" not in wrong.value.message
    assert [account.name for account in load().settings.account] == ["support"]
    with pytest.raises(SystemExit):
        run(["account", "test", "--json"])
    assert run(["sync"]) == 1


def test_an_account_is_listed_and_taken_away_and_the_rest_of_the_file_stays(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = config_folder()
    folder.mkdir(parents=True)
    path = folder / "config.toml"
    path.write_text('# mine\nagent = "Eva"\n\n[[account]]\nname = "a"\naddress = "a@gmail.com"\nprovider = "gmail"\n\n'
                    '[account.signature]\nes = "Adiós"\n\n[keys]\n"ticket.solve" = "f5"\n')  # fmt: skip
    add(folder, Account("b", "b@fastmail.com", provider="fastmail", signature={"es": 'El "equipo"\n', "default": "T"}))
    assert run(["account", "list", "--json"]) == 0
    assert [(row["name"], row["imap"]) for row in told(capsys)] == [
        ("a", "imap.gmail.com:993"),
        ("b", "imap.fastmail.com:993"),
    ]
    assert load().settings.account[1].signature["es"] == 'El "equipo"\n'
    with pytest.raises(InputError, match="already"):
        add(folder, Account("b", "c@fastmail.com", provider="fastmail"))
    assert run(["account", "remove", "a"]) == 0
    settings = load().settings
    assert ([account.name for account in settings.account], settings.agent) == (["b"], "Eva")
    assert settings.keys == {"ticket.solve": "f5"}
    assert path.read_text().startswith("# mine\n")
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(InputError, match="no account 'a'"):
        remove(folder, "a")


def test_without_accounts_sync_says_how_to_make_one(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sync"]) == 0
    assert "tridesk account add" in capsys.readouterr().err
    with pytest.raises(InputError, match="account add"):
        run(["account", "test"])


def test_one_program_looks_after_the_mail(desk: Path) -> None:
    with alone(desk.with_name("desk.db.sync")) as held:
        assert held
        with pytest.raises(InputError, match="Another tridesk"):
            run(["sync"])
    assert run(["sync"]) == 0


def test_a_reply_that_is_none_of_the_outbox_is_told(desk: Path) -> None:
    assert run(["sync"]) == 0
    with pytest.raises(Exception, match="no reply 7"):
        run(["outbox", "drop", "7"])


def test_the_documented_account_is_understood(desk: Path) -> None:
    text = (Path(__file__).parents[3] / "docs" / "email.md").read_text(encoding="utf-8")
    config_folder().mkdir(parents=True)
    (config_folder() / "config.toml").write_text(text.partition("```toml\n")[2].partition("```")[0])
    (account,) = load().settings.account
    assert (account.imap.port, account.smtp.port, account.lane) == (993, 587, "mail")
    assert account.since is not None
    assert set(account.signature) == {"en", "es"}
    assert run(["doctor"]) == 0
    assert run(["config", "explain"]) == 0


def test_the_process_beside_the_screen_fetches_and_ends_with_it(
    desk: Path, mail_stack: MailStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = set_up(mail_stack, monkeypatch)
    news: list[str] = []
    process = MailProcess(desk, {})
    process.start(lambda: news.append("news"), news.append)
    try:
        mail_stack.deliver("ana@clientes.example", address, letter(1, to=address))
        until(lambda: news == ["news"], lambda: news)
        with closing(Store.open(desk)) as store:
            assert [ticket.subject for ticket in store.tickets.each()] == ["Carta 1"]
        child = process._process
        assert child is not None
        assert child.poll() is None
    finally:
        process.stop()
    assert child.poll() == 0


def test_a_password_that_was_asked_for_reaches_the_process_and_no_file(
    desk: Path, mail_stack: MailStack, tmp_path: Path
) -> None:
    address, password = mail_stack.add_user(f"asked{next(numbers)}")
    imap = Server("localhost", mail_stack.ports["imaps"])
    smtp = Server("localhost", mail_stack.ports["smtps"])
    add(config_folder(), Account("support", address, imap=imap, smtp=smtp, secret="ask", ca_file=str(mail_stack.ca)))
    Store.open(desk).close()
    process = MailProcess(desk, {"support": password})
    said: list[str] = []
    process.start(lambda: None, said.append)
    try:
        until(lambda: state_of(desk) == "online", lambda: said)
    finally:
        process.stop()
    files = [file.read_bytes() for file in (*tmp_path.rglob("*"), *config_folder().rglob("*")) if file.is_file()]
    assert files
    assert not any(password.encode() in content for content in files)


def state_of(path: Path) -> str:
    with closing(Store.open(path)) as store:
        link = links(store).get("email:support")
    return str(link.state) if link is not None else ""


def test_an_old_mailbox_is_counted_and_becomes_history_unless_asked_otherwise(
    desk: Path, mail_stack: MailStack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    address, password = mail_stack.add_user(f"agent{next(numbers)}")
    customer, _ = mail_stack.add_user(f"buyer{next(numbers)}", "clientes.example")
    mail_stack.deliver(customer, address, letter(1, sender=customer, to=address))
    until(lambda: received(mail_stack, address))
    monkeypatch.setenv("MAIL_PW", password)
    servers = ["--imap", f"localhost:{mail_stack.ports['imaps']}", "--smtp", f"localhost:{mail_stack.ports['smtps']}"]
    given = ["account", "add", address, *servers, "--ca-file", str(mail_stack.ca), "--secret", "env:MAIL_PW"]
    for wrong in ("yesterday", "2026-13-01"):
        with pytest.raises(InputError, match="or on a day such as"):
            run([*given, "--name", "support", "--from", wrong])
    assert not load().settings.account
    assert run([*given, "--name", "support"]) == 0
    assert "1 mail since" in (said := capsys.readouterr()).err
    assert "work begins now" in said.err
    assert run([*given, "--name", "everything", "--from", "all"]) == 0
    assert run([*given, "--name", "since", "--from", "2026-01-31"]) == 0
    capsys.readouterr()
    assert run(["account", "list", "--json"]) == 0
    assert [row["from"] for row in told(capsys)] == ["now", "all", "2026-01-31"]
    remove(config_folder(), "everything")
    remove(config_folder(), "since")
    mail_stack.deliver(customer, address, letter(2, sender=customer, to=address))
    until(lambda: len(received(mail_stack, address)) == 2)
    capsys.readouterr()
    assert run(["sync"]) == 0
    assert "2 received (1 of them history), 0 sent" in capsys.readouterr().out
    assert run(["list", "--json"]) == 0
    assert [row["subject"] for row in told(capsys)] == ["Carta 2"]
    assert run(["list", "--status", "history", "--json"]) == 0
    assert [(row["subject"], row["first_due"]) for row in told(capsys)] == [("Carta 1", None)]
    assert run(["reopen", "1"]) == 0
    assert run(["account", "test", "--json"]) == 0
    capsys.readouterr()
    path = config_folder() / "config.toml"
    path.write_text(path.read_text().replace("work-after", "work-from = 2026-01-31\nwork-after"))
    with pytest.raises(InputError, match="take work-after out"):
        load()


def test_a_full_mailbox_shows_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    with FetchProgress() as progress:
        for done in range(0, 1001, 20):
            progress("support", Link(LinkState.FETCHING, "", done, 1000))
    lines = capsys.readouterr().err.splitlines()
    assert (len(lines), lines[0], lines[-1]) == (11, "support: 0 of 1,000 fetched", "support: 1,000 of 1,000 fetched")


def test_on_a_terminal_it_is_a_bar(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    with FetchProgress() as progress:
        progress("support", Link(LinkState.FETCHING, "", 500, 1000))
    assert "500/1000" in capsys.readouterr().err

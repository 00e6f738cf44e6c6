"""`tridesk account`: set up, test and remove mail accounts and ticketing systems."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal

import click
import msgspec

from data.errors import ConnectorError, DeskError, InputError
from data.safe_text import safe_line
from tui.cli.common import json_option, write_json
from tui.cli.completing import ACCOUNT, KIND, LANE
from tui.look.words import translated, words
from tui.setup.settings import config_folder, load

if TYPE_CHECKING:
    from datetime import datetime

    from queues.accounts.mail_account import Account
    from queues.accounts.providers import Server
    from queues.accounts.ticketing_system import Tracker


@click.group()
def account() -> None:
    """Set up the mail accounts and ticketing systems that the desk fetches from and answers through."""


@account.command()
@click.argument("address", required=False)
@click.option("--name", help="A short name, such as support; else the part before the @.")
@click.option("--provider", help="gmail, outlook, fastmail, …; guessed from the address.")
@click.option("--imap", "imap", metavar="HOST[:PORT]", help="The server for incoming mail.")
@click.option("--smtp", "smtp", metavar="HOST[:PORT]", help="The server for replies.")
@click.option("--starttls", is_flag=True, help="Use STARTTLS on both servers.")
@click.option("--user", help="The login name, if it is not the address.")
@click.option("--auth", type=click.Choice(["password", "xoauth2", "oauthbearer"]), help="How to log in.")
@click.option("--secret", help="Where the password or token is: keyring, ask, env:NAME, command:…")
@click.option("--client-id", help="Sign in with OAuth as this client, which you registered with the provider.")
@click.option("--tenant", default="", help="Microsoft: the directory of the client, if it is for one company only.")
@click.option("--issuer", default="", help="OAuth server of another provider; its metadata names the rest.")
@click.option("--scope", "scopes", multiple=True, help="OAuth: a right to ask for, if not the provider's usual ones.")
@click.option("--ca-file", default="", help="The certificate authority of your own server.")
@click.option("--lane", type=LANE, default="", help="The lane that its mail goes to; else routing decides.")
@click.option(
    "--kind", type=KIND, default="mail", help="A ticketing system, with --url; `tridesk account kinds` lists them."
)
@click.option("--url", help="The ticketing system's address; for Zendesk the subdomain is enough.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Ignore what happened before this day.")
@click.option(
    "--from",
    "work_from",
    metavar="now|all|YYYY-MM-DD",
    help="Which mail is work; earlier mail becomes history: searchable, without clocks. Asked for if not given.",
)
@click.option(
    "--queue", "queues", multiple=True, metavar="QUEUE[=LANE]", help="A queue to mirror, and its lane (default: all)."
)
@click.option("--queue-field", default="", help="Roundup: the property of issues that names their queue.")
@click.option("--no-test", is_flag=True, help="Do not try the connection.")
def add(address: str | None, name: str | None, provider: str | None, imap: str | None, smtp: str | None,
        starttls: bool, user: str | None, auth: Literal["password", "xoauth2", "oauthbearer"] | None,
        secret: str | None, client_id: str | None, tenant: str, issuer: str, scopes: tuple[str, ...], ca_file: str,
        lane: str, kind: str, url: str | None, queues: tuple[str, ...],
        queue_field: str, since: datetime | None, work_from: str | None, no_test: bool) -> None:  # fmt: skip
    """Add an account: asks for what is not given, tries the connection, then writes it into config.toml."""
    from queues.accounts.kinds import kind_named
    from queues.accounts.mail_account import Account, complete
    from queues.accounts.oauth import OAuth
    from queues.accounts.providers import NOWHERE, PROVIDERS, Provider, provider_of
    from tui.accounts.trial import begun
    from tui.cli.tracker import tracker_of
    from tui.setup.clock import wall_clock

    if kind != "mail":
        url = url or address or _asked(f"Address ({kind_named(kind).address_hint.rstrip('.')})")
        new_tracker = tracker_of(url, kind, name=name, user=user, secret=secret, ca_file=ca_file, queues=queues,
                                 queue_field=queue_field, since=since.date() if since else None)  # fmt: skip
        if new_tracker.warning:
            click.echo(new_tracker.warning, err=True)
        if work_from:
            raise InputError("Not given", "--from is for mail accounts; of a ticketing system, --since.")
        put_in(new_tracker, asked=secret is not None, no_test=no_test)
        return
    if url or queues or since:
        raise InputError(
            "Not given", "--url, --queue and --since are for ticketing systems; say which, such as --kind rt."
        )
    address = address or _asked("Address")
    security: Literal["tls", "starttls"] = "starttls" if starttls else "tls"
    provider = provider if provider is not None else "" if imap else provider_of(address)
    if not provider:
        domain = address.rpartition("@")[2]
        imap = imap or _asked("IMAP server", f"imap.{domain}")
        smtp = smtp or _asked("SMTP server", f"smtp.{domain}")
    known = PROVIDERS.get(provider, Provider())
    if client_id is None and known.oauth is not None and secret is None and auth is None and sys.stdin.isatty():
        question = words("Client ID for signing in with OAuth (empty: without)")
        client_id = str(click.prompt(question, default="", show_default=False, err=True)).strip()
    if known.hint and not client_id:
        click.echo(known.hint, err=True)
    new = Account(
        name or address.partition("@")[0], address, provider=provider, imap=_server(imap, security) or NOWHERE,
        smtp=_server(smtp, security) or NOWHERE, user=user or "", auth=auth or "", secret=secret or "keyring",
        ca_file=ca_file, lane=lane,
        oauth=OAuth(client_id or "", tenant=tenant, issuer=issuer, scopes=scopes, ca_file=ca_file if issuer else ""),
    )  # fmt: skip
    if work_from:
        begun(new, None, work_from, wall_clock())  # refused before any password is asked for
    complete(new)
    put_in(new, asked=secret is not None, no_test=no_test, work_from=work_from)


def put_in(new: Account | Tracker, *, asked: bool, no_test: bool, work_from: str | None = None) -> None:
    """Get the secret, test the connection, ask which mail is work, save the account. Raises DeskError."""
    from queues.accounts.mail_account import Account
    from tui.accounts.config_writing import add as write

    if any(account.name == new.name for account in load().settings.remotes):
        raise InputError("Account exists", f"There is an account {new.name!r} already; choose another with --name.")
    later = _signs_in(new) and not sys.stdin.isatty()  # nobody is there to do it now
    no_test = no_test or later
    new, typed = _with_secret(new, asked=asked)
    result = ""
    if not no_test:
        new, result = _tried(new, typed)
    if isinstance(new, Account):
        new = _begun(new, typed, work_from, no_test=no_test)
    path = write(config_folder(), new)
    text = words("The account {name} is in {path}; `tridesk` or `tridesk sync` takes its mail from now on.")
    click.echo(text.format(name=new.name, path=path) + (f" ({safe_line(result)})" if result else ""))
    if later:
        click.echo(words("Sign it in with `tridesk account login {name}`.").format(name=new.name))


def _signs_in(one: Account | Tracker) -> bool:
    """Return whether the desk signs in for the account's tokens itself."""
    from queues.accounts.mail_account import Account

    return isinstance(one, Account) and one.signs_in


def _begun(new: Account, typed: str, said: str | None, *, no_test: bool) -> Account:
    """Return the account with its work beginning as the user says; without an answer, with nothing that is there."""
    from tui.accounts.trial import begun, in_words, stock_of, usual_start
    from tui.setup.clock import wall_clock

    if no_test:
        return begun(new, None, said, wall_clock()) if said else new
    stock = stock_of(new, typed)
    if said is None and stock.mails:
        said = usual_start(stock)
        if stock.shared_at:
            other = words("Other desks work on this mailbox: the first mail that they marked is of {day}.")
            click.echo(other.format(day=said), err=True)
        if sys.stdin.isatty():
            click.echo(words("In the mailbox: {stock}.").format(stock=in_words(stock)), err=True)
            earlier = words("Earlier mail becomes history: searchable, shown with its customer, without clocks.")
            click.echo(earlier, err=True)
            while True:
                said = _asked("Work from: now, all, or a day such as 2026-01-31", said)
                try:
                    return begun(new, stock, said, wall_clock())
                except InputError as error:
                    click.echo(translated(error.message), err=True)
        begins = words("In the mailbox: {stock}; work begins {day} (--from chooses otherwise).")
        click.echo(begins.format(stock=in_words(stock), day=said), err=True)
    return begun(new, stock, said or "now", wall_clock())


def _asked(question: str, default: str | None = None) -> str:
    if not sys.stdin.isatty():
        raise InputError("Not given", f"{question} is missing; see `tridesk account add --help`.")
    return str(click.prompt(question, default=default, err=True)).strip()


def _server(given: str | None, security: Literal["tls", "starttls"]) -> Server | None:
    from queues.accounts.providers import Server

    if not given:
        return None
    host, _, port = given.rpartition(":") if given.rpartition(":")[2].isdigit() else (given, "", "0")
    return Server(host, int(port), security)


def _with_secret(new: Account | Tracker, *, asked: bool) -> tuple[Account | Tracker, str]:
    """Prompt for the password if the keyring is to store it, or sign in; without a keyring it is asked for at each
    start.
    """
    from queues.accounts.mail_account import Account
    from queues.accounts.secrets import keyring_put
    from tui.cli.signing_in import sign_in_here

    if isinstance(new, Account) and new.signs_in:
        if sys.stdin.isatty():
            sign_in_here(new)
        return new, ""
    if new.secret not in ("keyring", "ask") or not sys.stdin.isatty():
        return new, ""
    typed = str(click.prompt(f"Password of {safe_line(new.login)}", hide_input=True, err=True))
    if new.secret == "keyring":
        try:
            keyring_put(new, typed)
        except ConnectorError as error:
            if asked:
                raise
            click.echo(f"{error.message} The desk will ask for the password at each start.", err=True)
            new = msgspec.structs.replace(new, secret="ask")
    return new, typed


def _tried(new: Account | Tracker, typed: str) -> tuple[Account | Tracker, str]:
    """Test the account; prompt again for what the user can correct, raise any other error."""
    from queues.connectors.mail_faults import CERTIFICATE, LoginRefusedError
    from queues.connectors.web import TokenRefusedError
    from queues.team.database import LoginError

    while True:
        try:
            return new, _try(new, typed)
        except ConnectorError as error:
            refused = isinstance(error, (LoginRefusedError, TokenRefusedError, LoginError))
            typed_wrong = refused and new.secret in ("keyring", "ask") and not _signs_in(new)
            if not sys.stdin.isatty() or not (error.title == CERTIFICATE or typed_wrong):
                raise
            click.echo(safe_line(error.message), err=True)
            if error.title == CERTIFICATE:
                new = msgspec.structs.replace(new, ca_file=_asked("CA file (ctrl+c gives up)"))
            else:
                new, typed = _with_secret(new, asked=True)


def _try(account: Account | Tracker, typed: str = "") -> str:
    """Log in and return a short description of what was found. Raises DeskError with the reason if that fails."""
    from tui.accounts.trial import try_account

    if account.secret == "ask" and not typed and sys.stdin.isatty():
        typed = str(click.prompt(f"Password of {safe_line(account.login)}", hide_input=True, err=True))
    return try_account(account, typed)


@account.command("kinds")
@json_option
def kinds_(as_json: bool) -> None:
    """List the ticketing systems that can be set up, what each can do, and what it was tried against.

    A connector of another package is listed once that package is installed where tridesk is. Exit 1 if one is broken.
    """
    from queues.accounts.kinds import kind_named, kinds, package_of
    from queues.connectors.base import connector_class

    broken = False
    for name in kinds():
        try:
            kind = kind_named(name)
            can = sorted(map(str, connector_class(name).capabilities))
        except InputError as error:
            broken = True
            click.echo(safe_line(error.message), err=True)
            continue
        row = {"kind": name, "title": kind.title, "can": can, "tried": kind.tried, "package": package_of(name)}
        if as_json:
            write_json(row, as_given=True)
        else:
            tried = kind.tried or words("by its documentation only")
            click.echo(f"{safe_line(name):<14} {safe_line(kind.title):<22} {safe_line(tried):<28} {', '.join(can)}")
    if broken:
        sys.exit(1)


@account.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the accounts."""
    from queues.accounts.work_start import said_of

    settings = load().settings
    for tracker in settings.tracker:
        keys = {"name": tracker.name, "kind": tracker.kind, "url": tracker.url, "queues": tracker.queues,
                "secret": tracker.secret.partition(":")[0]}  # fmt: skip
        if as_json:
            write_json(keys, as_given=True)
        else:
            queues = ", ".join(tracker.queues) or "all queues"
            click.echo(f"{tracker.name:<14} {tracker.url:<32} {queues:<57} {keys['secret']}")
    for item in settings.account:
        row = {
            "name": item.name, "address": item.address, "imap": f"{item.imap.host}:{item.imap.port}",
            "smtp": f"{item.smtp.host}:{item.smtp.port}", "auth": item.auth, "secret": item.secret.partition(":")[0],
            "lane": item.lane, "from": said_of(item),
        }  # fmt: skip
        if as_json:
            write_json(row, as_given=True)
        else:
            click.echo(f"{item.name:<14} {item.address:<32} {row['imap']:<28} {row['smtp']:<28} {row['secret']}")


@account.command()
@click.argument("name", type=ACCOUNT, required=False)
@json_option
def test(name: str | None, as_json: bool) -> None:
    """Log in to the servers of NAME, or of every account; exit 1 if that fails."""
    sound = True
    for item in _chosen(name):
        good, detail = True, ""
        try:
            detail = _try(item)
        except DeskError as error:
            sound = good = False
            detail = error.message
        if as_json:
            write_json({"account": item.name, "ok": good, "detail": detail}, as_given=True)
        else:
            click.echo(f"{'ok  ' if good else 'FAIL'}  {item.name}{': ' if detail else ''}{safe_line(detail)}")
    if not sound:
        sys.exit(1)


@account.command()
@click.argument("name", type=ACCOUNT)
def remove(name: str) -> None:
    """Remove the account NAME from config.toml; its tickets stay."""
    from tui.accounts.setup import take_out

    text = words("The account {name} is no longer in {path}.")
    click.echo(text.format(name=name, path=take_out(config_folder(), name)))


@account.command()
@click.argument("name", type=ACCOUNT)
def secret(name: str) -> None:
    """Give the keyring the password or token of the account NAME."""
    from queues.accounts.secrets import keyring_put

    (item,) = _chosen(name)
    if _signs_in(item):
        raise InputError("Not offered", f"The account {name} signs in with OAuth: `tridesk account login {name}`.")
    typed = click.prompt("Password", hide_input=True, err=True) if sys.stdin.isatty() else sys.stdin.readline()
    keyring_put(item, str(typed).rstrip("\r\n"))


@account.command()
@click.argument("name", type=ACCOUNT)
@click.option("--browser", "way", flag_value="browser", help="With a browser on this machine.")
@click.option("--device", "way", flag_value="device", help="With a code that you enter on any device.")
def login(name: str, way: str | None) -> None:
    """Sign the account NAME in with OAuth, the first time or again; its waiting replies leave then."""
    from queues.accounts.mail_account import Account
    from tui.cli.signing_in import sign_in_here

    (item,) = _chosen(name)
    if not isinstance(item, Account) or not item.signs_in:
        raise InputError(
            "Not offered",
            f"The account {name} has no OAuth client; `tridesk account secret {name}` stores its password or token.",
        )
    sign_in_here(item, way)
    click.echo(words("{name} is signed in as {login}.").format(name=item.name, login=safe_line(item.login)))
    result = _try(item)
    if result:
        click.echo(safe_line(result))


def _chosen(name: str | None) -> list[Account | Tracker]:
    accounts = [account for account in load().settings.remotes if name in (None, account.name)]
    if not accounts:
        raise InputError("No such account", f"There is no account {name!r}; `tridesk account add` makes one."
                         if name else "There is no account yet; `tridesk account add` makes one.")  # fmt: skip
    return accounts

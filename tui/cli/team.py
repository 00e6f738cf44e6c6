"""`tridesk team`: set up a team's PostgreSQL, join it, see its state, leave it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from data.errors import DeskError, InputError, RuleError
from tui.cli.common import chosen, db_option, json_option, write_json
from tui.look.shown import safe_line
from tui.look.words import translated, words
from tui.setup.settings import config_folder, load

if TYPE_CHECKING:
    from queues.accounts.ticketing_system import Tracker
    from queues.team.administration import Role, TeamState
    from queues.team.database import Database

TAKEN_OUT = "taken out"
"""The setting that says of which generation of a team a desk's file is a copy."""
ca_option = click.option("--ca-file", default="", help="The certificate authority of your own server.")


@click.group()
def team() -> None:
    """Share tickets with colleagues through one PostgreSQL database (needs `pip install 'tridesk[team]'`)."""


@team.command()
@click.argument("url")
@click.option("--lease", type=int, help="Minutes that a claim outlives its agent's desk (30 at first).")
@ca_option
@json_option
def init(url: str, lease: int | None, ca_file: str, as_json: bool) -> None:
    """Create the team's tables in the database at URL, or bring them up to date; run it as the database's owner."""
    from queues.team.administration import prepare, set_lease

    with _as_owner(url, ca_file) as database:
        prepared = prepare(database)
        if lease is not None:
            set_lease(database, lease)
    if as_json:
        write_json({"migrations": [step.number for step in prepared.done], "restored": prepared.restored})
        return
    for step in prepared.done:
        click.echo(f"{step.number:04} {step.name}")
    if prepared.restored:
        click.echo(words("The database comes from a dump: every desk reads it again from the start."))
    click.echo(
        words("{place} is ready; admit agents with `tridesk team add`.").format(place=database.place)
        if prepared.done
        else words("{place} is up to date.").format(place=database.place)
    )


@team.command()
@click.argument("url")
@click.argument("login")
@click.option("--role", type=click.Choice(["reader", "agent", "lead"]), default="agent", show_default=True)
@click.option("--lane", "lanes", multiple=True, help="Limit the member to this lane; repeat for several.")
@ca_option
@json_option
def add(url: str, login: str, role: str, lanes: tuple[str, ...], ca_file: str, as_json: bool) -> None:
    """Admit LOGIN to the team, or change its role and lanes; a new login's password is printed once."""
    from queues.team.administration import add_member

    with _as_owner(url, ca_file) as database:
        password = add_member(database, login, cast("Role", role), lanes)
    if as_json:
        write_json({"login": login, "role": role, "lanes": list(lanes), "password": password}, as_given=True)
        return
    click.echo(words("{login} is a member, as {role}.").format(login=login, role=role))
    if password:
        click.echo(words("Its password, shown only now: {password}").format(password=password))


@team.command()
@click.argument("url")
@click.argument("login")
@ca_option
def remove(url: str, login: str, ca_file: str) -> None:
    """End LOGIN's membership; what it did stays."""
    from queues.team.administration import remove_member

    with _as_owner(url, ca_file) as database:
        remove_member(database, login)
    click.echo(words("{login} is no longer a member.").format(login=login))


@team.command()
@click.argument("url")
@click.option("--name", help="A short name, such as acme; else the database's.")
@click.option("--secret", help="Where the password is: keyring, pgpass, ask, env:NAME, command:…")
@click.option("--share", multiple=True, metavar="ACCOUNT", help="A mail account whose tickets this desk shares.")
@ca_option
@click.option("--no-test", is_flag=True, help="Do not try the connection.")
def join(url: str, name: str | None, secret: str | None, share: tuple[str, ...], ca_file: str, no_test: bool) -> None:
    """Join the team at URL (postgresql://login@host/database): asks for the password, tries it, saves the address."""
    from urllib.parse import urlsplit

    from queues.accounts.ticketing_system import Tracker, complete
    from tui.cli.account import put_in

    accounts = [account.name for account in load().settings.account]
    for account in share:
        if account not in (*accounts, "*", "demo", "files"):
            raise InputError(
                "No such account", f"There is no mail account {account!r} to share; there are: {', '.join(accounts)}."
            )
    given = Tracker(name or "team", url, kind="team", ca_file=ca_file, secret=secret or "keyring", share=share)
    given = complete(given)
    tracker = complete(_named(given, name or urlsplit(given.url).path.strip("/")))
    put_in(tracker, asked=secret is not None, no_test=no_test)


@team.command()
@click.argument("name", required=False)
@json_option
def status(name: str | None, as_json: bool) -> None:
    """Connect to the team and report role, schema, members and delays; exit 1 if that fails."""
    from queues.team.administration import state
    from queues.team.versions import known, require_fit

    sound = True
    for tracker in _teams(name):
        row: dict[str, object] = {"team": tracker.name, "url": tracker.url, "ok": True}
        database = _connected(tracker)
        try:
            require_fit(database)
            seen = state(database)
            row |= _row(seen) | {"update": seen.version < known()}
            line = _line(seen)
        except DeskError as error:
            sound = False
            row |= {"ok": False, "error": error.message}
            line = translated(error.message)
        finally:
            database.close()
        if as_json:
            write_json(row, as_given=True)
        else:
            click.echo(f"{'ok  ' if row['ok'] else 'FAIL'}  {tracker.name}: {safe_line(line)}")
    if not sound:
        sys.exit(1)


@team.command()
@click.argument("name", required=False)
@json_option
def board(name: str | None, as_json: bool) -> None:
    """Show who works on what, and what waits in each lane."""
    from queues.team.administration import board as read
    from tui.look.written_values import iso

    database = _connected(_one_team(name))
    try:
        people, lanes = read(database)
    finally:
        database.close()
    for person in people:
        row = {"member": person.login, "role": person.role, "connected": person.is_connected,
               "tickets": person.counts, "writes_on": list(person.writes_on),
               "looks_at": list(person.looks_at)}  # fmt: skip
        if as_json:
            write_json(row, as_given=True)
            continue
        counts = ", ".join(f"{count} {words(status)}" for status, count in sorted(person.counts.items()))
        writes = f"; {words('writes on')} {', '.join(map(str, person.writes_on))}" if person.writes_on else ""
        writes += f"; {words('looks at')} {', '.join(map(str, person.looks_at))}" if person.looks_at else ""
        there = "" if person.is_connected else f" ({words('not connected')})"
        click.echo(f"{safe_line(person.login):<20} {counts or '–'}{writes}{there}")
    for lane in lanes:
        oldest = iso(lane.oldest) if lane.oldest is not None else None
        if as_json:
            write_json({"lane": lane.lane, "unassigned": lane.unassigned, "assigned": lane.assigned,
                        "oldest_unassigned": oldest}, as_given=True)  # fmt: skip
        else:
            text = words("{lane}: {free} unassigned, {taken} assigned").format(
                lane=safe_line(lane.lane) or words("no lane"), free=lane.unassigned, taken=lane.assigned
            )
            click.echo(text + (f", {words('oldest')} {oldest}" if oldest else ""))


@team.command()
@click.argument("url")
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--export", is_flag=True, help="Write SQL for psql, even where pg_dump is installed.")
@ca_option
@json_option
def dump(url: str, target: Path, export: bool, ca_file: str, as_json: bool) -> None:
    """Write a consistent copy of the team's database at URL to FILE while agents work; run it as the owner.

    It is made by pg_dump (read it with pg_restore), or where that is not installed as SQL, read after `tridesk team
    init` with psql.
    """
    from queues.team.dump import PG_DUMP
    from queues.team.dump import dump as write

    typed: list[str] = []
    with _as_owner(url, ca_file, typed) as database:
        done = write(database, url, "".join(typed), ca_file, target, export=export)
    if as_json:
        write_json({"file": str(target), "by": done.by, "bytes": done.size, "why": done.why or None}, as_given=True)
        return
    if done.why:
        click.echo(words("pg_dump could not: {reason}").format(reason=done.why), err=True)
    how = words("a dump by pg_dump") if done.by == PG_DUMP else words("an export as SQL")
    click.echo(words("{file}: {how}, {n:,} bytes.").format(file=target, how=how, n=done.size))


@team.command()
@click.argument("name", required=False)
@db_option
@json_option
def bring(name: str | None, db: Path | None, as_json: bool) -> None:
    """Bring all tickets of this desk's file into the team, with what was said and noted; again brings what is new.

    History, spam, merged tickets and those of other systems stay here alone, as do drafts and snoozes.
    """
    from data.store import Store
    from queues.accounts.secrets import SecretsAtHand
    from tui.accounts.mail_worker import MailKeeper, the_keeper

    tracker, path = _one_team(name), chosen(db)
    with closing(Store.open(path, create=False)) as store:
        taken_out = store.settings.get(TAKEN_OUT)
    database = _connected(tracker)
    try:
        generation = str(database.rows("SELECT generation FROM tridesk.team")[0][0])
    finally:
        database.close()
    if taken_out == generation:
        raise RuleError("Is there already", f"{path} was taken out of this team; all of it would be there twice.")
    keeper = MailKeeper(path, load().settings, SecretsAtHand(_asked(tracker)), tell=_tell)
    try:
        with the_keeper(path) as held:
            if not held:
                raise RuleError("In use", f"{path} is being synchronised; close the screen, or end `tridesk sync`.")
            tickets, messages = keeper.bring_all(tracker)
    finally:
        keeper.close()
    with closing(Store.open(path, create=False)) as store:
        stay = store.shared.stays(tracker.connector)
    if as_json:
        write_json({"tickets": tickets, "messages": messages, "stay": stay})
        return
    click.echo(words("Brought into {team}: {tickets} tickets, and {messages} further messages and notes.").format(
        team=tracker.name, tickets=tickets, messages=messages))  # fmt: skip
    if stay:
        click.echo(words("Stay in this file alone (history, spam, merged, other systems): {n}").format(n=stay))


@team.command("take-out")
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path))
@click.argument("name", required=False)
@click.option("--account", default="", metavar="NAME", help="The mail account that answers these tickets from now on.")
@json_option
def take_out(target: Path, name: str | None, account: str, as_json: bool) -> None:
    """Copy the team's tickets, as far as you see them, into FILE, a desk of its own that belongs to no team."""
    import msgspec

    from queues.accounts.secrets import SecretsAtHand
    from queues.team.administration import state
    from tui.accounts.mail_worker import MailKeeper
    from tui.setup.open_desk import open_desk

    tracker, settings = _one_team(name), load().settings
    if target.exists():
        raise InputError("File exists", f"{target} is there already; nothing is overwritten. Name another file.")
    if account and account not in {known.name for known in settings.account}:
        raise InputError("No such account", f"There is no mail account {account!r}; `tridesk account list` names them.")
    alone = msgspec.structs.replace(tracker, share=())
    of_it = msgspec.structs.replace(settings, account=(), tracker=(alone,))
    keeper = MailKeeper(target, of_it, SecretsAtHand(_asked(tracker)), tell=_tell)
    try:
        keeper.once(alone)
    finally:
        keeper.close()
    database = _connected(tracker)
    try:
        there = state(database).tickets
        generation = str(database.rows("SELECT generation FROM tridesk.team")[0][0])
    finally:
        database.close()
    desk = open_desk(target, settings=of_it)
    with closing(desk.store):
        here = len(desk.detach(tracker.connector, f"email:{account}" if account else "files").ticket_ids)
        with desk.store.write():
            desk.store.settings.save(TAKEN_OUT, generation)
    if as_json:
        write_json({"file": str(target), "tickets": here, "in_team": there})
    else:
        click.echo(words("{file} has {n} of the team's {all} tickets and is a desk of its own.").format(
            file=target, n=here, all=there))  # fmt: skip
    if here != there:
        sys.exit(1)


@team.command()
@click.argument("login")
@click.option("--name", help="The team, if this desk is in several.")
def free(login: str, name: str | None) -> None:
    """Free the new and open tickets of LOGIN, who is away; for leads."""
    from queues.team.administration import free_all

    tracker = _one_team(name)
    database = _connected(tracker)
    try:
        count = free_all(database, login)
    finally:
        database.close()
    click.echo(words("Tickets of {login} that are free now: {count}").format(count=count, login=login))


@team.command()
@click.argument("name", required=False)
@click.option("--anyway", is_flag=True, help="Leave although replies wait for the team; they stay in the outbox.")
@db_option
def leave(name: str | None, anyway: bool, db: Path | None) -> None:
    """Leave the team: its address goes from config.toml, its tickets stay in the desk's file."""
    from data.store import Store
    from tui.accounts.config_writing import remove as take_out

    tracker, path = _one_team(name), chosen(db)
    if path.exists() and not anyway:
        with closing(Store.open(path)) as store:
            waiting = sum(entry.connector == tracker.connector for entry in store.outbox.waiting())
        if waiting:
            raise RuleError(
                "Replies wait",
                f"Replies that wait for {tracker.name}: {waiting}. `tridesk sync` sends them, `tridesk outbox list` "
                "shows them, --anyway leaves them there.",
            )  # fmt: skip
    where = take_out(config_folder(), tracker.name)
    click.echo(words("The team {name} is no longer in {path}; its tickets stay here.").format(
        name=tracker.name, path=where))  # fmt: skip


def _named(tracker: Tracker, name: str) -> Tracker:
    import msgspec

    return msgspec.structs.replace(tracker, name=name)


def _teams(name: str | None) -> list[Tracker]:
    teams = [tracker for tracker in load().settings.tracker if tracker.kind == "team" and name in (None, tracker.name)]
    if not teams:
        raise InputError("No team", f"There is no team {name!r}; `tridesk team join` makes one."
                         if name else "This desk is in no team; `tridesk team join` joins one.")  # fmt: skip
    return teams


def _one_team(name: str | None) -> Tracker:
    teams = _teams(name)
    if len(teams) > 1:
        raise InputError("Several teams", f"Name one of {', '.join(tracker.name for tracker in teams)}.")
    return teams[0]


def _connected(tracker: Tracker) -> Database:
    from queues.accounts.secrets import SecretsAtHand
    from queues.connectors.team import Team

    return Team(tracker, SecretsAtHand(_asked(tracker))).database


def _asked(tracker: Tracker) -> dict[str, str]:
    return {tracker.name: _typed(tracker)} if tracker.secret == "ask" and sys.stdin.isatty() else {}


def _tell(sentence: str) -> None:
    click.echo(safe_line(translated(sentence)), err=True)


def _typed(tracker: Tracker) -> str:
    return str(click.prompt(f"Password of {safe_line(tracker.login)}", hide_input=True, err=True))


@contextmanager
def _as_owner(url: str, ca_file: str, passwords: list[str] | None = None) -> Iterator[Database]:
    """Connect as the database's owner: by PGPASSFILE, PGPASSWORD or the server's rules, else by a typed password.

    `passwords` gets what was typed.
    """
    from queues.accounts.ticketing_system import Tracker, complete
    from queues.team.database import Database, LoginError

    tracker = complete(Tracker("team", url, kind="team", ca_file=ca_file))
    typed = ""
    database = Database(_named(tracker, ""), lambda: typed)
    try:
        try:
            database.rows("SELECT 1")
        except LoginError:
            if not sys.stdin.isatty():
                raise
            typed = _typed(tracker)
            if passwords is not None:
                passwords.append(typed)
        yield database
    finally:
        database.close()


def _row(seen: TeamState) -> dict[str, object]:
    return {
        "login": seen.login, "role": seen.role, "lanes": list(seen.lanes), "version": seen.version,
        "lease_minutes": seen.lease_minutes, "members": seen.members, "tickets": seen.tickets,
        "waiting": seen.waiting, "late_seconds": seen.late_seconds, "tls": seen.tls,
    }  # fmt: skip


def _line(seen: TeamState) -> str:
    parts = [f"{seen.login} ({seen.role})", f"{seen.members} members, {seen.tickets} tickets",
             f"schema {seen.version}", f"claims last {seen.lease_minutes} min longer than their desk"]  # fmt: skip
    if "*" not in seen.lanes:
        parts.insert(1, f"lanes {', '.join(seen.lanes)}")
    parts += [f"{seen.waiting} replies wait to be sent"] if seen.waiting else []
    parts += [f"news {seen.late_seconds} s late: a long transaction runs"] if seen.late_seconds > 60 else []
    return ", ".join(parts) + ("" if seen.tls else ", no TLS (this machine)")

"""`tridesk doctor`: is the file sound, what waits in the outbox, do settings, rules and macros load."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import click

from data.errors import DeskError
from data.store import Store
from tui.cli.common import chosen, db_option, json_option, put


@click.command()
@db_option
@json_option
def doctor(db: Path | None, as_json: bool) -> None:
    """Check the desk; exit 1 where something needs a hand."""
    path = chosen(db)
    checks: dict[str, Callable[[], str]] = {
        "store": lambda: _store(path),
        "suspended": lambda: _suspended(path),
        "settings": _settings,
        "accounts": lambda: _accounts(path),
        "routing": _routing,
        "procedures": _procedures,
        "macros": _macros,
    }
    sound = True
    for name, check in checks.items():
        try:
            good, words = True, check()
        except DeskError as error:
            good, words = False, error.message
        sound &= good
        if as_json:
            put({"check": name, "ok": good, "detail": words})
        else:
            click.echo(f"{'ok  ' if good else 'FAIL'}  {name}: {words}")
    if not sound:
        sys.exit(1)


def _store(path: Path) -> str:
    if not path.exists():
        return f"nothing at {path} yet; it is made on first use"
    store = Store.open(path)
    try:
        wrong = store.check()
        if wrong:
            raise DeskError("Damaged file", f"{path}: {wrong[0]}; restore a backup or export what can be read.")
        active = sum(counts.active for counts in store.tickets.counts().values())
        waiting = ", ".join(f"{n} {state}" for state, n in store.outbox.counts().items()) or "nothing"
        return f"{path} is sound; {active} tickets wait; in the outbox: {waiting}"
    finally:
        store.close()


def _suspended(path: Path) -> str:
    if not path.exists():
        return "no mail waits to be taken in"
    with closing(Store.open(path)) as store:
        count = store.tickets.suspended()
    if not count:
        return "no mail waits to be taken in"
    told = "1 ticket holds" if count == 1 else f"{count} tickets hold"
    return f"{told} only spam or automatic mail; `tridesk list --status suspended`, `tridesk reopen` takes one in"


def _settings() -> str:
    from tui.settings import load

    found = load()
    return f"{found.path}" if found.found else f"none at {found.path}; the defaults hold"


def _accounts(path: Path) -> str:
    from queues.remotes.accounts import PREFIX
    from queues.remotes.links import LinkState, links
    from queues.remotes.trackers import HERE, Tracker
    from tui.clock import wall_clock
    from tui.link_line import pace
    from tui.settings import load

    accounts = load().settings.remotes
    known, orphans = {}, 0
    if path.exists():
        with closing(Store.open(path)) as store:
            known = links(store)
            names = {account.connector for account in accounts}
            prefixes = (PREFIX, *(f"{kind}:" for kind in HERE))
            waiting = [entry.connector for entry in store.outbox.waiting()]
            orphans = sum(name.startswith(prefixes) and name not in names for name in waiting)
    if orphans:
        raise DeskError("Account", f"{orphans} replies wait for an account that is no more; `tridesk outbox list`.")
    told = []
    for account in accounts:
        link = known.get(account.connector)
        if link is not None and link.state in (LinkState.OFFLINE, LinkState.NO_SENDING):
            raise DeskError("Account", f"{account.name} was last seen {link.state}: {link.sentence}")
        asked = pace(link, wall_clock()) if link is not None else ""
        told.append(f"{account.name} {'not tried yet' if link is None else link.state}{asked and f', {asked}'}")
        told += [account.warning.rstrip(".")] if isinstance(account, Tracker) and account.warning else []
    return ", ".join(told) or "none; `tridesk account add` makes one"


def _routing() -> str:
    from tui.composition import routing_rules
    from tui.settings import config_folder

    return f"{len(routing_rules(config_folder()).rules)} rules"


def _procedures() -> str:
    from queues.procedures import load
    from tui.settings import config_folder

    return f"{len(load(config_folder() / 'procedures'))} procedures"


def _macros() -> str:
    from macros.library import Library
    from tui.settings import config_folder

    library = Library.standard(config_folder() / "macros")
    refused = library.refused()
    if refused:
        raise DeskError("Macro refused", f"{len(refused)} of the macros are refused; `tridesk macros check` says why.")
    return f"{len(library)} macros"

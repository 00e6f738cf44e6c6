"""`tridesk doctor`: checks the file, the outbox, and everything that the desk loads at start."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing, nullcontext
from functools import partial
from importlib.metadata import PackageNotFoundError, distribution, requires
from pathlib import Path

import click

from data.desk_file.backup_files import backups_of, way_out
from data.desk_file.encryption import salt_of
from data.errors import DeskError
from data.locations import doubtful_file_system
from data.records.hooks import DeliveryState
from data.records.outbox import OutboxState
from data.records.tickets import LaneFilter
from data.safe_text import safe_line
from data.store import Store
from queues.desk.lane_moves import lanes_before
from queues.procedures.book import ProcedureBook
from tui.cli.common import chosen, db_option, json_option, write_json
from tui.deciding.escalation_text import FOLDER
from tui.keys.start_settings import keymap_of, theme_of
from tui.look.words import translated
from tui.setup import open_desk
from tui.setup.clock import wall_clock
from tui.setup.settings import CONFIG_NAME, Settings, config_folder, load, problems, read_text


@click.command()
@db_option
@json_option
def doctor(db: Path | None, as_json: bool) -> None:
    """Check the desk; exit 1 if something needs attention."""
    report(_checks(chosen(db)), as_json=as_json)


MENDS = {
    "store": "tridesk restore",
    "backups": "tridesk backup",
    "events": "tridesk restore",
    "outbox": "tridesk outbox list",
    "accounts": "tridesk account test",
    "hooks": "tridesk hooks",
    "routing": "tridesk route --check FILE",
    "procedures": "tridesk procedures check",
    "macros": "tridesk macros check",
}
"""The command that mends or shows what a check has found; where it is in the settings, `tridesk config edit`."""


def report(checks: Iterable[tuple[str, Check]], *, as_json: bool) -> None:
    """Carry out checks and print their results, each finding with the command that mends it; exit 1 if one fails."""
    sound = True
    for name, check in checks:
        good, lines = _tried(check)
        sound &= good
        mend = "" if good else MENDS.get(name, "tridesk config edit")
        for line in lines:
            if as_json:
                write_json({"check": name, "ok": good, "detail": line, "mend": mend})
            else:
                click.echo(f"{'ok  ' if good else 'FAIL'}  {name}: {safe_line(translated(line))}")
                if mend and f"`{mend}" not in line:
                    click.echo(f"      -> {mend}")
    if not sound:
        sys.exit(1)


_TO_DECIDE = {
    OutboxState.IN_DOUBT: "arrived|resend|drop",
    OutboxState.HELD: "resend|drop",
    OutboxState.FAILED: "resend|drop",
}
_LOOKED_AT = 50
"""The newest mails of an account whose signing servers are looked at."""
OLD_SECONDS = 7 * 86_400
"""A desk that was changed this long after its newest backup needs a new one."""
_OF_AN_EXTRA = re.compile(r"(?P<package>[\w.-]+).*;\s*extra\s*==\s*[\"'](?P<extra>[\w-]+)[\"']")
_FOR_DEVELOPERS = frozenset({"dev", "mutants", "supply"})
Check = Callable[[], "str | list[str]"]
"""A check: returns a summary if all is well, or a list of problems; may raise a single problem as an error."""


def _checks(path: Path) -> Iterator[tuple[str, Check]]:
    """Yield everything that the desk loads at start; parts that depend on settings only if those can be read."""
    yield "store", lambda: _store(path)
    yield "backups", lambda: _backups(path)
    yield "events", lambda: _events(path)
    yield "outbox", lambda: _outbox(path)
    yield "suspended", lambda: _suspended(path)
    yield from settings_checks()
    if _tried(_settings)[0]:
        yield "accounts", lambda: _accounts(path)
        yield "sender checks", lambda: _sender_checks(path)
        yield "hooks", lambda: _hooks(path)
    yield "placed", lambda: _placed(path)
    yield "procedures", _procedures
    yield "macros", lambda: _library("macros")
    yield "escalations", lambda: _library(FOLDER)
    yield "scorecards", _scorecards
    yield "extras", _extras
    if all(_tried(check)[0] for _, check in settings_checks()):
        yield "start", lambda: _start(path)


def settings_checks() -> Iterator[tuple[str, Check]]:
    """Yield the checks of `config.toml` and `routing.toml`; of their parts only if the file can be read."""
    yield "settings", _settings
    if _tried(_settings)[0]:
        settings = load().settings
        lanes = partial(_lanes, settings)
        yield from ((name, partial(check, settings)) for name, check in _OF_SETTINGS.items())
        yield "lanes", lanes
        if _tried(lanes)[0]:  # what needs the lanes would only say the same
            yield "clocks", partial(_clocks, settings)
            yield "routing", lambda: _routing(settings)


def _tried(check: Check) -> tuple[bool, list[str]]:
    try:
        result = check()
    except DeskError as error:
        return False, [error.message]
    return isinstance(result, str), [result] if isinstance(result, str) else result


def _store(path: Path) -> str:
    from tui.cli.backup import slow_journal

    if not path.exists():
        return f"nothing at {path} yet; it is made on first use"
    store = Store.open(path)
    try:
        wrong = store.check()
        if wrong:
            raise DeskError("Damaged file", f"{path} is damaged ({wrong[0]}): {way_out(path)}")
        active = sum(counts.active for counts in store.tickets.counts().values())
        waiting = ", ".join(f"{n} {state}" for state, n in store.outbox.counts().items()) or "nothing"
        kind = doubtful_file_system(path)
        caution = f"; {slow_journal(path, kind)}" if kind else ""
        encrypted = ", encrypted" if salt_of(path) else ""
        return f"{path} is sound{encrypted}; {active} tickets wait; in the outbox: {waiting}{caution}"
    finally:
        store.close()


def _backups(path: Path) -> str:
    """Report the age of the newest backup; a desk that was changed a week after it, or has fewer events, fails."""
    from tui.cli.backup import file_problems

    if not path.exists():
        return "nothing to back up yet"
    backups = backups_of(path)
    if not backups:
        return "none yet; the screen makes one while it is open, and so does `tridesk backup`"
    problems = file_problems(path)
    if problems:
        raise DeskError("Older file", problems[0])
    now, changed = wall_clock(), path.stat().st_mtime
    hours = max(0, now - backups[0].at) // 3600
    age = f"{hours} hours" if hours < 2 * 24 else f"{hours // 24} days"
    sentence = f"the newest of {len(backups)} is {age} old ({backups[0].path})"
    if changed - backups[0].at > OLD_SECONDS:
        raise DeskError("Old backup", f"{sentence}, and the desk was changed since; `tridesk backup` makes one.")
    return sentence


def _events(path: Path) -> str | list[str]:
    """Check the chain of events."""
    from tui.cli.verify import checked, sentences, summary

    if not path.exists():
        return "no events yet"
    verdict = checked(path)
    return sentences(verdict.breaks) or summary(verdict)


def _outbox(path: Path) -> str | list[str]:
    """Report the replies that an agent has to decide about."""
    if not path.exists():
        return "nothing waits"
    with closing(Store.open(path)) as store:
        counts = store.outbox.counts()
    asked = [
        f"{counts[state]} {'reply' if counts[state] == 1 else 'replies'} {state}; `tridesk outbox list` says what is "
        f"known, `tridesk outbox {ways}` decides"
        for state, ways in _TO_DECIDE.items()
        if counts.get(state)
    ]
    waiting = sum(counts.values())
    return asked or (f"{waiting} waiting to leave" if waiting else "nothing waits")


def _placed(path: Path) -> str:
    """Report tickets in no lane, and whether the lanes have changed since tickets were placed."""
    if not path.exists():
        return "no ticket is in no lane"
    with closing(Store.open(path)) as store:
        names, counts = store.lanes.others(), store.tickets.counts()
        waiting = sum(counts[name].active for name in names if name in counts)
        moved = lanes_before(store) is not None
    said = f"{waiting} tickets wait in no lane; `tridesk list --lane none`" if waiting else "no ticket waits in no lane"
    return said + ("; the lanes have changed, `tridesk lanes --again` moves tickets" if moved else "")


def _suspended(path: Path) -> str:
    if not path.exists():
        return "no mail waits to be taken in"
    with closing(Store.open(path)) as store:
        count = store.tickets.suspended()
    if not count:
        return "no mail waits to be taken in"
    count_words = "1 ticket holds" if count == 1 else f"{count} tickets hold"
    return (
        f"{count_words} only spam or automatic mail; `tridesk list --status suspended`, `tridesk reopen` takes one in"
    )


def _settings() -> str | list[str]:
    path = config_folder() / CONFIG_NAME
    if wrong := problems(read_text(path) or ""):
        return [problem.at(path) for problem in wrong]
    configuration = load()
    return f"{configuration.path}" if configuration.exists else f"none at {configuration.path}; the defaults hold"


def _start(path: Path) -> str:
    """Open the desk as the screen does, without its file where there is none yet."""
    settings = load().settings
    keymap_of(settings)
    theme_of(settings)
    if path.exists():
        open_desk.open_desk(path, create=False, settings=settings).store.close()
    else:
        open_desk.desk_rules(settings)
    return "the desk opens"


def _keys(settings: Settings) -> str:
    return f"{len(keymap_of(settings).keys)} actions have their keys"


def _lanes(settings: Settings) -> str | list[str]:
    lanes = open_desk.lanes(settings)
    if unknown := list(_naming_lanes(settings, [lane.name for lane in lanes])):
        return unknown
    named = ", ".join(f"{lane.name} (handles harm)" if lane.harm else lane.name for lane in lanes)
    if not any(lane.harm for lane in lanes):
        named += f"; none has harm = true, so harm goes to {lanes[0].name}"
    if all(lane.harm or lane.filter != LaneFilter() for lane in lanes):
        named += "; each has a filter, so what fits none is in no lane"
    return named


def _naming_lanes(settings: Settings, known: Collection[str]) -> Iterator[str]:
    """Yield what names a lane that the desk does not have."""
    named = [
        *((f"the account {account.name}", [account.lane]) for account in settings.account),
        *((f"the queues of {tracker.name}", list(tracker.queues.values())) for tracker in settings.tracker),
        *((f"the hook {hook.name}", list(hook.lanes)) for hook in settings.hook),
        *((f"the policy {policy.name}", policy.lanes) for policy in settings.policy),
        ("lanes under [exposure]", list(settings.exposure.lanes)),
    ]
    for where, lanes in named:
        for lane in lanes:
            if lane and lane not in known:
                yield f"{where}: there is no lane {lane!r}; the lanes are {', '.join(known)}"


def _clocks(settings: Settings) -> str:
    calendars = open_desk.own_calendars(settings)
    return f"{len(open_desk.policies(settings, calendars))} policies, {len(calendars)} calendars"


def _teams(settings: Settings) -> str:
    return f"{len(open_desk.other_teams(settings))} teams"


_OF_SETTINGS = {"keys": _keys, "theme": theme_of, "teams": _teams}


def _accounts(path: Path) -> str:
    from queues.accounts.ticketing_system import Tracker
    from queues.remotes.links import LinkState, links
    from tui.accounts.link_line import pace

    accounts = load().settings.remotes
    known, orphans = {}, 0
    if path.exists():
        with closing(Store.open(path)) as store:
            known = links(store)
            names = {account.connector for account in accounts}
            waiting = [entry.connector for entry in store.outbox.waiting()]
            orphans = sum(":" in name and name not in names for name in waiting)  # an account's has its kind
    if orphans:
        raise DeskError(
            "Account", f"{orphans} replies wait for an account that no longer exists; `tridesk outbox list`."
        )
    notes = []
    for account in accounts:
        link = known.get(account.connector)
        if link is not None and link.state in (LinkState.OFFLINE, LinkState.NO_SENDING, LinkState.STALLED):
            raise DeskError("Account", f"{account.name} was last seen {link.state}: {link.sentence}")
        asked = pace(link, wall_clock()) if link is not None else ""
        notes.append(f"{account.name} {'not tried yet' if link is None else link.state}{asked and f', {asked}'}")
        notes += [account.warning.rstrip(".")] if isinstance(account, Tracker) and account.warning else []
    return ", ".join(notes) or "none; `tridesk account add` makes one"


def _sender_checks(path: Path) -> str | list[str]:
    """Compare the servers whose authentication results are believed with those that sign the newest mails."""
    from queues.mail.sender_checks import signing_servers

    accounts = load().settings.account
    wrong, notes = [], []
    with closing(Store.open(path)) if path.exists() else nullcontext() as store:
        for account in accounts:
            heads = store.remote.newest_heads(account.connector, account.mailbox, _LOOKED_AT) if store else []
            servers = signing_servers(heads)
            seen = ", ".join(name for name, _ in servers.most_common(3))
            named = [name.strip().casefold() for name in account.authserv_ids]
            if named and servers and servers.keys().isdisjoint(named):
                wrong.append(
                    f"{account.name}: none of the last {len(heads)} mails is signed by {', '.join(named)},"
                    f" but by {seen};"
                    " correct authserv-ids in config.toml."
                )
            notes.append(f"{account.name}: {', '.join(named)}" if named else f"{account.name}: {_unnamed(seen)}")
    return wrong or "; ".join(notes) or "no mail account"


def _hooks(path: Path) -> str | list[str]:
    """Report hooks whose receiver fails or is gone, and what was given up."""
    from tui.cli.hooks import state_of

    known = load().settings.hook
    standings, counts = {}, {}
    if known and path.exists():
        with closing(Store.open(path)) as store:
            standings = {hook.name: store.hooks.get(hook.name) for hook in known}
            counts = store.hooks.counts()
    wrong = []
    for hook in known:
        standing = standings.get(hook.name)
        if standing is not None and (standing.off or standing.failures):
            hint = standing.off or standing.result
            wrong.append(f"{hook.name} is {state_of(standing)}; `tridesk hooks test {hook.name}` tries it: {hint}")
        if given_up := counts.get((hook.name, DeliveryState.GIVEN_UP), 0):
            wrong.append(
                f"{hook.name} gave up {given_up} deliveries; `tridesk hooks deliveries` lists them, "
                f"`tridesk hooks retry --hook {hook.name}` tries them again"
            )
    return wrong or (f"{len(known)} hooks in order" if known else "no hook")


def _unnamed(seen: str) -> str:
    topmost = "the topmost header is believed"
    return f"{topmost}; if {seen} is your server, name it in authserv-ids" if seen else topmost


def _routing(settings: Settings) -> str | list[str]:
    """Load the rules and report each rule that names a procedure which does not exist."""
    desk_rules = open_desk.desk_rules(settings)  # loads also what no check above covers
    rules, known = desk_rules.routing.rules, desk_rules.procedures
    named = ((rule.name, rule.then.procedure) for rule in rules if rule.then.procedure)
    where = config_folder() / "routing.toml"
    unknown = [
        f"{where}: the rule {name!r} names the procedure {procedure!r}, which does not exist."
        for name, procedure in named
        if procedure not in known
    ]
    return unknown or f"{len(rules)} rules"


def _procedures() -> str | list[str]:
    book = ProcedureBook(config_folder() / "procedures")
    book.refresh()
    return book.problems or f"{len(book)} procedures"


def _library(folder: str) -> str | list[str]:
    """Read the macros, or the escalation templates: the built-in ones and the user's own."""
    from macros.files.library import BUILT_IN, Library

    built_in = BUILT_IN if folder == "macros" else BUILT_IN.with_name(folder)
    library = Library(built_in, config_folder() / folder)
    library.refresh()
    refusals = [f"{verdict.file}, line {verdict.line}: {verdict.reason}" for verdict in library.refused()]
    return refusals or f"{len(library)} {folder}"


def _extras() -> str:
    """Report which of the program's optional parts are installed, by what it says itself that they need."""
    needed: dict[str, list[str]] = {}
    for line in requires("tridesk") or ():
        if (of := _OF_AN_EXTRA.match(line)) and of["extra"] not in _FOR_DEVELOPERS:
            needed.setdefault(of["extra"], []).append(of["package"])
    present = [extra for extra, packages in needed.items() if all(map(_is_installed, packages))]
    absent = [extra for extra in needed if extra not in present]
    there = ", ".join(present) or "none"
    return f"{there} installed" + (f"; not installed: {', '.join(absent)} (tridesk[NAME])" if absent else "")


def _is_installed(package: str) -> bool:
    try:
        distribution(package)
    except PackageNotFoundError:
        return False
    return True


def _scorecards() -> str:
    from queues.quality import cards

    return f"{len(cards.load(config_folder() / 'scorecards'))} scorecards"

"""The composition root: joins store, rules, macros' checks and detection into one desk. Independent of the screen."""

from __future__ import annotations

import getpass
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from data.protocols import Clock
from data.records.custom_fields import CustomField
from data.records.tickets import HARM_LANES, Lane, harm_lanes
from data.store import Store
from queues.clocks.calendar import Calendar
from queues.clocks.clock_settings import calendars_of, policies_of
from queues.clocks.sla import Policy
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules, Sender
from queues.ground.field_definitions import fields_of
from queues.ground.roles import Access, Right, Role
from queues.ground.teams import Team, teams_of
from queues.hooks.hook import Hook, check_lanes
from queues.next_up.fair_share import Assignee, Assigning
from queues.next_up.graphic_content import Exposure
from queues.procedures.book import ProcedureBook
from queues.promises.find_promises import OFFICE, OFFICE_NAME
from queues.routing.lane_settings import check_fields, check_sets, lanes_of
from queues.routing.lanes import fitted
from queues.routing.rules import Rules, default_rules
from queues.routing.rules import load as load_rules
from tui.setup.clock import wall_clock
from tui.setup.settings import CONFIG_NAME, Settings, TeamTable, config_folder, load, naming_the_place

if TYPE_CHECKING:
    from macros.checks.spelling import Speller
    from macros.filling.context import Brand
    from queues.intake.language_of_incoming import Recogniser
    from queues.quality.cards import Scorecard


def detect(text: str) -> tuple[str, float]:
    """Return the language of a text and its confidence, as the checks before sending need it."""
    from queues.language.detector import detect as detect_language

    detection = detect_language(text)
    return detection.language, detection.confidence


def recogniser(store: Store, settings: Settings) -> Recogniser:
    """Return the language detector for incoming messages, with our own texts and the settings' market."""
    from macros.authoring.our_sentences import own_texts
    from macros.files.library import Library
    from queues.intake.language_of_incoming import Recogniser

    library = Library.standard(config_folder() / "macros")
    return Recogniser(
        store, own_texts=own_texts(library), market=settings.languages, own_addresses=own_addresses(settings)
    )


def speller() -> Speller:
    """Return the spelling checker; without the optional package it finds nothing."""
    from macros.authoring.our_sentences import own_texts
    from macros.checks.spelling import Speller
    from macros.files.library import Library

    folder = config_folder()
    return Speller((folder / "dictionaries",), lambda: own_texts(Library.standard(folder / "macros")))


def lanes(settings: Settings) -> tuple[Lane, ...]:
    """Return the lanes of the desk. Raises InputError."""
    with naming_the_place("lane"):
        return lanes_of(settings.lane, str(config_folder() / CONFIG_NAME))


def custom_fields(settings: Settings) -> tuple[CustomField, ...]:
    """Return the custom fields of tickets. Raises InputError."""
    rows = [
        CustomField(
            table.name, table.label.strip() or table.name.replace("_", " ").capitalize(), table.type, table.choices,
            table.currency, table.lanes, table.required_to_solve, table.remote.strip(),
        )
        for table in settings.field
    ]  # fmt: skip
    with naming_the_place("field"):
        return fields_of(rows, [lane.name for lane in lanes(settings)], str(config_folder() / CONFIG_NAME))


def hooks(settings: Settings) -> tuple[Hook, ...]:
    """Return the hooks of the desk. Raises InputError."""
    if not settings.hook:
        return ()
    with naming_the_place("hook"):
        check_lanes(settings.hook, [lane.name for lane in lanes(settings)], str(config_folder() / CONFIG_NAME))
    return settings.hook


def other_teams(settings: Settings) -> tuple[Team, ...]:
    """Return the teams to escalate to. Raises InputError."""
    rows = [
        Team(team.name.strip(), team.address.strip(), tuple(team.answers_from), team.due, team.template, team.language)
        for team in settings.team
    ]
    with naming_the_place("team"):
        return teams_of(rows, str(config_folder() / CONFIG_NAME))


def demo_teams() -> list[TeamTable]:
    """Return the demo's other teams, as settings would define them."""
    from queues.connectors.demo import TEAMS

    return [TeamTable(team.name, team.address, due=team.due) for team in TEAMS]


def routing_rules(folder: Path, settings: Settings | None = None) -> Rules:
    """Return the rules of the user's `routing.toml`, else the built-in rules. Raises InputError with the line."""
    own = folder / "routing.toml"
    chosen = settings if settings is not None else load().settings
    here = lanes(chosen)
    names, fields = [lane.name for lane in here], [table.name for table in chosen.field]
    rules = load_rules(own, lanes=names, fields=fields) if own.exists() else default_rules()
    with naming_the_place("lane"):
        check_sets(here, rules.set_names, str(config_folder() / CONFIG_NAME))
        check_fields(here, fields, str(config_folder() / CONFIG_NAME))
    return rules


def office(calendars: Mapping[str, Calendar], settings: Settings) -> Calendar:
    """Return the working week for promises: the settings' calendar `office`, else nine to six, desk's time zone."""
    return calendars.get(OFFICE_NAME) or replace(OFFICE, time_zone=zone_name(settings))


def zone_name(settings: Settings) -> str:
    """Return the name of the desk's time zone: the one in the settings, else the machine's, else UTC."""
    return zone_named(settings.time_zone)


def zone_named(name: str) -> str:
    """Return the name of a time zone; if empty, the machine's, else UTC."""
    if name:
        return name
    import tzlocal  # 25 ms: only if no zone is configured

    try:
        return ZoneInfo(tzlocal.get_localzone_name()).key
    except (LookupError, ValueError, OSError):  # the machine's zone has no known name
        return "UTC"


def agent_name(settings: Settings) -> str:
    """Return the agent's name: that of the settings, else the login name."""
    return settings.agent or login_name()


def login_name() -> str:
    """Return the name under which the user is logged in."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without an entry in the password file
        return "agent"


def brand_of(settings: Settings) -> Brand:
    """Return the sender and brand that macros use; empty if not set."""
    from macros.filling.context import Brand

    plain = Settings()
    return Brand(
        name="" if settings.brand == plain.brand else settings.brand,
        email="" if settings.sender == plain.sender else settings.sender,
        url=settings.help_url,
        signature=settings.signature,
    )


def zone_of(settings: Settings) -> tzinfo:
    """Return the desk's time zone: the one in the settings, else the machine's."""
    return ZoneInfo(zone_name(settings))


def own_addresses(settings: Settings) -> frozenset[str]:
    """Return every address of ours that the settings name, lower case: senders, accounts, aliases and mail groups."""
    named = (settings.sender, *(account.address for account in settings.account), *settings.own_addresses)
    return _lower(named)


def _lower(addresses: Iterable[str]) -> frozenset[str]:
    return frozenset(address.strip().casefold() for address in addresses if address.strip())


def logins(settings: Settings) -> frozenset[str]:
    """Return the agent's names in ticketing systems and teams, where the settings name them."""
    named = {tracker.user or unquote(urlsplit(tracker.url).username or "") for tracker in settings.tracker}
    return frozenset(named - {""})


def in_team(settings: Settings) -> bool:
    """Return whether the desk shares tickets with a team's other desks."""
    return any(tracker.kind == "team" for tracker in settings.tracker)


def assigning(settings: Settings) -> Assigning:
    """Return to whom tickets are assigned; to no one unless that is on."""
    agents = [
        Assignee(
            row.name, frozenset(row.lanes), frozenset(row.languages), frozenset(row.skills), row.most, row.share
        )
        for row in settings.assignee
    ]  # fmt: skip
    return Assigning(tuple(agents) if settings.assign.on else ())


def exposure(settings: Settings) -> Exposure:
    """Return the rules for graphic tickets: which they are, and how they are handled."""
    table = settings.exposure
    return Exposure(
        frozenset(table.topics),
        frozenset(table.tags),
        frozenset(table.lanes),
        frozenset(severity.value for severity in table.severities),
        table.light_between,
        frozenset(severity.value for severity in table.never_wait),
        table.fold,
    )


def roles(settings: Settings) -> Mapping[str, Role]:
    """Return the role of each agent that the settings name."""
    return {name: Role(role) for name, role in settings.roles.items()}


def require(right: Right) -> None:
    """Raise RuleError unless the agent of the settings has a right; for commands that open no desk."""
    settings = load().settings
    Access(agent_name(settings), roles(settings)).require(right)


def open_desk(path: Path, *, clock: Clock = wall_clock, create: bool = True, settings: Settings | None = None) -> Desk:
    """Open the file and return its desk with every rule in place. Raises StoreError and InputError."""
    from macros.checks.check import Checker

    chosen = settings if settings is not None else load().settings
    rules = desk_rules(chosen)
    checker = Checker(
        detect, own_addresses=sorted(own_addresses(chosen)), spell=speller(), harm_lanes=harm_lanes(rules.lanes)
    )
    return Desk(Store.open(path, create=create), clock=clock, rules=rules, checker=checker, agent=agent_name(chosen))


def desk_rules(settings: Settings) -> DeskRules:
    """Return all rules of the desk, from the settings and the files next to them. Raises InputError."""
    calendars = own_calendars(settings)
    return DeskRules(
        routing=routing_rules(config_folder(), settings),
        lanes=lanes(settings),
        fields=custom_fields(settings),
        policies=policies(settings, calendars),
        calendars=calendars,
        thanks_reopen=settings.reopen.thanks,
        reopen_days=settings.reopen.days,
        rating_days=settings.csat.days,
        procedures=procedures(settings),
        office=office(calendars, settings),
        undo_seconds=settings.undo_seconds,
        sender=settings.sender,
        brand=settings.brand,
        own_addresses=own_addresses(settings),
        blocked_senders=_lower(settings.blocked_senders),
        trusted_senders=_lower(settings.trusted_senders),
        teams=other_teams(settings),
        senders={
            account.connector: Sender(account.address, account.brand or settings.brand, account.signature, account.html)
            for account in settings.account
        },
        exposure=exposure(settings),
        assigning=assigning(settings),
        roles=roles(settings),
        logins=logins(settings),
        counts_picks=settings.next_up.count_picks,
        mail_connector=settings.account[0].connector if settings.account else "",
    )


def procedures(settings: Settings) -> ProcedureBook:
    """Return the procedures; the built-in ones apply to the desk's lanes. Raises InputError."""
    return ProcedureBook(config_folder() / "procedures", fit=partial(fitted, lanes=lanes(settings)))


def scorecards(settings: Settings) -> dict[str, Scorecard]:
    """Return the scorecards; the built-in ones are for the desk's lanes. Raises InputError."""
    from queues.quality.cards import load as load_cards

    return load_cards(config_folder() / "scorecards", fit=partial(fitted, lanes=lanes(settings)))


def own_calendars(settings: Settings) -> Mapping[str, Calendar]:
    """Return the working weeks by name. Raises InputError."""
    with naming_the_place("calendar"):
        return calendars_of(settings.calendar, str(config_folder() / CONFIG_NAME))


def policies(settings: Settings, calendars: Mapping[str, Calendar]) -> Sequence[Policy]:
    """Return the policies that set the clocks. Raises InputError."""
    with naming_the_place("policy"):
        chosen = policies_of(settings.policy, calendars, str(config_folder() / CONFIG_NAME))
    if settings.policy:
        return chosen
    return [replace(item, lanes=_with_harm(item.lanes, lanes(settings))) for item in chosen]


def _with_harm(names: frozenset[str], here: Sequence[Lane]) -> frozenset[str]:
    """Return the lanes that a built-in policy means: the clocks of harm run in whichever lane handles it."""
    return names if names.isdisjoint(HARM_LANES) else names | harm_lanes(here)

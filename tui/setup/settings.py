"""The locations of a desk's files, and the settings of `config.toml`."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta
from platformdirs import user_cache_path, user_config_path, user_data_path, user_state_path

from data.errors import InputError
from data.records.custom_fields import FieldKind
from data.records.messages import MessageKind
from data.records.tickets import Severity
from queues.accounts.mail_account import Account, complete_all
from queues.accounts.ticketing_system import Tracker
from queues.accounts.ticketing_system import complete_all as complete_trackers
from queues.clocks.clock_settings import PolicyTable
from queues.hooks.hook import Hook
from queues.hooks.hook import check_all as check_hooks
from queues.next_up.graphic_content import Exposure
from tui.setup.interface_language import AUTO, languages

if TYPE_CHECKING:
    from tui.setup.settings_problems import Problem

APP = "tridesk"
Natural = Annotated[int, Meta(ge=0)]
"""A whole number from 0 up."""
CONFIG_NAME = "config.toml"
REASONS = ("needs someone else", "waits for information", "not my language", "too long for now", "a break from it")
"""The default reasons for passing a ticket over."""


def store_path() -> Path:
    """Return the desk file: `TRIDESK_DB`, else `desk.db` in the user's data folder."""
    named = os.environ.get("TRIDESK_DB")
    return Path(named) if named else user_data_path(APP) / "desk.db"


def config_folder() -> Path:
    """Return the folder of `config.toml`, own macros, procedures and `routing.toml`."""
    return user_config_path(APP)


def cache_folder() -> Path:
    """Return the folder of what can be made again, but costs time."""
    return user_cache_path(APP)


def state_folder() -> Path:
    """Return the folder of logs."""
    return user_state_path(APP)


class ReopenTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """`[reopen]`: what a customer's new message does to a solved ticket."""

    thanks: bool = False
    """A message of nothing but thanks reopens too."""
    days: Natural = 14
    """Later than this a message opens a ticket of its own; 0 for never."""


class CsatTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """`[csat]`: how customers are asked for a rating."""

    link: str = ""
    """The address of a form; `{token}` in it becomes the ticket's own token."""
    days: Natural = 30
    """How long after the question an answer counts as a rating."""


class TeamTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """One `[[team]]` to escalate to."""

    name: str
    """The name in escalations and lists."""
    address: str = ""
    """Its mail address; empty if it is informed in some other way."""
    answers_from: list[str] = []
    """Besides the address: addresses, or `@domain`s, whose answers are the team's."""
    due: str = ""
    """When it usually answers: `4h`, `2d`."""
    template: str = ""
    """The template of the text to it; else the template named like the team, else `hand-over`."""
    language: str = "en"
    """The language of texts to it, by ISO 639-1 code."""


class AssignTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """`[assign]`: whether tickets that no one has are assigned by rules."""

    on: bool = False
    """Assign them, to the agents of `[[assignee]]`."""


class AssigneeTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """One `[[assignee]]`: an agent to whom tickets are assigned, and which."""

    name: str
    """The agent's name; in a team the login."""
    lanes: tuple[str, ...] = ()
    """Only tickets in these lanes; empty for all."""
    languages: tuple[str, ...] = ()
    """Only tickets in these languages, by ISO 639-1 code; empty for all, and for tickets of unknown language."""
    skills: tuple[str, ...] = ()
    """Topics and tags; a ticket with a topic or tag that is anyone's skill goes only to those who have it."""
    most: Annotated[int, Meta(ge=1)] = 10
    """How many new and open tickets to have in hand at most."""
    share: Annotated[int, Meta(ge=1, le=100)] = 1
    """The share of the work: 2 for twice as much as others have."""


class NextUpTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """`[next-up]`: what happens when an agent does not take what comes next."""

    ask_why: bool = True
    """Passing a ticket over asks for a reason; without, it is only counted."""
    reasons: tuple[str, ...] = REASONS
    """The reasons to choose from, each on a digit."""
    count_picks: bool = True
    """Record when a ticket is taken ahead of its turn."""


class ExposureTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """`[exposure]`: which tickets have graphic or abusive content. Any of the four criteria is enough."""

    topics: tuple[str, ...] = tuple(sorted(Exposure().topics))
    """Tickets of these topics."""
    tags: tuple[str, ...] = tuple(sorted(Exposure().tags))
    """Tickets with any of these tags."""
    lanes: tuple[str, ...] = ()
    """Tickets in these lanes."""
    severities: tuple[Severity, ...] = ()
    """Tickets of these severities."""
    light_between: Natural = 1
    """How many easier tickets to interleave between two graphic tickets, if no clock runs out by it; 0 for none."""
    never_wait: tuple[Severity, ...] = (Severity.S0, Severity.S1)
    """Severities that no easier ticket is put before."""
    fold: bool = True
    """The customer's text is folded until a key shows it."""


class ShiftTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """`[shift]`: when the screen offers to begin one."""

    ask: bool = True
    """The screen offers to begin a shift."""
    away_hours: Natural = 6
    """After this many hours without an action of yours."""


class SuggestionsTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[suggestions]`: when a macro is offered as the answer."""

    sure: Annotated[float, Meta(gt=0, le=1)] = 0.6
    """The least probability that it is right."""


class BackupTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """`[backup]`: how often the desk backs itself up while it is open, and what is kept."""

    every_hours: Natural = 4
    """The least time between two automatic backups; 0 for none."""
    keep_days: Natural = 14
    """For how many days the last backup of each day is kept; the newest two always are."""


class LockTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """`[lock]`: when the screen locks by itself; it needs a passphrase, set by `tridesk lock`."""

    after_minutes: Natural = 5
    """Without a key; 0 for never."""


class EncryptionTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """`[encryption]`: how programs that run unattended get at an encrypted desk."""

    key: str = ""
    """`env:NAME` or `command:…`: the passphrase, or the 64 digits that `tridesk key` prints; empty for the keyring."""


class RetentionTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """One `[[retention]]`: when the content of finished tickets is erased, by `tridesk retention --apply`."""

    days: Annotated[int, Meta(ge=1)]
    """How long after anything last happened to the ticket."""
    lane: str = ""
    """Empty for every lane."""
    kind: str = ""
    """The kind of its first message: `mail`, `form`, `report`, `auto`, `bounce`, `spam`; empty for every kind."""


class FieldTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """One `[[field]]`: a custom field of tickets."""

    name: str
    """The name in commands, rules, macros and the search: small letters, digits and `_`."""
    label: str = ""
    """The name on the screen; empty for the name."""
    type: FieldKind = FieldKind.TEXT
    """What it holds: `text`, `number`, `date`, `choice`, `money`."""
    choices: tuple[str, ...] = ()
    """What to choose from."""
    currency: str = ""
    """The currency of an amount that names none, by its ISO 4217 code."""
    lanes: tuple[str, ...] = ()
    """The lanes whose tickets have it; none for all."""
    required_to_solve: bool = False
    """A ticket without a value cannot be solved."""
    remote: str = ""
    """Its name in ticketing systems; empty for its name here."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """`config.toml`, with the defaults."""

    agent: str = ""
    """Your name in replies and events; empty for the login name."""
    sender: str = "support@tridesk.invalid"
    """The address of replies to mail that came in without an account, as after an import."""
    brand: str = "Support"
    """The name next to it, and the company that macros name."""
    own_addresses: tuple[str, ...] = ()
    """Your other addresses: aliases, and mail groups that deliver to you. Group mail counts as its sender's."""
    blocked_senders: tuple[str, ...] = ()
    """Senders whose mail is suspended as spam: addresses, or `@domain`."""
    trusted_senders: tuple[str, ...] = ()
    """Senders whose mail is not suspended by a spam filter's verdict: addresses, or `@domain`."""
    help_url: str = ""
    """The help page that macros name."""
    letter: bool = True
    """A reply written by hand begins with the greeting and the closing that macros have."""
    signature: str = ""
    """The line that macros may put under a reply."""
    time_zone: str = ""
    """The desk's time zone, such as `Europe/Madrid`; empty for the machine's."""
    register: Literal["tu", "usted", "vos"] = "usted"
    """How Spanish addresses customers whose preference is unknown."""
    undo_seconds: Annotated[int, Meta(ge=0, le=300)] = 10
    """How long a reply waits before it leaves, and can be undone."""
    preset: str = "default"
    """The keys to begin with: `default`, `gmail`, `zendesk`, `arrows`."""
    keys: dict[str, str] = {}
    """Other keys by action, as `tridesk keys` names them; several separated by commas, a sequence with spaces."""
    theme: str = ""
    """`dark`, `light` or `contrast`; empty for the theme last chosen on the screen."""
    ascii: bool = False
    """Frames, signs and marks of the screen in ASCII."""
    mouse: bool = True
    """The screen takes the mouse; without, the terminal's own selection works."""
    tips: bool = True
    """The screen shows the key of an action that was clicked or chosen by its name, once in a session."""
    interface_language: str = AUTO
    """The language of the screen and of the command line: `en`, `es`; `auto` goes by the environment."""
    account: tuple[Account, ...] = ()
    """Mail accounts, each a table `[[account]]`; `tridesk account add` writes one."""
    tracker: tuple[Tracker, ...] = ()
    """Ticketing systems that are mirrored, each a table `[[tracker]]`; `tridesk account add --kind rt` writes one."""
    hook: tuple[Hook, ...] = ()
    """Programs and addresses that events are delivered to, each a table `[[hook]]`."""
    languages: dict[str, Annotated[float, Meta(ge=0)]] = {}
    """How common each language is among your customers, as shares of 1; empty for mostly English and Spanish."""
    lane: list[dict[str, Any]] = []
    """The queues on the screen, left to right; none for mail, app and safety."""
    field: list[FieldTable] = []
    """Custom fields of tickets, in the order of the screen."""
    calendar: dict[str, dict[str, Any]] = {}
    """Working weeks, each a table `[calendar.NAME]`; `office` is also the one for promises."""
    policy: list[PolicyTable] = []
    """Targets, each a table `[[policy]]`; the first that fits a ticket counts. None for the built-in ones."""
    reopen: ReopenTable = ReopenTable()
    csat: CsatTable = CsatTable()
    team: list[TeamTable] = []
    """The teams to escalate to."""
    next_up: NextUpTable = NextUpTable()
    assign: AssignTable = AssignTable()
    assignee: list[AssigneeTable] = []
    """The agents to whom tickets are assigned, if `[assign]` says so."""
    exposure: ExposureTable = ExposureTable()
    shift: ShiftTable = ShiftTable()
    suggestions: SuggestionsTable = SuggestionsTable()
    backup: BackupTable = BackupTable()
    lock: LockTable = LockTable()
    encryption: EncryptionTable = EncryptionTable()
    roles: dict[str, Literal["reader", "agent", "lead"]] = {}
    """By agent's name, `*` for everyone else (without it, an agent); none, and everyone may do everything."""
    retention: list[RetentionTable] = []
    """The first rule that fits a ticket counts."""

    @property
    def remotes(self) -> tuple[Account | Tracker, ...]:
        """All accounts and trackers."""
        return (*self.account, *self.tracker)


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings and the source of each."""

    settings: Settings
    path: Path
    exists: bool


def load(folder: Path | None = None) -> Configuration:
    """Read `config.toml` of the folder (the user's own by default). Raises InputError with file, place and reason."""
    path = (folder or config_folder()) / CONFIG_NAME
    text = read_text(path)
    if text is None:
        return Configuration(Settings(), path, False)
    try:
        settings = msgspec.convert(tomllib.loads(text), Settings)
    except (ValueError, RecursionError) as error:  # not TOML, or not our types
        raise refused(path, text) from error
    if any(refusals(settings)):
        raise refused(path, text)
    settings = msgspec.structs.replace(
        settings, account=complete_all(settings.account), tracker=complete_trackers(settings.tracker)
    )
    return Configuration(settings, path, True)


def read_text(path: Path) -> str | None:
    """Return the text of a settings file without byte order mark and CRLF, None if there is none. Raises InputError."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            "Settings cannot be read", f"{path}: {error}; check its permissions and that it is UTF-8."
        ) from error


def problems(text: str) -> list[Problem]:
    """Return what is wrong with the text of a settings file, in its order; what other files decide is not looked at."""
    from tui.setup.settings_problems import problems as problems_of

    return problems_of(text, Settings, refusals)


def refused(path: Path, text: str) -> InputError:
    """Return the error of a settings file that cannot be used: its first problem, and how many there are."""
    first, *others = problems(text)
    more = f" (`tridesk config check` lists {len(others)} more.)" if others else ""
    return InputError("Settings not understood", first.at(path) + more)


@contextmanager
def naming_the_place(*names: str) -> Iterator[None]:
    """Add file, line and column to an error about one of these settings."""
    try:
        yield
    except InputError as error:
        from tui.setup.settings_problems import placed

        raise placed(error, config_folder() / CONFIG_NAME, names) from error


def refusals(settings: Settings) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield each value that its type allows and the desk does not: the path to it, and a sentence."""
    if settings.interface_language not in (wanted := (AUTO, *languages())):
        sentence = f"interface-language is {settings.interface_language!r}; use one of {', '.join(wanted)}."
        yield ("interface-language",), sentence
    link = settings.csat.link
    if link and not (link.startswith(("https://", "http://")) and "{token}" in link):
        sentence = f"csat.link is {link!r}; write the form's address with {{token}} in it."
        yield ("csat", "link"), sentence
    for index, rule in enumerate(settings.retention):
        if rule.kind and rule.kind not in set(MessageKind):
            sentence = f"retention {index + 1}: kind is {rule.kind!r}; use one of {', '.join(MessageKind)}."
            yield ("retention", index, "kind"), sentence
    if settings.time_zone and not _is_zone(settings.time_zone):
        sentence = f"time-zone is {settings.time_zone!r}; write one such as Europe/Madrid."
        yield ("time-zone",), sentence
    yield from _account_refusals(settings)


def _account_refusals(settings: Settings) -> Iterator[tuple[tuple[str | int, ...], str]]:
    checks: tuple[tuple[str, int, Callable[[int], object]], ...] = (
        ("account", len(settings.account), lambda count: complete_all(settings.account[:count])),
        ("tracker", len(settings.tracker), lambda count: complete_trackers(settings.tracker[:count])),
        ("hook", len(settings.hook), lambda count: check_hooks(settings.hook[:count])),
    )
    for name, count, complete in checks:
        for upto in range(1, count + 1):
            try:
                complete(upto)
            except InputError as error:
                yield (name, upto - 1), error.message
                break


def _is_zone(name: str) -> bool:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return False
    return True

"""The locations of a desk's files, and the settings of `config.toml`."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec
from platformdirs import user_cache_path, user_config_path, user_data_path, user_state_path

from data.errors import InputError
from data.records.messages import MessageKind
from data.records.tickets import Severity
from queues.accounts.mail_account import Account, complete_all
from queues.accounts.ticketing_system import Tracker
from queues.accounts.ticketing_system import complete_all as complete_trackers
from queues.clocks.clock_settings import PolicyTable
from queues.next_up.graphic_content import Exposure
from tui.setup.interface_language import AUTO, languages

APP = "tridesk"
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
    days: int = 14
    """Later than this a message opens a ticket of its own; 0 for never."""


class CsatTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """`[csat]`: how customers are asked for a rating."""

    link: str = ""
    """The address of a form; `{token}` in it becomes the ticket's own token."""
    days: int = 30
    """How long after the question an answer counts as a rating."""


class TeamTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """One `[[team]]` to escalate to."""

    name: str
    address: str = ""
    """Its mail address; empty if it is informed in some other way."""
    answers_from: list[str] = []
    """Besides the address: addresses, or `@domain`s, whose answers are the team's."""
    due: str = ""
    """When it usually answers: `4h`, `2d`."""
    template: str = ""
    """The template of the text to it; else the template named like the team, else `hand-over`."""
    language: str = "en"


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
    tags: tuple[str, ...] = tuple(sorted(Exposure().tags))
    lanes: tuple[str, ...] = ()
    severities: tuple[Severity, ...] = ()
    light_between: int = 1
    """How many easier tickets to interleave between two graphic tickets, if no clock runs out by it; 0 for none."""
    never_wait: tuple[Severity, ...] = (Severity.S0, Severity.S1)
    """Severities that no easier ticket is put before."""
    fold: bool = True
    """The customer's text is folded until a key shows it."""


class ShiftTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """`[shift]`: when the screen offers to begin one."""

    ask: bool = True
    away_hours: int = 6
    """After this many hours without an action of yours."""


class SuggestionsTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[suggestions]`: when a macro is offered as the answer."""

    sure: float = 0.6
    """The least probability that it is right."""


class BackupTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """`[backup]`: how often the desk backs itself up while it is open, and what is kept."""

    every_hours: int = 4
    """The least time between two automatic backups; 0 for none."""
    keep_days: int = 14
    """For how many days the last backup of each day is kept; the newest two always are."""


class LockTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """`[lock]`: when the screen locks by itself; it needs a passphrase, set by `tridesk lock`."""

    after_minutes: int = 5
    """Without a key; 0 for never."""


class EncryptionTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """`[encryption]`: how programs that run unattended get at an encrypted desk."""

    key: str = ""
    """`env:NAME` or `command:…`: the passphrase, or the 64 digits that `tridesk key` prints; empty for the keyring."""


class RetentionTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """One `[[retention]]`: when the content of finished tickets is erased, by `tridesk retention --apply`."""

    days: int
    """How long after anything last happened to the ticket."""
    lane: str = ""
    """Empty for every lane."""
    kind: str = ""
    """The kind of its first message: `mail`, `form`, `report`, `auto`, `bounce`, `spam`; empty for every kind."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """`config.toml`, with the defaults."""

    agent: str = ""
    """Your name in replies and events; empty for the login name."""
    sender: str = "support@tridesk.invalid"
    brand: str = "Support"
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
    undo_seconds: int = 10
    preset: str = "default"
    keys: dict[str, str] = {}
    theme: str = ""
    ascii: bool = False
    """Frames, signs and marks of the screen in ASCII."""
    mouse: bool = True
    """The screen takes the mouse; without, the terminal's own selection works."""
    interface_language: str = AUTO
    """The language of the screen and of the command line: `en`, `es`; `auto` goes by the environment."""
    account: tuple[Account, ...] = ()
    """Mail accounts, each a table `[[account]]`; `tridesk account add` writes one."""
    tracker: tuple[Tracker, ...] = ()
    """Ticketing systems that are mirrored, each a table `[[tracker]]`; `tridesk account add --kind rt` writes one."""
    languages: dict[str, float] = {}
    """How common each language is among your customers, as shares of 1; empty for mostly English and Spanish."""
    lane: list[dict[str, Any]] = []
    """The queues on the screen, left to right (`queues.routing.lane_settings`); none for mail, app and safety."""
    calendar: dict[str, dict[str, Any]] = {}
    policy: list[PolicyTable] = []
    reopen: ReopenTable = ReopenTable()
    csat: CsatTable = CsatTable()
    team: list[TeamTable] = []
    """The teams to escalate to."""
    next_up: NextUpTable = NextUpTable()
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
    """Read `config.toml` of the folder (the user's own by default). Raises InputError with file and reason."""
    path = (folder or config_folder()) / CONFIG_NAME
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Configuration(Settings(), path, False)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            "Settings cannot be read", f"{path}: {error}; check its permissions and that it is UTF-8."
        ) from error
    try:
        settings = msgspec.convert(tomllib.loads(text), Settings)
        settings = msgspec.structs.replace(
            settings, account=complete_all(settings.account), tracker=complete_trackers(settings.tracker)
        )
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InputError("Settings not understood", f"{path}: {error}; see `tridesk config explain`.") from error
    if settings.interface_language not in (wanted := (AUTO, *languages())):
        raise InputError(
            "Settings not understood",
            f"{path}: interface-language is {settings.interface_language!r}; use one of {', '.join(wanted)}.",
        )
    if not 0 <= settings.undo_seconds <= 300:
        raise InputError("Settings not understood", f"{path}: undo-seconds is {settings.undo_seconds}; use 0 to 300.")
    if not 0 < settings.suggestions.sure <= 1:
        raise InputError(
            "Settings not understood",
            f"{path}: sure under [suggestions] is {settings.suggestions.sure}; use more than 0 and at most 1.",
        )
    if any(share < 0 for share in settings.languages.values()):
        raise InputError("Settings not understood", f"{path}: a share under [languages] is negative; use 0 to 1.")
    link = settings.csat.link
    if link and not (link.startswith(("https://", "http://")) and "{token}" in link):
        raise InputError(
            "Settings not understood",
            f"{path}: link under [csat] is {link!r}; write the form's address with {{token}} in it.",
        )
    for name, number in (
        ("light-between", settings.exposure.light_between),
        ("away-hours", settings.shift.away_hours),
        ("every-hours", settings.backup.every_hours),
        ("keep-days", settings.backup.keep_days),
        ("after-minutes", settings.lock.after_minutes),
    ):
        if number < 0:
            raise InputError("Settings not understood", f"{path}: {name} is {number}; use 0 or more.")
    for rule in settings.retention:
        if rule.days < 1 or (rule.kind and rule.kind not in set(MessageKind)):
            raise InputError(
                "Settings not understood",
                f"{path}: [[retention]] needs days of 1 or more, and a kind among {', '.join(MessageKind)}.",
            )
    if settings.time_zone and not _is_zone(settings.time_zone):
        raise InputError(
            "Settings not understood", f"{path}: time-zone is {settings.time_zone!r}; write one such as Europe/Madrid."
        )
    return Configuration(settings, path, True)


def _is_zone(name: str) -> bool:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return False
    return True

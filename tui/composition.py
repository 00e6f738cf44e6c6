"""The composition root: joins store, rules, macros' checks and detection into one desk. Knows no screen."""

from __future__ import annotations

import getpass
import time
from pathlib import Path
from typing import TYPE_CHECKING

from data.protocols import Clock
from data.store import Store
from queues.desk import Desk
from queues.desk_rules import DeskRules
from queues.lanes import DEFAULT_LANES
from queues.routing import Rules, default_rules
from queues.routing import load as load_rules
from tui.settings import Settings, config_folder, load

if TYPE_CHECKING:
    from queues.recognising import Recogniser


def wall_clock() -> int:
    """Return Unix seconds, UTC: the clock of a desk that is really used."""
    return int(time.time())


def detect(text: str) -> tuple[str, float]:
    """Return the language of a text and how sure it is, as the checks before sending ask for it."""
    from queues.language import detect as detect_language

    found = detect_language(text)
    return found.language, found.confidence


def recogniser(store: Store, settings: Settings) -> Recogniser:
    """Return what names the languages of incoming messages, knowing our own texts and the market of the settings."""
    from macros.library import Library
    from macros.own_texts import own_texts
    from queues.recognising import Recogniser

    library = Library.standard(config_folder() / "macros")
    return Recogniser(store, ours=own_texts(library), market=settings.languages)


def routing_rules(folder: Path) -> Rules:
    """Return the user's `routing.toml`, else the rules that come with the desk. Raises InputError with the line."""
    own = folder / "routing.toml"
    return load_rules(own, lanes=[lane.name for lane in DEFAULT_LANES]) if own.exists() else default_rules()


def agent_name(settings: Settings) -> str:
    """Return who answers: the name in the settings, else the login name."""
    if settings.agent:
        return settings.agent
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without an entry in the password file
        return "agent"


def open_desk(path: Path, *, clock: Clock = wall_clock, create: bool = True, settings: Settings | None = None) -> Desk:
    """Open the file and return its desk with every rule in place. Raises StoreError and InputError."""
    from macros.check import Checker

    chosen = settings if settings is not None else load().settings
    rules = DeskRules(
        routing=routing_rules(config_folder()),
        undo_seconds=chosen.undo_seconds,
        sender=chosen.sender,
        brand=chosen.brand,
    )
    checker = Checker(detect, own_addresses=(chosen.sender,))
    return Desk(Store.open(path, create=create), clock=clock, rules=rules, checker=checker, agent=agent_name(chosen))

"""From when on a mail account's mail is work; what came before is history: kept and searchable, without clocks.

The choice is in `config.toml`, so that a desk whose file was lost comes back to the same picture.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

import msgspec

from data.errors import InputError
from queues.accounts.mail_account import EVERYTHING, Account

NOW, ALL = "now", "all"
DEFAULT_DAYS = 30
"""Without a choice, mail is work that came within so many days before the desk first looked."""
_PLACE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)(?: (\d+):(\d+))?")


@dataclass(frozen=True, slots=True)
class WorkStart:
    """Where an account's work begins."""

    at: int
    """Unix seconds: mail that arrived earlier is history."""
    uidvalidity: int = 0
    uid: int = 0
    """The last UID of the mailbox that is history, where its `uidvalidity` is known: clocks of servers differ."""


def work_start(account: Account) -> WorkStart | None:
    """Return what the account's settings say, None if they say nothing. Raises InputError if they cannot be read."""
    if account.work_from is not None:
        if account.work_from == EVERYTHING:
            return WorkStart(0)
        return WorkStart(int(datetime(*account.work_from.timetuple()[:3]).timestamp()))
    if not account.work_after:
        return None
    if is_undecided(account):
        return None
    place = _PLACE.fullmatch(account.work_after)
    if place is None:
        raise InputError(
            "Account not understood",
            f"The account {account.name!r} in config.toml: work-after is written by `tridesk account add`; "
            "use work-from = 2026-01-31 instead.",
        )
    at = int(datetime.fromisoformat(place[1].replace("Z", "+00:00")).timestamp())
    return WorkStart(at, int(place[2] or 0), int(place[3] or 0))


def is_undecided(account: Account) -> bool:
    """Return whether the account shall begin `now`, and which moment that is has yet to be written."""
    return account.work_after == NOW


def beginning_now(account: Account, now: int, *, uidvalidity: int = 0, uid: int = 0) -> Account:
    """Return the account as one whose mail is history up to `now`, and up to a UID of its mailbox if one is given."""
    written = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    place = f" {uidvalidity}:{uid}" if uidvalidity else ""
    return msgspec.structs.replace(account, work_from=None, work_after=written + place)


def beginning_on(account: Account, said: str) -> Account:
    """Return the account with its work beginning on a day such as 2026-01-31, or with `all` of its mail.

    Raises InputError for anything else.
    """
    try:
        day = EVERYTHING if said == ALL else date.fromisoformat(said)
    except ValueError:
        raise InputError(
            "Not understood", f"Work begins {NOW!r}, with {ALL!r} mail, or on a day such as 2026-01-31; not {said!r}."
        ) from None
    return msgspec.structs.replace(account, work_from=day, work_after="")


def said_of(account: Account) -> str:
    """Return the choice as an agent writes it: `now`, `all`, a day, or nothing."""
    if account.work_from is None:
        return NOW if account.work_after else ""
    return ALL if account.work_from == EVERYTHING else account.work_from.isoformat()

"""What a mail's flags on its server say of its ticket: seen, answered, who has it, whether it is solved.

All desks on one mailbox read and write the same flags; keywords are RFC 3501's, 2.3.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from data.records.outbox import RemoteMail
from data.records.tickets import ACTIVE, Status, Ticket
from queues.connectors.imap_answers import KEYWORD

SEEN, ANSWERED = "\\Seen", "\\Answered"
SOLVED = f"{KEYWORD}solved"
_CLAIM = f"{KEYWORD}claim-"
_PLAIN = re.compile(r"[a-z0-9.-]")
_CODED = re.compile(r"_([0-9a-f]{1,6})_")


def claim_of(agent: str) -> str:
    """Return the keyword that says who has a ticket; servers may fold case, so capitals are written as numbers."""
    return _CLAIM + "".join(letter if _PLAIN.match(letter) else f"_{ord(letter):x}_" for letter in agent)


def claimed_by(flags: Iterable[str]) -> str:
    """Return the owner by these flags, the empty string if unassigned; of several the first by name."""
    results = sorted(flag for flag in flags if flag.lower().startswith(_CLAIM))
    if not results:
        return ""
    coded = results[0][len(_CLAIM) :].lower()
    return _CODED.sub(lambda part: chr(min(int(part[1], 16), 0x10FFFF)), coded)


def without_claims(flags: Iterable[str]) -> frozenset[str]:
    """Return the flags without anyone's claim."""
    return frozenset(flag for flag in flags if not flag.lower().startswith(_CLAIM))


@dataclass(frozen=True, slots=True)
class Marking:
    """The flags of one mail that have to change, without claims."""

    add: frozenset[str]
    remove: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.add or self.remove)


def is_shared_work(flags: Iterable[str]) -> bool:
    """Return whether flags say that an agent of some desk has or had this mail's ticket."""
    return any(flag == SOLVED or flag.lower().startswith(_CLAIM) for flag in flags)


def is_state(flags: Iterable[str]) -> bool:
    """Return whether flags say anything of a ticket: who has it, that it was answered, that it is solved."""
    return any(flag in (ANSWERED, SOLVED) or flag.lower().startswith(_CLAIM) for flag in flags)


def marking(
    mail: RemoteMail, ticket: Ticket, last_sent: int | None, *, latest: bool = False, decided: bool = True
) -> Marking:
    """Return what the server lacks of the ticket's state. Seen and answered are never taken away again.

    `last_sent` is when the ticket's latest reply left, Unix seconds. `latest` is whether this is the ticket's latest
    mail: while the ticket waits for us, that one is not answered, whenever it came. `decided` is whether an agent here
    gave the ticket its status: what was filed as done by itself marks nothing as solved.
    """
    done = ticket.status in (Status.SOLVED, Status.CLOSED)
    wanted = {SOLVED} if done and decided else set()
    if ticket.status not in (Status.NEW, Status.SUSPENDED, Status.HISTORY):  # the others were looked at
        wanted.add(SEEN)
    if last_sent is not None and last_sent >= mail.arrived_at and not (latest and ticket.status in ACTIVE):
        wanted |= {SEEN, ANSWERED}
    return Marking(frozenset(wanted - mail.flags), frozenset({SOLVED} & mail.flags) if not done else frozenset())

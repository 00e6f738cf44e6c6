"""A team's own PostgreSQL as a ticketing system: its functions are the operations, its events the feed.

Numbers of events are given out before a transaction commits, so the feed is read in the order of transactions, and
only as far as no older transaction still runs (https://www.postgresql.org/docs/current/functions-info.html,
pg_snapshot_xmin).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from data.errors import DoubtError, RefusedError, UnreachableError
from data.records.messages import Direction
from queues.accounts.secrets import Secrets
from queues.accounts.systems.team import PGPASS
from queues.accounts.ticketing_system import Tracker
from queues.connectors.as_mail import Written, as_mail
from queues.connectors.base import Batch, Capability, Filed, Happened, RemoteReply, RemoteTicket
from queues.connectors.web import NotFoundError, StaleError
from queues.team.administration import state
from queues.team.database import Database, as_json
from queues.team.versions import WORKING_TOGETHER, require_fit

AT_ONCE = 100
LARGEST_PAGE = 20_000_000
"""Bytes of messages fetched at once; a larger message comes alone."""
_TICKET = """SELECT id, version, status, tridesk.holder(ticket), lane, subject, requestor, language, tags, changed_by,
    to_jsonb(ticket) -> 'fields', to_jsonb(ticket) -> 'assigned' FROM tridesk.ticket WHERE id = ANY(%s)"""
_FEED = """SELECT xact, id, ticket, actor FROM tridesk.event
    WHERE xact < pg_snapshot_xmin(pg_current_snapshot())::text::bigint AND (xact, id) > (%s, %s)
    ORDER BY xact, id LIMIT %s"""
_WRITING, _LOOKING = (
    """SELECT ticket, array_agg(login ORDER BY login) FROM tridesk.presence
    WHERE until > now() AND login <> session_user GROUP BY ticket ORDER BY ticket""",
    """SELECT ticket, array_agg(login ORDER BY login) FROM tridesk.viewing
    WHERE until > now() AND login <> session_user GROUP BY ticket ORDER BY ticket""",
)
_HELD_BACK = """SELECT EXISTS (
    SELECT FROM tridesk.event WHERE xact >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint)"""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far the feed was read, and of which generation and with which access; another one is read from the start."""

    era: str
    xact: int = 0
    event: int = 0

    @classmethod
    def read(cls, written: str, era: str) -> Cursor:
        """Return a stored cursor; the beginning for none, or one of another era."""
        was, _, place = written.partition(" ")
        xact, _, event = place.partition(":")
        return cls(era, int(xact), int(event)) if was == era and event else cls(era)

    def written(self) -> str:
        """Return it for the store."""
        return f"{self.era} {self.xact}:{self.event}"


@dataclass(frozen=True, slots=True)
class Post:
    """A colleague's reply that this desk has taken to send."""

    number: int
    ref: str
    author: str
    at: int
    mark: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Attending:
    """Who is at which tickets: logins by the ticket's number."""

    writing: Mapping[str, Sequence[str]]
    looking: Mapping[str, Sequence[str]]


class Team:
    """One team's database, in one thread."""

    capabilities = frozenset(
        {Capability.FETCH, Capability.SEND, Capability.CLAIM, Capability.NOTE, Capability.STATUS, Capability.OWNER,
         Capability.FIELDS, Capability.TAGS, Capability.ATTACHMENTS, Capability.GUARD, Capability.QUEUE,
         Capability.ONCE}
    )  # fmt: skip
    requests = 0
    """There is no limit."""

    def __init__(self, tracker: Tracker, secret: Secrets) -> None:
        """Take the settings and where the password is."""
        self.tracker, self.name = tracker, tracker.connector
        self.database = Database(tracker, lambda: "" if tracker.secret == PGPASS else secret(tracker))
        self._era = ""
        self._schema = 0
        """The number of the database's newest migration, as it was when the connection began."""
        self._held_back = False
        self.homes: frozenset[str] = frozenset()
        """The addresses whose mail this desk sends: replies that wait for it come as post, not in the feed."""

    def wait_by(self, pause: Callable[[float], object]) -> None:
        """Never wait: there is no limit."""

    def me(self) -> str:
        """Return our login."""
        return self.database.login

    def check(self) -> str:
        """Log in and look at our role and the schema. Raises ConnectorError with what is wrong."""
        require_fit(self.database)
        seen = state(self.database)
        lanes = "" if "*" in seen.lanes else f", lanes {', '.join(seen.lanes)}"
        tls = "TLS" if seen.tls else "no TLS, on this machine"
        return f"PostgreSQL, as {seen.login} ({seen.role}{lanes}), {seen.tickets} tickets, {tls}"

    def after(self, cursor: str, filed: Filed) -> Batch:
        """Return a page of events with what is new in their tickets, and renew our lease."""
        self.database.rows("SELECT tridesk.renew()")
        kept = Cursor.read(cursor, self._now_reading())
        rows = self.database.rows(_FEED, kept.xact, kept.event, AT_ONCE)
        ((self._held_back,),) = self.database.rows(_HELD_BACK)
        if not rows:
            return Batch((), {}, {}, kept.written(), more=False, done=kept.event)
        tickets = self._tickets({number for _, _, number, _ in rows})
        moved = {str(number): actor for _, _, number, actor in rows if str(number) in tickets}
        xact, event = rows[-1][:2]
        reached = Cursor(kept.era, xact, event)
        messages = self._messages(tickets, filed)
        return Batch(messages, tickets, moved, reached.written(), len(rows) == AT_ONCE, event)

    def look(self, ref: str, filed: Filed) -> Batch:
        """Return the messages of one ticket up to now: the feed waits for older transactions."""
        tickets = self._tickets([int(ref)])
        return Batch(self._messages(tickets, filed), tickets, {}, "", more=False)

    def newest(self) -> int:
        """Return the newest event's number."""
        ((number,),) = self.database.rows("SELECT coalesce(max(id), 0) FROM tridesk.event")
        return int(number)

    def ticket(self, ref: str) -> RemoteTicket:
        """Return a ticket's state. Raises NotFoundError."""
        tickets = self._tickets([int(ref)])
        if ref not in tickets:
            raise NotFoundError("Not found", f"The team at {self.database.place} has no ticket {ref} that we may see.")
        return tickets[ref]

    def take(self, ref: str, before: str) -> RemoteTicket:
        """Take it from `before`, or while it is free; the first who asks has it."""
        return self.give(ref, self.me(), before)

    def give(self, ref: str, owner: str, before: str) -> RemoteTicket:
        """Give it to another or to no one, unless it changed hands in the meantime."""
        self.operate(ref, {"owner": {"from": before, "to": owner}})
        return self.ticket(ref)

    def set_status(self, ref: str, status: str, version: str) -> RemoteTicket:
        """Set the status. Raises StaleError if a colleague changed it since that version."""
        if self.operate(ref, {"set": {"status": status}}, base=version)["answer"] == "conflict":
            raise StaleError("Changed", f"The status of {ref} was changed by a colleague.")
        return self.ticket(ref)

    def set_queue(self, ref: str, queue: str, version: str) -> RemoteTicket:
        """Move it to another lane. Raises StaleError if a colleague moved it since that version."""
        if self.operate(ref, {"set": {"lane": queue}}, base=version)["answer"] == "conflict":
            raise StaleError("Changed", f"The lane of {ref} was changed by a colleague.")
        return self.ticket(ref)

    def set_tags(self, ref: str, add: Collection[str], remove: Collection[str]) -> RemoteTicket:
        """Add and remove tags and leave the others alone."""
        self.operate(ref, {"add": sorted(add), "remove": sorted(remove)})
        return self.ticket(ref)

    def set_fields(self, ref: str, values: Mapping[str, str], version: str) -> RemoteTicket:
        """Set custom fields. Raises StaleError if a colleague changed one of them since that version."""
        if self.operate(ref, {"fields": dict(values)}, base=version)["answer"] == "conflict":
            raise StaleError("Changed", f"Fields of {ref} were changed by a colleague.")
        return self.ticket(ref)

    def offer(self, reply: RemoteReply) -> ReplyOffer:
        """Prepare a reply; the statement that writes it is its last byte."""
        remote = self.ticket(reply.ref)
        what: dict[str, Any] = {"message": self._described(Direction.OUT, reply.mark, reply.fields)}
        if reply.status:
            what["set"] = {"status": reply.status}
        content = self._mail(remote, reply.mark, reply.text, reply.files, reply.recipient)
        return ReplyOffer(self, reply, what, content)

    def comment(self, ref: str, text: str, mark: str) -> int:
        """Write a note and return its number."""
        return self.comment_about(ref, text, mark, {})

    def comment_about(self, ref: str, text: str, mark: str, about: Mapping[str, str]) -> int:
        """Write a note and return its number; `about` says to other desks what it means."""
        what = {"message": self._described(Direction.NOTE, mark, about)}
        content = self._mail(self.ticket(ref), mark, text, ())
        return int(self.operate(ref, what, mark=mark, content=content)["message"])

    def open(self, name: str, state: Mapping[str, Any], message: Mapping[str, Any], content: bytes) -> tuple[str, int]:
        """Open a ticket with its first message, and return both numbers; of one that is there already, its numbers."""
        what = as_json({"set": state, "message": message})
        answer = self._certainly("SELECT tridesk.open_ticket(%s, %s::jsonb, %s)", name, what, content)
        return str(answer["ticket"]), int(answer["message"])

    def bring(self, ref: str, message: Mapping[str, Any], status: str, content: bytes) -> int:
        """Add a message of a customer, or a reply that has left, and return its number."""
        what = {"message": dict(message)} | ({"set": {"status": status}} if status else {})
        return int(self.operate(ref, what, mark=str(message["mark"]), content=content)["message"])

    def attend(self, refs: Sequence[str]) -> None:
        """Say on which tickets our agent writes; it holds a minute."""
        self.database.rows("SELECT tridesk.attend(%s)", [int(ref) for ref in refs])

    def agents(self) -> list[str]:
        """Return the logins of the members who work on tickets."""
        rows = self.database.rows(
            "SELECT login FROM tridesk.member WHERE removed_at IS NULL AND role <> 'reader' ORDER BY login"
        )
        return [str(login) for (login,) in rows]

    def look_at(self, refs: Sequence[str]) -> None:
        """Say which tickets our agent has open; it holds a minute. A team of the version before does not keep it."""
        if self._schema >= WORKING_TOGETHER:
            self.database.rows("SELECT tridesk.look(%s)", [int(ref) for ref in refs])

    def attending(self) -> Attending:
        """Return which colleagues are at which tickets."""
        looking = self._present(_LOOKING) if self._schema >= WORKING_TOGETHER else {}
        return Attending(self._present(_WRITING), looking)

    def _present(self, asked: str) -> dict[str, list[str]]:
        return {str(ticket): list(logins) for ticket, logins in self.database.rows(asked)}

    def may_assign(self, desk: str) -> bool:
        """Become the desk that assigns the team's tickets, or stay it; False while another one is."""
        if self._schema < WORKING_TOGETHER:
            return False
        ((may,),) = self.database.rows("SELECT tridesk.may_assign(%s)", desk)
        return bool(may)

    def at_work(self, seconds: int) -> tuple[list[str], dict[str, int], dict[str, int]]:
        """Return the members whose desks are here, how many tickets each has in hand, and was given in so long."""
        here = self.database.rows(
            """SELECT login FROM tridesk.member WHERE removed_at IS NULL AND role <> 'reader' AND lease_until > now()
            ORDER BY login"""
        )
        in_hand = self.database.rows(
            "SELECT owner, count(*) FROM tridesk.ticket WHERE owner <> '' AND status IN ('new', 'open') GROUP BY owner"
        )
        given = self.database.rows(
            """SELECT detail -> 'owner' ->> 1, count(*) FROM tridesk.event
            WHERE kind = 'assigned' AND at > now() - make_interval(secs => %s) GROUP BY 1""",
            seconds,
        )
        return [str(login) for (login,) in here], dict(in_hand), dict(given)

    def assign(self, desk: str, ref: str, login: str, why: str) -> bool:
        """Assign a ticket that no one has; return whether it was."""
        ((done,),) = self.database.rows("SELECT tridesk.assign(%s, %s, %s, %s)", desk, int(ref), login, why)
        return bool(done)

    def take_post(self, desk: str, homes: Sequence[str]) -> list[Post]:
        """Take waiting replies for a desk's outbox; return all that it has taken and not settled."""
        rows = self.database.rows("SELECT * FROM tridesk.take_post(%s, %s)", desk, list(homes))
        return [
            Post(number, str(ticket), author, int(at.timestamp()), mark, content)
            for number, ticket, author, at, mark, content in rows
        ]

    def settle_post(self, desk: str, number: int, became: str, reason: str) -> None:
        """Report what became of a reply that this desk took."""
        self.database.rows("SELECT tridesk.settle_post(%s, %s, %s, %s)", desk, number, became, reason)

    def operate(
        self, ref: str, what: Mapping[str, Any], *, mark: str = "", base: str = "", content: bytes | None = None
    ) -> dict[str, Any]:
        """Carry out an operation once, whatever happens to the connection, and return its answer.

        It is named by the message's mark, else by a number of its own; offered again, it is answered as before.
        """
        return self._certainly(
            "SELECT tridesk.operate(%s, %s, %s, %s::jsonb, %s)",
            mark or str(uuid.uuid4()), int(ref), int(base) if base else None, as_json(what), content,
        )  # fmt: skip

    def _certainly(self, sql: str, *values: object) -> dict[str, Any]:
        """Carry out an operation; where the connection broke before the answer, ask again: it is done once.

        Raises DoubtError where there is no connection to ask again.
        """
        try:
            return self.database.answer(sql, *values)
        except DoubtError as doubt:
            try:
                return self.database.answer(sql, *values)
            except UnreachableError:
                raise doubt from None

    def listen(self, seconds: float) -> bool:
        """Wait so long for something to happen; where events wait for an older transaction, look at them again."""
        return self.database.listen(seconds) or self._held_back

    def close(self) -> None:
        """End the connection."""
        self.database.close()
        self._era = ""

    def _now_reading(self) -> str:
        """Return which generation of the database we read, with which access; look once whether our version fits."""
        if not self._era:
            self._schema = require_fit(self.database)
        ((generation, access),) = self.database.rows(
            """SELECT (SELECT generation FROM tridesk.team), (SELECT access FROM tridesk.member
                WHERE login = session_user AND removed_at IS NULL)"""
        )
        if access is None:
            raise UnreachableError(
                "Not a member", f"{self.me()} is no longer a member of the team at {self.database.place}; ask its "
                "owner. What the desk has stays in its file.",
            )  # fmt: skip
        self._era = f"{generation}/{access}"
        return self._era

    def _tickets(self, numbers: Iterable[int]) -> dict[str, RemoteTicket]:
        return {str(row[0]): self._ticket(row) for row in self.database.rows(_TICKET, sorted(numbers))}

    def _ticket(self, row: Sequence[Any]) -> RemoteTicket:
        number, version, status, owner, lane, subject, requestor, language, tags, _, values, assigned = row
        return RemoteTicket(
            str(number), status, owner, lane, subject, requestor=requestor,
            fields=frozenset(self.tracker.fields.names), language=language, tags=frozenset(tags), version=str(version),
            values=values or {}, assigned=assigned["why"] if assigned and assigned["to"] == owner else "",
        )  # fmt: skip

    def _messages(self, tickets: Mapping[str, RemoteTicket], filed: Filed) -> tuple[Happened, ...]:
        """Return the messages of these tickets that the desk lacks, in order."""
        rows = self.database.rows(
            """SELECT message.id, octet_length(content) FROM tridesk.message JOIN tridesk.ticket ON ticket.id = ticket
            WHERE message.ticket = ANY(%s) AND NOT (delivery IN ('waiting', 'taken') AND home = ANY(%s))
            ORDER BY message.id""",
            [int(ref) for ref in tickets], list(self.homes),
        )  # fmt: skip
        missing = [(number, size) for number, size in rows if not filed(number)]
        results: list[Happened] = []
        while missing:
            page: list[int] = []
            total = 0
            while missing and (not page or total + missing[0][1] <= LARGEST_PAGE):
                number, size = missing.pop(0)
                page, total = [*page, number], total + size
            contents = self.database.rows(
                """SELECT id, ticket, mark, direction, at, content, author, fields FROM tridesk.message
                WHERE id = ANY(%s) ORDER BY id""",
                page,
            )
            results += [
                Happened(
                    number,
                    str(ticket),
                    content,
                    Direction(direction),
                    int(at.timestamp()),
                    mark,
                    author,
                    {str(name): str(value) for name, value in fields.items()},
                )
                for number, ticket, mark, direction, at, content, author, fields in contents
            ]
        return tuple(results)

    def _described(self, direction: Direction, mark: str, fields: Mapping[str, str]) -> dict[str, Any]:
        now = datetime.now(UTC).timestamp()
        return {"direction": str(direction), "mark": mark, "at": now, "fields": dict(fields)}

    def _mail(
        self, remote: RemoteTicket, mark: str, text: str, files: Sequence[tuple[str, str, bytes]], to: str = ""
    ) -> bytes:
        """Return a message of ours as the mail that colleagues' desks read."""
        written = Written(
            sender=self.me(), recipient=to or remote.requestor, subject=remote.subject,
            at=int(datetime.now(UTC).timestamp()), message_id=f"<{mark}>", plain=text, files=files,
        )  # fmt: skip
        return as_mail(written, self.database.host)


class ReplyOffer:
    """A reply that only has to be written."""

    def __init__(self, team: Team, reply: RemoteReply, what: Mapping[str, Any], content: bytes) -> None:
        self._team, self._reply, self._what, self._content = team, reply, what, content

    def finish(self) -> int:
        """Write it and return its number. Raises StaleError if its ticket changed since the version that it answers."""
        reply = self._reply
        answer = self._team.operate(
            reply.ref, self._what, mark=reply.mark, base=reply.version, content=self._content
        )  # fmt: skip
        if answer["answer"] == "conflict":
            raise StaleError("Changed", f"Ticket {reply.ref} was changed in the meantime.")
        if answer["message"] is None:
            raise RefusedError(
                "Not sent", f"The team's database does not have the reply to {reply.ref}; send it again."
            )
        return int(answer["message"])

    def drop(self) -> None:
        """Forget it: nothing was written."""

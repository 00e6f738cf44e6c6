"""A folder of JSON tickets as a ticketing system: the worked example of a connector.

The folder has a file `tickets/NUMBER.json` a ticket, and `changes`, to which whoever writes a ticket first appends its
number in a line. Who reads or writes holds the lock `lock` (flock).
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from data.errors import RefusedError, UnreachableError
from data.records.messages import Direction
from data.records.tickets import Status
from queues.accounts.kinds import SystemKind, folder_address
from queues.accounts.secrets import Secrets
from queues.accounts.ticketing_system import Tracker
from queues.connectors.as_mail import Written, as_mail
from queues.connectors.base import Batch, Capability, Filed, Happened, RemoteReply, RemoteTicket
from queues.connectors.web import NotFoundError, StaleError

Ticket = dict[str, Any]

AT_ONCE = 100
"""How many changes a page has."""
PER_TICKET = 100_000
"""Room for the numbers of one ticket's messages."""

KIND = SystemKind(
    "Folder of JSON tickets",
    "tridesk_json_folder:JsonFolder",
    {"new": Status.NEW, "open": Status.OPEN, "waiting": Status.PENDING, "done": Status.SOLVED},
    tried="a local folder",
    address=folder_address,
    address_hint="Such as /srv/tickets.",
    secret="",
    user_hint="Your name in the tickets.",
    needs_user=True,
    requests_per_minute=0,
)


class JsonFolder:
    """One folder, in one thread."""

    capabilities = frozenset(
        {Capability.FETCH, Capability.SEND, Capability.CLAIM, Capability.NOTE, Capability.STATUS, Capability.OWNER,
         Capability.FIELDS, Capability.TAGS, Capability.ATTACHMENTS, Capability.GUARD}
    )  # fmt: skip
    requests = 0

    def __init__(self, tracker: Tracker, secrets: Secrets) -> None:
        """Take the settings; a folder needs no secret."""
        self.tracker, self.name, self._folder = tracker, tracker.connector, Path(tracker.url)

    def me(self) -> str:
        """Return our name in the tickets."""
        return self.tracker.user

    def wait_by(self, pause: Callable[[float], object]) -> None:
        """Never wait: a folder has no limit of requests."""

    def close(self) -> None:
        """Nothing is open between two calls."""

    def check(self) -> str:
        """Count the tickets. Raises UnreachableError if the folder cannot be used."""
        with self._locked():
            return f"a folder of {len(list(self._folder.glob('tickets/*.json')))} tickets, as {self.me()}"

    # What is read

    def after(self, cursor: str, filed: Filed) -> Batch:
        """Return a page of what changed; the cursor is a place in `changes`."""
        start = int(cursor or 0)
        with self._locked(), open(self._folder / "changes", "rb") as changes:
            changes.seek(start)
            lines = [line for _ in range(AT_ONCE) if (line := changes.readline())]
            place, size = changes.tell(), self.newest()
            return self._batch({line.decode().strip() for line in lines}, filed, str(place), place, size > place)

    def look(self, ref: str, filed: Filed) -> None:
        """Return that `after` is never late."""

    def newest(self) -> int:
        """Return how long `changes` is."""
        return (self._folder / "changes").stat().st_size

    def ticket(self, ref: str) -> RemoteTicket:
        """Return a ticket's state. Raises NotFoundError."""
        with self._locked():
            return self._remote(ref, self._read(ref))

    def _batch(self, refs: Collection[str], filed: Filed, cursor: str, done: int, more: bool) -> Batch:
        tickets = {ref: self._read(ref) for ref in sorted(refs, key=int) if self._path(ref).exists()}
        if self.tracker.queues:
            tickets = {ref: ticket for ref, ticket in tickets.items() if ticket["queue"] in self.tracker.queues}
        remotes = {ref: self._remote(ref, ticket) for ref, ticket in tickets.items()}
        messages = [
            self._happened(ref, number, ticket, message)
            for ref, ticket in tickets.items()
            for number, message in enumerate(ticket["messages"], int(ref) * PER_TICKET + 1)
            if not filed(number)
        ]
        moved = {ref: str(ticket["changed_by"]) for ref, ticket in tickets.items()}
        return Batch(tuple(messages), remotes, moved, cursor, more, done)

    def _happened(self, ref: str, number: int, ticket: Ticket, message: Mapping[str, Any]) -> Happened:
        files = [(file["name"], file["type"], base64.b64decode(file["base64"])) for file in message["files"]]
        direction = Direction(message["direction"])
        mail = as_mail(
            Written(
                sender=message["from"],
                recipient=ticket["requester"] if direction is Direction.OUT else "",
                subject=ticket["subject"],
                at=message["at"],
                message_id=f"<{number}@json-folder.invalid>",
                plain=message["text"],
                files=files,
            ),
            "json-folder.invalid",
        )
        return Happened(number, ref, mail, direction, message["at"], message["mark"])

    def _remote(self, ref: str, ticket: Ticket) -> RemoteTicket:
        return RemoteTicket(
            ref=ref,
            status=ticket["status"],
            owner=ticket["owner"],
            queue=ticket["queue"],
            subject=ticket["subject"],
            requestor=ticket["requester"],
            people=frozenset({ticket["requester"].lower()}),
            fields=frozenset(ticket["fields"]),
            tags=frozenset(ticket["tags"]),
            version=hashlib.sha256(json.dumps(ticket, sort_keys=True).encode()).hexdigest()[:16],
        )

    # What is written

    def take(self, ref: str, before: str) -> RemoteTicket:
        """Become its owner in place of `before`."""
        return self.give(ref, self.me(), before)

    def give(self, ref: str, owner: str, before: str) -> RemoteTicket:
        """Give it to another, unless it changed hands meanwhile."""
        with self._changing(ref) as ticket:
            if ticket["owner"] == before:
                ticket["owner"] = owner
        return self._remote(ref, ticket)

    def set_status(self, ref: str, status: str, version: str) -> RemoteTicket:
        """Set its status."""
        with self._changing(ref) as ticket:
            ticket["status"] = status
        return self._remote(ref, ticket)

    def set_tags(self, ref: str, add: Collection[str], remove: Collection[str]) -> RemoteTicket:
        """Add and remove tags."""
        with self._changing(ref) as ticket:
            ticket["tags"] = sorted({*ticket["tags"], *add} - {*remove})
        return self._remote(ref, ticket)

    def offer(self, reply: RemoteReply) -> ReplyOffer:
        """Look whether the folder is there; the reply is written by its `finish`."""
        self.ticket(reply.ref)
        return ReplyOffer(self, reply)

    def comment(self, ref: str, text: str, mark: str) -> int:
        """Write a note."""
        with self._changing(ref) as ticket:
            return self._add(ref, ticket, Direction.NOTE, text, mark, ())

    def write_reply(self, reply: RemoteReply) -> int:
        """Write a reply with its status, fields and tags. Raises StaleError if the ticket changed since."""
        with self._changing(reply.ref) as ticket:
            if reply.version and self._remote(reply.ref, ticket).version != reply.version:
                raise StaleError("Changed meanwhile", f"Ticket {reply.ref} was written to meanwhile.")
            ticket["status"] = reply.status or ticket["status"]
            ticket["fields"].update(reply.fields)
            ticket["tags"] = sorted({*ticket["tags"], *reply.tags})
            return self._add(reply.ref, ticket, Direction.OUT, reply.text, reply.mark, reply.files)

    def _add(
        self, ref: str, ticket: Ticket, direction: Direction, text: str, mark: str,
        files: Collection[tuple[str, str, bytes]],
    ) -> int:  # fmt: skip
        packed = [{"name": name, "type": kind, "base64": base64.b64encode(content).decode()}
                  for name, kind, content in files]  # fmt: skip
        ticket["messages"].append(
            {"from": self.me(), "at": int(time.time()), "direction": str(direction), "text": text, "mark": mark,
             "files": packed}
        )  # fmt: skip
        return int(ref) * PER_TICKET + len(ticket["messages"])

    # How

    @contextmanager
    def _changing(self, ref: str) -> Iterator[Ticket]:
        """Yield a ticket, and write it in one step if it was changed."""
        with self._locked():
            ticket = self._read(ref)
            before = json.dumps(ticket)
            yield ticket
            if json.dumps(ticket) == before:
                return
            ticket["changed_by"] = self.me()
            with open(self._folder / "changes", "ab") as changes:  # first: a change that is not made is read in vain
                changes.write(f"{ref}\n".encode())
            part = self._path(ref).with_suffix(".part")
            with open(part, "w", encoding="utf-8") as file:
                json.dump(ticket, file, ensure_ascii=False, indent=1)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, self._path(ref))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the folder's lock. Raises UnreachableError if it cannot be used."""
        try:
            with open(self._folder / "lock", "ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise UnreachableError(
                "Not reachable", f"{self._folder} cannot be used ({error.strerror}); it is tried again."
            ) from error

    def _read(self, ref: str) -> Ticket:
        try:
            ticket: Ticket = json.loads(self._path(ref).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise NotFoundError("Not found", f"{self._folder} has no ticket {ref}.") from None
        except ValueError as error:
            raise RefusedError("Not understood", f"Ticket {ref} of {self._folder} is not JSON.") from error
        return ticket

    def _path(self, ref: str) -> Path:
        return self._folder / "tickets" / f"{int(ref)}.json"


class ReplyOffer:
    """A reply that is not written yet."""

    def __init__(self, folder: JsonFolder, reply: RemoteReply) -> None:
        self._folder, self._reply = folder, reply

    def finish(self) -> int:
        """Write it, and return its number. Raises StaleError if the ticket changed since it was read."""
        return self._folder.write_reply(self._reply)

    def drop(self) -> None:
        """Nothing was written."""

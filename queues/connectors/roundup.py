"""Roundup over its REST interface: issues are tickets, messages the conversation, a version guards every change.

Seen with Roundup 2.6.0: it compares If-Match and writes in two steps, so two requests at one moment may both succeed;
the owner is therefore read again until it stays. A message is written first and then attached to its issue, which sends
it; attaching the same message twice has no further effect. Messages go to all people on the nosy list, so a note needs
a property of messages that the tracker's own rules keep from customers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import Any

from data.errors import ConnectorError, RefusedError
from queues.accounts.ticketing_system import Tracker
from queues.connectors.base import Batch, Capability, Filed, RemoteReply, RemoteTicket
from queues.connectors.claims import settled
from queues.connectors.roundup_feed import OVERLAP, Cursor, Feed, moment
from queues.connectors.roundup_people import People, name_of
from queues.connectors.roundup_reading import Reading
from queues.connectors.roundup_rest import Rest, subject
from queues.connectors.web import NotFoundError, Offer, StaleError
from queues.connectors.web_system import SecretOf, WebSystem

SETTLE = 0.4
"""Seconds after which an issue that was taken is looked at again: its two steps are close to each other."""
TRIES = 8
"""How often a change is tried again because another came first."""


class Roundup(WebSystem):
    """One Roundup, in one thread."""

    capabilities = frozenset(
        {Capability.FETCH, Capability.SEND, Capability.CLAIM, Capability.NOTE, Capability.STATUS, Capability.OWNER,
         Capability.FIELDS, Capability.TAGS, Capability.ATTACHMENTS, Capability.GUARD}
    )  # fmt: skip

    def __init__(self, tracker: Tracker, secret: SecretOf) -> None:
        """Take the settings and where the secret is. Raises InputError if the CA file cannot be used."""
        self.tracker, self.name, self._secret = tracker, tracker.connector, secret
        self.rest = Rest(tracker, secret)
        self.web = self.rest.web
        self._people = People(self.rest)
        self._reading = Reading(self.rest, self._people)
        self._feed = Feed(self.rest)
        self._stood = RemoteTicket("", "", "", "", "")

    def me(self) -> str:
        """Return the name that we have there."""
        if not self._reading.me.number:
            who = self.tracker.user or subject(self._secret(self.tracker))
            number = str(self.rest.get(f"user/{who}", [("@fields", "username")]).get("id", ""))
            self._people.meet([number])
            self._reading.me = self._people[number]
        return self._reading.me.name

    def check(self) -> str:
        """Log in and look at statuses, components and what keeps notes. Raises ConnectorError with what is wrong."""
        place = self.rest.web.place
        try:
            me = self.me()
            statuses = self.rest.numbers("status")
        except NotFoundError as error:
            raise ConnectorError(
                "Not a Roundup", f"{place} has no Roundup REST interface: check the url, and that its "
                "administrator enabled it (enable_rest).",
            ) from error  # fmt: skip
        except RefusedError as error:
            raise ConnectorError(
                "Access denied", f"{place} does not let {self.tracker.user or 'us'} use its REST interface: the user "
                "needs the right 'Rest Access', the tracker http_auth = yes.",
            ) from error  # fmt: skip
        self._must_have("status", self.tracker.statuses, statuses)
        if self.tracker.queues and not self.tracker.queue_field:
            raise ConnectorError(
                "No queue-field", f"{self.name}: set queue-field to the property of issues that names their queue."
            )
        if self.tracker.queues:
            self._must_have(self.tracker.queue_field, self.tracker.queues, self.rest.numbers(self.tracker.queue_field))
        return ", ".join([f"Roundup, as {me}, {len(statuses)} statuses", *self._remarks(statuses)])

    def _must_have(self, kind: str, wanted: Collection[str], there: Collection[str]) -> None:
        missing = sorted(set(wanted) - set(there))
        if missing:
            raise ConnectorError(
                f"No such {kind}",
                f"{self.rest.web.place} has no {kind} {missing[0]!r}; it has {', '.join(sorted(there))}.",
            )

    def _remarks(self, statuses: Collection[str]) -> list[str]:
        """Return what the person who sets it up should know."""
        unknown = sorted(name for name in statuses if self.tracker.here(name) is None)
        results = [f"set what {', '.join(unknown)} mean under `statuses`"] if unknown else []
        if not self._reading.note_field():
            results.append(f"notes stay here: its messages have no {self.tracker.note_field!r}")
        if any("address" not in row for row in self.rest.by_number("user", ["1"], ["address"]).values()):
            results.append("addresses are hidden from us: name colleagues under staff")
        return [*results, f"{self.requests} of {self.tracker.requests} requests a minute"]

    def after(self, cursor: str, filed: Filed) -> Batch:
        """Return some issues that something happened to: one request where nothing did."""
        self.me()
        kept = Cursor.read(cursor)
        rows, after, more = self._feed.next(kept, self._reading.fields())
        if after == kept:
            return Batch((), {}, {}, cursor, more)
        since = self.tracker.since
        rows = [row for row in rows if not since or str(row.get("creation"))[:10] >= since.isoformat()]
        self._reading.meet(rows)
        new = [row for row in rows if not kept.caught_up or moment(str(row.get("creation"))) >= kept.at - OVERLAP]
        old = [row for row in rows if row not in new]
        messages = [*self._reading.happened(new, filed, bare=True), *self._reading.happened(old, filed, bare=False)]
        tickets = {str(row["id"]): self._reading.ticket(row) for row in rows}
        moved = {str(row["id"]): name_of(row.get("actor")) for row in rows}
        return Batch(tuple(messages), tickets, moved, after.written(), more, after.done)

    def look(self, ref: str, filed: Filed) -> None:
        """Say that what happened can be read at once."""

    def newest(self) -> int:
        """Return how many issues there are, including those already read."""
        return self._feed.total

    def ticket(self, ref: str) -> RemoteTicket:
        """Return an issue's state. Raises NotFoundError."""
        self.me()
        answer = self.rest.get(f"issue/{int(ref)}", [("@fields", ",".join(self._reading.fields())), ("@verbose", "2")])
        row = {"id": ref, **answer.get("attributes", {})}
        self._reading.meet([row])
        self._stood = self._reading.ticket(row, str(answer.get("@etag", "")))
        return self._stood

    def take(self, ref: str, before: str) -> RemoteTicket:
        """Take it if unowned or from `before`; among competing claims the owner that persists has it."""
        return settled(lambda: self._hand_over(ref, self.me(), before), lambda: self.ticket(ref), SETTLE)

    def give(self, ref: str, owner: str, before: str) -> RemoteTicket:
        """Give it to another or to no one, unless it changed hands in the meantime."""
        self._hand_over(ref, owner, before)
        return self.ticket(ref)

    def _hand_over(self, ref: str, owner: str, before: str) -> None:
        for _ in range(TRIES):
            stands = self.ticket(ref)
            if stands.owner != before:
                return
            try:
                self._change(ref, {"assignedto": owner}, stands.version)
            except StaleError:
                continue
            return

    def set_status(self, ref: str, status: str, version: str) -> RemoteTicket:
        """Set the status, whatever else changes."""
        return self._change_anyhow(ref, {"status": status})

    def set_tags(self, ref: str, add: Collection[str], remove: Collection[str]) -> RemoteTicket:
        """Add and remove keywords; only those that the tracker has."""
        known = self.rest.numbers("keyword", add)
        changes = [*(f"+{known[name]}" for name in sorted(add) if name in known),
                   *(f"-{known[name]}" for name in sorted(remove) if name in known)]  # fmt: skip
        return self._change_anyhow(ref, {"keyword": ",".join(changes)}) if changes else self.ticket(ref)

    def offer(self, reply: RemoteReply) -> ReplyOffer:
        """Write the message, and hand over that it belongs to its issue, with status and fields, short of the end."""
        known = bool(reply.version) and (self._stood.ref, self._stood.version) == (reply.ref, reply.version)
        stands = self._stood if known else self.ticket(reply.ref)
        number = self._written(reply.mark, reply.text, reply.files)
        # a status that is not named is changed by the tracker's own rules
        values = {"messages": f"+{number}", "status": reply.status or stands.status}
        offer = self.rest.offer(f"issue/{int(reply.ref)}", _some(values), reply.version or stands.version)
        return ReplyOffer(offer, int(number), lambda: self._fill_in(reply))

    def _fill_in(self, reply: RemoteReply) -> None:
        """Fill in the fields of a reply that was taken; done together, the customer would get them by mail."""
        if reply.fields:
            with suppress(ConnectorError):  # it was sent, and is not in doubt for the sake of a field
                values = {self._reading.property_of(name): value for name, value in reply.fields.items()}
                self._change_anyhow(reply.ref, values)

    def comment(self, ref: str, text: str, mark: str) -> int:
        """Write a note and return its number. Raises RefusedError if customers would read it."""
        note = self._reading.note_field()
        if not note:
            self.capabilities = self.capabilities - {Capability.NOTE}
            raise RefusedError(
                "Notes stay here", f"Messages of {self.tracker.name} have no {self.tracker.note_field!r}: a note would "
                "reach the customer.",
            )  # fmt: skip
        number = self._written(mark, text, (), {note: "yes"})
        self._change_anyhow(ref, {"messages": f"+{number}"})
        return int(number)

    def _written(
        self, mark: str, text: str, files: Collection[tuple[str, str, bytes]], more: Mapping[str, str] | None = None
    ) -> str:
        """Return the number of our message with a mark and these words; it is written unless it was."""
        self.me()
        query = [("messageid:", f"<{mark}>"), ("author", self._reading.me.number)]
        for row in self.rest.rows("msg", [*query, ("@fields", "content"), ("@verbose", "3")]):
            if str(row.get("content")).split() == text.split():
                return str(row["id"])
        values: dict[str, Any] = {"content": text, "author": self._reading.me.number, "date": ".",
                                  "messageid": f"<{mark}>", **(more or {})}  # fmt: skip
        kept = [self.rest.upload(*file) for file in files]
        return self.rest.make("msg", {**values, **({"files": kept} if kept else {})})

    def _change_anyhow(self, ref: str, values: Mapping[str, str]) -> RemoteTicket:
        """Change an issue, again where another came first, and return its state afterwards."""
        for turn in range(TRIES):
            stands = self.ticket(ref)
            try:
                kept = {"status": stands.status} if "messages" in values else {}  # else the tracker's rules change it
                self._change(ref, {**kept, **values}, stands.version)
            except StaleError:
                if turn == TRIES - 1:
                    raise
                continue
            break
        return self.ticket(ref)

    def _change(self, ref: str, values: Mapping[str, str], version: str) -> None:
        # an owner of no one is an empty one, a status of none is left out
        self.rest.ask("PATCH", f"issue/{int(ref)}", body=_some(values), version=version)


class ReplyOffer:
    """A reply that lacks its last byte."""

    def __init__(self, offer: Offer, number: int, then: Callable[[], object]) -> None:
        self._offer, self._number, self._then = offer, number, then

    def finish(self) -> int:
        """Complete it, and return its number."""
        self._offer.finish()
        self._then()
        return self._number

    def drop(self) -> None:
        """Abandon it: its message remains, but belongs to no issue and reaches no one."""
        self._offer.drop()


def _some(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value or name != "status"}

"""Redmine over its REST API: issues are tickets, public notes are replies, private notes are notes.

Seen with Redmine 5.0: every change of an issue compares the version that it was read in, but only the page of an issue
says which that is (a hidden field of its form); a stale change is a 422 without a reason. A change that our role does
not allow is left out and the rest of the request done: a private note of someone who may not write any is public, a
status that the workflow forbids stays. So the right is looked up before a note, and everything is read back. A request
whose key is not accepted is answered as to anyone, with less.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, time
from typing import Any

import msgspec

from data.errors import ConnectorError, RefusedError, UnreachableError
from queues.accounts.ticketing_system import Tracker
from queues.connectors.base import Batch, Capability, Filed, RemoteReply, RemoteTicket
from queues.connectors.redmine_check import findings, no_field
from queues.connectors.redmine_feed import Cursor, Feed, Json, Known, Query, settles, written
from queues.connectors.redmine_names import Names, as_dict
from queues.connectors.redmine_reading import (
    LARGEST_FILE,
    MARK_FIELD,
    Reading,
    field_numbers,
    files_of,
    journals_of,
    number_of,
)
from queues.connectors.tls import context
from queues.connectors.web import NotFoundError, Offer, Packed, StaleError, TokenRefusedError, WebClient
from queues.connectors.web_system import SecretOf, WebSystem

TRIES = 8
"""How often a change is tried again because another came first."""
_LARGEST_PAGE = 20_000_000
_VERSION = re.compile(rb'<input\b[^>]*\bname="issue\[lock_version\]"[^>]*>')
_VALUE = re.compile(rb'\bvalue="([0-9]+)"')
_DETAILS = "include=journals,attachments,watchers"


class Redmine(WebSystem):
    """One Redmine, in one thread."""

    capabilities = frozenset(
        {Capability.FETCH, Capability.SEND, Capability.CLAIM, Capability.NOTE, Capability.STATUS, Capability.OWNER,
         Capability.FIELDS, Capability.ATTACHMENTS, Capability.GUARD}
    )  # fmt: skip

    def __init__(self, tracker: Tracker, key: SecretOf) -> None:
        """Take the settings and where the key is. Raises InputError if the CA file cannot be used."""
        self.tracker, self.name, self._key = tracker, tracker.connector, key
        tls = context(tracker) if tracker.url.startswith("https:") else None
        self.web = WebClient(tracker.url, context=tls, per_minute=tracker.requests, file_hosts=tracker.file_hosts)
        self._reading = Reading(tracker, self._get, self.web.host, self._file)
        self._feed = Feed(self._listed)
        self._stood: tuple[str, str, Json | None] = "", "", None
        """The issue that was read last, its version and what was read after that."""
        self._looked: dict[str, set[int]] = {}
        """The files of issues that were looked at by themselves since the list was read."""
        self._names = Names(self._get, self._reading.people, self.web.place)

    def me(self) -> str:
        """Return our login there."""
        people = self._reading.people
        if not people.me.number:
            people.me = people.know(self._get("users/current.json").get("user") or {"id": 0})
        return people.me.login

    def check(self) -> str:
        """Log in, look at projects, statuses and the field for marks. Raises ConnectorError with what is wrong."""
        place = self.web.place
        try:
            me = self.me()
        except NotFoundError as error:
            raise ConnectorError("Not a Redmine", f"{place} is not a Redmine there: check the url.") from error
        except TokenRefusedError as error:
            raise TokenRefusedError(
                "Token refused", f"{place} does not accept the token, an API access key; or its administrator has "
                "not enabled the REST web service (Administration, Settings, API).",
            ) from error  # fmt: skip
        self._limit()
        found = findings(self.tracker, self._names, self._feed.latest(), place, me)
        return ", ".join([*found, f"{self.requests} of {self.tracker.requests} requests a minute"])

    # What is read

    def after(self, cursor: str, filed: Filed) -> Batch:
        """Return a page of the issues that changed: two requests, and one more for each of these."""
        at = Cursor.read(cursor)
        self._limit()
        rows, following, more = self._feed.page(at)
        me = self._get("users/current.json").get("user") or {"id": 0}  # to anyone else Redmine would list less
        self._reading.people.me = self._reading.people.know(me)
        seen, events, tickets, moved = dict(at.seen), [], dict[str, RemoteTicket](), dict[str, str]()
        for row in rows:
            ref, known = str(row["id"]), at.seen.get(str(row["id"]))
            wanted, now_known = settles(known, row)
            if not wanted:
                continue
            try:
                issue = self._issue(ref)
            except RefusedError:  # deleted or moved since it was listed
                continue
            tickets[ref], moved[ref] = self._reading.ticket(issue), self._reading.mover(issue)
            events += self._reading.happened(issue, filed, self._files_before(ref, known))
            seen[ref] = msgspec.structs.replace(now_known, files=files_of(issue) if now_known.until else ())
        if not tickets and not more:
            return Batch((), {}, {}, cursor, more)
        kept = {ref: known for ref, known in seen.items() if known.when >= following.at}
        following = msgspec.structs.replace(following, done=at.done + len(tickets), seen=kept)
        return Batch(tuple(events), tickets, moved, following.written(), more, following.done)

    def look(self, ref: str, filed: Filed) -> Batch:
        """Return what happened to one issue up to now; nothing if it is no longer there, or no longer ours."""
        self.me()
        try:
            issue = self._issue(ref)
        except RefusedError:
            return Batch((), {}, {}, "", more=False)
        remote = self._reading.ticket(issue)
        if self.tracker.queues and remote.queue not in self.tracker.queues:
            return Batch((), {}, {}, "", more=False)
        moved = {ref: self._reading.mover(issue)}
        self._looked.setdefault(ref, set()).update(files_of(issue))
        return Batch(tuple(self._reading.happened(issue, filed, None)), {ref: remote}, moved, "", more=False)

    def _files_before(self, ref: str, known: Known | None) -> set[int] | None:
        """Return the files that an issue had when it was read a moment ago, None if it was not."""
        looked = self._looked.pop(ref, None)
        if known is None or not known.until:
            return looked
        return {*known.files, *(looked or ())}

    def newest(self) -> int:
        """Return how many issues there are."""
        self._limit()
        return self._feed.total()

    def ticket(self, ref: str) -> RemoteTicket:
        """Return an issue's state, in a version that was read before it. Raises NotFoundError.

        An older version does no harm: a change for it is refused, and the version then read anew.
        """
        self.me()
        known, version, before = self._stood
        if known != ref:
            version, before = self._version(ref), None
        issue = self._issue(ref, "include=watchers")
        if before is not None and issue != before:
            version = self._version(ref)
            issue = self._issue(ref, "include=watchers")
        self._stood = ref, version, issue
        return self._reading.ticket(issue, version)

    def _version(self, ref: str) -> str:
        """Return which version an issue is in, as the form on its page says; empty if we may not edit it."""
        page = self.web.download(f"{self.tracker.url}/issues/{int(ref)}", self._headers("text/html"), _LARGEST_PAGE)
        field = _VERSION.search(page)
        value = _VALUE.search(field[0]) if field else None
        return value[1].decode() if value else ""

    def _issue(self, ref: str, include: str = _DETAILS) -> Json:
        name, _, values = include.partition("=")
        issue: Json = self._get(_path(ref), [(name, values)]).get("issue") or {}
        return issue

    def _file(self, number: int) -> bytes:
        """Return a file's bytes; none if it is too large or withheld."""
        try:
            url = f"{self.tracker.url}/attachments/download/{number}"
            return self.web.download(url, self._headers("*/*"), LARGEST_FILE)
        except RefusedError:
            return b""

    def _limit(self) -> None:
        """Have the list hold our projects only, from the day on that the settings name."""
        filters: list[tuple[str, str, tuple[str, ...]]] = []
        if self.tracker.queues:
            known = self._names.projects(self.tracker.queues)
            numbers = tuple(str(known[queue]) for queue in self.tracker.queues if queue in known)
            filters.append(("project_id", "=", numbers or ("0",)))
        if self.tracker.since:
            first = int(datetime.combine(self.tracker.since, time(), UTC).timestamp())
            filters.append(("created_on", ">=", (written(first),)))
        self._feed.filters = filters

    # What is written

    def take(self, ref: str, before: str) -> RemoteTicket:
        """Become its owner in place of `before`; of several who try at once, the first one is."""
        self.me()
        return self._hand_over(ref, str(self._reading.people.me.number), before)

    def give(self, ref: str, owner: str, before: str) -> RemoteTicket:
        """Give it to another or to no one, unless it changed hands in the meantime."""
        project = number_of(self._issue(ref, "include=watchers").get("project"))
        return self._hand_over(ref, str(self._names.member(project, owner)) if owner else "", before)

    def _hand_over(self, ref: str, owner: str, before: str) -> RemoteTicket:
        return self._change(ref, {"assigned_to_id": owner}, lambda remote: remote.owner == before)

    def set_status(self, ref: str, status: str, version: str) -> RemoteTicket:
        """Set the status, and return its state afterwards: the workflow may not allow it."""
        return self._change(ref, {"status_id": self._names.status(status)})

    def set_tags(self, ref: str, add: Collection[str], remove: Collection[str]) -> RemoteTicket:
        """Change nothing: Redmine has no tags."""
        return self.ticket(ref)

    def set_fields(self, ref: str, values: Mapping[str, str], version: str) -> RemoteTicket:
        """Set custom fields, each by itself where it does not take all of them; return its state afterwards."""
        numbers = field_numbers(self._issue(ref, "include=watchers"))
        wanted = [{"id": numbers[name], "value": value} for name, value in values.items() if name in numbers]
        if wanted:
            try:
                return self._change(ref, {"custom_fields": wanted})
            except RefusedError:
                for one in wanted:
                    with suppress(RefusedError):  # the value that it does not take stays here
                        self._change(ref, {"custom_fields": [one]})
        return self.ticket(ref)

    def _change(
        self, ref: str, values: Mapping[str, Any], still: Callable[[RemoteTicket], bool] = lambda remote: True
    ) -> RemoteTicket:
        """Change an issue, again where another change came first and it is `still` wanted; return its state after."""
        for turn in range(TRIES):
            stands = self.ticket(ref)
            if not still(stands):
                return stands
            body = {"issue": {**values, **self._only(ref, stands.version)}}
            try:
                self.web.ask("PUT", _path(ref), self._headers(), body=body)
            except RefusedError as error:
                reason = self.reason(ref, stands.version, error)
                if isinstance(reason, StaleError) and turn < TRIES - 1:
                    continue
                raise reason from error
            break
        self.forget()
        return self.ticket(ref)

    def forget(self) -> None:
        """Read the version anew from now on: the issue was changed."""
        self._stood = "", "", None

    def reason(self, ref: str, version: str, error: RefusedError) -> RefusedError:
        """Return why a change was refused: Redmine does not say so where the issue is in another version by now."""
        self.forget()
        if isinstance(error, NotFoundError):
            return error
        now = self._version(ref)
        self._stood = ref, now, None
        if isinstance(error, StaleError) or now == version:
            return error
        return StaleError("Changed meanwhile", f"{self.web.place} has a newer version of issue {ref}.")

    def offer(self, reply: RemoteReply) -> NoteOffer:
        """Hand a public note over with status, fields and files, for the version that it answers.

        Raises RefusedError where Redmine would mail it to no one.
        """
        self.me()
        known, _, issue = self._stood
        if known != reply.ref or issue is None:
            issue = self._issue(reply.ref, "include=watchers")
        if not self._reading.reaches(issue):
            raise RefusedError(
                "No one to mail", f"Neither who opened issue {reply.ref} nor a watcher has an account that Redmine "
                "shows us, other than our own: it may mail a reply to no one. Answer from a mail account, or have "
                "Redmine's mail gateway create accounts.",
            )  # fmt: skip
        numbers = field_numbers(issue)
        values: dict[str, Any] = {"notes": reply.text}
        fields = [{"id": numbers[name], "value": value} for name, value in reply.fields.items() if name in numbers]
        if reply.status:
            values["status_id"] = self._names.status(reply.status)
        if reply.files:
            values["uploads"] = [self._upload(*file) for file in reply.files]
        return self._note(reply.ref, values, issue, reply.mark, fields, reply.version)

    def comment(self, ref: str, text: str, mark: str) -> int:
        """Write a private note and return its number. Raises RefusedError if customers could read it."""
        self.me()
        issue = self._issue(ref, "include=watchers")
        if not self._names.may_note(number_of(issue.get("project"))):
            raise RefusedError(
                "Notes stay here", f"Your role in {self.tracker.name} has no permission to set notes as private: a "
                "note would reach the customer.",
            )  # fmt: skip
        for _ in range(TRIES):
            with suppress(StaleError):
                return self._note(ref, {"notes": text, "private_notes": True}, issue, mark).finish()
        raise StaleError("Changed meanwhile", f"Issue {ref} keeps changing in {self.tracker.name}.")

    def _note(
        self, ref: str, values: Mapping[str, Any], issue: Json, mark: str, fields: Sequence[Json] = (),
        version: str = "",
    ) -> NoteOffer:  # fmt: skip
        number = field_numbers(issue).get(MARK_FIELD)
        if number is None:
            raise no_field(self.web.place, ref)
        version = version or self._version(ref)
        whole = {**values, "custom_fields": [{"id": number, "value": mark}, *fields], **self._only(ref, version)}
        offer = self.web.offer("PUT", _path(ref), self._headers(), {"issue": whole})
        return NoteOffer(self, offer, ref, version, mark, str(values["notes"]))

    def noted(self, ref: str, mark: str, text: str) -> int:
        """Return the number of a note that was just taken; 0 if it cannot be read. Raises RefusedError if it is not
        there.
        """
        try:
            issue = self._issue(ref)
        except ConnectorError:
            return 0
        marked = [number for number, known in self._reading.marks(issue).items() if known == mark]
        me = self._reading.people.me.number
        same = [number_of(journal) for journal in journals_of(issue) if number_of(journal.get("user")) == me
                and str(journal.get("notes") or "").split() == text.split()]  # fmt: skip
        if not marked and not same:
            raise RefusedError(
                "Not taken", f"{self.web.place} accepted a note to issue {ref} and has not written it: your role needs "
                "the permission to add notes.",
            )  # fmt: skip
        return max(marked or same)

    def _only(self, ref: str, version: str) -> dict[str, str]:
        """Return what has a change refused where the issue is no longer in this version."""
        if not version:
            raise RefusedError(
                "Not editable", f"{self.web.place} shows no form for issue {ref}: your role needs the permissions to "
                "edit issues and to add notes.",
            )  # fmt: skip
        return {"lock_version": version}

    def _upload(self, name: str, kind: str, content: bytes) -> Json:
        """Put a file there, and return what names it in a note."""
        body = Packed(content, "application/octet-stream")
        answer = self.web.ask("POST", "uploads.json", self._headers(), query=[("filename", name)], body=body).body
        token = as_dict(as_dict(answer).get("upload")).get("token")
        if not token:
            raise UnreachableError(
                "File not taken", f"{self.web.place} accepted {name} without returning a token; it is tried again."
            )
        return {"token": token, "filename": name, "content_type": kind}

    # How

    def _listed(self, query: Query) -> tuple[list[dict[str, Any]], int]:
        body = self._get("issues.json", query)
        rows = body.get("issues")
        if not isinstance(rows, list):
            raise ConnectorError("Not understood", f"{self.web.place} answered without a list; check the url.")
        return rows, int(body.get("total_count") or 0)

    def _get(self, path: str, query: Query | tuple[()] = ()) -> dict[str, Any]:
        return as_dict(self.web.ask("GET", path, self._headers(), query=query).body)

    def _headers(self, accept: str = "application/json") -> dict[str, str]:
        key = self._key(self.tracker)
        if not key.isascii() or not key.isprintable():
            raise UnreachableError(
                "No token", f"The token of {self.name} contains characters that no token has; enter it again."
            )
        return {"X-Redmine-API-Key": key, "Accept": accept}


class NoteOffer:
    """A note that lacks its last byte."""

    def __init__(self, system: Redmine, offer: Offer, ref: str, version: str, mark: str, text: str) -> None:
        self._system, self._offer, self._ref, self._version = system, offer, ref, version
        self._mark, self._text = mark, text

    def finish(self) -> int:
        """Complete it, and return its number. Raises StaleError if the issue changed since it was read."""
        try:
            self._offer.finish()
        except RefusedError as error:
            raise self._system.reason(self._ref, self._version, error) from error
        self._system.forget()
        return self._system.noted(self._ref, self._mark, self._text)

    def drop(self) -> None:
        """Abandon it."""
        self._offer.drop()


def _path(ref: str) -> str:
    return f"issues/{int(ref)}.json"

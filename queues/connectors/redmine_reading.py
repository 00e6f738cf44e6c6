"""The contents of a Redmine, in the desk's terms: issues as tickets, descriptions and notes as mails.

The customer of an issue is who opened it or, where one of us did, the first watcher who is not one of us.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from data.errors import RefusedError
from data.records.messages import Direction
from queues.accounts.ticketing_system import Tracker
from queues.connectors.as_mail import Written, as_mail, named
from queues.connectors.base import Filed, Happened, RemoteTicket
from queues.connectors.redmine_feed import Json, moment

LARGEST_FILE = 10_000_000
MARK_FIELD = "tridesk"
"""The custom field of issues that a note of ours sets: the note's journal has the new value beside the words."""
_FILES = -(1 << 40)
"""Below this are the numbers of files that came after their message; an issue's opening is its number below zero."""


class Get(Protocol):
    """Asks Redmine."""

    def __call__(self, path: str, /) -> Any:
        """Return what a path holds. Raises ConnectorError."""
        ...


@dataclass(frozen=True, slots=True)
class Person:
    """A user, as far as we may see them."""

    number: int
    name: str = ""
    login: str = ""
    """Empty if the account is not shown to us: it may be the anonymous one."""
    address: str = ""
    """Lower case; empty if it is hidden from us."""

    @property
    def called(self) -> str:
        """The name that is no one else's, where that is known."""
        return self.login or self.name

    @property
    def written(self) -> str:
        """The person as a mail names them."""
        return named(self.name, self.address) or self.called


class People:
    """The users that were met."""

    def __init__(self, get: Get) -> None:
        self._get = get
        self._known: dict[int, Person] = {}
        self.me = Person(0)

    def __getitem__(self, linked: Any) -> Person:
        """Return who is meant by a link of an issue; asked for once."""
        number = number_of(linked)
        if number and number not in self._known:
            self._known[number] = self._read(number, str(linked.get("name") or ""))
        return self._known.get(number) or Person(0)

    def know(self, row: Json) -> Person:
        """Return a user from what Redmine says of them."""
        given = (str(row.get("firstname") or ""), str(row.get("lastname") or ""))
        # a name of one word that came by mail is filled up with a dash
        name = " ".join(part for part in given if part and part != "-")
        person = Person(int(row["id"]), name, str(row.get("login") or ""), str(row.get("mail") or "").casefold())
        self._known[person.number] = person
        return person

    def _read(self, number: int, name: str) -> Person:
        try:
            row = self._get(f"users/{number}.json").get("user") or {}
        except RefusedError:
            return Person(number, name)
        return self.know(row)


class Reading:
    """Reads issues and what was said in them."""

    def __init__(self, tracker: Tracker, get: Get, host: str, file: Callable[[int], bytes]) -> None:
        self.people = People(get)
        self._tracker, self._host, self._file = tracker, host, file

    def ticket(self, issue: Json, version: str = "") -> RemoteTicket:
        """Return an issue's state."""
        status, fields = issue.get("status") or {}, values_of(issue)
        people = self._involved(issue)
        return RemoteTicket(
            ref=str(issue["id"]),
            status=str(status.get("name") or ""),
            owner=self.people[issue.get("assigned_to")].called,
            queue=str((issue.get("project") or {}).get("name") or ""),
            subject=str(issue.get("subject") or ""),
            requestor=self.asks(issue).address,
            # who of them hides an address may be the one that a reply goes to
            people=frozenset(person.address for person in people if all(other.address for other in people)),
            logins=frozenset(person.login.casefold() for person in people if person.login),
            fields=frozenset(field_numbers(issue)),
            language=fields.get(self._tracker.fields.language, ""),
            like="Closed" if status.get("is_closed") else "",
            values=fields,
            version=version,
        )

    def asks(self, issue: Json) -> Person:
        """Return the customer."""
        opened, *watchers = self._involved(issue)
        customers = (person for person in (opened, *watchers) if not self._is_staff(person, issue))
        return next(customers, opened)

    def reaches(self, issue: Json) -> bool:
        """Return whether Redmine has anyone but us to mail a reply to: authors without an account get none."""
        return any(person.login and person.number != self.people.me.number for person in self._involved(issue))

    def _involved(self, issue: Json) -> list[Person]:
        watchers = sorted(issue.get("watchers") or [], key=number_of)
        return [self.people[linked] for linked in (issue.get("author"), *watchers)]

    def _is_staff(self, person: Person, issue: Json) -> bool:
        me = self.people.me
        if person.number in (me.number, number_of(issue.get("assigned_to"))):
            return True
        return self._tracker.is_staff(person.login, person.address, me.address)

    def mover(self, issue: Json) -> str:
        """Return who did something to an issue last."""
        journals = journals_of(issue)
        return self.people[journals[-1].get("user") if journals else issue.get("author")].called

    def happened(self, issue: Json, filed: Filed, files_before: Collection[int] | None) -> list[Happened]:
        """Return what was said in an issue and is not filed.

        `files_before` are the files that it had when it was read a moment ago: Redmine stores a mail's words first,
        and then its files.
        """
        files = {int(file["id"]): file for file in issue.get("attachments") or []}
        owners, marks = _owners(issue, files), self.marks(issue)
        of: dict[int, list[Json]] = {}
        for number, owner in owners.items():
            of.setdefault(owner, []).append(files[number])
        opening = -int(issue["id"])
        events = [] if filed(opening) else [self._opening(issue, opening, of.get(opening, []))]
        for journal in journals_of(issue):
            number = int(journal["id"])
            if (journal.get("notes") or of.get(number)) and not filed(number):
                events.append(self._note(issue, journal, of.get(number, []), marks.get(number, "")))
        if files_before is not None:
            late = [number for number in files if number not in files_before]
            late = [number for number in late if filed(owners[number]) and owners[number] not in marks]
            events += [self._late(issue, files[number]) for number in late if not filed(_FILES - number)]
        return events

    def marks(self, issue: Json) -> dict[int, str]:
        """Return our marks by the number of the note that each is on.

        A private note has the changes that came with it in a journal of its own, just before.
        """
        number, marks, pending = field_numbers(issue).get(MARK_FIELD), dict[int, str](), ""
        for journal in journals_of(issue):
            if number_of(journal.get("user")) != self.people.me.number:
                continue
            changes = [change for change in journal.get("details") or [] if change.get("property") == "cf"]
            mark = next((str(one.get("new_value") or "") for one in changes if one.get("name") == str(number)), "")
            if journal.get("notes"):
                if mark or (pending and journal.get("private_notes")):
                    marks[int(journal["id"])] = mark or pending
                pending = ""
            else:
                pending = mark
        return marks

    def _opening(self, issue: Json, number: int, files: Sequence[Json]) -> Happened:
        author, at = self.people[issue.get("author")], moment(str(issue.get("created_on") or ""))
        direction = Direction.IN if author.number == self.asks(issue).number else Direction.OUT
        text = str(issue.get("description") or "")
        return self._mail(issue, (number, f"issue-{issue['id']}"), author, direction, at, text, files)

    def _note(self, issue: Json, journal: Json, files: Sequence[Json], mark: str) -> Happened:
        author, text = self.people[journal.get("user")], str(journal.get("notes") or "")
        direction = self._direction(issue, author, silent=bool(journal.get("private_notes")) or not text)
        number, at = int(journal["id"]), moment(str(journal.get("created_on") or ""))
        return self._mail(issue, (number, f"journal-{number}"), author, direction, at, text, files, mark)

    def _late(self, issue: Json, file: Json) -> Happened:
        number, author = int(file["id"]), self.people[file.get("author")]
        at = moment(str(file.get("created_on") or ""))
        direction = self._direction(issue, author, silent=True)
        return self._mail(issue, (_FILES - number, f"file-{number}"), author, direction, at, "", [file])

    def _direction(self, issue: Json, author: Person, *, silent: bool) -> Direction:
        """Return what something is: of one of us a note where it is `silent`, else a reply."""
        if author.number == self.asks(issue).number or not self._is_staff(author, issue):
            return Direction.IN
        return Direction.NOTE if silent else Direction.OUT

    def _mail(
        self, issue: Json, known: tuple[int, str], author: Person, direction: Direction, at: int, text: str,
        files: Sequence[Json], mark: str = "",
    ) -> Happened:  # fmt: skip
        number, name = known
        written = Written(
            sender=author.written,
            recipient="" if direction is Direction.IN else self.asks(issue).written,
            subject=str(issue.get("subject") or ""),
            at=at,
            message_id=f"<redmine-{name}@{self._host}>",
            plain=text.replace("\r\n", "\n"),
            files=[self._content(file) for file in files],
        )
        return Happened(number, str(issue["id"]), as_mail(written, self._host), direction, at, mark)

    def _content(self, file: Json) -> tuple[str, str, bytes]:
        content = b"" if int(file.get("filesize") or 0) > LARGEST_FILE else self._file(int(file["id"]))
        return str(file.get("filename") or ""), str(file.get("content_type") or ""), content


def number_of(linked: Any) -> int:
    """Return the number of what a link names, 0 if it names nothing."""
    return int(linked.get("id") or 0) if isinstance(linked, Mapping) else 0


def journals_of(issue: Json) -> list[Json]:
    """Return what happened to an issue, oldest first: who likes it the other way round gets it that way."""
    return sorted(issue.get("journals") or [], key=number_of)


def files_of(issue: Json) -> tuple[int, ...]:
    """Return the numbers of an issue's files."""
    return tuple(map(number_of, issue.get("attachments") or []))


def field_numbers(issue: Json) -> dict[str, int]:
    """Return the custom fields that an issue has and we may see, by name."""
    return {str(field.get("name")): int(field["id"]) for field in issue.get("custom_fields") or []}


def values_of(issue: Json) -> dict[str, str]:
    """Return what an issue's custom fields hold, without those of several values and our mark."""
    held = {str(field.get("name")): field.get("value") for field in issue.get("custom_fields") or []}
    return {name: value for name, value in held.items() if isinstance(value, str) and value and name != MARK_FIELD}


def _owners(issue: Json, files: Mapping[int, Json]) -> dict[int, int]:
    """Return which message each file belongs to: the journal that names it, else the opening."""
    owners = dict.fromkeys(files, -int(issue["id"]))
    for journal in journals_of(issue):
        for change in journal.get("details") or []:
            number = str(change.get("name") or "")
            if change.get("property") == "attachment" and number.isdigit() and int(number) in owners:
                owners[int(number)] = int(journal["id"])
    return owners

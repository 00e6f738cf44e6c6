"""The contents of a Roundup, in the desk's terms: issues as tickets, messages and files as mails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from data.records.messages import Direction
from queues.accounts.ticketing_system import Fields
from queues.connectors.as_mail import Written, as_mail
from queues.connectors.base import Filed, Happened, RemoteTicket
from queues.connectors.roundup_feed import moment
from queues.connectors.roundup_people import People, Person, name_of, number_of, numbers_of
from queues.connectors.roundup_rest import Rest

LARGEST_FILE = 10_000_000
CORE = ["activity", "creation", "creator", "actor", "title", "messages", "files", "nosy", "superseder"]
"""The properties of every tracker's issues."""
USUAL = ["status", "assignedto", "keyword"]
_WORDS = ["author", "creator", "date", "creation", "content", "type", "messageid", "files"]


class Reading:
    """Reads issues and their messages."""

    def __init__(self, rest: Rest, people: People) -> None:
        self._rest, self._people, self._tracker = rest, people, rest.tracker
        self.me = Person("", "")

    def fields(self) -> list[str]:
        """Return the properties of issues that this tracker has."""
        own = [self._tracker.queue_field, *(_usual(name) for name in self._tracker.fields.names)]
        return [*CORE, *self._rest.properties("issue", list(dict.fromkeys([*USUAL, *filter(None, own)])))]

    def property_of(self, field: str) -> str:
        """Return what the tracker calls a field of ours; empty if it does not have it."""
        name = _usual(field)
        return name if name in self.fields() else ""

    def note_field(self) -> str:
        """Return the property that keeps a message from customers; empty if there is none."""
        wanted = self._tracker.note_field
        return wanted if wanted and wanted in self._rest.properties("msg", [wanted]) else ""

    def meet(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Read who has to do with issues."""
        named = ("creator", "actor", "assignedto")
        self._people.meet(number_of(row.get(name)) for row in rows for name in named)
        self._people.meet(number for row in rows for number in numbers_of(row.get("nosy")))

    def ticket(self, row: Mapping[str, Any], version: str = "") -> RemoteTicket:
        """Return an issue's state."""
        asks, nosy = self.asks(row), [self._people[number] for number in numbers_of(row.get("nosy"))]
        language = self.property_of(self._tracker.fields.language)
        return RemoteTicket(
            ref=str(row["id"]),
            status=name_of(row.get("status")),
            owner=name_of(row.get("assignedto")),
            queue=name_of(row.get(self._tracker.queue_field)) if self._tracker.queue_field else "",
            subject=str(row.get("title") or ""),
            requestor=asks.address,
            # who of them hides an address may be the one that a reply goes to
            people=frozenset(person.address for person in nosy if all(other.address for other in nosy)),
            logins=frozenset(person.name.casefold() for person in nosy),
            fields=frozenset(name for name in self._tracker.fields.names if self.property_of(name)),
            language=name_of(row.get(language)) if language else "",
            tags=frozenset(name_of(item) for item in row.get("keyword") or []),
            version=version,
        )

    def asks(self, row: Mapping[str, Any]) -> Person:
        """Return the customer: who opened the issue or, where that was one of us, the first of the others."""
        opened, assignee = self._people[number_of(row.get("creator"))], number_of(row.get("assignedto"))
        if not self._people.is_staff(opened, self.me, assignee):
            return opened
        nosy = [self._people[number] for number in numbers_of(row.get("nosy"))]
        return next((person for person in nosy if not self._people.is_staff(person, self.me, assignee)), opened)

    def happened(self, rows: Sequence[Mapping[str, Any]], filed: Filed, *, bare: bool) -> list[Happened]:
        """Return what was said in issues and is not filed; `bare` includes changes without a message."""
        wanted = [number for row in rows for number in numbers_of(row.get("messages")) if not filed(int(number))]
        note = self.note_field() if wanted else ""
        said = self._rest.by_number("msg", wanted, [*_WORDS, note] if note else _WORDS) if wanted else {}
        self._people.meet(number_of(item.get("author") or item.get("creator")) for item in said.values())
        loose = self._loose(rows, said, filed)
        files = [number for item in said.values() for number in numbers_of(item.get("files"))] + sorted(loose)
        kinds = self._rest.by_number("file", files, ["name", "type", "creator", "creation"]) if files else {}
        events: list[Happened] = []
        for row in rows:
            of_row = [item for item in numbers_of(row.get("messages")) if item in said]
            events += [self._message(row, said[item], kinds, note) for item in of_row]
            events += [
                self._file(row, kinds[item]) for item in numbers_of(row.get("files")) if item in loose and item in kinds
            ]
            events += [event for event in self._issue_events(row, bare=bare) if not filed(event.number)]
        return events

    def _loose(
        self, rows: Sequence[Mapping[str, Any]], said: Mapping[str, Mapping[str, Any]], filed: Filed
    ) -> set[str]:
        """Return the files of issues that belong to no message and are not filed yet."""
        files = [
            number for row in rows for number in numbers_of(row.get("files")) if not filed(_numbered(f"file{number}"))
        ]
        with_words = {number for row in said.values() for number in numbers_of(row.get("files"))}
        others = [file for file in files if file not in with_words]
        if others:
            holders = self._rest.rows("msg", [*(("files", other) for other in others), ("@fields", "files")])
            with_words |= {number for row in holders for number in numbers_of(row.get("files"))}
        return {other for other in others if other not in with_words}

    def _message(
        self, row: Mapping[str, Any], item: Mapping[str, Any], kinds: Mapping[str, Mapping[str, Any]], note: str
    ) -> Happened:
        author = self._people[number_of(item.get("author") or item.get("creator"))]
        asks, assignee = self.asks(row), number_of(row.get("assignedto"))
        by_staff = author.number != asks.number and self._people.is_staff(author, self.me, assignee)
        direction = Direction.NOTE if note and item.get(note) else Direction.OUT if by_staff else Direction.IN
        own_id = str(item.get("messageid") or "")
        words, html = str(item.get("content") or ""), item.get("type") == "text/html"
        at = moment(str(item.get("date") or item.get("creation")))
        files = [kinds[number] for number in numbers_of(item.get("files")) if number in kinds]
        written = Written(
            sender=author.signed if by_staff else author.written, recipient=asks.written if by_staff else "",
            subject=str(row.get("title") or ""), at=at,
            message_id=own_id if _is_mail_id(own_id) else f"<roundup-msg-{item['id']}@{self._rest.web.host}>",
            plain="" if html else words, html=words if html else "", files=[self._content(file) for file in files],
        )  # fmt: skip
        mark = own_id.strip("<>") if author.number == self.me.number else ""
        raw = as_mail(written, self._rest.web.host)
        return Happened(int(item["id"]), str(row["id"]), raw, direction, at, mark)

    def _file(self, row: Mapping[str, Any], file: Mapping[str, Any]) -> Happened:
        """Return a file that was attached to an issue without a message."""
        who = self._people_met(number_of(file.get("creator")))
        by_staff = who.number != self.asks(row).number
        return self._bare(row, f"file{file['id']}", who, moment(str(file.get("creation"))), "",
                          Direction.NOTE if by_staff else Direction.IN, [self._content(file)])  # fmt: skip

    def _issue_events(self, row: Mapping[str, Any], *, bare: bool) -> Iterator[Happened]:
        """Report an issue that has a title and no text, and an issue that another replaced."""
        if bare and not row.get("messages"):
            at = moment(str(row.get("creation")))
            yield self._bare(row, f"issue{row['id']}", self.asks(row), at, "", Direction.IN)
        for other in row.get("superseder") or []:
            at, actor = moment(str(row.get("activity"))), self._people[number_of(row.get("actor"))]
            words = f"Superseded by issue {number_of(other)}: {name_of(other)}"
            yield self._bare(row, f"issue{row['id']} by {number_of(other)}", actor, at, words, Direction.NOTE)

    def _bare(
        self, row: Mapping[str, Any], key: str, who: Person, at: int, words: str, direction: Direction,
        files: Sequence[tuple[str, str, bytes]] = (),
    ) -> Happened:  # fmt: skip
        host = self._rest.web.host
        message_id = f"<roundup-{key.replace(' ', '-')}@{host}>"
        written = Written(who.written, "", str(row.get("title") or ""), at, message_id, words, files=files)
        return Happened(_numbered(key), str(row["id"]), as_mail(written, host), direction, at)

    def _people_met(self, number: str) -> Person:
        self._people.meet([number])
        return self._people[number]

    def _content(self, file: Mapping[str, Any]) -> tuple[str, str, bytes]:
        content = self._rest.download(str(file["id"]), LARGEST_FILE)
        return str(file.get("name") or ""), str(file.get("type") or ""), content


def _usual(field: str) -> str:
    """Return what Roundup would call a field that the settings did not rename; else it is meant as written."""
    return field.lower() if field in Fields().names else field


def _numbered(key: str) -> int:
    """Return a number below zero for what has a name of its own and no number."""
    return -int.from_bytes(sha256(key.encode()).digest()[:7]) - 1


def _is_mail_id(written: str) -> bool:
    return written.isascii() and written.startswith("<") and written.endswith(">") and " " not in written

"""A real Request Tracker, for the suites of all connectors."""

from __future__ import annotations

import base64

from tests.servers.connector_worlds import parcel, read
from tests.servers.desk_at_tracker import DeskAtTracker
from tests.servers.system_worlds import FIELD, WORDS, RealWorld


class TrackerWorld(RealWorld):
    """A Request Tracker, real."""

    kind = "rt"
    server_fixture = "request_tracker"
    desk_at = DeskAtTracker

    def write(self) -> None:
        number = len(self.refs) + 1
        self.refs.append(self._server.open_ticket(f"c{number}.{self._customers}", f"Carta {number}", WORDS))

    def write_again(self) -> bool:
        raw = f"From: c1.{self._customers}\r\nSubject: [desk.example #{self.refs[0]}]\r\n\r\nYa está.\r\n"
        self._server.mail_in(raw.encode())
        return True

    def write_what(self, words: str, name: str, content: bytes) -> bool:
        self._server.mail_in(parcel(f"c1.{self._customers}", words, name, content))
        return True

    def delivered(self) -> list[str]:
        mails = [read(mail.as_bytes()) for mail in self._server.mailed(self._customers)]
        bodies = [mail.get_body(("plain",)) for mail in mails]
        return [str(body.get_content()).strip() for body in bodies if body is not None]

    def files_delivered(self) -> list[tuple[str, bytes]]:
        kept = self._server.ask(
            "GET", f"ticket/{self.tickets()[0].external_ref}/attachments?fields=Filename&per_page=100"
        )
        named = [one for one in kept["items"] if one.get("Filename")]
        return [
            (one["Filename"], base64.b64decode(self._server.ask("GET", f"attachment/{one['id']}")["Content"]))
            for one in named
        ]

    def field(self) -> str:
        fields = self._server.ask("GET", f"ticket/{self.refs[0]}")["CustomFields"]
        return next((str(one["values"][0]) for one in fields if one["name"] == FIELD and one["values"]), "")


WORLD = TrackerWorld

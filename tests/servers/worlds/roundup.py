"""A real Roundup, for the suites of all connectors."""

from __future__ import annotations

from tests.servers.desk_at_tracker import DeskAtRoundup
from tests.servers.roundup import letter
from tests.servers.system_worlds import WORDS, RealWorld


class RoundupWorld(RealWorld):
    """A Roundup, real."""

    kind = "roundup"
    server_fixture = "roundup"
    desk_at = DeskAtRoundup

    def write(self) -> None:
        number = len(self.refs) + 1
        self.refs.append(self._server.open_issue(f"c{number}.{self._customers}", f"Carta {number}", WORDS))

    def write_again(self) -> bool:
        self._server.mail_in(letter(f"c1.{self._customers}", f"Re: [issue{self.refs[0]}] Carta 1", "Ya está."))
        return True

    def write_what(self, words: str, name: str, content: bytes) -> bool:
        mail = letter(f"c1.{self._customers}", "Con ñ", words)
        mail.add_attachment(content, maintype="image", subtype="png", filename=name)
        self.refs.append(self._server.open_by(mail))
        return True

    def delivered(self) -> list[str]:
        return [self._server.words(one) for one in self._server.mailed(self._customers)]

    def files_delivered(self) -> list[tuple[str, bytes]]:
        last = self._server.issue(self.refs[0])["messages"][-1]["id"]
        files = self._server.ask("GET", f"msg/{last}?@verbose=2")["attributes"]["files"]
        return [(one["name"], self._server.content(one["id"])) for one in files]

    def field(self) -> str:
        return str(self._server.issue(self.refs[0])["macro"] or "")


WORLD = RoundupWorld

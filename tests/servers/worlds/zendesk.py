"""A stand-in of Zendesk, for the suites of all connectors."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers.desk_at_tracker import DeskAtSystem
from tests.servers.system_worlds import FIELD, WORDS, SystemWorld
from tests.servers.zendesk_double import ZendeskDouble


class ZendeskWorld(SystemWorld):
    """A stand-in of Zendesk, which keeps what it is told."""

    kind = "zendesk"

    def __init__(self, double: ZendeskDouble, folder: Path, *, agent: str = "alice") -> None:
        if agent not in double.tokens:
            double.add_agent(agent)
        if not double.state.groups:
            double.state.groups[71] = "Soporte"
            double.state.fields[501] = {"id": 501, "title": FIELD, "type": "text"}
        self.known_as = f"{agent}@team.example"
        super().__init__(DeskAtSystem(double.url, double.tokens[agent], folder, agent=agent, kind="zendesk",
                                      user=self.known_as, file_hosts=("localhost",)))  # fmt: skip
        self._double, self._folder = double, folder

    @classmethod
    def made(cls, request: pytest.FixtureRequest, folder: Path, customers: str) -> SystemWorld:
        return cls(request.getfixturevalue("zendesk"), folder)

    def write(self) -> None:
        self._open(WORDS)

    def write_again(self) -> bool:
        state, first = self._double.state, int(self.refs[0])
        state.write(first, state.tickets[first]["requester_id"], "Ya está.")
        return True

    def write_what(self, words: str, name: str, content: bytes) -> bool:
        self._open(words, [self._double.state.keep(name, "image/png", content)])
        return True

    def _open(self, words: str, files: list[int] | None = None) -> None:
        state, number = self._double.state, len(self.refs) + 1
        customer = state.add_user(f"Cliente {number}", f"c{number}@clientes.example")
        self.refs.append(str(state.open(customer, f"Carta {number}", words, files=files, group_id=71)))

    def sync(self) -> None:
        self._double.state.pass_time()  # an export leaves the last minute out
        super().sync()

    def delivered(self) -> list[str]:
        return [str(one["body"]) for one in self._double.state.replies()]

    def files_delivered(self) -> list[tuple[str, bytes]]:
        state = self._double.state
        attached = [one for reply in state.replies() for one in reply["attachments"]]
        return [(one["file_name"], state.files[one["id"]]["content"]) for one in attached]

    def field(self) -> str:
        fields = self._double.state.tickets[int(self.refs[0])]["custom_fields"]
        return next((str(one["value"]) for one in fields if one["id"] == 501), "")

    def restart(self) -> bool:
        return False

    def of_colleague(self, agent: str) -> SystemWorld:
        other = ZendeskWorld(self._double, self._folder, agent=agent)
        other.refs = self.refs
        return other


WORLD = ZendeskWorld
